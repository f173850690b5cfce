"""The work plan of a programme as recorded in our own template, CSV or Excel."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.errors import SourceRefused
from connectors.filled_files import fetch_tables
from connectors.filled_template import Filled, raw_of, read_filled
from connectors.programme_template import KINDS, TEMPLATE
from connectors.small_csv import Row
from connectors.values import WrongValue, day_of, read_site_id
from data.schema import WORK_ITEMS

KEY = "item_id"
DAYS = ("starts_on", "due_on", "done_on")
TEXTS = ("technology", "solution_id", "owner", "note")
SHOWN = 5
# The 17 criteria of the Green List Standard 1.1 by component.
CRITERION = r"1\.[1-3]|2\.[1-4]|3\.[1-7]|4\.[1-3]"


class Programme(Connector):
    """Reads the filled template from a file, a web address or a folder of such files.

    `site` may be a map from names of pilots to site ids.
    """

    name = "programme"
    title = "Work plan of the pilots in our template"
    tables = ("work_items",)
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        return fetch_tables(source, cursor, workspace, self.name)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        tables = _tables(source, payloads)
        yield Read(sum(len(table.rows) for table in tables))
        items: dict[str, tuple[dict[str, Any], Row]] = {}
        for table in tables:
            if table.unknown:
                names = ", ".join(heading[:40] for heading in table.unknown[:20])
                yield Notice(f"{table.where}: columns that are not of the template are not stored: {names}")
            if table.is_damaged:
                yield Notice(f"{table.where}: some letters cannot be read (shown as U+FFFD); save it as CSV UTF-8")
            yield from _read(table, len(tables) > 1, source, items)
        yield from _lost_solutions(items)
        yield _rows(items)

    def figures(self, source: Source, payloads: tuple[Payload, ...]) -> dict[str, Any]:
        """`items` that can be stored, by kind, the `sites` and `criteria` that they serve, and how many are `done`."""
        (stored,) = (item for item in self.parse(source, payloads) if isinstance(item, Rows))
        rows = stored.rows.to_pylist()
        return {
            "items": len(rows),
            "by_kind": dict(sorted(Counter(row["kind"] for row in rows).items())),
            "sites": len({row["site_id"] for row in rows}),
            "criteria": sorted({row["criterion"] for row in rows if row["criterion"]}),
            "done": sum(row["done_on"] is not None for row in rows),
        }


def _tables(source: Source, payloads: tuple[Payload, ...]) -> list[Filled]:
    tables = [
        table for payload in payloads for table in read_filled(payload.path, payload.name, source.name, TEMPLATE, KEY)
    ]
    if not any(table.rows for table in tables):
        raise SourceRefused(f"{source.name}: no row is filled in", "Fill in the template, then try again.")
    return tables


def _read(
    table: Filled, has_others: bool, source: Source, items: dict[str, tuple[dict[str, Any], Row]]
) -> Iterator[Refusal]:
    """Put each row to `items`, or say why not."""
    for row in table.rows:
        try:
            item = _item(row, source)
            if item[KEY] in items:
                raise WrongValue(KEY, item[KEY], f"row {items[item[KEY]][1].line} is this item already")
            items[item[KEY]] = (item, row)
        except WrongValue as wrong:
            reason = f"{wrong.reason} ({table.where})" if has_others else wrong.reason
            yield Refusal("work_items", row.line, wrong.field, wrong.value, reason, raw_of(row))


def _item(row: Row, source: Source) -> dict[str, Any]:
    cells = {name: " ".join(cell.split()) for name, cell in row.cells.items()}
    if row.surplus:
        raise WrongValue("(row)", None, f"it has {len(row.surplus)} more cells than the heading")
    for name in (KEY, "kind", "title"):
        if not cells[name]:
            raise WrongValue(name, None, "it is missing")
    kind = cells["kind"].casefold()
    if kind not in KINDS:
        raise WrongValue("kind", cells["kind"], f"it is not one of {', '.join(KINDS)}")
    days = {name: day_of(name, cells[name]) for name in DAYS}
    if days["starts_on"] and days["due_on"] and days["due_on"] < days["starts_on"]:
        raise WrongValue("due_on", cells["due_on"], f"it is before the start on {days['starts_on']}")
    site_id = read_site_id("site_id", cells["site_id"])[0] if cells["site_id"] else source.site_of(cells["site_name"])
    if not site_id:
        raise WrongValue("site_id", None, "it is missing, and the name has no configured site")
    return {
        KEY: cells[KEY],
        "site_id": site_id,
        "kind": kind,
        "title": cells["title"],
        "criterion": _criterion(cells["criterion"]),
        **days,
        **{name: cells[name] or None for name in TEXTS},
    }


def _criterion(text: str) -> str | None:
    """The number of a criterion; that of an indicator is cut to its criterion."""
    match = re.fullmatch(rf"(?:GLS-V\d\.\d-)?({CRITERION})(?:\.\d+)?", text)
    if text and not match:
        raise WrongValue("criterion", text, "it is not a Green List criterion such as 3.4")
    return match[1] if match else None


def _lost_solutions(items: Mapping[str, tuple[dict[str, Any], Row]]) -> Iterator[Notice]:
    lost = [item[KEY] for item, _ in items.values() if item["solution_id"] and item["solution_id"] not in items]
    if lost:
        shown = ", ".join(lost[:SHOWN]) + (", …" if len(lost) > SHOWN else "")
        yield Notice(f"{len(lost)} items belong to a solution that is not in these files: {shown}")


def _rows(items: Mapping[str, tuple[dict[str, Any], Row]]) -> Rows:
    kept = list(items.values())
    schema = WORK_ITEMS.arrow_schema
    columns = {name: [item[name] for item, _ in kept] for name in schema.names}
    return Rows(
        "work_items",
        pa.Table.from_pydict(columns, schema),
        numbers=pa.array([row.line for _, row in kept], pa.int64()),
        raw=lambda position: raw_of(kept[position][1]),
    )
