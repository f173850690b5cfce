"""Before and after, honestly worded: conflicts around the first warning, and the cover of reefs around planting."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from exports import impact_words as words
from exports.impact_figure import Span, sources_down, until
from exports.impact_records import Records
from metrics import impact, impact_conflicts, reef_changes
from metrics.result import Result


@dataclass(frozen=True)
class Comparison:
    """A comparison in time: the question, the sentence, the numbers of both sides as a table, sample and method."""

    key: str
    title: str
    sentence: str
    result: Result
    table: pd.DataFrame
    sample: str
    methods: tuple[Callable, ...]


def comparisons(found: Records, span: Span) -> tuple[Comparison, ...]:
    """What can be compared of these records at the end of a span; never with a claim of a cause."""
    made = (_conflicts(found, span), _cover(found, span), _planted(found, span))
    return tuple(one for one in made if one)


def _conflicts(found: Records, span: Span) -> Comparison | None:
    if found.incidents.empty:
        return None
    since = {row.site_id: row.since.date() for row in found.since.itertuples() if row.since.date() <= span.until}
    strata = impact_conflicts.conflict_strata(found.incidents, since, span.until)
    ratio, rates = impact_conflicts.conflict_change(strata), impact_conflicts.conflict_rates(strata)
    table = pd.DataFrame(
        {
            "Period": [f"{period.capitalize()} the first warning" for period in rates["period"]],
            "Conflicts": [words.number(one) for one in rates["incidents"]],
            "Days": [words.number(one) for one in rates["days"]],
            "Per 100 days": [f"{one:.1f}" for one in rates["per_100_days"]],
            "95 % interval": [f"{row.low:.1f} to {row.high:.1f}" for row in rates.itertuples()],
        }
    )
    return Comparison(
        "conflicts",
        "Conflicts with wildlife, before and after warnings started",
        _conflicts_sentence(ratio, rates, strata["site_id"].nunique()),
        ratio,
        table,
        words.sample(
            (ratio,), found.incidents["quarter"].min().date(), span.until, sources_down(found.sources, "warned")
        ),
        (impact_conflicts.conflict_change, impact_conflicts.conflict_strata, impact_conflicts.conflict_rates),
    )


def _conflicts_sentence(ratio: Result, rates: pd.DataFrame, sites: int) -> str:
    if ratio.value is None:
        return words.capital(ratio.missing)
    before, after = rates["per_100_days"]
    told = (
        f"At {words.count(sites, 'site')}, in the same seasons, {after:.1f} conflicts per 100 days were recorded after "
        f"the first warning and {before:.1f} before it"
    )
    if ratio.interval is None:
        return f"{told}."
    low, high = ratio.interval
    verdict = "no clear change" if low <= 1 <= high else "fewer than before" if ratio.value < 1 else "more than before"
    return f"{told}: {ratio.value:.2f} times ({words.limits(ratio, 2)}), {verdict}."


def _cover(found: Records, span: Span) -> Comparison | None:
    changes = reef_changes.cover_change(until(found.cover, "surveyed_on", span.until))
    if changes.empty:
        return None
    change = reef_changes.change_of_stations(changes)
    by_station = changes.groupby("station")[["first", "last"]].mean()
    table = pd.DataFrame(
        {
            "Survey": ["First of each station", "Newest of each station"],
            "Hard coral, %": [f"{by_station[name].mean():.1f}" for name in ("first", "last")],
            "Stations": [words.number(len(by_station))] * 2,
            "Years": [
                _years(changes["first_on"]),
                _years(changes["last_on"]),
            ],
        }
    )
    return Comparison(
        "cover",
        "Hard coral, at the first and the newest survey",
        _cover_sentence(change),
        change,
        table,
        words.sample((change,), changes["first_on"].min().date(), span.until, sources_down(found.sources, "reef")),
        (reef_changes.change_of_stations, reef_changes.cover_change),
    )


def _cover_sentence(change: Result) -> str:
    told = f"Hard coral changed by {change.value:+.1f} percentage points over {words.count(change.n, 'station')}"
    if change.interval is None:
        return f"{told}; there is no interval that would tell whether this is more than chance."
    low, high = change.interval
    verdict = "no clear change" if low <= 0 <= high else "it rose" if change.value > 0 else "it fell"
    return f"{told} ({words.limits(change, sign='+')}): {verdict}."


def _planted(found: Records, span: Span) -> Comparison | None:
    """Planted stations against the others of the same sites."""
    planted = impact.planted_by(found.outplants, span.until)
    since = {station: moment.date() for station, moment in planted.groupby("station")["planted_on"].min().items()}
    cover = until(found.cover, "surveyed_on", span.until)
    cover = cover[cover["site_id"].isin(planted["site_id"])]
    if not since or cover.empty:
        return None
    effect = reef_changes.baci(cover, since)
    if effect.value is None:
        sentence = words.capital(effect.missing)
    else:
        sentence = (
            f"Since planting, hard coral changed by {effect.value:+.1f} percentage points more at planted stations "
            f"than at the others ({words.limits(effect, sign='+') or 'no interval'})"
        )
        unclear = effect.interval is None or effect.interval[0] <= 0 <= effect.interval[1]
        sentence += ": no clear difference." if unclear else "; nobody drew the planted ones by lot."
    return Comparison(
        "planted",
        "Planted reefs beside others, before and after planting",
        sentence,
        effect,
        pd.DataFrame(),
        words.sample((effect,), min(since.values()), span.until, sources_down(found.sources, "reef")),
        (reef_changes.baci,),
    )


def _years(days: pd.Series) -> str:
    first, last = days.min().year, days.max().year
    return str(first) if first == last else f"{first} to {last}"
