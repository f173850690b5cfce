"""What the page Reefs says about one site: its surveys, its planted corals, and the heat on its water."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from metrics import heat_stress, outplants, reef_changes, reefs, reefs_now
from metrics.result import Result
from ui import results
from ui.text import count, day, is_missing, joined, number

FOLLOWED_MONTHS = 12
HEAT_YEARS_SHOWN = 3
COVER = "hard_coral_pct"


@dataclass(frozen=True)
class Surveys:
    """The reef surveys of one site and every figure about them.

    `means` has a row per survey, method and metric; `stations` one per station with its newest hard coral cover and,
    where the viewer may know it, its position; `open_cover` is how high the cover may be where labels have no group;
    `cover_days` holds the days on which the cover of hard coral was surveyed at each station, oldest first;
    `planted_since` says since when a station has planted corals, and `baci` compares those with the others, if any.
    """

    means: pd.DataFrame
    stations: pd.DataFrame
    cover: Result
    open_cover: Result
    changes: pd.DataFrame
    change: Result
    bleached: Result
    bleaching: pd.DataFrame
    fish: Result
    complexity: Result
    effort: pd.DataFrame
    cover_days: Mapping[str, tuple[date, ...]]
    planted_since: Mapping[str, date]
    baci: Result | None

    @property
    def measured(self) -> pd.DataFrame:
        """The means that somebody measured, or all where a model gave each of them."""
        is_model = self.means["labelled_by"].eq("model")
        return self.means if is_model.all() else self.means[~is_model]

    @property
    def newest(self) -> date | None:
        return _day(self.measured["surveyed_on"].max())

    @property
    def station_count(self) -> int:
        return int(self.measured["station"].nunique())

    @property
    def is_modelled(self) -> bool:
        """Whether any figure is a model's and no measurement."""
        return bool(self.means["labelled_by"].eq("model").any())

    def as_one_place(self, site: Mapping[str, Any]) -> pd.DataFrame:
        """The whole site as if it were one station, at its public point; without a row where that is not known."""
        band = None if self.cover.value is None else reefs.cover_band(self.cover.value)
        newest = self.stations["surveyed_on"].max()
        one = {"station": "All stations", "value": self.cover.value, "band": band, "surveyed_on": newest}
        place = pd.DataFrame([one | {axis: site[axis] for axis in ("latitude", "longitude")}])
        return place.dropna(subset=["latitude", "longitude"])

    def most_changed(self, stations: list[str]) -> str:
        """The one of these stations whose cover changed most, in either direction."""
        by_station = self.changes.groupby("station")["change"].mean().abs()
        return max(stations, key=lambda name: by_station.get(name, 0.0))

    def methods_on(self, station: str, when: date) -> tuple[str, ...]:
        """The methods by which the cover of hard coral was surveyed at a station on a day."""
        means = self.means[self.means["surveyed_on"].eq(pd.Timestamp(when))]
        found = means[means["station"].eq(station) & means["metric"].eq(COVER)]
        return tuple(sorted(found["method"].unique()))


@dataclass(frozen=True)
class Restoration:
    """The planted corals of one site: totals, survival with its curve, and their state month by month."""

    totals: outplants.Totals
    survival: Result
    follow_up: Result
    curve: pd.DataFrame
    months: pd.DataFrame


@dataclass(frozen=True)
class Heat:
    """The heat stress at one site: per day in the years that are drawn, and per year and alert level in all.

    `step` is what a row stands for: a station on a day or, for viewers who see no days, a week.
    """

    days: pd.DataFrame
    now: Result
    by_year: pd.DataFrame
    levels: pd.DataFrame
    scales: tuple[str, ...]
    farthest_cell_km: float | None
    step: str


def surveys_of(surveys: pd.DataFrame, stations: pd.DataFrame, planted: pd.DataFrame) -> Surveys:
    """Everything that the page says about surveys; takes what `queries.site_reef_*` and `site_outplants` give."""
    means = reefs.survey_means(surveys)
    changes = reef_changes.cover_change(means)
    first = planted.groupby("station")["planted_on"].min()
    planted_since = {station: day.date() for station, day in first.items()}
    return Surveys(
        means=means,
        stations=stations.merge(reefs.newest(means, COVER), on="station", how="left"),
        cover=reefs_now.hard_coral_now(means),
        open_cover=reefs_now.open_cover(means),
        changes=changes,
        change=reef_changes.change_of_stations(changes),
        bleached=reefs_now.bleached_now(means),
        bleaching=reefs_now.bleaching_classes(means),
        fish=reefs_now.fish_biomass_now(means),
        complexity=reefs_now.habitat_complexity_now(means),
        effort=reefs.effort(means),
        cover_days=cover_days(means),
        planted_since=planted_since,
        baci=reef_changes.baci(means, planted_since) if planted_since else None,
    )


def cover_days(means: pd.DataFrame) -> dict[str, tuple[date, ...]]:
    """The days on which the cover of hard coral was surveyed at each station, oldest first."""
    known = means[means["metric"].eq(COVER)].dropna(subset=["surveyed_on"])
    return {
        station: tuple(when.date() for when in sorted(days.unique()))
        for station, days in known.groupby("station")["surveyed_on"]
    }


