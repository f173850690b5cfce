"""What MERMAID says of a survey is stored as it is, and nothing that its owner keeps private."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.mermaid_protocols import METHODS
from tests.connectors.mermaid_answers import PAYLOADS, PROJECT_ID, Pull, cover, event, pull
from tests.connectors.registry_answers import refusals


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Pull]:
    """Pull a saved answer that holds these sample events."""

    def read_saved(*events: dict[str, Any], **more: Any) -> Pull:
        saved = tmp_path / "saved.json"
        saved.write_text(json.dumps({"count": len(events), "next": None, "results": events}))
        return pull(str(saved), tmp_path / "pull", **more)

    return read_saved


def test_no_name_of_a_person_no_mail_and_no_note_is_kept(tmp_path: Path) -> None:
    pulled = pull(str(PAYLOADS / "page-1.json"), tmp_path / "pull")
    assert "Ada Invented" in (PAYLOADS / "page-1.json").read_text()
    for text in (pulled.fetched.payloads[0].path.read_text(), repr(pulled.parsed)):
        for personal in ("Ada", "Bo Invented", "@", "note", "observers", "admins", "citation"):
            assert personal not in text


def test_a_survey_is_stored_with_its_place_day_and_spread(tmp_path: Path) -> None:
    rows = pull(str(PAYLOADS / "page-1.json"), tmp_path / "pull").rows
    assert rows[0] == {
        "survey_id": "a0000000-0000-4000-8000-000000000001",
        "site_id": "555000001",
        "station": "North Wall",
        "surveyed_on": date(2023, 5, 14),
        "method": "benthicpit",
        "metric": "hard_coral_pct",
        "value": 32.5,
        "value_sd": 4.33,
        "value_low": None,
        "value_high": None,
        "sample_units": 3,
        "points": None,
        "labelled_by": None,
        "depth_m": None,
        "latitude": -8.26,
        "longitude": 122.51,
    }
    values = {(row["method"], row["metric"]): (row["value"], row["value_sd"]) for row in rows}
    assert values["benthicpit", "coralline_algae_pct"] == (8.5, 0.71)
    assert values["benthiclit", "hard_coral_pct"] == (18.4, None)
    assert values["benthicpqt", "macroalgae_pct"] == (3.2, 0.4)
    assert values["beltfish", "fish_biomass_kgha"] == (412.75, 88.1)
    assert values["habitatcomplexity", "habitat_complexity_score"] == (2.8, 0.42)


def test_bleaching_keeps_its_seven_classes_and_the_bleached_total(tmp_path: Path) -> None:
    rows = pull(str(PAYLOADS / "page-2.json"), tmp_path / "pull").rows
    assert {row["metric"]: row["value"] for row in rows if row["method"] == "colonies_bleached"} == {
        "normal_pct": 41.2,
        "pale_pct": 22.1,
        "bleached_20_pct": 12.3,
        "bleached_50_pct": 9.8,
        "bleached_80_pct": 6.4,
        "bleached_100_pct": 5.7,
        "recently_dead_pct": 2.5,
        "bleached_pct": 58.8,
    }
    assert {row["metric"]: row["value"] for row in rows if row["method"] == "quadrat_benthic_percent"} == {
        "hard_coral_pct": 36.0,
        "soft_coral_pct": 4.5,
        "macroalgae_pct": 10.5,
    }


@pytest.mark.parametrize("method", METHODS)
def test_a_private_method_is_counted_and_never_zero(read: Callable[..., Pull], method: str) -> None:
    pulled = read(event(1, {method: {"sample_unit_count": 4}}), event(2))
    assert [row["survey_id"] for row in pulled.rows] == ["event-2"]
    assert f"1 sample events keep their figures of {method} private" in pulled.notices


def test_figures_that_a_token_shows_of_a_private_method_are_not_kept(read: Callable[..., Pull]) -> None:
    pulled = read(event(1, {"benthicpit": cover(41.5)}, data_policy_benthicpit="private"))
    assert pulled.rows == []
    assert "41.5" not in pulled.fetched.payloads[0].path.read_text()
    assert pulled.figures["hard_coral_pct_mean"] is None


def test_no_coral_found_is_zero(read: Callable[..., Pull]) -> None:
    assert [row["value"] for row in read(event(1, {"benthicpit": cover("0.00")})).rows] == [0]


def test_hard_coral_weighs_each_survey_the_same_whatever_its_methods(read: Callable[..., Pull]) -> None:
    both = {"benthicpit": cover(10), "benthiclit": cover(20)}
    quadrats = {"quadrat_benthic_percent": {"sample_unit_count": 1, "percent_hard_avg_avg": 45}}
    fish = {"beltfish": {"sample_unit_count": 3, "biomass_kgha_avg": 200}}
    days = [{"sample_date": "2023-01-31"}, {"sample_date": "2024-02-29"}, {"sample_date": "2022-12-01"}]
    pulled = read(event(1, both, **days[0]), event(2, quadrats, **days[1]), event(3, fish, **days[2]))
    assert pulled.figures == {
        "stations": 3,
        "surveys": 3,
        "images": None,
        "points": None,
        "hard_coral_pct_mean": 30.0,
        "first": "2022-12-01",
        "last": "2024-02-29",
        "unmatched_labels": [],
    }


def test_two_surveys_of_one_place_and_day_stay_two(read: Callable[..., Pull]) -> None:
    pulled = read(event(1, site_name="Reef"), event(2, site_name="Reef"), event(2, site_name="Reef"))
    assert [row["survey_id"] for row in pulled.rows] == ["event-1", "event-2"]
    assert pulled.figures["stations"] == 1
    assert "1 sample events were sent more than once" in pulled.notices


def test_the_closest_of_site_project_and_country_decides(read: Callable[..., Pull]) -> None:
    site = {"Reef 1": "1", PROJECT_ID: "2", "Atlantis": "3"}
    pulled = read(event(1), event(2), event(3, project_id="x"), event(4, project_id="x", country_name="y"), site=site)
    assert [row["site_id"] for row in pulled.rows] == ["1", "2", "3"]
    assert refusals(pulled.parsed) == [("reef_surveys", 4, "project_name")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sample_date": "1 June"}, "sample_date"),
        ({"latitude": 91}, "latitude"),
        ({"longitude": "east"}, "longitude"),
        ({"site_name": None}, "site_name"),
        ({"sample_event_id": ""}, "sample_event_id"),
        ({"protocols": {"benthicpit": cover(100.5)}}, "benthicpit.percent_cover_benthic_category_avg.Hard coral"),
        ({"protocols": {"benthicpit": cover(True)}}, "benthicpit.percent_cover_benthic_category_avg.Hard coral"),
        ({"protocols": {"benthicpit": cover(30, units="many")}}, "benthicpit.sample_unit_count"),
    ],
)
def test_a_value_that_cannot_be_is_refused_alone(read: Callable[..., Pull], wrong: Any, field: str) -> None:
    pulled = read(event(1) | wrong, event(2))
    assert refusals(pulled.parsed) == [("reef_surveys", 1, field)]
    assert [row["survey_id"] for row in pulled.rows] == ["event-2"]


def test_a_method_whose_fields_were_renamed_is_told(read: Callable[..., Pull]) -> None:
    pulled = read(event(1, {"beltfish": {"sample_unit_count": 2, "mass": 5}}), event(2))
    assert "1 sample events have no figure of beltfish" in pulled.notices
