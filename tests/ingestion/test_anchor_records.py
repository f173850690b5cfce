"""Which assessments are signed, what a record of them says, and what never leaves the store."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

import ingest
from ledger import batch, keys
from ledger.check import check
from ledger.credential import claims_of
from ledger.trust import read_trust
from tests.ingestion.anchoring import NO_CONTRACT, NO_NODE, Office, office
from tests.ingestion.submitted import FIRST, MARSH, SECOND, VALLEY, row, table

Text = pytest.CaptureFixture[str]


def test_the_published_assessments_that_the_public_sees_in_full_are_signed(offline: Office, capsys: Text) -> None:
    assert offline.make() == ingest.OK
    assert offline.named() == ["marsh-0", "marsh-1", "valley-1"]
    assert "Anchors a batch of 3 records on chain 31337." in capsys.readouterr().out


def test_a_record_says_what_the_store_holds_and_nothing_in_the_words_of_people(offline: Office) -> None:
    offline.make()
    _, _, record = offline.batch_json()["records"]
    claims = claims_of(record["credential"])
    assert (claims.assessment_id, claims.site_id, claims.tool) == ("valley-1", VALLEY, "green_list")
    assert (claims.standard_version, claims.assessed_on, claims.assessed_year) == ("GLS-1.1", "2026-03-01", "2026")
    told = [(one.indicator_id, one.role, one.rating, one.rated_on) for one in claims.ratings]
    assert told == [(FIRST, "self", "met", "2026-03-02"), (SECOND, "self", "partly", "2026-03-03")]
    text = (offline.batch / "batch.json").read_text(encoding="utf-8")
    assert not [word for word in ("Achieng", "1.2345", "36.7890", "evidence", "note") if word in text]


def test_an_assessment_that_replaces_another_names_it(offline: Office) -> None:
    offline.make()
    claims = [claims_of(record["credential"]) for record in offline.batch_json()["records"]]
    assert [one.supersedes for one in claims] == [None, "marsh-0", None]


def test_every_record_has_a_salt_of_its_own(offline: Office) -> None:
    offline.make()
    offline.make(folder=offline.home / "again")
    salts = [
        record["credential"]["credentialSubject"]["salt"]
        for folder in (offline.batch, offline.home / "again")
        for record in offline.batch_json(folder)["records"]
    ]
    assert len(set(salts)) == 6
    assert {len(bytes.fromhex(salt)) for salt in salts} == {16}


def test_a_private_assessment_is_signed_only_where_it_is_named_and_a_warning_says_so(
    offline: Office, capsys: Text
) -> None:
    assert offline.make("--assessment", "marsh-secret") == ingest.OK
    assert offline.named() == ["marsh-secret"]
    assert "Warning: marsh-secret is not public in full today." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "reason"),
    [("valley-draft", "valley-draft is a draft"), ("valley-9", "the store holds no assessment 'valley-9'")],
)
def test_a_draft_and_an_unknown_assessment_are_refused_by_name(
    offline: Office, capsys: Text, name: str, reason: str
) -> None:
    assert offline.make("--assessment", "valley-1", "--assessment", name) == ingest.WRONG_USE
    assert reason in capsys.readouterr().err
    assert not (offline.batch / "batch.json").exists()


def test_one_hidden_rating_or_a_hidden_predecessor_keeps_an_assessment_from_being_signed_unnamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another, private source rates one more indicator of valley-1, and marsh-1 replaces an assessment of it."""
    open_csv = table(
        row(),
        row(assessment_id="marsh-1", site_id=MARSH, supersedes="marsh-hidden"),
        row(assessment_id="marsh-2", site_id=MARSH),
    )
    closed_csv = table(row(SECOND), row(assessment_id="marsh-hidden", site_id=MARSH))
    made = office(tmp_path, NO_NODE, NO_CONTRACT, open_csv=open_csv, closed_csv=closed_csv)
    made.enter(monkeypatch)
    assert made.make() == ingest.OK
    assert made.named() == ["marsh-2"]
    assert "marsh-hidden" not in (made.batch / "batch.json").read_text(encoding="utf-8")


def test_a_score_is_signed_as_just_the_number_that_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = table(row(tool="METT", tool_version="METT-4", indicator_id="1a", rating="")).decode()
    head, first = text.splitlines()
    scored = f"{head},score,score_max\n{first},2,3\n{first.replace('1a', '1b')},0.1,3\n"
    made = office(tmp_path, NO_NODE, NO_CONTRACT, open_csv=scored.encode())
    made.enter(monkeypatch)
    assert made.make() == ingest.WRONG_USE
    assert made.make("--assessment", "valley-1") == ingest.OK
    ratings = made.batch_json()["records"][0]["credential"]["credentialSubject"]["ratings"]
    assert [(one["score"], one["scoreMax"]) for one in ratings] == [("2", "3"), ("0.1", "3")]


