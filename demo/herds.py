"""The tagged animals of the invented network: who carries which collar, and how they move."""

from dataclasses import dataclass
from datetime import date

from demo.sites import Site, camera_site

KINETIC_MODEL = "Kinetic K1"
# What collars call the energy that they harvested since their last position.
ENERGY_KEY = "harvested_energy_j"
SCHEDULED_MODEL = "Trackwell S2"


@dataclass(frozen=True)
class Gait:
    """How a kind of animal moves: the spread of its home range, and how long it keeps to a place and to a pace.

    `peak_hour` is the local hour at which it moves most, once every `rhythm_h` hours.
    """

    range_km: float
    place_h: float
    pace_h: float
    peak_hour: float
    rhythm_h: float = 24.0


ELEPHANT = Gait(4.5, 60.0, 3.0, 20.0)
LION = Gait(4.0, 48.0, 2.5, 22.0)
TIGER = Gait(8.0, 72.0, 3.0, 19.0)
LEOPARD = Gait(4.5, 60.0, 2.5, 21.0)
LYNX = Gait(3.2, 60.0, 2.5, 18.5, 12.0)
DEER = Gait(1.6, 30.0, 2.5, 18.5, 12.0)


@dataclass(frozen=True)
class Animal:
    """One tagged animal; without `interval_h` its own movement pays for the positions of its collar.

    `silent_days` is how long its collar has sent nothing, `lost_days` how long it has lain where the animal lost it.
    """

    number: int
    source: str
    name: str
    scientific_name: str
    subtype: str
    sex: str
    iso3: str
    gait: Gait
    fitted_on: date
    interval_h: float | None = None
    silent_days: int = 0
    lost_days: int = 0

    @property
    def site(self) -> Site:
        return camera_site(self.iso3)

    @property
    def is_kinetic(self) -> bool:
        return self.interval_h is None

    @property
    def model(self) -> str:
        return KINETIC_MODEL if self.interval_h is None else f"{SCHEDULED_MODEL} {self.interval_h:g} h"


THAI, KENYAN = "thai-forest-warnings", "kenya-savannah-warnings"
AMUR, ALPINE = "amur-big-cats", "alpine-collars"
ASIAN = ("Elephas maximus", "asian_elephant")
AFRICAN = ("Loxodonta africana", "elephant")

ANIMALS = (
    Animal(1, THAI, "Thongdee", *ASIAN, "female", "THA", ELEPHANT, date(2025, 9, 12), 2.0),
    Animal(2, THAI, "Saenmuang", *ASIAN, "male", "THA", ELEPHANT, date(2025, 9, 14)),
    Animal(3, THAI, "Maliwan", *ASIAN, "female", "THA", ELEPHANT, date(2025, 10, 3)),
    Animal(4, THAI, "Duangjai", *ASIAN, "female", "THA", ELEPHANT, date(2025, 10, 5), 1.0, lost_days=2),
    Animal(5, THAI, "Khunsuek", *ASIAN, "male", "THA", ELEPHANT, date(2025, 10, 6), 4.0),
    Animal(6, KENYAN, "Nyotaye", *AFRICAN, "female", "KEN", ELEPHANT, date(2025, 9, 2), 2.0, silent_days=12),
    Animal(7, KENYAN, "Barakoi", *AFRICAN, "male", "KEN", ELEPHANT, date(2025, 9, 3)),
    Animal(8, KENYAN, "Lemarti", "Panthera leo", "lion", "male", "KEN", LION, date(2025, 10, 20)),
    Animal(9, AMUR, "Zarya", "Panthera tigris", "tiger", "f", "RUS", TIGER, date(2025, 8, 25), 2.0),
    Animal(10, AMUR, "Kedr", "Panthera pardus", "leopard", "m", "RUS", LEOPARD, date(2025, 10, 8), 3.0),
    Animal(11, ALPINE, "Arvenna", "Cervus elaphus", "red deer", "f", "CHE", DEER, date(2025, 9, 18)),
    Animal(12, ALPINE, "Firnel", "Lynx lynx", "lynx", "m", "CHE", LYNX, date(2025, 10, 9), 4.0),
)


def herd(source: str) -> tuple[Animal, ...]:
    """The animals whose collars report to one source."""
    return tuple(animal for animal in ANIMALS if animal.source == source)
