"""The page Ledger over invented answers: headline, outcomes, filters, links, and the states of the ledger."""

import pandas as pd
import pytest

from ingestion import ledger_now
from ledger import check
from tests.pages import invented, invented_ledger
from tests.pages.reading import labels_of, words_of
from ui import ledger_outcomes as ledger
from ui import ledger_words as words
from ui import tables_ledger

CASES = invented_ledger.CASES


def table(app, said: str):
    return next(frame.value for frame in app.dataframe if said in frame.proto.alt)


def test_headline_says_how_many_are_verified_and_what_the_matter_is(open_page):
    app = open_page("ledger")
    assert not app.exception
    assert app.title[0].value == "Ledger"
    assert app.header[0].value == (
        "1 of 7 assessments is verified on the ledger; 1 differs from what was signed, 1 is by nobody on the trust "
        "file, 1 was removed by a reorganisation, 1 is not on the ledger, 1 could not be checked and 1 waits for the "
        "ledger."
    )
    figures = labels_of(app)
    assert figures["Verified"] == "1 of 7"
    assert figures["Content changed"] == "1"
    assert figures["Not backed"] == "3"
    assert figures["Not known yet"] == "2"
    assert all(figure.help for figure in app.metric)


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (["verified"] * 3, "All 3 assessments are verified on the ledger."),
        (["verified"], "The one assessment is verified on the ledger."),
        (["pending", "verified", "verified"], "2 of 3 assessments are verified on the ledger; 1 waits for the ledger."),
        (["ledger_unreachable"] * 2, "0 of 2 assessments are verified on the ledger; 2 could not be checked."),
    ],
)
def test_headline_of_other_networks(outcomes, said):
    rows = invented_ledger.anchors(*outcomes)
    assert ledger.headline(ledger.compose(rows, invented_ledger.ledgers())) == said


def test_assessments_stand_with_problems_first_and_outcomes_as_glyph_and_word(open_page):
    found = table(open_page("ledger"), "problems first")
    assert [chips[0] for chips in found["light"]] == [
        "✕ Content changed",
        "! Wrong issuer",
        "↺ Removed by reorganisation",
        "∅ Not on the ledger",
        "? Ledger unreachable",
        "◐ Pending",
        "✓ Verified",
    ]
    assert list(found["reason"]) == [invented_ledger.REASONS[outcome] for outcome in words.OUTCOMES]
    assert found["assessed"].tolist() == ["1 Oct 2026"] * 5 + ["2026", "1 Oct 2026"]


def test_every_outcome_has_its_own_glyph_word_icon_and_meaning():
    for told in (words.OUTCOME_GLYPHS, words.OUTCOME_WORDS, words.OUTCOME_ICONS, words.OUTCOME_MEANS):
        assert set(told) == set(words.OUTCOMES) == set(check.OUTCOMES)
        assert len(set(told.values())) == len(words.OUTCOMES)


def test_every_step_says_what_it_means():
    assert set(words.STEP_MEANS) == {name for name, _, _ in check.STEPS} | {"held"}


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({"outcome": "verified"}, {"verified"}),
        ({"outcome": ["pending", "wrong_issuer"]}, {"pending", "wrong_issuer"}),
    ],
)
def test_link_narrows_the_assessments(open_page, link, expected):
    app = open_page("ledger", **link)
    assert not app.exception
    found = table(app, "problems first")
    assert set(found["assessment_id"]) == {CASES[outcome][0] for outcome in expected}
    assert labels_of(app)["Verified"] == "1 of 7", "the figures are of all"


def test_reader_narrows_by_outcome_and_the_address_follows(open_page):
    app = open_page("ledger")
    app.button_group[0].set_value(["verified"]).run()
    assert list(table(app, "problems first")["assessment_id"]) == [CASES["verified"][0]]
    assert app.query_params["outcome"] in ("verified", ["verified"])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("calder", {"not_on_ledger", "removed_by_reorganisation", "ledger_unreachable"}),
        ("Reason of pending", {"pending"}),
        ("990000003-2024", {"removed_by_reorganisation"}),
        ("[x](javascript", {"content_changed", "verified"}),
    ],
)
def test_reader_searches_site_identifier_issuer_and_reason(open_page, said, expected):
    app = open_page("ledger")
    app.text_input(key="q").set_value(said).run()
    assert not app.exception
    assert set(table(app, "problems first")["assessment_id"]) == {CASES[outcome][0] for outcome in expected}


