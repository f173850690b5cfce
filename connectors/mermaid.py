"""MERMAID: what coral reef surveys measured, one summary per sample event (datamermaid.org)."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

import pyarrow as pa

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source, raw_json
from connectors.errors import SourceRefused
from connectors.mermaid_api import Page, events_of, read_json, read_saved, read_summaries
from connectors.mermaid_projects import cursor_of, is_as_read, is_by_project, read_list, read_projects
from connectors.mermaid_protocols import METHODS, SITE_FIELDS, Record, figures_of, is_private, survey_of, text_of
from connectors.mermaid_workbook import read_workbooks, workbooks
from connectors.package_places import is_url
from connectors.reef_figures import reef_figures
from connectors.tabular import RAW_CHARACTERS
from connectors.values import WrongValue
from data.schema import REEF_SURVEYS

TABLE = REEF_SURVEYS.name
HASH_DIGITS = 16


@dataclass
class _Tally:
    """The sample events seen so far, and those of which something was left out."""

    number: int = 0
    repeated: int = 0
    seen: set[str] = field(default_factory=set)
    private: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)

    def is_new(self, event: Record) -> bool:
        """Count the event; false when it came before."""
        key = _key(event)
        is_new = key not in self.seen
        self.number += 1
        self.repeated += not is_new
        self.seen.add(key)
        return is_new

    def notices(self) -> Iterator[Notice]:
        if self.repeated:
            yield Notice(f"{self.repeated} sample events were sent more than once and are stored once.")
        for method, count in sorted(self.private.items()):
            yield Notice(f"{count} sample events keep their figures of {method} private; they are unknown, not zero.")
        for method, count in sorted(self.silent.items()):
            yield Notice(f"{count} sample events have no figure of {method} that is read.")


@dataclass
class _Block:
    """The rows of one page, their numbers and the sample events that they were read from."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    events: list[Record] = field(default_factory=list)

    def add(self, row: dict[str, Any], number: int, event: Record) -> None:
        self.rows.append(row)
        self.numbers.append(number)
        self.events.append(event)

    def as_rows(self) -> Rows:
        rows = pa.Table.from_pylist(self.rows, schema=REEF_SURVEYS.arrow_schema)
        return Rows(TABLE, rows, pa.array(self.numbers, pa.int64()), lambda position: _raw(self.events[position]))


