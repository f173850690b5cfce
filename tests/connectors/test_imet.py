"""IMET exports, one by one and zipped: what is read of them, and what a hostile one cannot do."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import SourceChanged
from tests.connectors.assessment_readings import read_files

HEADER = {"wdpa_id": 555500401, "name": "Invented Marsh", "Country": "BEL", "Year": 2021, "version": "v2"}


def export(path: Path, header: dict[str, Any], **answer: Any) -> Path:
    path.write_text(json.dumps({"Imet": HEADER | header, "Context": {}, "Evaluation": {}} | answer), "utf-8-sig")
    return path


def test_an_export_is_read_with_its_scores_and_without_names_of_people(tmp_path: Path) -> None:
    evaluation = {"RegulationsAdequacy": [{"EvaluationScore": 3}]}
    path = export(tmp_path / "a.json", {}, Evaluation=evaluation, Encoders=[{"last_name": "Inventor"}])
    found = read_files(path)
    row = found.assessments["IMET-v2-555500401-2021"]
    assert (row["tool"], row["standard_version"], row["country_iso3"]) == ("IMET", "IMET-v2", "BEL")
    values = {key[1]: value for key, value in found.ratings.items()}
    assert values == {"IMET-v2-P1": 100.0, "IMET-v2-planning": 100.0, "IMET-v2-imet_index": 100.0}
    assert found.figures["imet"]["IMET-v2-555500401-2021 planning"] == 100.0
    assert found.figures["unknown_indicators"] == []
    assert "Inventor" not in str(found)


@pytest.mark.parametrize("version", ["v1", "oecm"])
def test_other_versions_are_kept_without_scores(tmp_path: Path, version: str) -> None:
    found = read_files(export(tmp_path / "a.json", {"version": version}))
    assert list(found.assessments) == [f"IMET-{version}-555500401-2021"]
    assert not found.ratings
    assert "v2 alone" in found.notices


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ({"Year": "soon"}, "Year"),
        ({"Year": None}, "Year"),
        ({"version": "v9"}, "version"),
        ({"wdpa_id": -3}, "wdpa_id"),
    ],
)
def test_an_export_that_cannot_be_placed_is_refused(tmp_path: Path, header: dict[str, Any], field: str) -> None:
    good = export(tmp_path / "good.json", {})
    found = read_files(good, export(tmp_path / "bad.json", header))
    assert found.refused == [(1, field)]
    assert "bad.json" in found.reasons
    assert len(found.assessments) == 1


def test_an_area_that_the_registry_does_not_know_has_its_configured_site(tmp_path: Path) -> None:
    path = export(tmp_path / "a.json", {"wdpa_id": -7}, NonWdpaProtectedArea={"name": "Invented Marsh"})
    assert read_files(path).refused == [(1, "wdpa_id")]
    assert list(read_files(path, site={"Invented Marsh": "12"}).assessments) == ["IMET-v2-12-2021"]


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_zip_is_read_member_by_member_whatever_their_names(tmp_path: Path) -> None:
    export_2020 = json.dumps({"Imet": HEADER | {"Year": 2020}}).encode()
    export_2021 = json.dumps({"Imet": HEADER}).encode()
    members = {
        "../../2020.json": export_2020,
        "/etc/2021.json": export_2021,
        "again.JSON": export_2021,
        "other.json": b"[1]",
        "broken.json": b"{",
        "read me.txt": b"x",
    }
    found = read_files(zipped(tmp_path / "all.zip", members))
    assert set(found.assessments) == {"IMET-v2-555500401-2020", "IMET-v2-555500401-2021"}
    assert found.figures["duplicates"] == 1
    assert len(found.refused) == 3
    assert "read me.txt" in found.notices
    assert found.read == 5
    assert [path.name for path in tmp_path.iterdir()] == ["all.zip"]


def test_a_zip_made_to_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {"a.json": b" " * 20_000_000})
    with pytest.raises(SourceChanged, match="too large when unpacked"):
        read_files(bomb)
    monkeypatch.setattr("connectors.imet.MEMBERS_MAX", 2)
    many = zipped(tmp_path / "many.zip", {f"{n}.json": b"{}" for n in range(3)})
    with pytest.raises(SourceChanged, match="3 files"):
        read_files(many)


@pytest.mark.parametrize(
    "content", [b"[]", b'{"Imet": 1}', b"{" * 100_000, b'{"Imet": {"Year": ' + b"9" * 1_000 + b"}}"]
)
def test_what_is_no_export_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(SourceChanged, match="network: a.json"):
        read_files(path)


def test_a_zip_without_an_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="no JSON file"):
        read_files(zipped(tmp_path / "empty.zip", {}))
