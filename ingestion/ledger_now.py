"""Asks the ledger about one record at this moment, for a page that shows its check.

Only the ledgers of the configured network are asked, never an address of the record or its receipt, and only about
records that could be verified. The demo asks the node of the invented chain in the same process.
"""

import logging
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from connectors.base import Source
from connectors.errors import SourceChanged, SourceError, SourceRefused
from connectors.ledger_files import fetch_trust, read_trust_of
from connectors.ledger_rpc import ask
from connectors.secret import secret_of
from data import settings
from ingestion.network import Network, NetworkError, parse_network, read_network
from ledger.canonical import digest
from ledger.chain import ChainAnswers
from ledger.check import UNDECIDED, Check, check
from ledger.receipt import Receipt
from ledger.trust import Trust

CONNECTOR = "ledger"
KEPT_S = 30.0
MINUTE_S = 60.0
MOST_A_MINUTE = 30
NO_ANSWER = "the node of the ledger did not answer"
REFUSED = "the node of the ledger refused the question, or what this dashboard knows of it is not complete"
NOT_UNDERSTOOD = "the node of the ledger answered in a way that is not understood"

log = logging.getLogger(__name__)


class CannotAsk(Exception):
    """The ledger was not asked; the message tells the reader why."""


class TooOften(CannotAsk):
    """Too many questions in the last minute."""


@dataclass(frozen=True)
class LedgerSource:
    """One ledger that may be asked: the name of its source, and whose anchors count on which chain."""

    name: str
    trust: Trust
    source: Source = field(repr=False)


@dataclass(frozen=True)
class _Heard:
    """What a ledger said about a receipt, or why it said nothing, and when."""

    answers: ChainAnswers | None
    unreachable: str
    at_s: float


class _Limit:
    """At most so many questions a minute, for all readers together."""

    def __init__(self) -> None:
        self._asked_s: deque[float] = deque()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Count one question; raises TooOften."""
        with self._lock:
            now = monotonic()
            while self._asked_s and now - self._asked_s[0] >= MINUTE_S:
                self._asked_s.popleft()
            if len(self._asked_s) >= MOST_A_MINUTE:
                raise TooOften(f"The ledger was asked {MOST_A_MINUTE} times in the last minute. Try again in a minute.")
            self._asked_s.append(now)


_limit = _Limit()
_heard: dict[tuple[str, bytes], _Heard] = {}


def ledgers() -> list[LedgerSource]:
    """The ledgers of the configured network, or of the demo while its systems answer.

    Raises CannotAsk where the configuration cannot be used.
    """
    try:
        sources = [source for source in _network().sources if source.connector == CONNECTOR]
        return [LedgerSource(source.name, _trust_of(source), source) for source in sources]
    except (NetworkError, SourceError) as error:
        log.warning("the ledger cannot be asked: %s", error)
        raise CannotAsk("The configuration of the ledger cannot be used; the log of the server says why.") from None


def check_now(credential: Mapping[str, Any], receipt: Receipt | None) -> Check:
    """Check a record against the ledger as it is now, or as it was at most `KEPT_S` ago.

    A node that does not answer gives the outcome ledger_unreachable. Raises CannotAsk where no ledger is configured,
    and TooOften.
    """
    known = ledgers()
    if not known:
        raise CannotAsk("No ledger is configured here, so there is nothing to ask.")
    chosen = next((one for one in known if receipt and _is_of(receipt, one.trust)), known[0])
    today = datetime.now(UTC).date()
    alone = check(credential, receipt, chosen.trust, None, today)
    # Whatever the ledger says, a record that is wrong in itself stays wrong.
    if receipt is None or alone.outcome not in UNDECIDED:
        return alone
    heard = _hear(chosen, receipt)
    return check(credential, receipt, chosen.trust, heard.answers, today, heard.unreachable)


def _network() -> Network:
    if not settings.is_demo():
        return read_network(settings.network_path())
    text = settings.demo_network()
    return parse_network(text) if text else Network(())


def _trust_of(source: Source) -> Trust:
    with TemporaryDirectory() as folder:
        return read_trust_of(source, fetch_trust(source, Path(folder)))


def _is_of(receipt: Receipt, trust: Trust) -> bool:
    return (receipt.chain_id, receipt.contract) == (trust.chain_id, trust.contract)


def _hear(chosen: LedgerSource, receipt: Receipt) -> _Heard:
    """What the ledger says about a receipt: kept from a moment ago, or asked for now."""
    now = monotonic()
    for old in [key for key, heard in list(_heard.items()) if now - heard.at_s >= KEPT_S]:
        _heard.pop(old, None)
    key = (chosen.name, digest(receipt.as_json()))
    kept = _heard.get(key)
    if kept is None:
        _limit.take()
        kept = _heard[key] = _ask(chosen, receipt)
    return kept


def _ask(chosen: LedgerSource, receipt: Receipt) -> _Heard:
    """The answers, or the reason in words that name no address, because a key may be part of it."""
    source = chosen.source
    try:
        answers = ask(source.name, str(source.options.get("rpc")), secret_of(source), chosen.trust, [receipt])
        return _Heard(answers, "", monotonic())
    except SourceError as error:
        log.warning("the ledger gave no answer: %s", error)
        why = REFUSED if isinstance(error, SourceRefused) else NO_ANSWER
        return _Heard(None, NOT_UNDERSTOOD if isinstance(error, SourceChanged) else why, monotonic())
