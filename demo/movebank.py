"""The demo's Movebank: studies of tagged animals, sent as CSV tables by `direct-read` once their licence is accepted.

The real service shows the terms of a study as a page in place of its positions, until the same client sends their MD5.
"""

import csv
import hashlib
import hmac
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from http import HTTPStatus

import numpy as np

from demo.answers import Reply, Request
from demo.cameras import EPOCH_S
from demo.chance import uniform
from demo.herds import ALPINE, AMUR, ENERGY_KEY, Animal, herd
from demo.tracks import fixes

PREFIX = "/movebank/"
PATH = re.compile(r"/movebank/([\w-]+)/service/direct-read")
TERMS = (
    b"<html><body><h2>License Terms:</h2><p>These animals are invented. Use them as you like, and do not take them for "
    b"real ones.</p></body></html>"
)
LICENCE_MD5 = hashlib.md5(TERMS, usedforsecurity=False).hexdigest()
SESSION = "session=demo"
NO_PERMISSION = b"\n<p>No data available.</p><p>Please contact the data owner for permission to access data.</p>"
GPS = "653"
MEASURED = ("timestamp", "location_long", "location_lat", "visible")
POSITION_COLUMNS = "timestamp,location_lat,location_long,individual_id,tag_id"
DEPLOYMENT_COLUMNS = "id,deploy_on_timestamp,deploy_off_timestamp"
FILTERS = ("update_ts", "timestamp")
COMPACT_TIME = r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})"
FIRST_TIME = "19000101000000000"
UPLOAD_S = 5400
OUTLIER_SHARE = 0.0006
OUTLIER_OFF_DEG = 0.8
WITHOUT_PLACE_SHARE = 0.004

Rows = list[dict[str, object]]


@dataclass(frozen=True)
class Study:
    """One study, and whether a person must accept its terms before positions are sent."""

    source: str
    study_id: int
    name: str
    asks_licence: bool = False


STUDIES = (
    Study(AMUR, 990001, "Big cats of an invented forest", asks_licence=True),
    Study(ALPINE, 990002, "Deer and lynx of an invented valley"),
)
BY_SOURCE = {study.source: study for study in STUDIES}


def reply(request: Request, today: date, token: str) -> Reply:
    """The answer of the service: a table, the licence terms, or a page that says there is nothing to see."""
    match = PATH.fullmatch(request.path)
    study = BY_SOURCE.get(match[1]) if match else None
    asked = request.parameters
    if study is None:
        return Reply(HTTPStatus.NOT_FOUND)
    is_known = hmac.compare_digest(asked.get("api-token", "").encode(), token.encode())
    if not is_known or asked.get("study_id") != str(study.study_id):
        return Reply(HTTPStatus.OK, NO_PERMISSION, {"Content-Type": "text/html"})
    make = TABLES.get(asked.get("entity_type", ""))
    is_odd = any(not re.fullmatch(COMPACT_TIME, asked.get(f"{name}_start", FIRST_TIME)) for name in FILTERS)
    if make is None or is_odd or (make is _attributes and "sensor_type_id" not in asked):
        return Reply(HTTPStatus.INTERNAL_SERVER_ERROR)
    if make is _positions and study.asks_licence and "license-md5" not in asked:
        headers = {"Content-Type": "text/html", "accept-license": "true", "Set-Cookie": SESSION}
        return Reply(HTTPStatus.OK, TERMS, headers)
    if "license-md5" in asked and (asked["license-md5"], request.cookie) != (LICENCE_MD5, SESSION):
        return Reply(HTTPStatus.FORBIDDEN)
    return Reply(HTTPStatus.OK, make(study, today, asked).encode(), {"Content-Type": "text/csv"})


def _individuals(study: Study, today: date, asked: Mapping[str, str]) -> str:
    rows = [
        {"id": 7000 + animal.number, "local_identifier": animal.name, "nick_name": "", "sex": animal.sex}
        | {"taxon_canonical_name": animal.scientific_name}
        for animal in herd(study.source)
    ]
    return _csv(list(rows[0]), rows)


def _tags(study: Study, today: date, asked: Mapping[str, str]) -> str:
    rows = [
        {"id": 8000 + animal.number, "local_identifier": _tag(animal), "manufacturer_name": "", "model": animal.model}
        for animal in herd(study.source)
    ]
    return _csv(list(rows[0]), rows)


