"""The command: whatever goes wrong is one sentence and an exit code, and nothing half made is left."""

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from data import engine, queries
from exports import data_package, package_command
from exports.context import Context
from tests.exports import merged_fakes

PROJECT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(faked: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> Run:
    """Runs the command in an empty folder over the invented data layer; gives exit code, output and errors."""
    monkeypatch.setattr(engine, "at", lambda store, number: faked.view)
    monkeypatch.setattr("data.settings.is_demo", lambda: False)
    monkeypatch.chdir(tmp_path)

    def ran(spec: str | bytes, *options: str) -> tuple[int, str, str]:
        Path("package.json").write_bytes(spec if isinstance(spec, bytes) else spec.encode())
        code = package_command.main(["--spec", "package.json", *options])
        told = capsys.readouterr()
        assert told.err.count("\n") <= 1
        assert "Traceback" not in told.err
        return code, told.out, told.err

    return ran


def test_a_package_is_made_and_its_hash_is_told(run: Run, faked: Context) -> None:
    spec = merged_fakes.spec("csv")
    code, out, err = run(spec.to_json())
    name = data_package.file_name(spec, faked)
    content = Path(name).read_bytes()
    assert (code, err) == (0, "")
    assert out == f"{hashlib.sha256(content).hexdigest()}  {name}\n"
    assert content == b"".join(data_package.chunks(spec, faked))
    assert sorted(path.name for path in Path().iterdir()) == sorted(["package.json", name])


def test_what_is_wrong_is_told_in_one_sentence(run: Run) -> None:
    good = merged_fakes.spec("csv")
    for spec, words in (
        ("nonsense", "no JSON"),
        (b"\xff", "no JSON"),
        ("x" * 600_000, "letters"),
        (good.to_json().replace('"csv"', '"exe"'), "no format 'exe'"),
        (replace(good, data_version=3).to_json(), "of data version 3"),
        (merged_fakes.spec("csv", "sites").to_json().replace('"sites",\n', '"fixes",\n'), "those who protect them"),
    ):
        code, out, err = run(spec)
        assert (code, out) == (1, "")
        assert words in err
    assert [path.name for path in Path().iterdir()] == ["package.json"]


def test_a_file_that_is_there_is_not_written_over(run: Run) -> None:
    Path("mine.zip").write_text("mine")
    code, _, err = run(merged_fakes.spec("csv").to_json(), "-o", "mine.zip")
    assert code == 1
    assert "there is a file mine.zip already" in err
    assert Path("mine.zip").read_text() == "mine"


def test_nothing_half_made_is_left(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*asked: object) -> object:
        raise OSError("the disk\nis full")

    monkeypatch.setattr(queries, "merged_batches", broken)
    code, _, err = run(merged_fakes.spec("csv").to_json())
    assert code == 1
    assert err == "the disk is full\n"
    assert [path.name for path in Path().iterdir()] == ["package.json"]


def test_being_stopped_is_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*asked: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(queries, "merged_batches", stopped)
    assert run(merged_fakes.spec("csv").to_json())[2] == "Stopped; nothing was kept.\n"


def test_a_damaged_package_is_not_given_out(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*asked: object) -> list[bytes]:
        with zipfile.ZipFile("damaged", "w") as archive:
            archive.writestr("data/sites.csv", "one")
            archive.writestr("SHA256SUMS", f"{hashlib.sha256(b'other').hexdigest()}  data/sites.csv\n")
        content = Path("damaged").read_bytes()
        Path("damaged").unlink()
        return [content]

    monkeypatch.setattr(data_package, "chunks", damaged)
    code, _, err = run(merged_fakes.spec("csv").to_json())
    assert code == 1
    assert "data/sites.csv is not what its checksum says" in err
    assert [path.name for path in Path().iterdir()] == ["package.json"]


@pytest.mark.parametrize("spec", ["nowhere.json", "."])
def test_as_a_program_it_says_what_is_missing(tmp_path: Path, spec: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    arguments = [sys.executable, "-m", "exports.data_package", "--spec", spec]
    ran = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1


def test_a_version_that_the_store_does_not_have_is_told(tmp_path: Path, capsys) -> None:
    path = tmp_path / "package.json"
    path.write_text(merged_fakes.spec("csv").to_json())
    store = tmp_path / "no store"
    assert package_command.main(["--spec", str(path), "--store", str(store), "-o", str(tmp_path / "x.zip")]) == 1
    assert capsys.readouterr().err == "the store has no data version 7\n"
    assert not store.exists()
