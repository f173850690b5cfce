"""The registry of protected and conserved areas: Protected Planet API v4 (v3 answers are read too).

The registry forbids to pass its boundaries on, so every boundary is marked as not redistributable.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source, raw_json
from connectors.errors import SourceChanged, SourceRefused
from connectors.http import Answer, Client
from connectors.protected_area import ID_FIELDS, NAME_FIELDS, country_iso3, read_area, read_listing, site_id_of
from connectors.secret import secret_of
from connectors.values import WrongValue
from data.schema import TABLES

PATH = "/v4/protected_areas"
PER_PAGE_MAX = 50
AREAS_MAX = 50_000


@dataclass(frozen=True)
class _Query:
    """One question to the API; `country` is the ISO3 code that its answer must hold, if any."""

    path: str
    params: Mapping[str, str]
    country: str = ""
    is_paged: bool = True


@dataclass
class _Block:
    """The rows of one page: for each table the rows, their numbers and the areas that they were read from."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    areas: list[Mapping[str, Any]] = field(default_factory=list)

    def add(self, row: dict[str, Any], number: int, area: Mapping[str, Any]) -> None:
        self.rows.append(row)
        self.numbers.append(number)
        self.areas.append(area)

    def as_rows(self, table: str) -> Rows:
        rows = pa.Table.from_pylist(self.rows, schema=TABLES[table].arrow_schema)
        return Rows(table, rows, pa.array(self.numbers, pa.int64()), lambda position: _raw(self.areas[position]))


@dataclass
class _Tally:
    """What has been seen so far: the areas of each query, those left out, and how many the registry counts."""

    number: int = 0
    repeated: int = 0
    elsewhere: int = 0
    stored: set[str] = field(default_factory=set)
    seen: dict[str, set[str]] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)

    def is_new(self, area: Mapping[str, Any], payload: Payload) -> bool:
        """Count the area; false when it came before, or lies outside the country that was asked for."""
        query, country, key = payload.meta.get("query", ""), payload.meta.get("country", ""), _key(area)
        codes = country_iso3(area)
        self.number += 1
        self.totals[query] = int(payload.meta.get("total") or 0)
        self.seen.setdefault(query, set()).add(key)
        if codes and country not in codes:
            self.elsewhere += 1
            return False
        self.repeated += key in self.stored
        is_new = key not in self.stored
        self.stored.add(key)
        return is_new

    def notices(self) -> Iterator[Notice]:
        for problem, site_ids in self.problems.items():
            more = f" and {len(site_ids) - 5} more" if len(site_ids) > 5 else ""
            yield Notice(f"Site {', '.join(site_ids[:5])}{more}: {problem}.")
        if self.elsewhere:
            yield Notice(f"{self.elsewhere} areas lie outside the country that was asked for and are left out.")
        if self.repeated:
            yield Notice(f"{self.repeated} areas were sent more than once and are stored once.")
        for query, total in self.totals.items():
            if (sent := len(self.seen[query])) < total:
                yield Notice(f"The registry counts {total} areas for {query} but sent {sent}, although asked twice.")


class ProtectedPlanet(Connector):
    """Reads the areas of `countries` (ISO3 codes) and `sites` (site ids), or all of `path` when neither is given.

    Options: `countries`, `sites`, `path` (default /v4/protected_areas), `with_geometry` (default true),
    `per_page` (default and maximum 50).
    """

    name = "protected_planet"
    title = "Protected Planet registry of protected and conserved areas"
    tables = ("sites", "boundaries", "listings")
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        payloads: list[Payload] = []
        with Client(source.name, source.location, secret_of(source), token_parameter="token") as client:  # noqa: S106
            for query in _queries(source):
                for answer, name in _answers(client, source, query):
                    path = workspace / f"page-{len(payloads) + 1:05}.json"
                    path.write_bytes(answer.body)
                    payloads.append(Payload(name, path, _meta(answer, query)))
        digest = _digest(source, payloads)
        if digest == cursor.get("areas_sha256"):
            return Fetched(cursor=cursor, is_unchanged=True)
        return Fetched(tuple(payloads), {"areas_sha256": digest})

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        tally = _Tally()
        for payload in payloads:
            areas = _areas(source.name, payload.name, _json_of(source, payload))
            yield Read(len(areas))
            blocks = {table: _Block() for table in self.tables}
            for area in areas:
                if tally.is_new(area, payload):
                    yield from _read_into(blocks, area, tally)
            yield from (block.as_rows(table) for table, block in blocks.items() if block.rows)
        yield from tally.notices()
        if any(payload.meta.get("is_deprecated") for payload in payloads):
            yield Notice("The registry calls this version of its API deprecated; set `path` to a newer one.")


def _queries(source: Source) -> list[_Query]:
    options = source.options
    path = "/" + str(options.get("path", PATH)).strip("/")
    params = {"with_geometry": "true" if options.get("with_geometry", True) else "false"}
    countries = _option(source, "countries", "[A-Z]{3}", "an ISO 3166 alpha-3 code such as KEN")
    sites = _option(source, "sites", "[1-9][0-9]*", "a site id of digits")
    queries = [_Query(f"{path}/search", {"country": code, **params}, code) for code in countries]
    queries += [_Query(f"{path}/{site_id}", params, is_paged=False) for site_id in sites]
    return queries or [_Query(path, params)]


