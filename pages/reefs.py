"""Reefs: whether the reefs of one site grow back, what became of planted corals, and how hot the water was."""

from datetime import date

import streamlit as st

from metrics import heat_stress, outplants, reef_changes, reefs_now
from metrics import reefs as reef_metrics
from ui import (
    cached,
    cached_field,
    charts_outplants,
    charts_reefs,
    client,
    layout,
    maps_reefs,
    notices,
    reefs,
    results,
    site_picker,
    tables_reefs,
    url,
)
from ui import reef_words as words
from ui.plot import Draw
from ui.scope import current
from ui.text import count, day, joined, number, plain

WITHOUT_NAMES = "Names and places of reefs and the taxa of planted corals are withheld, to protect rare corals."
NO_EXPERIMENT = (
    "Nobody drew by lot which reefs were planted, so other differences between them may explain a part of this."
)

scope = current()
mode = client.mode()
monitored = cached.monitored_sites(scope)
sites = monitored[monitored[["has_reefs", "has_outplants", "has_heat_stress"]].any(axis=1)]


def choose_site() -> str:
    site_id, row = site_picker.pick(sites, "reef surveys", ("station", "then", "now"))
    with row:
        site_picker.profile_link(site_id)
    return site_id


def plot_once(name: str, draw: Draw, alt: str) -> None:
    """A chart that depends on the site and nothing else."""
    layout.plot(cached_field.drawn(scope, (name, site_id, mode), draw), alt, name)


def key_figures(found: reefs.Surveys, planted: reefs.Restoration | None, heat: reefs.Heat) -> None:
    with layout.figures():
        band = words.band(reef_metrics.cover_band(found.cover.value)) if found.cover.value is not None else ""
        note = joined([band, results.sample(found.cover)])
        results.figure("Hard coral, newest", reefs.percent(found.cover), note, reefs_now.hard_coral_now)
        shown = results.DASH if found.change.value is None else f"{found.change.value:+.1f}"
        note = joined(["Since the first survey", results.sample(found.change)])
        results.figure("Change, % points", shown, note, reef_changes.change_of_stations)
        if found.bleached.missing and planted:
            note = f"After {reefs.FOLLOWED_MONTHS} months · {results.sample(planted.survival)}"
            results.figure("Planted corals alive", reefs.percent(planted.survival), note, outplants.survival_at)
        else:
            note = results.sample(found.bleached)
            results.figure("Corals bleached", reefs.percent(found.bleached), note, reefs_now.bleached_now)
        results.figure("Heat, °C-weeks", results.value(heat.now, 1), reefs.heat_note(heat), heat_stress.dhw_now)


def map_card(site_id: str, found: reefs.Surveys) -> None:
    with layout.card("Stations by cover", "Newest hard coral cover of each station", height="stretch"):
        placed, resolution = found.stations.dropna(subset=["latitude", "longitude"]), words.RESOLUTIONS["grid"]
        if scope.viewer.sees_all_of(site_id):
            resolution = words.RESOLUTIONS["exact"]
        elif not scope.viewer.sees_species_of(site_id):
            placed, resolution = found.as_one_place(cached.site(scope, site_id)), words.RESOLUTIONS["site"]
        if placed.empty:
            notices.restricted("No position of these reefs is known.")
        else:
            height = 300 if client.width() == "phone" else 400
            st.pydeck_chart(
                maps_reefs.stations_map(placed, cached.site_boundary(scope, site_id), mode, height),
                height=height,
                key=f"reef_map_{site_id}",
                alt=f"Map of {count(len(placed), 'place')} by cover of hard coral; the table lists the stations",
            )
            st.caption(resolution)
        st.markdown(joined(words.band_legend(mode)), help=results.how(reef_metrics.cover_band))


def stations_card(found: reefs.Surveys) -> None:
    with layout.card("Stations", "Newest survey of each", height="stretch"):
        tables_reefs.stations(found)
        for sentence in reefs.notes(found):
            st.caption(sentence)


