"""Readiness: how far each site is on the way to the Green List, what holds sites back, what is due, what changed."""

import streamlit as st

from metrics import green_list, phases
from metrics import readiness as metric
from ui import (
    cached,
    cached_assessments,
    cached_ledger,
    charts_readiness,
    client,
    layout,
    ledger_badge,
    navigation,
    notices,
    paging,
    reader,
    readiness,
    results,
    tables_readiness,
    theme,
    url,
)
from ui import green_list_words as words
from ui.scope import current
from ui.text import count, joined, number

PAGE = "criteria_page"
PHASE_NOTES = {
    "not_started": "In the network, not committed yet",
    "application": "Committed, assessing itself",
    "candidate": "Evaluated by the expert group",
    "green_list": "Listed for five years",
}
NOT_A_MEAN = (
    "A criterion is met when all its applicable indicators are met, and a site is ready with 17 of 17. No criterion "
    "makes up for another, and what nobody rated is not known, which is not the same as not met."
)
DUE_SHOWN = ("overdue", "due_soon")

scope = current()
mode = client.mode()
back_to_first_page = paging.first_page(PAGE)
outcomes = cached_ledger.outcomes(scope)
palette = theme.PALETTES[mode]


def choose_role() -> str:
    return url.one(
        st.segmented_control,
        "Rated by",
        list(words.ROLES),
        key="rated_by",
        default="self",
        format_func=words.ROLE_WORDS.get,
        help="The ratings of different roles are never mixed.",
    )


def key_figures(found: readiness.Network) -> None:
    due = found.deadlines["state"].value_counts()
    rated = f"of {number(found.rated)} sites that this role has rated"
    worst = found.held_back.sort_values("not_met", ascending=False, kind="stable").head(1)
    with layout.figures():
        results.figure(
            "Ready: 17 of 17 met", number(found.ready) if found.rated else results.DASH, rated, metric.readiness
        )
        if worst.empty or not worst["not_met"].iloc[0]:
            results.figure("Holds back most", results.DASH, "No criterion is known not to be met")
        else:
            sites = count(int(worst["not_met"].iloc[0]), "application or candidate site")
            number_of = worst["criterion"].iloc[0]
            results.figure("Holds back most", number_of, f"Not met at {sites}", metric.criteria_over_sites)
        note = f"{int(due.get('due_soon', 0)):,} more due within a year"
        results.figure("Overdue", number(int(due.get("overdue", 0))), note, phases.deadlines)
        results.figure(
            "Criteria changed", number(len(found.changed)), "Found otherwise a quarter ago", metric.what_changed
        )


def pipeline(found: readiness.Network) -> None:
    told = readiness.by_phase(found.sites)
    with layout.figures():
        for phase, (sites, rated, median) in told.items():
            with st.container(border=True, height="stretch", gap="xxsmall"):
                st.markdown(theme.dot(palette.phases[phase], f"**{theme.PHASE_WORDS[phase]}**"))
                st.markdown(f"**{count(sites, 'site')}**")
                if median is not None:
                    st.caption(f"Half of the {number(rated)} rated meet {median:g} of 17 criteria or more")
                waits = found.months.get(phase)
                wait = ""
                if waits is not None:
                    wait = waits.missing or f"half move on within {results.value(waits, 0)} months (n = {waits.n})"
                st.caption(
                    joined([PHASE_NOTES[phase], wait]), help=results.how(phases.months_in_phase) if waits else None
                )


def filters(found: readiness.Network) -> tuple[tuple[str, ...], tuple[str, ...], str, str]:
    regions = sorted(found.sites["region"].dropna().unique())
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        wanted = url.many(
            st.pills,
            "Phase",
            list(theme.PHASES),
            key="phase",
            default=("candidate",),
            selection_mode="multi",
            format_func=lambda phase: theme.dot(palette.phases[phase], theme.PHASE_WORDS[phase]),
            on_change=back_to_first_page,
            wrap=True,
            width="content",
        )
        chosen = url.many(
            st.multiselect, "Region", regions, key="region", placeholder="All", width=170, on_change=back_to_first_page
        )
        order = url.one(
            st.selectbox,
            "Order",
            list(readiness.ORDERS),
            key="order",
            default="most",
            format_func=readiness.ORDERS.get,
            on_change=back_to_first_page,
            width=170,
        )
        view = url.one(
            st.segmented_control,
            "View",
            ["heat map", "table"],
            key="view",
            default="heat map",
            format_func=str.capitalize,
        )
    return tuple(wanted), tuple(chosen), order, view


