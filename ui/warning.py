"""What the page Early warning says about one site: its warnings in a period, and the conflicts before and after."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from metrics import conflicts, early_warning
from metrics.result import Result
from ui.text import day, is_missing
from ui.warning_words import INCIDENT_WORDS, STATES, kind, lead, share, unit

PERIODS = {"90d": "90 days", "12": "12 months", "all": "All"}
PERIOD_DAYS = {"90d": 90, "12": 365}
EVER = date(1970, 1, 1)
MOST_IN_CHAIN = 15


@dataclass(frozen=True)
class Warnings:
    """The warnings of one site in a period, newest first, and every figure about them.

    `alerts` have their `state` and what they are about in `words`; `chain` holds the newest ones; `hours` is empty for
    viewers who see months only. `clock` names the clock of the hours. `unanswered` and `underway` are still open.
    """

    is_by_month: bool
    first: date
    last: date
    alerts: pd.DataFrame
    unanswered: int
    underway: int
    unchecked: int
    delay: Result
    slow_delay: Result
    response: Result
    slow_response: Result
    lead: Result
    acknowledged: Result
    false_alarms: Result
    chain: pd.DataFrame
    months: pd.DataFrame
    hours: pd.DataFrame
    clock: str

    @property
    def most_in_an_hour(self) -> int:
        return 0 if self.hours.empty else int(self.hours["alerts"].max())


@dataclass(frozen=True)
class Conflicts:
    """The conflicts of one site, from the first to the last on record, and how often they came before and after.

    `months` are quarters for viewers who see those only; they get no `rates`, since few conflicts are left out.
    """

    is_by_quarter: bool
    since: date | None
    first: date | None
    last: date | None
    total: int
    months: pd.DataFrame
    rates: pd.DataFrame
    ratio: Result | None


def first_day(period: str, today: date, is_by_month: bool) -> date:
    """The first day of a period that ends today; the first of its month for viewers who see whole months only."""
    if period not in PERIOD_DAYS:
        return EVER
    first = today - timedelta(days=PERIOD_DAYS[period] - 1)
    return first.replace(day=1) if is_by_month else first


def warnings(alerts: pd.DataFrame, first: date, last: date, until: datetime, is_by_month: bool) -> Warnings:
    """Everything that the page says about warnings; takes what `queries.site_alerts` gives between two days.

    `until` is the moment that the data reach: an unanswered warning has waited until then.
    """
    is_by_month = is_by_month or bool(alerts["is_by_month"].any())
    alerts = alerts.sort_values("detected_at", ascending=False, ignore_index=True)
    alerts = alerts.assign(state=_states(alerts), words=[kind(name) for name in alerts["kind"]])
    offset_h, clock = _clock(alerts)
    hours = early_warning.alerts_by_hour_and_month(alerts, offset_h)
    states = alerts["state"].value_counts()
    return Warnings(
        is_by_month=is_by_month,
        first=first,
        last=last,
        alerts=alerts,
        unanswered=int(states.get("open", 0)),
        underway=int(states.get("acknowledged", 0) + states.get("arrived", 0)),
        unchecked=int((~alerts["outcome"].isin(["confirmed", "false"])).sum()),
        delay=early_warning.latency(alerts),
        slow_delay=early_warning.latency_p90(alerts),
        response=early_warning.response_time(alerts, until),
        slow_response=early_warning.response_quantile(alerts, until, 0.9),
        lead=early_warning.lead_time(alerts),
        acknowledged=early_warning.acknowledged_share(alerts),
        false_alarms=early_warning.false_alarms(alerts),
        chain=early_warning.chain(alerts.head(MOST_IN_CHAIN)).assign(words=alerts["words"].head(MOST_IN_CHAIN)),
        months=_months(alerts, first, last, is_by_month),
        hours=hours.head(0) if is_by_month else hours,
        clock=clock,
    )


def conflicts_of(incidents: pd.DataFrame, since: date | None, is_by_quarter: bool) -> Conflicts:
    """Everything that the page says about conflicts; takes what `queries.site_incidents` gives for all time.

    The time before and after runs from the first to the last conflict on record. Ending it today would count days
    for which no reports have come in yet as days without conflicts.
    """
    first, last = (None, None) if incidents.empty else (incidents["happened_on"].min(), incidents["happened_on"].max())
    is_compared = not (incidents.empty or is_by_quarter or since is None)
    return Conflicts(
        is_by_quarter=is_by_quarter,
        since=since,
        first=first,
        last=last,
        total=len(incidents),
        months=_incident_months(incidents, first, last, is_by_quarter),
        rates=_rates(incidents, since, first, last) if is_compared else pd.DataFrame(),
        ratio=conflicts.rate_ratio(incidents, since, first, last) if is_compared else None,
    )


def speed_facts(found: Warnings) -> dict[str, str]:
    """What else is known about speed, as label and value."""
    return {
        "9 of 10 sent within": unit(found.slow_delay, "s"),
        "9 of 10 reached within": unit(found.slow_response, "min"),
        "Acknowledged": share(found.acknowledged),
        "Sent before the animal": lead(found.lead),
    }


def summary_facts(found: Warnings) -> dict[str, str]:
    """What the site profile says about warnings, as label and value."""
    return {
        "Warnings": f"{len(found.alerts):,}",
        "Alert delay, median": unit(found.delay, "s"),
        "Response, median": unit(found.response, "min"),
        "False alarms": unit(found.false_alarms, "%"),
    }


def period_words(found: Warnings) -> str:
    """The period in words: since a day, or all years."""
    return "all years" if found.first == EVER else f"since {day(found.first)}"


def _states(alerts: pd.DataFrame) -> list[str]:
    done = alerts[["acknowledged_at", "arrived_at", "closed_at"]].notna().to_numpy()
    return [STATES[max((step + 1 for step in range(3) if row[step]), default=0)] for row in done]


def _clock(alerts: pd.DataFrame) -> tuple[int, str]:
    """Hours ahead of UTC by the sun at the place of the warnings, and the name of that clock; UTC without a place."""
    longitude = alerts["longitude"].median()
    if is_missing(longitude):
        return 0, "UTC"
    offset_h = round(longitude / 15)
    return offset_h, f"local time by the sun (UTC{offset_h:+d})"


def _months(alerts: pd.DataFrame, first: date, last: date, is_by_month: bool) -> pd.DataFrame:
    """Warnings per month; for viewers who see months only, one without any is left out: it may be hidden."""
    start = alerts["detected_at"].min().date() if first == EVER and len(alerts) else first
    months = early_warning.alerts_by_month(alerts, start, last)
    return months[months["alerts"] > 0] if is_by_month or alerts.empty else months


def _incident_months(
    incidents: pd.DataFrame, first: date | None, last: date | None, is_by_quarter: bool
) -> pd.DataFrame:
    if incidents.empty:
        return pd.DataFrame(columns=["month", "kind", "incidents", "words"])
    months = conflicts.incidents_by_month(incidents, first, last)
    months = months[months["incidents"] > 0] if is_by_quarter else months
    return months.assign(words=months["kind"].map(INCIDENT_WORDS))


def _rates(incidents: pd.DataFrame, since: date, first: date, last: date) -> pd.DataFrame:
    rates = conflicts.incident_rates(incidents, since, first, last)
    figures = rates[["per_100_days", "low", "high"]].round(2)
    return rates.assign(words=rates["kind"].map(INCIDENT_WORDS), when=rates["period"].str.capitalize(), **figures)
