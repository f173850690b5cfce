"""The field report of MERMAID, an Excel workbook that its app exports: human titles, and no identifiers.

Titles and sheets: https://github.com/data-mermaid/mermaid-api (resources/sampleunitmethods, reports/summary_report.py).
Only the columns named here are read, so that no e-mail, observer or note is ever stored.
"""

import hashlib
import json
import math
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from connectors.base import Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.folder import files_of
from connectors.mermaid_api import Asked, Page
from connectors.mermaid_protocols import COUNT, DEPTH, METHODS, Figure, Record, merged
from connectors.values import WrongValue, read_number
from connectors.workbook import read_workbook

ENDING = ".xlsx"
FILES_MAX = 1_000
SHEETS: Mapping[str, tuple[str, ...]] = {
    "Benthic PIT": ("benthicpit",),
    "Benthic LIT": ("benthiclit",),
    "Benthic PQT": ("benthicpqt",),
    "Bleaching QT": ("colonies_bleached", "quadrat_benthic_percent"),
    "Belt Fish": ("beltfish",),
    "Habitat Complexity": ("habitatcomplexity",),
}
PLACE = {
    "project_name": "Project name",
    "country_name": "Country",
    "site_name": "Site",
    "latitude": "Latitude",
    "longitude": "Longitude",
}
DAY = ("Year", "Month", "Day")
# Together they tell most sample events apart; the depth does not, for it differs between the methods of one event.
MANAGEMENT = ("Management name", "Management secondary name")
AVERAGE, DEVIATION = " average", " standard deviation"
UNIT_COUNT = "Sample unit count"
TITLES = {
    DEPTH: "Depth",
    "percent_cover_benthic_category_avg": "Percent cover by benthic category",
    "percent_normal_avg": "Percent normal",
    "percent_pale_avg": "Percent pale",
    "percent_20_avg": "Percent 0-20% bleached",
    "percent_50_avg": "Percent 20-50% bleached",
    "percent_80_avg": "Percent 50-80% bleached",
    "percent_100_avg": "Percent 80-100% bleached",
    "percent_dead_avg": "Percent recently dead",
    "percent_bleached_avg": "Percent bleached",
    "percent_hard_avg_avg": "Average Hard Coral (% cover)",
    "percent_soft_avg_avg": "Average Soft Coral (% cover)",
    "percent_algae_avg_avg": "Average Macroalgae (% cover)",
    "biomass_kgha_avg": "Biomass kg/ha",
    "score_avg_avg": "Average score",
}


def workbooks(source: Source) -> list[Path]:
    """The workbook at the location, or those of the folder; none when it is something else.

    Raises SourceRefused when a folder also has JSON answers, for the same survey would stand in both.
    """
    location = Path(source.location)
    if not location.is_dir():
        return [location] if location.suffix.lower() == ENDING else []
    found = sorted(files_of(source, (ENDING,), FILES_MAX), key=lambda path: path.stem)
    if found and any(path.suffix.lower() == ".json" for path in location.iterdir()):
        raise SourceRefused(
            f"{source.name}: {location.name} holds workbooks and JSON answers, which may tell of the same surveys",
            "Put them into folders of their own, each a source.",
        )
    return found


def read_workbooks(source: Source, paths: Sequence[Path]) -> Iterator[Page]:
    """The sample events of all workbooks; where two tell of the same one, the last by name counts."""
    asked = Asked(source)
    events: list[Record] = []
    notes: list[str] = []
    for path in paths:
        report = _Report(f"{source.name}: {path.name}", read_workbook(path, f"{source.name}: {path.name}"))
        events += report.events()
        notes += [f"{path.name}: {note}" for note in report.notes]
    whole, repeated = merged(events)
    if repeated:
        notes.append(f"{repeated} sample events stand in more than one workbook; the last one by name counts.")
    yield asked.page(paths[0].name if len(paths) == 1 else f"{len(paths)} workbooks", whole, notes)


class _Report:
    """One workbook, and what there is to say of it."""

    def __init__(self, where: str, sheets: Mapping[str, list[list[str]]]) -> None:
        self._where = where
        self._names = {_plain(name): name for name in sheets}
        self._sheets = sheets
        self.notes: list[str] = []

    def events(self) -> list[Record]:
        """The sample events of all methods, each once for each method."""
        found = [event for name, methods in SHEETS.items() for event in self._of_family(name, methods)]
        if not any(f"{_plain(name)}{level}" in self._names for name in SHEETS for level in ("se", "su")):
            raise SourceChanged(
                f"{self._where} has no sheet of sample events or sample units, such as Benthic PIT SE; "
                f"it has: {', '.join(self._sheets)[:200]}",
                "Export it from MERMAID again, or check that it is a field report.",
            )
        return found

    def _of_family(self, name: str, methods: tuple[str, ...]) -> list[Record]:
        """From the sheet of sample events, or where it has no row from that of sample units."""
        if rows := self._rows(f"{name} SE"):
            return list(_numbered(rows, methods))
        if units := self._rows(f"{name} SU"):
            self.notes.append(
                f"{name}: there are sample units only; each sample event is their mean with equal weight, and those "
                "of one site, day and management count as one."
            )
            return list(_averaged(units, methods))
        if any(plain.startswith(_plain(name)) and plain.endswith("obs") for plain in self._names):
            self.notes.append(f"{name}: there are observations only, which are not read.")
        return []

    def _rows(self, name: str) -> list[Mapping[str, str]]:
        """The rows of a sheet, with their cells by the plain form of the titles."""
        rows = self._sheets[self._names[_plain(name)]] if _plain(name) in self._names else []
        filled = [row for row in rows if any(cell.strip() for cell in row)]
        if len(filled) < 2:
            return []
        titles = [_plain(title) for title in filled[0]]
        for title in (PLACE["site_name"], *DAY):
            if _plain(title) not in titles:
                shown = ", ".join(title[:40] for title in filled[0][:20])
                raise SourceChanged(f"{self._where}, sheet {name}, has no column {title}; it has: {shown}")
        # Of two columns with one title the first counts.
        return [dict(reversed(list(zip(titles, row, strict=False)))) for row in filled[1:]]


