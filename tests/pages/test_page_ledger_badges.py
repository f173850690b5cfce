"""The outcome of the ledger's check as a badge on Assess and Readiness, which leads to the check."""

from tests.pages import invented_ledger
from tests.pages.reading import words_of
from ui import ledger_words as words

CASES = invented_ledger.CASES


def table(app, said: str):
    return next(frame.value for frame in app.dataframe if said in frame.proto.alt)


def test_assess_wears_the_outcome_of_its_version_and_leads_to_the_check(open_page):
    app = open_page("assess", site="990000001", version=CASES["verified"][0])
    assert not app.exception
    links = [link.proto for link in app.get("page_link") if link.proto.page == "ledger"]
    assert [link.label for link in links] == [f"Ledger: {words.coloured('verified')}"]
    assert links[0].query_string == f"assessment={CASES['verified'][0]}"


def test_assess_of_a_version_that_was_never_signed_wears_no_badge(open_page, answers):
    answers["anchors"] = lambda *asked: invented_ledger.nothing()
    app = open_page("assess", site="990000001")
    assert not app.exception
    assert not [link for link in app.get("page_link") if link.proto.page == "ledger"]


def test_readiness_wears_the_outcomes_of_its_sites(open_page):
    app = open_page("readiness", view="table", phase=["green_list", "candidate"])
    assert not app.exception
    found = table(app, "by the 17 criteria")
    assert dict(zip(found["site_id"], found["ledger"], strict=True)) == {
        "990000001": "✓ Verified",
        "990000002": "◐ Pending",
    }
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link") if link.proto.page == "ledger"}
    assert links == {"✓ Verified 1": "outcome=verified", "◐ Pending 1": "outcome=pending"}


def test_readiness_without_a_ledger_has_no_column_for_it(open_page, answers):
    answers["anchors"] = lambda *asked: invented_ledger.nothing()
    app = open_page("readiness", view="table")
    assert not app.exception
    order = table(app, "by the 17 criteria")
    assert order["ledger"].isna().all()
    assert "On the ledger" not in words_of(app)
