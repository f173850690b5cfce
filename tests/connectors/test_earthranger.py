"""EarthRanger answers become animals, collars and positions; nobody who is no animal does."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Payload, Refusal, Rows, Source
from connectors.earthranger import EarthRanger
from connectors.errors import SourceChanged, SourceRefused
from metrics.alerts import alert_figures
from tests.connectors.earthranger_server import (
    ANY_JSON,
    RANGER,
    RECORDED,
    TAG,
    ZEBRA,
    observation,
    read,
    refused,
    rows,
    saved,
    subject,
    told,
)

SOURCE = Source("er", "earthranger", "folder", site="555000001")


def assignment(lower: str | None, upper: str | None, of: str = ZEBRA, tag: str = TAG) -> dict[str, Any]:
    return {"subject": of, "source": tag, "assigned_range": {"lower": lower, "upper": upper}}


def test_published_answers_give_the_published_numbers(samples: Path, tmp_path: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["earthranger/er_client_payloads"]
    for kind, table in (("observations", "fixes"), ("events", "alerts")):
        folder = tmp_path / kind
        folder.mkdir()
        for page in ("one", "two"):
            name = f"get_{kind}_response_page_{page}.json"
            (folder / name).write_bytes((samples / "earthranger/er_client_payloads" / name).read_bytes())
        parsed = read(folder, tmp_path)
        found = rows(parsed, table)
        if table == "fixes":
            assert len(found) == truth["observations"]["distinct_ids"]
            assert len({row["collar_id"] for row in found}) == truth["observations"]["sources"]
            box = [f([row[name] for row in found]) for f in (min, max) for name in ("longitude", "latitude")]
            assert box == truth["observations"]["bbox_lon_min_lat_min_lon_max_lat_max"]
            assert min(row["fixed_at"] for row in found).isoformat() == truth["observations"]["recorded_at_min"]
        else:
            alerts = next(item for item in parsed if isinstance(item, Rows)).rows.to_pandas()
            silences = truth["events"]["event_type"]["silence_source_provider_rep"]
            assert alert_figures(alerts) == {
                "by_kind": {"silence_source_provider_rep": silences},
                "without_place": truth["events"]["location_null"],
            }
            repeats = truth["events"]["rows_over_two_pages"] - truth["events"]["distinct_ids"]
            assert f"events that were sent more than once are stored once: {repeats} rows" in told(parsed)


def test_nested_groups_give_each_animal_once(samples: Path, tmp_path: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["earthranger/gundi_er_payloads"]
    for name in ("get_subjectgroups_response", "get_subjectgroups_flat_response"):
        parsed = read(samples / f"earthranger/gundi_er_payloads/{name}.json", tmp_path)
        assert len(rows(parsed, "individuals")) == truth["subject_types"]["wildlife/giraffe"]
        others = truth["distinct_subjects"] - truth["subject_types"]["wildlife/giraffe"]
        assert f"not wildlife are left out: {others} rows" in told(parsed)


def test_patrols_are_left_out_and_said_to_be(samples: Path, tmp_path: Path) -> None:
    parsed = read(samples / "earthranger/ecoscope_api_objects", tmp_path)
    assert told(parsed).count("holds patrols, which are not read") == 3
    assert [row["sex"] for row in rows(parsed, "individuals")] == ["female"]


def test_an_open_assignment_has_no_end_and_one_that_is_no_time_is_told(tmp_path: Path) -> None:
    ends = [("0001-01-01T00:00:00+03:00", "9999-12-31T23:59:59.999999-05:00"), ("2024-05-01T00:00:00+03:00", "soon")]
    given_ = [assignment(*one, tag=f"tag-{number}") for number, one in enumerate(ends)]
    parsed = read(saved(tmp_path / "saved", subjects=[subject(ZEBRA)], assignments=given_), tmp_path)
    collars = rows(parsed, "collars")
    assert [(row["fitted_at"], row["removed_at"]) for row in collars] == [
        (None, None),
        (datetime(2024, 4, 30, 21, tzinfo=UTC), None),
    ]
    assert "assigned_range.upper could not be read and is left empty: 1 rows (such as 'soon')" in told(parsed)


@pytest.mark.parametrize("order", [1, -1])
def test_a_tag_fitted_twice_to_one_animal_is_one_collar_of_the_latest_time(tmp_path: Path, order: int) -> None:
    times = [("2022-01-01T00:00:00Z", "2022-06-01T00:00:00Z"), ("2024-01-01T00:00:00Z", None)]
    twice = [assignment(*one) for one in times[::order]]
    parsed = read(saved(tmp_path / "saved", subjects=[subject(ZEBRA)], assignments=twice), tmp_path)
    collars = [(row["fitted_at"], row["removed_at"]) for row in rows(parsed, "collars")]
    assert collars == [(datetime(2024, 1, 1, tzinfo=UTC), None)]
    assert "the same tag on the same animal is assigned more than once" in told(parsed)


def test_a_tag_that_changes_its_animal_gives_each_its_own_positions(tmp_path: Path) -> None:
    other = "animal-2"
    changed = (RECORDED + timedelta(hours=2)).isoformat()
    folder = saved(
        tmp_path / "saved",
        subjects=[subject(ZEBRA), subject(other), subject(RANGER, "person")],
        assignments=[
            assignment(None, changed),
            assignment(changed, None, of=other),
            assignment(None, None, of=RANGER, tag="radio"),
        ],
        observations=[observation(n) for n in range(4)]
        + [observation(7, id="radio", source="radio"), observation(8, id="stray", source="stray")],
    )
    parsed = read(folder, tmp_path)
    assert [row["individual_id"] for row in rows(parsed, "fixes")] == [ZEBRA, ZEBRA, other, other]
    assert "positions of subjects that are not wildlife are left out: 1 rows" in told(parsed)
    assert refused(parsed) == [("fixes", "source")]


@pytest.mark.parametrize(
    ("options", "additional", "expected"),
    [
        ({}, {}, (None, None)),
        ({}, {"fix_interval_h": "0.5"}, ("scheduled", 0.5)),
        ({"fix_interval_h": {"invented": 4}}, {"fix_interval_h": 1}, ("scheduled", 4)),
        ({"kinetic_models": ["INVENTED 3"]}, {"fix_interval_h": 1}, ("kinetic", None)),
        ({"kinetic_models": ["Other"]}, {"fix_interval_h": "daily"}, (None, None)),
    ],
)
def test_what_pays_for_a_collar_is_told_by_its_model_or_by_its_server(
    tmp_path: Path, options: dict[str, Any], additional: dict[str, Any], expected: tuple[str | None, float | None]
) -> None:
    tag = {"id": TAG, "source_type": "tracking-device", "manufacturer_id": "7", "model_name": "Invented 3"}
    folder = saved(
        tmp_path / "saved",
        subjects=[subject(ZEBRA)],
        sources=[tag | {"additional": additional}],
        assignments=[assignment(None, None)],
    )
    (collar,) = rows(read(folder, tmp_path, options=options), "collars")
    assert (collar["kind"], collar["fix_interval_h"]) == expected
    assert collar["model"] == "Invented 3"


def test_harvested_energy_is_read_from_the_details_of_a_position(tmp_path: Path) -> None:
    sent = [{"harvested_energy_j": 4.5}, {"harvested_energy_j": " 3 "}, {"harvested_energy_j": "low"}, {}, None]
    positions = [observation(number, observation_details=details) for number, details in enumerate(sent)]
    parsed = read(saved(tmp_path / "saved", observations=positions), tmp_path)
    assert [row["energy_j"] for row in rows(parsed, "fixes")] == [4.5, 3, None, None, None]
    assert "observation_details.harvested_energy_j could not be read and is left empty: 1 rows" in told(parsed)
    other = read(tmp_path / "saved", tmp_path, options={"energy_key": "joules"})
    assert {row["energy_j"] for row in rows(other, "fixes")} == {None}


def test_the_null_island_and_excluded_positions_are_outliers_and_the_equator_is_not(tmp_path: Path) -> None:
    nowhere, equator = {"latitude": 0, "longitude": "0.0"}, {"latitude": 0.0, "longitude": 37.5}
    positions = [
        observation(1, location=nowhere),
        observation(2, location=equator),
        *(observation(3 + flag, exclusion_flags=flag) for flag in range(4)),
    ]
    found = rows(read(saved(tmp_path / "saved", observations=positions), tmp_path), "fixes")
    assert [row["is_outlier"] for row in found] == [True, False, False, True, True, True]


def test_repeated_positions_are_stored_once_and_unusable_ones_refused(tmp_path: Path) -> None:
    positions = [
        observation(1),
        observation(1),
        observation(1, id="another at the same time"),
        observation(2, location=None),
        observation(3, location={"latitude": 91, "longitude": 0}),
        observation(4, recorded_at="yesterday"),
    ]
    parsed = read(saved(tmp_path / "saved", observations=positions), tmp_path)
    assert len(rows(parsed, "fixes")) == 1
    assert "positions that were sent more than once are stored once: 1 rows" in told(parsed)
    assert "same animal at the same time as another are left out: 1 rows" in told(parsed)
    assert [field for _, field in refused(parsed)] == ["recorded_at", "location.latitude", "location.latitude"]
    reasons = [item.reason for item in parsed if isinstance(item, Refusal)]
    assert not any(value in reason for reason in reasons for value in ("yesterday", "91"))


def test_an_animal_of_no_configured_place_is_refused_with_all_that_is_its(tmp_path: Path) -> None:
    folder = saved(
        tmp_path / "saved",
        subjects=[subject(ZEBRA, region="North"), subject("animal-2", region="South")],
        assignments=[assignment(None, None), assignment(None, None, "animal-2", "tag-2")],
        observations=[observation(1), observation(2, source="tag-2")],
    )
    parsed = read(folder, tmp_path, site={"North": "555000009"})
    for table in ("individuals", "collars", "fixes"):
        assert {row["site_id"] for row in rows(parsed, table)} == {"555000009"}
    assert {table for table, _ in refused(parsed)} == {"individuals", "collars", "fixes"}


@pytest.mark.parametrize("answer", ["{broken", "{}", '{"data": {"results": [7]}}', "[]", '"text"'])
def test_a_file_that_holds_no_answer_is_a_source_error(tmp_path: Path, answer: str) -> None:
    (tmp_path / "answer.json").write_text(answer)
    with pytest.raises(SourceChanged, match="er: "):
        read(tmp_path / "answer.json", tmp_path)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("[]")
    folder = saved(tmp_path / "saved", subjects=[subject(ZEBRA)])
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(SourceRefused, match="leads out of the folder"):
        read(folder, tmp_path)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries({}, optional={name: ANY_JSON for name in observation(1)}), max_size=5))
def test_whatever_a_page_of_positions_holds_no_row_is_lost(tmp_path_factory: Any, changes: list[Any]) -> None:
    path = tmp_path_factory.mktemp("page") / "observations.json"
    records = [observation(number) | change for number, change in enumerate(changes)]
    path.write_text(json.dumps(records))
    payload = Payload("observations", path, {"kind": "observations", "subject": ZEBRA})
    parsed = list(EarthRanger().parse(SOURCE, (payload,)))
    left_out = told(parsed).count("are stored once") + told(parsed).count("are left out")
    counted = len(rows(parsed, "fixes")) + len(refused(parsed))
    assert counted == len(records) or (left_out and counted < len(records))
