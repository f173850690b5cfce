"""Answers to questions that overlap, of one data version and of several, do not tell together what none tells alone."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from data.access import PUBLIC, Viewer, open_names
from data.engine import View
from data.store import Store
from demo.network import MASKED
from exports.context import Context
from exports.spec import Spec, TableSpec
from tests.leak import counts, route
from tests.leak.checks import cells_of_others
from tests.leak.counts import Cell
from tests.leak.received import Received, fetch

CELLS = ("detections_by_month", "alerts_by_month", "incidents_by_quarter")
# Each question holds the next one, so that two answers differ by the rows of a day or of some months.
NESTED = (
    ("", "?first=2000-01-02", "?first={begin}", "?first={next_day}"),
    ("", "?last=2099-01-01", "?last={next_day}", "?last={begin}"),
)
OLDER_VERSIONS = 15
COUNTED = ("detections", "alerts", "incidents")


@pytest.mark.parametrize("role", ["public", "site"])
def test_no_two_answers_differ_by_few(app, view: View, viewers, role: str) -> None:
    pairs = overlapping(app[0], view, viewers[role])
    assert [found for wide, narrow in pairs for found in counts.subtracted(wide, narrow, open_names())] == []


def test_the_answers_that_staff_receive_differ_by_few(app, view: View, viewers) -> None:
    """Staff may know all of it, so a search that finds none there could find none anywhere."""
    pairs = overlapping(app[0], view, viewers["staff"])
    assert any(counts.subtracted(wide, narrow, open_names()) for wide, narrow in pairs)


def test_no_two_data_versions_differ_by_few(app, view: View, store_url: str) -> None:
    """Packages can be asked of older versions; the newest pulls brought single sources."""
    answers = [packed(app[0], view, number) for number in versions_that_differ(view, store_url)]
    assert len(answers[-1]) > 50
    assert any(len(older) < len(answers[-1]) for older in answers), "or no source of cells would have come since"
    assert [found for older in answers for found in counts.subtracted(answers[-1], older, open_names())] == []
    assert [taxon for _, taxon, _ in MASKED if taxon in str(answers)] == []


def versions_that_differ(view: View, store_url: str) -> list[int]:
    """Of the last versions, the newest one of each that holds other rows of what is counted."""
    store = Store(store_url)
    numbers = range(view.version - OLDER_VERSIONS, view.version + 1)
    held = {number: [store.files(table, store.version(number)) for table in COUNTED] for number in numbers}
    return [number for number in numbers if number == view.version or held[number] != held[number + 1]]


def overlapping(url: str, view: View, viewer: Viewer) -> Iterator[tuple[list[Cell], list[Cell]]]:
    """Answers to pairs of questions of which one holds the other."""
    begin = view.day.replace(year=view.day.year - 1, day=1)
    for chain in NESTED:
        filters = [one.format(begin=begin, next_day=begin.replace(day=2)) for one in chain]
        answers = [_asked(url, viewer, one) for one in filters]
        assert len(answers[0]) > 50
        yield from itertools.combinations(answers, 2)


def _asked(url: str, viewer: Viewer, window: str) -> list[Cell]:
    """The counts of all tables that have some, through one filter."""
    headers = route.headers(viewer.role)
    return cells_of_others({one: fetch(url, f"{route.API}/tables/{one}.csv{window}", headers) for one in CELLS}, viewer)


def packed(url: str, view: View, version: int) -> list[Cell]:
    """The counts in a package of one data version, as the public may have it."""
    spec = json.loads(Spec.of(Context(view, PUBLIC, True), [TableSpec(name) for name in CELLS], "csv").to_json())
    body = json.dumps({**spec, "data_version": version, "committed_at": None}).encode()
    received = Received()
    received.add("package", fetch(url, f"{route.API}/package", {"Content-Type": "application/json"}, body))
    tables = {where: content for where, content in received.files("package > ").items() if where.endswith(".csv")}
    return [replace(cell, table=cell.table.rpartition("/")[2]) for cell in counts.cells(tables)]
