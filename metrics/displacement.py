"""How far tagged animals go in a day, and which of them have stopped moving."""

import numpy as np
import pandas as pd

FEWEST_FIXES_OF_A_STOP = 3
SECONDS_PER_HOUR = 3600


def without_spikes(fixes: pd.DataFrame, fastest_mps: float = 30) -> pd.DataFrame:
    """The fixes without single ones that an animal could reach, and also leave, only faster than `fastest_mps`.

    Takes `animal`, `fixed_at`, `east_m`, `north_m`, `step_m` and `step_h`, sorted by animal and time; keeps all
    columns. The step over each gap is measured anew from `east_m` and `north_m` and judged again, so a good fix
    between two spikes stays. The first and the last fix of an animal stay, having one way only. A speed limit is the
    usual filter (ecoscope, Movebank); asking for both ways keeps an animal that did move, and 30 m/s is our own limit.
    """
    kept = fixes
    while (is_spike := _spikes(kept, fastest_mps)).any():
        kept = _without(kept, is_spike)
    return kept


def daily_displacement(fixes: pd.DataFrame, fewest_fixes: int = 4) -> pd.DataFrame:
    """Distance per animal and local day: the sum of its steps (km), and the net distance from first to last fix.

    Takes `animal`, `local_day`, `step_m`, `east_m` and `north_m`, sorted by animal and time. Gives `animal`, `day`,
    `km`, `net_km` and `fixes`; days with fewer than `fewest_fixes` (our own limit) are left out. Only steps between
    two fixes of one day count, so the step over midnight is in neither. The true path is longer, the more so the fewer
    fixes there are (Rowcliffe et al. 2012, doi 10.1111/j.2041-210X.2012.00197.x): compare days with as many fixes.
    """
    keys = ["animal", "local_day"]
    is_same_day = (fixes[keys] == fixes[keys].shift()).all(axis=1)
    days = (
        fixes[[*keys, "east_m", "north_m"]]
        .assign(within_m=fixes["step_m"].where(is_same_day, 0.0))
        .groupby(keys, as_index=False)
        .agg(
            metres=("within_m", "sum"),
            fixes=("within_m", "size"),
            east_first=("east_m", "first"),
            east_last=("east_m", "last"),
            north_first=("north_m", "first"),
            north_last=("north_m", "last"),
        )
    )
    days = days[days["fixes"] >= fewest_fixes].reset_index(drop=True)
    net_m = np.hypot(days["east_last"] - days["east_first"], days["north_last"] - days["north_first"])
    return pd.DataFrame(
        {
            "animal": days["animal"],
            "day": days["local_day"],
            "km": days["metres"] / 1000,
            "net_km": net_m / 1000,
            "fixes": days["fixes"],
        }
    )


def immobility(fixes: pd.DataFrame, radius_m: float = 13, hours: float = 5, share: float = 0.8) -> pd.DataFrame:
    """Animals that have not moved: a share of the fixes of the last hours lies within a radius, up to the newest fix.

    Takes `animal`, `fixed_at`, `east_m` and `north_m`, sorted by animal and time. Gives one row per animal: `since`
    (UTC, NaT when it moves) and `hours` (NaN when it moves). It is the rule of ecoscope (80 % of the fixes within 13 m
    for 5 hours), with two differences: the middle is the median, which one stray fix does not move, and the stretch
    is followed back to the earliest fix within the radius from which on the share still holds. Fewer than 3 fixes (our
    own limit) are no stretch. A collar that fell off and an animal that died look the same.
    """
    rows = []
    for animal, track in fixes.groupby("animal", sort=False):
        since = _immobile_since(track, radius_m, pd.Timedelta(hours=hours), share)
        rows.append((animal, since, (track["fixed_at"].iloc[-1] - since) / pd.Timedelta(hours=1)))
    animals, since, lasting = zip(*rows, strict=True) if rows else ((), (), ())
    return pd.DataFrame(
        {
            "animal": pd.Series(animals, dtype="str"),
            "since": pd.Series(since, dtype=fixes["fixed_at"].dtype),
            "hours": pd.Series(lasting, dtype=float),
        }
    )


def _spikes(fixes: pd.DataFrame, fastest_mps: float) -> np.ndarray:
    """Fixes that are too fast both ways; of several in a row, every other one from the first."""
    too_fast = (fixes["step_m"] > fastest_mps * SECONDS_PER_HOUR * fixes["step_h"]).to_numpy()
    codes = pd.factorize(fixes["animal"])[0]
    is_spike = np.zeros(len(fixes), dtype=bool)
    is_spike[:-1] = too_fast[:-1] & too_fast[1:] & (codes[:-1] == codes[1:])
    is_first = is_spike & ~np.concatenate([[False], is_spike[:-1]])
    position = np.arange(len(fixes))
    since_first = position - np.maximum.accumulate(np.where(is_first, position, 0))
    return is_spike & (since_first % 2 == 0)


def _without(fixes: pd.DataFrame, is_spike: np.ndarray) -> pd.DataFrame:
    """The fixes without the spikes; the step to the fix after each spike is measured from the fix before it."""
    kept = fixes[~is_spike]
    is_after = np.concatenate([[False], is_spike[:-1]])[~is_spike]
    way, pause = kept[["east_m", "north_m"]].diff(), kept["fixed_at"].diff() / pd.Timedelta(hours=1)
    return kept.assign(
        step_m=kept["step_m"].mask(is_after, np.hypot(way["east_m"], way["north_m"])),
        step_h=kept["step_h"].mask(is_after, pause),
    )


def _immobile_since(track: pd.DataFrame, radius_m: float, shortest: pd.Timedelta, share: float) -> pd.Timestamp:
    """Start of the stretch without moving that ends with the newest fix, or NaT."""
    fixed_at, positions = track["fixed_at"], track[["east_m", "north_m"]].to_numpy(float)
    window = int((fixed_at <= fixed_at.iloc[-1] - shortest).sum()) - 1
    if window < 0:
        return pd.NaT
    is_near = np.hypot(*(positions - np.median(positions[window:], axis=0)).T) <= radius_m
    share_near = is_near[::-1].cumsum()[::-1] / np.arange(len(track), 0, -1)
    if share_near[window] < share:
        return pd.NaT
    start = int((is_near & (share_near >= share)).argmax())
    is_long = fixed_at.iloc[-1] - fixed_at.iloc[start] >= shortest
    return fixed_at.iloc[start] if is_long and len(track) - start >= FEWEST_FIXES_OF_A_STOP else pd.NaT
