"""EarthRanger events that report a loss become incidents of a village, and never of a household."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Parsed
from connectors.errors import SourceRefused
from tests.connectors.earthranger_server import (
    RANGER,
    RECORDED,
    ZEBRA,
    event,
    read,
    refused,
    rows,
    saved,
    subject,
    told,
)

OPTIONS = {"incidents": {"crop_raid": "crop", "killed_cow": "livestock"}, "scientific_names": {"zebra": "Equus quagga"}}


def report(number: int, kind: str = "crop_raid", subject_id: str | None = None, **more: Any) -> dict[str, Any]:
    by_people = {"event_category": "monitoring", "provenance": "community"}
    return event(number, kind, subject_id, **by_people) | more


def parse(tmp_path: Path, *events: dict[str, Any], **more: Any) -> list[Parsed]:
    subjects = more.pop("subjects", [subject(ZEBRA, subject_subtype="Zebra"), subject(RANGER, "person")])
    folder = saved(tmp_path / "saved", subjects=subjects, events=list(events))
    return read(folder, tmp_path, **{"options": OPTIONS, **more})


def test_only_the_event_types_that_are_configured_become_incidents(tmp_path: Path) -> None:
    parsed = parse(tmp_path, report(1), report(2, "killed_cow"), report(3, "gate_left_open"), event(4))
    found = [(row["incident_id"], row["kind"]) for row in rows(parsed, "incidents")]
    assert found == [("event-1", "crop"), ("event-2", "livestock")]
    assert rows(parsed, "incidents")[0]["happened_at"] == RECORDED + timedelta(hours=1)
    assert [row["alert_id"] for row in rows(parsed, "alerts")] == ["event-4"]
    assert "are left out: 1 rows" in told(parsed)


def test_an_incident_tells_its_village_and_loss_and_nothing_of_the_household(tmp_path: Path) -> None:
    details = {"village": "Lower Field", "household": "Door 7", "loss": "0.25", "loss_unit": "ha", "species": "zebra"}
    place = {"latitude": 1.23456, "longitude": 2.34567}
    parsed = parse(tmp_path, report(1, event_details=details, location=place, comment="Door 7"))
    (row,) = rows(parsed, "incidents")
    assert [row[name] for name in ("village", "loss", "loss_unit", "scientific_name")] == [
        "Lower Field",
        0.25,
        "ha",
        "Equus quagga",
    ]
    assert not any(private in str(row) for private in ("1.23", "2.34", "Door"))


def test_the_animal_is_the_one_named_else_the_one_the_event_is_about(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        report(1, event_details={"animal": "ZEBRA", "village_name": "Upper Field"}),
        report(2, subject_id=ZEBRA),
        report(3, subject_id=RANGER),
        report(4, event_details={"species": "unicorn"}),
    )
    names = [row["scientific_name"] for row in rows(parsed, "incidents")]
    assert names == ["Equus quagga", "Equus quagga", None, None]
    assert [row["village"] for row in rows(parsed, "incidents")] == ["Upper Field", None, None, None]
    assert "animals of incidents are not among `scientific_names`: 1 rows (such as 'unicorn')" in told(parsed)


@pytest.mark.parametrize("loss", ["much", -3, "1,5"])
def test_a_loss_that_is_no_amount_is_told_and_left_empty(tmp_path: Path, loss: Any) -> None:
    parsed = parse(tmp_path, report(1, event_details={"loss": loss, "loss_unit": "ha"}))
    assert [(row["loss"], row["loss_unit"]) for row in rows(parsed, "incidents")] == [(None, "ha")]
    assert "event_details.loss could not be read and is left empty: 1 rows" in told(parsed)


def test_the_reports_in_a_collection_count_once_and_the_collection_does_not(tmp_path: Path) -> None:
    inside = [{"type": "contains", "related_event": report(number)} for number in (1, 2)]
    parsed = parse(tmp_path, report(3, is_collection=True, contains=inside), report(2), report(4))
    assert sorted(row["incident_id"] for row in rows(parsed, "incidents")) == ["event-1", "event-2", "event-4"]


def test_a_corrected_report_replaces_the_one_before(tmp_path: Path) -> None:
    newer = report(1, "killed_cow", updated_at="2024-06-01T00:00:00+00:00")
    assert [row["kind"] for row in rows(parse(tmp_path, newer, report(1)), "incidents")] == ["livestock"]


def test_a_village_may_have_a_site_of_its_own_and_one_of_none_is_refused(tmp_path: Path) -> None:
    villages = [report(number, event_details={"village": name}) for number, name in enumerate(("Near", "Far"))]
    parsed = parse(tmp_path, *villages, report(3, subject_id=ZEBRA), site={"Near": "555000007", ZEBRA: "555000008"})
    assert [row["site_id"] for row in rows(parsed, "incidents")] == ["555000007", "555000008"]
    assert refused(parsed) == [("incidents", "village")]


def test_a_report_without_a_time_or_a_name_is_refused(tmp_path: Path) -> None:
    parsed = parse(tmp_path, report(1, time="yesterday"), report(2, id=None), report(3))
    assert refused(parsed) == [("incidents", "id"), ("incidents", "time")]
    assert len(rows(parsed, "incidents")) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"incidents": {"crop_raid": "crops"}},
        {"incidents": ["crop_raid"]},
        {"incidents": {"crop_raid": 1}},
        {"alerts": {"warning": "yes"}},
        {"alerts": ["crop_raid"], "incidents": {"crop_raid": "crop"}},
        {"alert_details": {"closed": "closed_at"}},
        {"alert_details": {"arrived_at": ""}},
        {"scientific_names": ["zebra"]},
        {"kinetic_models": {"a": "b"}},
        {"fix_interval_h": {"a": "often"}},
        {"energy_key": 5},
    ],
    ids=json.dumps,
)
def test_an_option_that_cannot_be_used_is_named(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(SourceRefused, match=f"`{next(iter(options))}`") as caught:
        parse(tmp_path, report(1), options=options)
    assert caught.value.advice
