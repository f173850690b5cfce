"""Claims of a provider: whom they are about, when they no longer count, and which role they get."""

from datetime import UTC, date, datetime, timedelta

import pytest

from data.access import PUBLIC, Viewer
from data.access_file import read
from data.identity import Refused, identity, session_key, viewer_of

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
TODAY = NOW.date()
HOURS = timedelta(hours=8)
CLAIMS = {
    **{"provider": "entra", "iss": "https://login.example.org", "sub": "17", "aud": "dashboard"},
    **{"iat": NOW.timestamp() - 60, "nonce": "n1", "email": "Ana@Example.org", "email_verified": True},
}
BLOCKS = {
    "domain": '[[domain]]\ndomain = "example.org"\nrole = "partner"\n',
    "claim": '[[claim]]\nclaim = "groups"\nvalue = "reviewers"\nrole = "reviewer"\n',
    "staff claim": '[[claim]]\nclaim = "groups"\nvalue = "staff"\nrole = "staff"\n',
    "person": '[[person]]\nemail = "ana@example.org"\nrole = "site"\nsites = ["100"]\n',
}
EVERYTHING = "".join(BLOCKS.values())
MANAGER = Viewer("site", frozenset({"100"}))


def who(**changed):
    claims = {name: value for name, value in {**CLAIMS, **changed}.items() if value is not None}
    return identity(claims, "dashboard", HOURS, NOW)


def role(text: str, today: date = TODAY, **changed) -> Viewer:
    return viewer_of(who(**changed), read(text), today)


def test_an_address_counts_when_it_is_verified():
    assert who().email == who().name == "ana@example.org"


@pytest.mark.parametrize("said", [False, "true", "True", 1, 0, "", [True]])
def test_an_address_that_is_not_verified_is_refused_whatever_else_fits(said):
    with pytest.raises(Refused, match="has not verified"):
        who(email_verified=said, groups=["staff"])


def test_where_nothing_is_said_of_the_address_only_a_claim_counts():
    assert role(EVERYTHING, email_verified=None) == PUBLIC
    assert role(EVERYTHING, email_verified=None, groups=["reviewers"]) == Viewer("reviewer")
    assert who(email_verified=None).name == "entra:17"


REFUSED = {
    "another audience": ({"aud": "another"}, "wrong audience"),
    "other audiences": ({"aud": ["another", "third"]}, "wrong audience"),
    "an audience that contains ours": ({"aud": "dashboard-test"}, "wrong audience"),
    "no audience": ({"aud": None}, "wrong audience"),
    "no subject": ({"sub": None}, "no subject"),
    "an empty subject": ({"sub": ""}, "no subject"),
    "no time": ({"iat": None}, "no time"),
    "a time in words": ({"iat": "now"}, "no time"),
    "a time that is true": ({"iat": True}, "no time"),
    "no number": ({"iat": float("nan")}, "no time"),
    "a time beyond all": ({"iat": 1e300}, "no time"),
    "a time to come": ({"iat": NOW.timestamp() + 600}, "no time"),
    "eight hours ago": ({"iat": NOW.timestamp() - 8 * 3600}, "session over"),
}


@pytest.mark.parametrize(("changed", "outcome"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_count_is_refused(changed, outcome):
    with pytest.raises(Refused) as refused:
        who(**changed)
    assert refused.value.outcome == outcome


def test_one_of_several_audiences_may_be_ours():
    assert who(aud=["dashboard", "another"]).subject == "17"


def test_the_last_second_of_a_session_still_counts():
    assert who(iat=NOW.timestamp() - 8 * 3600 + 1).subject == "17"


def test_the_entry_that_fits_more_exactly_wins():
    groups = ["staff", "reviewers"]
    assert role(EVERYTHING, groups=groups) == MANAGER
    assert role(EVERYTHING, groups=groups, email="bo@example.org") == Viewer("reviewer")
    assert role(EVERYTHING, email="bo@example.org") == Viewer("partner")
    assert role(EVERYTHING, email="bo@elsewhere.net") == PUBLIC


def test_of_several_claims_the_first_in_the_file_counts_alone():
    both = {"groups": ["reviewers", "staff"], "email": "bo@elsewhere.net"}
    assert role(BLOCKS["claim"] + BLOCKS["staff claim"], **both) == Viewer("reviewer")
    assert role(BLOCKS["staff claim"] + BLOCKS["claim"], **both) == Viewer("staff")


def test_a_person_can_be_given_less_than_their_domain():
    text = BLOCKS["domain"] + '[[person]]\nemail = "ana@example.org"\nrole = "public"\n'
    assert role(text) == PUBLIC


@pytest.mark.parametrize("domain", ["sub.example.org", "example.org.evil.net", "evilexample.org", "example.com"])
def test_a_domain_means_itself_alone(domain):
    assert role(BLOCKS["domain"], email=f"ana@{domain}") == PUBLIC


@pytest.mark.parametrize("told", ["reviewers", ["reviewers"], ["x", "reviewers"]])
def test_a_claim_counts_as_a_text_or_in_a_list(told):
    assert role(BLOCKS["claim"], groups=told) == Viewer("reviewer")


@pytest.mark.parametrize("told", ["Reviewers", "reviewers ", "all reviewers", {"reviewers": 1}, [["reviewers"]], True])
def test_a_claim_counts_only_when_it_is_the_same(told):
    assert role(BLOCKS["claim"], groups=told) == PUBLIC


def test_an_entry_for_one_provider_does_not_count_with_another():
    text = BLOCKS["person"] + 'provider = "google"\n'
    assert role(text) == PUBLIC
    assert role(text, provider="google") == MANAGER


def test_an_entry_ends_after_its_last_day():
    text = BLOCKS["person"] + "expires = 2026-06-15\n"
    assert role(text) == MANAGER
    assert role(text, date(2026, 6, 16)) == PUBLIC


def test_each_sign_in_has_a_key_of_its_own():
    others = [{"nonce": "n2"}, {"iat": 1}, {"sub": "18"}, {"iss": "https://other.example"}, {"provider": "google"}]
    keys = {session_key(CLAIMS), *(session_key({**CLAIMS, **changed}) for changed in others)}
    assert len(keys) == 1 + len(others)


def test_a_name_from_outside_has_no_line_breaks_and_an_end():
    name = who(email_verified=None, sub="x\n2026 staff signed in" + "y" * 10_000).name
    assert "\n" not in name
    assert len(name) == 200
