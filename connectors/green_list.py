"""The published list of Green List sites: a CSV file with the columns site_id, status, expiry_date, url."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.green_list_status import listing_row
from connectors.one_file import fetch_one_file
from connectors.small_csv import LIMIT_BYTES, Row, Sheet, read_small_csv
from connectors.values import WrongValue, read_link, read_site_id
from data.schema import LISTINGS

SPELLINGS = {
    "site_id": ("siteid", "wdpaid"),
    "status": ("status", "glstatus"),
    "expiry_date": ("expirydate", "glexpiry"),
    "url": ("url", "link", "gllink"),
}


@dataclass(frozen=True)
class _Entry:
    """One readable line of the list: the row it becomes and its parcel."""

    line: Row
    listing: dict[str, Any]
    parcel: str | None

    @property
    def site_id(self) -> str:
        return self.listing["site_id"]

    @property
    def expires_on(self) -> date:
        return self.listing["expires_on"] or date.min

    def __str__(self) -> str:
        return f"line {self.line.line} says {self.listing['status']} until {self.listing['expires_on'] or 'no date'}"


class GreenList(Connector):
    """Reads the list from a file or a web address; a site's lines become one listing."""

    name = "green_list"
    title = "Published list of IUCN Green List sites"
    tables = ("listings",)
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        return fetch_one_file(source, cursor, workspace, "green_list_sites.csv", LIMIT_BYTES)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        for payload in payloads:
            sheet = read_small_csv(payload.path, source.name, SPELLINGS, required=tuple(SPELLINGS))
            yield Read(len(sheet.rows))
            if sheet.is_damaged:
                yield Notice("Some letters of the list were lost before it was published (U+FFFD); they are kept so.")
            entries: list[_Entry] = []
            for row in sheet.rows:
                yield from _read_line(row, sheet, entries)
            kept = yield from _one_per_site(entries)
            yield Rows(
                "listings",
                pa.Table.from_pylist([entry.listing for entry in kept], schema=LISTINGS.arrow_schema),
                numbers=pa.array([entry.line.line for entry in kept], pa.int64()),
                raw=lambda position, kept=kept: kept[position].line.raw,
            )


def _read_line(row: Row, sheet: Sheet, entries: list[_Entry]) -> Iterator[Parsed]:
    """Append the line to `entries`, or say why not."""
    try:
        url = yield from _whole_url(row, sheet)
        site_id, parcel = read_site_id("site_id", row.cells["site_id"])
        link = None
        try:
            link = read_link("url", url)
        except WrongValue as wrong:
            yield Notice(f"Line {row.line}: the link is left out, because {wrong.reason}.")
        listing = listing_row(site_id, row.cells["status"], row.cells["expiry_date"], link)
        entries.append(_Entry(row, listing, parcel))
    except WrongValue as wrong:
        yield Refusal("listings", row.line, wrong.field, wrong.value, wrong.reason, row.raw)


def _whole_url(row: Row, sheet: Sheet) -> Iterator[Parsed]:
    """The url of a line, with the rest of it where a comma was not quoted."""
    if not row.surplus:
        return row.cells["url"]
    if sheet.last_column != "url":
        raise WrongValue("url", row.surplus[0], "the line has more cells than the heading")
    yield Notice(f"Line {row.line}: the link holds a comma without quotation marks; its parts are joined again.")
    return sheet.delimiter.join((row.cells["url"], *row.surplus))


def _one_per_site(entries: list[_Entry]) -> Iterator[Parsed]:
    """One entry per site, with all its parcels; where lines disagree, the one with the later expiry."""
    by_site: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_site.setdefault(entry.site_id, []).append(entry)
    kept = []
    for site_id, lines in by_site.items():
        latest = max(lines, key=lambda entry: entry.expires_on)
        parcels = dict.fromkeys(entry.parcel for entry in lines if entry.parcel)
        latest.listing["parcels"] = ";".join(parcels) or None
        kept.append(latest)
        if any(_contents(entry) != _contents(latest) for entry in lines):
            told = "; ".join(str(entry) for entry in lines)
            yield Notice(f"Site {site_id} is listed more than once: {told}. Line {latest.line.line} is kept.")
    if merged := len(entries) - len(kept):
        yield Notice(f"{merged} lines repeat a site (whole, or parcel by parcel) and are merged.")
    return kept


def _contents(entry: _Entry) -> tuple[Any, ...]:
    return tuple(entry.listing[field] for field in ("status", "expires_on", "link"))
