"""Each rule of the schema refuses, by name and reason, exactly the rows that break it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from math import inf, isnan, nan
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.schema import DAY, DEPLOYMENTS, DETECTIONS, MOMENT, NUMBER, TABLES, TEXT, WHOLE, Field, Table
from data.validation import Checker, Verdict
from tests.data.invented import Row, deployment, detection, moment

MAY, JUNE = moment("2024-05-10T08:00:00"), moment("2024-06-10T08:00:00")


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    opened = Checker()
    yield opened
    opened.close()


def check(checker: Checker, table: Table, *rows: Row) -> list[Verdict]:
    return checker.check(table, pa.Table.from_pylist(list(rows), schema=table.arrow_schema))


def test_good_rows_pass_with_and_without_their_optional_fields(checker: Checker) -> None:
    whole = detection("b", MAY, individual_count=1, classification_probability=1.0, utc_offset_min=-840)
    assert check(checker, DETECTIONS, detection("a", MAY), whole) == []
    assert check(checker, DEPLOYMENTS, deployment("d", MAY, MAY, latitude=-90, longitude=180)) == []
    assert check(checker, DETECTIONS) == []


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("deployment_id", None, "is required but empty"),
        ("deployment_id", "", "is required but empty"),
        ("deployment_id", " \t\n", "is required but empty"),
        ("started_at", None, "is required but empty"),
        ("latitude", None, "is required but empty"),
        ("latitude", 90.000001, "is above 90 degrees"),
        ("longitude", -180.000001, "is below -180 degrees"),
        ("trap_nights", -0.5, "is below 0 nights of 24 h"),
        ("latitude", nan, "is not a finite number"),
        ("camera_height_m", nan, "is not a finite number"),
        ("camera_height_m", inf, "is not a finite number"),
        ("utc_offset_min", 841, "is above 840 min"),
    ],
)
def test_a_wrong_deployment_is_refused_by_field_and_reason(
    checker: Checker, field: str, value: Any, reason: str
) -> None:
    good = deployment("d", MAY, JUNE)
    shown = None if value is None else str(value)
    assert check(checker, DEPLOYMENTS, good, {**good, field: value}) == [Verdict(1, field, shown, reason)]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("level", "sequence", "is not one of event, media"),
        ("level", "Event", "is not one of event, media"),
        ("individual_count", 0, "is below 1 individuals"),
        ("classification_probability", 1.01, "is above 1 0-1"),
        ("classification_method", "", "is not one of human, machine"),
    ],
)
def test_a_wrong_detection_is_refused_by_field_and_reason(
    checker: Checker, field: str, value: Any, reason: str
) -> None:
    assert check(checker, DETECTIONS, detection("a", MAY, **{field: value})) == [Verdict(0, field, str(value), reason)]


def test_a_row_with_two_faults_is_refused_once(checker: Checker) -> None:
    (verdict,) = check(checker, DETECTIONS, detection("", MAY, level="x"))
    assert verdict.field == "detection_id"


def test_a_connector_that_gives_other_columns_is_told_so(checker: Checker) -> None:
    with pytest.raises(TypeError, match="table detections"):
        checker.check(DETECTIONS, pa.table({"detection_id": ["a"]}))
    wrong_type = DETECTIONS.arrow_schema.empty_table().set_column(0, "detection_id", pa.array([], pa.int64()))
    with pytest.raises(TypeError, match="detection_id"):
        checker.check(DETECTIONS, wrong_type)


INVENTED = Table(
    "invented",
    "A field of each kind",
    key=("name",),
    fields=(
        Field("name", TEXT, "Required text", required=True),
        Field("kind", TEXT, "One of a few words", allowed=("a", "it"), required=True),
        Field("share", NUMBER, "From 0 to 1", minimum=0, maximum=1),
        Field("count", WHOLE, "At least one", minimum=1),
        Field("seen_at", MOMENT, "When", required=True),
        Field("day", DAY, "Day"),
    ),
)


@st.composite
def _rows(draw: st.DrawFn) -> Row:
    return {
        "name": draw(st.sampled_from([None, "", " ", "x", "ü'\""])),
        "kind": draw(st.sampled_from([None, "a", "it", "A", ""])),
        "share": draw(st.none() | st.floats(-2, 2) | st.sampled_from([nan, inf, -inf, 0.0, 1.0])),
        "count": draw(st.none() | st.integers(-2, 2)),
        "seen_at": draw(st.sampled_from([None, datetime(2024, 1, 1, tzinfo=UTC)])),
        "day": None,
    }


def _is_wrong(row: Row) -> bool:
    share, count = row["share"], row["count"]
    return (
        not (row["name"] or "").strip()
        or row["kind"] not in ("a", "it")
        or (share is not None and (isnan(share) or not 0 <= share <= 1))
        or (count is not None and count < 1)
        or row["seen_at"] is None
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_rows(), max_size=30))
def test_exactly_the_wrong_rows_are_refused(checker: Checker, rows: list[Row]) -> None:
    verdicts = check(checker, INVENTED, *rows)
    assert [verdict.position for verdict in verdicts] == [at for at, row in enumerate(rows) if _is_wrong(row)]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_required_field_of_every_table_is_required(checker: Checker, table: Table) -> None:
    empty = dict.fromkeys(table.columns)
    first = next(field for field in table.fields if field.required)
    assert check(checker, table, empty) == [Verdict(0, first.name, None, "is required but empty")]
