"""The IUCN Red List: the global category of each species, asked one by one (API v4).

Its terms forbid to pass its data on: they are stored and shown with the user's own token, and never exported.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source, raw_json
from connectors.errors import NothingThere, SourceChanged, SourceRefused
from connectors.http import Client
from connectors.options import listed, refused
from connectors.red_list_assessment import Assessment, latest_global, population_trend
from connectors.secret import secret_of
from connectors.values import WrongValue
from data.schema import RED_LIST

BINOMIAL = re.compile(r"[A-Z][a-z-]+ (?!(?:spp?|cf|aff)$)[a-z-]+")
SPECIES_PATH = "/taxa/scientific_name"
# Two questions each, and a pause before each: a first pull of a large network must end within minutes.
SPECIES_PER_PULL = 200
PAUSE_S = 0.5
KEEP_DAYS = 180
IN_VAIN = 5


class RedList(Connector):
    """Asks at the base address (https://api.iucnredlist.org/api/v4) for the species of the store.

    Only names of two words are asked for; nothing else of the store leaves it. Of a species its newest global
    assessment counts. A species that was asked for is asked again after `keep_days`.
    Options: `species`, a list of names in place of those of the store; `keep_days` (default 180); `pause_s` (default
    0.5), the pause before each question in seconds.
    """

    name = "red_list"
    title = "IUCN Red List categories"
    tables = ("red_list",)
    wants_taxa = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        today = datetime.now(UTC).date()
        asked = _still_valid(source, cursor, today)
        wanted = [name for name in _species(source) if name not in asked]
        if not wanted and asked:
            return Fetched(cursor={"asked": asked}, is_unchanged=True)
        pause_s = _number(source, "pause_s", PAUSE_S)
        with Client(source.name, source.location, secret_of(source), scheme="") as client:
            questions = _Questions(source.name, client, workspace, pause_s)
            for name in wanted[:SPECIES_PER_PULL]:
                questions.ask(name)
        if not asked and questions.are_in_vain:
            raise SourceRefused(
                f"{source.name}: the Red List knows none of the species asked for",
                "Check that `location` is the base address of the API, such as https://api.iucnredlist.org/api/v4.",
            )
        payloads = questions.payloads(today, len(wanted[SPECIES_PER_PULL:]))
        asked |= dict.fromkeys(wanted[:SPECIES_PER_PULL], today.isoformat())
        return Fetched(payloads, {"asked": asked})

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        answers = [payload for payload in payloads if "species" in payload.meta]
        trends = {payload.meta["trend_of"]: payload for payload in payloads if "trend_of" in payload.meta}
        without_global = []
        for number, payload in enumerate(answers, 1):
            yield Read(1)
            name = payload.meta["species"]
            assessment = latest_global(_json_of(source, payload), f"{source.name}: {payload.name}")
            if assessment is None:
                without_global.append(name)
                continue
            trend = population_trend(_json_of(source, trends[name])) if name in trends else None
            yield _row(assessment, name, number, trend, payload.meta["asked_on"])
        yield from _notices(source, payloads, without_global)


class _Questions:
    """Asks about one species after another and saves the answers."""

    def __init__(self, source_name: str, client: Client, workspace: Path, pause_s: float) -> None:
        self._source_name = source_name
        self._client = client
        self._workspace = workspace
        self._pause_s = pause_s
        self._saved: list[tuple[str, Path, Mapping[str, str]]] = []
        self._unknown: list[str] = []

    def ask(self, name: str) -> None:
        """The assessments of a species, and the newest global one as a whole, which alone tells the trend."""
        genus, species = name.split(" ")
        asked = {"genus_name": genus, "species_name": species}
        answer = self._get(SPECIES_PATH, asked, f"{SPECIES_PATH} of {name}", {"species": name})
        if answer is None:
            self._unknown.append(name)
            return
        assessment = latest_global(answer, f"{self._source_name}: {SPECIES_PATH} of {name}")
        if assessment is not None and assessment.number is not None:
            path = f"/assessment/{assessment.number}"
            self._get(path, {}, path, {"trend_of": name})

    def _get(self, path: str, asked: Mapping[str, str], name: str, meta: Mapping[str, str]) -> Any:
        """The answer, None where there is nothing."""
        time.sleep(self._pause_s)
        try:
            answer = self._client.get_json(path, asked)
        except NothingThere:
            return None
        self._save(name, answer.body, meta)
        return answer.data

    def _save(self, name: str, body: bytes, meta: Mapping[str, str]) -> None:
        path = self._workspace / f"answer-{len(self._saved) + 1:05}.json"
        path.write_bytes(body)
        self._saved.append((name, path, meta))

    @property
    def are_in_vain(self) -> bool:
        """Whether nothing answered to so many questions that the address must be wrong."""
        return not self._saved and len(self._unknown) >= IN_VAIN

    def payloads(self, today: date, waiting: int) -> tuple[Payload, ...]:
        """The answers, and last a list of the species that the Red List does not know."""
        self._save("species without an answer", json.dumps(self._unknown).encode(), {"waiting": str(waiting)})
        return tuple(Payload(name, path, {**meta, "asked_on": today.isoformat()}) for name, path, meta in self._saved)


def _still_valid(source: Source, cursor: Mapping[str, Any], today: date) -> dict[str, str]:
    """The species asked for lately, each with its day."""
    oldest = today - timedelta(days=_number(source, "keep_days", KEEP_DAYS))
    asked = cursor.get("asked", {})
    return {name: day for name, day in asked.items() if date.fromisoformat(day) > oldest}


def _species(source: Source) -> list[str]:
    """The species to ask for, in order; raises SourceRefused when the option names something else than a species."""
    configured = listed(source, "species", '["Panthera leo"]')
    if not all(BINOMIAL.fullmatch(name) for name in configured):
        raise refused(source, "species", "a list of names of two words", '["Panthera leo"]')
    return sorted({name for name in configured or source.taxa if BINOMIAL.fullmatch(name)})


def _number(source: Source, name: str, default: float) -> float:
    number = source.options.get(name, default)
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= 10_000:
        raise refused(source, name, "a number from 0 to 10,000", str(default))
    return number


def _row(assessment: Assessment, name: str, number: int, trend: str | None, asked_on: str) -> Parsed:
    raw = raw_json(assessment.record)
    try:
        row = {
            "scientific_name": name,
            "category": assessment.category,
            "year_published": assessment.year_published,
            "population_trend": trend,
            "link": assessment.link,
            "asked_on": date.fromisoformat(asked_on),
        }
    except WrongValue as wrong:
        return Refusal("red_list", number, wrong.field, wrong.value, wrong.reason, raw)
    rows = pa.Table.from_pylist([row], schema=RED_LIST.arrow_schema)
    return Rows("red_list", rows, pa.array([number], pa.int64()), lambda position: raw)


def _notices(source: Source, payloads: tuple[Payload, ...], without_global: list[str]) -> Iterator[Notice]:
    for payload in payloads:
        if "waiting" not in payload.meta:
            continue
        unknown, waiting = _json_of(source, payload), int(payload.meta["waiting"])
        if len(payloads) == 1 and not unknown:
            yield Notice("No species is known yet: they are asked for once other sources were pulled.")
        if unknown:
            yield Notice(f"The Red List has no assessment of {_shortened(unknown)}.")
        if waiting:
            yield Notice(f"{waiting} more species are asked for at the next pulls, so as not to hurry the server.")
    if without_global:
        yield Notice(f"Only regional assessments exist of {_shortened(without_global)}.")


def _shortened(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{len(names)} species: {', '.join(map(str, names[:5]))}{more}"


def _json_of(source: Source, payload: Payload) -> Any:
    try:
        return json.loads(payload.path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{source.name}: {payload.name} is not JSON") from error
