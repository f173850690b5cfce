"""Fair peers of a site by stated rules, and where a site stands among them without claiming more than intervals allow.

Peers differ in ways that no rule sees, so a difference between a site and its peers is no cause of anything.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.readiness import CATEGORIES

FEWEST_PEERS = 5
RULES = ("realm", "type", "category", "size", "region", "phase")
SIZE_FACTORS = (2, 4, 10)
INTERVALS = ["low", "high"]


@dataclass(frozen=True)
class Rules:
    """Which of `RULES` a peer must share with the site; `size_factor` is how many times larger or smaller it may be."""

    same: tuple[str, ...] = ("realm", "type", "size", "region")
    size_factor: float = 4.0

    def __post_init__(self) -> None:
        unknown = [rule for rule in self.same if rule not in RULES]
        if unknown or not self.size_factor >= 1:
            raise ValueError(f"there is no such rule: {', '.join(unknown) or f'size factor {self.size_factor}'}")


@dataclass(frozen=True)
class Peers:
    """The peers of a site by rules that were asked for, never by fewer.

    `site_ids` are in order of their ids. `without` tells for each rule how many peers there would be without it alone,
    `unjudged` how many sites fail by it alone because the registry does not tell what it asks for. `unknown` are the
    rules that cannot be applied, since that is not known of the site itself: it then has no peers.
    """

    site_ids: tuple[str, ...]
    without: Mapping[str, int]
    unjudged: Mapping[str, int]
    unknown: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        return len(self.site_ids) >= FEWEST_PEERS

    @property
    def to_relax(self) -> tuple[tuple[str, int], ...]:
        """Rules that bring peers when they are taken back, with how many there are then, the most first."""
        found = [(rule, count) for rule, count in self.without.items() if count > len(self.site_ids)]
        return tuple(sorted(found, key=lambda pair: (-pair[1], RULES.index(pair[0]))))


@dataclass(frozen=True)
class Standing:
    """Where a site stands in one figure among `measuring` peers; empty where the peers are too few, or it has none.

    `best` and `worst` are the ranks of `rank_range`, counted among the peers and the site itself (`of`).
    """

    measuring: int
    median: float | None = None
    lower_quartile: float | None = None
    upper_quartile: float | None = None
    best: int | None = None
    worst: int | None = None

    @property
    def of(self) -> int:
        return self.measuring + 1

    @property
    def is_enough(self) -> bool:
        return self.measuring >= FEWEST_PEERS

    @property
    def is_ranked(self) -> bool:
        """Whether the intervals leave out any rank at all."""
        return self.best is not None and (self.best, self.worst) != (1, self.of)


def find_peers(sites: pd.DataFrame, site_id: str, rules: Rules) -> Peers:
    """The other sites that share with a site everything that the rules ask for.

    Takes `site_id`, `realm`, `is_oecm`, `iucn_category`, `area_km2`, `region` and `phase` of every site, once each.
    The rules: the same realm (land, coast, sea); the same type (protected area or OECM); the same IUCN category (Ia to
    VI); an area at most `size_factor` times larger or smaller; the same region; the same phase of the Green List
    process. What is not known of a site equals nothing, and an area of 0 is not known, so such a site is no peer by
    that rule and is counted as `unjudged`. Raises KeyError where there is no such site.
    """
    facts = _facts(sites)
    own, others = facts.loc[site_id], facts.drop(index=site_id)
    passes = {rule: _shares(others[rule], own[rule], rule, rules.size_factor) for rule in RULES if rule in rules.same}

    def apart_from(left_out: str = "") -> pd.Series:
        kept = [found for rule, found in passes.items() if rule != left_out]
        return pd.Series(np.logical_and.reduce(kept) if kept else True, others.index, dtype=bool)

    return Peers(
        site_ids=tuple(sorted(others.index[apart_from()])),
        without={rule: int(apart_from(rule).sum()) for rule in passes},
        unjudged={rule: int((apart_from(rule) & others[rule].isna()).sum()) for rule in passes if pd.notna(own[rule])},
        unknown=tuple(rule for rule in passes if pd.isna(own[rule])),
    )


def rank_range(own: Mapping[str, float], peers: pd.DataFrame, is_highest_first: bool = True) -> tuple[int, int]:
    """The best and the worst rank of a site that the intervals allow, among its peers and itself.

    Takes `low` and `high` of the site and of each peer: the ends of its 95 % interval, or of what is known; an end
    that is missing may be anywhere. With the highest first, the best rank is 1 + the number of peers whose whole
    interval lies above that of the site (their `low` above its `high`); the worst is the number of sites less the
    peers whose whole interval lies below it (their `high` below its `low`). With the lowest first above and below
    change places. Intervals that touch overlap. Where best and worst are the same the rank is certain; where they are
    1 and the number of sites there is no rank. This is cautious: two 95 % intervals may overlap though the sites
    differ.
    """
    low, high = (float(own[name]) for name in INTERVALS)
    low, high = (-math.inf if math.isnan(low) else low), (math.inf if math.isnan(high) else high)
    lows = peers["low"].astype("float64").fillna(-math.inf)
    highs = peers["high"].astype("float64").fillna(math.inf)
    above, below = int((lows > high).sum()), int((highs < low).sum())
    before, after = (above, below) if is_highest_first else (below, above)
    return 1 + before, len(peers) + 1 - after


def standing(own: Mapping[str, float] | None, peers: pd.DataFrame, is_highest_first: bool | None) -> Standing:
    """Where a site stands among the peers that measure the same: their median, their quartiles and its `rank_range`.

    Takes `value`, `low` and `high` of the site (None where it has no value) and of each peer; peers without a value
    take no part. The quartiles are those of linear interpolation (type 7 in Hyndman & Fan 1996, doi
    10.1080/00031305.1996.10473566). Below 5 peers that measure it there is nothing to compare with: everything but
    their number is empty. `is_highest_first` is None for a figure that does not rank sites.
    """
    peers = peers[peers["value"].notna()]
    if len(peers) < FEWEST_PEERS:
        return Standing(len(peers))
    quarters = np.quantile(peers["value"].astype("float64"), [0.5, 0.25, 0.75])
    ranks = (None, None)
    if own is not None and is_highest_first is not None:
        ranks = rank_range(own, peers, is_highest_first)
    return Standing(len(peers), *map(float, quarters), *ranks)


def _facts(sites: pd.DataFrame) -> pd.DataFrame:
    """What each rule looks at, by site; empty where it is not known."""
    area = sites["area_km2"].astype("float64")
    return pd.DataFrame(
        {
            "realm": _told(sites["realm"]),
            "type": sites["is_oecm"].map({True: "oecm", False: "protected area"}),
            "category": sites["iucn_category"].where(sites["iucn_category"].isin(CATEGORIES)),
            "size": area.where(area > 0),
            "region": _told(sites["region"]),
            "phase": _told(sites["phase"]),
        }
    ).set_index(pd.Index(sites["site_id"], name="site_id"))


def _told(words: pd.Series) -> pd.Series:
    return words.where(words.ne(""))


def _shares(others: pd.Series, own: object, rule: str, factor: float) -> pd.Series:
    if pd.isna(own):
        return pd.Series(False, others.index)
    if rule == "size":
        return ((others <= own * factor) & (own <= others * factor)).fillna(False)
    return others.eq(own).fillna(False).astype(bool)
