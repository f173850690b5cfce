"""One anchored assessment: what its check found, step by step, and where this dashboard holds something else."""

from collections.abc import Sequence

import streamlit as st

from ingestion.ledger_now import LedgerSource
from ledger import check as checks
from ui import layout, ledger_asked, ledger_bundle, ledger_steps, navigation, notices, tables_ledger, url
from ui import ledger_outcomes as ledger
from ui import ledger_words as words
from ui.ledger_outcomes import Record
from ui.scope import Scope
from ui.text import is_missing, joined, moment, plain, web_address

NOT_ASKED = "this page has not asked it yet; press “Check again now”"
WITHHELD = (
    "The signed record holds ratings that are shared with partners, reviewers and those who look after the site, so "
    "its steps and its proof bundle are for them. What the check found is for everybody."
)
NO_TRUST = "No ledger can be asked from here now, so the record cannot be checked step by step."


def show(scope: Scope, found: Record, known: Sequence[LedgerSource]) -> None:
    """The whole view of one assessment."""
    facts = found.facts
    st.button("All assessments", icon=":material/arrow_back:", on_click=url.forget, args=("assessment",))
    actions = layout.header(f"Check of {plain(facts['site_name'])}", f"Assessment {plain(facts['assessment_id'])}")
    trust = ledger_asked.trust_for(known, found.receipt)
    key = ("record", scope.store, scope.view.version, scope.viewer, facts["assessment_id"])
    if found.credential is not None and trust is not None:
        if actions.button("Check again now", icon=":material/refresh:"):
            ledger_asked.ask(key, found.credential, found.receipt)
        ledger_bundle.button(actions, scope, found, trust)
    answer = ledger_asked.answer(key)
    check = None if answer is None else ledger.with_held(answer.check, found)
    if check is None:
        _found_at_last_pull(found)
    else:
        ledger_steps.verdict(check.outcome, check.reason, check.issuer)
        st.caption(f":material/schedule: Checked on {moment(answer.at)}, on this page.")
    if not is_missing(facts["superseded_by"]):
        st.info(f"A newer assessment replaces it: {plain(facts['superseded_by'])}.", icon=":material/update:")
    _differences(found)
    st.header("Step by step", anchor=False)
    if found.credential is None:
        notices.restricted(WITHHELD)
    elif trust is None:
        notices.restricted(NO_TRUST)
    else:
        # The steps that need no ledger are done at once; the others wait for the button.
        local = checks.check(found.credential, found.receipt, trust, None, scope.today, NOT_ASKED)
        ledger_steps.steps(check or ledger.with_held(local, found))
    _place(found)
    navigation.version_link(facts["site_id"], facts["assessment_id"])


def _found_at_last_pull(found: Record) -> None:
    facts = found.facts
    ledger_steps.verdict(facts["outcome"], facts["reason"], None if is_missing(facts["issuer"]) else facts["issuer"])
    before = facts["last_outcome"]
    told = "" if is_missing(before) else f" It found then: {words.chip(before)}."
    st.caption(f":material/schedule: Found at the last pull. {ledger_steps.last_look(facts['reached_at'])}{told}")
    for note in [] if is_missing(facts["notes"]) else facts["notes"].splitlines():
        st.info(plain(note), icon=":material/info:")


def _differences(found: Record) -> None:
    if found.differences.empty:
        return
    with layout.card("What differs from what was signed", "The signed values are those that the issuer vouches for"):
        tables_ledger.differences(found.differences)


def _place(found: Record) -> None:
    """Where on the ledger the assessment stands, as its receipt says."""
    facts = found.facts
    with layout.card("Where it stands on the ledger", "As its receipt says; hashes are public and tell no rating"):
        told = {"Fingerprint (SHA-256)": facts["digest"], "Root of the batch": facts["root"]}
        told |= {"Transaction": facts["tx_hash"], "Signed with the key": facts["issuer_key"]}
        ledger_steps.inputs(tuple((label, str(value)) for label, value in told.items() if not is_missing(value)))
        block = "" if is_missing(facts["block_number"]) else f"block {facts['block_number']}"
        anchored = "" if is_missing(facts["anchored_at"]) else f"anchored {moment(facts['anchored_at'])}"
        st.caption(joined([f"signed as of {moment(facts['issued_at'])}", anchored, block]))
        explorer = web_address(facts["explorer"])
        if explorer and not is_missing(facts["tx_hash"]):
            address = f"{explorer.rstrip('/')}/tx/{facts['tx_hash']}"
            st.link_button("See the transaction in a block explorer", address, icon=":material/open_in_new:")
