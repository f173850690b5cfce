"""What a network has reached by a day: sites known, area, warnings, animals, corals, and steps to the Green List.

Everywhere `until` is the last day that counts: what happened later is not known yet on that day.
"""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from metrics import outplants as planting
from metrics.green_list import PHASES
from metrics.phases import phase_spells
from metrics.rates import wilson_interval
from metrics.result import Result, nothing

MONTHS_PER_QUARTER = 3


def quarter_ends(first: date, last: date) -> list[date]:
    """The last day of each quarter of the year, from the quarter of one day to that of another."""
    return [quarter.end_time.date() for quarter in pd.period_range(first, last, freq="Q")]


def sites_known(records: pd.DataFrame, sites: int, until: date) -> Result:
    """Sites of which anything is on record until a day: an assessment, or data of a field system.

    Takes `site_id` and `first_on` (the day of the first record) and the number of sites asked about, which is `n`. When
    a site joined the network is not stored, so the first record stands for it; a site may have joined earlier, and the
    year of its legal status says nothing about it.
    """
    known = records.loc[has_come(records["first_on"], until), "site_id"].nunique()
    if not known:
        return nothing("sites", "sites", "nothing of these sites is on record that early", sites)
    return Result(float(known), "sites", sites, "sites", newest=_newest(records["first_on"], until))


def reported_area(sites: pd.DataFrame) -> Result:
    """Area of sites in km², as the registry reports it for each, summed.

    Takes a row per site with `area_km2`; `n` counts those that report one. It is no union: where sites overlap the
    ground counts twice. Sites of which no boundary is published count with what they report.
    """
    return _area(sites["area_km2"], "no area of these sites is reported")


def marine_area(sites: pd.DataFrame) -> Result:
    """Sea within the sites in km², as the registry reports it for each, summed; a part of `reported_area`.

    Takes a row per site with `marine_area_km2`; `n` counts those that report one.
    """
    return _area(sites["marine_area_km2"], "no marine area of these sites is reported")


def warnings_sent(alerts: pd.DataFrame, until: date) -> Result:
    """Early warnings that were sent until a day.

    Takes `detected_at` and `sent_at` of each warning. It counts warnings, not people: nobody counts whom a warning
    reaches. Of warnings that few animals cause only whole months with at least 5 of a kind are known to the public.
    """
    sent = alerts[alerts["sent_at"].notna() & has_come(alerts["detected_at"], until)]
    if sent.empty:
        return nothing("warnings", "warnings", "no warning that may be told was sent by then")
    newest = sent["detected_at"].max().date()
    return Result(float(len(sent)), "warnings", len(sent), "warnings", newest=newest)


def sent_in_time(alerts: pd.DataFrame) -> Result:
    """Warnings sent before the animal came, in percent of the warnings after which an animal came.

    Takes `sent_at` and `animal_arrived_at`; warnings after which no animal came, or nobody saw it, take no part. The
    interval is Wilson's (1927, doi 10.1080/01621459.1927.10502953). How long before is `early_warning.lead_time`.
    """
    both = alerts["sent_at"].notna() & alerts["animal_arrived_at"].notna()
    n = int(both.sum())
    of = "warnings after which an animal came"
    if not n:
        return nothing("%", of, "no arrival of an animal was recorded")
    in_time = int((alerts["sent_at"] < alerts["animal_arrived_at"])[both].sum())
    low, high = wilson_interval(in_time, n)
    return Result(100 * in_time / n, "%", n, of, interval=(100 * low, 100 * high))


def taxa_seen(taxa: pd.DataFrame, until: date) -> Result:
    """Different taxa that cameras saw until a day, at any rank that a label names.

    Takes `site_id`, `scientific_name` and `first_on` of each taxon at each site. They are observed ones: cameras miss
    some animals, and of sensitive taxa the public counts whole months with at least 5 detections. `n` counts the sites.
    """
    seen = taxa[has_come(taxa["first_on"], until) & taxa["scientific_name"].notna()]
    if seen.empty:
        return nothing("taxa", "sites with cameras", "no taxon that may be told was seen by then")
    newest = _newest(seen["first_on"], until)
    n = seen["site_id"].nunique()
    return Result(float(seen["scientific_name"].nunique()), "taxa", n, "sites with cameras", newest=newest)


