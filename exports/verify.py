"""Checks a proof bundle on any machine: `python -m exports.verify BUNDLE --rpc URL`.

Needs no store and no dashboard, only this source code with requests, rfc8785, cryptography and base58.
"""

import argparse
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.errors import SourceError
from connectors.ledger_rpc import ask
from exports import verify_words
from ledger.bundle import LARGEST_BYTES, Bundle, WrongBundle, read_bundle, trust_of
from ledger.chain import ChainAnswers
from ledger.check import UNDECIDED, Check, check
from ledger.trust import Trust

VERIFIED, NOT_VERIFIED, UNREADABLE, NOT_CHECKED = 0, 1, 2, 3
NAME = "the ledger"
EPILOG = """\
exit code:
  0  verified
  1  not verified: the record was changed, is not on the ledger, is from somebody
     else, or its anchor was removed
  2  wrong use, or the bundle or the trust file cannot be read
  3  could not be checked against the ledger: no --rpc, no answer, or it still waits

Without --trust the trust file in the bundle is used, which whoever made the bundle has
written: compare it with what the issuers publish elsewhere.
"""


def main(arguments: list[str] | None = None) -> int:
    """Check one bundle, print each step, and return the exit code."""
    # Signs of other scripts must not end the program where the terminal cannot show them.
    sys.stdout.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        bundle, trust = _read(options)
        found, asked_at = _checked(bundle, trust, options.rpc)
    except WrongBundle as error:
        return _unreadable(str(error), options.json)
    except KeyboardInterrupt:
        return _stopped()
    from_bundle = options.trust is None
    if options.json:
        print(json.dumps(verify_words.as_json(found, from_bundle, asked_at), indent=2))
    else:
        print(verify_words.as_text(found, from_bundle, asked_at))
    return exit_code(found)


def exit_code(found: Check) -> int:
    """The exit code that an outcome means."""
    if found.outcome == "verified":
        return VERIFIED
    return NOT_CHECKED if found.outcome in UNDECIDED else NOT_VERIFIED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m exports.verify",
        description="Checks the proof bundle of an assessment, step by step, and shows what was compared.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("bundle", metavar="BUNDLE", type=Path, help="the zip that was downloaded")
    parser.add_argument("--rpc", metavar="URL", type=_address, help="a node of the ledger that you trust")
    parser.add_argument("--trust", metavar="FILE", type=Path, help="your own trust file instead of the bundle's")
    parser.add_argument("--json", action="store_true", help="print the result for programs")
    return parser


def _address(text: str) -> str:
    # The address itself is not repeated: a key may be part of it.
    if not re.match(r"https?://[^/?#]", text):
        raise argparse.ArgumentTypeError("a node's address begins with https:// or http:// and the name of its host")
    return text


def _read(options: argparse.Namespace) -> tuple[Bundle, Trust]:
    bundle = read_bundle(_bytes(options.bundle))
    if options.trust is not None:
        return bundle, trust_of(_bytes(options.trust), options.trust.name)
    if bundle.trust is None:
        raise WrongBundle("there is no trust.toml in the bundle; name a trust file with --trust")
    return bundle, bundle.trust


def _bytes(path: Path) -> bytes:
    """The content of a file, no more of it than it takes to see that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise WrongBundle(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _checked(bundle: Bundle, trust: Trust, rpc: str | None) -> tuple[Check, datetime | None]:
    answers, unreachable = _asked(bundle, trust, rpc)
    today = datetime.now(UTC).date()
    found = check(bundle.credential, bundle.receipt, trust, answers, today, unreachable)
    return found, answers.asked_at if answers else None


def _asked(bundle: Bundle, trust: Trust, rpc: str | None) -> tuple[ChainAnswers | None, str]:
    """What the node answered, or why it was not asked or gave no answer."""
    if rpc is None:
        return None, "no node was named, name one with --rpc"
    if bundle.receipt is None:
        return None, "without a receipt there is nothing to ask for"
    try:
        return ask(NAME, rpc, None, trust, [bundle.receipt]), ""
    except SourceError as error:
        return None, str(error)


def _unreadable(problem: str, as_json: bool) -> int:
    result: dict[str, Any] = {"verified": False, "outcome": None, "problem": problem}
    if as_json:
        print(json.dumps(result, indent=2))
    else:
        print(verify_words.problem(problem), file=sys.stderr)
    return UNREADABLE


def _stopped() -> int:
    print("Stopped; nothing was checked to its end.", file=sys.stderr)
    return NOT_CHECKED


if __name__ == "__main__":
    sys.exit(main())
