"""One assessment on the page Ledger: what was found, each step, what differs, who sees what, and hostile text."""

import pytest

from ingestion import ledger_now
from tests.pages import invented, invented_ledger
from tests.pages.reading import words_of
from ui import ledger_words as words

CASES = invented_ledger.CASES


def table(app, said: str):
    return next(frame.value for frame in app.dataframe if said in frame.proto.alt)


def opened(open_page, outcome: str, role: str = "staff"):
    app = open_page("ledger", role=role, assessment=CASES[outcome][0])
    assert not app.exception
    return app


def codes_of(app) -> list[str]:
    return [code.value for code in app.code]


def asked_again(app) -> str:
    next(button for button in app.button if button.label == "Check again now").click().run()
    assert not app.exception
    return words_of(app)


@pytest.mark.parametrize("role", ["public", "staff"])
@pytest.mark.parametrize("outcome", words.OUTCOMES)
def test_each_outcome_is_told_with_its_reason_and_what_it_means(open_page, outcome, role):
    app = opened(open_page, outcome, role)
    said = words_of(app)
    assert f":{words.OUTCOME_BADGES[outcome]}-badge[" in said
    assert words.OUTCOME_WORDS[outcome] in said
    assert f"Reason of {outcome.replace('_', chr(92) + '_')}" in said
    assert words.OUTCOME_MEANS[outcome] in said
    assert "The ledger answered last on 22 Nov 2026, 17:00 UTC." in said


def test_steps_that_need_no_ledger_are_done_at_once_and_the_others_wait_for_the_button(open_page):
    app = opened(open_page, "verified")
    said = words_of(app)
    for place, state in enumerate(["Passed"] * 5 + ["Not done"] * 4 + ["Passed"], start=1):
        assert any(f"**{place}. " in one.value and f"** {state}" in one.value for one in app.markdown), place
    assert "press “Check again now”" in said.replace("\\", "")
    assert f"0x{invented_ledger.RECORDS['verified'][1].digest.hex()}" in codes_of(app)
    assert said.count("What this means:") == 7, "not of the three that were not reached"


def test_button_asks_the_ledger_and_shows_every_step_passed(open_page):
    app = opened(open_page, "ledger_unreachable")
    said = asked_again(app)
    assert "Checked on 22 Nov 2026, 18:00 UTC, on this page" in said
    assert words.OUTCOME_MEANS["verified"] in said
    assert all("Passed" in one.value for one in app.markdown if one.value.startswith(tuple(words.STATE_ICONS.values())))


def test_assessment_that_is_held_otherwise_stays_changed_whatever_the_ledger_says(open_page):
    app = opened(open_page, "content_changed")
    found = table(app, "differ from what was signed")
    assert found["Signed"].tolist() == ["○ Not met", "–"]
    assert found["Held now"].tolist() == ["● Met", invented.HOSTILE]
    said = asked_again(app)
    assert words.OUTCOME_MEANS["content_changed"] in said
    assert any("**10. " in one.value and one.value.endswith("Failed here") for one in app.markdown)


def test_too_many_questions_are_answered_with_words(open_page, monkeypatch):
    def refuse(*asked):
        raise ledger_now.TooOften("ask again in 20 seconds")

    monkeypatch.setattr(ledger_now, "check_now", refuse)
    app = opened(open_page, "verified")
    said = asked_again(app)
    assert "ask again in 20 seconds" in said
    assert words.OUTCOME_MEANS["verified"] in said, "what was found at the last pull stays"


@pytest.mark.parametrize("outcome", words.OUTCOMES)
def test_public_sees_what_was_found_and_neither_ratings_nor_bundle(open_page, outcome):
    app = opened(open_page, outcome, "public")
    assert "Not shown here" in words_of(app)
    assert not app.get("download_button")
    assert not [button for button in app.button if button.label == "Check again now"]
    assert not any("not_met" in code for code in codes_of(app))


def test_staff_may_take_the_proof_bundle(open_page):
    app = opened(open_page, "verified")
    assert [button.proto.label for button in app.get("download_button")] == ["Download proof bundle"]


def test_record_that_a_newer_one_replaces_says_so(open_page):
    assert "A newer assessment replaces it" in words_of(opened(open_page, "verified"))


def test_assessment_of_a_silent_ledger_says_what_was_found_when_it_answered(open_page):
    assert "It found then: ✓ Verified" in words_of(opened(open_page, "ledger_unreachable"))


def test_records_of_a_ledger_that_is_no_longer_set_up_are_still_shown(open_page, monkeypatch):
    monkeypatch.setattr(ledger_now, "ledgers", lambda: [])
    app = opened(open_page, "verified")
    assert "No ledger can be asked from here now" in words_of(app)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("outcome", [None, "content_changed", "wrong_issuer"])
def test_hostile_names_on_the_ledger_stay_text(open_page, outcome, theme):
    link = {"assessment": CASES[outcome][0]} if outcome else {}
    app = open_page("ledger", role="staff", theme=theme, **link)
    assert not app.exception
    said = words_of(app)
    assert "boo" in said
    for live in ("[x](", "<img", ":red[boo"):
        assert live not in said.replace("\\" + live[0], "")
