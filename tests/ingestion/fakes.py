"""A connector whose answers are said by the test, in place of all others."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source
from data.schema import DETECTIONS

Row = Mapping[str, Any]
RAW_LINE = "bad row as it came"


class Scripted(Connector):
    """Answers each source with what `answers` holds for it: rows, None for "unchanged", or an error to raise."""

    name = "scripted"
    title = "Scripted answers"
    tables = ("detections",)
    is_whole = True

    def __init__(self) -> None:
        self.answers: dict[str, Sequence[Row] | Exception | None] = {}
        self.refusals: dict[str, list[Refusal]] = {}
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        self.asked.append((source.name, dict(cursor)))
        answer = self.answers[source.name]
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            return Fetched(cursor=cursor, is_unchanged=True)
        file = workspace / "answer.json"
        file.write_text(json.dumps(answer, default=str))
        return Fetched((Payload("answer.json", file),), {"rows": len(answer)})

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        rows = self.answers[source.name]
        assert len(json.loads(payloads[0].path.read_text())) == len(rows)
        refusals = self.refusals.get(source.name, [])
        yield Read(len(rows) + len(refusals))
        content = pa.Table.from_pylist(list(rows), schema=DETECTIONS.arrow_schema)
        yield Rows("detections", content, raw=lambda position: f"{RAW_LINE}: {rows[position]['detection_id']}")
        yield from refusals
        yield Notice("the clock of one camera is wrong")


class Repeating(Scripted):
    """Sends only what is new, so that nothing vanishes when it is not sent again."""

    name = "repeating"
    is_whole = False
