"""Records, batches and options that cannot be used: each is refused with its reason, and stops no more than it must."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from connectors import http, ledger_files
from connectors.base import Source
from connectors.errors import SourceChanged, SourceError, SourceRefused
from ledger import batch
from tests.connectors import ledger_records as made
from tests.connectors.ledger_records import CONTRACT, fetch, offline, outcomes, read, refusals, rows


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BACKOFF_S", 0)


def _without(entry: dict[str, Any], *path: str) -> dict[str, Any]:
    changed = copy.deepcopy(entry)
    place = changed
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    return changed


def _with(entry: dict[str, Any], value: Any, *path: str) -> dict[str, Any]:
    changed = copy.deepcopy(entry)
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return changed


ENTRY = json.loads(batch.as_json(made.batch_of(CONTRACT, 1)))["records"][0]
SUBJECT = ("credential", "credentialSubject")


@pytest.mark.parametrize(
    ("entry", "field", "reason"),
    [
        (7, "(record)", "no credential"),
        (_without(ENTRY, "credential"), "(record)", "no credential"),
        (_without(ENTRY, "receipt", "root"), "(record)", "root"),
        (_with(ENTRY, "0x12", "receipt", "digest"), "(record)", "digest"),
        (_with(ENTRY, ["0x" + "11" * 32] * 40, "receipt", "proof"), "(record)", "proof"),
        (_without(ENTRY, *SUBJECT, "assessmentId"), "assessmentId", "is missing"),
        (_with(ENTRY, "valley", *SUBJECT, "siteId"), "siteId", "not a WDPA site id"),
        (_with(ENTRY, "soon", *SUBJECT, "assessedYear"), "assessedYear", "not a whole number"),
        (_with(ENTRY, "31.12.2025", *SUBJECT, "assessedOn"), "assessedOn", "not a day"),
        (_with(ENTRY, "a person", *SUBJECT, "assessor"), "assessor", "not a field of a record"),
        (_with(ENTRY, "yesterday", "credential", "validFrom"), "validFrom", "not a moment"),
        (_with(ENTRY, "x" * 2_000_000, "credential", "name"), "credential", "larger than 1 MB"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_with_its_reason(
    tmp_path: Path, entry: Any, field: str, reason: str
) -> None:
    source = offline(tmp_path / "in", good=made.batch_of(CONTRACT, 1, first=9))
    told = {"format": batch.FORMAT, "records": [entry]}
    (tmp_path / "in" / "more.json").write_text(json.dumps(told))
    parsed = read(source, tmp_path / "work")
    (refused,) = refusals(parsed)
    assert (refused.row, refused.field) == (1, field)
    assert reason in refused.reason
    assert "more.json" in refused.reason
    assert 0 < len(refused.raw) <= 2_000
    assert "GL-9" in {row["assessment_id"] for row in rows(parsed, "anchors")}


def test_half_a_letter_is_refused_and_stops_nothing(tmp_path: Path) -> None:
    source = offline(tmp_path / "in", good=made.batch_of(CONTRACT, 1, first=9))
    broken = json.dumps({"format": batch.FORMAT, "records": [_with(ENTRY, "HALF", "credential", "name")]})
    (tmp_path / "in" / "more.json").write_text(broken.replace("HALF", "\\ud800"))
    (refused,) = refusals(read(source, tmp_path / "work"))
    assert refused.field == "credential"
    assert "canonical" in refused.reason


def test_a_damaged_proof_is_a_changed_record_and_no_refusal(tmp_path: Path) -> None:
    source = offline(tmp_path / "in")
    told = {"format": batch.FORMAT, "records": [_with(ENTRY, {"type": "none"}, "credential", "proof")]}
    (tmp_path / "in" / "more.json").write_text(json.dumps(told))
    parsed = read(source, tmp_path / "work")
    assert outcomes(parsed) == {"GL-1": "content_changed"}
    assert rows(parsed, "anchors")[0]["issuer_key"] == made.DID


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{}", "its format is not"),
        ('{"format": "tech4nature-ledger-batch/1"}', "no list"),
        ("[" * 5_000, "deeper"),
        ('{"format": 1, "format": 2}', "twice"),
    ],
)
def test_a_file_that_is_no_batch_stops_its_source(tmp_path: Path, content: str, problem: str) -> None:
    source = offline(tmp_path / "in", good=made.batch_of(CONTRACT))
    (tmp_path / "in" / "bad.json").write_text(content)
    with pytest.raises(SourceChanged, match=rf"ledger: bad\.json: .*{problem}"):
        read(source, tmp_path / "work")


def test_sizes_and_numbers_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = offline(tmp_path / "in", a=made.batch_of(CONTRACT), b=made.batch_of(CONTRACT, first=7))
    monkeypatch.setattr(ledger_files, "BATCHES_MAX", 1)
    with pytest.raises(SourceRefused, match="holds 2 batches"):
        fetch(source, tmp_path / "work")
    monkeypatch.undo()
    monkeypatch.setattr(ledger_files, "BATCH_MAX_BYTES", 100)
    with pytest.raises(SourceRefused, match="larger than"):
        fetch(source, tmp_path / "work")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"rpc": ""}, "`rpc`"),
        ({"rpc": "file:///etc/passwd"}, "`rpc`"),
        ({"rpc": 8545}, "`rpc`"),
        ({"trust": ""}, "`trust`"),
        ({"trust": "absent.toml"}, "absent.toml cannot be read"),
        ({"trust": "bad.toml"}, "the trust file"),
        ({"trust": "a\x00b"}, "cannot be read"),
    ],
)
def test_a_wrong_option_is_refused_by_its_name(tmp_path: Path, changed: dict[str, Any], problem: str) -> None:
    source = offline(tmp_path / "in", one=made.batch_of(CONTRACT))
    (tmp_path / "in" / "bad.toml").write_text("chain_id = 'one'")
    wrong = Source("ledger", "ledger", source.location, options={**source.options, **changed})
    with pytest.raises(SourceError, match=problem) as caught:
        read(wrong, tmp_path / "work")
    assert caught.value.advice
