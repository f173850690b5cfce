"""Wildlife: what the cameras of one site found, how often, when and where, and how well they worked."""

import streamlit as st

from metrics import activity, community, events, wildlife
from ui import (
    cached,
    cached_field,
    charts_wildlife,
    client,
    layout,
    maps_field,
    notices,
    results,
    site_picker,
    tables,
    tables_wildlife,
    url,
    wildlife_notes,
)
from ui.scope import current
from ui.text import count, is_missing, joined, plain
from ui.wildlife import NOBODY, PERIODS, UNITS

TABS = ("Species", "Community", "Activity", "Map", "Effort")
ALL = "all"
OF_ONE_SITE = ("species", "with", "animals")
CLOCKS = {"clock": "Clock time", "sun": "Sun time"}

scope = current()
mode = client.mode()
monitored = cached.monitored_sites(scope)
cameras = monitored[monitored["has_cameras"]]


def choose() -> tuple[str, str, bool]:
    """The site, the period, and whether labels count that no person has checked."""
    site_id, row = site_picker.pick(cameras, "cameras", OF_ONE_SITE)
    with row:
        period = url.one(
            st.segmented_control, "Period", list(PERIODS), key="period", default="12", format_func=PERIODS.get
        )
        with_machine = st.toggle(
            "Include unreviewed machine labels",
            value=True,
            key="machine",
            bind="query-params",
            help="Without them, every figure of animals rests on labels that a person gave or confirmed.",
        )
        site_picker.profile_link(site_id)
    return site_id, period, with_machine


def key_figures() -> None:
    notes = wildlife_notes.key_figures(found)
    shown = {
        "Species observed": (found.observed, community.chao2),
        "Detections": (found.detections, events.independent_events),
        "Trap nights": (found.effort, wildlife.trap_nights),
        "Review backlog": (found.backlog, community.review_backlog),
    }
    with layout.figures():
        for label, (result, metric) in shown.items():
            results.figure(label, results.value(result), notes[label], metric)


def species_tab() -> None:
    if found.species.empty:
        notices.empty("search_off", "No animal was recorded", "Choose a longer period, or include machine labels.")
        return
    tables_wildlife.species_table(found.species, found.places, cached.red_list(scope))
    st.caption(
        "Rate: independent events per 100 trap nights. Rates depend on how easily a species is seen: they do not rank "
        "species and are no abundance. Stations with a record are a naive occupancy, not corrected for animals missed.",
        help=results.how(events.relative_abundance),
    )
    for note in wildlife_notes.protection(found):
        st.caption(f":material/shield: {note}")


def community_tab() -> None:
    with layout.card("Species found with growing effort", "Mean over all orders of stations or days, with 95 % band"):
        unit = url.one(
            st.segmented_control, "Effort in", list(UNITS), key="unit", default="place", format_func=UNITS.get
        )
        curve, estimate = found.curves[unit], found.estimates[unit]
        if curve.empty:
            st.caption("A curve needs two stations or days with a working camera.")
        else:
            alt = f"Curve of species found with growing number of {UNITS[unit].lower()}"
            layout.plot(charts_wildlife.accumulation(curve, estimate, unit, mode), alt, "accumulation")
            st.caption(f"Chao2: {results.value(estimate)}. {results.sample(estimate)}", help=how_community())
            headings = {"units": UNITS[unit], "species": "Species", "low": "95 % low", "high": "95 % high"}
            layout.table_twin(
                "Curve as a table", "curve_table", lambda: tables.plain_table(curve, headings, "Species by effort")
            )
    if not found.individuals.empty:
        with layout.card("Recognised animals", "Different known individuals per month; each counts once a month"):
            figure = charts_wildlife.individuals_by_month(found.individuals, mode)
            layout.plot(figure, "Bars: recognised animals per month and species", "individuals")


def how_community() -> str:
    return "\n\n".join(results.how(metric) for metric in (community.accumulation, community.chao2))


