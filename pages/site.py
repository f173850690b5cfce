"""Site profile: one protected or conserved area, its certificate, its cameras and its wildlife."""

import streamlit as st

from metrics import rates, wildlife
from metrics.coverage import change
from metrics.green_list import listing_clock
from ui import (
    cached,
    cached_field,
    charts,
    client,
    health,
    layout,
    maps,
    movement,
    navigation,
    notices,
    profile,
    reefs,
    results,
    tables,
    tables_movement,
    theme,
    url,
    warning,
)
from ui.network import every_day
from ui.scope import current
from ui.text import count, day, is_missing, is_true, month, number, plain, web_address

CAMERA_TABS = ("Wildlife", "Activity", "Effort")
FIELD_TABS = {"Movement": "has_collars", "Warnings": "has_alerts", "Reefs": "has_reefs"}

scope = current()
mode = client.mode()


@st.dialog("Share this page", icon=":material/share:")
def share() -> None:
    st.write("Anyone with this link sees the same site, as far as they may see it.")
    st.code(url.shared(), language=None, wrap_lines=True)


def choose_site() -> str:
    names = cached.site_names(scope, st.session_state.get("find", ""), st.query_params.get("site", ""))
    asked, start = st.query_params.get("site"), cached.summary(scope).start_site
    if asked is not None and asked not in names:
        notices.unknown_site(asked)
        st.query_params.pop("site")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if cached.summary(scope).sites > cached.MOST_NAMES:
            st.text_input(
                "Find", type="search", max_chars=80, key="find", placeholder="Name, country or code", width=200
            )
        site_id = url.one(
            st.selectbox,
            "Site",
            list(names),
            key="site",
            default=start if start in names else next(iter(names)),
            format_func=lambda code: names.get(code, code),
            width=420,
        )
        st.page_link(navigation.page("overview"), label="All sites", icon=":material/arrow_back:")
    return site_id


def badges(site) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        phase = site["phase"]
        icon = ":material/verified:" if phase == "green_list" else ":material/pending:"
        st.badge(theme.PHASE_WORDS[phase], icon=icon, color=theme.PHASE_BADGES[phase])
        if is_true(site["has_sensors"]):
            st.badge(profile.sensors(site), icon=":material/sensors:", color="gray")
        else:
            st.badge("No sensors yet", icon=":material/sensors_off:", color="gray")
        if is_true(site["is_oecm"]):
            st.badge("OECM", color="gray", help="Other effective area-based conservation measure")


def recent_note(site, recent) -> str:
    if not is_true(site["has_cameras"]):
        return "No cameras yet." if is_true(site["has_sensors"]) else "No sensors yet."
    if is_missing(site["newest_detection_on"]):
        return "No day with a detection is shared with you."
    if is_missing(site["detections_30d"]):
        return "No camera is known to have worked in these days."
    return results.sample(recent) if recent.missing else "All species that you may see"


def key_figures(site, totals, days) -> None:
    recent = change(site["detections_30d"], site["detections_prior_30d"], "detections")
    with layout.figures():
        results.figure(
            "Detections, 30 d",
            number(site["detections_30d"]),
            recent_note(site, recent),
            change,
            **results.compared(recent),
            chart_data=days["detections"].tail(60).tolist() or None,
            chart_type="bar",
        )
        rate, effort, taxa = profile.rate(totals), profile.effort(totals), profile.taxa(totals)
        results.figure("Per 100 nights", results.value(rate, 1), results.sample(rate), rates.detection_rate)
        results.figure("Trap nights", results.value(effort), results.sample(effort), wildlife.trap_nights)
        results.figure("Taxa observed", results.value(taxa), results.sample(taxa), wildlife.observed_richness)


