"""The command `ingest.py anchor`: what it was asked for, and what it says to a person."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.base import Source
from data.engine import View
from ingestion import anchor, anchor_contract, anchor_sending
from ingestion.anchor_account import AccountRefused, read_account
from ingestion.anchor_delivery import Sent
from ingestion.anchor_files import BATCH, TRANSACTION
from ingestion.anchor_transaction import Transaction
from ingestion.network import Network
from ledger.keys import did_of, new_key, write_key

Say = Callable[[str], None]
NO_STORE = "nothing is stored yet. Run: python ingest.py pull"


class WrongOptions(ValueError):
    """Options that do not go together; the message says which."""


@dataclass(frozen=True)
class Places:
    """Where the command finds what it works with; each is opened only when it is needed."""

    network: Callable[[], Network]
    view: Callable[[], View | None]


def run(options: argparse.Namespace, places: Places, say: Say, warn: Say) -> bool:
    """Do what the options ask for; whether it is finished, and not waiting for a block.

    Raises SourceError for trouble with the node, ValueError or NetworkError for wrong use.
    """
    _check(options)
    _check_outside(options)
    if options.new_key:
        _make_key(options.new_key, say)
        return True
    source = anchor.source_of(places.network(), options.source)
    if options.deploy:
        return _deploy(options, source, say)
    if options.key:
        _prepare(options, source, places.view(), say, warn)
    if options.send:
        sent = anchor_sending.send(options.batch, source, _account(options), _confirm(options))
    elif options.sent:
        sent = anchor_sending.complete(options.batch, source, options.sent)
    else:
        say(_next(options.batch))
        return True
    return _tell_anchor(sent, options.batch, say)


def _check(options: argparse.Namespace) -> None:
    if options.new_key:
        return
    if options.batch is None:
        raise WrongOptions("name a folder with --batch, or a new key file with --new-key")
    if options.send and options.account is None:
        raise WrongOptions("--send needs --account, the file of the account that pays")
    if options.send and options.sent:
        raise WrongOptions("--send sends now, and --sent tells what was sent elsewhere; use one of them")
    if not (options.deploy or options.key or options.send or options.sent):
        raise WrongOptions("add --key to make a batch, --send or --sent to go on with one, or --deploy")
    if (options.assessment or options.uri) and not options.key:
        raise WrongOptions("--assessment and --uri are for a new batch; add --key")


def _check_outside(options: argparse.Namespace) -> None:
    """A key in the folder of a repository is one command away from being published."""
    for path in filter(None, (options.new_key, options.key, options.account)):
        for folder in path.resolve().parents:
            if (folder / ".git").exists():
                raise WrongOptions(f"{path} lies in the repository {folder}; keep keys outside of every repository")


def _make_key(path: Path, say: Say) -> None:
    key = new_key()
    write_key(path, key)
    say(f"{path} holds a new key that only you can read. Keep a copy in a safe place and never in a repository.")
    say(f'For the trust file:\nkey = "{did_of(key.public_key())}"')


def _prepare(options: argparse.Namespace, source: Source, view: View | None, say: Say, warn: Say) -> None:
    if view is None:
        raise WrongOptions(NO_STORE)
    made = anchor.prepare(options.batch, options.key, source, view, options.assessment, options.uri)
    for warning in made.warnings:
        warn(f"Warning: {warning}")
    _tell(made.transaction, say)
    say(f"{options.batch / BATCH} is the batch.")


def _deploy(options: argparse.Namespace, source: Source, say: Say) -> bool:
    if options.sent:
        return _tell_contract(anchor_contract.complete_contract(source, options.sent), say)
    _tell(anchor_contract.prepare_contract(options.batch, source, options.chain_id), say)
    if not options.send:
        say(_next(options.batch))
        return True
    sent = anchor_contract.send_contract(options.batch, source, _account(options), _confirm(options))
    return _tell_contract(sent, say)


def _tell(transaction: Transaction, say: Say) -> None:
    for line in transaction.summary:
        say(line)
    say(f"Gas: at most {transaction.gas:,}.")


def _next(folder: Path) -> str:
    told = f"Nothing was sent. Next: sign {folder / TRANSACTION} offline, send it, and tell its hash with --sent"
    return f"{told}; or use --send --account FILE"


def _tell_anchor(sent: Sent, folder: Path, say: Say) -> bool:
    if sent.block_number is None:
        return _tell_waiting(sent, say)
    say(f"Anchored in block {sent.block_number:,} by {sent.tx_hash}.")
    say(f"Next: publish {folder / BATCH} where your readers' dashboards look for it; see docs/ledger.md")
    return True


def _tell_contract(sent: Sent, say: Say) -> bool:
    if sent.block_number is None:
        return _tell_waiting(sent, say)
    say(f'The contract is in block {sent.block_number:,}. For the trust file:\ncontract = "{sent.contract}"')
    return True


def _tell_waiting(sent: Sent, say: Say) -> bool:
    say(f"{sent.tx_hash} waits for a block. Run this again with --sent {sent.tx_hash} instead of --send.")
    return False


def _account(options: argparse.Namespace) -> Callable[[], Any]:
    return lambda: read_account(options.account, lambda: _password(options.password_variable))


def _password(variable: str) -> str:
    """The password from the variable of this name, or else asked for at the terminal."""
    if variable:
        password = os.environ.get(variable, "")
        if not password:
            raise AccountRefused(f"the environment variable {variable}, which should hold the password, is not set")
        return password
    if not sys.stdin.isatty():
        raise AccountRefused("there is no terminal to ask for the password; name a variable with --password-variable")
    return getpass.getpass("Password of the account: ")


def _confirm(options: argparse.Namespace) -> Callable[[str], bool]:
    """Asks a person; without a terminal only --again says yes."""

    def confirm(problem: str) -> bool:
        if options.again:
            return True
        if not sys.stdin.isatty():
            raise WrongOptions(f"{problem} Nothing was sent. Add --again to send it all the same.")
        return input(f"{problem} Send it all the same? Type yes: ").strip().lower() == "yes"

    return confirm