@reader.fragment
def criteria_by_site(found: readiness.Network) -> None:
    wanted, regions, order, view = filters(found)
    search = paging.search("Site, country or code", back_to_first_page)
    sites = readiness.found(found.sites, wanted, regions, search, order)
    if sites.empty:
        notices.no_match("assessed site")
        return
    slot = st.container()
    shown, page = paging.page_of(
        sites, PAGE, f"{count(len(sites), 'site')} with an assessment; select a square to open it"
    )
    with slot:
        st.markdown(words.legend(mode))
        ledger_badge.legend(sites, outcomes)
        if view == "table":
            tables_readiness.sites_by_criteria(
                shown, found.cells, navigation.open_assessment, outcomes, navigation.open_check
            )
        else:
            heat_map(found, shown, page)
    layout.download_csv(
        "Download these sites", lambda: tables_readiness.sites_csv(found, sites, scope.is_demo), "readiness.csv"
    )


def heat_map(found: readiness.Network, shown, page: int) -> None:
    with st.grid(1, min_column_width=charts_readiness.FEWEST_WIDTH, wrap=False):
        event = st.echarts_chart(
            charts_readiness.heat_map(shown, found.cells, mode, ledger_badge.glyphs(outcomes)),
            height=charts_readiness.heat_map_height(len(shown)),
            key=f"criteria_{page}",
            on_select="rerun",
            alt=f"Heat map of {count(len(shown), 'site')} by 17 criteria; the view Table holds the same",
        )
    hits = [place for series in event["selection"]["selected"] for place in series["data_indices"]]
    squares = charts_readiness.places(shown)
    if hits and hits[0] < len(squares):
        row, criterion = squares[hits[0]]
        navigation.open_assessment(row.site_id, criterion)


def held_back_card(found: readiness.Network) -> None:
    note = f"Application and candidate sites, rated by: {words.ROLE_WORDS[role].lower()}"
    with layout.card("Which criteria hold sites back", note, height="stretch"):
        if not found.held_back[["met", "not_met", "unknown"]].to_numpy().sum():
            st.caption("Nobody in this role has rated a site that is in the process.")
            return
        layout.plot(
            charts_readiness.held_back(found.held_back, mode, client.width() == "phone"),
            "Bars: sites by criterion and state",
            "held_back",
        )
        st.caption(
            "Not known: too few indicators of the criterion are rated.", help=results.how(metric.criteria_over_sites)
        )
        layout.table_twin("The same as a table", "held_table", lambda: tables_readiness.held_back(found.held_back))


def clock_card(found: readiness.Network) -> None:
    due = found.deadlines[found.deadlines["state"].isin(DUE_SHOWN)]
    with layout.card("The clock", "Overdue, and due within a year", height="stretch"):
        if due.empty:
            st.caption("Nothing is overdue, and nothing is due within a year.")
            return
        tables_readiness.deadlines(due)
        st.caption(
            "Five years to comply from the day of commitment; certificates run five years with a review in the middle.",
            help="\n\n".join(map(results.how, (phases.commitment_clock, green_list.listing_clock))),
        )


def changed_card(found: readiness.Network) -> None:
    with layout.card("What changed this quarter", "Criteria that were found otherwise 91 days ago", height="stretch"):
        if found.changed.empty:
            st.caption("No criterion changed.")
            return
        tables_readiness.changed(found.changed)


def waits_card(found: readiness.Network) -> None:
    with layout.card("Time in phase", "Share of sites still there; those still waiting are counted", height="stretch"):
        if found.waits.empty:
            st.caption("No site is known to have entered a phase yet.")
            return
        layout.plot(
            charts_readiness.waits(found.waits, mode), "Steps: share of sites still in a phase by months", "waits"
        )
        st.caption("What happened in the network; no promise for one site.", help=results.how(phases.time_in_phase))
        layout.table_twin("Curves as a table", "waits_table", lambda: tables_readiness.waits(found.waits))


network = cached.summary(scope)
if not network.sites:
    layout.header("Readiness", "No site yet")
    notices.no_sites()
    st.stop()
header = st.container()
role = choose_role()
found = cached_assessments.network(scope, role)
with header:
    layout.header(
        "Readiness", f"{number(found.assessed)} of {count(network.sites, 'site')} with a Green List assessment"
    )
if not found.assessed:
    notices.empty("checklist", "No assessment yet", "They appear here once a source of assessments has been pulled.")
    st.stop()
key_figures(found)
st.header("Pipeline", anchor=False)
pipeline(found)
st.header("Criteria by site", anchor=False)
st.caption(NOT_A_MEAN, help=results.how(metric.criterion_states))
criteria_by_site(found)
main, side = layout.columns(3, 2)
with main:
    held_back_card(found)
with side:
    waits_card(found)
clock_card(found)
changed_card(found)
