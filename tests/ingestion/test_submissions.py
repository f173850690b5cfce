"""Handing in a filled assessment: who may, what is said of each row, and where it lands."""

from datetime import date
from pathlib import Path

import pytest

from data import engine, queries
from data.access import Viewer
from ingestion import submissions
from ingestion.pull import pull
from tests.ingestion.submitted import (
    FIRST,
    MANAGER,
    MARSH,
    OFFICE,
    OTHER_MANAGER,
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
    workbook,
)


def files(store_url: str, folder: str) -> list[Path]:
    return sorted((Path(store_url) / "submissions" / folder).glob("[!.]*"))


def test_a_filled_workbook_is_told_row_by_row_and_then_stored(store: str) -> None:
    facts = {"site_id": int(VALLEY), "assessment_id": "valley-1", "assessment_date": date(2026, 3, 1)}
    content = workbook({3: facts | {"rating": "met"}, 4: {"rating": "excellent"}, 6: {"note": "Half of the villages"}})
    found = checked(content, MANAGER, store, "../../etc/passwd.xlsx")
    shown = found.rows.set_index("row")
    assert list(shown.index) == list(range(3, 3 + len(shown)))
    assert shown.loc[[3, 4, 5, 6], "verdict"].tolist() == ["stored", "refused", "no rating", "stored"]
    assert "excellent" in shown.loc[4, "reason"]
    assert found.can_be_stored
    assert found.storable == 2
    assert found.assessments.to_dict("records") == [
        {
            "assessment_id": "valley-1",
            "site_id": VALLEY,
            "assessed_on": date(2026, 3, 1),
            "assessed_year": 2026,
            "ratings": 2,
        }
    ]
    assert rows_of(store, "assessments").empty
    stored = submissions.submit(found, content, MANAGER, store)
    assert (stored.outcome, stored.sentence) == ("stored", "2 ratings of valley-1 stored. Not stored: 1 refused row.")
    assert rated(store)["valley-1", FIRST, "self"] == "met"
    (kept,) = files(store, "received")
    assert (kept.read_bytes(), kept.suffix, kept.stem) == (content, ".xlsx", found.sha256)
    assert rows_of(store, "assessments")["source"].tolist() == ["submissions"]


def test_the_public_learns_of_the_assessment_and_of_no_rating(store: str) -> None:
    hand_in(table(row()), MANAGER, store)
    view, today = engine.latest(store), date.today()
    assert queries.assessments(view, PUBLIC, today)["assessment_id"].tolist() == ["valley-1"]
    assert rated(store, PUBLIC) == {}
    assert len(rated(store, REVIEWER)) == len(rated(store, Viewer("partner"))) == 1


def test_the_same_again_changes_nothing_and_other_content_needs_its_own_name(store: str) -> None:
    content = table(row(), row(SECOND, "partly"))
    hand_in(content, MANAGER, store)
    before = rows_of(store, "ratings")
    again = checked(content, MANAGER, store)
    assert again.can_be_stored
    assert set(again.rows["reason"]) == {"stored already, nothing changes"}
    assert submissions.submit(again, content, MANAGER, store).outcome == "unchanged"
    assert rows_of(store, "ratings").equals(before)
    for other in (table(row(), row(SECOND)), table(row()), table(row(phase="candidate"), row(SECOND, "partly"))):
        (problem,) = checked(other, MANAGER, store).problems
        assert "name the old one in supersedes" in problem
        assert not hand_in(other, MANAGER, store).is_stored
    newer = {"assessment_id": "valley-2", "supersedes": "valley-1"}
    assert hand_in(table(row(**newer), row(SECOND, **newer)), MANAGER, store).outcome == "stored"
    assert len(rated(store)) == 4
    assert len(files(store, "received")) == 2


@pytest.mark.parametrize(
    ("viewer", "cells", "words"),
    [
        (PUBLIC, {}, "You may hand in no assessment"),
        (Viewer("partner"), {}, "You may hand in no assessment"),
        (Viewer("site"), {}, "You may hand in no assessment"),
        (OTHER_MANAGER, {}, "which is not yours"),
        (MANAGER, {"site_id": "555500999"}, "no site 555500999"),
        (MANAGER, {"tool": "METT", "tool_version": "METT-4", "rating": "2"}, "only those by the Green List"),
        (MANAGER, {"status": "verified"}, "only staff may say"),
        (MANAGER, {"supersedes": "valley-1"}, "names itself"),
        (MANAGER, {"role": "reviewer"}, "No row holds a rating"),
        (MANAGER, {"rated_on": "2099-01-01"}, "No row holds a rating"),
        (REVIEWER, {"role": "reviewer"}, "not stored, or you may not see it"),
        (STAFF, {"assessment_id": "x" * 101}, "more than 100"),
    ],
)
def test_what_may_not_be_handed_in_is_refused_in_words(store: str, viewer: Viewer, cells: dict, words: str) -> None:
    content = table(row() | cells)
    found = checked(content, viewer, store)
    assert words in " ".join(found.problems)
    assert not found.can_be_stored
    stored = submissions.submit(found, content, viewer, store)
    assert (stored.is_stored, words in stored.sentence) == (False, True)
    assert rows_of(store, "ratings").empty
    assert files(store, "received") == []


