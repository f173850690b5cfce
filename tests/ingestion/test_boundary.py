"""A check with a boundary tells how often each animal crossed it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import ingest

RING = [[10.0, 0.0], [14.0, 0.0], [14.0, 4.0], [10.0, 4.0], [10.0, 0.0]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
FENCE = {"type": "LineString", "coordinates": [[12.0, -1.0], [12.0, 5.0]]}
HEADING = "timestamp,location-long,location-lat,visible,individual-local-identifier\n"
# In, out, in and in again; the second animal stays in, but for a fix that is marked as wrong.
TRACKS = {"a": [(11, 1), (15, 1), (13, 1), (13, 2)], "b": [(11, 3), (11, 2), (20, 2), (11, 1)]}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "study.csv"
    lines = [
        f"2024-01-01 0{hour}:00:00.000,{longitude},{latitude},{str(longitude != 20).lower()},{animal}\n"
        for animal, track in TRACKS.items()
        for hour, (longitude, latitude) in enumerate(track)
    ]
    path.write_text(HEADING + "".join(reversed(lines)))
    return path


def _boundary(tmp_path: Path, content: Any) -> str:
    path = tmp_path / "boundary.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def _figures(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert ingest.main(["check", *arguments, "--json"]) == ingest.OK
    return json.loads(capsys.readouterr().out)["figures"]


@pytest.mark.parametrize(
    ("boundary", "by_individual"),
    [
        (SQUARE, {"a": 2, "b": 0}),
        ({"type": "Feature", "properties": {}, "geometry": SQUARE}, {"a": 2, "b": 0}),
        (FENCE, {"a": 1, "b": 0}),
        (
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "geometry": one, "properties": None} for one in (SQUARE, FENCE)],
            },
            {"a": 3, "b": 0},
        ),
    ],
    ids=["polygon", "feature", "line", "collection"],
)
def test_crossings_are_counted_for_each_animal_and_boundary(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], boundary: Any, by_individual: dict[str, int]
) -> None:
    figures = _figures(["movebank", str(study), "--boundary", _boundary(tmp_path, boundary)], capsys)
    assert figures["crossings_by_individual"] == by_individual
    assert figures["crossings"] == sum(by_individual.values())
    assert figures["outliers"] == 1


def test_an_animal_is_named_as_people_name_it(tmp_path: Path, study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    study.rename(folder / "study.csv")
    (folder / "reference.csv").write_text("tag-id,animal-id,animal-nickname\n1,a,Amani\n2,b,\n")
    boundary = _boundary(tmp_path, SQUARE)
    figures = _figures(["movebank", str(folder), "--boundary", boundary], capsys)
    assert figures["crossings_by_individual"] == {"Amani": 2, "b": 0}
    assert ingest.main(["check", "movebank", str(folder), "--boundary", boundary]) == ingest.OK
    shown = capsys.readouterr().out
    assert "crossings by individual Amani 2, b 0" in shown


def test_without_a_boundary_nothing_is_said_of_crossings(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not {"crossings", "crossings_by_individual"} & set(_figures(["movebank", str(study)], capsys))


def test_positions_without_any_crossing_animal_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study.csv").write_text(HEADING)
    for shape in (SQUARE, FENCE):
        arguments = ["movebank", str(tmp_path / "study.csv"), "--boundary", _boundary(tmp_path, shape)]
        figures = _figures(arguments, capsys)
        assert (figures["crossings"], figures["crossings_by_individual"]) == (0, {})


@pytest.mark.parametrize(
    "content",
    [
        "{broken",
        "[]",
        {"type": "FeatureCollection", "features": []},
        {"type": "Feature", "geometry": None},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": "none"},
        {"type": "Polygon", "coordinates": []},
        {"type": "GeometryCollection", "geometries": [SQUARE]},
    ],
    ids=str,
)
def test_a_boundary_that_is_none_is_wrong_use(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any
) -> None:
    arguments = ["check", "movebank", str(study), "--boundary", _boundary(tmp_path, content)]
    assert ingest.main(arguments) == ingest.WRONG_USE
    assert "boundary.geojson" in capsys.readouterr().err.replace("\n", "")


def test_a_boundary_that_is_not_there_or_that_nothing_can_cross_is_wrong_use(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest.main(["check", "movebank", str(study), "--boundary", str(tmp_path / "absent")]) == ingest.WRONG_USE
    arguments = ["check", "green_list", str(study), "--boundary", _boundary(tmp_path, SQUARE)]
    assert ingest.main(arguments) == ingest.WRONG_USE
    assert "green_list reads no positions" in capsys.readouterr().err
