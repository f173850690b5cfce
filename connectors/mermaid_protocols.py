"""What a MERMAID sample event says: who measured nothing of it, and the figures of each method.

Only what is named here is kept of an answer, so that no name of a person, e-mail or note is ever stored.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.values import WrongValue, read_number

Record = Mapping[str, Any]

SITE_FIELDS = ("site_id", "site_name", "project_id", "project_name", "country_id", "country_name")
EVENT_FIELDS = ("sample_event_id", *SITE_FIELDS, "latitude", "longitude", "sample_date")
COUNT = "sample_unit_count"
DEPTH = "depth_avg"
SAMPLE_UNITS_MAX = 1_000_000
SCORE_MAX = 5


@dataclass(frozen=True)
class Figure:
    """Where the mean of a metric and its standard deviation stand in a method's part, and the highest value it takes.

    With a `category` both are maps from categories.
    """

    metric: str
    mean: str
    deviation: str
    category: str = ""
    highest: float = 100


@dataclass(frozen=True)
class Method:
    """The field that holds the data policy of a method, and its figures."""

    policy: str
    figures: tuple[Figure, ...]


_CATEGORIES = {
    "hard_coral_pct": "Hard coral",
    "soft_coral_pct": "Soft coral",
    "macroalgae_pct": "Macroalgae",
    "turf_algae_pct": "Turf algae",
    "coralline_algae_pct": "Crustose coralline algae",
}
_COVER = tuple(
    Figure(metric, "percent_cover_benthic_category_avg", "percent_cover_benthic_category_sd", category)
    for metric, category in _CATEGORIES.items()
)
# The macroalgae of this method are called algae in its fields alone.
_QUADRATS = {"hard_coral_pct": "hard", "soft_coral_pct": "soft", "macroalgae_pct": "algae"}
_COLONIES = {
    "normal_pct": "normal",
    "pale_pct": "pale",
    "bleached_20_pct": "20",
    "bleached_50_pct": "50",
    "bleached_80_pct": "80",
    "bleached_100_pct": "100",
    "recently_dead_pct": "dead",
    "bleached_pct": "bleached",
}
METHODS: Mapping[str, Method] = {
    "benthicpit": Method("data_policy_benthicpit", _COVER),
    "benthiclit": Method("data_policy_benthiclit", _COVER),
    "benthicpqt": Method("data_policy_benthicpqt", _COVER),
    "quadrat_benthic_percent": Method(
        "data_policy_bleachingqc",
        tuple(
            Figure(metric, f"percent_{name}_avg_avg", f"percent_{name}_avg_sd") for metric, name in _QUADRATS.items()
        ),
    ),
    "colonies_bleached": Method(
        "data_policy_bleachingqc",
        tuple(Figure(metric, f"percent_{name}_avg", f"percent_{name}_sd") for metric, name in _COLONIES.items()),
    ),
    "beltfish": Method(
        "data_policy_beltfish",
        (Figure("fish_biomass_kgha", "biomass_kgha_avg", "biomass_kgha_sd", highest=math.inf),),
    ),
    "habitatcomplexity": Method(
        "data_policy_habitatcomplexity",
        (Figure("habitat_complexity_score", "score_avg_avg", "score_avg_sd", highest=SCORE_MAX),),
    ),
}


def kept(event: Record) -> dict[str, Any]:
    """What may be stored of a sample event; of a private method only how many sample units it has."""
    found = {name: event[name] for name in EVENT_FIELDS if name in event}
    protocols = event.get("protocols")
    if "protocols" in event:
        found["protocols"] = _kept_methods(event, protocols if isinstance(protocols, Mapping) else {})
    return found


def _kept_methods(event: Record, protocols: Record) -> dict[str, Any]:
    methods = {}
    for name, method in METHODS.items():
        part = protocols.get(name)
        if not isinstance(part, Mapping):
            continue
        is_private = str(event.get(method.policy)).casefold() == "private"
        is_hidden = is_private or not any(part[key] not in (None, {}) for key in part if key not in (COUNT, DEPTH))
        methods[name] = {COUNT: part.get(COUNT), "is_private": True} if is_hidden else _kept_part(method, part)
    return methods


def _kept_part(method: Method, part: Record) -> dict[str, Any]:
    numbers = {key: part[key] for key in (DEPTH, *_keys(method)) if part.get(key) not in (None, {})}
    return {COUNT: part.get(COUNT), **numbers}


def is_flat(event: Record) -> bool:
    """Whether a sample event is one of a project's view, which has the figures of one method beside its own fields."""
    return "protocols" not in event and bool(methods_of(event))