def _plain(text: str) -> str:
    """A title by its letters and digits alone: they are joined with a colon or an underscore, and spelled freely."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _cell(row: Mapping[str, str], title: str) -> str | None:
    return row.get(_plain(title), "").strip() or None


def _place(row: Mapping[str, str]) -> dict[str, Any]:
    parts = [_cell(row, title) for title in DAY]
    day = "-".join((part or "?").zfill(2) for part in parts) if any(parts) else None
    return {**{name: _cell(row, title) for name, title in PLACE.items()}, "sample_date": day}


def _name_of(row: Mapping[str, str]) -> str:
    """What names a sample event in place of an identifier."""
    named = [*_place(row).values(), *(_cell(row, title) for title in MANAGEMENT)]
    return json.dumps(named, ensure_ascii=False)


def _event(row: Mapping[str, str], number: int, protocols: Record) -> Record:
    """Sample events of the same name are numbered; `number` counts from 1."""
    key = hashlib.sha256(f"{_name_of(row)} {number}".encode(errors="replace")).hexdigest()[:32]
    return {"sample_event_id": f"report-{key}", **_place(row), "protocols": protocols}


def _numbered(rows: Sequence[Mapping[str, str]], methods: Sequence[str]) -> Iterator[Record]:
    seen: Counter[str] = Counter()
    for row in rows:
        name = _name_of(row)
        seen[name] += 1
        yield _event(row, seen[name], _told({method: _of_event(row, method) for method in methods}))


def _averaged(units: Sequence[Mapping[str, str]], methods: Sequence[str]) -> Iterator[Record]:
    groups: dict[str, list[Mapping[str, str]]] = {}
    for unit in units:
        groups.setdefault(_name_of(unit), []).append(unit)
    for rows in groups.values():
        yield _event(rows[0], 1, _told({method: _of_units(rows, method) for method in methods}))


def _told(parts: Mapping[str, dict[str, Any]]) -> Record:
    """The methods that have a figure, or the first without one, so that it is seen that there is none."""
    found = {method: part for method, part in parts.items() if part.keys() - {COUNT, DEPTH}}
    return found or dict(list(parts.items())[:1])


def _of_event(row: Mapping[str, str], method: str) -> dict[str, Any]:
    part: dict[str, Any] = {COUNT: _cell(row, UNIT_COUNT)}
    _put(part, DEPTH, "", _cell(row, TITLES[DEPTH] + AVERAGE))
    for figure in METHODS[method].figures:
        title = TITLES[figure.mean]
        _put(part, figure.mean, figure.category, _cell(row, f"{title}{AVERAGE}: {figure.category}"))
        _put(part, figure.deviation, figure.category, _cell(row, f"{title}{DEVIATION}: {figure.category}"))
    return part


def _of_units(rows: Sequence[Mapping[str, str]], method: str) -> dict[str, Any]:
    """The mean over sample units and the standard deviation between them.

    A cell that is no number in the range of its figure stays as it is, to be refused: a mean would hide it.
    """
    part: dict[str, Any] = {COUNT: len(rows)}
    for key, category, deviation, highest in ((DEPTH, "", "", math.inf), *map(_keys, METHODS[method].figures)):
        cells = [cell for row in rows if (cell := _cell(row, f"{TITLES[key]}: {category}"))]
        wrong = [cell for cell in cells if not _is_within(cell, highest)]
        numbers = [float(cell) for cell in cells if not wrong]
        if cells:
            _put(part, key, category, wrong[0] if wrong else statistics.fmean(numbers))
        if deviation and len(numbers) > 1:
            _put(part, deviation, category, statistics.stdev(numbers))
    return part


def _keys(figure: Figure) -> tuple[str, str, str, float]:
    return figure.mean, figure.category, figure.deviation, figure.highest


def _is_within(text: str, highest: float) -> bool:
    try:
        read_number("", text, 0, highest)
    except WrongValue:
        return False
    return True


def _put(part: dict[str, Any], key: str, category: str, value: Any) -> None:
    """Set a figure, in the map of its categories where it has one."""
    if value is None:
        return
    if category:
        part.setdefault(key, {})[category] = value
    else:
        part[key] = value
