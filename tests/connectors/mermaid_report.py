"""Invented field reports of MERMAID, with the sheets and titles of the real ones."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl

SHEET_OF = {
    "benthicpit": "Benthic PIT",
    "benthiclit": "Benthic LIT",
    "benthicpqt": "Benthic PQT",
    "colonies_bleached": "Bleaching QT",
    "quadrat_benthic_percent": "Bleaching QT",
    "beltfish": "Belt Fish",
    "habitatcomplexity": "Habitat Complexity",
}
# The percent sign within 50%-80% is MERMAID's own.
TITLES = {
    "sample_unit_count": "Sample unit count",
    "depth_avg": "Depth average",
    "percent_cover_benthic_category_avg": "Percent cover by benthic category average",
    "percent_cover_benthic_category_sd": "Percent cover by benthic category standard deviation",
    "percent_normal_avg": "Percent normal average",
    "percent_pale_avg": "Percent pale average",
    "percent_20_avg": "Percent 0-20% bleached average",
    "percent_50_avg": "Percent 20-50% bleached average",
    "percent_80_avg": "Percent 50%-80% bleached average",
    "percent_100_avg": "Percent 80-100% bleached average",
    "percent_dead_avg": "Percent recently dead average",
    "percent_bleached_avg": "Percent bleached average",
    "percent_bleached_sd": "Percent bleached standard deviation",
    "percent_hard_avg_avg": "Average Hard Coral (% cover) average",
    "percent_hard_avg_sd": "Average Hard Coral (% cover) standard deviation",
    "percent_soft_avg_avg": "Average Soft Coral (% cover) average",
    "percent_algae_avg_avg": "Average Macroalgae (% cover) average",
    "biomass_kgha_avg": "Biomass kg/ha average",
    "biomass_kgha_sd": "Biomass kg/ha standard deviation",
    "score_avg_avg": "Average score average",
    "score_avg_sd": "Average score standard deviation",
}
METADATA = [["Project Name", "Project Admins"], ["Invented Reefs", "ada@reefs.invalid"]]

Row = Mapping[str, Any]


def place(**fields: Any) -> dict[str, Any]:
    """The cells that rows of every level begin with."""
    return {
        "Project name": "Invented Reefs",
        "Project admins": "Ada Invented",
        "Country": "Atlantis",
        "Site": "Reef 1",
        "Latitude": -8.5,
        "Longitude": 122.5,
        "Year": 2024,
        "Month": 6,
        "Day": 1,
        "Management name": "Invented closure",
        "Observers": "Ada Invented; Bo Invented",
        "Site notes": "ask bo@reefs.invalid",
        **fields,
    }


def save(path: Path, sheets: Mapping[str, Iterable[Row]]) -> Path:
    """A workbook with these sheets; a column that a row does not have stays empty in it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for row in METADATA:
        (book["Metadata"] if "Metadata" in book.sheetnames else book.create_sheet("Metadata")).append(row)
    for name, rows in sheets.items():
        found = list(rows)
        sheet = book.create_sheet(name)
        titles = list(dict.fromkeys(title for row in found for title in row))
        sheet.append(titles)
        for row in found:
            sheet.append([row.get(title) for title in titles])
    book.save(path)
    return path


def sheets_of(*events: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The sample events of an answer as the sheets of a field report, one row for each event and sheet."""
    found: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        year, month, day = (int(part) for part in event["sample_date"].split("-"))
        named = place(
            Site=event["site_name"],
            Latitude=event["latitude"],
            Longitude=event["longitude"],
            Year=year,
            Month=month,
            Day=day,
        )
        families: dict[str, dict[str, Any]] = {}
        for method, part in event["protocols"].items():
            families.setdefault(SHEET_OF[method], {}).update(_cells(part))
        for family, cells in families.items():
            found.setdefault(f"{family} SE", []).append({**named, **cells})
    return found


def _cells(part: Mapping[str, Any]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for key, value in part.items():
        if isinstance(value, Mapping):
            cells |= {f"{TITLES[key]}: {category}": number for category, number in value.items()}
        else:
            cells[TITLES[key]] = value
    return cells
