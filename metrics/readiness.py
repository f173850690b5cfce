"""Readiness for the Green List: which criteria are met, which one is in the way, and how that changed.

A rating is one indicator of one assessment by one role: `assessment_id`, `site_id`, `indicator_id`, `criterion`,
`role`, `rating` (`met`, `partly`, `not_met`, `not_applicable` or empty), `evidence_on`. The Standard lists a site when
all criteria are met, so none makes up for another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from metrics.result import Result, nothing

ROLES = ("self", "expert_group", "reviewer")
BLOCKING = ("partly", "not_met")
SHARES = {"met": 1.0, "partly": 0.5, "not_met": 0.0}
CRITERION_STATES = ("met", "not_met", "unknown")
CATEGORIES = ("Ia", "Ib", "II", "III", "IV", "V", "VI")
NOT_REPORTED = "not reported"
COUNTS = ["met", "applicable", "rated", "unknown"]
STATES = ["assessment_id", "site_id", "criterion", "state", *COUNTS, "next_blocker", "oldest_evidence_on"]


@dataclass(frozen=True)
class Readiness:
    """How many criteria are met, not met and not known, the first indicator in the way, and the oldest evidence."""

    met: int
    not_met: int
    unknown: int
    next_blocker: str | None
    oldest_evidence_on: date | None

    @property
    def criteria(self) -> int:
        return self.met + self.not_met + self.unknown

    @property
    def is_ready(self) -> bool:
        return self.met == self.criteria > 0

    def as_result(self) -> Result:
        """The criteria met out of all, such as 12 of 17; missing where no criterion is known to be met or not."""
        if self.met + self.not_met == 0:
            return nothing(
                "criteria met", "criteria", "too few indicators are rated to tell any criterion", self.criteria
            )
        return Result(self.met, "criteria met", self.criteria, "criteria")


def day_or_year(assessments: pd.DataFrame) -> pd.Series:
    """The day of each assessment (`assessed_on`); 1 January where only its year is known (`assessed_year`)."""
    year = pd.to_datetime(assessments["assessed_year"].astype("Int64").astype("string"), format="%Y")
    return pd.to_datetime(assessments["assessed_on"]).fillna(year)


def current_assessments(assessments: pd.DataFrame, on: date, tool: str = "green_list") -> pd.DataFrame:
    """The assessment of each site that held on a day: the newest until then that is no draft.

    Takes `assessment_id`, `site_id`, `tool`, `status`, `supersedes`, `assessed_on` and `assessed_year`. Where only the
    year is known it counts from 1 January. One that a later one of the same site replaces (`supersedes`) does not
    hold; where they replace one another in a circle, all do. Gives the same columns, a row per site, with `day`, the
    day that was used.
    """
    held = assessments.assign(day=day_or_year(assessments))
    held = held[held["tool"].eq(tool) & held["status"].ne("draft").fillna(True) & (held["day"] <= pd.Timestamp(on))]
    held = _not_replaced(held)
    held = held.sort_values(["site_id", "day", "assessment_id"], kind="stable")
    return held.drop_duplicates("site_id", keep="last").assign(day=lambda rows: rows["day"].dt.date)


def criterion_states(
    ratings: pd.DataFrame, criteria: Sequence[str], role: str, indicators: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Whether each criterion is met as one role sees it; the ratings of other roles do not count.

    Takes ratings of any number of assessments, the numbers of all criteria in their order, and the `indicator_id` and
    `criterion` of those that the Standard is known to have (`indicators`): who does not rate them leaves them unknown.
    Gives a row per assessment that anybody rated, and criterion: `state`, how many indicators are `met`, `applicable`
    and `rated`, how many are `unknown`, the first one in the way (`next_blocker`) and the day of the oldest evidence.

    A criterion is `met` when every applicable indicator is met, and at least one is rated; it is `not_met` as soon as
    one is met in part or not at all, whatever else is not known; else it is `unknown`. Not rated is not known, and
    never "not met". A criterion of which nothing applies stays unknown. Not every indicator of the Standard is
    published in the open, so a criterion may be met here while one that nobody wrote down is not: compare with your
    own copy.
    """
    of_site = ratings.drop_duplicates("assessment_id").set_index("assessment_id")["site_id"].sort_index()
    rows = _asked(ratings[ratings["role"].eq(role)], of_site.index, indicators)
    rows = rows[rows["rating"].ne("not_applicable").fillna(True)]
    is_rated, is_blocking = rows["rating"].notna(), rows["rating"].isin(BLOCKING)
    places = {one: place for place, one in enumerate(sorted(rows["indicator_id"].unique(), key=indicator_order))}
    rows = rows.assign(
        applicable=1,
        rated=is_rated,
        met=rows["rating"].eq("met").fillna(False).astype(bool),
        unknown=~is_rated,
        place=rows["indicator_id"].map(places).where(is_blocking).astype("float64"),
        evidence_on=pd.to_datetime(rows["evidence_on"]),
    )
    by = rows.groupby(["assessment_id", "criterion"])
    every = pd.MultiIndex.from_product([of_site.index, criteria], names=["assessment_id", "criterion"])
    states = by[COUNTS].sum().reindex(every, fill_value=0).astype("int64")
    blocker = by["place"].min().reindex(every)
    oldest = by["evidence_on"].min().reindex(every)
    is_met = (states["unknown"] == 0) & (states["applicable"] > 0)
    names = list(places)
    return states.assign(
        state=is_met.map({True: "met", False: "unknown"}).mask(blocker.notna(), "not_met"),
        next_blocker=pd.Series([None if pd.isna(one) else names[int(one)] for one in blocker], every, dtype="object"),
        oldest_evidence_on=_days(oldest),
        site_id=every.get_level_values(0).map(of_site),
    ).reset_index()[STATES]