def restoration_of(planted: pd.DataFrame) -> Restoration:
    """Everything that the page says about planted corals; takes what `queries.site_outplants` gives."""
    return Restoration(
        totals=outplants.totals(planted),
        survival=outplants.survival_at(planted, FOLLOWED_MONTHS),
        follow_up=outplants.follow_up(planted),
        curve=outplants.survival_curve(planted),
        months=outplants.alive_by_month(planted),
    )


def heat_of(heat: pd.DataFrame, since: date | None) -> Heat:
    """Everything that the page says about heat; takes what `queries.site_heat_stress` gives.

    Days are drawn from `since`, or of the last years where that is not known.
    """
    shown = heat
    if not heat.empty:
        newest = heat["day"].max()
        start = pd.Timestamp(since) if since else newest - timedelta(days=365 * HEAT_YEARS_SHOWN)
        shown = heat[heat["day"].ge(start)]
    return Heat(
        days=shown[["station", "day", "dhw_c_weeks"]],
        now=heat_stress.dhw_now(heat),
        by_year=heat_stress.dhw_by_year(heat),
        levels=heat_stress.days_by_level(heat),
        scales=tuple(sorted(heat["scale"].dropna().unique())),
        farthest_cell_km=None if heat["cell_distance_km"].isna().all() else float(heat["cell_distance_km"].max()),
        step="week" if heat["is_by_week"].any() else "station-day",
    )


def change_sentence(found: Surveys) -> str:
    """How the cover of hard coral has changed, in words that claim no more than the interval allows."""
    change = found.change
    if change.value is None:
        return f"{change.missing[:1].upper()}{change.missing[1:]}."
    told = f"{change.value:+.1f} percentage points of hard coral"
    interval = change.interval
    if interval is None and len(found.changes) == 1 and not found.changes[["low", "high"]].isna().any(axis=None):
        interval = tuple(found.changes[["low", "high"]].iloc[0])
    if interval is None:
        return f"{told}; there is no interval that would tell whether this is more than chance."
    low, high = interval
    limits = f"{low:+.1f} to {high:+.1f}, 95 % interval"
    if low <= 0 <= high:
        return f"No clear change: {told} ({limits})."
    return f"Hard coral {'rose' if change.value > 0 else 'fell'}: {told} ({limits})."


def baci_sentence(baci: Result) -> str:
    """How much more the planted stations changed than the others, and whether that is clear."""
    told = f"Since planting, hard coral at planted stations changed by **{baci.value:+.1f} percentage points** "
    told += "compared with the others"
    if baci.interval and baci.interval[0] <= 0 <= baci.interval[1]:
        return f"{told}: no clear difference, since its interval holds 0."
    return f"{told}."


def survival_sentence(survival: Result) -> str:
    """How many planted corals live after the months that are asked for, or why that is not known."""
    if survival.value is None:
        return f"{survival.missing[:1].upper()}{survival.missing[1:]}."
    return f"After {FOLLOWED_MONTHS} months {percent(survival)} are alive"


def heat_note(heat: Heat) -> str:
    """What the newest degree heating weeks rest on, or why there are none."""
    if heat.now.value is None:
        return results.sample(heat.now)
    highest = f"The highest of {count(heat.now.n, 'station')}" if heat.now.n > 1 else count(heat.now.n, "station")
    return joined([highest, day(heat.now.newest)])


def notes(found: Surveys) -> list[str]:
    """What else the surveys tell, in sentences."""
    told = []
    if found.open_cover.value is not None:
        upper = f"{number(found.open_cover.value, 1)} %"
        told.append(
            f"Labels without a group may be corals too: the cover may be up to {upper}, so it is a lower bound."
        )
    if found.is_modelled:
        told.append(
            "Modelled values are a model's estimates with credible bounds; they count only where nobody measured."
        )
    if found.fish.value is not None:
        told.append(f"Fish biomass {number(found.fish.value)} kg/ha; {results.sample(found.fish)}.")
    if found.complexity.value is not None:
        told.append(f"Habitat complexity {number(found.complexity.value, 1)} of 5; {results.sample(found.complexity)}.")
    return told


def planted_facts(found: Restoration) -> dict[str, str]:
    """The totals of the planting, as label and value."""
    totals = found.totals
    years = joined([day(totals.first_planted), f"newest visit {day(totals.last_visit)}"])
    return {
        "Planted": number(totals.planted),
        "Alive when last seen": number(totals.alive),
        "Dead": number(totals.dead),
        "Lost": number(totals.lost),
        "Not visited yet": number(totals.unvisited),
        "Taxa": number(totals.taxa) if totals.taxa else "not shown",
        "Stations": number(totals.stations),
        "Since": years,
    }


def summary_facts(found: Surveys, restoration: Restoration) -> dict[str, str]:
    """What the site profile says about reefs, as label and value."""
    facts = {
        "Hard coral": percent(found.cover),
        "Change": change_sentence(found),
        "Bleached": percent(found.bleached),
        "Newest survey": day(found.newest),
    }
    if restoration.totals.planted:
        alive = f"{percent(restoration.survival)} alive after {FOLLOWED_MONTHS} months"
        facts["Planted corals"] = joined([number(restoration.totals.planted), alive])
    return facts


def percent(result: Result) -> str:
    """A percentage with one decimal; a dash where there is none."""
    return number(result.value, 1) + (" %" if result.value is not None else "")


def _day(moment: object) -> date | None:
    return None if is_missing(moment) else pd.Timestamp(moment).date()
