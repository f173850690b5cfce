"""What an EarthRanger server of the demo knows of its subjects, their collars and their positions."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from demo.cameras import EPOCH_S
from demo.chance import uniform
from demo.effort import DAY_S, FIRST_DAY
from demo.herds import ANIMALS, ENERGY_KEY, Animal, herd
from demo.tracks import fixes

Record = dict[str, Any]

NOWHERE_SHARE = 0.0002
EXCLUDED_SHARE = 0.0005
EXCLUDED_BY_SERVER = 2
EXCLUDED_OFF_DEG = 0.7
# A collar that was lost sends these last days once more each morning, in one go.
SENT_AGAIN_DAYS = 4
OPEN_END = "9999-12-31T23:59:59.999999Z"
DETAILS = "observation_details"
OTHERS = (("Ranger team Hornbill", "person", "ranger"), ("Car 3", "vehicle", "truck"))


def id_of(*parts: object) -> str:
    """The id that a server of the demo gives to something, the same whenever it is asked."""
    return str(uuid5(NAMESPACE_URL, "/".join(map(str, ("https://field.example", *parts)))))


def subject_id(animal: Animal) -> str:
    return id_of("subject", animal.number)


def tag_id(animal: Animal) -> str:
    return id_of("collar", animal.number)


def utc(seconds: np.ndarray) -> np.ndarray:
    """Moments (seconds after `FIRST_DAY`) as 2026-05-01T18:30:00+00:00."""
    clock = np.datetime_as_string((np.asarray(seconds).astype("int64") + EPOCH_S).astype("datetime64[s]"))
    return np.strings.add(clock, "+00:00")


def subjects(source: str, today: date) -> list[Record]:
    """The tagged animals of a source, and a team and a car that are tracked as well."""
    listed = [_subject(animal, today) for animal in herd(source)]
    for name, kind, subtype in OTHERS:
        listed.append(
            {"id": id_of(source, name), "name": name, "subject_type": kind, "subject_subtype": subtype}
            | {"is_active": True, "sex": "", "last_position_date": None, "additional": {}}
        )
    return listed


def _subject(animal: Animal, today: date) -> Record:
    last = observations(animal, today)[-1]
    return {
        "id": subject_id(animal),
        "name": animal.name,
        "subject_type": "wildlife",
        "subject_subtype": animal.subtype,
        "sex": animal.sex,
        "is_active": True,
        "tracks_available": True,
        "last_position_date": last["recorded_at"],
        "additional": {},
    }


def tags(source: str) -> list[Record]:
    """The collars of a source, each with its model."""
    return [
        {"id": tag_id(animal), "source_type": "tracking-device", "manufacturer_id": f"C-{animal.number:03}"}
        | {"model_name": animal.model, "provider": "demo-collars", "additional": {}}
        for animal in herd(source)
    ]


def assignments(source: str) -> list[Record]:
    """Which animal carries which collar since when."""
    return [
        {"id": id_of("assignment", animal.number), "subject": subject_id(animal), "source": tag_id(animal)}
        | {"assigned_range": {"lower": f"{animal.fitted_on}T09:00:00Z", "upper": OPEN_END, "bounds": "[)"}}
        for animal in herd(source)
    ]


@lru_cache(maxsize=len(ANIMALS))
def observations(animal: Animal, today: date) -> list[Record]:
    """The positions of an animal by time; a few are excluded as wrong, and a few lie where there is no reception."""
    found = fixes(animal, today)
    fixed_s = found["fixed_s"].to_numpy()
    chance = uniform("position", animal.number, fixed_s)
    is_nowhere = chance < NOWHERE_SHARE
    is_excluded = (chance > 1 - EXCLUDED_SHARE) & ~is_nowhere
    latitude = found["latitude"].to_numpy() + EXCLUDED_OFF_DEG * is_excluded
    columns = (
        utc(fixed_s).tolist(),
        utc(_created_s(animal, fixed_s, today)).tolist(),
        np.where(is_nowhere, 0.0, latitude).round(6).tolist(),
        np.where(is_nowhere, 0.0, found["longitude"]).tolist(),
        np.where(is_excluded, EXCLUDED_BY_SERVER, 0).tolist(),
        found["energy_j"].tolist(),
    )
    tag = tag_id(animal)
    return [
        {
            "id": id_of("position", animal.number, recorded_at),
            "location": {"longitude": longitude, "latitude": latitude},
            "recorded_at": recorded_at,
            "created_at": created_at,
            "exclusion_flags": flags,
            "source": tag,
        }
        | ({DETAILS: {ENERGY_KEY: energy_j}} if animal.is_kinetic else {})
        for recorded_at, created_at, latitude, longitude, flags, energy_j in zip(*columns, strict=True)
    ]


def _created_s(animal: Animal, fixed_s: np.ndarray, today: date) -> np.ndarray:
    created_s = fixed_s + 60 + (180 * uniform("upload", animal.number, fixed_s)).astype(int)
    if not animal.lost_days:
        return created_s
    is_sent_again = fixed_s >= (today - timedelta(days=SENT_AGAIN_DAYS) - FIRST_DAY).days * DAY_S
    return np.where(is_sent_again, (today - FIRST_DAY).days * DAY_S + 1200, created_s)