def animals_tagged(animals: pd.DataFrame, until: date) -> Result:
    """Animals that were followed by a tag until a day, still or no longer.

    Takes `site_id`, `known_on` and `animals`. The public counts no site where fewer than 5 of a taxon carry a tag; so
    that no quarter tells of fewer than 5, animals may count some quarters after they got their tag. `n` counts the
    sites.
    """
    known = animals[has_come(animals["known_on"], until)]
    if known.empty:
        return nothing("animals", "sites with tags", "no tagged animal that may be told was followed by then")
    n = known["site_id"].nunique()
    return Result(float(known["animals"].sum()), "animals", n, "sites with tags")


def corals_alive(outplants: pd.DataFrame, until: date) -> Result:
    """Planted corals that were alive when somebody last saw them until a day; `n` counts all that were planted.

    Takes what `metrics.outplants` takes. Corals to which nobody has come back are planted and not alive here; how many
    live after a fixed time is `outplants.survival_at`.
    """
    totals = planting.totals(planted_by(outplants, until))
    if not totals.planted:
        return nothing("corals", "corals planted", "no planted coral is on record by then")
    if totals.last_visit is None:
        reason = "nobody has seen a planted coral again yet"
        return nothing("corals", "corals planted", reason, totals.planted)
    return Result(float(totals.alive), "corals", totals.planted, "corals planted", newest=totals.last_visit)


def corals_by(outplants: pd.DataFrame, ends: Sequence[date]) -> pd.DataFrame:
    """Corals `planted`, and `alive` when last seen, by each of these days: what `corals_alive` says, for many days.

    Takes what `metrics.outplants` takes; a row per day.
    """
    needed = ["cohort", "planted_on", "observed_on", *planting.COUNTS]
    rows = outplants.dropna(subset=needed).sort_values(["cohort", "observed_on"], kind="stable")
    is_visit = (rows["observed_on"] > rows["planted_on"]) | (rows["alive_count"] < rows["fragment_count"])
    visits = rows[is_visit]
    before = visits.groupby("cohort")["alive_count"].shift(fill_value=0)
    # Who planted and came back tells how many there were; a cohort is planted once.
    cohorts = rows.drop_duplicates("cohort", keep="last")
    columns = {
        "planted": reached(cohorts["planted_on"], ends, cohorts["fragment_count"]),
        "alive": reached(visits["observed_on"], ends, visits["alive_count"] - before),
    }
    return pd.DataFrame(columns, index=list(ends)).astype("int64")


def planted_by(outplants: pd.DataFrame, until: date) -> pd.DataFrame:
    """What was known of planted corals on a day: the visits until then, in the same columns.

    A cohort that was planted by then and visited only later has one row, on the day of planting, as one has to which
    nobody has come back.
    """
    visits = outplants[has_come(outplants["observed_on"], until)]
    later = outplants[has_come(outplants["planted_on"], until) & ~outplants["cohort"].isin(visits["cohort"])]
    waiting = later.drop_duplicates("cohort").assign(dead_count=0, lost_count=0)
    waiting = waiting.assign(observed_on=waiting["planted_on"], alive_count=waiting["fragment_count"])
    return pd.concat([visits, waiting], ignore_index=True)


def sites_advanced(seen: pd.DataFrame, until: date) -> Result:
    """Sites that stand in a later phase of the Green List process than when they were first seen in one.

    Takes `site_id`, `phase` and `seen_on`. `n` counts the sites that were looked at on two days or more; one that fell
    back to where it began has not advanced. The phases are those of `metrics.green_list.PHASES`.
    """
    looks = seen[has_come(seen["seen_on"], until)].dropna(subset=["phase"])
    days = looks.groupby("site_id")["seen_on"].nunique()
    compared = days.index[days > 1]
    if not len(compared):
        return nothing("sites", "sites assessed twice or more", "no site was assessed twice by then")
    rows = phase_spells(looks[looks["site_id"].isin(compared)])
    rank = rows["phase"].map({phase: place for place, phase in enumerate(PHASES)}).groupby(rows["site_id"])
    advanced = int((rank.last() > rank.first()).sum())
    newest = _newest(looks["seen_on"], until)
    return Result(float(advanced), "sites", len(compared), "sites assessed twice or more", newest=newest)


