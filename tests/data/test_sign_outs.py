"""Sign-outs are remembered as long as a session may last, by other processes and after a restart."""

import subprocess
import sys

import pytest

from data import sign_outs
from data.access_file import LONGEST_SESSION_S


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("T4N_AUDIT", str(tmp_path / "audit"))
    monkeypatch.setattr(sign_outs, "_ended_here", {})
    return tmp_path / "audit"


@pytest.fixture
def clock(monkeypatch):
    now = {"seconds": 1_800_000_000.0}
    monkeypatch.setattr(sign_outs.time, "time", lambda: now["seconds"])
    return now


def restart(monkeypatch) -> None:
    """Forget what only the process remembers."""
    monkeypatch.setattr(sign_outs, "_ended_here", {})
    sign_outs._read.cache_clear()


def test_nobody_has_signed_out_before_the_first():
    assert not sign_outs.is_ended("ana")


def test_a_sign_out_is_remembered_after_a_restart(monkeypatch):
    sign_outs.end("ana")
    assert sign_outs.is_ended("ana")
    restart(monkeypatch)
    assert sign_outs.is_ended("ana")
    assert not sign_outs.is_ended("bo")


def test_what_another_process_ends_is_ended_here():
    sign_outs.end("ana")
    assert not sign_outs.is_ended("bo")
    subprocess.run([sys.executable, "-c", "from data import sign_outs; sign_outs.end('bo')"], check=True)
    assert sign_outs.is_ended("bo")
    assert sign_outs.is_ended("ana")


def test_it_is_remembered_as_long_as_a_session_may_last(monkeypatch, clock, folder):
    sign_outs.end("ana")
    restart(monkeypatch)
    clock["seconds"] += LONGEST_SESSION_S
    assert sign_outs.is_ended("ana")
    clock["seconds"] += 1
    assert not sign_outs.is_ended("ana")
    sign_outs.end("bo")
    assert "ana" not in (folder / "signed-out.json").read_text()


@pytest.mark.parametrize("broken", ["", "[]", "{", '{"ana": "long ago"}', '{"ana": null}'])
def test_a_broken_file_is_told_and_replaced_by_the_next_sign_out(folder, caplog, monkeypatch, broken):
    folder.mkdir()
    (folder / "signed-out.json").write_text(broken)
    assert not sign_outs.is_ended("ana")
    assert "cannot be read" in caplog.text
    sign_outs.end("ana")
    restart(monkeypatch)
    assert sign_outs.is_ended("ana")


def test_a_folder_that_cannot_be_written_ends_the_session_in_this_process(folder, caplog):
    folder.write_text("a file where the folder would be")
    sign_outs.end("ana")
    assert sign_outs.is_ended("ana")
    assert not sign_outs.is_ended("bo")
    assert "forgotten at a restart" in caplog.text
    assert str(folder) not in caplog.text