def test_somebody_without_a_role_leaves_no_trace(store: str) -> None:
    hand_in(table(row()), PUBLIC, store)
    assert not (Path(store) / "submissions").exists()


def test_a_manager_cannot_replace_the_assessment_of_another_site(store: str) -> None:
    hand_in(table(row(assessment_id="marsh-1", site_id=MARSH)), OTHER_MANAGER, store)
    (problem,) = checked(table(row(supersedes="marsh-1")), MANAGER, store).problems
    assert "is not an assessment of site" in problem
    (taken,) = checked(table(row(assessment_id="marsh-1")), MANAGER, store).problems
    assert "this assessment_id is taken" in taken


def test_a_site_and_a_reviewer_hand_in_the_same_assessment_and_both_count(store: str) -> None:
    hand_in(table(row(), row(SECOND, "met")), MANAGER, store)
    content = table(row(), row(SECOND, "not_met", role="reviewer"), row(THIRD, "met", role="EAGL"))
    found = checked(content, REVIEWER, store)
    assert found.rows["verdict"].tolist() == ["refused", "stored", "refused"]
    assert "a reviewer hands in" in found.rows["reason"][2]
    assert submissions.submit(found, content, REVIEWER, store).outcome == "stored"
    assert rated(store) == {
        ("valley-1", FIRST, "self"): "met",
        ("valley-1", SECOND, "self"): "met",
        ("valley-1", SECOND, "reviewer"): "not_met",
    }
    assert rows_of(store, "refused").empty


def test_rows_of_others_are_refused_to_a_manager_and_taken_from_staff(store: str) -> None:
    content = table(row(), row(SECOND, role="expert_group"), row(THIRD, role="reviewer"))
    assert checked(content, MANAGER, store).rows["verdict"].tolist() == ["stored", "refused", "refused"]
    assert hand_in(content, STAFF, store).outcome == "stored"
    assert len(rated(store)) == 3


def test_a_new_role_joins_an_assessment_that_another_source_holds(store_url: str, tmp_path: Path) -> None:
    known = network(tmp_path, table(row(phase="candidate")), sharing="private")
    filled(store_url, known)
    assert hand_in(table(row(SECOND, role="reviewer")), STAFF, store_url).outcome == "stored"
    assert rows_of(store_url, "assessments")["source"].tolist() == [OFFICE]
    assert dict(rows_of(store_url, "ratings")[["role", "source"]].values) == {"self": OFFICE, "reviewer": "submissions"}
    assert queries.assessments(engine.latest(store_url), PUBLIC, date.today()).empty
    assert rated(store_url, REVIEWER) == {}
    pull(known, store_url)
    assert len(rated(store_url)) == 2


def test_unknown_indicators_and_versions_are_named_and_stored(store: str) -> None:
    content = table(row("GLS-V1.1-1.7.1"), row(FIRST, jurisdiction="Atlantis"))
    notices = " ".join(checked(content, MANAGER, store).notices)
    assert "1 indicators are not of GLS-1.1, and are stored as they are: GLS-V1.1-1.7.1" in notices
    assert "no adapted indicators of Atlantis" in notices
    assert "GLS-9" in " ".join(checked(table(row(tool_version="GLS-9")), MANAGER, store).notices)
    assert hand_in(content, MANAGER, store).outcome == "stored"


def test_letters_that_cannot_be_seen_are_left_out(store: str) -> None:
    hand_in(table(row(note='=1+1 \x07one\u202e\r\ntwo, "three"')), MANAGER, store)
    assert rows_of(store, "ratings")["note"].tolist() == ['=1+1 one\ntwo, "three"']
    assert hand_in(table(row(note='=1+1 one\ntwo, "three"')), MANAGER, store).outcome == "unchanged"


def test_a_file_of_two_sites_is_stored_whole(store: str) -> None:
    marsh = {"assessment_id": "marsh-1", "site_id": MARSH}
    assert hand_in(table(row(), row(**marsh)), STAFF, store).outcome == "stored"
    assert [path.name for path in files(store, "sites")] == [f"{VALLEY}.csv", f"{MARSH}.csv"]
    assert rated(store, site_id=MARSH) == {("marsh-1", FIRST, "self"): "met"}


def test_an_assessment_of_a_day_to_come_is_told(store: str) -> None:
    found = checked(table(row(assessment_date="2099-01-01")), MANAGER, store)
    assert "valley-1 is shown from 2099-01-01 on" in " ".join(found.notices)


def test_another_file_than_the_checked_one_is_not_stored(store: str) -> None:
    found = checked(table(row()), MANAGER, store)
    assert "another file" in submissions.submit(found, table(row(SECOND)), MANAGER, store).sentence
