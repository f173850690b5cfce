"""The conflicts that the invented communities wrote down, before and after their warnings began."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from demo.chance import normal, uniform
from demo.communities import Community
from demo.effort import DAY_S, FIRST_DAY
from demo.events import DAYS_PER_YEAR
from demo.warnings import season_of

CHANCES_PER_DAY = 2
AFTER_SHARE = 0.74


@dataclass(frozen=True)
class Conflict:
    """One kind of conflict: its share, who did it, and how much is lost (median, and the unit; none without one).

    `kind` is what the dashboard calls the type of the event.
    """

    event_type: str
    kind: str
    display: str
    share: float
    by_elephant: float = 1.0
    loss: float = 0.0
    loss_unit: str = ""


CONFLICTS = (
    Conflict("crop_raid", "crop", "Crop raid", 0.72, loss=0.22, loss_unit="ha"),
    Conflict("property_damage", "property", "Damaged property", 0.14, loss=9000, loss_unit="currency"),
    Conflict("livestock_loss", "livestock", "Lost livestock", 0.095, by_elephant=0.0, loss=1.4, loss_unit="animals"),
    Conflict("person_injured", "injury", "Injured person", 0.03, by_elephant=0.8),
    Conflict("elephant_killed", "animal_death", "Killed elephant", 0.008),
    Conflict("person_killed", "death", "Killed person", 0.007),
)


def incidents(community: Community, today: date) -> pd.DataFrame:
    """The conflicts that were reported up to the morning of `today`, by time.

    Columns: day and nth (which name it), conflict (position in `CONFLICTS`), village, happened_s, reported_s (seconds
    after `FIRST_DAY`, UTC), species, loss (NaN where none is written).
    """
    cells = _cells(community, today)
    keys = (community.number, cells["day"].to_numpy(), cells["nth"].to_numpy())
    ends = np.cumsum([conflict.share for conflict in CONFLICTS])
    kind = np.minimum(np.searchsorted(ends, uniform("conflict", *keys), side="right"), len(CONFLICTS) - 1)
    by_elephant = uniform("by elephant", *keys) < np.array([conflict.by_elephant for conflict in CONFLICTS])[kind]
    local_h = np.where(uniform("by night", *keys) < 0.85, 1 + 3 * normal("night hour", *keys), 14.0)
    happened_s = cells["day"] * DAY_S + ((local_h - community.utc_offset_h) % 24 * 3600).astype(int)
    reported = cells.assign(
        conflict=kind,
        village=(len(community.villages) * uniform("struck village", *keys) ** 1.3).astype(int),
        happened_s=happened_s,
        reported_s=happened_s + (3600 * (3 + 30 * uniform("reported", *keys))).astype(int),
        species=np.where(by_elephant, community.elephant, community.predator),
        loss=_losses(kind, keys),
    )
    known = reported[reported["reported_s"] < (today - FIRST_DAY).days * DAY_S]
    return known.sort_values("happened_s", ignore_index=True)


def _cells(community: Community, today: date) -> pd.DataFrame:
    first, since, last = ((day - FIRST_DAY).days for day in (community.written_since, community.warned_since, today))
    axes = np.meshgrid(np.arange(first, last), np.arange(CHANCES_PER_DAY), indexing="ij")
    day, nth = (axis.ravel() for axis in axes)
    chance = community.incidents_per_month * 12 / DAYS_PER_YEAR / CHANCES_PER_DAY * season_of(community, day)
    chance *= np.where(day < since, 1, AFTER_SHARE)
    is_there = uniform("incident", community.number, day, nth) < chance
    return pd.DataFrame({"day": day[is_there], "nth": nth[is_there]})


def _losses(kind: np.ndarray, keys: tuple[int | np.ndarray, ...]) -> np.ndarray:
    """Log-normal about the median of the kind, in whole animals and whole money; one in eight was not assessed."""
    median = np.array([conflict.loss for conflict in CONFLICTS])[kind]
    loss = median * np.exp(0.7 * normal("loss", *keys))
    is_area = np.array([conflict.loss_unit == "ha" for conflict in CONFLICTS])[kind]
    loss = np.where(is_area, np.maximum(loss, 0.01).round(2), np.maximum(loss, 1).round())
    return np.where((median > 0) & (uniform("assessed", *keys) > 0.125), loss, np.nan)
