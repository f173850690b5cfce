"""The corals that the invented network planted: cohorts from two nurseries, and what was left of them at each visit."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from demo.chance import normal, pick, uniform
from demo.reefs import DAYS_PER_YEAR, PLANTED_REEF, Station, planting_begins

PREFIX = "/restoration/"
PATH = f"{PREFIX}outplants.csv"
FRAGMENTS = 25_000
SMALLEST, LARGEST = 50, 400
PLANTING_DAYS = 3 * 365 - 20
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
VISIT_MONTHS = (1, 3, 6, 12, 18, 24, 30, 36)
NEVER_VISITED = 31
# The storm came in the January after the hot summer.
STORM = (1, 1, 22)
STORM_LOST_SHARE = 0.05
LOST_PER_MONTH = 0.004
# Corals die in the first weeks of transplantation, then at a steady rate, and in the heat (shares per month).
DEATH_PER_MONTH, FIRST_DEATH, FIRST_MONTHS = 0.014, 0.07, 1.5
HEAT_DEATH, HEAT_DAYS = 0.11, 40
# How easily each species dies, and how often it is planted.
SPECIES = {
    "Acropora muricata": (1.15, 0.38),
    "Acropora austera": (1.3, 0.14),
    "Pocillopora damicornis": (1.0, 0.24),
    "Pavona decussata": (0.7, 0.14),
    "Porites rus": (0.55, 0.1),
}
NURSERIES = ("Ranomaso rope nursery", "Shore tank nursery")
HEADINGS = (
    *("fragment_id", "planted_on", "scientific_name", "nursery", "station", "fragment_count", "observed_on", "status"),
    *("alive_count", "dead_count", "lost_count"),
)


@dataclass(frozen=True)
class Cohort:
    """Corals of one species that were planted together."""

    number: int
    planted_on: date
    scientific_name: str
    nursery: str
    station: Station
    fragments: int


def outplants_csv(today: date) -> str:
    """Every cohort at every visit before `today`; a cohort that nobody has visited has one row without a day."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for cohort in cohorts(today):
        told = (f"TSI-{cohort.number:03d}", cohort.planted_on, cohort.scientific_name, cohort.nursery)
        where = (cohort.station.name, cohort.fragments)
        visits = list(_visits(cohort, today)) or [("", "", "", "")]
        writer.writerows((*told, *where, day, "", *counts) for day, *counts in visits)
    return text.getvalue()


def cohorts(today: date) -> list[Cohort]:
    """All cohorts, the first planted first; together 25,000 fragments over three years."""
    sizes = _sizes()
    stations = [station for station in PLANTED_REEF.stations if station.is_planted]
    names, shares = list(SPECIES), np.cumsum([share for _, share in SPECIES.values()])
    made = []
    for number, fragments in enumerate(sizes, 1):
        # The first cohort is planted on the first day.
        after = PLANTING_DAYS * (number - 1) / len(sizes) + (number > 1) * 9 * float(uniform("planted", number))
        species = int(np.searchsorted(shares, uniform("planted species", number), side="right"))
        made.append(
            Cohort(
                number,
                planting_begins(today) + timedelta(days=int(after)),
                names[min(species, len(names) - 1)],
                pick(NURSERIES, float(uniform("nursery", number))),
                pick(stations, float(uniform("planted station", number))),
                fragments,
            )
        )
    return made


def _sizes() -> list[int]:
    """Even chance from the smallest to the largest size; the last three share what is then left."""
    drawn = SMALLEST + (uniform("cohort size", np.arange(FRAGMENTS // SMALLEST)) * (LARGEST - SMALLEST + 1)).astype(int)
    kept = drawn[np.cumsum(drawn) <= FRAGMENTS - LARGEST - 3 * SMALLEST]
    each, more = divmod(FRAGMENTS - int(kept.sum()), 3)
    return [*map(int, kept), each + more, each, each]


def _visits(cohort: Cohort, today: date) -> Iterator[tuple[date, int, int, int]]:
    """Each visit with how many corals are alive, dead and lost by then."""
    if cohort.number == NEVER_VISITED:
        return
    dead, lost = _gone(cohort, today)
    for months in VISIT_MONTHS:
        days = int(months * DAYS_PER_MONTH - 6 * uniform("visited", cohort.number, months))
        day = cohort.planted_on + timedelta(days=days)
        if day < today:
            gone = int(cohort.fragments * dead[days]), int(cohort.fragments * lost[days])
            yield day, cohort.fragments - sum(gone), *gone


def _gone(cohort: Cohort, today: date) -> tuple[np.ndarray, np.ndarray]:
    """The shares that are dead and lost on each day since planting."""
    day = np.arange(int(VISIT_MONTHS[-1] * DAYS_PER_MONTH) + 1)
    frailty = SPECIES[cohort.scientific_name][0] * np.exp(0.25 * float(normal("frailty", cohort.number)))
    months = day / DAYS_PER_MONTH
    since_heat = day - (PLANTED_REEF.peak(today) + timedelta(days=25) - cohort.planted_on).days
    heat = HEAT_DEATH * np.exp(-((since_heat / HEAT_DAYS) ** 2) / 2)
    dies = frailty * (DEATH_PER_MONTH + FIRST_DEATH * np.exp(-months / FIRST_MONTHS) + heat) / DAYS_PER_MONTH
    back, month, of_month = STORM
    storm = (date(today.year - back, month, of_month) - cohort.planted_on).days
    goes = np.where(day == storm, STORM_LOST_SHARE, LOST_PER_MONTH / DAYS_PER_MONTH)
    alive = np.concatenate([[1.0], np.cumprod(1 - dies - goes)])[:-1]
    return np.cumsum(alive * dies), np.cumsum(alive * goes)
