"""The communities that elephants visit: their villages, since when they are warned, and how often what happens."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from demo.chance import uniform
from demo.herds import KENYAN, THAI
from demo.sites import Site, camera_site

INDIAN = "india-hills-warnings"
# Conflicts were already written down for half a year when the warnings began.
WRITTEN_BEFORE = timedelta(days=184)
# What the servers call an animal.
TAXA = {
    "asian_elephant": "Elephas maximus",
    "elephant": "Loxodonta africana",
    "leopard": "Panthera pardus",
    "lion": "Panthera leo",
}


@dataclass(frozen=True)
class Community:
    """One community with its early warning.

    `sightings_per_day` are the mean of what its sensors detect by itself; `season` is the day of the year with the
    most and by which share it exceeds the mean; `incidents_per_month` are those before the warnings began.
    """

    source: str
    iso3: str
    utc_offset_h: float
    warned_since: date
    villages: tuple[str, ...]
    sightings_per_day: float
    season: tuple[int, float]
    incidents_per_month: float
    elephant: str
    predator: str
    currency: str
    has_bad_rows: bool = False

    @property
    def site(self) -> Site:
        return camera_site(self.iso3)

    @property
    def number(self) -> int:
        return self.site.number

    @property
    def written_since(self) -> date:
        return self.warned_since - WRITTEN_BEFORE

    def village_places(self) -> tuple[np.ndarray, np.ndarray]:
        """Longitudes and latitudes of the villages, each a little outside the site."""
        number = np.arange(len(self.villages))
        angle = 2 * np.pi * (number + uniform("village angle", self.number, number)) / len(number)
        distance_km = self.site.edge_km(angle) + 0.8 + 2.5 * uniform("village distance", self.number, number)
        return self.site.place(distance_km * np.cos(angle), distance_km * np.sin(angle))


COMMUNITIES = (
    Community(
        THAI, "THA", 7, date(2024, 9, 16), ("Ban Khaelsen", "Ban Luemtao", "Ban Sarnwen", "Ban Rokhai"), 0.2,
        (258, 0.45), 11.5, "asian_elephant", "leopard", "THB", has_bad_rows=True,
    ),
    Community(
        INDIAN, "IND", 5.5, date(2024, 10, 7), ("Velimpura", "Nilavagatta", "Sonakpalli", "Devaghekha"), 0.26,
        (280, 0.45), 11.5, "asian_elephant", "leopard", "INR",
    ),
    Community(
        KENYAN, "KEN", 3, date(2024, 11, 4), ("Olomuru", "Sitakoro", "Lokorabi"), 0.14,
        (130, 0.45), 9.5, "elephant", "lion", "KES",
    ),
)  # fmt: skip
