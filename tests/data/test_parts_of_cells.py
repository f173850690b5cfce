"""What the warnings of a month turned out to be is told to the public only where no part of the month is few."""

from pathlib import Path

import pandas as pd
import pytest

from data import queries
from data.engine import View
from data.queries.merged import Choice, merged_batches
from tests.data import field_network
from tests.data.field_network import alert
from tests.data.invented import Row, moment
from tests.data.network import OPEN_SITE, PUBLIC, STAFF, TODAY

SPAN = (pd.Timestamp("2026-01-01").date(), TODAY)


def turned_out(folder: Path, **numbers: int) -> View:
    """The field network with so many warnings of one month that turned out so."""
    outcomes = [word for word, number in numbers.items() for _ in range(number)]

    def change(table: str, rows: list[Row]) -> list[Row]:
        if table != "alerts":
            return rows
        site_id, at = rows[0]["site_id"], moment("2026-03-05T05:00:00")
        return [alert(site_id, n, at, outcome=None if word == "open" else word) for n, word in enumerate(outcomes)]

    return field_network.built(folder, change=change)


def by_month(view: View, viewer) -> tuple[int, int | None, int | None]:
    batches = merged_batches(view, viewer, "alerts_by_month", Choice(sites=(OPEN_SITE,)), TODAY)
    (row,) = [row for batch in batches for row in batch.to_pylist()]
    return row["alerts"], row["confirmed"], row["false_alarms"]


@pytest.mark.parametrize(
    ("numbers", "is_told"),
    [
        ({"confirmed": 9, "false": 1}, False),
        ({"confirmed": 1, "false": 9}, False),
        ({"confirmed": 6, "false": 5, "open": 2}, False),
        ({"confirmed": 6, "false": 5, "unverified": 3, "open": 1}, False),
        ({"confirmed": 6, "false": 5}, True),
        ({"confirmed": 6, "false": 5, "unverified": 3, "open": 2}, True),
        ({"confirmed": 7}, True),
        ({"open": 7}, True),
    ],
)
def test_no_part_of_a_month_is_told_that_is_few(tmp_path: Path, numbers: dict[str, int], is_told: bool) -> None:
    view = turned_out(tmp_path, **numbers)
    all_of, confirmed, false = sum(numbers.values()), numbers.get("confirmed", 0), numbers.get("false", 0)
    assert by_month(view, STAFF) == (all_of, confirmed, false)
    assert by_month(view, PUBLIC) == ((all_of, confirmed, false) if is_told else (all_of, None, None))


def test_of_single_warnings_the_public_learns_no_outcome(tmp_path: Path) -> None:
    """A share of the months that could be told would be wrong, and one of all would tell the others by subtraction."""
    view = turned_out(tmp_path, confirmed=6, false=5)
    for viewer, expected in ((PUBLIC, {}), (STAFF, {"confirmed": 6, "false": 5})):
        page = queries.site_alerts(view, viewer, OPEN_SITE, *SPAN, TODAY)
        network = queries.network_alerts(view, viewer, TODAY).query("site_id == @OPEN_SITE")
        for told in (page, network):
            assert len(told) == 11
            assert told["outcome"].value_counts().to_dict() == expected
