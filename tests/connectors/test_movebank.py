"""Movebank exports: every heading style, sensors, outliers, deployments, and the figures of real studies."""

import gzip
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from connectors.base import Notice, Parsed, Read, Refusal, Rows, Source
from connectors.errors import SourceChanged, SourceError, SourceRefused
from connectors.movebank import Movebank
from metrics.movement import fix_figures

EVENTS = """event-id,visible,timestamp,location-long,location-lat,gps:dop,ground-speed,sensor-type,\
individual-taxon-canonical-name,tag-local-identifier,individual-local-identifier,study-name
1,true,2024-01-01 12:00:00.000,20.1,10.1,1.2,0.5,gps,Panthera leo,131,007,Lions
2,false,2024-01-01 13:00:00.000,60.1,50.1,9.9,,gps,Panthera leo,131,007,Lions
3,true,2024-01-01 14:00:00.000,,,,,gps,Panthera leo,131,007,Lions
4,true,2024-01-01 15:00:00.000,20.3,10.3,,,argos-doppler-shift,Panthera leo,131,007,Lions
5,true,2024-01-05 12:00:00.000,20.2,10.2,,,gps,,131,,Lions
"""
REFERENCE = """tag-id,animal-id,animal-taxon,animal-nickname,animal-sex,deploy-on-date,deploy-off-date,tag-model
131,007,Panthera leo,Simba,m,2024-01-01 00:00:00.000,2024-01-02 00:00:00.000,Walker 2
131,008,Panthera leo,,f,2024-01-04 00:00:00.000,,Walker 2
"""


def parsed(location: Path, workspace: Path, options: Mapping[str, Any] | None = None, site: Any = "1") -> list[Parsed]:
    workspace.mkdir(exist_ok=True)
    source = Source("lions", "movebank", str(location), site=site, options=options or {})
    return list(Movebank().parse(source, Movebank().fetch(source, {}, workspace).payloads))


