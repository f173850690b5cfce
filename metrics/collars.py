"""How well the tags of animals work: fixes obtained, energy harvested, gaps and silence."""

from datetime import datetime

import pandas as pd

ACTIVITY_BIASED = "Activity-biased: movement pays for the fixes, so a gap may be rest and not a fault."
HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)


def collar_health(fixes: pd.DataFrame, animals: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """State of each animal's collar: fixes and energy per day, success, longest gap, and days since the newest fix.

    Takes `animal`, `fixed_at`, `step_h` and `energy_j` of the fixes, and `animal`, `animal_name`, `collar_kind` and
    `fix_interval_h` of each animal. Gives one row per animal: `fixes`; `fixes_per_day`, `joules_per_day` (energy after
    the first fix) and `success` between its first and its newest fix, so that silence since then is in
    `days_since_last` alone; `joules_per_fix` (mean of the fixes that sent energy); `longest_gap_h`; `note`. `success`
    is the share of scheduled times, counted from the first fix, that have a fix nearest to them; so a burst counts
    once. It is for scheduled collars with a known interval only: a kinetic collar has no schedule, and sends more the
    more its animal moves (KineFox, Gregersen et al. 2023, doi 10.1371/journal.pone.0285930). Fixes that the source
    marked as wrong are not obtained. A figure without its data is missing, never 0.
    """
    by_animal = fixes.groupby("animal")
    tracks = by_animal.agg(
        fixes=("fixed_at", "size"),
        first=("fixed_at", "min"),
        last=("fixed_at", "max"),
        longest_gap_h=("step_h", "max"),
        joules_per_fix=("energy_j", "mean"),
    )
    tracks["joules_later"] = fixes[by_animal.cumcount() > 0].groupby("animal")["energy_j"].sum(min_count=1)
    collars = animals[["animal", "animal_name", "collar_kind", "fix_interval_h"]].merge(
        tracks.reset_index(), on="animal", how="left"
    )
    hours = (collars["last"] - collars["first"]) / HOUR
    followed_h = hours.where(hours > 0)
    is_scheduled = collars["collar_kind"].eq("scheduled").fillna(False)
    interval_h = collars["fix_interval_h"].astype(float).where(is_scheduled).set_axis(collars["animal"])
    obtained = collars["animal"].map(_scheduled_times_met(fixes, interval_h)).astype(float)
    return collars.assign(
        fixes=collars["fixes"].fillna(0).astype(int),
        fixes_per_day=(collars["fixes"] - 1) / followed_h * 24,
        success=obtained / ((followed_h / interval_h.to_numpy()).round() + 1),
        joules_per_day=collars["joules_later"] / followed_h * 24,
        days_since_last=(pd.Timestamp(now) - collars["last"]) / DAY,
        note=collars["collar_kind"].map({"kinetic": ACTIVITY_BIASED}).fillna("").astype("str"),
    )[
        [
            "animal", "animal_name", "collar_kind", "fixes", "fixes_per_day", "success", "joules_per_day",
            "joules_per_fix", "longest_gap_h", "days_since_last", "note",
        ]
    ]  # fmt: skip


def _scheduled_times_met(fixes: pd.DataFrame, interval_h: pd.Series) -> pd.Series:
    """Number of scheduled times with a fix nearest to them, by animal; `interval_h` is by animal."""
    since_first = fixes["fixed_at"] - fixes.groupby("animal")["fixed_at"].transform("min")
    nearest = (since_first / HOUR / fixes["animal"].map(interval_h).astype(float)).round()
    return nearest.groupby(fixes["animal"]).nunique()
