"""Storing what is handed in: several people at once, beside other pulls, when it fails, and what is noted of it."""

import json
import threading
from pathlib import Path

import pytest

import ingest
from data import engine
from data.refresh import rebuild
from data.store import Store
from ingestion import pull as pulling
from ingestion import submissions
from ingestion.network import parse_network
from ingestion.pull import pull
from tests.ingestion.submitted import (
    FIRST,
    MANAGER,
    OTHER_MANAGER,
    REVIEWER,
    STAFF,
    VALLEY,
    checked,
    hand_in,
    network,
    rated,
    row,
    rows_of,
    table,
)


def log(store_url: str) -> list[dict]:
    text = (Path(store_url) / "submissions" / "log.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def files(store_url: str, folder: str) -> list[Path]:
    return sorted((Path(store_url) / "submissions" / folder).glob("[!.]*"))


def test_what_was_handed_in_stays_through_pulls_and_a_rebuild(store: str, tmp_path: Path) -> None:
    hand_in(table(row()), MANAGER, store)
    outcomes = pull(network(tmp_path), store)
    assert [(one.source.name, one.outcome, one.warnings) for one in outcomes] == [("submissions", "unchanged", ())]
    (again,) = pull(network(tmp_path), store, again=True)
    assert (again.outcome, again.stored, again.unchanged, again.retired) == ("stored", 0, 2, 0)
    rebuild(Store(store))
    assert rated(store) == {("valley-1", FIRST, "self"): "met"}
    assert rows_of(store, "sources")["source"].tolist() == ["submissions"]


def test_two_people_at_once_both_end_stored(store: str) -> None:
    contents = {f"valley-{n}": table(row(assessment_id=f"valley-{n}")) for n in range(4)}
    ended: dict[str, str] = {}

    def submit(name: str) -> None:
        ended[name] = hand_in(contents[name], MANAGER, store).outcome

    threads = [threading.Thread(target=submit, args=[name]) for name in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == dict.fromkeys(contents, "stored")
    assert {key[0] for key in rated(store)} == set(contents)


def test_nobody_waits_for_a_pull_that_goes_on(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, go_on = threading.Event(), threading.Event()
    store_configuration = pulling.store_configuration

    def slow(*arguments: object) -> None:
        inside.set()
        assert go_on.wait(60)
        store_configuration(*arguments)

    monkeypatch.setattr(pulling, "store_configuration", slow)
    thread = threading.Thread(target=pull, args=[network(tmp_path), store])
    thread.start()
    assert inside.wait(60)
    assert hand_in(table(row()), MANAGER, store).outcome == "stored"
    go_on.set()
    thread.join()
    assert rated(store) == {("valley-1", FIRST, "self"): "met"}
    assert rows_of(store, "sources")["source"].tolist() == ["submissions"]


def test_what_another_pull_has_not_finished_stays_for_it(store: str) -> None:
    with Store(store).transaction() as transaction:
        transaction.mark_stale("detections", {"2026-02"})
        transaction.publish()
    assert hand_in(table(row()), MANAGER, store).outcome == "stored"
    assert not engine.latest(store).is_complete
    assert rated(store) == {("valley-1", FIRST, "self"): "met"}


def test_a_commit_that_fails_changes_nothing_and_keeps_the_file(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(table(row()), MANAGER, store)
    before = files(store, "sites")[0].read_bytes()
    content = table(row(assessment_id="valley-2"))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(submissions, "pull_beside", fail)
        stored = hand_in(content, MANAGER, store)
    assert not stored.is_stored
    assert "No space left" in stored.sentence
    assert files(store, "sites")[0].read_bytes() == before
    assert [path.read_bytes() for path in files(store, "refused")] == [content]
    assert hand_in(content, MANAGER, store).outcome == "stored"
    assert [line["outcome"] for line in log(store)] == ["stored", "refused", "stored"]


def test_the_log_says_who_what_and_how_it_ended_and_names_nobody(store: str) -> None:
    content = table(row())
    stored = hand_in(content, MANAGER, store)
    hand_in(content, MANAGER, store)
    hand_in(content, OTHER_MANAGER, store)
    lines = log(store)
    assert [line["outcome"] for line in lines] == ["stored", "unchanged", "refused"]
    assert lines[0] | {"at": ""} == {
        "at": "",
        "kind": "submission",
        "role": "site",
        "sites": [VALLEY],
        "sha256": stored.sha256,
        "assessments": ["valley-1"],
        "outcome": "stored",
        "told": "1 rating of valley-1 stored.",
    }


def test_a_source_that_network_toml_calls_submissions_is_left_alone(store: str, tmp_path: Path) -> None:
    text = '[[source]]\nname = "submissions"\nconnector = "assessments"\nlocation = "elsewhere"\n'
    content = table(row())
    found = checked(content, MANAGER, store)
    stored = submissions.submit(found, content, MANAGER, store, parse_network(text, folder=tmp_path))
    assert "network.toml names another source" in stored.sentence
    own = f'{text.replace("elsewhere", f"{store}/submissions/sites")}sharing = "private"\n'
    private = parse_network(own, folder=tmp_path)
    assert submissions.submit(found, content, MANAGER, store, private).outcome == "stored"
    assert rated(store, REVIEWER) == {}


def test_a_store_elsewhere_says_that_nothing_can_be_kept(store: str) -> None:
    content = table(row())
    stored = submissions.submit(checked(content, STAFF, store), content, STAFF, "s3://bucket/store")
    assert "on another machine" in stored.sentence


def test_the_command_pulls_what_was_handed_in(store: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hand_in(table(row()), MANAGER, store)
    (tmp_path / "network.toml").write_text("")
    monkeypatch.setenv("T4N_STORE", store)
    monkeypatch.setenv("T4N_NETWORK", str(tmp_path / "network.toml"))
    assert ingest.main(["pull", "--source", "submissions"]) == ingest.OK
