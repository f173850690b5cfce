"""`ingest.py audit`: what it shows, and how it ends where the log was touched."""

from pathlib import Path

import pytest

import ingest
from data import audit


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(audit.FOLDER_VARIABLE, str(tmp_path / "audit"))
    monkeypatch.setenv("COLUMNS", "300")
    audit.record("sign_in", "ana@example.org", role="site", sites=["1", "2"])
    audit.record("download", "ana@example.org", outcome="given")
    audit.record("sign_out", "ana@example.org")
    return next((tmp_path / "audit").glob("*.jsonl"))


def test_the_newest_lines_are_shown(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest.main(["audit"]) == ingest.OK
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].endswith("sign_in  ana@example.org  role site, sites 1 2")
    assert shown[-1] == f"3 lines in {log.parent}"


def test_a_log_that_nobody_touched_passes(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest.main(["audit", "--check"]) == ingest.OK
    assert "3 lines, each follows the one before it." in capsys.readouterr().out


def test_a_line_that_was_taken_out_ends_with_an_error(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = log.read_text().splitlines(keepends=True)
    log.write_text(lines[0] + lines[2])
    assert ingest.main(["audit", "--check"]) == ingest.SOURCE_TROUBLE
    assert f"{log.name}, line 2, does not follow the line before it" in capsys.readouterr().err


def test_deleted_months_are_told_and_are_no_error(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[1:]))
    assert ingest.main(["audit", "--check"]) == ingest.OK
    assert "begins after earlier lines" in capsys.readouterr().out


def test_a_name_in_the_log_gives_no_orders_to_the_terminal(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audit.record("sign_in", "\x1b[2J[red]x\u009b2J")
    ingest.main(["audit"])
    shown = capsys.readouterr().out
    assert "?[2J[red]x?2J" in shown
    assert "\x1b" not in shown


def test_without_a_log_there_is_nothing_to_complain_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(audit.FOLDER_VARIABLE, str(tmp_path / "none"))
    assert ingest.main(["audit", "--check"]) == ingest.OK
    assert capsys.readouterr().out.startswith("0 lines")