class Mermaid(Connector):
    """Reads the API at its base address (https://api.datamermaid.org/v1), saved JSON answers or field reports (.xlsx).

    A location on this machine is a file, or a folder of either JSON answers or workbooks. Read are cover of the benthic
    transects and quadrats, bleaching, belt fish biomass and habitat complexity. A survey that is no longer shared is
    retired.
    `site` may be a map from sites, projects and countries of MERMAID, by id or name; the closest decides.
    Options: `projects` and `countries`, lists of names or of ids; `limit`, sample events per page (default 1,000, at
    most 5,000); `view`, "summary" (default) for the public summaries, which are all asked for each time, or "projects"
    for the views of each project, which have the depth and, with a key, methods that only members may read. Those are
    asked for when MERMAID says that a project was updated, and at least once a day.
    """

    name = "mermaid"
    title = "Coral reef surveys (MERMAID)"
    tables = (TABLE,)
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        new_cursor: dict[str, Any] = {}
        if is_by_project(source) and is_url(source.location):
            projects = read_list(source)
            if is_as_read(source, projects, cursor):
                return Fetched(cursor=cursor, is_unchanged=True)
            new_cursor = cursor_of(source, projects)
            pages = read_projects(source, projects)
        else:
            pages = _other_pages(source)
        payloads: list[Payload] = []
        hashes: dict[str, str] = {}
        for number, page in enumerate(pages, 1):
            payloads.append(_saved(page, workspace / f"page-{number:05}.json"))
            for event in page.events:
                hashes.setdefault(_key(event), _hash(event))
        if not hashes:
            raise SourceRefused(
                f"{source.name}: there is no sample event for this question",
                "Check `projects` and `countries` in the options of this source, and whether its data are shared.",
            )
        new_cursor["sample_events"] = hashes
        if hashes == cursor.get("sample_events"):
            return Fetched(cursor=new_cursor, is_unchanged=True)
        return Fetched(tuple(payloads), new_cursor)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        tally = _Tally()
        for payload in payloads:
            where = f"{source.name}: {payload.name}"
            events = events_of(read_json(payload.path, where), where)
            yield Read(len(events))
            block = _Block()
            for event in events:
                if tally.is_new(event):
                    yield from _read_into(block, source, event, tally)
            if block.rows:
                yield block.as_rows()
        yield from tally.notices()
        for payload in payloads:
            yield from map(Notice, json.loads(payload.meta.get("notes", "[]")))
        left_out = sum(int(payload.meta.get("left_out", 0)) for payload in payloads)
        if left_out:
            yield Notice(f"{left_out} sample events of other projects or countries are left out.")

    def figures(self, source: Source, payloads: tuple[Payload, ...]) -> dict[str, Any]:
        """What the surveys say together.

        `surveys` and `stations` with at least one figure, the days of the `first` and `last` of them, and
        `hard_coral_pct_mean`: the mean over surveys of the mean over the methods that measured it, None without any.
        MERMAID sends no images, points or labels.
        """
        blocks = [item.rows for item in self.parse(source, payloads) if isinstance(item, Rows)]
        rows = [row for block in blocks for row in block.to_pylist()]
        corals: dict[str, list[float]] = {}
        for row in rows:
            if row["metric"] == "hard_coral_pct":
                corals.setdefault(row["survey_id"], []).append(row["value"])
        return reef_figures(
            stations={row["station"] for row in rows},
            surveys={row["survey_id"] for row in rows},
            images=None,
            points=None,
            covers=[fmean(values) for values in corals.values()],
            days=[row["surveyed_on"] for row in rows if row["surveyed_on"]],
            unmatched_labels=[],
        )


def _other_pages(source: Source) -> Iterator[Page]:
    if is_url(source.location):
        return read_summaries(source)
    paths = workbooks(source)
    return read_workbooks(source, paths) if paths else read_saved(source)


def _saved(page: Page, path: Path) -> Payload:
    path.write_text(json.dumps({"results": page.events}), encoding="utf-8")
    return Payload(page.name, path, {"left_out": str(page.left_out), "notes": json.dumps(page.notes)})


def _read_into(block: _Block, source: Source, event: Record, tally: _Tally) -> Iterator[Refusal]:
    number = tally.number
    try:
        survey = survey_of(event)
        survey["site_id"] = _site(source, event)
    except WrongValue as wrong:
        yield _refusal(number, wrong, event)
        return
    protocols = event.get("protocols")
    for method in METHODS:
        part = protocols.get(method) if isinstance(protocols, Mapping) else None
        if part is None:
            continue
        if is_private(part):
            tally.private[method] += 1
            continue
        found = list(figures_of(method, part))
        if not found:
            tally.silent[method] += 1
        for figure in found:
            if isinstance(figure, WrongValue):
                yield _refusal(number, figure, event)
            else:
                block.add(survey | figure, number, event)


def _site(source: Source, event: Record) -> str:
    """The site that stands for the site, the project or the country of an event; raises WrongValue without one."""
    site_id = source.site_of(*(text_of(event, name) for name in SITE_FIELDS))
    if site_id is None:
        reason = "no site is configured for it; add it to `site`"
        raise WrongValue("project_name", text_of(event, "project_name"), reason)
    return site_id


def _refusal(number: int, wrong: WrongValue, event: Record) -> Refusal:
    return Refusal(TABLE, number, wrong.field, wrong.value, wrong.reason, _raw(event))


def _key(event: Record) -> str:
    """What tells sample events apart: the id, or the whole content where it is missing."""
    return text_of(event, "sample_event_id") or _hash(event)


def _hash(event: Record) -> str:
    """The same for the same content."""
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()[:HASH_DIGITS]


def _raw(event: Record) -> str:
    return raw_json(event).encode(errors="replace").decode()[:RAW_CHARACTERS]
