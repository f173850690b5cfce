"""Network overview: where the sites are, how far they have come, and which need somebody."""

import streamlit as st

from metrics.coverage import sites_reporting
from metrics.green_list import clocks, listing_clock
from metrics.wildlife import detections_total
from ui import (
    cached,
    charts,
    client,
    field,
    layout,
    maps,
    navigation,
    notices,
    paging,
    reader,
    results,
    tables,
    theme,
    url,
)
from ui.network import every_day
from ui.scope import current
from ui.text import count, day, is_missing, is_true, joined, moment, number, plain

ATTENTION_SHOWN = 5
COLOUR_BY = {"phase": "Phase", "state": "Data freshness"}

scope = current()
network = cached.summary(scope)
palette = theme.PALETTES[client.mode()]


def key_figures() -> None:
    days = every_day(cached.network_days(scope, 60))
    listed = network.by_phase["green_list"]
    due, overdue = (network.certificates.get(state, 0) for state in ("due_soon", "overdue"))
    found, by_machine = (days[name].tail(30).sum() for name in ("detections", "machine_only"))
    note = f"{by_machine / found:.0%} labelled by a machine only" if found else "No camera is known to have worked."
    with layout.figures():
        results.figure(
            "On the Green List", f"{listed:,} of {network.sites:,}", f"{listed / network.sites:.0%} of all sites"
        )
        results.figure(
            "Detections, 30 d",
            number(network.detections_30d),
            note,
            detections_total,
            **results.compared(network.change_30d),
            chart_data=days["detections"].fillna(0).tolist(),
            chart_type="area",
        )
        results.figure(
            "Sites reporting",
            results.share(network.reporting),
            reporting_note(),
            sites_reporting,
            chart_data=days["sites_reporting"].fillna(0).tolist(),
            chart_type="area",
        )
        results.figure("Certificates due", number(due + overdue), f"{overdue} overdue, {due} within a year", clocks)


def reporting_note() -> str:
    if network.reporting.missing:
        return results.sample(network.reporting)
    hidden = network.sharing_totals_only
    words = "Camera sites with a detection in 30 days"
    return f"{words}; {hidden} more share totals only" if hidden else words


def filters() -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The chosen phases, regions and colouring; the phase pills are the legend of the map too."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        phases = url.many(
            st.pills,
            "Green List phase",
            list(theme.PHASES),
            key="phase",
            default=theme.PHASES,
            selection_mode="multi",
            format_func=lambda phase: theme.dot(
                palette.phases[phase], f"{theme.PHASE_WORDS[phase]} {network.by_phase[phase]:,}"
            ),
            wrap=True,
            width="content",
        )
        regions = url.many(st.multiselect, "Region", network.regions, key="region", placeholder="All", width=260)
        colour_by = url.one(
            st.segmented_control,
            "Colour by",
            list(COLOUR_BY),
            key="colour",
            default="phase",
            format_func=COLOUR_BY.get,
            disabled=network.sites > maps.MOST_DOTS,
        )
    return tuple(phases), tuple(regions), colour_by


def world_map(phases: tuple[str, ...], regions: tuple[str, ...], colour_by: str) -> str | None:
    """Draws the map; gives the site id that the reader clicked on."""
    mode, width = client.mode(), client.width()
    if network.sites > maps.MOST_DOTS:
        st.caption("Each circle stands for the sites around it; its area grows with their number.")
        deck = maps.cells_map(cached.site_cells(scope), phases, mode, width)
    else:
        states = joined([theme.dot(palette.states[s], theme.state(s, network.by_state[s])) for s in theme.STATES])
        st.caption("Select a site to see its summary." if colour_by == "phase" else states)
        deck = maps.sites_map(cached.found_sites(scope, phases, regions, "", maps.MOST_DOTS)[0], colour_by, mode, width)
    event = st.pydeck_chart(
        deck,
        height=maps.WORLD_HEIGHT[width],
        on_select="rerun",
        selection_mode="single-object",
        key="world",
        alt=f"World map of the sites, coloured by {COLOUR_BY[colour_by].lower()}; the table below lists the same sites",
    )
    if network.unplaced:
        st.caption(f"{count(network.unplaced, 'site')} without a published position cannot be drawn.")
    return maps.selected_site(event)


