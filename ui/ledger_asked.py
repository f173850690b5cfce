"""Asks the ledger while a reader waits, and keeps the answer for as long as this reader looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from ingestion import ledger_now
from ingestion.ledger_now import LedgerSource
from ledger.check import Check
from ledger.receipt import Receipt
from ledger.trust import Trust
from ui import scope
from ui.text import plain

_KEPT = "ledger_asked"


@dataclass(frozen=True)
class Answer:
    """What a check found, and when it was made."""

    check: Check
    at: datetime


def sources() -> tuple[Sequence[LedgerSource], str]:
    """The ledgers that can be asked, each with its trust file, and why there is none where that is known."""
    try:
        return ledger_now.ledgers(), ""
    except ledger_now.CannotAsk as reason:
        return (), str(reason)


def trust_for(known: Sequence[LedgerSource], receipt: Receipt | None) -> Trust | None:
    """The trust file that `ask` checks a record with; None where no ledger can be asked."""
    trusts = [source.trust for source in known]
    own = [one for one in trusts if receipt and (one.chain_id, one.contract) == (receipt.chain_id, receipt.contract)]
    return next(iter([*own, *trusts]), None)


def ask(key: tuple, credential: Mapping[str, Any], receipt: Receipt | None) -> None:
    """Check a record against the ledger now, and keep what was found under `key`; says so where it cannot be asked."""
    try:
        with st.spinner("Asking the ledger …"):
            st.session_state[_KEPT] = key, Answer(ledger_now.check_now(credential, receipt), scope.now())
    except ledger_now.CannotAsk as reason:
        st.warning(plain(reason), icon=":material/hourglass_top:")


def answer(key: tuple) -> Answer | None:
    """What the last question of this reader found, if it was about `key`."""
    kept = st.session_state.get(_KEPT)
    return kept[1] if kept and kept[0] == key else None
