"""An invented network with two sites and one assessment, and files that people hand in to it."""

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd

from data import engine, queries
from data.access import Viewer
from data.engine import View
from ingestion import submissions
from ingestion.network import Network, parse_network
from ingestion.pull import pull

VALLEY, MARSH = "555500401", "555500402"
MANAGER = Viewer("site", frozenset({VALLEY}))
OTHER_MANAGER = Viewer("site", frozenset({MARSH}))
REVIEWER, STAFF, PUBLIC = Viewer("reviewer"), Viewer("staff"), Viewer()
OFFICE = "office-files"
FIRST, SECOND, THIRD = "GLS-V1.1-1.1.1", "GLS-V1.1-1.1.2", "GLS-V1.1-1.2.1"
COLUMNS = (
    "assessment_id", "site_id", "tool", "tool_version", "assessment_date", "phase", "supersedes", "indicator_id",
    "role", "rating", "note", "rated_on", "status", "jurisdiction",
)  # fmt: skip
SITES = f"""
[[site]]
id = "{VALLEY}"
name = "Invented valley"
[[site]]
id = "{MARSH}"
name = "Invented marsh"
"""


def row(indicator_id: str = FIRST, rating: str = "met", **cells: str) -> dict[str, str]:
    facts = {"assessment_id": "valley-1", "site_id": VALLEY, "tool": "green_list", "tool_version": "GLS-1.1"}
    return facts | {"assessment_date": "2026-03-01", "indicator_id": indicator_id, "rating": rating} | cells


def table(*rows: dict[str, str]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def workbook(rows: dict[int, dict[str, object]]) -> bytes:
    """The template with some rows filled in, as Excel would save it."""
    book = openpyxl.load_workbook(io.BytesIO(submissions.template()))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for number, cells in rows.items():
        for name, value in cells.items():
            sheet.cell(number, headings.index(name) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def network(folder: Path, office: bytes | None = None, sharing: str = "public") -> Network:
    """Two sites and, with a table, the source OFFICE that holds it."""
    text = SITES
    if office is not None:
        (folder / "office.csv").write_bytes(office)
        text += f'[[source]]\nname = "{OFFICE}"\nconnector = "assessments"\nlocation = "office.csv"\n'
        text += f'sharing = "{sharing}"\n'
    return parse_network(text, folder=folder)


def filled(store_url: str, known: Network) -> View:
    pull(known, store_url)
    return engine.latest(store_url)


def checked(content: bytes, viewer: Viewer, store_url: str, name: str = "handed in.csv") -> submissions.Checked:
    return submissions.check(content, name, viewer, engine.latest(store_url))


def hand_in(content: bytes, viewer: Viewer, store_url: str) -> submissions.Stored:
    return submissions.submit(checked(content, viewer, store_url), content, viewer, store_url)


def rows_of(store_url: str, name: str) -> pd.DataFrame:
    view = engine.latest(store_url)
    return view.run(view.table(name))


def rated(store_url: str, viewer: Viewer = STAFF, site_id: str = VALLEY) -> dict[tuple[str, str, str], str]:
    """What the pages are told, by assessment, indicator and role."""
    frame = queries.site_ratings(engine.latest(store_url), viewer, site_id, date.today())
    keys = zip(frame["assessment_id"], frame["indicator_id"], frame["role"], strict=True)
    return dict(zip(keys, frame["rating"], strict=True))