def map_card(site) -> None:
    boundary = cached.site_boundary(scope, site["site_id"])
    stations = cached.site_stations(scope, site["site_id"])
    note = profile.boundary_note(site, boundary is not None)
    with layout.card("Boundary and camera stations", height="stretch"):
        if boundary is None and stations.empty and site["position_kind"] != "registry":
            notices.restricted(note)
            return
        height = 300 if client.width() == "phone" else 440
        st.pydeck_chart(
            maps.site_map(boundary, stations, site["latitude"], site["longitude"], mode, height),
            height=height,
            key="site_map",
            alt=f"Map of {site['site_name']} with {count(len(stations), 'camera station')}",
        )
        st.caption(f"{note} {'No camera positions are shown.' if stations.empty else 'Circle size: detections.'}")


def certificate_card(site) -> None:
    clock = profile.clock(site, scope.today)
    with layout.card("Green List certificate", theme.PHASE_WORDS[site["phase"]], height="stretch"):
        st.markdown(clock.sentence)
        if clock.midterm_review_on:
            st.caption(f"Mid-term review around {month(clock.midterm_review_on)}.", help=results.how(listing_clock))
        navigation.field_link("assess", site["site_id"], "Criteria and evidence")
        navigation.field_link("compare", site["site_id"], "Compare with peers")
        for other in site["co_listed"]:
            navigation.site_link(other, f"Listed together with {plain(cached.site_names(scope, '', other)[other])}")
        for label, address in (("Listing", site["link"]), ("Registry entry", site["registry_url"])):
            if web_address(address):
                st.link_button(label, address, icon=":material/open_in_new:")
        st.table(profile.facts(site), border="horizontal", width="stretch")


def wildlife_tab(site_id: str, totals) -> None:
    if is_missing(totals["first_month"]):
        notices.nothing_recorded("wildlife")
        return
    species = cached.site_species(scope, site_id, totals["first_month"], totals["last_month"])
    detections = profile.detections(totals)
    st.markdown(
        f"**{results.value(detections)} detections** of {count(totals['taxa'], 'taxon', 'taxa')} "
        f"in {results.value(profile.effort(totals))} trap nights  \n"
        f":small[:gray[{results.sample(detections)}]]"
    )
    if species.empty:
        notices.restricted("The owners of these data share totals only, no species.")
        return
    with layout.card("Species", "Detections, all years; hatched: labelled by a machine only"):
        shown = species.dropna(subset="detections")
        if not shown.empty:
            layout.plot(charts.species_bars(shown, mode), "Bars: detections per species, most first", "species")
        hidden = int(species["is_suppressed"].sum())
        if hidden:
            st.caption(
                f"{count(hidden, 'sensitive species', 'sensitive species')} with too few records to show a number."
            )
        layout.table_twin("Species as a table", "species_table", lambda: tables.species_table(species))


def activity_tab(site_id: str) -> None:
    hours = cached.site_hours(scope, site_id)
    if hours.empty:
        notices.restricted("There is no time of day that you may see for the animals of this site.")
        return
    with layout.card("Activity through the day", "Share of each species' detections per hour, local time"):
        layout.plot(
            charts.activity_by_hour(hours, mode), "Heat map: activity per hour of the day for each species", "hours"
        )
        headings = {"scientific_name": "Scientific name", "hour": "Hour", "detections": "Detections"}
        layout.table_twin(
            "Activity as a table", "hours_table", lambda: tables.plain_table(hours, headings, "Detections by hour")
        )


def effort_tab(site_id: str) -> None:
    effort, types = cached.site_effort(scope, site_id), cached.site_observation_types(scope, site_id)
    if effort.empty:
        notices.nothing_recorded("camera effort")
        return
    with layout.card("Camera effort", "Trap nights per month; an empty month had no camera"):
        layout.plot(charts.effort_by_month(effort, mode), "Bars: trap nights per month", "effort")
        headings = {
            "month": "Month",
            "trap_nights": "Trap nights",
            "stations": "Stations",
            "deployments": "Deployments",
        }
        layout.table_twin(
            "Effort as a table", "effort_table", lambda: tables.plain_table(effort, headings, "Effort by month")
        )
    if not types.empty:
        with layout.card("What else the cameras recorded", "Rows that are not animals, by type"):
            layout.plot(charts.observation_types(types, mode), "Bars: rows per observation type", "types")


