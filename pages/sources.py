"""Sources: which pilot systems send data, how their last pulls went, and what to do where one does not."""

import streamlit as st

from metrics.coverage import freshness
from ui import audited, cached, layout, notices, results, tables, theme, url
from ui.scope import current
from ui.text import count, is_missing, joined, moment, number, plain

REFUSED = {"table": "Table", "row": "Row", "field": "Field", "value": "Value", "reason": "Reason", "raw": "As received"}

scope = current()
sources = cached.sources(scope)


def counts() -> None:
    states = sources["state"].value_counts()
    with layout.figures():
        fresh, total = int(states.get("fresh", 0)), len(sources)
        results.figure("Up to date", f"{fresh} of {total}", "Last pull and newest record are recent", freshness)
        late = int(states.get("late", 0) + states.get("stale", 0))
        results.figure("Late or stale", number(late), "Their numbers stop early")
        down = int(states.get("down", 0) + states.get("never", 0))
        results.figure("Down", number(down), "The last good copy is shown")
        results.figure("Rows refused", number(sources["rows_refused"].sum()), "Each with its reason, below")


def details(source) -> None:
    with layout.card(plain(source.source), plain(source.title)):
        words = f"{theme.STATE_GLYPHS[source.state]} {theme.STATE_WORDS[source.state]}"
        st.badge(words, color=theme.STATE_BADGES[source.state])
        st.markdown(plain(source.sentence))
        if not is_missing(source.error):
            st.error(plain(source.error), title="The last pull failed", icon=":material/error:")
        if not is_missing(source.advice):
            st.info(plain(source.advice), title="What to do", icon=":material/build:")
        for warning in [] if is_missing(source.warnings) else source.warnings.splitlines():
            st.warning(plain(warning), icon=":material/warning:")
        st.table(facts(source), border="horizontal", width="content")


def facts(source) -> dict[str, str]:
    rows = [("read", source.rows_read), ("stored", source.rows_stored), ("unchanged", source.rows_unchanged)]
    rows += [("retired", source.rows_retired), ("refused", source.rows_refused)]
    return {
        "Last pull": moment(source.last_run_at),
        "Last good pull": moment(source.last_success_at),
        "Rows in the last pull": joined([f"{number(value)} {word}" for word, value in rows]),
        "Pulled every": f"{source.refresh_hours:g} hours",
        "Connector": plain(source.connector),
        "Licence": "not stated" if is_missing(source.licence) else plain(source.licence),
        "Shared as": plain(source.sharing),
    }


def history(name: str) -> None:
    with layout.card("Pulls", "The latest 30, newest first"):
        tables.runs_table(cached.runs(scope, name), name)


def refused_rows(name: str) -> None:
    rows = cached.refused(scope, name)
    if rows.empty:
        return
    with layout.card("Refused rows", "Where each row stood, and why it was not stored; at most 500 are listed"):
        if rows["value"].isna().all() and rows["raw"].isna().all():
            st.caption("What stood there, and why it was refused, is shown only to those who manage the site.")
        tables.plain_table(rows, REFUSED, f"Table of rows that were refused from {name}")


layout.header("Sources", f"{count(len(sources), 'source')} · data to {moment(scope.view.committed_at)}")
audited.show_trouble(scope)
if sources.empty:
    notices.empty("power_off", "No source is configured", "List the sources in network.toml and pull them once.")
    st.stop()
counts()
tables.source_states(sources)
st.header("Details of one source", anchor=False)
name = url.one(
    st.selectbox, "Source", list(sources["source"]), key="source", default=sources["source"].iloc[0], width=420
)
details(next(sources[sources["source"].eq(name)].itertuples()))
history(name)
refused_rows(name)
