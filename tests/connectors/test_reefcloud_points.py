"""Point exports of ReefCloud: cover per image by the groups of its points, and no person in anything that is kept."""

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Rows, Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.reefcloud import ReefCloud
from connectors.reefcloud_points import COLUMNS, OLDER
from connectors.tabular import BLOCK_BYTES
from tests.connectors.camtrap_packages import Reading

PERSONAL = {
    "point_modified_by_displayname": "An Inventor",
    "point_modified_by_username": "inventor",
    "point_modified_by_email": "inventor@example.org",
}
POINT = {
    "project_name": "Invented Project",
    "site_name": "North Reef",
    "site_latitude": "-8.41",
    "site_longitude": "122.61",
    "site_depth": "9",
    "survey_start_date (UTC)": "2024-05-02 03:10:00",
    "survey_depth": "5.5",
    "image_id": "31",
    "image_name": "a.jpg",
    "image_disabled": "False",
    "point_human_classification": "",
    "point_machine_classification": "",
    "point_human_group_code": "",
    "point_machine_group_code": "",
    **PERSONAL,
}


def point(human: str = "", machine: str = "", **fields: str) -> dict[str, str]:
    return {**POINT, "point_human_group_code": human, "point_machine_group_code": machine, **fields}


def written(folder: Path, points: Iterable[Mapping[str, str]], name: str = "points.csv") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(POINT))
        writer.writeheader()
        writer.writerows(points)
    return path


class Pull:
    def __init__(self, location: Path, workspace: Path, site: Any = "555000001", **options: Any) -> None:
        workspace.mkdir(exist_ok=True)
        self.source = Source("reefs", "reefcloud", str(location), site=site, options=options)
        fetched = ReefCloud().fetch(self.source, {}, workspace)
        self.reading = Reading(list(ReefCloud().parse(self.source, fetched.payloads)))
        self.figures = ReefCloud().figures(self.source, fetched.payloads)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.reading.rows("reef_surveys")

    def of(self, metric: str, column: str = "value") -> dict[str, Any]:
        return {row["survey_id"]: row[column] for row in self.rows if row["metric"] == metric}


def pull(folder: Path, *points: Mapping[str, str], **options: Any) -> Pull:
    return Pull(written(folder, points), folder / "pull", **options)


def test_a_cover_is_the_share_of_the_points_of_its_group_and_a_person_goes_before_the_machine(tmp_path: Path) -> None:
    found = pull(tmp_path, point("HC", "MA"), point("", "HC"), point("SC", "HC"), point("", "SAND"))
    assert found.of("hard_coral_pct") == {"31": 50}
    assert found.of("soft_coral_pct") == {"31": 25}
    assert "macroalgae_pct" not in {row["metric"] for row in found.rows}
    assert found.of("hard_coral_pct", "value_high") == {"31": None}
    assert found.figures["unmatched_labels"] == []


def test_place_day_and_depth_are_those_of_the_survey(tmp_path: Path) -> None:
    row = pull(tmp_path, point("HC")).rows[0]
    assert (row["station"], row["surveyed_on"], row["depth_m"]) == ("North Reef", date(2024, 5, 2), 5.5)
    assert (row["latitude"], row["longitude"], row["points"], row["sample_units"]) == (-8.41, 122.61, 1, 1)
    assert row["method"] == "photo points (ReefCloud)"
    assert pull(tmp_path, point("HC", survey_depth="")).rows[0]["depth_m"] == 9


def test_who_labelled_is_told_of_each_image(tmp_path: Path) -> None:
    found = pull(
        tmp_path,
        point("HC", "HC", image_id="1"),
        point("", "HC", image_id="2"),
        point("HC", "HC", image_id="3"),
        point("", "HC", image_id="3"),
    )
    assert found.of("hard_coral_pct", "labelled_by") == {"1": "human", "2": "machine", "3": "both"}


def test_points_without_a_group_make_a_cover_a_lower_bound(tmp_path: Path) -> None:
    found = pull(tmp_path, point("HC"), point("UNHEARD"), point(), point("SAND"))
    assert found.of("hard_coral_pct") == {"31": 25}
    assert found.of("hard_coral_pct", "value_high") == {"31": 75}
    assert found.figures["unmatched_labels"] == ["UNHEARD"]
    assert "1 points have no label" in found.reading.notices