def advanced_sites(seen: pd.DataFrame, until: date) -> set[str]:
    """The sites that `sites_advanced` counts."""
    looks = seen[has_come(seen["seen_on"], until)].dropna(subset=["phase"])
    rows = phase_spells(looks)
    rank = rows["phase"].map({phase: place for place, phase in enumerate(PHASES)}).groupby(rows["site_id"])
    is_later = rank.last() > rank.first()
    return set(is_later.index[is_later])


def sites_by_phase(seen: pd.DataFrame, ends: Sequence[date]) -> pd.DataFrame:
    """Sites in each phase on each of these days, by the newest look until then; one row per day, one column per phase.

    Takes `site_id`, `phase` and `seen_on`. A site that nobody has looked at yet is in no column.
    """
    rank = seen["phase"].map({phase: place for place, phase in enumerate(PHASES)})
    looks = seen.assign(seen_on=pd.to_datetime(seen["seen_on"]), rank=rank).dropna(subset=["rank", "seen_on"])
    looks = looks.sort_values(["seen_on", "rank"], kind="stable")
    rows = []
    for end in ends:
        held = looks[looks["seen_on"] <= pd.Timestamp(end)].drop_duplicates("site_id", keep="last")
        counts = held["phase"].value_counts()
        rows.append([int(counts.get(phase, 0)) for phase in PHASES])
    return pd.DataFrame(rows, columns=list(PHASES), index=list(ends), dtype="int64")


def criteria_gained(history: pd.DataFrame, until: date) -> Result:
    """Criteria that sites meet more, or fewer, than at their first assessment, all sites together.

    Takes `site_id`, `assessed_on` and `met` (criteria met of 17) of each version that one role rated; the ratings of
    different roles are never mixed. Of each site with two versions or more until the day, the first is taken from the
    newest; what got lost counts against what was gained. `n` counts those sites.
    """
    rows = history[has_come(history["assessed_on"], until)].sort_values("assessed_on", kind="stable")
    by_site = rows.groupby("site_id")["met"]
    is_compared = by_site.size() > 1
    of = "sites rated twice or more"
    if not is_compared.any():
        return nothing("criteria", of, "no site was rated twice by then")
    change = (by_site.last() - by_site.first())[is_compared]
    newest = _newest(rows["assessed_on"], until)
    return Result(float(change.sum()), "criteria", len(change), of, newest=newest)


def has_come(days: pd.Series, until: date) -> pd.Series:
    """Which of these days or moments have come by the end of a day (UTC); an empty one has not."""
    moments = pd.to_datetime(days, utc=True)
    return moments < pd.Timestamp(until, tz="UTC") + pd.Timedelta(days=1)


def reached(days: pd.Series, ends: Sequence[date], weights: pd.Series | None = None) -> list[float]:
    """How much had come together by each of these days: one for each of `days`, or its weight; in their order."""
    amounts = pd.Series(1.0, index=days.index) if weights is None else weights.astype("float64").fillna(0.0)
    by_day = amounts.groupby(pd.to_datetime(days)).sum().sort_index().cumsum()
    places = by_day.index.searchsorted(pd.to_datetime(list(ends)), side="right")
    return [float(by_day.iloc[place - 1]) if place else 0.0 for place in places]


def _area(areas: pd.Series, reason: str) -> Result:
    known = areas.dropna().astype("float64")
    if known.empty:
        return nothing("km²", "sites", reason)
    return Result(float(known.sum()), "km²", len(known), "sites")


def _newest(days: pd.Series, until: date) -> date | None:
    newest = pd.to_datetime(days[has_come(days, until)], utc=True).max()
    return None if pd.isna(newest) else newest.date()
