"""Sign-ins that must not count: wrong tokens, unverified and look-alike addresses, and whatever a browser claims."""

import json

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from tests.oidc.installation import COOKIE_SECRET
from tests.oidc.person import USER_COOKIE, Person
from tests.oidc.provider import CLIENT_ID, CLIENT_SECRET

SITE = ("site", "site=100")
CAMERA = b"Tiger spring"
REFUSED_BY_LIBRARY = ("wrong-audience", "expired", "wrong-issuer", "replayed", "wrong-key")
REFUSED_BY_US = {
    "audience-and-party": ("another application", "wrong audience"),
    "unverified": ("has not verified your e-mail address", "unverified"),
    "verified-in-words": ("has not verified your e-mail address", "unverified"),
}


def is_public(person: Person) -> bool:
    seen = person.look(*SITE)
    assert seen.errors == []
    return "Sign in" in seen.buttons and "Sign out" not in seen.buttons and CAMERA not in seen.received


@pytest.mark.parametrize("account", REFUSED_BY_LIBRARY)
def test_a_token_that_is_not_good_signs_nobody_in_and_the_reader_is_told(person, app, account):
    before = len(app.audit())
    somebody = person()
    somebody.sign_in(account)
    assert somebody.cookie(USER_COOKIE) == ""
    assert is_public(somebody)
    assert somebody.look().says("The sign-in did not work")
    assert [(line["event"], line["account"]) for line in app.audit()[before:]] == [("sign_in_refused", "public")]


@pytest.mark.parametrize(("account", "why"), REFUSED_BY_US.items())
def test_claims_that_do_not_count_sign_nobody_in_and_the_reader_is_told(person, app, account, why):
    sentence, outcome = why
    before = len(app.audit())
    somebody = person()
    somebody.sign_in(account)
    assert is_public(somebody)
    assert somebody.look().says(sentence)
    (line,) = app.audit()[before:]
    assert (line["event"], line["account"], line["outcome"]) == ("sign_in_refused", "public", outcome)


@pytest.mark.parametrize("account", ["silent", "look-alike"])
def test_an_address_without_word_of_it_or_in_other_letters_gives_no_role(person, account):
    somebody = person()
    somebody.sign_in(account)
    seen = somebody.look(*SITE)
    assert seen.says("This account has no role here")
    assert CAMERA not in seen.received


def claims_of_the_boss(url: str) -> dict:
    return {
        **{"sub": "boss", "email": "boss@example.org", "email_verified": True, "aud": CLIENT_ID, "provider": "example"},
        **{"iat": 4_000_000_000, "origin": url, "is_logged_in": True},
    }


FORGED = {
    "unsigned": lambda told: json.dumps(told),
    "signed with another secret": lambda told: create_signed_value("x" * 40, USER_COOKIE, json.dumps(told)).decode(),
    "signed for another cookie": lambda told: create_signed_value(
        COOKIE_SECRET, "_streamlit_user_tokens", json.dumps(told)
    ).decode(),
    "of a time to come": lambda told: create_signed_value(COOKIE_SECRET, USER_COOKIE, json.dumps(told)).decode(),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_cookie_signs_nobody_in(person, app, kind):
    somebody = person()
    somebody.set_cookie(USER_COOKIE, FORGED[kind](claims_of_the_boss(app.url)))
    assert is_public(somebody)


def test_a_cookie_that_was_changed_signs_nobody_in(person):
    boss = person()
    boss.sign_in("boss")
    whole = boss.cookie(USER_COOKIE)
    payload, _, rest = whole.partition(".")
    stolen = person()
    for changed in (f"{payload[:-2]}AA.{rest}", f"{whole[:-3]}AAA", whole[: len(whole) // 2]):
        stolen.set_cookie(USER_COOKIE, changed)
        assert is_public(stolen)


def test_a_page_elsewhere_cannot_use_the_cookie(person):
    boss = person()
    boss.sign_in("boss")
    assert CAMERA in boss.look(*SITE).received
    with pytest.raises(Exception, match="403|1008|closed"):
        boss.look(*SITE, origin="https://elsewhere.example")


def test_headers_and_addresses_give_no_role(person, app):
    query = "site=100&role=staff&view_as=staff&email=boss@example.org&is_logged_in=true"
    somebody = person()
    somebody.set_cookie("role", "staff")
    somebody.set_cookie("email", "boss@example.org")
    assert CAMERA not in somebody.look("site", query).received
    claimed = {"X-Forwarded-User": "boss@example.org", "X-Forwarded-Email": "boss@example.org", "X-Role": "staff"}
    answer = somebody.http.get(f"{app.url}/api/v1/tables/deployments.csv", headers=claimed, timeout=60)
    assert answer.status_code == 403


def test_scripts_get_nothing_by_the_cookie_of_a_person(person, app):
    boss = person()
    boss.sign_in("boss")
    answer = boss.http.get(f"{app.url}/api/v1/tables/deployments.csv", timeout=60)
    assert answer.status_code == 403


def test_callbacks_out_of_nowhere_do_no_harm(person, app):
    somebody = person()
    told = ("", "?state=x", "?state=x&code=y", "?error=access_denied&state=x", "?error=<b>&error_description=%0d")
    for query in told:
        answer = somebody.http.get(f"{app.url}/oauth2callback{query}", timeout=60)
        assert answer.status_code == 200
        assert somebody.cookie(USER_COOKIE) == ""


def test_the_log_of_the_server_holds_no_token_and_no_secret(person, app):
    person().sign_in("wrong-key")
    log = app.log()
    assert "OAuth token exchange failed" in log
    for secret in (CLIENT_SECRET, COOKIE_SECRET, "eyJ"):
        assert secret not in log
