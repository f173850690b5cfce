"""Which cameras and detections a Camtrap DP package is made of, for whom, and that it is the same every time."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from data import engine
from data.access import Viewer
from data.engine import View
from data.queries.merged import Choice
from exports import camtrap_dp
from exports.context import Context, NotOffered
from exports.csv_cells import DEMO_LINE
from tests.connectors.camtrap_packages import read
from tests.exports import camera_network as network
from tests.exports.camera_network import PARTNER, PUBLIC, VIEWERS, members, merged, rows
from tests.exports.camtrap_dp_validator import packed, problems, told, unpacked, zipped

MARCH = Choice(first=date(2026, 3, 1), last=date(2026, 3, 10))
each_viewer = pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.role)


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    return network.built(tmp_path_factory.mktemp("cameras"))


@pytest.mark.parametrize("viewer", [PUBLIC, Viewer("site")], ids=["public", "no site"])
def test_the_public_is_told_why_it_gets_no_package(view: View, viewer: Viewer) -> None:
    with pytest.raises(NotOffered, match=r"single detections.*Darwin Core Archive\.$"):
        camtrap_dp.chunks(Choice(), network.context(view, viewer))


def test_a_choice_without_cameras_is_refused_before_anything_is_sent(view: View) -> None:
    for choice in (Choice(sites=("nowhere",)), Choice(first=date(1999, 1, 1), last=date(1999, 2, 1))):
        with pytest.raises(NotOffered, match=r"No camera .*\.$"):
            camtrap_dp.chunks(choice, network.context(view))


def test_days_choose_the_cameras_that_worked_on_them_and_those_of_their_detections(view: View) -> None:
    files = packed(network.context(view), MARCH)
    found = {row["deploymentID"].split(":")[1] for row in rows(files, "deployments.csv")}
    # c1 ended in February; =c3 is of 2025, yet a detection of 4 March belongs to it.
    assert found == {"c2", "=c3"}
    quiet = packed(network.context(view), Choice(first=date(2026, 2, 20), last=date(2026, 2, 28)))
    assert {row["deploymentID"].split(":")[1] for row in rows(quiet, "deployments.csv")} == {"c1"}
    assert rows(quiet, "observations.csv") == []
    assert told(files)["selection"]["first"] == "2026-03-01"


def test_taxa_choose_observations_and_leave_effort_whole(view: View) -> None:
    files = packed(network.context(view), Choice(taxa=("Nobody here",)))
    assert rows(files, "observations.csv") == []
    assert len(rows(files, "deployments.csv")) == 9


@each_viewer
def test_our_own_connector_reads_back_the_same_animals_and_effort(view: View, viewer: Viewer, tmp_path: Path) -> None:
    context = network.context(view, viewer)
    path = tmp_path / "package.zip"
    path.write_bytes(zipped(context))
    reading = read(path, tmp_path / "work")
    assert not reading.refusals
    detections, cameras = merged(context, "detections"), merged(context, "deployments")
    kept = detections[detections["deployment_id"].isin(set(cameras["deployment_id"]))]
    assert len(reading.detections) == len(kept)
    names = sorted(row["scientific_name"] or "" for row in reading.detections)
    assert names.count("Vulpes vulpes") == sum(kept["scientific_name"].isin(["Vulpes vulpes", network.TWO_LINES]))
    between = (cameras["ended_at"] - cameras["started_at"]).dt.total_seconds().sum() / 86_400
    assert sum(row["trap_nights"] for row in reading.rows("deployments")) == pytest.approx(between, abs=1e-4)
    starts = sorted(row["started_at"] for row in reading.detections)
    assert starts == sorted(moment.to_pydatetime() for moment in kept["started_at"].dt.floor("s"))


def test_the_same_question_has_the_same_bytes(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    context = network.context(view, PARTNER)
    whole = zipped(context)
    assert zipped(context) == whole
    monkeypatch.setattr(camtrap_dp, "ROWS_AT_ONCE", 7)
    assert members(zipped(context)) == members(whole)


def test_the_hashes_are_those_of_the_files(view: View) -> None:
    staff = packed(network.context(view))
    lines = [line.split("  ") for line in staff["SHA256SUMS"].decode().splitlines()]
    assert [name for _, name in lines] == sorted(set(staff) - {"SHA256SUMS"})
    assert all(hashlib.sha256(staff[name]).hexdigest() == digest for digest, name in lines)


def test_rows_are_sent_while_others_are_not_read_yet(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    real = camtrap_dp.queries.merged_batches
    batch = next(iter(real(view, PARTNER, "detections", Choice(), view.day)))
    asked, heard = [], []

    def many(view: View, viewer: Viewer, table: str, choice: Choice, today: date):
        for number in range(50_000 if table == "detections" else 0):
            asked.append(number)
            yield batch
        if table != "detections":
            yield from real(view, viewer, table, choice, today)

    monkeypatch.setattr(camtrap_dp.queries, "merged_batches", many)
    parts = camtrap_dp.chunks(Choice(), network.context(view, PARTNER), lambda done, of: heard.append((done, of)))
    next(parts)
    assert len(asked) < 45_000
    assert heard == sorted(heard)
    assert heard[0][0] == camtrap_dp.ROWS_AT_ONCE
    parts.close()


def test_invented_numbers_are_marked_everywhere(view: View) -> None:
    context = network.context(view, is_demo=True)
    files = packed(context)
    assert camtrap_dp.file_name(Choice(), context).startswith("demo-tech4nature-camtrap-dp-v")
    assert DEMO_LINE in files["README.md"].decode()
    assert DEMO_LINE in told(files)["description"]
    for name, tags in (("observations.csv", "observationTags"), ("deployments.csv", "deploymentTags")):
        assert all("demo:true" in row[tags] for row in rows(files, name))
    real = network.context(view)
    assert not camtrap_dp.file_name(Choice(), real).startswith("demo-")
    assert DEMO_LINE.encode() not in b"".join(packed(real).values())


def test_the_whole_demo_network_is_valid(demo_store: Path, tmp_path: Path) -> None:
    view = engine.latest(str(demo_store / "demo"))
    context = Context(view, PARTNER, is_demo=True)
    archive = zipped(context)
    assert problems(unpacked(archive, tmp_path)) == []
    files = members(archive)
    assert len(rows(files, "observations.csv")) == len(merged(context, "detections"))
    nights = merged(context, "deployments")["trap_nights"].sum()
    assert f"with {nights:,.1f} trap nights" in files["README.md"].decode()
