"""The command line: exit codes, words for a person, JSON for a program."""

import json
from datetime import date
from pathlib import Path

import pytest

import ingest
from data import engine, queries
from data.access import Viewer
from tests.ingestion.packages import write_package

COMMANDS = (
    "pull", "check", "add", "accept-licence", "status", "watch", "template", "rebuild", "anchor", "token", "audit",
)  # fmt: skip
HOSTILE = "[/red][bold]x"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T4N_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("T4N_NETWORK", str(tmp_path / "network.toml"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path / "package", "p", 50)


def _add(location: Path | str, name: str = "north") -> int:
    return ingest.main(["add", "camtrap_dp", str(location), "--name", name, "--site", "1", "--site-name", "Valleys"])


def test_a_package_is_added_pulled_shown_and_rebuilt(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _add(package) == ingest.OK
    assert ingest.main(["pull"]) == ingest.OK
    assert ingest.main(["status"]) == ingest.OK
    assert ingest.main(["rebuild"]) == ingest.OK
    shown = capsys.readouterr()
    assert "north is now in" in shown.out
    assert "this is data version" in shown.out
    assert shown.err == ""
    totals = queries.site_totals(engine.latest(str(Path("store").absolute())), Viewer("staff"), "1", date.today())
    assert totals["detections"] == 40


@pytest.mark.parametrize("arguments", [["--help"], *([command, "--help"] for command in COMMANDS)], ids=" ".join)
def test_every_command_explains_itself(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        ingest.main(arguments)
    assert ended.value.code == ingest.OK
    shown = capsys.readouterr().out
    assert shown.startswith("usage: ingest.py")
    if len(arguments) == 1:
        assert all(command in shown for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [[], ["fetch"], ["pull", "--sources"], ["check", "green_list"], ["check", "green_list", "x", "--today", "1"]],
)
def test_a_wrong_command_line_is_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        ingest.main(arguments)
    assert ended.value.code == ingest.WRONG_USE
    assert "usage: ingest.py" in capsys.readouterr().err


def test_wrong_names_are_wrong_use_and_the_right_ones_are_said(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest.main(["pull"]) == ingest.WRONG_USE
    assert "Add a first source" in capsys.readouterr().err
    _add(package)
    assert ingest.main(["pull", "--source", "south"]) == ingest.WRONG_USE
    assert "there is no source 'south'; there are north" in capsys.readouterr().err
    assert ingest.main(["check", "camtrap", str(package)]) == ingest.WRONG_USE
    assert "camtrap_dp" in capsys.readouterr().err
    assert _add(package) == ingest.WRONG_USE
    assert "'north' twice" in capsys.readouterr().err
    Path("network.toml").write_text("[[source]]")
    assert ingest.main(["watch"]) == ingest.WRONG_USE
    assert "source 1 has no name" in capsys.readouterr().err


def test_trouble_with_a_source_is_told_by_the_exit_code(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _add(package)
    _add("absent", "lost")
    assert ingest.main(["pull"]) == ingest.SOURCE_TROUBLE
    assert "network.toml" in capsys.readouterr().out
    assert ingest.main(["pull", "--source", "north"]) == ingest.OK
    assert ingest.main(["status"]) == ingest.SOURCE_TROUBLE
    assert ingest.main(["check", "camtrap_dp", "absent"]) == ingest.SOURCE_TROUBLE


@pytest.mark.parametrize("command", ["status", "rebuild"])
def test_an_empty_store_says_what_to_do(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest.main([command]) == ingest.SOURCE_TROUBLE
    assert "ingest.py pull" in capsys.readouterr().err


def test_a_network_file_named_on_the_command_line_never_fills_the_store_of_the_demo(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(
        f'[[source]]\nname = "valley"\nconnector = "camtrap_dp"\nlocation = "{package}"\nsite = "990000001"\n'
    )
    assert ingest.main(["pull", "--network", str(elsewhere)]) == ingest.OK
    assert (tmp_path / "store" / "detections").is_dir()
    assert not (tmp_path / "store" / "demo").exists()
    assert ingest.main(["status"]) == ingest.OK
    assert "valley" in capsys.readouterr().out


def test_a_check_stores_nothing_and_its_report_has_the_documented_shape(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (package / "observations.csv").open("a") as file:
        file.write("bad,p-d0,e,soon,,event,animal,Vulpes vulpes,1,human\n")
    before = sorted(Path().rglob("*"))
    assert ingest.main(["check", "camtrap_dp", str(package), "--json"]) == ingest.OK
    report = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert list(report) == ["connector", "location", "rows", "refused", "refused_count", "warnings", "figures"]
    assert (report["connector"], report["location"]) == ("camtrap_dp", str(package))
    assert report["rows"]["deployments"] == 4
    assert report["rows"]["detections"] == 40
    (refused,) = report["refused"]
    assert report["refused_count"] == 1
    assert {key: refused[key] for key in ("table", "row", "field", "value")} == {
        "table": "detections",
        "row": 52,
        "field": "eventStart",
        "value": "soon",
    }
    assert set(refused) == {"table", "row", "field", "value", "reason"}
    assert sorted(Path().rglob("*")) == before


def test_a_check_in_words_names_the_refused_row(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (package / "observations.csv").open("a") as file:
        file.write(f"bad,p-d0,e,{HOSTILE},,event,animal,Vulpes vulpes,1,human\n")
    assert ingest.main(["check", "camtrap_dp", str(package)]) == ingest.OK
    shown = capsys.readouterr().out
    assert "40  detections would be stored" in shown
    assert f"row 52: eventStart '{HOSTILE}'" in shown


def test_a_check_counts_a_repeated_identifier_once_and_says_so(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    observations = package / "observations.csv"
    heading, rows = observations.read_text().split("\n", 1)
    observations.write_text(f"{heading}\n{rows}{rows}")
    assert ingest.main(["check", "camtrap_dp", str(package), "--json"]) == ingest.OK
    report = json.loads(capsys.readouterr().out)
    assert report["rows"]["detections"] == report["figures"]["by_type"]["animal"] == 40
    assert any("40 rows repeat the identifier" in warning for warning in report["warnings"])


def test_a_table_without_even_a_heading_is_not_taken_for_an_empty_one(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (package / "observations.csv").write_bytes(b"")
    assert ingest.main(["check", "camtrap_dp", str(package)]) == ingest.SOURCE_TROUBLE
    assert "is empty" in capsys.readouterr().err


def test_a_check_that_fails_says_why_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest.main(["check", "camtrap_dp", "absent", "--json"]) == ingest.SOURCE_TROUBLE
    assert "absent does not exist" in json.loads(capsys.readouterr().out)["error"]


def test_words_from_outside_are_printed_as_they_are(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = package.rename(package.with_name(HOSTILE.replace("/", "")))
    assert ingest.main(["check", "camtrap_dp", str(hostile)]) == ingest.OK
    # A long path is broken wherever the line ends.
    assert hostile.name in capsys.readouterr().out.replace("\n", "")
    assert ingest.main(["check", "camtrap_dp", HOSTILE]) == ingest.SOURCE_TROUBLE
    assert ingest.main(["check", HOSTILE, "x"]) == ingest.WRONG_USE
    assert HOSTILE in capsys.readouterr().err
    _add(HOSTILE, "lost")
    assert ingest.main(["pull"]) == ingest.SOURCE_TROUBLE
    assert ingest.main(["status"]) == ingest.SOURCE_TROUBLE
