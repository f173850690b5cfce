"""The invented reefs: where their stations lie, when they are surveyed, and what covers the bottom over the years.

Everything follows the calendar year of `today`: surveys begin five years before it, corals are planted from the
fourth year before it on, and the hot summer in which corals bleach is that of the year before last.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from demo.chance import uniform
from demo.sites import Site, sites

YEARS_SURVEYED = 5
HOT_YEARS_AGO = 2
PLANTING_BEGINS = (4, 9, 8)
DAYS_PER_YEAR = 365.25
# A third of the living coral dies in the months after the heat.
LOST_SHARE = 1 / 3
LOSS_DAYS = 45
PALING_DAYS = 30
SOUND_BLEACHED_PCT = 3.0

HARD_CORAL = "Hard coral"


@dataclass(frozen=True)
class Station:
    """One station: its hard coral cover (percent) at the start, and how much it gains each year.

    `recovery_pct` is the gain after the hot summer; a planted station gains nothing before corals are planted.
    """

    number: int
    name: str
    first_pct: float
    growth_pct: float
    recovery_pct: float
    is_planted: bool = False


@dataclass(frozen=True)
class Reef:
    """The reef of one site, with the months of its two surveys a year, the first of them in the warm season.

    `name` is that of the sea around it and not of its site, so that it may be kept from the public. `hottest` are month
    and day of the peak of each summer, `warmth_c` the mean and the amplitude of the sea, `heat_c` what the hot summer
    adds at its peak; `bleached_pct` are colonies then.
    """

    number: int
    key: str
    name: str
    iso3: str
    survey_months: tuple[int, int]
    hottest: tuple[int, int]
    warmth_c: tuple[float, float]
    heat_c: float
    bleached_pct: float
    fish_kgha: float
    stations: tuple[Station, ...]
    omits_days: bool = False

    @property
    def site(self) -> Site:
        """The first marine area of its country."""
        return _marine_site(self.iso3)

    def peak(self, today: date) -> date:
        """The middle of the hot summer."""
        return date(today.year - HOT_YEARS_AGO, *self.hottest)

    def position(self, station: Station) -> tuple[float, float]:
        """Longitude and latitude of a station, inside the area."""
        turn = (self.stations.index(station) + 0.6 * float(uniform("reef angle", station.number))) / len(self.stations)
        angle = np.array([2 * np.pi * turn])
        distance_km = self.site.edge_km(angle) * (0.35 + 0.45 * float(uniform("reef distance", station.number)))
        east, north = self.site.place(distance_km * np.cos(angle), distance_km * np.sin(angle))
        return round(float(east[0]), 5), round(float(north[0]), 5)

    def survey_days(self, station: Station, today: date) -> list[date]:
        """The days before `today` on which a station was surveyed, the oldest first."""
        days = []
        for back in range(YEARS_SURVEYED, -1, -1):
            for month in self.survey_months:
                first = 4 + int(14 * uniform("survey day", self.number, back, month))
                days.append(date(today.year - back, month, first + self.stations.index(station)))
        return [day for day in days if day < today]


@cache
def _marine_site(iso3: str) -> Site:
    return next(site for site in sites() if site.country.iso3 == iso3 and site.realm == "marine")


def planting_begins(today: date) -> date:
    """The day of the first planting."""
    back, month, day = PLANTING_BEGINS
    return date(today.year - back, month, day)


def hard_coral_pct(reef: Reef, station: Station, day: date, today: date) -> float:
    """What really covers the bottom at a station: steady gain, the loss of the hot summer, and recovery (percent)."""
    start = planting_begins(today) if station.is_planted else date(today.year - YEARS_SURVEYED, 1, 1)
    peak = reef.peak(today)
    years = max(0, (min(day, peak) - start).days) / DAYS_PER_YEAR
    cover = station.first_pct + station.growth_pct * years
    since = max(0, (day - peak).days)
    kept = 1 - LOST_SHARE * (1 - np.exp(-since / LOSS_DAYS))
    return float(cover * kept + station.recovery_pct * since / DAYS_PER_YEAR)


def cover(reef: Reef, station: Station, day: date, today: date) -> dict[str, float]:
    """Percent of the bottom by category, as surveys name them; algae take the place of coral that died."""
    hard = hard_coral_pct(reef, station, day, today)
    since = max(0, (day - reef.peak(today)).days)
    overgrown = min(1.0, since / 120) * np.exp(-since / 700)
    weights = {
        "Soft coral": 7.0,
        "Macroalgae": 14 + 9 * overgrown,
        "Turf algae": 30 + 12 * overgrown,
        "Crustose coralline algae": 11 - 3 * overgrown,
        "Sand": 22.0,
        "Rubble": 10 + 6 * overgrown,
    }
    share = (100 - hard) / sum(weights.values())
    return {HARD_CORAL: hard, **{name: float(weight * share) for name, weight in weights.items()}}


def bleached_pct(reef: Reef, day: date, today: date) -> float:
    """Percent of colonies that are bleached or have just died; highest a month after the peak of the hot summer."""
    after = (day - reef.peak(today)).days - PALING_DAYS
    pulse = np.exp(-after / 80) if after > 0 else np.exp(-((after / 25) ** 2) / 2)
    return float(SOUND_BLEACHED_PCT + (reef.bleached_pct - SOUND_BLEACHED_PCT) * pulse)


PLANTED_REEF = Reef(
    1, "mauritius", "Ranovato Bank", "MUS", (4, 10), (3, 10), (25.2, 2.4), 1.78, 62, 310,
    (
        Station(1, "Passe Ranomaso", 8.4, 5.6, 5.7, is_planted=True),
        Station(2, "Récif Lavasoa", 7.6, 5.2, 5.3, is_planted=True),
        Station(3, "Banc Fotsikely", 15.5, 0.4, 1.1),
        Station(4, "Tombant Maintibe", 13.2, 0.5, 0.9),
    ),
)  # fmt: skip
KENYAN_REEF = Reef(
    2, "kenya", "Pwani Shelf", "KEN", (5, 11), (4, 10), (27.3, 1.9), 1.15, 38, 420,
    (
        Station(5, "Mwamba Ndogo", 24.0, 1.0, 2.6),
        Station(6, "Kisima Reef", 31.5, 0.8, 3.1),
        Station(7, "Shauri Drop", 18.0, 1.2, 2.2),
    ),
    omits_days=True,
)  # fmt: skip
FIJIAN_REEF = Reef(
    3, "fiji", "Vanua Ridge", "FJI", (4, 10), (3, 5), (26.7, 1.9), 1.18, 34, 760,
    (
        Station(8, "Lavroa Wall", 44.0, 0.9, 4.0),
        Station(9, "Moreka Patch", 36.5, 0.7, 3.4),
        Station(10, "Nuku Passage", 40.0, 0.4, 2.9),
        Station(11, "Vula Lagoon", 29.0, 0.5, 2.4),
    ),
)  # fmt: skip
PHILIPPINE_REEF = Reef(
    4, "philippines", "Lerang Strait", "PHL", (7, 2), (6, 12), (28.2, 1.6), 0.9, 41, 240,
    (
        Station(12, "Kelindu Point", 27.0, 0.6, 2.4),
        Station(13, "Batu Lerang", 21.5, 0.9, 2.1),
        Station(14, "Selat Garden", 34.0, 0.3, 2.8),
    ),
)  # fmt: skip
REEFS = (PLANTED_REEF, KENYAN_REEF, FIJIAN_REEF, PHILIPPINE_REEF)