def folder_of(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def rows_of(items: list[Parsed], table: str) -> list[dict[str, Any]]:
    return [row for item in items if isinstance(item, Rows) and item.table == table for row in item.rows.to_pylist()]


def notices_of(items: list[Parsed]) -> str:
    return "\n".join(item.text for item in items if isinstance(item, Notice))


@pytest.mark.parametrize("name", ["mahoney_coyote_bobcat", "o_assen_oystercatcher"])
def test_real_studies_give_their_published_figures(samples: Path, tmp_path: Path, name: str) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"][f"movebank/{name}"]
    items = parsed(samples / "movebank" / name, tmp_path / "pull")
    fixes, individuals = pd.DataFrame(rows_of(items, "fixes")), pd.DataFrame(rows_of(items, "individuals"))
    assert not [item for item in items if isinstance(item, Refusal)]
    assert len(fixes) == truth["rows"] - truth["rows_without_coordinates"]
    assert fixes["is_outlier"].sum() == truth["visible_false"]
    usable = fixes[~fixes["is_outlier"]]
    assert len(usable) == truth["usable_fixes_visible_and_coordinates"]
    assert usable.groupby("individual_id").size().to_dict() == truth["usable_per_individual"]
    assert fixes["collar_id"].nunique() == truth["tags"]
    assert fix_figures(fixes, individuals) == {
        "individuals": sorted(truth["usable_per_individual"]),
        "taxa": truth["taxa"],
        "first": truth["first_usable_utc"],
        "last": truth["last_usable_utc"],
        "bbox": pytest.approx(truth["bbox_lon_min_lat_min_lon_max_lat_max"]),
    }


def test_the_reference_data_of_a_real_study_become_its_animals_and_collars(samples: Path, tmp_path: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["movebank/o_assen_oystercatcher"]["reference"]
    items = parsed(samples / "movebank" / "o_assen_oystercatcher", tmp_path / "pull")
    collars = rows_of(items, "collars")
    assert len(collars) == truth["deployments"]
    assert len({row["collar_id"] for row in collars}) == truth["tags"]
    assert len(rows_of(items, "individuals")) == truth["animals"]
    assert sum(row["removed_at"] is None for row in collars) == truth["open_ended_deployments"]


def test_acceleration_of_a_real_study_is_counted_and_left_out(samples: Path, tmp_path: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["movebank/mahoney_coyote_bobcat"]
    items = parsed(samples / "movebank" / "mahoney_coyote_bobcat", tmp_path / "pull")
    assert f"another sensor than GPS are left out: {truth['acc_rows']} rows" in notices_of(items)
    sent = truth["rows"] + truth["acc_rows"] + truth["reference_rows"]
    assert sum(item.count for item in items if isinstance(item, Read)) == sent


@pytest.mark.parametrize("separator", ["_", "."])
def test_the_heading_may_be_written_in_any_of_three_styles(tmp_path: Path, separator: str) -> None:
    folder = folder_of(tmp_path, events=EVENTS, reference=REFERENCE)
    expected = parsed(folder, tmp_path / "first")
    for file in folder.iterdir():
        heading, _, rest = file.read_text().partition("\n")
        file.write_text(heading.replace("-", separator).replace(":", separator) + "\n" + rest)
    found = parsed(folder, tmp_path / "second")
    for table in Movebank.tables:
        assert rows_of(expected, table)
        assert rows_of(found, table) == rows_of(expected, table)


def test_identifiers_stay_text_and_outliers_stay_marked(tmp_path: Path) -> None:
    items = parsed(folder_of(tmp_path, events=EVENTS, reference=REFERENCE), tmp_path / "pull")
    fixes = rows_of(items, "fixes")
    assert [(row["individual_id"], row["collar_id"], row["is_outlier"]) for row in fixes] == [
        ("007", "131", False),
        ("007", "131", True),
        ("008", "131", False),
    ]
    assert fixes[0]["fixed_at"].isoformat() == "2024-01-01T12:00:00+00:00"
    assert (fixes[0]["latitude"], fixes[0]["longitude"], fixes[0]["speed_mps"]) == (10.1, 20.1, 0.5)


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    told = notices_of(parsed(folder_of(tmp_path, events=EVENTS), tmp_path / "pull"))
    assert "rows without coordinates are left out: 1 rows" in told
    assert "rows of another sensor than GPS are left out: 1 rows" in told
    assert "no animal carried (not deployed) are left out: 1 rows" in told


def test_a_mark_makes_an_outlier_only_where_nothing_says_what_is_visible(tmp_path: Path) -> None:
    heading = "timestamp,location-long,location-lat,visible,algorithm-marked-outlier,individual-local-identifier\n"
    line = "2024-01-01 {}:00:00.000,20,10,{},{},a\n"
    cells = [("10", "true", "true"), ("11", "", "true"), ("12", "", "")]
    events = heading + "".join(line.format(*cell) for cell in cells)
    fixes = rows_of(parsed(folder_of(tmp_path, events=events), tmp_path / "pull"), "fixes")
    assert [row["is_outlier"] for row in fixes] == [False, True, False]


def test_a_position_outside_of_the_deployment_is_refused(tmp_path: Path) -> None:
    events = EVENTS.replace("2024-01-01 12", "2024-01-03 12")
    items = parsed(folder_of(tmp_path, events=events, reference=REFERENCE), tmp_path / "pull")
    (refusal,) = [item for item in items if isinstance(item, Refusal)]
    assert (refusal.table, refusal.row, refusal.field) == ("fixes", 2, "tag-local-identifier")
    assert "did not carry it" in refusal.reason


@pytest.mark.parametrize(
    ("good", "bad", "field"),
    [
        ("20.1,10.1", "200.1,10.1", "location-long"),
        ("20.1,10.1", "20.1,north", "location-lat"),
        ("2024-01-01 12:00:00.000", "yesterday", "timestamp"),
    ],
)
def test_a_position_that_cannot_be_read_is_refused_without_its_value(
    tmp_path: Path, good: str, bad: str, field: str
) -> None:
    items = parsed(folder_of(tmp_path, events=EVENTS.replace(good, bad)), tmp_path / "pull")
    (refusal,) = [item for item in items if isinstance(item, Refusal)]
    assert refusal.field == field
    assert refusal.value not in refusal.reason
    assert len(rows_of(items, "fixes")) == 1


@pytest.mark.parametrize(
    ("options", "kind", "interval_h"),
    [
        ({}, None, None),
        ({"kinetic": "131"}, "kinetic", None),
        ({"kinetic_tags": ["131"]}, "kinetic", None),
        ({"kinetic_tags": ["13"]}, None, None),
        ({"kinetic_models": ["walker"]}, "kinetic", None),
        ({"fix_interval_h": {"Walker": 4, "walker 2": 1.5}}, "scheduled", 1.5),
        ({"fix_interval_h": {"Walker 2": 4}, "kinetic_models": ["WALKER 2"]}, "kinetic", None),
    ],
)
def test_what_pays_for_a_collar_is_what_its_owner_says(
    tmp_path: Path, options: dict[str, Any], kind: str | None, interval_h: float | None
) -> None:
    collars = rows_of(parsed(folder_of(tmp_path, reference=REFERENCE), tmp_path / "pull", options), "collars")
    assert {(row["kind"], row["fix_interval_h"]) for row in collars} == {(kind, interval_h)}


@pytest.mark.parametrize(
    "options",
    [
        {"kinetic_models": 7},
        {"kinetic_tags": [131]},
        {"fix_interval_h": 1},
        {"fix_interval_h": {"Walker 2": 0}},
        {"fix_interval_h": {"Walker 2": True}},
        {"energy_attribute": ["harvested"]},
    ],
    ids=str,
)
def test_an_option_that_cannot_be_used_is_named(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(SourceRefused, match=f"`{next(iter(options))}`"):
        parsed(folder_of(tmp_path, events=EVENTS, reference=REFERENCE), tmp_path / "pull", options)


@pytest.mark.parametrize("written", ["acme_harvested_energy", "ACME:harvested-energy", "acme harvested energy"])
@pytest.mark.parametrize("heading", ["acme:harvested-energy", "acme_harvested_energy", "acme.harvested.energy"])
def test_harvested_energy_is_read_however_its_attribute_is_spelled(tmp_path: Path, written: str, heading: str) -> None:
    events = EVENTS.replace("gps:dop", heading)
    items = parsed(folder_of(tmp_path, events=events), tmp_path / "pull", {"energy_attribute": written})
    assert [row["energy_j"] for row in rows_of(items, "fixes")] == [1.2, 9.9]


def test_energy_that_no_file_holds_stays_empty_and_is_told(tmp_path: Path) -> None:
    items = parsed(folder_of(tmp_path, events=EVENTS), tmp_path / "pull", {"energy_attribute": "harvested"})
    assert {row["energy_j"] for row in rows_of(items, "fixes")} == {None}
    assert "the attribute harvested was not sent, and energy is left empty" in notices_of(items)


def test_animals_come_with_name_sex_and_whether_they_are_followed(tmp_path: Path) -> None:
    items = parsed(folder_of(tmp_path, events=EVENTS, reference=REFERENCE), tmp_path / "pull")
    found = [
        (row["individual_id"], row["individual_name"], row["sex"], row["is_active"])
        for row in rows_of(items, "individuals")
    ]
    assert found == [("007", "Simba", "male", False), ("008", None, "female", True)]


def test_an_animal_without_a_site_is_refused_with_its_positions(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, events=EVENTS, reference=REFERENCE)
    items = parsed(folder, tmp_path / "pull", site={"008": "2"})
    assert {row["individual_id"] for table in Movebank.tables for row in rows_of(items, table)} == {"008"}
    assert [item.table for item in items if isinstance(item, Refusal)] == ["fixes", "fixes", "individuals"]


def test_two_studies_in_one_source_are_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, one=EVENTS, two=EVENTS.replace("Lions", "Tigers"))
    with pytest.raises(SourceRefused, match="more than one study"):
        parsed(folder, tmp_path / "pull")


def test_a_zip_and_a_compressed_file_read_as_the_folder_does(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, events=EVENTS, reference=REFERENCE)
    expected = {table: rows_of(parsed(folder, tmp_path / "a"), table) for table in Movebank.tables}
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"study/{file.name}")
        archive.writestr("study/README.txt", "read me")
    (folder / "events.csv").unlink()
    (folder / "events.csv.gz").write_bytes(gzip.compress(EVENTS.encode()))
    for location in (tmp_path / "export.zip", folder):
        items = parsed(location, tmp_path / "b")
        assert {table: rows_of(items, table) for table in Movebank.tables} == expected


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, events=EVENTS)
    (tmp_path / "secret.csv").write_text(EVENTS)
    (folder / "more.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(SourceRefused, match=r"more\.csv"):
        parsed(folder, tmp_path / "pull")


def test_an_unchanged_folder_is_not_read_again(tmp_path: Path) -> None:
    source = Source("lions", "movebank", str(folder_of(tmp_path, events=EVENTS)), site="1")
    first = Movebank().fetch(source, {}, tmp_path)
    assert Movebank().fetch(source, first.cursor, tmp_path).is_unchanged
    (tmp_path / "export" / "events.csv").write_text(EVENTS + "\n")
    assert not Movebank().fetch(source, first.cursor, tmp_path).is_unchanged


def test_another_table_in_the_folder_is_named_and_alone_it_is_an_error(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, events=EVENTS, notes="day,text\n1,rain\n")
    assert "notes.csv is neither" in notices_of(parsed(folder, tmp_path / "a"))
    (folder / "events.csv").unlink()
    with pytest.raises(SourceChanged, match="no table of positions"):
        parsed(folder, tmp_path / "b")


@pytest.mark.parametrize("content", [b"", b"\x1f\x8bbroken", b"\x00\xff" * 50, b'"'])
def test_a_file_that_is_no_table_is_a_source_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "export.csv").write_bytes(content)
    with pytest.raises(SourceError, match="lions"):
        parsed(tmp_path / "export.csv", tmp_path / "pull")