def preview(site_id: str) -> None:
    site = cached.site(scope, site_id)
    if site is None:
        return
    clock = listing_clock(site["expires_on"], site["phase"], scope.today, is_true(site["is_expiry_year_only"]))
    area = "" if is_missing(site["area_km2"]) else f"{number(site['area_km2'])} km²"
    with layout.card(plain(site["site_name"]), joined([plain(site["country"]), plain(site["realm"] or ""), area])):
        st.markdown(theme.dot(palette.phases[site["phase"]], theme.PHASE_WORDS[site["phase"]]))
        st.caption(clock.sentence)
        if is_true(site["has_cameras"]):
            newest = site["newest_detection_on"]
            shown = f"{number(site['detections_30d'])} detections in 30 days, newest {day(newest)}"
            st.caption("Only totals are shared." if is_missing(newest) else shown)
        else:
            st.caption("No cameras yet." if is_true(site["has_sensors"]) else "No sensors yet.")
        if st.button("Open site profile", icon=":material/arrow_forward:", icon_position="right", width="stretch"):
            navigation.open_site(site_id)


def needs_attention() -> None:
    with layout.card("Needs attention", "Sources that fail, cameras that fell silent, certificates that end"):
        if not network.attention:
            st.caption("Nothing at the moment.")
        for item in network.attention[:ATTENTION_SHOWN]:
            with st.container(gap=None):
                navigation.site_link(item.site_id, plain(item.site_name), item.icon)
                st.caption(f"{plain(item.country)} · {plain(item.reason)}")
        if len(network.attention) > ATTENTION_SHOWN:
            st.caption(f"and {len(network.attention) - ATTENTION_SHOWN} more")


def field_systems() -> None:
    lines = field.lines(cached.monitored_sites(scope))
    if not lines:
        return
    with layout.card("Field systems", "What you may count, and at how many sites"):
        for line in lines:
            with st.container(gap=None):
                st.page_link(navigation.page(line.page), label=line.label, icon=line.icon)
                st.caption(line.note)


@reader.fragment
def site_table(phases: tuple[str, ...], regions: tuple[str, ...]) -> None:
    words = paging.search("Site, country or code")
    found, in_all = cached.found_sites(scope, phases, regions, words, tables.MOST_ROWS)
    if found.empty:
        notices.no_match("site")
        return
    if in_all > len(found):
        st.caption(f"The first {len(found):,} of {in_all:,} sites. Search or filter to see the others.")
    tables.sites_table(found, navigation.open_site)


caption = (
    f"{count(network.sites, 'protected and conserved area')} in {count(network.countries, 'country', 'countries')}"
)
actions = layout.header("Network overview", f"{caption} · data to {moment(scope.view.committed_at)}")
if not network.sites:
    notices.no_sites()
    st.stop()
key_figures()
main, side = layout.columns(2, 1)
with main.container(border=True):
    phases, regions, colour_by = filters()
    selected = world_map(phases, regions, colour_by)
with side:
    if selected:
        preview(selected)
    with layout.card("Green List pipeline", "Sites by phase and region"):
        st.vega_lite_chart(
            charts.pipeline_by_region(network.pipeline, client.mode()),
            alt="Stacked bars: number of sites in each Green List phase, by region",
        )
    field_systems()
    needs_attention()
st.header("Sites", anchor=False)
site_table(phases, regions)
layout.download_csv(
    "Download sites",
    lambda: tables.sites_csv(cached.found_sites(scope, phases, regions, "", network.sites)[0], scope.is_demo),
    "sites.csv",
    "The sites in the chosen phases and regions, as CSV.",
    actions,
)
