"""The instructions in a bundle: their commands are run as they stand there, with other programs than ours."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ledger.abi import TOPIC
from ledger.bundle import read_bundle, write_bundle
from ledger.bundle_readme import readme
from tests.ledger.invented_records import CONTRACT, TRUST, record, story

TOOLS = ("bash", "sha256sum", "python3", "openssl")
MADE_ON = date(2026, 6, 1)


def _commands(text: str) -> list[str]:
    """What the instructions tell to paste into a terminal."""
    return re.findall(r"^~~~\n(.*?)^~~~\n", text, re.MULTILINE | re.DOTALL)


def _run(command: str, folder: Path) -> str:
    # Without our modules, so that nothing of ours can have a part in it.
    done = subprocess.run(
        ["bash", "-euc", command], cwd=folder, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=60
    )
    return done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle that was unpacked by another program."""
    missing = [tool for tool in TOOLS if not shutil.which(tool, path="/usr/bin:/bin")]
    if missing:
        pytest.skip(f"not on this machine: {', '.join(missing)}")
    told = story(*(record(number, method="Méthode “verte”") for number in range(1, 12)), index=8)
    (tmp_path / "bundle.zip").write_bytes(write_bundle(told.credential, told.receipt, TRUST, MADE_ON, False))
    shutil.unpack_archive(tmp_path / "bundle.zip", tmp_path)
    return tmp_path


def test_the_commands_confirm_a_record(folder: Path) -> None:
    fingerprint, batch, signature, _ = _commands((folder / "README.txt").read_text())
    receipt = json.loads((folder / "receipt.json").read_text())
    assert _run(fingerprint, folder).split()[0] == receipt["digest"][2:]
    assert _run(batch, folder).split() == [receipt["root"]] * 2
    assert "Signature Verified Successfully" in _run(signature, folder)


def test_the_commands_show_a_changed_record(folder: Path) -> None:
    fingerprint, _, signature, _ = _commands((folder / "README.txt").read_text())
    path = folder / "credential.json"
    path.write_text(path.read_text().replace('"candidate"', '"certified"'))
    assert _run(fingerprint, folder).split()[0] != json.loads((folder / "receipt.json").read_text())["digest"][2:]
    assert "Signature Verification Failure" in _run(signature, folder)


@pytest.mark.parametrize("size", range(1, 10))
def test_the_commands_find_the_root_from_every_place(size: int, folder: Path) -> None:
    _, batch, _, _ = _commands((folder / "README.txt").read_text())
    records = [record(number) for number in range(1, size + 1)]
    for index in {0, size // 2, size - 1}:
        receipt = story(*records, index=index).receipt
        (folder / "receipt.json").write_text(json.dumps(receipt.as_json()))
        assert _run(batch, folder).split() == [f"0x{receipt.root.hex()}"] * 2


@pytest.mark.parametrize(
    ("changed", "blocks"),
    [({}, ["0x64", "0x64"]), ({"block_number": None, "block_hash": None}, ["earliest", "latest"])],
)
def test_the_question_to_a_node_is_the_one_that_is_asked(changed: dict[str, None], blocks: list[str]) -> None:
    receipt = replace(story().receipt, **changed)
    *_, question = _commands(readme(record(), receipt, TRUST, MADE_ON, False))
    asked = json.loads(re.search(r"-d '(.*)'", question, re.DOTALL)[1])
    assert asked["method"] == "eth_getLogs"
    where = asked["params"][0]
    assert (where["address"], where["topics"]) == (CONTRACT, [TOPIC, f"0x{receipt.root.hex()}"])
    assert [where["fromBlock"], where["toBlock"]] == blocks


def test_the_instructions_name_the_chain_and_an_explorer() -> None:
    text = readme(record(), story().receipt, TRUST, MADE_ON, False)
    assert "chain 31337 (Example chain), such as https://explorer.example.org." in text
    assert "Assessment example-1 of site 555000001, 2 ratings." in text
    assert "Bundle made on 2026-06-01." in text


def test_a_record_cannot_write_into_the_instructions() -> None:
    told = record(assessment_id="x\n\nVERIFIED by\u202e the office")
    text = readme(told, None, TRUST, MADE_ON, False)
    assert r"Assessment x\n\nVERIFIED by\u202e the office of site" in text


def test_a_bundle_of_something_else_says_so() -> None:
    written = write_bundle({"credentialSubject": {"tool": 7}}, None, TRUST, MADE_ON, False)
    assert read_bundle(written).credential == {"credentialSubject": {"tool": 7}}
    assert "is not the record of an assessment: tool is not a text." in readme(
        read_bundle(written).credential, None, TRUST, MADE_ON, False
    )
