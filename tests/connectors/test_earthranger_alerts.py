"""EarthRanger events of an analyzer become alerts: once each, answered, closed and placed."""

import ast
import csv
import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Refusal, Rows, Source
from connectors.columns import Tally
from connectors.earthranger_alerts import Alerts
from connectors.earthranger_animals import Animals
from connectors.earthranger_events import Events
from connectors.earthranger_options import options_of
from tests.connectors.earthranger_server import (
    ANY_JSON,
    RANGER,
    RECORDED,
    ZEBRA,
    event,
    read,
    rows,
    saved,
    subject,
    told,
)

SOURCE = Source("er", "earthranger", "folder", site="555000001")


def alerts_of(tmp_path: Path, *events: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    return rows(read(saved(tmp_path / "saved", events=list(events)), tmp_path, options=options), "alerts")


def test_real_positions_written_as_text_are_numbers(samples: Path, tmp_path: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["earthranger/ecoscope_api_objects"]
    with (samples / "earthranger/ecoscope_api_objects/elephant_sighting.csv").open() as file:
        sightings = list(csv.DictReader(file))
    events = [
        event(number, time=row["time"], location=ast.literal_eval(row["location"]))
        for number, row in enumerate(sightings)
    ]
    found = alerts_of(tmp_path, *events)
    assert len(found) == truth["elephant_sighting.csv"]["with_location"]
    box = [f([row[name] for row in found]) for f in (min, max) for name in ("longitude", "latitude")]
    assert box == truth["elephant_sighting.csv"]["bbox_lon_min_lat_min_lon_max_lat_max"]
    first = min(row["detected_at"] for row in found).replace(microsecond=0)
    assert first == datetime.fromisoformat(truth["elephant_sighting.csv"]["time_min_utc"])


def test_an_all_clear_closes_the_earlier_alerts_of_its_animal_and_kind_alone(tmp_path: Path) -> None:
    found = alerts_of(
        tmp_path,
        event(9, "immobility_all_clear"),
        event(1),
        event(2, "geofence_break"),
        event(3, subject_id="animal-2"),
        event(4),
        event(10),
        event(20, "immobility_all_clear"),
    )
    hours = {row["alert_id"]: row["closed_at"] and (row["closed_at"] - RECORDED) / timedelta(hours=1) for row in found}
    assert hours == {"event-1": 9, "event-2": None, "event-3": None, "event-4": 9, "event-10": 20}


def test_answering_and_closing_are_read_from_the_changes_of_state(tmp_path: Path) -> None:
    def change(at: str, message: str, kind: str) -> dict[str, str]:
        return {"time": at, "message": message, "type": kind}

    answered = change("2024-05-01T03:00:00+02:00", "Changed State: new → active", "read")
    resolved = change("2024-05-01T05:00:00Z", "Changed State: active → resolved", "resolved")
    filed = change("2024-05-01T00:30:00Z", "File Added: x.jpg", "add_eventfile")
    found = alerts_of(
        tmp_path,
        event(1, state="resolved", updates=[resolved, answered, filed]),
        event(2, state="active", updates=[resolved, answered]),
        event(3, state="resolved", updated_at="2024-05-02T00:00:00Z"),
        event(4, state="resolved", updates=[resolved], end_time="2024-05-01T04:30:00Z"),
        event(5),
    )
    at = [(row["acknowledged_at"], row["closed_at"]) for row in found]
    one, five = datetime(2024, 5, 1, 1, tzinfo=UTC), datetime(2024, 5, 1, 5, tzinfo=UTC)
    assert at == [
        (one, five),
        (one, None),
        (None, datetime(2024, 5, 2, tzinfo=UTC)),
        (five, datetime(2024, 5, 1, 4, 30, tzinfo=UTC)),
        (None, None),
    ]


def test_the_events_of_a_collection_count_once_and_the_collection_does_not(tmp_path: Path) -> None:
    inside = [{"type": "contains", "related_event": event(number)} for number in (1, 2)]
    collection = event(3, "incident_collection", is_collection=True, contains=inside)
    found = alerts_of(tmp_path, collection, event(2), event(4))
    assert sorted(row["alert_id"] for row in found) == ["event-1", "event-2", "event-4"]


def test_of_an_event_sent_twice_the_newest_version_counts(tmp_path: Path) -> None:
    newer = event(1, priority=300, updated_at="2024-06-01T00:00:00+00:00")
    assert [row["priority"] for row in alerts_of(tmp_path, newer, event(1, priority=100))] == ["high"]


def test_priorities_are_words_and_gray_is_none(tmp_path: Path) -> None:
    found = alerts_of(tmp_path, *(event(n, priority=priority) for n, priority in enumerate((0, 100, "200", 300))))
    assert [row["priority"] for row in found] == [None, "low", "medium", "high"]


def test_a_shape_gives_a_point_on_it_and_no_place_stays_no_place(tmp_path: Path) -> None:
    ring = [[10, 0], [14, 0], [14, 4], [10, 4], [10, 0]]
    polygon = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}
    line = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[20, 1], [24, 1]]}}
    none = {"type": "Feature", "geometry": None, "properties": {}}
    found = alerts_of(
        tmp_path,
        event(1, location=None, geometry={"type": "FeatureCollection", "features": [line, polygon, none]}),
        event(2, location=None, geojson=line),
        event(3, location=None, geojson=none),
        event(4, location={"latitude": 0, "longitude": 0}),
        event(5, location={"latitude": "north", "longitude": 3}),
    )
    places = [(row["latitude"], row["longitude"]) for row in found]
    assert 0 < places[0][0] < 4 < 10 < places[0][1] < 14
    assert places[1][0] == 1
    assert 20 <= places[1][1] <= 24
    assert places[2:] == [(None, None)] * 3


