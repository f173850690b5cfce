"""Impact: what the network had reached by a quarter, as anybody may know it, each figure with its method and sample."""

import streamlit as st

from ui import (
    cached_field,
    cached_impact,
    charts_impact,
    client,
    impact,
    layout,
    maps,
    maps_impact,
    notices,
    tables_impact,
    url,
)
from ui.scope import current
from ui.text import count, day, joined, plain

PUBLIC_VIEW = (
    "You see the public view, whoever you are: small counts, exact places and the newest weeks are left out to protect "
    "animals and people."
)

scope = cached_impact.public(current())
mode = client.mode()


@st.dialog("Share this page", icon=":material/share:")
def share() -> None:
    st.write("Anyone with this link sees the same choice, until the end of the same quarter.")
    st.code(url.shared(), language=None, wrap_lines=True)


def story_map(found: impact.Impact) -> None:
    title = f"What had been reached by {day(found.span.until)}"
    with layout.card(title, "Each site by the furthest that it had come"):
        st.markdown(joined(maps_impact.legend(found.places, mode)))
        width = client.width()
        st.pydeck_chart(
            maps_impact.reached_map(found.places, mode, width),
            height=maps.WORLD_HEIGHT[width],
            # A map keeps its view as long as its key, so other sites need another one.
            key="-".join(["impact_map", *chosen.values()]),
            alt=f"World map of {count(found.sites, 'site')} by what each had reached; the table lists them",
        )
        unplaced = int(found.places["position_kind"].eq("none").sum())
        if unplaced:
            st.caption(f"{count(unplaced, 'site')} without a published position cannot be drawn.")
        layout.table_twin("Sites as a table", "places_table", lambda: tables_impact.places(found.places))


def figures(found: impact.Impact) -> None:
    cells = [cell for _ in range(0, len(found.figures), 2) for cell in layout.columns(1, 1)]
    for cell, one in zip(cells, found.figures, strict=True):
        with cell, st.container(border=True, height="stretch"):
            figure(one)


def figure(one: impact.Figure) -> None:
    st.metric(one.title, one.headline)
    st.markdown(plain(one.sentence))
    if one.chart.is_empty:
        st.caption("Nothing measured, so there is nothing to draw.")
    else:
        asked = ("impact", one.key, *found.filters.as_query().items(), mode)
        chart = cached_field.drawn(scope, asked, lambda: charts_impact.over_time(one.chart, mode))
        layout.plot(chart, one.chart.alt, f"impact_{one.key}")
    st.caption(f"{plain(one.caveat)}  \n{plain(one.sample)}")
    impact.how(one.methods, f"how_{one.key}")
    if not one.chart.is_empty:
        layout.table_twin("The same as a table", f"{one.key}_table", lambda: tables_impact.over_time(one.chart))


def before_and_after(found: impact.Impact) -> None:
    if not found.comparisons:
        return
    st.header("Before and after", anchor=False)
    st.caption(impact.NO_CAUSE)
    for one in found.comparisons:
        with layout.card(one.title):
            st.markdown(plain(one.sentence))
            tables_impact.comparison(one)
            st.caption(plain(one.sample))
            impact.how(one.methods, f"how_{one.key}_before_after")


choices = cached_impact.choices(scope)
if not choices.sites:
    layout.header("Impact", "No site yet")
    notices.no_sites()
    st.stop()
actions = layout.header(
    "Impact", f"What {count(choices.sites, 'site')} have reached · as of {day(scope.today)}, data version"
    f" {scope.view.version}"
)  # fmt: skip
st.caption(f":material/public: {PUBLIC_VIEW}")
chosen = impact.choose(choices)
until = impact.choose_quarter(choices)
filters = impact.Filters(**chosen, until=until)
found = cached_impact.impact(scope, filters)
if not found.sites:
    notices.empty(
        "filter_alt_off", "No site is in all of these groups", "Choose All in one of the filters: they hold together."
    )
    st.stop()
if actions.button("Share", icon=":material/share:"):
    share()
for format_name in impact.MIMES:
    impact.report_button(actions, scope, filters, format_name)
if found.filters.as_query():
    st.caption(f"{count(found.sites, 'site')}: {plain(', '.join(found.words))}")
story_map(found)
st.header("What was reached", anchor=False)
figures(found)
before_and_after(found)
st.header("Sources", anchor=False)
layout.table_twin(
    f"{count(len(found.sources), 'source')} with licence", "sources_table", lambda: tables_impact.sources(found.sources)
)
