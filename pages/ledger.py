"""Ledger: which assessments are what their issuers signed, told by an independent check that anyone can repeat."""

import streamlit as st

from ui import (
    cached_ledger,
    layout,
    ledger_asked,
    ledger_bundle,
    ledger_record,
    ledger_steps,
    notices,
    paging,
    results,
    tables_ledger,
    url,
)
from ui import ledger_outcomes as ledger
from ui import ledger_words as words
from ui.scope import current
from ui.text import count, is_missing, joined, moment, number, plain

PAGE = "ledger_page"
NO_LEDGER = "Add a source to network.toml, with the address of a node and a trust file of issuers."
EXAMPLE = """\
[[source]]
name = "ledger"
connector = "ledger"
location = "https://ledger.example.org/batches/index.json"
options = { rpc = "https://node.example.org", trust = "trust.toml" }
"""
NO_RECORD = "They appear here once a batch of signed assessments has been pulled."

scope = current()
back_to_first_page = paging.first_page(PAGE)


def key_figures(found: ledger.Ledger) -> None:
    every = len(found.anchors)
    with layout.figures():
        verified = f"{number(ledger.verified(found))} of {number(every)}"
        results.figure("Verified", verified, "Checked anew at every pull", ledger.verified)
        note = "Not what was signed" if ledger.changed(found) else "None differs from what was signed"
        results.figure(words.OUTCOME_WORDS["content_changed"], number(ledger.changed(found)), note, ledger.changed)
        note = ledger.breakdown(found, ledger.NOT_BACKED)
        results.figure("Not backed", number(ledger.not_backed(found)), note, ledger.not_backed)
        note = ledger.breakdown(found, ledger.UNDECIDED)
        results.figure("Not known yet", number(ledger.undecided(found)), note, ledger.undecided)


def reached(found: ledger.Ledger) -> None:
    """When each ledger answered last; one that does not is no failure of any assessment."""
    for row in found.silent.itertuples():
        st.warning(
            f"The ledger {plain(ledger.name_of(row))} could not be reached at the last pull: {plain(row.problem)}. "
            f"No assessment has failed for that. {ledger_steps.last_look(row.reached_at)}",
            icon=":material/cloud_off:",
        )
    for row in found.ledgers[found.ledgers["problem"].isna()].itertuples():
        head = "" if is_missing(row.head_block) else f"newest block {row.head_block} of {moment(row.head_at)}"
        answered = f":material/cloud_done: {plain(ledger.name_of(row))} answered last on {moment(row.reached_at)}"
        st.caption(joined([answered, head]))


def choose_outcomes(found: ledger.Ledger) -> tuple[str, ...]:
    counts = found.counts
    chosen = url.many(
        st.pills,
        "Outcome",
        list(words.OUTCOMES),
        key="outcome",
        default=words.OUTCOMES,
        selection_mode="multi",
        format_func=lambda outcome: f"{words.chip(outcome)} {counts[outcome]:,}",
        on_change=back_to_first_page,
        wrap=True,
        width="content",
    )
    return tuple(chosen)


def open_one(assessment_id: str) -> None:
    st.query_params["assessment"] = assessment_id


def assessments(found: ledger.Ledger) -> None:
    chosen = choose_outcomes(found)
    search = paging.search("Site, assessment, issuer or reason", back_to_first_page)
    rows = ledger.narrowed(found.anchors, chosen, search)
    if rows.empty:
        notices.empty("search_off", "No assessment matches these filters", "Clear the search or choose more outcomes.")
        return
    slot = st.container()
    shown, _ = paging.page_of(
        rows, PAGE, f"{count(len(rows), 'assessment')}, problems first; open one to see its check"
    )
    with slot:
        tables_ledger.assessments(shown, open_one)
    layout.download_csv(
        "Download these assessments", lambda: tables_ledger.assessments_csv(rows, scope.is_demo), "ledger.csv"
    )


def how_it_works() -> None:
    with layout.card("How the ledger works", height="stretch"):
        st.markdown("\n".join(f"{place}. {sentence}" for place, sentence in enumerate(words.HOW_IT_WORKS, start=1)))
        st.markdown(
            "Standards: [W3C Verifiable Credentials](https://www.w3.org/TR/vc-data-model-2.0/), "
            "[RFC 8785](https://www.rfc-editor.org/rfc/rfc8785), [RFC 9162](https://www.rfc-editor.org/rfc/rfc9162)"
        )
        ledger_bundle.guide()
        st.caption("How to publish assessments in this way: docs/ledger.md.")


def where_it_is() -> None:
    with layout.card("The ledger and its issuers", "Only this contract and these issuers count", height="stretch"):
        if not known:
            st.caption("No ledger can be asked from here now.")
        for source in known:
            trust = source.trust
            st.markdown(f"**{plain(trust.chain_name or source.name)}** · chain {trust.chain_id}")
            ledger_steps.inputs((("Contract", trust.contract),))
            asked = f"{count(trust.confirmations, 'block')} must lie on top of an anchor"
            st.caption(joined([asked, f"source {plain(source.name)}"]))
            for issuer in trust.issuers:
                st.markdown(f":material/verified: **{plain(issuer.name)}** · {ledger.trusted_time(issuer)}")
            layout.table_twin(
                "Keys and accounts", f"issuers {source.name}", lambda trust=trust: tables_ledger.issuers(trust)
            )


found = cached_ledger.ledger_of(scope)
known, trouble = ledger_asked.sources()
asked = st.query_params.get("assessment")
if asked is not None and found.has(asked):
    ledger_record.show(scope, cached_ledger.record(scope, asked), known)
    st.stop()
if found.ledgers.empty and found.anchors.empty and not known and not trouble:
    layout.header("Ledger", "No ledger is set up")
    notices.empty("verified_user", "No ledger is set up yet", NO_LEDGER)
    st.code(EXAMPLE, language=None, wrap_lines=True)
    st.caption("The trust file names the chain, the contract and the issuers: docs/ledger.md says how to make one.")
    how_it_works()
    st.stop()
layout.header("Ledger", "Assessments that anyone can verify")
if asked is not None:
    notices.unknown_values("Assessment", [asked])
if trouble:
    st.warning(plain(trouble), icon=":material/settings_alert:")
if found.anchors.empty:
    reached(found)
    notices.empty("verified_user", "No signed assessment yet", NO_RECORD)
else:
    st.header(ledger.headline(found), anchor=False)
    reached(found)
    key_figures(found)
    st.header("Assessments", anchor=False)
    assessments(found)
ledger_bundle.section(known)
main, side = layout.columns(1, 1)
with main:
    how_it_works()
with side:
    where_it_is()
