"""Tables of the evidence pack: roles stay apart, and what is missing says why."""

from dataclasses import replace

import packs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.evidence_tables import ratings_table
from metrics.readiness import ROLES


def test_each_role_has_a_row_per_indicator_in_the_order_of_the_standard(files):
    rows = packs.table(files, "ratings.csv")
    listed = [row["indicator_id"] for row in rows if row["role"] == "self"]
    assert set(packs.STANDARD.indicators) < set(listed)
    assert [row["indicator_id"] for row in rows if row["role"] == "reviewer"] == listed
    assert listed.index("GLS-V1.1-1.1.9") + 1 == listed.index("GLS-V1.1-1.1.10")
    assert len(rows) == 3 * len(set(listed))
    by_id = {row["indicator_id"]: row for row in rows if row["role"] == "self"}
    known = packs.STANDARD.indicators["GLS-V1.1-2.1.2"]
    assert by_id["GLS-V1.1-2.1.2"]["indicator"] == known.text
    assert by_id["GLS-V1.1-2.1.2"]["evidence_on"] == "2024-03-01"
    assert by_id["GLS-V1.1-1.1.10"]["indicator"] == "Known by its number only"


def test_a_rating_never_stands_under_another_role(files):
    given = {(f"GLS-V1.1-{one}", role): (rating or "", note or "") for one, role, rating, note, *_ in packs.RATED}
    for row in packs.table(files, "ratings.csv"):
        expected = given.get((row["indicator_id"], row["role"]), ("", ""))
        assert (row["rating"], row["note"]) == expected
        assert (row["rating_in_words"] == "Not rated") == (not row["rating"])


@settings(deadline=None, max_examples=25)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["1.1.1", "2.1.2", "3.4.1"]), st.sampled_from(ROLES)),
        st.sampled_from(["met", "partly", "not_met", "not_applicable"]),
        min_size=1,
    )
)
def test_roles_stay_apart_whatever_they_rated(rated):
    frame = packs.ratings([(one, role, rating, f"by {role}", *[None] * 3) for (one, role), rating in rated.items()])
    rows = ratings_table(frame, packs.STANDARD).to_dict("records")
    found = {(row["indicator_id"][9:], row["role"]): row["rating"] for row in rows if row["rating"]}
    assert found == rated
    assert all(row["note"] in ("", f"by {row['role']}") for row in rows)


def test_a_role_without_ratings_has_no_rows_of_ratings_and_is_named():
    rated = packs.ratings([one for one in packs.RATED if one[1] == "self"])
    files = packs.members(packs.pack(ratings=rated, states=packs.states(rated)))
    assert {row["role"] for row in packs.table(files, "ratings.csv")} == {"self"}
    assert "Has not rated: Expert group, Reviewer" in files["README.txt"].decode()


def test_criteria_are_told_per_role_with_their_counts(files):
    rows = packs.table(files, "criteria.csv")
    assert len(rows) == 17 * 3
    by = {(row["criterion"], row["role"]): row for row in rows}
    mine = by["2.1", "self"]
    assert [mine[name] for name in ("state", "met", "applicable", "rated", "unknown")] == ["met", "3", "3", "3", "0"]
    assert mine["oldest_evidence_on"] == "2023-05-06"
    assert by["3.4", "self"]["next_blocker"] == "GLS-V1.1-3.4.1"
    assert [by["3.4", role]["state_in_words"] for role in ROLES] == ["Not met", "Not met", "Met"]
    assert by["4.3", "self"]["state_in_words"] == "Not known"


def test_each_piece_of_evidence_stands_once_with_its_indicators(files):
    rows = packs.table(files, "evidence.csv")
    found = {(row["evidence"], row["evidence_sha256"]): row for row in rows}
    assert len(found) == len(rows) == 4
    register = found["Register", packs.HASH]
    assert register["indicators"] == "GLS-V1.1-2.1.1; GLS-V1.1-2.1.2"
    assert register["evidence_on"] == "2024-02-01; 2024-03-01"
    assert (register["roles"], register["remark"]) == ("self", "")


def test_a_missing_or_odd_hash_is_said_in_words(files):
    remarks = {(row["evidence"], row["evidence_sha256"]): row["remark"] for row in packs.table(files, "evidence.csv")}
    other = "stands in another row with another hash or without one"
    assert remarks["Plan", ""] == f"no hash given; {other}"
    assert remarks["Plan", packs.HASH] == other
    assert remarks["https://a.example/fence", "abc"] == "not a SHA-256, which has 64 hexadecimal digits"


def test_a_figure_carries_its_sample_and_what_each_role_said(files):
    first = packs.table(files, "figures.csv")[0]
    told = {name: first[name] for name in ("value", "unit", "n", "counted", "newest", "verdict", "why_missing")}
    assert told == {
        "value": "62.5", "unit": "%", "n": "8", "counted": "warnings", "newest": "2025-12-24", "verdict": "supports",
        "why_missing": "",
    }  # fmt: skip
    assert (first["interval_95_low"], first["interval_95_high"], first["machine_share"]) == ("50.5", "74.5", "0.25")
    assert (first["comparison"], float(first["threshold"]), first["threshold_unit"]) == ("at least", 50, "%")
    assert first["verdict_in_words"].startswith("Supports the rating. ")
    assert first["reason"].startswith("Our own mark")


def test_a_figure_of_a_criterion_stands_beside_its_state(files):
    of_threats = next(row for row in packs.table(files, "figures.csv") if row["criterion"] == "3.4")
    assert [of_threats[f"found_by_{role}"] for role in ROLES] == ["Not met", "Not met", "Met"]
    of_registry = next(row for row in packs.table(files, "figures.csv") if row["indicator_id"].endswith("2.1.2"))
    assert [of_registry[f"found_by_{role}"] for role in ROLES] == ["Met", "Not rated", "Not rated"]


def test_a_missing_figure_has_its_reason_and_no_number(files):
    rows = packs.table(files, "figures.csv")[1:]
    assert rows
    for number, row in enumerate(rows):
        assert (row["value"], row["interval_95_low"], row["interval_95_high"], row["newest"]) == ("", "", "", "")
        assert row["why_missing"] == f"no sensor for {number}"
    assert "no figure (no sensor for 0): Says nothing" in files["README.txt"].decode()


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("questions", "Questions the rating."), ("unclear", "Says neither:"), ("stale", "Says nothing: the newest")],
)
def test_every_verdict_has_its_words(verdict, words):
    one = replace(packs.judged()[0], verdict=verdict)
    files = packs.members(packs.pack(evidence=[one]))
    assert packs.table(files, "figures.csv")[0]["verdict_in_words"].startswith(words)