def activity_tab() -> None:
    if not found.active:
        notices.restricted("There is no time of day that you may see for the animals of this site.")
        return
    names = found.active
    site = cached.site(scope, site_id)
    is_placed = site["position_kind"] == "registry" and not is_missing(site["latitude"])
    with layout.card("Activity through the day", "Share of a species' independent events per hour"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            first = url.one(
                st.selectbox, "Species", list(names), key="species", default=next(iter(names)),
                format_func=lambda name: names.get(name, name), width=260,
            )  # fmt: skip
            others = {NOBODY: "No other", **names}
            second = url.one(
                st.selectbox, "Compare with", list(others), key="with", default=NOBODY,
                format_func=lambda name: others.get(name, name), width=260,
            )  # fmt: skip
            clock = url.one(
                st.segmented_control, "Hours", list(CLOCKS), key="clock", default="clock", format_func=CLOCKS.get,
                disabled=not is_placed, help="Sun time puts sunrise at 6 and sunset at 18 on every day of the year.",
            )  # fmt: skip
        shown = (first,) if second in (NOBODY, first) else (first, second)
        is_sun_time = clock == "sun" and is_placed
        position = (site["latitude"], site["longitude"]) if is_sun_time else None
        curves = cached_field.wildlife_activity(scope, site_id, period, with_machine, shown, position)
        draw_activity(curves, is_sun_time)


def draw_activity(found_hours, is_sun_time: bool) -> None:
    for name, times in found_hours.events.items():
        if name not in found_hours.curves:
            told = count(times, "independent event")
            st.caption(f"{plain(found.active[name])}: {told} with a known hour are too few for a curve.")
    if not found_hours.curves:
        return
    figure = charts_wildlife.activity(found_hours.curves, found.active, is_sun_time, mode)
    layout.plot(figure, "Curves: activity through the 24 hours of the day", "hours")
    samples = joined([f"{plain(found.active[name])}: n = {times:,}" for name, times in found_hours.events.items()])
    st.caption(samples, help=results.how(activity.activity_density))
    if found_hours.overlap is not None:
        st.markdown(wildlife_notes.overlap(found_hours.overlap), help=results.how(activity.overlap))


def map_tab() -> None:
    if found.cells.empty:
        notices.restricted("The registry does not publish where this site is, so no map is drawn.")
        return
    names = {ALL: "All animals", **found.active}
    with layout.card("Where animals are detected", "Detections per 100 trap nights"):
        one = url.one(
            st.selectbox, "Animals", list(names), key="animals", default=ALL,
            format_func=lambda name: names.get(name, name), width=260,
        )  # fmt: skip
        cells = cached_field.wildlife_cells(scope, site_id, period, with_machine, "" if one == ALL else one)
        st.markdown(joined(maps_field.legend(cells, mode)))
        height = 320 if client.width() == "phone" else 460
        st.pydeck_chart(
            maps_field.hexagon_map(cells, cached.site_boundary(scope, site_id), mode, height),
            height=height,
            key="hexagons",
            alt=f"Map of {count(len(cells), 'hexagon')} coloured by detections per 100 trap nights",
        )
        st.caption(wildlife_notes.resolution(found, scope.viewer, site_id))
        headings = {
            "places": "Stations", "trap_nights": "Trap nights", "detections": "Detections", "rate": "Per 100 nights"
        }  # fmt: skip
        layout.table_twin(
            "Map as a table", "cells_table", lambda: tables.plain_table(cells, headings, "Detections per hexagon")
        )


def effort_tab() -> None:
    if is_missing(found.worked_since):
        notices.empty("event_busy", "No camera worked in this period", "Choose a longer period.")
        return
    is_by_place = scope.viewer.sees_species_of(site_id)
    if is_by_place:
        with layout.card("When each station worked", "Share of the nights of a month; an empty square had no camera"):
            figure = charts_wildlife.months_worked(found.months, mode)
            layout.plot(figure, "Heat map: share of nights with a working camera, per station and month", "effort")
            headings = {"place_name": "Station", "month": "Month", "nights": "Nights", "share": "Share"}
            layout.table_twin(
                "Months as a table", "months_table",
                lambda: tables.plain_table(found.months, headings, "Nights worked per station and month"),
            )  # fmt: skip
    else:
        with layout.card("Working cameras per day", "Stronger colour: more stations; an empty square had no camera"):
            figure = charts_wildlife.cameras_per_day(found.days, mode)
            layout.plot(figure, "Calendar: stations with a working camera on each day", "effort")
    downtime(is_by_place)


def downtime(is_by_place: bool) -> None:
    with layout.card("Time without a working camera", "At least a night long, after the first deployment of a station"):
        st.caption(wildlife_notes.downtime(found))
        if is_by_place and not found.downtime.empty:
            tables_wildlife.downtime_table(found.downtime)


if cameras.empty:
    layout.header("Wildlife", "No site with cameras is known yet")
    notices.nothing_recorded("wildlife")
    st.stop()
site_id, period, with_machine = choose()
found = cached_field.wildlife_of(scope, site_id, period, with_machine)
name = plain(cameras.loc[cameras["site_id"].eq(site_id), "site_name"].iloc[0])
actions = layout.header(f"Wildlife at {name}", joined([found.labels, wildlife_notes.span(found)]))
if not found.is_shared:
    notices.restricted("The owners of these data share totals only. You find them on the site profile.")
    st.stop()
key_figures()
draw = dict(zip(TABS, (species_tab, community_tab, activity_tab, map_tab, effort_tab), strict=True))
for name, tab in zip(TABS, st.tabs(TABS, key="view", bind="query-params", on_change="rerun"), strict=True):
    if tab.open:
        with tab:
            draw[name]()
layout.download_csv(
    "Download species",
    lambda: tables_wildlife.species_csv(found.species, scope.is_demo),
    "species.csv",
    "The species of this site and period, as CSV; Red List categories may not be passed on.",
    actions,
)
