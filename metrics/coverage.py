"""How complete and how recent the data are: freshness of a source, change between periods, sites that report."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pandas as pd

from metrics.result import Result, nothing

STATES = ("fresh", "late", "stale", "down", "never")
GOOD_OUTCOMES = ("stored", "unchanged")
STREAM_LIMITS = (timedelta(days=4), timedelta(days=14))
PULL_LIMITS_IN_REFRESHES = (2, 7)

DOWN_REASONS = {
    "unavailable": "The source does not answer.",
    "refused": "The source refused the last pull; a person must act.",
    "changed": "The last answer had a new shape and was not stored.",
    "failed": "The last pull failed.",
}


@dataclass(frozen=True)
class Freshness:
    """How recent the data of a source are.

    `state` is `fresh`, `late`, `stale`, `down` (the last pull did not succeed) or `never` (none ever did). `sentence`
    says why. `age` is the time since the newest record, or since the last good pull where records carry no time.
    """

    state: str
    sentence: str
    age: timedelta | None = None


def freshness(
    newest: date | None,
    last_success: datetime | None,
    outcome: str,
    refresh_hours: float,
    now: datetime,
    record_limits: tuple[timedelta, timedelta] = STREAM_LIMITS,
) -> Freshness:
    """State of a source, from its newest record, its last good pull and how its last pull ended.

    | state | last pull | age of the last good pull | age of the newest record |
    |---|---|---|---|
    | fresh | stored or unchanged | at most 2 refresh times | at most 4 days |
    | late | stored or unchanged | at most 7 refresh times | at most 14 days |
    | stale | stored or unchanged | more | more |
    | down | did not succeed | any | any |
    | never | none has succeeded yet | none | none |

    The worse of the two ages decides. Without `newest` (a registry's rows carry no time) only the pull is judged;
    with `refresh_hours` 0 (pulled by hand) only the record is. The record limits are those of a steady stream
    (https://github.com/AtlasOfLivingAustralia/data-management/issues/469); pass wider ones as `record_limits` (late
    after, stale after) for cameras that are read in batches. `newest` is a moment, or a day in UTC where nothing finer
    may be told. Every moment carries a time zone.
    """
    record, newest, last_success = newest, _moment(newest), _moment(last_success)
    if last_success is None:
        return Freshness("never", f"No pull has succeeded yet. {DOWN_REASONS.get(outcome, '')}".rstrip())
    pull_age = now - last_success
    age = pull_age if newest is None else now - newest
    if outcome not in GOOD_OUTCOMES:
        reason = DOWN_REASONS.get(outcome, DOWN_REASONS["failed"])
        return Freshness("down", f"{reason} You see the copy of {_moment_text(last_success)}.", age)

    refresh = timedelta(hours=refresh_hours)
    pull_limits = tuple(times * refresh for times in PULL_LIMITS_IN_REFRESHES)
    pull_state = _state_by_age(pull_age, pull_limits) if refresh else "fresh"
    record_state = _state_by_age(age, record_limits) if newest is not None else "fresh"
    state = max(pull_state, record_state, key=STATES.index)
    if newest is None or STATES.index(pull_state) > STATES.index(record_state):
        return Freshness(state, _pull_sentence(last_success, pull_age, refresh_hours, pull_state), age)
    told = _ago(age) if isinstance(record, datetime) else _days_ago(now.date() - record)
    return Freshness(state, _record_sentence(_text(record), told, age, record_state), age)


def change(now_value: int, before_value: int | None, of: str = "records") -> Result:
    """Change from one period to the next, in percent of the earlier one, negative when it fell.

    `n` counts the records of both periods together. Missing where the earlier period has none or was not measured,
    since a percentage of nothing does not exist.
    """
    if pd.isna(now_value) or pd.isna(before_value):
        return nothing("%", of, "one of the two periods was not measured")
    n = int(now_value + before_value)
    if before_value == 0:
        return nothing("%", of, f"the earlier period has no {of} to compare with", n)
    return Result(100 * (now_value - before_value) / before_value, "%", n, of)


def sites_reporting(sites: pd.DataFrame, today: date, within_days: int = 30) -> Result:
    """Sites whose newest detection is at most `within_days` days old, out of `n` sites that have sensors.

    Takes `has_sensors` and `newest_detection_on` (a day, or empty) of each site. Missing where no site has sensors.
    """
    days = pd.to_datetime(sites.loc[sites["has_sensors"].astype(bool), "newest_detection_on"])
    if days.empty:
        return nothing("sites sending data", "sites with sensors", "no site has sensors yet")
    reporting = days >= pd.Timestamp(today) - pd.Timedelta(days=within_days)
    newest = None if days.isna().all() else days.max().tz_localize("UTC")
    return Result(int(reporting.sum()), "sites sending data", len(days), "sites with sensors", newest=newest)


def _state_by_age(age: timedelta, limits: tuple[timedelta, ...]) -> str:
    late_after, stale_after = limits
    if age > stale_after:
        return "stale"
    return "late" if age > late_after else "fresh"


def _pull_sentence(last_success: datetime, age: timedelta, refresh_hours: float, state: str) -> str:
    expected = "" if state == "fresh" else f"; a pull is expected every {refresh_hours:g} h"
    return f"Last pulled {_moment_text(last_success)} ({_ago(age)}){expected}."


def _record_sentence(newest: str, told: str, age: timedelta, state: str) -> str:
    if age < timedelta(0):
        return f"The newest record is dated {newest}, in the future: a clock or time zone is wrong."
    stop = "" if state == "fresh" else " Numbers stop there."
    return f"The newest record is of {newest} ({told}).{stop}"


def _moment(value: date | None) -> datetime | None:
    """A moment as it is, a day as its first moment in UTC."""
    if pd.isna(value):
        return None
    return value if isinstance(value, datetime) else datetime.combine(value, time.min, UTC)


def _text(value: date) -> str:
    return _moment_text(value) if isinstance(value, datetime) else f"{value.day} {value:%b %Y}"


def _moment_text(moment: datetime) -> str:
    utc = pd.Timestamp(moment).tz_convert("UTC")
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"


def _ago(age: timedelta) -> str:
    hours = int(age / timedelta(hours=1))
    if hours < 1:
        return "less than an hour ago"
    if hours < 48:
        return "1 hour ago" if hours == 1 else f"{hours} hours ago"
    return f"{hours // 24} days ago"


def _days_ago(age: timedelta) -> str:
    return {0: "today", 1: "yesterday"}.get(age.days, f"{age.days} days ago")
