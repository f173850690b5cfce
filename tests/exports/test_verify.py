"""The verifier at a terminal: what it prints, what it returns, and that trouble is told in words."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import SourceUnavailable
from exports import verify
from ledger.bundle import write_bundle
from ledger.chain import Block
from ledger.check import STEPS
from tests.conftest import Reply, Serve
from tests.ledger.invented_records import (
    CHAIN_ID,
    HEIGHT,
    MINED_AT,
    OTHER_BLOCK,
    OTHER_DID,
    TRUST,
    Story,
    answers_of,
    batch_of,
    event_of,
    record,
    story,
)
from tests.ledger.zips import MADE_ON, bundle_of, unzipped, zipped

NODE = "https://node.example.org"
Verify = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Write the bundle of a story to a file and verify it; the node says what the story tells."""

    def verified(told: Story, *arguments: str) -> int:
        def ask(name: str, rpc: str, token: str | None, trust: object, receipts: list[object]) -> object:
            assert (rpc, token, receipts) == (NODE, None, [told.receipt])
            if told.answers is None:
                raise SourceUnavailable("the ledger: no answer from node.example.org")
            return told.answers

        monkeypatch.setattr(verify, "ask", ask)
        (tmp_path / "bundle.zip").write_bytes(bundle_of(told))
        return verify.main([str(tmp_path / "bundle.zip"), *arguments])

    return verified


def _changed(told: Story, **claims: str) -> Story:
    subject = told.credential["credentialSubject"] | claims
    return replace(told, credential={**told.credential, "credentialSubject": subject})


OUTCOMES: list[tuple[str, Story, int]] = [
    ("verified", story(), 0),
    ("content_changed", _changed(story(), phase="certified"), 1),
    ("not_on_ledger", story(answers=answers_of()), 1),
    ("wrong_issuer", story(answers=answers_of(event_of(batch_of(), issuer_address=f"0x{'ee' * 20}"))), 1),
    ("removed_by_reorganisation", story(answers=answers_of(blocks={HEIGHT: Block(OTHER_BLOCK, MINED_AT)})), 1),
    ("pending", story(answers=replace(story().answers, head_number=HEIGHT)), 3),
    ("ledger_unreachable", story(answers=None), 3),
    ("ledger_unreachable", story(answers=replace(story().answers, chain_id=CHAIN_ID + 1)), 3),
]


@pytest.mark.parametrize(("outcome", "told", "code"), OUTCOMES)
def test_the_exit_code_says_what_came_out(
    run: Verify, capsys: pytest.CaptureFixture[str], outcome: str, told: Story, code: int
) -> None:
    assert run(told, "--rpc", NODE) == code
    text = capsys.readouterr().out
    assert (text.count("VERIFIED") - text.count("NOT VERIFIED") == 1) == (code == 0)
    assert run(told, "--rpc", NODE, "--json") == code
    found = json.loads(capsys.readouterr().out)
    assert (found["outcome"], found["verified"]) == (outcome, code == 0)


