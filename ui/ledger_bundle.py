"""Proof bundles: the button that gives one to take away, and the check of one that somebody brings."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from ingestion.ledger_now import LedgerSource
from ledger import bundle as bundles
from ledger.trust import Trust
from ui import audited, layout, ledger_asked, ledger_steps, tables
from ui.ledger_outcomes import Record
from ui.scope import Scope, current
from ui.text import count, joined, moment, plain

LARGEST_MB = 2
GUIDE = Path(__file__).resolve().parent.parent / "docs" / "verifying.md"


def button(place, scope: Scope, found: Record, trust: Trust) -> None:
    """A download button in `place`; only for a record that the viewer may see wholly."""
    place.download_button(
        "Download proof bundle",
        data=audited.given(
            scope,
            lambda: bundles.write_bundle(
                found.credential, found.receipt, trust, scope.view.committed_at.date(), scope.is_demo
            ),
            tables=["proof bundle"],
            sites=[found.facts["site_id"]],
            format="zip",
        ),
        file_name=tables.file_name(f"proof-{_file_part(found.facts['assessment_id'])}.zip", scope.is_demo),
        mime="application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
        help="The signed record, its receipt, the trust file and instructions: all that is needed to check the "
        "assessment on another computer, without this dashboard.",
    )


def guide() -> None:
    """The guide to a check without this dashboard, as a file."""
    st.download_button(
        "How to check by yourself",
        data=GUIDE.read_bytes,
        file_name=GUIDE.name,
        mime="text/markdown",
        icon=":material/menu_book:",
        on_click="ignore",
    )


def section(known: Sequence[LedgerSource]) -> None:
    """Where anybody checks a bundle that they were given; nothing of it is stored."""
    st.header("Check a bundle that you were given", anchor=False)
    note = "The same steps for the file in your hands; change one byte of it and see where the check stops"
    with layout.card("A proof bundle", note):
        if not known:
            st.caption("No ledger can be asked from here now, so there is nothing to check it against.")
            return
        file = st.file_uploader(
            f"Proof bundle (.zip, at most {LARGEST_MB} MB)", type=["zip"], key="bundle", max_upload_size=LARGEST_MB
        )
        st.caption("The file is read and forgotten: nothing of it is stored.")
        if file is None:
            return
        digest = hashlib.sha256(file.getvalue()).hexdigest()
        try:
            found = bundles.read_bundle(file.getvalue())
            audited.note_once(current(), "upload", format="proof bundle", sha256=digest, outcome="checked")
            _checked(found, digest, ledger_asked.trust_for(known, found.receipt))
        except bundles.WrongBundle as wrong:
            audited.note_once(current(), "upload", format="proof bundle", sha256=digest, outcome="refused")
            st.error(
                f"This is no proof bundle, or it was damaged: {plain(wrong)}. Ask for it again where you got it.",
                icon=":material/folder_off:",
            )


def trust_file(trust: Trust) -> str:
    """Which trust file is used, in one line of Markdown."""
    names = sorted({issuer.name for issuer in trust.issuers})
    shown = ", ".join(plain(name) for name in names[:5])
    chain = f"{plain(trust.chain_name)}, chain {trust.chain_id}" if trust.chain_name else f"chain {trust.chain_id}"
    return joined([chain, f"contract {trust.contract}", f"{count(len(names), 'trusted issuer')}: {shown}"])


def _checked(found: bundles.Bundle, digest: str, trust: Trust) -> None:
    key = ("bundle", digest)
    if ledger_asked.answer(key) is None or st.button("Check again now", icon=":material/refresh:", key="bundle_again"):
        ledger_asked.ask(key, found.credential, found.receipt)
    answer = ledger_asked.answer(key)
    if answer is None:
        return
    check = answer.check
    ledger_steps.verdict(check.outcome, check.reason, check.issuer)
    st.caption(
        f":material/fact_check: Checked with this dashboard's own trust file, {moment(answer.at)}: {trust_file(trust)}."
    )
    if found.trust is not None and found.trust != trust:
        st.info(
            "The bundle brings another trust file. It was not used: a bundle cannot say whom to trust.",
            icon=":material/rule:",
        )
    ledger_steps.steps(check)


def _file_part(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum() or sign in "-_")[:80]
