"""Asking the public dashboard of ReefCloud for the modelled cover of tiers and sites; only what is read is kept.

Shapes: https://api.reefcloud.ai/reefcloud/dashboard-api/docs and https://github.com/ReefCloud/reefcloudreporting, which
plots `median` between `low` and `high`, the 95 % credible interval, as percent.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from connectors.address import parse_address
from connectors.base import Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.http import Client
from connectors.options import refused
from connectors.values import WrongValue, read_number, whole_of

Record = Mapping[str, Any]

BASE_PATH = "/reefcloud/dashboard-api"
# A site is the lowest tier, so the surveys of both are asked for alike.
KINDS = {"tiers": "tier", "sites": "site"}
PLACE_FIELDS = {"tiers": ("name",), "sites": ("site_name", "name")}
POSITION = ("site_latitude", "site_longitude")
SURVEY_FIELDS = ("date", "depth", "tier_level", "public")
FIGURES = ("low", "mean", "median", "high")
# The parts of a whole add up to 1 or to 100; medians do so only about.
FRACTIONS_MAX_SUM = 1.05
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
METHOD = "ReefCloud model"
# The dashboard calls what is less than 5 m deep deep_lt_5m.
DEPTHS = {"deep_gt_5m": "deeper than 5 m", "deep_lt_5m": "shallower than 5 m", "no_depth": ""}
METRIC_OF = {
    "HARD CORAL": "hard_coral_pct",
    "SOFT CORAL": "soft_coral_pct",
    "MACROALGAE": "macroalgae_pct",
    "TURF ALGAE": "turf_algae_pct",
    "CRUSTOSE CORALLINE ALGAE": "coralline_algae_pct",
}


@dataclass(frozen=True)
class Asked:
    """One tier or site of the options: what it is, and its id."""

    option: str
    id: str

    @property
    def name(self) -> str:
        return f"{KINDS[self.option]} {self.id}"


def read_asked(source: Source) -> list[Asked]:
    """What the options `tiers` and `sites` name; raises SourceRefused when an id is wrong or there is none."""
    asked = []
    for option in KINDS:
        given = source.options.get(option, ())
        ids = given if isinstance(given, list | tuple) else (given,)
        if not all(isinstance(id_, str | int) and not isinstance(id_, bool) and ID.fullmatch(str(id_)) for id_ in ids):
            raise refused(source, option, "a list of ids", "[1705]")
        asked += [Asked(option, id_) for id_ in dict.fromkeys(map(str, ids))]
    if not asked:
        raise SourceRefused(
            f"{source.name}: neither `tiers` nor `sites` says what to ask for",
            "Set options = { tiers = [1705] }; the id stands in the address of the tier on the dashboard.",
        )
    return asked


def read_answers(source: Source) -> Iterator[tuple[Asked, dict[str, Any]]]:
    """For each tier and site its place and its surveys, as they may be stored."""
    with Client(source.name, _base(source)) as client:
        for asked in read_asked(source):
            place = _data(client, f"/{asked.option}/{asked.id}", source)
            surveys = _data(client, f"/surveys/{asked.id}", source)
            if not isinstance(place, Mapping):
                raise SourceChanged(f"{source.name}: /{asked.option}/{asked.id} answered without an object in `data`")
            yield asked, {"place": _kept_place(asked, place), "surveys": _kept_surveys(asked, surveys, source)}


def _base(source: Source) -> str:
    address = parse_address(source.name, source.location)
    if address.query or address.fragment:
        raise SourceRefused(
            f"{source.name}: its address holds more than a path", "Tiers and sites belong in `options`."
        )
    base = address.url.rstrip("/")
    return base if (address.path or "/").strip("/") else base + BASE_PATH


def _data(client: Client, path: str, source: Source) -> Any:
    answer = client.get_json(path).data
    if not isinstance(answer, Mapping) or "data" not in answer:
        raise SourceChanged(f"{source.name}: {path} answered without the field data")
    return answer["data"]


def _kept_place(asked: Asked, place: Record) -> dict[str, Any]:
    name = next((place[field] for field in PLACE_FIELDS[asked.option] if place.get(field)), None)
    return {"name": name, **{field: place.get(field) for field in POSITION}}


def _kept_surveys(asked: Asked, surveys: Any, source: Source) -> list[dict[str, Any]]:
    where = f"{source.name}: /surveys/{asked.id}"
    if surveys is None:
        return []
    if not isinstance(surveys, list) or not all(isinstance(survey, Mapping) for survey in surveys):
        raise SourceChanged(f"{where} holds no list of surveys")
    for name in ("date", "depth", "compositions"):
        if surveys and not any(name in survey for survey in surveys):
            raise SourceChanged(f"{where}: no survey has the field {name}")
    return [_kept_survey(survey) for survey in surveys]


def _kept_survey(survey: Record) -> dict[str, Any]:
    """The figures of a survey that is not public are left out before anything is stored."""
    found = {name: survey[name] for name in SURVEY_FIELDS if name in survey}
    compositions = survey.get("compositions")
    if _is_public(survey) and isinstance(compositions, list):
        found["compositions"] = [
            {name: part.get(name) for name in ("type", *FIGURES)} for part in compositions if isinstance(part, Mapping)
        ]
    return found


def _is_public(survey: Record) -> bool:
    """Whether the dashboard says so with the word true, or says nothing of it."""
    return survey.get("public", True) is True


def read_payload(path: Path, where: str) -> tuple[Record, list[Record]]:
    """The place and the surveys that `read_answers` gave, from the file in which they are kept."""
    try:
        kept = json.loads(path.read_bytes())
        return kept["place"], kept["surveys"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceChanged(f"{where} cannot be read ({type(error).__name__})") from error


@dataclass
class Modelled:
    """Turns surveys into rows, and counts what is left out of them and the surveys that hold fractions of one."""

    fractions: int = 0
    private: int = 0
    repeated: int = 0
    other_types: Counter[str] = field(default_factory=Counter)
    seen: set[tuple[str, ...]] = field(default_factory=set)

    def rows(self, asked: Asked, station: str, place: Record, survey: Record) -> Iterator[dict[str, Any] | WrongValue]:
        """One row for each composition that is read, or what is wrong with it."""
        if not _is_public(survey):
            self.private += 1
            return
        try:
            shared = self._shared(asked, station, place, survey)
        except WrongValue as wrong:
            yield wrong
            return
        parts = survey.get("compositions") or ()
        scale = _scale_of(parts)
        self.fractions += scale != 1
        for part in parts:
            kind = str(part.get("type") or "").strip().upper()
            if kind not in METRIC_OF:
                self.other_types[kind] += 1
                continue
            if (shared["survey_id"], kind) in self.seen:
                self.repeated += 1
                continue
            self.seen.add((shared["survey_id"], kind))
            try:
                yield {**shared, "metric": METRIC_OF[kind], **_values(kind, part, scale)}
            except WrongValue as wrong:
                yield wrong

    def _shared(self, asked: Asked, station: str, place: Record, survey: Record) -> dict[str, Any]:
        day, depth, level = text_of(survey, "date"), _depth(survey), _tier_level(survey)
        try:
            surveyed_on = date.fromisoformat((day or "")[:10])
        except ValueError:
            raise WrongValue("date", day, "it is not a day written as 2024-12-31") from None
        words = [METHOD, "" if level is None else f"tier {level}", DEPTHS[depth]]
        return {
            "survey_id": f"{asked.name} {surveyed_on.isoformat()} {depth}",
            "station": station,
            "surveyed_on": surveyed_on,
            "method": ", ".join(word for word in words if word),
            "labelled_by": "model",
            "latitude": _number(POSITION[0], place.get(POSITION[0]), -90, 90),
            "longitude": _number(POSITION[1], place.get(POSITION[1]), -180, 180),
        }


def _depth(survey: Record) -> str:
    depth = survey.get("depth")
    if depth is None:
        return "no_depth"
    if not isinstance(depth, str) or depth not in DEPTHS:
        raise WrongValue("depth", text_of(survey, "depth"), f"it is none of {', '.join(DEPTHS)}")
    return depth


def _tier_level(survey: Record) -> int | None:
    level = survey.get("tier_level")
    return None if level is None else whole_of("tier_level", str(level))


def _values(kind: str, part: Record, scale: int) -> dict[str, float | None]:
    median, low, high = (_percent(f"{kind}.{name}", part.get(name), scale) for name in ("median", "low", "high"))
    if median is None:
        raise WrongValue(f"{kind}.median", None, "it is missing")
    if low is not None and low > median:
        raise WrongValue(f"{kind}.low", str(part["low"]), "it is above the median")
    if high is not None and high < median:
        raise WrongValue(f"{kind}.high", str(part["high"]), "it is below the median")
    return {"value": median, "value_low": low, "value_high": high}


def _percent(name: str, value: Any, scale: int) -> float | None:
    number = _number(name, value, 0, 100 / scale)
    return None if number is None else number * scale


def _scale_of(parts: Iterable[Record]) -> int:
    """100 when the parts of a survey add up to one at most and not to a hundred, as fractions do; else 1."""
    total = sum(_share(part) for part in parts)
    return 100 if 0 < total <= FRACTIONS_MAX_SUM else 1


def _share(part: Record) -> float:
    """The median, or the mean of a part without one; 0 when it is no number."""
    for name in ("median", "mean"):
        with suppress(WrongValue):
            if number := _number(name, part.get(name), 0, math.inf):
                return number
    return 0.0


def _number(name: str, value: Any, lowest: float, highest: float) -> float | None:
    if isinstance(value, bool | Mapping | list):
        raise WrongValue(name, str(value), "it is not a number")
    return None if value is None else read_number(name, str(value), lowest, highest)


def text_of(record: Record, name: str) -> str | None:
    """What a field holds, as text; None when that is nothing."""
    value = record.get(name)
    if value is None or isinstance(value, bool | Mapping | list):
        return None
    return str(value).strip().encode(errors="replace").decode() or None
