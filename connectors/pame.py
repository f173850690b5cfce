"""Protected Planet's list of management effectiveness evaluations (GD-PAME): which exist, never their scores.

Its headings have changed three times, and its rows hold what spreadsheets did to them.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from connectors.assessment_found import Found, Item
from connectors.assessment_values import countries_of, tool_of, year_of
from connectors.base import Notice
from connectors.filled_template import Filled, raw_of
from connectors.values import WrongValue, read_link, read_site_id

SPELLINGS = {
    "evaluation_id": ("id", "evaluationid", "asmtid", "assessmentid"),
    "site_id": ("siteid", "wdpaid", "protectedarea", "wdpa"),
    "iso3": ("iso3", "countries", "country"),
    "method": ("method", "methodology"),
    "year": ("year", "asmtyear", "yrass", "assessmentyear"),
    "url": ("url", "asmturl"),
    "restricted": ("restricted",),
}
NEEDED = ("site_id", "method", "year")
PLACEHOLDERS = ("999999999", "0")


def read_evaluations(table: Filled, found: Found) -> None:
    """Add every evaluation of the list to `found`; one that repeats an earlier one is counted and left out.

    The same one is: the same evaluation id or, in a list without ids, the same site, method and year. An id that
    stands for several sites is kept for each of them.
    """
    has_ids = "evaluation_id" in table.columns
    found.rows_read += len(table.rows)
    seen: Counter[tuple[str, ...]] = Counter()
    repeated: list[int] = []
    yearless: list[int] = []
    for row in table.rows:
        cells = {name: " ".join(cell.split()) for name, cell in row.cells.items()}
        found.countries.update(countries_of(cells["iso3"]))
        key = _key(cells, has_ids)
        seen[key] += bool(any(key))
        found.duplicates += seen[key] > 1
        try:
            for site_id in _sites(cells):
                found.sites.add(site_id)
                values = _evaluation(cells, site_id, has_ids)
                if not values["assessed_year"]:
                    yearless.append(row.line)
                repeated += _keep(Item(values, row.line, raw_of(row)), found)
        except WrongValue as wrong:
            found.refuse("assessments", row.line, wrong, raw_of(row), table.where)
    found.tell(yearless, f"evaluations in {table.where} have no year, in rows")
    found.tell(repeated, f"evaluations in {table.where} repeat an earlier one and are left out, in rows")
    restricted = sum(row.cells["restricted"].strip().lower() in ("true", "t", "yes") for row in table.rows)
    if restricted:
        found.notices.append(
            Notice(f"{restricted} evaluations in {table.where} are marked as restricted by their owner")
        )


def _key(cells: Mapping[str, str], has_ids: bool) -> tuple[str, ...]:
    if has_ids and cells["evaluation_id"]:
        return (cells["evaluation_id"],)
    return (_plain_site(cells["site_id"]), cells["method"].casefold(), cells["year"])


def _site_id(text: str) -> str:
    """The id without its parcel; a program that knows only fractions may have written `.0` behind it."""
    return read_site_id("site_id", re.sub(r"\.0+$", "", text))[0]


def _plain_site(text: str) -> str:
    try:
        return _site_id(text)
    except WrongValue:
        return text


def _sites(cells: Mapping[str, str]) -> list[str]:
    """The sites of a row, whose ids may be a list with `;`; raises WrongValue when there is none."""
    parts = [part for part in (part.strip() for part in cells["site_id"].split(";")) if part]
    site_ids = list(dict.fromkeys(_site_id(part) for part in parts or [""]))
    for site_id in site_ids:
        if site_id in PLACEHOLDERS:
            raise WrongValue("site_id", site_id, "it is a placeholder for sites without an id")
    return site_ids


def _evaluation(cells: Mapping[str, str], site_id: str, has_ids: bool) -> dict[str, Any]:
    if not cells["method"]:
        raise WrongValue("method", None, "it is missing")
    year = year_of("year", cells["year"])
    own_id = cells["evaluation_id"] if has_ids else ""
    return {
        "assessment_id": own_id or "-".join(["PAME", site_id, cells["method"], str(year or "")]).rstrip("-"),
        "site_id": site_id,
        "country_iso3": ";".join(countries_of(cells["iso3"])) or None,
        "tool": tool_of(cells["method"]) or "other",
        "method": cells["method"],
        "assessed_year": year,
        "url": _link(cells["url"]),
    }


def _link(text: str) -> str | None:
    """The address, where there is one: lists before 2019 say `For storage only` in its place."""
    try:
        return read_link("url", text)
    except WrongValue:
        return None


def _keep(item: Item, found: Found) -> list[int]:
    """Keep the evaluation, under its id and site where another site has the id; the row when it is a repetition.

    Raises WrongValue when the site has another evaluation with this id.
    """
    own_id, site_id = item.values["assessment_id"], item.values["site_id"]
    earlier = found.assessments.get(own_id)
    if earlier and earlier.values["site_id"] != site_id:
        own_id = f"{own_id}:{site_id}"
        earlier = found.assessments.get(own_id)
    if not earlier:
        found.assessments[own_id] = Item(item.values | {"assessment_id": own_id}, item.row, item.raw)
        return []
    if any(item.values[name] != earlier.values[name] for name in ("method", "assessed_year")):
        reason = f"row {earlier.row} gives this evaluation another method or year"
        raise WrongValue("evaluation_id", item.values["assessment_id"], reason)
    return [item.row]