def test_an_alert_about_a_person_names_no_animal(tmp_path: Path) -> None:
    folder = saved(
        tmp_path / "saved",
        subjects=[subject(ZEBRA), subject(RANGER, "person")],
        events=[event(1), event(2, subject_id=RANGER)],
    )
    assert [row["individual_id"] for row in rows(read(folder, tmp_path), "alerts")] == [ZEBRA, None]


def test_an_event_type_that_counts_as_a_warning_needs_no_analyzer(samples: Path, tmp_path: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["earthranger/er_client_payloads"]["events"]
    folder = tmp_path / "published"
    folder.mkdir()
    for page in ("one", "two"):
        name = f"get_events_response_page_{page}.json"
        (folder / name).write_bytes((samples / "earthranger/er_client_payloads" / name).read_bytes())
    found = rows(read(folder, tmp_path, options={"alerts": ["trailguard_rep"]}), "alerts")
    assert len(found) == truth["distinct_ids"]
    assert {row["kind"] for row in found} == set(truth["event_type"])
    cameras = [row for row in found if row["kind"] == "trailguard_rep"]
    seconds = [(row["sent_at"] - row["detected_at"]).total_seconds() for row in cameras]
    assert sorted(round(second, 3) for second in seconds) == [1.458, 2.628, 7.842, 9.405]


def test_the_answers_to_a_warning_are_read_from_the_keys_that_are_configured(tmp_path: Path) -> None:
    details = {
        "radioed": "2024-05-01T01:00:30Z",
        "acknowledged_at": "2024-05-01T03:02:00+02:00",
        "ranger_arrived_at": "2024-05-01T01:20:00",
        "animal_arrived_at": "2024-05-01T01:32:00Z",
        "verdict": "False alarm",
    }
    keys = {"sent_at": "radioed", "arrived_at": "ranger_arrived_at", "outcome": "verdict"}
    (found,) = alerts_of(tmp_path, event(1, event_details=details), alert_details=keys)
    minutes = [
        (found[name] - found["detected_at"]) / timedelta(minutes=1)
        for name in ("sent_at", "acknowledged_at", "arrived_at", "animal_arrived_at")
    ]
    assert minutes == [0.5, 2, 20, 32]
    assert found["outcome"] == "false"


def test_answers_under_our_own_names_need_no_configuration_and_no_answer_stays_empty(tmp_path: Path) -> None:
    answered = {"arrived_at": "2024-05-01T01:20:00Z", "outcome": True}
    first, second = alerts_of(tmp_path, event(1, event_details=answered), event(2))
    assert (first["arrived_at"] - first["detected_at"], first["outcome"]) == (timedelta(minutes=20), "confirmed")
    assert [second[name] for name in ("arrived_at", "animal_arrived_at", "acknowledged_at", "outcome")] == [None] * 4
    assert second["sent_at"] == RECORDED + timedelta(hours=2)


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("Confirmed", "confirmed"),
        ("yes", "confirmed"),
        (True, "confirmed"),
        ("false_alarm", "false"),
        (False, "false"),
        ("UNVERIFIED", "unverified"),
        (None, None),
    ],
)
def test_an_outcome_is_one_of_three_words(tmp_path: Path, written: Any, outcome: str | None) -> None:
    (found,) = alerts_of(tmp_path, event(1, event_details={"outcome": written}))
    assert found["outcome"] == outcome


def test_an_answer_that_cannot_be_read_is_told_and_the_alert_is_kept(tmp_path: Path) -> None:
    details = {"arrived_at": "soon", "outcome": "perhaps", "sent_at": "2024-05-01T01:00:01"}
    parsed = read(saved(tmp_path / "saved", events=[event(1, event_details=details)]), tmp_path)
    assert [(row["arrived_at"], row["outcome"]) for row in rows(parsed, "alerts")] == [(None, None)]
    assert "event_details.arrived_at could not be read and is left empty: 1 rows (such as 'soon')" in told(parsed)
    assert "event_details.outcome could not be read and is left empty: 1 rows (such as 'perhaps')" in told(parsed)
    assert "times without an offset from UTC, read as UTC: 1 rows" in told(parsed)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(event(1))), ANY_JSON))
def test_whatever_an_event_holds_it_is_stored_refused_or_told(changes: dict[str, Any]) -> None:
    tally, options = Tally(), options_of(SOURCE)
    events = Events(options, tally)
    changed = json.loads(json.dumps(event(1) | changes))
    events.read([changed | {"contains": []}])
    found = events.sorted()
    parsed = list(Alerts(SOURCE, options, Animals(SOURCE, options, tally), tally).rows(found.warnings, found.clears))
    counted = sum(len(item.rows) if isinstance(item, Rows) else isinstance(item, Refusal) for item in parsed)
    assert counted or any("are left out" in item.text or "are no" in item.text for item in tally.notices())
    assert all(math.isfinite(row["latitude"] or 0) for row in rows(parsed, "alerts"))