def cover_card(found: reefs.Surveys) -> None:
    note = "Hard coral in percent of the bottom, one sign per survey method; bars: standard error"
    with layout.card("Cover over time", note):
        if not found.means["metric"].eq(reefs.COVER).any():
            st.caption("No survey of this site measured the cover of hard coral.")
            return
        plot_once("cover", lambda: charts_reefs.cover_over_time(found.means, mode), "Cover of hard coral over time")
        st.markdown(reefs.change_sentence(found), help=results.how(reef_changes.cover_change))
        layout.table_twin("Changes as a table", "changes_table", lambda: tables_reefs.changes(found))


def contrast_card(found: reefs.Surveys) -> None:
    stations = [name for name in found.stations["station"] if len(found.cover_days.get(name, ())) > 1]
    if not stations:
        return
    with layout.card("Then and now", "What covers one reef, in percent of the bottom"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            station = url.one(
                st.selectbox,
                "Station",
                stations,
                key="station",
                default=found.most_changed(stations),
                format_func=str,
                on_change=url.forget,
                args=("then", "now"),
                width=260,
            )
            days = [when.isoformat() for when in found.cover_days[station]]
            then = choose_day("Then", days, "then", days[0])
            now = choose_day("Now", days, "now", days[-1])
        pair = [cached_field.reef_composition(scope, site_id, station, when) for when in (then, now)]
        labels = [day(when) for when in (then, now)]
        layout.plot(
            charts_reefs.composition_pair(*pair, *labels, mode),
            f"Two bars: what covered the reef on {labels[0]} and on {labels[1]}",
            "contrast",
        )
        methods = [found.methods_on(station, when) for when in (then, now)]
        if methods[0] != methods[1]:
            used = " and ".join(plain(words.methods(names)) for names in methods)
            st.caption(
                f":material/warning: The two surveys used different methods ({used}), so a part of the difference may "
                "be theirs."
            )
        layout.table_twin("The same as a table", "contrast_table", lambda: tables_reefs.composition(*pair, *labels))


def choose_day(label: str, days: list[str], key: str, default: str) -> date:
    chosen = url.one(
        st.selectbox,
        label,
        days,
        key=key,
        default=default,
        format_func=lambda text: day(date.fromisoformat(text)),
        width=160,
    )
    return date.fromisoformat(chosen)


def restoration_section(found: reefs.Restoration, heat: reefs.Heat, surveys: reefs.Surveys) -> None:
    st.header("Restoration", anchor=False)
    main, side = layout.columns(5, 3)
    with main, layout.card("Survival of planted corals", "Share alive by months since planting", height="stretch"):
        survival_chart(found)
    with side, layout.card("Planted corals", f"{number(found.totals.planted)} fragments", height="stretch"):
        st.table(reefs.planted_facts(found), border="horizontal", width="stretch")
    with layout.card("Survival and heat", "Above: planted corals alive; below: degree heating weeks on the same days"):
        plot_once(
            "survival_heat",
            lambda: charts_outplants.survival_over_heat(found.months, heat.days, mode),
            "Two charts on one time axis: share of planted corals alive, and degree heating weeks",
        )
        st.caption("That corals die when it is hot does not prove that heat killed them.")
        layout.table_twin("Months as a table", "months_table", lambda: tables_reefs.months(found))
    if surveys.baci is not None:
        baci_card(surveys)


def survival_chart(found: reefs.Restoration) -> None:
    if found.curve.empty:
        st.caption("Nobody has seen a planted coral again yet, so survival is not known.")
        return
    told = "" if found.survival.missing else results.sample(found.survival)
    followed = f"followed for {results.value(found.follow_up, 0)} months (median)"
    st.markdown(f"**{reefs.survival_sentence(found.survival)}**  \n:small[:gray[{joined([told, followed])}]]")
    plot_once(
        "survival", lambda: charts_outplants.survival_steps(found.curve, mode), "Survival of planted corals by month"
    )
    low, high = outplants.PUBLISHED_SURVIVAL_PCT
    st.caption(
        "A death counts at the visit that found it, and a lost coral until it was last seen. Published: "
        f"{low:.0f} to {high:.0f} % in a review in which {outplants.PUBLISHED_FOLLOW_UP} "
        "(Boström-Einarsson and others 2020).",
        help=results.how(outplants.survival_curve),
    )
    layout.table_twin("Survival as a table", "survival_table", lambda: tables_reefs.survival(found))


def baci_card(found: reefs.Surveys) -> None:
    since = f"since {day(min(found.planted_since.values()))}"
    with layout.card(
        "Planted and other reefs, before and after", f"Planting at {count(len(found.planted_since), 'station')} {since}"
    ):
        if found.baci.value is None:
            st.caption(f"{found.baci.missing[:1].upper()}{found.baci.missing[1:]}.")
            return
        st.markdown(reefs.baci_sentence(found.baci), help=results.how(reef_changes.baci))
        st.caption(f"{results.sample(found.baci)}. {NO_EXPERIMENT}")


def heat_section(heat: reefs.Heat, is_drawn: bool) -> None:
    st.header("Heat stress", anchor=False)
    cells = (
        "" if heat.farthest_cell_km is None else f"nearest sea cell up to {number(heat.farthest_cell_km, 1)} km away"
    )
    scale = joined([*map(plain, heat.scales), cells])
    if not is_drawn:
        with layout.card("Degree heating weeks", "The last years, per day; 4: bleaching likely, 8: deaths likely"):
            plot_once("heat", lambda: charts_outplants.heat(heat.days, mode), "Degree heating weeks per day")
    with layout.card("Days of heat stress per year", joined([f"{heat.step.capitalize()}s per alert level", scale])):
        plot_once(
            "heat_years",
            lambda: charts_outplants.heat_years(heat.levels, heat.step, mode),
            "Bars: days per alert level and year",
        )
        st.caption(
            "Nothing is forecast here. Source: NOAA Coral Reef Watch.",
            help=results.how(heat_stress.degree_heating_weeks),
        )
        layout.table_twin("Years as a table", "heat_table", lambda: tables_reefs.heat_years(heat))


def more_cards(found: reefs.Surveys) -> None:
    if found.bleaching.empty:
        effort_card(found)
        return
    main, side = layout.columns(1, 1)
    with main:
        bleaching_card(found)
    with side:
        effort_card(found)


def bleaching_card(found: reefs.Surveys) -> None:
    with layout.card("Bleaching", "Newest survey of each station, colonies by class", height="stretch"):
        plot_once("bleaching", lambda: charts_reefs.bleaching_bars(found.bleaching, mode), "Bars: colonies by class")
        st.caption("Pale colonies do not count as bleached.", help=results.how(reefs_now.bleached_pct))
        layout.table_twin("Classes as a table", "classes_table", lambda: tables_reefs.bleaching(found))


def effort_card(found: reefs.Surveys) -> None:
    with layout.card("Survey effort", "Surveys (a station on a day) per year and method", height="stretch"):
        plot_once("effort", lambda: charts_reefs.effort_bars(found.effort, mode), "Bars: surveys per year and method")
        layout.table_twin("Effort as a table", "effort_table", lambda: tables_reefs.effort(found))


def numbers_section(found: reefs.Surveys) -> None:
    st.header("Every number with its source", anchor=False)
    tables_reefs.numbers(found)
    layout.download_csv("Download numbers", lambda: tables_reefs.numbers_csv(found, scope.is_demo), "reef-surveys.csv")


if sites.empty:
    layout.header("Reefs", "No site with reef data yet")
    notices.empty("scuba_diving", "No reef data yet", "They appear here once a source of reef surveys has been pulled.")
    st.stop()
site_id = choose_site()
site = next(sites[sites["site_id"].eq(site_id)].itertuples())
surveys = cached_field.reef_surveys(scope, site_id)
heat = cached_field.heat(scope, site_id, min(surveys.planted_since.values(), default=None))
newest = f"newest survey {day(surveys.newest)}" if surveys.newest else ""
layout.header(f"Reefs at {plain(site.site_name)}", joined([count(surveys.station_count, "station"), newest]))
planted = cached_field.restoration(scope, site_id) if site.has_outplants else None
key_figures(surveys, planted, heat)
if site.has_reefs:
    main, side = layout.columns(2, 3)
    with main:
        map_card(site_id, surveys)
    with side:
        stations_card(surveys)
    cover_card(surveys)
    contrast_card(surveys)
    more_cards(surveys)
if planted:
    restoration_section(planted, heat, surveys)
if site.has_heat_stress:
    heat_section(heat, planted is not None)
if site.has_reefs:
    numbers_section(surveys)
if not scope.viewer.sees_species_of(site_id):
    st.caption(f":material/shield: {WITHOUT_NAMES}")