def test_filters_that_leave_nothing_are_answered(open_page):
    app = open_page("ledger", outcome="verified")
    app.text_input(key="q").set_value("no such words").run()
    assert not app.exception
    assert "No assessment matches these filters" in words_of(app)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"assessment": "no-such"}, "asks for assessment “no\\-such”"),
        ({"assessment": "<img src=x>"}, "asks for assessment"),
        ({"outcome": "fine"}, "asks for outcome"),
    ],
)
def test_broken_link_to_the_ledger_is_answered(open_page, link, said):
    app = open_page("ledger", **link)
    assert not app.exception
    assert said in words_of(app)
    assert len(table(app, "problems first")) == len(CASES)


def test_unreachable_ledger_is_told_and_is_no_failure(open_page, answers):
    answers["ledgers"] = lambda *asked: invented_ledger.ledgers(f"no answer {invented.HOSTILE}")
    app = open_page("ledger")
    assert not app.exception
    said = words_of(app)
    assert "could not be reached at the last pull" in said
    assert "No assessment has failed for that" in said
    assert "The ledger answered last on 22 Nov 2026, 17:00 UTC" in said


@pytest.mark.parametrize("problem", ["the node did not answer", None])
def test_ledger_that_never_answered_is_told_without_a_time(open_page, answers, problem):
    never = invented_ledger.ledgers(problem).assign(reached_at=pd.NaT, head_at=pd.NaT, head_block=None)
    answers["ledgers"] = lambda *asked: never
    app = open_page("ledger")
    assert not app.exception
    said = words_of(app)
    assert "newest block" not in said
    assert ("The ledger has not answered yet" in said) == bool(problem)


def test_dashboard_without_a_ledger_says_how_to_set_one_up(open_page, answers, monkeypatch):
    answers["anchors"] = lambda *asked: invented_ledger.nothing()
    answers["ledgers"] = lambda *asked: invented_ledger.ledgers().head(0)
    monkeypatch.setattr(ledger_now, "ledgers", lambda: [])
    app = open_page("ledger", assessment="any")
    assert not app.exception
    assert "No ledger is set up yet" in words_of(app)
    assert "network.toml" in words_of(app)
    assert any('connector = "ledger"' in block.value for block in app.code)
    assert not app.metric


def test_ledger_without_any_record_says_so_and_still_checks_bundles(open_page, answers):
    answers["anchors"] = lambda *asked: invented_ledger.nothing()
    app = open_page("ledger")
    assert not app.exception
    assert "No signed assessment yet" in words_of(app)
    assert "Check a bundle that you were given" in words_of(app)


def test_configuration_that_cannot_be_used_is_told_and_takes_nothing_away(open_page, monkeypatch):
    def refuse():
        raise ledger_now.CannotAsk("The configuration of the ledger cannot be used.")

    monkeypatch.setattr(ledger_now, "ledgers", refuse)
    app = open_page("ledger")
    assert not app.exception
    assert "The configuration of the ledger cannot be used" in words_of(app)
    assert labels_of(app)["Verified"] == "1 of 7"


def test_many_assessments_are_paged(open_page, answers):
    answers["anchors"] = lambda *asked: invented_ledger.anchors(*["verified"] * 45)
    app = open_page("ledger")
    assert not app.exception
    assert len(table(app, "problems first")) == 20
    assert "All 45 assessments" in app.header[0].value


def test_download_holds_hashes_and_no_formula():
    rows = invented_ledger.anchors().assign(reason="=HYPERLINK(1,2)")
    text = tables_ledger.assessments_csv(rows, is_demo=True).decode("utf-8-sig")
    assert text.startswith("# Demo data")
    assert f"0x{invented_ledger.RECORDS['verified'][1].digest.hex()}" in text
    assert ",=HYPERLINK" not in text
    assert len(text.splitlines()) == 2 + len(CASES)