def _deployments(study: Study, today: date, asked: Mapping[str, str]) -> str:
    rows = [
        {"id": 9000 + animal.number, "individual_id": 7000 + animal.number, "tag_id": 8000 + animal.number}
        | {"deploy_on_timestamp": f"{animal.fitted_on} 00:00:00.000", "deploy_off_timestamp": ""}
        for animal in herd(study.source)
    ]
    return _csv(asked.get("attributes", DEPLOYMENT_COLUMNS).split(","), rows)


def _attributes(study: Study, today: date, asked: Mapping[str, str]) -> str:
    measured = [*MEASURED, *([ENERGY_KEY] if any(animal.is_kinetic for animal in herd(study.source)) else [])]
    same: dict[str, object] = {"study_id": study.study_id, "sensor_type_id": asked["sensor_type_id"]}
    return _csv([*same, "short_name"], [same | {"short_name": name} for name in measured])


def _positions(study: Study, today: date, asked: Mapping[str, str]) -> str:
    """The positions added or changed since `update_ts_start`, and recorded since `timestamp_start`."""
    since = {name: _clock_of(asked.get(f"{name}_start", FIRST_TIME)) for name in FILTERS}
    if asked.get("sensor_type_id", GPS) != GPS:
        since["timestamp"] = "9999"
    rows = [
        row
        for animal in herd(study.source)
        for row in _track(animal, today)
        if all(str(row[name]) >= start for name, start in since.items())
    ]
    return _csv(asked.get("attributes", POSITION_COLUMNS).split(","), rows)


@lru_cache(maxsize=8)
def _track(animal: Animal, today: date) -> Rows:
    """Every row of an animal; a few are marked as outliers, and in a few the tag found no place."""
    found = fixes(animal, today)
    fixed_s = found["fixed_s"].to_numpy()
    chance = uniform("position", animal.number, fixed_s)
    is_outlier, has_place = chance < OUTLIER_SHARE, chance < 1 - WITHOUT_PLACE_SHARE
    latitude = (found["latitude"].to_numpy() + OUTLIER_OFF_DEG * is_outlier).round(6)
    columns = (
        _clock(fixed_s),
        _clock(fixed_s + UPLOAD_S),
        np.where(has_place, latitude.astype(str), "").tolist(),
        np.where(has_place, found["longitude"].to_numpy().astype(str), "").tolist(),
        np.where(is_outlier, "false", "true").tolist(),
        np.where(found["energy_j"].isna(), "", found["energy_j"].to_numpy().astype(str)).tolist(),
        fixed_s.tolist(),
    )
    whose = {
        "individual_id": 7000 + animal.number,
        "individual_local_identifier": animal.name,
        "individual_taxon_canonical_name": animal.scientific_name,
        "tag_id": 8000 + animal.number,
        "tag_local_identifier": _tag(animal),
    }
    return [
        whose
        | {"timestamp": at, "update_ts": update, "location_lat": lat, "location_long": lon, "visible": visible}
        | {ENERGY_KEY: energy_j, "event_id": animal.number * 10**10 + second}
        for at, update, lat, lon, visible, energy_j, second in zip(*columns, strict=True)
    ]


def _tag(animal: Animal) -> str:
    return f"C-{animal.number:03}"


def _clock(seconds: np.ndarray) -> list[str]:
    """Moments (seconds after `FIRST_DAY`) as 2026-05-01 18:30:00.000."""
    moments = (seconds + EPOCH_S).astype("datetime64[s]").astype("datetime64[ms]")
    return np.strings.replace(np.datetime_as_string(moments), "T", " ").tolist()


def _clock_of(compact: str) -> str:
    """A time of the form 20260501183000000 as the tables write it."""
    return re.sub(COMPACT_TIME, r"\1-\2-\3 \4:\5:\6.\7", compact)


def _csv(names: list[str], rows: Rows) -> str:
    """A table; columns that the service does not know are empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


TABLES: Mapping[str, Callable[[Study, date, Mapping[str, str]], str]] = {
    "individual": _individuals,
    "tag": _tags,
    "deployment": _deployments,
    "study_attribute": _attributes,
    "event": _positions,
}
