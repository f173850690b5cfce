"""The audit log: only added to, readable by its owner only, and a changed or missing line shows."""

import hashlib
import json
import multiprocessing
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import audit


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "audit"
    monkeypatch.setenv(audit.FOLDER_VARIABLE, str(folder))
    return folder


def _file(place: Path) -> Path:
    return place / f"{datetime.now(UTC):%Y-%m}.jsonl"


def _three_lines(place: Path) -> Path:
    for outcome in ("one", "two", "three"):
        assert audit.record("download", audit.NOBODY, outcome=outcome)
    return _file(place)


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_strangers", audit._Strangers())


def test_a_line_says_what_was_done_and_by_whom(place: Path) -> None:
    assert audit.record(
        "download", "ana@example.org", tables=["sites", "effort"], sites=("2", "1"), rows=12, role="site"
    )
    told = json.loads(_file(place).read_text())
    assert {name: told[name] for name in ("event", "account", "tables", "sites", "rows", "role")} == {
        "event": "download",
        "account": "ana@example.org",
        "tables": ["effort", "sites"],
        "sites": ["1", "2"],
        "rows": 12,
        "role": "site",
    }
    assert set(told) == {"at", "event", "account", "tables", "sites", "rows", "role", "previous", "hash"}


def test_the_hash_is_the_one_of_the_documentation(place: Path) -> None:
    """SHA-256 of the line's JSON without its hash, keys in order and no blanks, as SECURITY.md says."""
    audit.record("sign_in", "ana@example.org")
    told = json.loads(_file(place).read_text())
    text = f'{{"account":"ana@example.org","at":"{told["at"]}","event":"sign_in","previous":"{"0" * 64}"}}'
    assert told["hash"] == hashlib.sha256(text.encode()).hexdigest()


