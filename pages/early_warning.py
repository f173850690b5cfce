"""Early warning: what warnings a site sends, how fast they are answered, and the conflicts before and after."""

import functools

import streamlit as st

from metrics import conflicts, early_warning
from metrics.early_warning import BENCHMARK_LATENCY_S, BENCHMARK_RESPONSE_MIN, BENCHMARK_RESPONSE_SD_MIN
from ui import (
    cached,
    cached_field,
    charts_warning,
    client,
    layout,
    maps_warning,
    notices,
    results,
    site_picker,
    tables_warning,
    theme,
    url,
    warning,
)
from ui import warning_words as words
from ui.plot import Draw
from ui.scope import current
from ui.text import count, day, joined, moment, number

NO_CAUSE = (
    "A change after the start is no proof that the warnings caused it: seasons, other measures and how diligently "
    "conflicts are reported change too."
)
PUBLISHED = (
    "Published: an elephant warning system in West Bengal, India (preprints.org 202406.2065), 266 events; "
    f"{BENCHMARK_LATENCY_S:g} s and {BENCHMARK_RESPONSE_MIN:g} min (standard deviation "
    f"{BENCHMARK_RESPONSE_SD_MIN:g} min). These are means, those of this site medians, so the two compare roughly."
)

scope = current()
mode = client.mode()


def choose(sites) -> tuple[str, str]:
    site_id, row = site_picker.pick(sites, "warnings or conflict reports")
    with row:
        period = url.one(
            st.segmented_control,
            "Period",
            list(warning.PERIODS),
            key="period",
            default="12",
            format_func=warning.PERIODS.get,
        )
        site_picker.profile_link(site_id)
    return site_id, period


def key_figures(found: warning.Warnings) -> None:
    total, since = len(found.alerts), warning.period_words(found)
    with layout.figures():
        if found.is_by_month:
            results.figure("Warnings", number(total), f"In the months that you may see, {since}")
        else:
            still = found.unanswered + found.underway
            note = f"{found.unanswered:,} unanswered; {count(total, 'warning')} {since}"
            results.figure("Open warnings", number(still), note)
        delay = joined([words.sample(found.delay), f"published: {BENCHMARK_LATENCY_S:g} s"])
        results.figure("Alert delay, median", words.unit(found.delay, "s"), delay, early_warning.latency)
        response = joined([words.sample(found.response), f"published: {BENCHMARK_RESPONSE_MIN:g} min"])
        results.figure("Response, median", words.unit(found.response, "min"), response, early_warning.response_quantile)
        if found.is_by_month:
            results.figure("False alarms", results.DASH, "Withheld: of a month it could tell of few animals")
            return
        unchecked = f"{found.unchecked:,} not checked" if found.unchecked else ""
        checked = joined([words.sample(found.false_alarms), unchecked])
        results.figure("False alarms", words.unit(found.false_alarms, "%"), checked, early_warning.false_alarms)


def plot_once(name: str, draw: Draw, alt: str) -> None:
    """A chart that depends on the site, the period and nothing else."""
    layout.plot(cached_field.drawn(scope, (name, site_id, period, mode), draw), alt, name)


def live_board(found: warning.Warnings) -> None:
    total = len(found.alerts)
    most = tables_warning.MOST_ON_BOARD
    shown = f"The newest {most} of {total:,}" if total > most else "Newest first"
    with layout.card("Warnings", f"{shown}; data to {moment(scope.view.committed_at)}"):
        tables_warning.board(found, scope.now)


def map_card(site_id: str, found: warning.Warnings) -> None:
    placed = maps_warning.placed(found.alerts)
    with layout.card("Where", "The newest warnings with a position", height="stretch"):
        if placed.empty:
            notices.restricted("No warning of this period has a position that you may see.")
            return
        height = 300 if client.width() == "phone" else 400
        st.pydeck_chart(
            maps_warning.alerts_map(found.alerts, cached.site_boundary(scope, site_id), mode, height),
            height=height,
            key="alerts_map",
            alt=f"Map of {count(min(len(placed), maps_warning.MOST_DOTS), 'warning')}, which the table lists",
        )
        colours = maps_warning.colours(mode)
        st.caption(joined([theme.dot(colours[state], words.STATE_WORDS[state]) for state in words.STATES]))
        if not scope.viewer.sees_all_of(site_id):
            st.caption(":material/shield: Positions are shown to about 1 km, to protect the animals.")


def speed_card(found: warning.Warnings) -> None:
    note = "From detection to sending, and on to responders; an unanswered warning counts as still waiting"
    with layout.card("How fast", note, height="stretch"):
        for result, published, unit, sentence, key in (
            (found.delay, BENCHMARK_LATENCY_S, "s", words.delay_sentence(found.delay), "delay"),
            (found.response, BENCHMARK_RESPONSE_MIN, "min", words.response_sentence(found.response), "response"),
        ):
            st.markdown(sentence)
            if not result.missing:
                draw = functools.partial(charts_warning.against_published, result, published, unit, mode)
                plot_once(key, draw, sentence)
        st.table(warning.speed_facts(found), border="horizontal", width="stretch")
        st.caption(PUBLISHED, help=results.how(early_warning.lead_time))
        layout.table_twin("Speed as a table", "speed_table", lambda: tables_warning.speed(found))


