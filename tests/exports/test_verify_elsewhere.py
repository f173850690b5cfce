"""The verifier on another machine: its own process, another folder, four packages, no store and no dashboard."""

import json
from pathlib import Path

import pytest

from tests.exports.elsewhere import ABSENT, PACKAGES, Elsewhere, another_machine
from tests.ledger.invented_records import record, story
from tests.ledger.zips import bundle_of, unzipped, zipped


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    return another_machine(tmp_path_factory.mktemp("elsewhere"))


@pytest.mark.parametrize("module", ABSENT)
def test_that_machine_lacks_what_the_dashboard_needs(elsewhere: Elsewhere, module: str) -> None:
    done = elsewhere.python("-c", f"import {module}")
    assert f"No module named '{module}'" in done.stderr


def test_a_bundle_is_checked_there(elsewhere: Elsewhere) -> None:
    (elsewhere.home / "bundle.zip").write_bytes(bundle_of())
    done = elsewhere.verify("bundle.zip")
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.count("[passed]") == 5
    assert "NOT DECIDED: the ledger was not reached" in done.stdout


def test_a_changed_bundle_fails_there(elsewhere: Elsewhere) -> None:
    files = unzipped(bundle_of())
    forged = zipped(files | {"credential.json": files["credential.json"].replace(b'"met"', b'"mat"')})
    (elsewhere.home / "forged.zip").write_bytes(forged)
    done = elsewhere.verify("forged.zip", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["failed_step"] == "fingerprint"


def test_a_terminal_that_knows_few_letters_does_not_end_it(elsewhere: Elsewhere) -> None:
    (elsewhere.home / "letters.zip").write_bytes(bundle_of(story(record(assessment_id="Парк-自然"))))
    done = elsewhere.verify("letters.zip", encoding="ascii")
    assert (done.returncode, done.stderr) == (3, "")
    assert r"\u041f\u0430\u0440\u043a-\u81ea\u7136" in done.stdout


def test_it_explains_itself(elsewhere: Elsewhere) -> None:
    done = elsewhere.verify("--help")
    assert done.returncode == 0
    for word in ("BUNDLE", "--rpc", "--trust", "--json", "exit code"):
        assert word in done.stdout


def test_wrong_use_is_told(elsewhere: Elsewhere) -> None:
    done = elsewhere.verify()
    assert done.returncode == 2
    assert "BUNDLE" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_instructions_name_the_packages_that_it_needs(elsewhere: Elsewhere) -> None:
    readme = unzipped(bundle_of())["README.txt"].decode()
    assert f"pip install {' '.join(PACKAGES)}" in readme


def test_nothing_is_written_there(elsewhere: Elsewhere, tmp_path: Path) -> None:
    (elsewhere.home / "bundle.zip").write_bytes(bundle_of())
    before = sorted(elsewhere.source.parent.rglob("*"))
    elsewhere.verify("bundle.zip")
    assert sorted(elsewhere.source.parent.rglob("*")) == before
