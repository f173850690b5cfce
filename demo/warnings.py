"""The early warnings of the invented communities: what sensors detected, and how people answered."""

from datetime import date

import numpy as np
import pandas as pd

from demo.chance import normal, uniform
from demo.communities import COMMUNITIES, Community
from demo.effort import DAY_S, FIRST_DAY
from demo.events import DAYS_PER_YEAR

# Chances for a warning on one day; the last is the night in which one of the communities surely has one.
CHANCES_PER_DAY = 3
SURE = CHANCES_PER_DAY
NEVER_ANSWERED_SHARE = 0.15
FALSE_SHARE = 0.14
UNSURE_SHARE = 0.03
UNSURE_UNANSWERED_SHARE = 0.7
AT_FIELDS_SHARE = 0.5
LATE_SHARE = 0.05
STEPS = ("sent_s", "acknowledged_s", "arrived_s", "animal_arrived_s", "closed_s")


def warnings(community: Community, today: date) -> pd.DataFrame:
    """The warnings that were sent up to the morning of `today`, by time.

    Columns: day and nth (which name it), village, detected_s and the moments of `STEPS` (seconds after `FIRST_DAY`,
    UTC; NaN where a step was not taken, or not yet), outcome (empty until it is closed), priority.
    """
    cells = _cells(community, today)
    keys = (community.number, cells["day"].to_numpy(), cells["nth"].to_numpy())
    drawn = cells.assign(
        village=(len(community.villages) * uniform("village", *keys)).astype(int),
        detected_s=cells["day"] * DAY_S + _second_of_day(community, cells, keys),
        priority=np.array([100, 200, 200, 300])[(4 * uniform("priority", *keys)).astype(int)],
    )
    answered = with_answers(drawn, keys, community.utc_offset_h, _seconds_until_sent(keys))
    return as_of(answered, today)


def with_answers(
    drawn: pd.DataFrame, keys: tuple[int | np.ndarray, ...], utc_offset_h: float, until_sent_s: np.ndarray
) -> pd.DataFrame:
    """The same warnings with how people answered them; about one in seven finds nobody.

    Warnings of a night are closed in the report of the next morning, those of a day a few hours later.
    """
    detected_s = drawn["detected_s"].to_numpy()
    sent_s = detected_s + until_sent_s
    is_answered = uniform("answered", *keys) >= NEVER_ANSWERED_SHARE
    is_read = is_answered | (uniform("read", *keys) < 0.4)
    read_s = sent_s + 150 * np.exp(0.7 * normal("time to read", *keys))
    arrived_s = np.maximum(sent_s + 60 * 20 * np.exp(0.55 * normal("time to arrive", *keys)), read_s + 120)
    is_false = uniform("false", *keys) < FALSE_SHARE
    is_unsure = uniform("unsure", *keys) < np.where(is_answered, UNSURE_SHARE, UNSURE_UNANSWERED_SHARE)
    outcome = np.select([is_unsure, is_false], ["unverified", "false"], "confirmed")
    is_at_fields = (outcome == "confirmed") & (uniform("at the fields", *keys) < AT_FIELDS_SHARE)
    fields_s = detected_s + 60 * 34 * np.exp(0.7 * normal("time to the fields", *keys))
    local_h = (detected_s / 3600 + utc_offset_h) % 24
    until_morning_h = (8.5 + 2.5 * uniform("report", *keys) - local_h) % 24
    is_night = (local_h < 6) | (local_h >= 18)
    open_h = np.where(is_night, until_morning_h, 2 + 3 * uniform("open", *keys))
    closed_s = np.maximum(detected_s + 3600 * open_h, np.where(is_answered, arrived_s, 0) + 1800)
    columns = {
        "sent_s": sent_s,
        "acknowledged_s": np.where(is_read, read_s, np.nan),
        "arrived_s": np.where(is_answered, arrived_s, np.nan),
        "animal_arrived_s": np.where(is_at_fields, fields_s, np.nan),
        "closed_s": np.maximum(closed_s, np.where(is_at_fields, fields_s, 0) + 900),
    }
    return drawn.assign(**columns, outcome=outcome)


def as_of(warnings: pd.DataFrame, today: date) -> pd.DataFrame:
    """What of the warnings was known on the morning of `today`, by time."""
    now_s = (today - FIRST_DAY).days * DAY_S
    known = warnings[warnings["sent_s"] < now_s].sort_values("detected_s", ignore_index=True)
    for step in STEPS:
        known[step] = known[step].where(known[step] < now_s)
    known["outcome"] = known["outcome"].where(known["closed_s"].notna(), "")
    return known


def season_of(community: Community, day: np.ndarray) -> np.ndarray:
    """How much more or less than in the mean of a year the elephants come on these days after `FIRST_DAY`."""
    peak, strength = community.season
    day_of_year = (day + FIRST_DAY.timetuple().tm_yday - 1) % DAYS_PER_YEAR
    return 1 + strength * np.cos(2 * np.pi * (day_of_year - peak) / DAYS_PER_YEAR)


def _cells(community: Community, today: date) -> pd.DataFrame:
    first, last = ((day - FIRST_DAY).days for day in (community.warned_since, today))
    day, nth = (axis.ravel() for axis in np.meshgrid(np.arange(first, last), np.arange(SURE + 1), indexing="ij"))
    chance = community.sightings_per_day * season_of(community, day) / CHANCES_PER_DAY
    turn = (len(COMMUNITIES) * uniform("turn", day)).astype(int)
    is_its_turn = turn == COMMUNITIES.index(community)
    is_there = np.where(nth == SURE, is_its_turn, uniform("warning", community.number, day, nth) < chance)
    return pd.DataFrame({"day": day[is_there], "nth": nth[is_there]})


def _second_of_day(community: Community, cells: pd.DataFrame, keys: tuple[int | np.ndarray, ...]) -> np.ndarray:
    """Mostly by night; that of the sure night so late that it is still open when the day (UTC) ends."""
    evening = 20.8 + 2.2 * normal("evening", *keys)
    morning = 3.2 + 2.0 * normal("morning", *keys)
    part = uniform("part of night", *keys)
    local_h = np.select([part < 0.55, part < 0.92], [evening, morning], 24 * uniform("any hour", *keys))
    utc_h = np.where(cells["nth"] == SURE, 18 + 5.9 * uniform("sure hour", *keys), local_h - community.utc_offset_h)
    return (utc_h % 24 * 3600).astype(int)


def _seconds_until_sent(keys: tuple[int | np.ndarray, ...]) -> np.ndarray:
    """Most are sent within a minute or two; some wait for a network that was away."""
    is_late = uniform("late", *keys) < LATE_SHARE
    return np.round(47 * np.exp(0.5 * normal("delay", *keys)) * np.where(is_late, 18, 1))