def methods_of(event: Record) -> list[str]:
    """The methods of a flat sample event, as the one data policy that it names tells; none without one."""
    policies = {method.policy for method in METHODS.values() if method.policy in event}
    return [name for name, method in METHODS.items() if len(policies) == 1 and method.policy in policies]


def nested(event: Record, methods: Sequence[str]) -> dict[str, Any]:
    """What may be stored of a flat sample event, in the shape of a summary.

    Who may read such a view sees everything in it, so nothing of it is private; a method without figures is left out
    where another one has some.
    """
    parts = {name: _kept_part(METHODS[name], event) for name in methods}
    told = {name: part for name, part in parts.items() if part.keys() - {COUNT, DEPTH}}
    found = {name: event[name] for name in EVENT_FIELDS if name in event}
    return {**found, "protocols": told or {methods[0]: parts[methods[0]]}}


def merged(events: Iterable[Record]) -> tuple[list[Record], int]:
    """One sample event for each identifier, with the methods of all of its own, and how many came again.

    The last one that tells of a method counts.
    """
    found: dict[str, dict[str, Any]] = {}
    without_id: list[Record] = []
    repeated = 0
    for event in events:
        key = text_of(event, "sample_event_id")
        if not key:
            without_id.append(event)
            continue
        before = found.setdefault(key, {**event, "protocols": {}})
        repeated += not before["protocols"].keys().isdisjoint(event["protocols"])
        before["protocols"] = {**before["protocols"], **event["protocols"]}
    return [*found.values(), *without_id], repeated


def _keys(method: Method) -> list[str]:
    return list(dict.fromkeys(key for figure in method.figures for key in (figure.mean, figure.deviation)))


def survey_of(event: Record) -> dict[str, Any]:
    """The columns that all figures of a sample event share; raises WrongValue when one cannot be used."""
    day = text_of(event, "sample_date")
    try:
        surveyed_on = date.fromisoformat(day) if day else None
    except ValueError:
        raise WrongValue("sample_date", day, "it is not a day written as 2024-12-31") from None
    survey = {"survey_id": text_of(event, "sample_event_id"), "station": text_of(event, "site_name")}
    for column, name in (("survey_id", "sample_event_id"), ("station", "site_name")):
        if not survey[column]:
            raise WrongValue(name, None, "it is missing")
    return {
        **survey,
        "surveyed_on": surveyed_on,
        "latitude": _number("latitude", event.get("latitude"), -90, 90),
        "longitude": _number("longitude", event.get("longitude"), -180, 180),
    }


def is_private(part: Record) -> bool:
    """Whether a kept part of a sample event tells only that the method was used."""
    return bool(part.get("is_private"))


def figures_of(method_name: str, part: Record) -> Iterator[dict[str, Any] | WrongValue]:
    """The columns of each figure that a method gives, or what is wrong with it; nothing where none is given."""
    for figure in METHODS[method_name].figures:
        try:
            value = _value(method_name, part, figure.mean, figure)
            if value is None:
                continue
            units = _number(f"{method_name}.{COUNT}", part.get(COUNT), 0, SAMPLE_UNITS_MAX)
            yield {
                "method": method_name,
                "metric": figure.metric,
                "value": value,
                "value_sd": _value(method_name, part, figure.deviation, figure),
                "sample_units": int(units or 0) or None,
                "depth_m": _number(f"{method_name}.{DEPTH}", part.get(DEPTH), 0, math.inf),
            }
        except WrongValue as wrong:
            yield wrong


def _value(method_name: str, part: Record, key: str, figure: Figure) -> float | None:
    value, field = part.get(key), f"{method_name}.{key}"
    if figure.category and value is not None:
        if not isinstance(value, Mapping):
            raise WrongValue(field, str(value), "it is not a map from categories to numbers")
        value, field = value.get(figure.category), f"{field}.{figure.category}"
    return _number(field, value, 0, figure.highest)


def _number(field: str, value: Any, lowest: float, highest: float) -> float | None:
    """A number that may come as text, as decimals do."""
    if value is None:
        return None
    if isinstance(value, bool | Mapping | Sequence) and not isinstance(value, str):
        raise WrongValue(field, str(value), "it is not a number")
    return read_number(field, str(value), lowest, highest)


def text_of(event: Record, name: str) -> str | None:
    """What a field holds, as text; None when that is nothing."""
    value = event.get(name)
    if value is None or isinstance(value, bool | Mapping | list):
        return None
    # Half a surrogate pair is legal in JSON and nowhere else.
    return str(value).strip().encode(errors="replace").decode() or None