def movement_tab(site_id: str) -> None:
    if scope.viewer.sees_species_of(site_id):
        days = cached_field.fix_days(scope, site_id)
        if days is None:
            notices.restricted("No position of this site's animals is shared with you.")
            return
        found = cached_field.movement_of(scope, site_id, movement.start_of(*days), days[1])
        with layout.card("Home ranges", f"Ground used since {day(movement.start_of(*days))}, km²"):
            tables_movement.ranges_table(found.animals, movement.hues(list(found.animals["animal"]), [], mode))
    else:
        areas = cached_field.animal_areas(scope, site_id)
        if areas is None:
            notices.restricted("No month of this site's animals may be shown yet.")
            return
        with layout.card("Home ranges by species", f"Animals followed: {areas.animals}"):
            tables_movement.species_table(areas.by_species)
    navigation.field_link("movement", site_id, "Tracks, distances and collars")


def warnings_tab(site_id: str) -> None:
    found = cached_field.warnings(scope, site_id, "12")
    if found.alerts.empty:
        notices.restricted("No warning of the last 12 months may be shown to you.")
        return
    with layout.card("Early warning", warning.period_words(found).capitalize()):
        st.table(warning.summary_facts(found), border="horizontal", width="stretch")
    navigation.field_link("early_warning", site_id, "All warnings and conflicts")


def reefs_tab(site_id: str) -> None:
    found, planted = cached_field.reef_surveys(scope, site_id), cached_field.restoration(scope, site_id)
    with layout.card("Reefs", f"{count(found.station_count, 'station')} surveyed"):
        st.table(reefs.summary_facts(found, planted), border="horizontal", width="stretch")
    navigation.field_link("reefs", site_id, "Cover, planted corals and heat stress")


def sources_tab(sources) -> None:
    if sources.empty:
        notices.empty("sensors_off", "No source reports for this site", "Its facts come from the registry.")
        return
    tables.source_states(sources)
    st.page_link(navigation.page("sources"), label="All sources and their pulls", icon=":material/arrow_forward:")


if not cached.summary(scope).sites:
    layout.header("Site profile", "No site is known yet")
    notices.no_sites()
    st.stop()
site_id = choose_site()
site = cached.site(scope, site_id)
totals, days = cached.site_totals(scope, site_id), every_day(cached.site_days(scope, site_id))
sources = health.of_site(cached.sources(scope), site_id)
actions = layout.header(plain(site["site_name"]), profile.caption(site))
if actions.button("Share", icon=":material/share:"):
    share()
badges(site)
for state, sentence in health.warnings(sources):
    notices.source_warning(state, sentence)
key_figures(site, totals, days)
main, side = layout.columns(5, 4)
with main:
    map_card(site)
with side:
    certificate_card(site)
if totals["withheld_note"]:
    st.caption(f":material/shield: {totals['withheld_note']}")
draw = {
    "Wildlife": lambda: wildlife_tab(site_id, totals),
    "Activity": lambda: activity_tab(site_id),
    "Effort": lambda: effort_tab(site_id),
    "Movement": lambda: movement_tab(site_id),
    "Warnings": lambda: warnings_tab(site_id),
    "Reefs": lambda: reefs_tab(site_id),
    "Sources": lambda: sources_tab(sources),
}
monitored = cached.monitored_sites(scope)
here = monitored[monitored["site_id"].eq(site_id)]
names = [*CAMERA_TABS, *(tab for tab, column in FIELD_TABS.items() if here[column].any()), "Sources"]
for name, tab in zip(names, st.tabs(names, key="tab", bind="query-params", on_change="rerun"), strict=True):
    if tab.open:
        with tab:
            draw[name]()
