"""The step of CI that looks up known holes: when it fails, and when it says that nobody could be asked."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers import PROJECT

HOLE = {"dependencies": [{"name": "x", "version": "1", "vulns": [{"id": "CVE-2018-18074"}]}]}
NO_HOLE = {"dependencies": [{"name": "x", "version": "1", "vulns": []}]}


def audit(folder: Path, canary: dict | None, constraints: dict | None) -> subprocess.CompletedProcess:
    """The step with a pip-audit that answers so about each list; None where the index does not answer."""
    (folder / ".ci").mkdir()
    (folder / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(PROJECT / ".ci" / "audit", folder / ".ci" / "audit")
    (folder / "constraints.txt").write_text("x==1\n")
    for name, told in (("canary.txt", canary), ("constraints.txt", constraints)):
        if told is not None:
            (folder / f"{name}.json").write_text(json.dumps(told))
    fake = folder / ".venv" / "bin" / "pip-audit"
    fake.write_text(
        '#!/bin/sh\nname="$(basename "$2")"\n[ -f "$name.json" ] || exit 1\n'
        'while [ "$1" != "--output" ]; do shift; done\ncp "$name.json" "$2"\n! grep -q CVE "$name.json"\n'
    )
    fake.chmod(0o755)
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.run([folder / ".ci" / "audit"], capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize(
    ("canary", "constraints", "code", "words"),
    [
        (HOLE, NO_HOLE, 0, "No known hole in the packages"),
        (HOLE, HOLE, 1, "CVE-2018-18074"),
        (HOLE, None, 0, "the package index stopped answering"),
        (None, None, 0, "the package index did not answer"),
        (NO_HOLE, NO_HOLE, 0, "the package index here has no list of them"),
    ],
)
def test_a_hole_fails_and_silence_is_told(
    tmp_path: Path, canary: dict | None, constraints: dict | None, code: int, words: str
) -> None:
    ended = audit(tmp_path, canary, constraints)
    assert ended.returncode == code
    assert words in ended.stdout + ended.stderr