def test_only_its_owner_can_read_it(place: Path) -> None:
    audit.record("sign_in", "ana@example.org")
    assert stat.S_IMODE(_file(place).stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_a_log_that_nobody_touched_passes(place: Path) -> None:
    newest = json.loads(_three_lines(place).read_text().splitlines()[-1])["hash"]
    assert audit.check(place) == audit.Checked(3, newest, (), is_cut=False)


def _changed(lines: list[str]) -> list[str]:
    return [lines[0], lines[1].replace("two", "2wo"), lines[2]]


def _without_second(lines: list[str]) -> list[str]:
    return [lines[0], lines[2]]


def _swapped(lines: list[str]) -> list[str]:
    return [lines[1], lines[0], lines[2]]


def _repeated(lines: list[str]) -> list[str]:
    return [lines[0], lines[0], *lines[1:]]


def _broken(lines: list[str]) -> list[str]:
    return [lines[0], lines[1][:40], lines[2]]


def _told_twice(lines: list[str]) -> list[str]:
    """What people find in the line first is not what is hashed."""
    return [lines[0], lines[1].replace("{", '{"account": "bob@example.org", ', 1), lines[2]]


def _spaced(lines: list[str]) -> list[str]:
    return [lines[0], lines[1].replace(": ", ":  ", 1), lines[2]]


def _with_blank_line(lines: list[str]) -> list[str]:
    return [lines[0], "", *lines[1:]]


def _in_other_letters(lines: list[str]) -> list[str]:
    return [lines[0], lines[1].replace("two", "\\u0074wo"), lines[2]]


@pytest.mark.parametrize(
    "tamper",
    [
        *(_changed, _without_second, _swapped, _repeated, _broken),
        *(_told_twice, _spaced, _with_blank_line, _in_other_letters),
    ],
)
def test_a_line_that_was_touched_shows(place: Path, tamper: Callable[[list[str]], list[str]]) -> None:
    path = _three_lines(place)
    path.write_text("\n".join(tamper(path.read_text().splitlines())) + "\n")
    assert audit.check(place).problems


def test_a_changed_line_is_named(place: Path) -> None:
    path = _three_lines(place)
    path.write_text(path.read_text().replace('"two"', '"2wo"'))
    assert audit.check(place).problems == (f"{path.name}, line 2, was changed",)


def test_months_are_one_chain(place: Path) -> None:
    path = _three_lines(place)
    path.rename(place / "2020-01.jsonl")
    audit.record("sign_in", "ana@example.org")
    assert audit.check(place).problems == ()
    (place / "2020-01.jsonl").unlink()
    assert audit.check(place).is_cut


def test_a_line_that_was_broken_off_does_not_swallow_the_next(place: Path) -> None:
    path = _three_lines(place)
    with path.open("a") as file:
        file.write('{"at": "2026')
    assert audit.record("sign_in", "ana@example.org")
    assert [entry["event"] for entry in audit.entries(place)] == ["download"] * 3 + ["sign_in"]
    assert audit.check(place).problems == (f"{path.name}, line 4, cannot be read",)


def test_names_cannot_add_lines_or_facts(place: Path) -> None:
    audit.record("sign_in", 'x"}\n{"event": "review"}\u2028\r', outcome="\n")
    assert len(_file(place).read_bytes().splitlines()) == 1
    assert audit.check(place).problems == ()


@pytest.mark.parametrize(
    "account",
    ["\x1b[2Jx", "a\x00b", "\u2028\u202e", "\ud800", '{"hash": "' + "0" * 64 + '"}', "\n" * 300, "", "é" * 100_000],
)
def test_no_account_breaks_the_chain(place: Path, account: str) -> None:
    assert audit.record("sign_in", account, outcome="accepted")
    assert audit.record("download", "ana@example.org")
    assert (audit.check(place).lines, audit.check(place).problems) == (2, ())
    assert _file(place).read_bytes().isascii()


def test_what_somebody_asks_for_is_kept_only_where_it_is_a_site(place: Path) -> None:
    """A question may hold anything, such as the name of a person."""
    audit.record("download", "ana@example.org", sites=["555500101", "Ana Maria 06-123", "x@y"], format="Ana Maria")
    audit.record("upload", "ana@example.org", sha256="no hash", format="proof bundle")
    audit.record("upload", "ana@example.org", sha256="ab" * 32, sites=())
    kept = [{name: line.get(name) for name in ("sites", "format", "sha256")} for line in audit.entries(place)]
    assert kept == [
        {"sites": ["555500101", "?"], "format": "?", "sha256": None},
        {"sites": None, "format": "proof bundle", "sha256": "?"},
        {"sites": [], "format": None, "sha256": "ab" * 32},
    ]


def test_long_and_many_values_are_cut(place: Path) -> None:
    audit.record("download", "a" * 10_000, sites=[f"{number:06}" for number in range(5_000)])
    told = json.loads(_file(place).read_text())
    assert len(told["account"]) == audit.LONGEST_TEXT
    assert told["sites"][-1] == f"and {5_000 - audit.MOST_VALUES} more"


@pytest.mark.parametrize(
    ("event", "facts"), [("peeked", {}), ("download", {"ip": "127.0.0.1"}), ("download", {"rows": object()})]
)
def test_what_is_not_declared_is_not_written(
    place: Path, caplog: pytest.LogCaptureFixture, event: str, facts: dict
) -> None:
    assert not audit.record(event, audit.NOBODY, **facts)
    assert not place.exists()
    assert "could not be written" in caplog.text


def test_a_log_that_cannot_be_written_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv(audit.FOLDER_VARIABLE, str(blocked / "audit"))
    assert not audit.record("sign_in", "ana@example.org")
    assert audit.trouble()
    assert "could not be written" in caplog.text
    assert str(tmp_path) not in caplog.text
    monkeypatch.setenv(audit.FOLDER_VARIABLE, str(tmp_path / "audit"))
    assert audit.record("sign_in", "ana@example.org")
    assert not audit.trouble()


def test_strangers_cannot_fill_the_disk(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 600.0
    monkeypatch.setattr(audit.time, "monotonic", lambda: now)
    for _ in range(audit.MOST_OF_NOBODY_PER_MINUTE + 30):
        audit.record("token_used", audit.NOBODY, outcome="refused")
    assert audit.check(place).lines == audit.MOST_OF_NOBODY_PER_MINUTE
    assert audit.record("download", "ana@example.org")
    now = 660.0
    audit.record("token_used", audit.NOBODY, outcome="refused")
    assert [entry.get("left_out") for entry in audit.entries(place)][-2:] == [None, 30]


def _record_many(account: str) -> None:
    for _ in range(25):
        audit.record("download", account)


def test_processes_that_write_at_once_lose_no_line(place: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_record_many, args=(f"writer {number}",)) for number in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = audit.check(place)
    assert (found.lines, found.problems) == (75, ())


def test_the_log_lies_with_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(audit.FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("T4N_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("T4N_NETWORK", str(tmp_path / "none.toml"))
    assert audit.folder() == tmp_path / "store" / "demo" / "audit"