def chain_card(found: warning.Warnings) -> None:
    note = f"The newest {count(len(found.chain), 'warning')}; the first minutes are drawn wider; ▷ is not closed yet"
    with layout.card("From detection to the end", note):
        plot_once(
            "chain",
            lambda: charts_warning.chain_timeline(found.chain, mode),
            "Timeline: minutes from the detection of each warning to sent, acknowledged, responders, animal and end",
        )
        layout.table_twin("Steps as a table", "chain_table", lambda: tables_warning.chain(found))


def calendar_card(found: warning.Warnings) -> None:
    darkest = f"Per hour of the day, {found.clock}; the darkest square is {count(found.most_in_an_hour, 'warning')}"
    note = "Per month" if found.is_by_month else darkest
    with layout.card("When warnings come", note):
        if found.hours.empty:
            plot_once("months", lambda: charts_warning.alerts_per_month(found.months, mode), "Bars: warnings per month")
        else:
            plot_once(
                "calendar",
                lambda: charts_warning.calendar(found.hours, found.clock, mode),
                "Heat map: warnings per hour of the day and month",
            )
        layout.table_twin("The same as a table", "calendar_table", lambda: tables_warning.calendar(found))


def warnings_section(site_id: str, period: str, has_alerts: bool) -> None:
    if not has_alerts:
        notices.empty("notifications_off", "No warnings yet", "They appear here once a system of this site sends some.")
        return
    found = cached_field.warnings(scope, site_id, period)
    if found.alerts.empty and found.is_by_month:
        notices.restricted(f"There is no month of this period that you may see. {words.MONTHS_ONLY}")
        return
    if found.alerts.empty:
        notices.empty("notifications_paused", "No warning in this period", "Choose a longer period.")
        return
    key_figures(found)
    if found.is_by_month:
        notices.restricted(words.MONTHS_ONLY)
        speed_card(found)
    else:
        live_board(found)
        main, side = layout.columns(1, 1)
        with main:
            map_card(site_id, found)
        with side:
            speed_card(found)
    if not found.is_by_month:
        chain_card(found)
    calendar_card(found)


def conflicts_section(site_id: str, has_incidents: bool) -> None:
    st.header("Conflicts", anchor=False)
    found = cached_field.conflicts(scope, site_id)
    if found.months.empty:
        if has_incidents and found.is_by_quarter:
            notices.restricted(words.QUARTERS_ONLY)
        else:
            notices.empty("assignment", "No conflict reports yet", "No report does not mean that nothing happened.")
        return
    months_card(found)
    if found.is_by_quarter:
        st.caption(f":material/shield: {words.QUARTERS_ONLY}")
    elif found.since is None:
        st.caption("No warnings are stored for this site, so there is no before and after.")
    else:
        comparison_card(found)


def months_card(found: warning.Conflicts) -> None:
    step = "quarter" if found.is_by_quarter else "month"
    with layout.card(
        f"Conflicts per {step}", f"{count(found.total, 'conflict')}, all years, whatever the period above"
    ):
        plot_once(
            "incidents",
            lambda: charts_warning.incidents_by_kind(found.months, found.since, found.is_by_quarter, mode),
            f"Stacked bars: conflicts per {step} and kind, with the start of the warnings marked",
        )
        layout.table_twin("Conflicts as a table", "incidents_table", lambda: tables_warning.conflict_months(found))


def comparison_card(found: warning.Conflicts) -> None:
    span = f"From the first to the last conflict on record, {day(found.first)} to {day(found.last)}"
    with layout.card("Before and after the first warning", f"{span}; warnings since {day(found.since)}"):
        st.markdown(words.ratio_sentence(found.ratio), help=results.how(conflicts.rate_ratio))
        tables_warning.rates(found)
        st.caption(f"{NO_CAUSE} The limits hold the true rate in 95 of 100 cases.")


monitored = cached.monitored_sites(scope)
sites = monitored[monitored["has_alerts"] | monitored["has_incidents"]]
if sites.empty:
    layout.header("Early warning", "No site with warnings yet")
    notices.empty(
        "notifications_off", "No site sends warnings yet", "They appear here once a source with warnings is pulled."
    )
    st.stop()
layout.header("Early warning", f"{count(len(sites), 'site')} with warnings or conflict reports")
site_id, period = choose(sites)
site = next(sites[sites["site_id"].eq(site_id)].itertuples())
warnings_section(site_id, period, site.has_alerts)
conflicts_section(site_id, site.has_incidents)
