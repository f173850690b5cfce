"""A reviewer's single rating: who may give it, which one counts, and in which table it lands."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import engine
from data.access import Viewer
from ingestion import submissions
from ingestion.pull import pull
from tests.ingestion.submitted import (
    FIRST,
    MANAGER,
    OFFICE,
    PUBLIC,
    REVIEWER,
    SECOND,
    STAFF,
    THIRD,
    VALLEY,
    checked,
    filled,
    hand_in,
    network,
    rated,
    row,
    rows_of,
    table,
)

TODAY = datetime.now(UTC).date()


@pytest.fixture
def store(store_url: str, tmp_path: Path) -> str:
    """A store in which the office holds the assessment, reviewed once."""
    office = table(row(phase="candidate"), row(SECOND, "partly", role="reviewer", rated_on="2026-03-05", note="old"))
    filled(store_url, network(tmp_path, office))
    return store_url


def review(
    store_url: str,
    indicator_id: str = FIRST,
    rating: str = "not_met",
    note: str = "Why",
    viewer: Viewer = REVIEWER,
    assessment_id: str = "valley-1",
) -> submissions.Stored:
    view = engine.latest(store_url)
    return submissions.review(view, assessment_id, indicator_id, rating, note, viewer, store_url)


def test_a_review_joins_the_assessment_that_another_source_holds(store: str, tmp_path: Path) -> None:
    stored = review(store)
    assert (stored.outcome, stored.sentence) == ("stored", "1 rating of valley-1 stored.")
    assert rows_of(store, "assessments")[["assessment_id", "source"]].values.tolist() == [["valley-1", OFFICE]]
    (new,) = rows_of(store, "ratings").query("source == 'submissions'").to_dict("records")
    assert (new["site_id"], new["role"], new["rating"], new["note"]) == (VALLEY, "reviewer", "not_met", "Why")
    assert new["rated_on"].date() == TODAY
    assert rated(store)["valley-1", FIRST, "reviewer"] == "not_met"
    assert rated(store)["valley-1", FIRST, "self"] == "met"
    pull(network(tmp_path, (tmp_path / "office.csv").read_bytes()), store)
    assert rated(store)["valley-1", FIRST, "reviewer"] == "not_met"


def test_the_newest_rating_counts_and_every_earlier_one_is_kept(store: str) -> None:
    assert rated(store)["valley-1", SECOND, "reviewer"] == "partly"
    review(store, SECOND, "not_met", "first")
    review(store, SECOND, "met", "second")
    assert rated(store)["valley-1", SECOND, "reviewer"] == "met"
    kept = [path.read_text() for path in (Path(store) / "submissions" / "received").glob("*.csv")]
    assert sorted(word for word in ("first", "second") for text in kept if word in text) == ["first", "second"]
    office = rows_of(store, "ratings").query(f"source == '{OFFICE}' and role == 'reviewer'")
    assert office["note"].tolist() == ["old"]


def test_the_same_review_again_changes_nothing(store: str) -> None:
    review(store)
    assert review(store).outcome == "unchanged"
    log = (Path(store) / "submissions" / "log.jsonl").read_text().splitlines()
    assert [(line["kind"], line["role"], line["outcome"]) for line in map(json.loads, log)] == [
        ("review", "reviewer", "stored"),
        ("review", "reviewer", "unchanged"),
    ]


def test_a_review_of_what_a_site_handed_in_shows_one_assessment(store: str) -> None:
    hand_in(table(row(assessment_id="valley-2", supersedes="valley-1")), MANAGER, store)
    assert review(store, SECOND, assessment_id="valley-2").outcome == "stored"
    assert rows_of(store, "assessments")["assessment_id"].value_counts().to_dict() == {"valley-1": 1, "valley-2": 1}
    assert rated(store)["valley-2", SECOND, "reviewer"] == "not_met"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"viewer": PUBLIC}, "Only reviewers and staff"),
        ({"viewer": MANAGER}, "Only reviewers and staff"),
        ({"assessment_id": "valley-9"}, "is not stored"),
        ({"rating": "excellent"}, "Choose a rating"),
        ({"rating": ""}, "Choose a rating"),
        ({"indicator_id": "house rule"}, "is no indicator"),
        ({"indicator_id": ""}, "is no indicator"),
        ({"note": "x" * 2_001}, "2,001 letters"),
    ],
)
def test_a_review_that_cannot_be_taken_is_refused_in_words(store: str, asked: dict, words: str) -> None:
    stored = review(store, **asked)
    assert (stored.outcome, words in stored.sentence) == ("refused", True)
    assert not (Path(store) / "submissions" / "sites").exists()


def test_a_comment_keeps_its_lines_and_loses_what_cannot_be_seen(store: str) -> None:
    review(store, note=' one\x00\x1b[31m\r\ntwo, "three" \u202e\ud800 ')
    assert rows_of(store, "ratings").query("source == 'submissions'")["note"].tolist() == ['one[31m\ntwo, "three" ?']


def test_a_reviewer_cannot_rate_what_they_may_not_see_and_staff_can(store_url: str, tmp_path: Path) -> None:
    filled(store_url, network(tmp_path, table(row()), sharing="private"))
    assert "may not see it" in review(store_url).sentence
    content = table(row(role="reviewer", rating="not_met"))
    assert "may not see it" in checked(content, REVIEWER, store_url).problems[0]
    assert review(store_url, viewer=STAFF).outcome == "stored"
    assert rated(store_url, REVIEWER) == {}


def test_a_review_dated_before_the_stored_one_is_refused(store: str) -> None:
    content = table(row(SECOND, "met", role="reviewer", rated_on="2026-03-04"), row(THIRD, role="reviewer"))
    found = checked(content, REVIEWER, store)
    assert found.rows["verdict"].tolist() == ["refused", "stored"]
    assert "newer rating of 2026-03-05" in found.rows["reason"][0]