def _option(source: Source, name: str, form: str, meaning: str) -> list[str]:
    values = source.options.get(name, [])
    texts = [str(value) for value in values] if isinstance(values, (list, tuple)) else [str(values)]
    for text in texts:
        if not re.fullmatch(form, text):
            raise SourceRefused(
                f"{source.name}: {text[:40]!r} in `{name}` is not {meaning}",
                f"Correct `{name}` in the options of this source.",
            )
    return texts


def _answers(client: Client, source: Source, query: _Query) -> Iterator[tuple[Answer, str]]:
    """Every answer to a query with its name; the pages are walked twice if the first walk missed an area.

    The API sorts nothing, so a page may repeat an area of another page and skip one instead.
    """
    if not query.is_paged:
        yield client.get_json(query.path, query.params), query.path
        return
    seen: set[str] = set()
    for _ in range(2):
        total = 0
        for answer, name in _pages(client, source, query, seen):
            total = _total(answer.headers) or 0
            yield answer, name
        if len(seen) >= total:
            return


def _pages(client: Client, source: Source, query: _Query, seen: set[str]) -> Iterator[tuple[Answer, str]]:
    """One walk over the pages, adding what tells areas apart to `seen`."""
    configured = _option(source, "per_page", "[1-9]|[1-4][0-9]|50", "a number from 1 to 50")
    per_page = int(configured[0]) if configured else PER_PAGE_MAX
    asked = f"country={query.country}&" if query.country else ""
    page = received = 0
    while True:
        page += 1
        answer = client.get_json(query.path, {**query.params, "page": page, "per_page": per_page})
        name = f"{query.path}?{asked}page={page}"
        yield answer, name
        areas = _areas(source.name, name, answer.data)
        seen.update(map(_key, areas))
        received += len(areas)
        total = _total(answer.headers)
        if max(total or 0, received) > AREAS_MAX:
            raise SourceRefused(
                f"{source.name}: the question to {query.path} has more than {AREAS_MAX:,} areas as its answer",
                "Name `countries` or `sites` in the options of this source.",
            )
        is_complete = total is not None and len(seen) >= total
        is_last = len(areas) < per_page and received >= (total or 0)
        if is_complete or is_last or not areas:
            return


def _total(headers: Mapping[str, str]) -> int | None:
    text = headers.get("X-Total", "")
    return int(text) if re.fullmatch("[0-9]{1,12}", text) else None


def _meta(answer: Answer, query: _Query) -> dict[str, str]:
    return {
        "query": f"{query.path} {query.country}".rstrip(),
        "country": query.country,
        "total": str(_total(answer.headers) or "") if query.is_paged else "",
        "is_deprecated": "yes" if answer.headers.get("deprecated", "").lower() == "true" else "",
    }


def _json_of(source: Source, payload: Payload) -> Any:
    try:
        return json.loads(payload.path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{source.name}: {payload.name} is not JSON") from error


def _areas(source_name: str, where: str, data: Any) -> list[Mapping[str, Any]]:
    """The areas of one answer; raises SourceChanged when it has none, or no area has an id or a name."""
    if isinstance(data, Mapping) and isinstance(data.get("protected_area"), Mapping):
        data = {"protected_areas": [data["protected_area"]]}
    areas = data.get("protected_areas") if isinstance(data, Mapping) else None
    if not isinstance(areas, list) or not all(isinstance(area, Mapping) for area in areas):
        raise SourceChanged(f"{source_name}: {where} has no list `protected_areas`")
    for names in (ID_FIELDS, NAME_FIELDS):
        if areas and not any(name in area for area in areas for name in names):
            raise SourceChanged(f"{source_name}: no area of {where} has the field {names[0]}")
    return areas


def _key(area: Mapping[str, Any]) -> str:
    """What tells areas apart: the site id, or the whole text where it is missing."""
    try:
        return site_id_of(area)
    except WrongValue:
        return json.dumps(area, sort_keys=True)


def _digest(source: Source, payloads: list[Payload]) -> str:
    """The same for the same areas, in whatever order the pages hold them; raises SourceRefused when there is none."""
    areas = (area for payload in payloads for area in _areas(source.name, payload.name, _json_of(source, payload)))
    texts = sorted({json.dumps(area, sort_keys=True) for area in areas})
    if not texts:
        raise SourceRefused(
            f"{source.name}: the registry has no area for this question", "Check `countries` or `path`."
        )
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _read_into(blocks: Mapping[str, _Block], area: Mapping[str, Any], tally: _Tally) -> Iterator[Refusal]:
    number = tally.number
    try:
        read = read_area(area)
    except WrongValue as wrong:
        yield Refusal("sites", number, wrong.field, wrong.value, wrong.reason, _raw(area))
        return
    site_id = read.site["site_id"]
    blocks["sites"].add(read.site, number, area)
    if read.geometry.geojson:
        boundary = {"site_id": site_id, "geojson": read.geometry.geojson, "is_redistributable": False}
        blocks["boundaries"].add(boundary, number, area)
    try:
        listing = read_listing(area, read.problems)
        if listing:
            blocks["listings"].add(listing, number, area)
    except WrongValue as wrong:
        yield Refusal("listings", number, wrong.field, wrong.value, wrong.reason, _raw(area))
    for problem in read.problems:
        tally.problems.setdefault(problem, []).append(site_id)


def _raw(area: Mapping[str, Any]) -> str:
    """The area as text, without the boundary, which may be megabytes."""
    text = raw_json({name: value for name, value in area.items() if name != "geojson"})
    return text.encode(errors="replace").decode()