def test_a_label_of_a_person_without_a_group_is_not_replaced_by_the_group_of_the_machine(tmp_path: Path) -> None:
    found = pull(tmp_path, point("", "HC", point_human_classification="A sponge"), point("SAND"))
    assert found.of("hard_coral_pct") == {"31": 0}
    assert found.of("hard_coral_pct", "value_high") == {"31": 50}


def test_an_image_without_any_known_group_gives_no_figure(tmp_path: Path) -> None:
    found = pull(tmp_path, point("UNHEARD"), point("SAND", image_id="32"))
    assert found.of("hard_coral_pct") == {"32": 0}
    assert (found.figures["images"], found.figures["hard_coral_pct_mean"]) == (2, 0)
    assert "1 images have only labels without a group" in found.reading.notices


def test_a_table_of_labels_goes_before_the_known_codes(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("label,group\nUNHEARD,Hard coral\nMA,Other\n")
    points = [point("UNHEARD"), point("MA"), point("HC"), point("SC")]
    assert pull(tmp_path, *points, labels="labels.csv").of("hard_coral_pct") == {"31": 50}


def test_all_algae_together_say_nothing_of_their_kinds(tmp_path: Path) -> None:
    found = pull(tmp_path, point("A"), point("HC"))
    assert {row["metric"] for row in found.rows} == {"hard_coral_pct"}
    assert found.figures["unmatched_labels"] == []


def test_disabled_images_are_left_out(tmp_path: Path) -> None:
    found = pull(tmp_path, point("HC"), point("HC", image_id="32", image_disabled="True"))
    assert found.of("hard_coral_pct") == {"31": 100}
    assert "1 images are disabled" in found.reading.notices


def test_people_are_kept_nowhere_not_even_of_a_refused_row(tmp_path: Path) -> None:
    path = written(tmp_path, [point("HC"), point("HC", image_id=""), point("HC", site_name="")])
    with path.open("a") as file:
        file.write("one,cell,inventor@example.org\n")
    found = Pull(path, tmp_path / "pull")
    assert [refusal.field for refusal in found.reading.refusals] == ["image_id", "site_name", "(row)"]
    kept = [item.rows.to_pylist() if isinstance(item, Rows) else item for item in found.reading.parsed]
    assert "inventor" not in f"{kept}{found.figures}".lower()


def test_the_kept_file_has_only_the_columns_that_are_read_and_names_nobody(tmp_path: Path) -> None:
    path = written(tmp_path, [point("HC"), point("HC", image_id=""), point("SAND")])
    lines = path.read_text().splitlines()
    lines[2:2] = ["one,cell,inventor@example.org"]
    path.write_text("\n".join([*lines, "inventor@example.org," * 99]))
    found = Pull(path, tmp_path / "pull")
    (kept,) = (tmp_path / "pull").iterdir()
    text = kept.read_text()
    assert "inventor" not in text.lower()
    assert "@" not in text
    assert next(csv.reader([text.splitlines()[0]])) == list(COLUMNS)
    # Row 1 is the heading, and a row that is not kept still counts.
    refused = sorted((refusal.row, refusal.field) for refusal in found.reading.refusals)
    assert refused == [(3, "(row)"), (4, "image_id"), (6, "(row)")]
    assert found.of("hard_coral_pct") == {"31": 50}


def test_letters_of_another_encoding_are_read_and_told(tmp_path: Path) -> None:
    path = written(tmp_path, [point("HC", site_name="R\u00e9cif, \r\n nord")])
    path.write_bytes(path.read_bytes().decode().encode("cp1252"))
    found = Pull(path, tmp_path / "pull")
    assert found.rows[0]["station"] == "R\u00e9cif, \r\n nord"
    assert "points.csv: 1 bytes are not utf-8" in found.reading.notices


def test_an_export_that_has_not_changed_is_not_kept_again(tmp_path: Path) -> None:
    source = Source("reefs", "reefcloud", str(written(tmp_path, [point("HC")])), site="555000001")
    workspace = tmp_path / "pull"
    workspace.mkdir()
    first = ReefCloud().fetch(source, {}, workspace)
    assert ReefCloud().fetch(source, first.cursor, workspace).is_unchanged


def test_what_cannot_be_read_is_left_empty_and_counted(tmp_path: Path) -> None:
    odd = {"survey_start_date (UTC)": "in May", "survey_depth": "deep", "site_depth": "", "site_latitude": "95"}
    found = pull(tmp_path, point("HC", **odd))
    row = found.rows[0]
    assert row["surveyed_on"] is row["depth_m"] is row["latitude"] is None
    assert found.reading.notices.count("could not be read and is left empty") == 3


def test_the_check_gives_the_figures_that_all_reef_connectors_give(tmp_path: Path) -> None:
    later = {"survey_start_date (UTC)": "2024-06-01T00:00:00Z", "image_id": "33", "site_name": "South Reef"}
    found = pull(tmp_path, point("HC"), point("SAND"), point("HC", image_id="32"), point("MA", **later))
    assert found.figures == {
        "stations": 2,
        "surveys": 2,
        "images": 3,
        "points": 4,
        "hard_coral_pct_mean": 50.0,
        "first": "2024-05-02",
        "last": "2024-06-01",
        "unmatched_labels": [],
    }


def test_an_image_of_two_files_counts_once(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    written(folder, [point("HC"), point("SAND")], "a.csv")
    written(folder, [point("SAND"), point("HC", image_id="32")], "b.csv")
    found = Pull(folder, tmp_path / "pull")
    assert found.of("hard_coral_pct") == {"31": 50, "32": 100}
    assert "b.csv: 1 images stand in an earlier file too" in found.reading.notices


def test_a_station_without_a_configured_site_is_counted_and_not_stored(tmp_path: Path) -> None:
    found = pull(
        tmp_path, point("HC"), point("HC", image_id="32", site_name="Far Reef"), site={"Far Reef": "555000009"}
    )
    assert found.of("hard_coral_pct", "site_id") == {"32": "555000009"}
    assert "1 images are of a station for which no site is configured" in found.reading.notices


def test_points_counted_block_by_block_are_those_of_one_count(tmp_path: Path) -> None:
    draw = random.Random(7)
    codes = ["HC", "SC", "MA", "UNHEARD", "SAND"]
    points = [point(machine=draw.choice(codes), image_id=str(draw.randrange(200))) for _ in range(60_000)]
    path = written(tmp_path, points)
    groups: dict[str, list[str]] = defaultdict(list)
    for each in points:
        groups[each["image_id"]].append(each["point_machine_group_code"])
    found = Pull(path, tmp_path / "pull")
    assert (tmp_path / "pull" / path.name).stat().st_size > BLOCK_BYTES
    expected = {key: 100 * codes.count("HC") / len(codes) for key, codes in groups.items()}
    assert found.of("hard_coral_pct") == pytest.approx(expected, abs=1e-4)
    assert found.of("hard_coral_pct", "points") == {key: len(codes) for key, codes in groups.items()}


@pytest.mark.parametrize("missing", ["image_id", "point_human_group_code", "survey_start_date (UTC)"])
def test_an_export_without_a_needed_column_is_a_changed_source(tmp_path: Path, missing: str) -> None:
    path = written(tmp_path, [point("HC")])
    path.write_text(path.read_text().replace(missing, "something_else"))
    with pytest.raises(SourceChanged, match=missing.partition(" ")[0]):
        Pull(path, tmp_path / "pull")


def test_headings_that_r_has_changed_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, [point("HC")])
    path.write_text(path.read_text().replace("survey_start_date (UTC)", "survey_start_date..UTC."))
    assert Pull(path, tmp_path / "pull").rows[0]["surveyed_on"] == date(2024, 5, 2)


def test_an_export_without_rows_does_not_retire_everything(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="no row"):
        pull(tmp_path)


def test_a_folder_without_exports_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match=r"no \.csv file"):
        Pull(tmp_path, tmp_path / "pull")


def test_every_column_that_is_read_stands_in_the_published_heading(samples: Path, tmp_path: Path) -> None:
    truth = json.loads((samples / "truth.json").read_text())["sets"]["reefcloud_point_export_header"]
    heading = (samples / truth["file"]).read_text().strip()
    assert next(csv.reader([heading])) == truth["names"]
    assert {OLDER[name][0] if name in OLDER else name for name in COLUMNS} <= set(truth["names"])
    values = {name: POINT.get(name, "x") for name in truth["names"]} | {"point_machine_group_code": "HC"}
    path = tmp_path / "published.csv"
    path.write_text(f"{heading}\n{','.join(values.values())}\n")
    assert Pull(path, tmp_path / "pull").of("hard_coral_pct") == {"31": 100}
