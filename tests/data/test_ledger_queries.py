"""What each viewer learns of signed assessments, and that an outcome never rests on a stored word alone."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from data import queries
from data.access import Viewer
from data.engine import View
from data.store import Store
from tests.data.invented import configured, filled
from tests.data.network import (
    EMBARGOED_SITE,
    EVERYONE,
    MANAGER,
    OPEN_SITE,
    PARTNER,
    PRIVATE_SITE,
    PUBLIC,
    REVIEWER,
    STAFF,
    SUMMARY_SITE,
    TODAY,
)
from tests.data.signed import NEW, OLD, REACHED, SHARED, Signed, a_ledger, assessment, rating


@pytest.fixture
def store() -> Signed:
    return Signed()


def outcomes(view: View, viewer: Viewer = STAFF) -> dict[str, str]:
    found = queries.anchors(view, viewer, TODAY)
    return dict(zip(found["site_id"], found["outcome"], strict=True))


def of(view: View, site_id: str, viewer: Viewer = STAFF) -> dict:
    return queries.anchor(view, viewer, f"a{site_id}", TODAY)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> View:
    return Signed().built(tmp_path_factory.mktemp("untouched"))


def test_what_was_signed_and_found_is_verified(untouched: View) -> None:
    assert set(outcomes(untouched).values()) == {"verified"}
    assert of(untouched, OPEN_SITE)["differences"].empty


@pytest.mark.parametrize(
    ("field", "value"),
    [("rating", "partly"), ("rated_on", NEW), ("rating", None), ("score", 2.0)],
)
def test_a_rating_that_was_changed_after_signing_is_found(store: Signed, tmp_path: Path, field: str, value) -> None:
    store.papers[OPEN_SITE]["ratings"] = [rating(f"a{OPEN_SITE}", OPEN_SITE, **{field: value})]
    view = store.built(tmp_path)
    assert outcomes(view) == dict.fromkeys(SHARED, "verified") | {OPEN_SITE: "content_changed"}
    found = of(view, OPEN_SITE)
    assert [(one.indicator_id, one.role, one.field) for one in found["differences"].itertuples()] == [
        ("GLS-V1.1-1.1.1", "self", field)
    ]
    assert found["failed_step"] == "held"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phase", "green_list"),
        ("standard_version", "GLS-1.0"),
        ("assessed_on", OLD - timedelta(days=1)),
        ("jurisdiction", "KEN"),
        ("supersedes", "another"),
        ("method", "Green  List"),
    ],
)
def test_a_fact_that_was_changed_after_signing_is_found(store: Signed, tmp_path: Path, field: str, value) -> None:
    store.papers[OPEN_SITE]["assessments"] = [assessment(f"a{OPEN_SITE}", OPEN_SITE, **{field: value})]
    view = store.built(tmp_path)
    assert outcomes(view)[OPEN_SITE] == "content_changed"
    assert list(of(view, OPEN_SITE)["differences"]["field"]) == [field]


@pytest.mark.parametrize("change", ["added", "removed"])
def test_a_rating_on_one_side_only_is_found(store: Signed, tmp_path: Path, change: str) -> None:
    more = [rating(f"a{OPEN_SITE}", OPEN_SITE, "3.4.1")] if change == "added" else []
    kept = store.papers[OPEN_SITE]["ratings"] if change == "added" else []
    store.papers[OPEN_SITE]["ratings"] = [*kept, *more]
    view = store.built(tmp_path)
    assert outcomes(view)[OPEN_SITE] == "content_changed"
    assert "1 entry differs" in of(view, OPEN_SITE)["reason"]


def test_a_status_may_change_after_signing(store: Signed, tmp_path: Path) -> None:
    store.papers[OPEN_SITE]["assessments"] = [assessment(f"a{OPEN_SITE}", OPEN_SITE, status="superseded")]
    assert outcomes(store.built(tmp_path))[OPEN_SITE] == "verified"


def test_numbers_are_compared_as_numbers_and_texts_in_one_form_of_unicode(store: Signed, tmp_path: Path) -> None:
    store.papers[OPEN_SITE]["ratings"] = [rating(f"a{OPEN_SITE}", OPEN_SITE, score=2.0, score_max=3.0)]
    store.papers[OPEN_SITE]["assessments"] = [assessment(f"a{OPEN_SITE}", OPEN_SITE, jurisdiction="Re\u0301union")]
    store.ratings[0] |= {"score": "2", "score_max": "3.0"}
    store.anchors[f"a{OPEN_SITE}"] |= {"jurisdiction": "R\u00e9union"}
    assert outcomes(store.built(tmp_path))[OPEN_SITE] == "verified"


def test_an_assessment_that_vanished_is_told_to_who_sees_all_of_the_site(store: Signed, tmp_path: Path) -> None:
    store.papers[OPEN_SITE] = {"assessments": [], "ratings": []}
    view = store.built(tmp_path)
    assert outcomes(view)[OPEN_SITE] == "content_changed"
    assert OPEN_SITE in outcomes(view, MANAGER)
    assert OPEN_SITE not in outcomes(view, PUBLIC)


def test_a_check_of_another_record_counts_for_nothing(store: Signed, tmp_path: Path) -> None:
    store.anchors[f"a{OPEN_SITE}"] |= {"digest": "0xother"}
    found = of(store.built(tmp_path), OPEN_SITE)
    assert found["outcome"] == "ledger_unreachable"
    assert pd.isna(found["last_outcome"])


def test_a_ledger_that_does_not_answer_makes_nothing_verified_and_nothing_failed(store: Signed, tmp_path: Path) -> None:
    store.ledger = a_ledger(problem="no answer from the node")
    store.checks[f"a{OPEN_SITE}"] |= {"outcome": "content_changed", "failed_step": "signature"}
    store.checks[f"a{SUMMARY_SITE}"] |= {"outcome": "pending"}
    store.anchors[f"a{SUMMARY_SITE}"] |= {"tx_hash": None}
    store.checks[f"a{EMBARGOED_SITE}"] |= {"outcome": "not_on_ledger", "failed_step": "anchor"}
    view = store.built(tmp_path)
    assert outcomes(view) == {
        OPEN_SITE: "content_changed",
        SUMMARY_SITE: "pending",
        PRIVATE_SITE: "ledger_unreachable",
        EMBARGOED_SITE: "ledger_unreachable",
    }
    found = of(view, PRIVATE_SITE)
    assert (found["last_outcome"], found["reached_at"]) == ("verified", pd.Timestamp(REACHED))
    assert "no answer from the node" in found["reason"]


def test_what_differs_is_told_even_while_the_ledger_does_not_answer(store: Signed, tmp_path: Path) -> None:
    store.ledger = a_ledger(problem="no answer from the node")
    store.papers[OPEN_SITE]["ratings"] = [rating(f"a{OPEN_SITE}", OPEN_SITE, rating="not_met")]
    assert outcomes(store.built(tmp_path))[OPEN_SITE] == "content_changed"


def test_a_source_that_could_not_be_read_is_a_ledger_that_did_not_answer(store: Signed, tmp_path: Path) -> None:
    view = store.built(tmp_path, last_run="unavailable")
    assert set(outcomes(view).values()) == {"ledger_unreachable"}
    assert queries.ledgers(view, PUBLIC, TODAY)["problem"].notna().all()


def test_the_next_version_is_named(store: Signed, tmp_path: Path) -> None:
    newer = assessment("newer", OPEN_SITE, supersedes=f"a{OPEN_SITE}", assessed_on=NEW)
    store.papers[OPEN_SITE]["assessments"].append(newer)
    assert of(store.built(tmp_path), OPEN_SITE)["superseded_by"] == "newer"


@pytest.mark.parametrize("viewer", EVERYONE, ids=lambda viewer: viewer.role)
def test_records_are_known_of_where_their_assessments_are(untouched: View, viewer: Viewer) -> None:
    known = set(queries.assessments(untouched, viewer, TODAY)["assessment_id"])
    assert set(queries.anchors(untouched, viewer, TODAY)["assessment_id"]) == known


@pytest.mark.parametrize("viewer", EVERYONE, ids=lambda viewer: viewer.role)
def test_a_record_is_given_to_who_sees_every_rating_in_it(untouched: View, viewer: Viewer) -> None:
    for row in queries.anchors(untouched, viewer, TODAY).itertuples():
        seen = queries.site_ratings(untouched, viewer, row.site_id, TODAY)
        found = of(untouched, row.site_id, viewer)
        assert (found["credential"] is not None) == (len(seen) == 1) == found["is_open"] == row.is_open


def test_who_may_have_which_record(untouched: View) -> None:
    def has(viewer: Viewer) -> set[str]:
        found = queries.anchors(untouched, viewer, TODAY)
        return set(found.loc[found["is_open"], "site_id"])

    assert has(PUBLIC) == {OPEN_SITE, EMBARGOED_SITE}
    assert has(PARTNER) == has(REVIEWER) == {OPEN_SITE, SUMMARY_SITE, EMBARGOED_SITE}
    assert has(MANAGER) == {OPEN_SITE, EMBARGOED_SITE, PRIVATE_SITE}
    assert has(STAFF) == set(SHARED)


def test_a_rating_that_is_withheld_now_hides_the_signed_one(store: Signed, tmp_path: Path) -> None:
    """What the owner rates anew under an embargo would else be told as if the old rating still stood."""
    store.papers[EMBARGOED_SITE]["ratings"] = [
        rating(f"a{EMBARGOED_SITE}", EMBARGOED_SITE, rating="not_met", rated_on=NEW)
    ]
    view = store.built(tmp_path)
    seen = of(view, EMBARGOED_SITE, PUBLIC)
    assert seen["credential"] is None
    assert seen["differences"].empty
    assert of(view, EMBARGOED_SITE, STAFF)["credential"] is not None


def test_a_private_ledger_source_tells_others_nothing(store: Signed, tmp_path: Path) -> None:
    store.sharing = "private"
    view = store.built(tmp_path)
    assert outcomes(view, PUBLIC) == outcomes(view, PARTNER) == {}
    assert len(outcomes(view, STAFF)) == len(SHARED)


def test_nobody_signs_an_assessment_into_another_site(store: Signed, tmp_path: Path) -> None:
    store.anchors[f"a{OPEN_SITE}"] |= {"site_id": SUMMARY_SITE}
    found = queries.anchor(store.built(tmp_path), STAFF, f"a{OPEN_SITE}", TODAY)
    assert found["outcome"] == "content_changed"
    assert "site_id" in set(found["differences"]["field"])


def test_without_a_ledger_there_is_nothing(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    view = filled(store, tmp_path, [configured("registry", connector="protected_planet", site_ids=None)], {})
    assert queries.anchors(view, STAFF, TODAY).empty
    assert queries.ledgers(view, STAFF, TODAY).empty
    assert queries.anchor(view, STAFF, "nothing", TODAY) is None


def test_a_record_does_not_name_an_assessment_that_the_reader_may_not_know(store: Signed, tmp_path: Path) -> None:
    hidden = assessment("hidden", OPEN_SITE, status="draft")
    told = assessment(f"a{OPEN_SITE}", OPEN_SITE, supersedes="hidden")
    store.papers[OPEN_SITE]["assessments"] = [told, hidden]
    store.anchors[f"a{OPEN_SITE}"] |= {"supersedes": "hidden"}
    view = store.built(tmp_path)
    seen = of(view, OPEN_SITE, PUBLIC)
    assert seen["outcome"] == "verified"
    assert "hidden" not in str(seen)
    assert not seen["is_open"]
    assert of(view, OPEN_SITE, STAFF)["supersedes"] == "hidden"