def readiness(states: pd.DataFrame) -> Readiness:
    """The criteria of one assessment together; takes its rows of what `criterion_states` gives.

    The next blocker is the first indicator in the way in the order of the criteria. "17 of 17" is what the Standard
    asks for (https://iucngreenlist.org/standard/global-standard).
    """
    counts = states["state"].value_counts()
    blockers = states["next_blocker"].dropna()
    days = states["oldest_evidence_on"].dropna()
    return Readiness(
        *(int(counts.get(state, 0)) for state in CRITERION_STATES),
        next_blocker=None if blockers.empty else str(blockers.iloc[0]),
        oldest_evidence_on=None if days.empty else min(days),
    )


def readiness_of_sites(states: pd.DataFrame) -> pd.DataFrame:
    """The criteria of each assessment together, as `readiness` tells of one; takes what `criterion_states` gives.

    Gives `assessment_id`, `site_id`, the criteria `met`, `not_met` and `unknown`, `next_blocker`, `oldest_evidence_on`
    and `is_ready`. Sites are in no order of merit: different numbers may rest on different adapted indicators.
    """
    by = states.assign(day=pd.to_datetime(states["oldest_evidence_on"])).groupby("assessment_id", sort=True)
    counts = {state: states["state"].eq(state).groupby(states["assessment_id"]).sum() for state in CRITERION_STATES}
    found = pd.DataFrame(counts).astype("int64").assign(site_id=by["site_id"].first())
    blocker, day = by["next_blocker"].first(), by["day"].min()
    found["next_blocker"] = pd.Series([None if pd.isna(one) else one for one in blocker], found.index, dtype="object")
    found["oldest_evidence_on"] = _days(day)
    found["is_ready"] = found["met"].gt(0) & found["not_met"].eq(0) & found["unknown"].eq(0)
    order = ["assessment_id", "site_id", *CRITERION_STATES, "next_blocker", "oldest_evidence_on", "is_ready"]
    return found.reset_index()[order]


def criteria_over_sites(states: pd.DataFrame, criteria: Sequence[str]) -> pd.DataFrame:
    """How many assessments find each criterion met, not met, or unknown: which criteria hold sites back.

    Takes what `criterion_states` gives. Gives `criterion`, in the given order, and the counts `met`, `not_met` and
    `unknown`. A criterion that few have assessed holds nobody back that one knows of: look at `unknown` too.
    """
    counts = {state: states["state"].eq(state).groupby(states["criterion"]).sum() for state in CRITERION_STATES}
    found = pd.DataFrame(counts).reindex(list(criteria)).fillna(0).astype("int64")
    return found.rename_axis("criterion").reset_index()


def disagreements(ratings: pd.DataFrame, roles: Sequence[str] = ROLES) -> pd.DataFrame:
    """The ratings of one assessment by all roles side by side, and where they disagree.

    Gives `indicator_id`, a column per role, and `is_disagreed`: at least two roles have rated the indicator, and not
    alike. Who has not rated does not disagree. The ratings stay apart; no figure is made of several roles together.
    """
    order = sorted(ratings["indicator_id"].unique(), key=indicator_order)
    by_role = {
        role: ratings[ratings["role"].eq(role)].set_index("indicator_id")["rating"].reindex(order) for role in roles
    }
    wide = pd.DataFrame(by_role, index=pd.Index(order, name="indicator_id"), dtype="object")
    return wide.assign(is_disagreed=wide.nunique(axis=1) > 1).reset_index()