def test_a_batch_can_be_checked_by_anyone_with_the_trust_file_and_waits(offline: Office) -> None:
    offline.make()
    trust = read_trust((offline.home / "trust.toml").read_text(encoding="utf-8"))
    records = batch.read_batch((offline.batch / "batch.json").read_bytes())
    found = [check(credential, receipt, trust, None, date.today()) for credential, receipt in records]
    assert [(one.outcome, one.issuer) for one in found] == [("pending", "Invented office")] * 3


def test_a_key_that_the_trust_file_does_not_trust_today_signs_nothing(offline: Office, capsys: Text) -> None:
    own = (offline.home / "trust.toml").read_text(encoding="utf-8")
    offline.trust(key=keys.did_of(keys.new_key().public_key()))
    assert offline.make() == ingest.WRONG_USE
    assert keys.did_of(keys.read_key(offline.key).public_key()) in capsys.readouterr().err.replace("\n", "")
    tomorrow = date.today() + timedelta(days=2)
    (offline.home / "trust.toml").write_text(own.replace("2020-01-01", tomorrow.isoformat()), encoding="utf-8")
    assert offline.make() == ingest.WRONG_USE
    assert "trusts the key of Invented office on other days" in capsys.readouterr().err
    assert not (offline.batch / "batch.json").exists()


def test_a_key_file_that_others_may_read_is_refused(offline: Office, capsys: Text) -> None:
    offline.key.chmod(0o640)
    assert offline.make() == ingest.WRONG_USE
    assert "chmod 600" in capsys.readouterr().err


def test_a_new_key_is_written_for_its_owner_alone_and_never_over_another(offline: Office, capsys: Text) -> None:
    path = offline.home / "second.pem"
    assert ingest.main(["anchor", "--new-key", str(path)]) == ingest.OK
    shown = capsys.readouterr().out
    assert f'key = "{keys.did_of(keys.read_key(path).public_key())}"' in shown
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    assert not [line for line in before.decode().splitlines()[1:-1] if line in shown]
    assert ingest.main(["anchor", "--new-key", str(path)]) == ingest.WRONG_USE
    assert path.read_bytes() == before


def test_a_batch_is_never_written_over(offline: Office, capsys: Text) -> None:
    offline.make()
    before = (offline.batch / "batch.json").read_bytes()
    assert offline.make() == ingest.WRONG_USE
    assert "there is a batch in" in capsys.readouterr().err
    assert (offline.batch / "batch.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "name a folder"),
        (["--batch", "b"], "add --key"),
        (["--batch", "b", "--send"], "--send needs --account"),
        (["--batch", "b", "--send", "--account", "a", "--sent", "0x"], "use one of them"),
        (["--batch", "b", "--send", "--account", "a", "--uri", "https://x.example"], "add --key"),
        (["--batch", "b", "--key", "k", "--source", "other"], "no such source"),
        (["--batch", "b", "--sent", "0x12"], "not a hash of 32 bytes"),
        (["--batch", "b", "--sent", "0x" + "12" * 32], "no batch in"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    offline: Office, capsys: Text, monkeypatch: pytest.MonkeyPatch, arguments: list[str], reason: str
) -> None:
    monkeypatch.chdir(offline.home)
    assert ingest.main(["anchor", *arguments]) == ingest.WRONG_USE
    assert reason in capsys.readouterr().err


def test_an_empty_store_and_a_network_without_a_ledger_say_what_to_do(
    offline: Office, capsys: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T4N_STORE", str(offline.home / "nothing"))
    assert offline.make() == ingest.WRONG_USE
    assert "ingest.py pull" in capsys.readouterr().err
    network = offline.home / "network.toml"
    network.write_text(network.read_text().replace('connector = "ledger"', 'connector = "camtrap_dp"'))
    assert offline.make() == ingest.WRONG_USE
    assert "docs/ledger.md" in capsys.readouterr().err


def test_without_a_node_the_transaction_is_complete_but_for_an_upper_bound_of_gas(
    offline: Office, capsys: Text
) -> None:
    offline.make()
    assert "no node could be asked" in capsys.readouterr().err.replace("\n", " ")
    sent = offline.transaction_json()["transaction"]
    assert (sent["to"], sent["value"], sent["chainId"]) == (offline.contract, "0x0", hex(31337))
    assert int(sent["gas"], 16) > 100_000
    assert json.dumps(offline.transaction_json()["signed"]) == "null"
