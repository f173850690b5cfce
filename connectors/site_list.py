"""The programme's own CSV list of sites, for areas that the registry does not publish.

Columns: site_id, site_name, country_iso3, realm, iucn_category, designation, area_km2, latitude, longitude;
only the first two are required.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.one_file import fetch_one_file
from connectors.small_csv import LIMIT_BYTES, Row, read_small_csv
from connectors.values import WrongValue, read_number, read_site_id
from data.schema import SITES

SPELLINGS = {
    "site_id": ("siteid", "wdpaid"),
    "site_name": ("sitename", "name", "nameeng"),
    "country_iso3": ("countryiso3", "iso3"),
    "realm": ("realm",),
    "iucn_category": ("iucncategory", "iucncat"),
    "designation": ("designation", "desigeng"),
    "area_km2": ("areakm2",),
    "latitude": ("latitude",),
    "longitude": ("longitude",),
}
REALMS = SITES.field("realm").allowed


class SiteList(Connector):
    """Reads the list from a file or a web address; a wrong value refuses its line."""

    name = "site_list"
    title = "The programme's own list of sites"
    tables = ("sites",)
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        return fetch_one_file(source, cursor, workspace, "site_list.csv", LIMIT_BYTES)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        for payload in payloads:
            sheet = read_small_csv(payload.path, source.name, SPELLINGS, required=("site_id", "site_name"))
            yield Read(len(sheet.rows))
            if sheet.is_damaged:
                yield Notice("Some letters cannot be read (shown as U+FFFD): save the list as CSV UTF-8.")
            kept: dict[str, tuple[Row, dict[str, Any]]] = {}
            for row in sheet.rows:
                yield from _read_line(row, kept)
            lines = [row for row, _ in kept.values()]
            yield Rows(
                "sites",
                pa.Table.from_pylist([site for _, site in kept.values()], schema=SITES.arrow_schema),
                numbers=pa.array([row.line for row in lines], pa.int64()),
                raw=lambda position, lines=lines: lines[position].raw,
            )


def _read_line(row: Row, kept: dict[str, tuple[Row, dict[str, Any]]]) -> Iterator[Parsed]:
    """Add the line to `kept` by site id, or say why not."""
    try:
        site = _site(row)
        earlier = kept.setdefault(site["site_id"], (row, site))
        if earlier[1] != site:
            raise WrongValue("site_id", site["site_id"], f"line {earlier[0].line} describes this site differently")
        if earlier[0] is not row:
            yield Notice(f"Line {row.line} repeats line {earlier[0].line} and is left out.")
    except WrongValue as wrong:
        yield Refusal("sites", row.line, wrong.field, wrong.value, wrong.reason, row.raw)


def _site(row: Row) -> dict[str, Any]:
    cells = {column: cell.strip() for column, cell in row.cells.items()}
    if row.surplus:
        reason = "the line has more cells than the heading; put a name with a comma into quotation marks"
        raise WrongValue("site_name", cells["site_name"], reason)
    site_id, parcel = read_site_id("site_id", cells["site_id"])
    if parcel:
        raise WrongValue("site_id", cells["site_id"], "it names a parcel; list the site by its own id")
    if not cells["site_name"]:
        raise WrongValue("site_name", "", "it is missing")
    latitude, longitude = _point(cells)
    return {
        "site_id": site_id,
        "site_name": cells["site_name"],
        "country_iso3": _countries(cells["country_iso3"]),
        "realm": _realm(cells["realm"]),
        "iucn_category": cells["iucn_category"] or None,
        "designation": cells["designation"] or None,
        "area_km2": read_number("area_km2", cells["area_km2"], 0),
        "latitude": latitude,
        "longitude": longitude,
        "boundary_kind": "restricted" if latitude is None else "point",
    }


def _point(cells: Mapping[str, str]) -> tuple[float | None, float | None]:
    latitude = read_number("latitude", cells["latitude"], -90, 90)
    longitude = read_number("longitude", cells["longitude"], -180, 180)
    if (latitude is None) != (longitude is None):
        missing = "latitude" if latitude is None else "longitude"
        raise WrongValue(missing, "", "a point needs both latitude and longitude")
    return latitude, longitude


def _countries(text: str) -> str | None:
    codes = [code.strip().upper() for code in text.split(";") if code.strip()]
    if not all(re.fullmatch("[A-Z]{3}", code) for code in codes):
        raise WrongValue("country_iso3", text, "it is not a list of ISO 3166 alpha-3 codes, separated by ';'")
    return ";".join(codes) or None


def _realm(text: str) -> str | None:
    if text and text.lower() not in REALMS:
        raise WrongValue("realm", text, f"it is not one of {', '.join(REALMS)}")
    return text.lower() or None