def mean_rating_pct(ratings: pd.DataFrame, role: str) -> Result:
    """Mean rating of the indicators that one role has rated and that apply, in percent: met 100, partly 50, not met 0.

    It may be drawn to show movement, and must not be called readiness: in the Standard no criterion makes up for
    another, so a site with one unmet indicator is not ready whatever this mean says. The half for "partly" is ours.
    """
    shares = ratings.loc[ratings["role"].eq(role), "rating"].map(SHARES).dropna()
    if shares.empty:
        return nothing("%", "indicators rated", "no indicator is rated")
    return Result(float(100 * shares.mean()), "%", len(shares), "indicators rated")


def what_changed(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Criteria whose state differs between two days: `site_id`, `criterion`, `state_before` and `state_after`.

    Takes what `criterion_states` gives of the assessments that held on each day (`current_assessments`), by the same
    role. A site that this role had not assessed on the earlier day is left out: its first ratings changed nothing.
    """
    kept = ["site_id", "criterion", "state"]
    told = before.loc[before["state"].ne("unknown"), "site_id"]
    before = before[before["site_id"].isin(told)]
    both = before[kept].merge(after[kept], on=kept[:2], suffixes=("_before", "_after"))
    return both[both["state_before"] != both["state_after"]].reset_index(drop=True)


def registration(site_id: str | None, category: str | None, governance: str | None, is_oecm: bool) -> Result:
    """Entries that the world database has of a site, of the three that indicator 2.1.2 asks for.

    They are the site itself, its IUCN management category (Ia to VI; another conserved area, OECM, needs none) and its
    governance type. "Not Reported", "Not Assigned" and "Not Applicable" are no category, and "Not Reported" is no
    governance type. Whether the entries are right is for people to say.
    """
    if pd.isna(site_id):
        return nothing("entries", "entries", "the world database has no such site", 3)
    has_category = bool(is_oecm) or category in CATEGORIES
    has_governance = pd.notna(governance) and governance.strip().lower() not in ("", NOT_REPORTED)
    return Result(1 + has_category + has_governance, "entries", 3, "entries")


def criteria_figures(ratings: pd.DataFrame, criteria: Sequence[str]) -> dict[str, dict[str, Any]]:
    """How many criteria each role of each assessment finds met, and the first indicator in the way; for JSON.

    Takes ratings of any number of assessments with their `assessment_id`. Gives `criteria_met`, `criteria_unknown` and
    `next_blocker`, each by assessment and role ("valley-2026 self"); what is not in the way of anything has no entry.
    """
    rows = [
        (f"{row['assessment_id']} {role}", row)
        for role, own in ratings.groupby("role")
        for row in readiness_of_sites(criterion_states(own, criteria, role)).to_dict("records")
    ]
    rows.sort(key=lambda named: named[0])
    return {
        "criteria_met": {name: row["met"] for name, row in rows},
        "criteria_unknown": {name: row["unknown"] for name, row in rows},
        "next_blocker": {name: row["next_blocker"] for name, row in rows if row["next_blocker"]},
    }


def indicator_order(indicator_id: str) -> tuple[tuple[int, str], ...]:
    """The numbers of an indicator or criterion, to sort by, so that 1.1.10 comes after 1.1.9."""
    parts = indicator_id.replace("-", ".").split(".")
    return tuple((int(part) if part.isdecimal() else 0, part) for part in parts)


def _not_replaced(held: pd.DataFrame) -> pd.DataFrame:
    """The assessments that no later one of their site replaces; all of a site where none would be left."""
    later = held[held["supersedes"].notna() & held["supersedes"].ne(held["assessment_id"])]
    later = later[["site_id", "supersedes", "day"]].set_axis(["site_id", "assessment_id", "replaced_on"], axis=1)
    later = later.groupby(["site_id", "assessment_id"], as_index=False).max()
    replaced_on = held.merge(later, on=["site_id", "assessment_id"], how="left").set_axis(held.index)["replaced_on"]
    left = held[~(replaced_on >= held["day"])]
    return pd.concat([left, held[~held["site_id"].isin(left["site_id"])]])


def _asked(own: pd.DataFrame, assessments: pd.Index, indicators: pd.DataFrame | None) -> pd.DataFrame:
    """The ratings of one role, with an empty one for each indicator of the Standard that it has not rated."""
    columns = ["assessment_id", "indicator_id", "criterion", "rating", "evidence_on"]
    if indicators is None:
        return own[columns]
    asked = assessments.to_frame(index=False).merge(indicators[["indicator_id", "criterion"]], how="cross")
    rated = own.drop(columns="criterion")[[name for name in columns if name != "criterion"]]
    expected = asked.merge(rated, on=["assessment_id", "indicator_id"], how="left")
    return pd.concat([expected, own.loc[~own["indicator_id"].isin(indicators["indicator_id"]), columns]])


def _days(moments: pd.Series) -> pd.Series:
    return pd.Series([None if pd.isna(one) else one.date() for one in moments], moments.index, dtype="object")