def test_each_step_is_shown_with_what_was_compared(run: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    told = story()
    assert run(told, "--rpc", NODE) == 0
    text = capsys.readouterr().out
    for number, (_, question, _) in enumerate(STEPS, start=1):
        assert f"{number}. {question}  [passed]" in text
    for step in told.check().steps:
        assert step.said in " ".join(text.split())
        assert all(f"{label:<28} {value}" in text for label, value in step.inputs)
    assert text.count(f"0x{told.receipt.digest.hex()}") == 2, "both sides of the comparison are shown"
    assert "stops here" not in text
    assert "The ledger was asked on 2026-06-01 09:30:00 UTC." in text


def test_the_first_step_that_fails_is_marked(run: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_changed(story(), phase="certified"), "--rpc", NODE) == 1
    lines = capsys.readouterr().out.splitlines()
    marked = [line for line in lines if "<== the check stops here" in line]
    assert marked == ["2. Is this the record that the receipt was made for?  [FAILED] <== the check stops here"]
    assert sum("[passed]" in line for line in lines) == 1
    assert sum("[not done]" in line for line in lines) == len(STEPS) - 2
    assert "NOT VERIFIED: the content was changed" in lines


def test_without_a_node_all_is_checked_that_needs_none(run: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(story()) == 3
    text = capsys.readouterr().out
    assert text.count("[passed]") == 5
    assert "no node was named, name one with --rpc" in text
    assert run(_changed(story(), phase="certified")) == 1


def test_what_programs_get_holds_the_whole_check(run: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    told = story()
    assert run(told, "--rpc", NODE, "--json") == 0
    found, expected = json.loads(capsys.readouterr().out), told.check()
    assert [step["name"] for step in found["steps"]] == [step.name for step in expected.steps]
    for step, other in zip(found["steps"], expected.steps, strict=True):
        assert [(one["label"], one["value"]) for one in step["inputs"]] == list(other.inputs)
        assert (step["state"], step["said"], step["question"]) == (other.state, other.said, other.question)
    assert found["failed_step"] is None
    assert found["issuer"] == "Example Secretariat"
    assert found["anchored_at"] == "2026-04-01T08:00:00+00:00"
    assert found["asked_at"] == "2026-06-01T09:30:00+00:00"


def test_a_bundle_that_brings_its_own_trust_file_is_told(run: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(story(), "--rpc", NODE) == 0
    assert "Whom to trust was read from the bundle itself." in capsys.readouterr().out
    run(story(), "--rpc", NODE, "--json")
    assert json.loads(capsys.readouterr().out)["trust_from"] == "bundle"


def test_ones_own_trust_file_decides(run: Verify, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bundle that is right by its own trust file is still from a stranger."""
    own = tmp_path / "own.toml"
    own.write_text(replace(TRUST, issuers=(replace(TRUST.issuers[0], key=OTHER_DID),)).as_toml())
    assert run(story(), "--rpc", NODE, "--trust", str(own), "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["outcome"], found["trust_from"]) == ("wrong_issuer", "file")
    assert not [note for note in found["notes"] if "Whom to trust" in note]
    own.write_text(TRUST.as_toml())
    assert run(story(), "--rpc", NODE, "--trust", str(own)) == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"hello", "not a zip"),
        (zipped({"credential.json": "{}", "notes.txt": ""}), "notes.txt"),
        (zipped({"credential.json": "{}"}), "name a trust file with --trust"),
        (zipped(unzipped(bundle_of()) | {"trust.toml": "x"}), "trust.toml: the trust file is not TOML"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, reason: str
) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    assert verify.main([str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("NOT CHECKED: ")
    assert reason in " ".join(said.err.split())
    assert verify.main([str(path), "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert (found["verified"], found["outcome"]) == (False, None)
    assert reason in found["problem"]


def test_files_that_are_not_there_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(bundle_of())
    assert verify.main([str(tmp_path / "none.zip")]) == 2
    assert "none.zip cannot be read: No such file" in " ".join(capsys.readouterr().err.split())
    assert verify.main([str(tmp_path)]) == 2
    assert "cannot be read: Is a directory" in " ".join(capsys.readouterr().err.split())
    assert verify.main([str(bundle), "--trust", str(tmp_path / "none.toml")]) == 2
    assert "none.toml cannot be read" in " ".join(capsys.readouterr().err.split())
    assert verify.main(["bundle\x00.zip"]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["node.example.org", "ftp://node.example.org", "file:///etc/passwd", "https://", ""]
)
def test_an_address_that_is_none_is_wrong_use(capsys: pytest.CaptureFixture[str], address: str) -> None:
    with pytest.raises(SystemExit) as ended:
        verify.main(["bundle.zip", "--rpc", address])
    assert ended.value.code == 2
    assert "begins with https://" in capsys.readouterr().err


def test_a_key_in_the_address_of_a_node_is_not_shown(
    serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Many providers put it into the path."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle_of())
    node = serve(lambda request: Reply(f"{request.path} is not known".encode(), 403))
    assert verify.main([str(path), "--rpc", f"{node}/v3/abcdef123456?key=abcdef123456"]) == 3
    said = capsys.readouterr()
    assert "It could not be looked up" in said.out
    assert "abcdef123456" not in said.out + said.err


def test_a_record_without_a_receipt_asks_nobody(run: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(replace(story(), receipt=None), "--rpc", NODE, "--json") == 1
    assert json.loads(capsys.readouterr().out)["outcome"] == "not_on_ledger"


def test_words_of_a_bundle_cannot_change_the_screen(run: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    told = story(record(assessment_id="x\n\nVERIFIED\x1b[2J\u202e"))
    assert run(told, "--rpc", NODE) == 0
    text = capsys.readouterr().out
    assert r"x\n\nVERIFIED\x1b[2J\u202e" in text
    assert "\x1b" not in text
    assert text.splitlines().count("VERIFIED") == 1


def test_stopping_is_told(run: Verify, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(verify, "ask", stopped)
    (tmp_path / "bundle.zip").write_bytes(write_bundle(record(), story().receipt, TRUST, MADE_ON, False))
    assert verify.main([str(tmp_path / "bundle.zip"), "--rpc", NODE]) == 3
    assert capsys.readouterr().err == "Stopped; nothing was checked to its end.\n"
