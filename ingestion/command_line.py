"""The command line of ingest.py: which commands there are, and their options."""

import argparse
import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from connectors.registry import CONNECTORS
from data.access import ROLES
from ingestion.network import SHARING
from ingestion.templates import TEMPLATES

COMMANDS = {
    "pull": "Pull every source of network.toml, or one of them, into the store.",
    "check": "Read an export or an API without storing it, and say what would be stored.",
    "add": "Add a source to network.toml.",
    "accept-licence": "Show the terms that a source asks to accept, and note that you accept them.",
    "status": "Show freshness, rows and the last error of each source.",
    "watch": "Pull each source at its own rhythm until stopped.",
    "template": "Write an empty workbook to fill in, for a connector that reads one.",
    "rebuild": "Recompute all rollups from the stored rows.",
    "anchor": "Sign assessments, and anchor them on the ledger or write the transaction for a signer.",
    "token": "Make a token with which a script shows who asks, and print what to add to the file of tokens.",
    "audit": "Show the newest lines of the audit log, or check that none was changed or taken out.",
}
DAYS_OF_A_TOKEN = 365
ABOUT = "Brings the pilot systems' data into the store."


def parse(commands: Iterable[str], arguments: list[str] | None = None) -> argparse.Namespace:
    """The chosen `command` and its options; ends the program with exit code 2 where they are wrong."""
    parser = argparse.ArgumentParser(prog="ingest.py", description=ABOUT)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    of = {name: subparsers.add_parser(name, help=COMMANDS[name], description=COMMANDS[name]) for name in commands}
    _add_pull_options(of["pull"])
    _add_check_options(of["check"])
    _add_add_options(of["add"])
    of["accept-licence"].add_argument("source", metavar="SOURCE", help="name of the source")
    _add_template_options(of["template"])
    _add_token_options(of["token"])
    _add_anchor_options(of["anchor"])
    of["audit"].add_argument("--check", action="store_true", help="check that no line was changed or taken out")
    for name in ("pull", "add", "accept-licence", "watch", "anchor"):
        of[name].add_argument("--network", type=Path, metavar="FILE", help="another file than network.toml")
    return parser.parse_args(arguments)


def _add_pull_options(pulling: argparse.ArgumentParser) -> None:
    pulling.add_argument("--source", metavar="NAME", help="only this source")
    pulling.add_argument("--again", action="store_true", help="read everything, even what the source calls unchanged")
    pulling.add_argument("--accept-loss", action="store_true", help="accept that most rows of a source vanished")


def _add_check_options(checking: argparse.ArgumentParser) -> None:
    _add_place(checking)
    checking.add_argument("--json", action="store_true", help="print the report as JSON")
    today = "judge expiry on this day, YYYY-MM-DD"
    checking.add_argument("--today", type=date.fromisoformat, default=date.today(), help=today)
    example = "an option of the connector, such as time_zone=Asia/Bangkok; may be repeated"
    fence = "count how often animals cross this boundary or fence (GeoJSON)"
    checking.add_argument("--boundary", type=Path, metavar="FILE", help=fence)
    checking.add_argument("--option", type=_option, action="append", default=[], metavar="KEY=VALUE", help=example)


def _add_add_options(adding: argparse.ArgumentParser) -> None:
    _add_place(adding)
    adding.add_argument("--name", required=True, help="name of the source, shown to people")
    adding.add_argument("--site", default="", metavar="ID", help="WDPA site id that the data belong to")
    unlisted = "where no registry is configured"
    adding.add_argument("--site-name", default="", metavar="TEXT", help=f"name of the site, {unlisted}")
    adding.add_argument("--country", default="", metavar="ISO3", help=f"country of the site, {unlisted}")
    adding.add_argument("--sharing", default="private", choices=SHARING, help="what the public sees")
    adding.add_argument("--licence", default="", metavar="NAME", help="licence of the data")
    adding.add_argument("--refresh", default="1d", metavar="SPAN", help="how often to pull: 30m, 6h, 1d, monthly")


def _add_template_options(writing: argparse.ArgumentParser) -> None:
    names = ", ".join(TEMPLATES)
    writing.add_argument("connector", metavar="CONNECTOR", choices=TEMPLATES, help=f"one of {names}")
    writing.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the new .xlsx file")


def _add_token_options(granting: argparse.ArgumentParser) -> None:
    granting.add_argument("--name", required=True, help="whose token it is, for those who read the file")
    granting.add_argument("--role", required=True, choices=ROLES, help="what its bearer may see")
    granting.add_argument("--site", action="append", default=[], metavar="ID", help="site of a bearer with role site")
    end = date.today() + timedelta(days=DAYS_OF_A_TOKEN)
    last = "last day on which it is good, YYYY-MM-DD (else a year from now)"
    granting.add_argument("--expires", type=date.fromisoformat, default=end, metavar="DAY", help=last)


def _add_anchor_options(anchoring: argparse.ArgumentParser) -> None:
    anchoring.add_argument("--batch", type=Path, metavar="FOLDER", help="folder of the batch and its transaction")
    anchoring.add_argument("--key", type=Path, metavar="FILE", help="make a batch, signed with this key")
    named = "make a record of this assessment, whatever its sharing; may be repeated"
    anchoring.add_argument("--assessment", action="append", default=[], metavar="ID", help=named)
    anchoring.add_argument(
        "--uri", default="", metavar="URL", help="where the batch will be published, if it may be told"
    )
    anchoring.add_argument("--send", action="store_true", help="sign the transaction with --account and send it")
    paying = "the account that pays: an Ethereum keystore (JSON), or a key in hexadecimal"
    anchoring.add_argument("--account", type=Path, metavar="FILE", help=paying)
    holds_it = "environment variable that holds the keystore's password"
    anchoring.add_argument("--password-variable", default="", metavar="VARIABLE", help=holds_it)
    anchoring.add_argument("--sent", default="", metavar="TX_HASH", help="complete the receipts: it was sent elsewhere")
    anchoring.add_argument("--again", action="store_true", help="send without asking what may have been sent before")
    anchoring.add_argument("--new-key", type=Path, metavar="FILE", help="make a key to sign with")
    anchoring.add_argument("--deploy", action="store_true", help="put the contract on the chain instead of a batch")
    anchoring.add_argument(
        "--chain-id", type=int, metavar="NUMBER", help="chain of the contract, where no node answers"
    )
    anchoring.add_argument("--source", default="", metavar="NAME", help="which ledger, where there are several")


def _add_place(parser: argparse.ArgumentParser) -> None:
    names = ", ".join(connector.name for connector in CONNECTORS)
    parser.add_argument("connector", metavar="CONNECTOR", help=f"one of {names}")
    parser.add_argument("location", metavar="LOCATION", help="folder, file, zip or URL")
    parser.add_argument("--secret", default="", metavar="VARIABLE", help="environment variable that holds the key")


def _option(text: str) -> tuple[str, Any]:
    """One option of a connector; its value is read as in TOML, or else as text."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return key, value
