"""What is added to the answers of sign-in: one word where it failed, and cookies that go over TLS only."""

import asyncio
from typing import NamedTuple

import pytest
import streamlit as st
from starlette.responses import Response

from data import audit
from ui.sign_in_answers import SignInAnswers, failure

SIGNED_IN = {"_streamlit_user": "signed claims"}
NOBODY = {"_streamlit_user": ""}
HERE = "http://localhost:8501/oauth2callback"


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: list[tuple[str, str]]

    @property
    def cookies(self) -> list[str]:
        return [value for name, value in self.headers if name == "set-cookie"]


@pytest.fixture
def answers(monkeypatch, tmp_path):
    """Asks a server that answers so; gives the answer's status, body and headers, and has an audit log."""
    monkeypatch.setenv("T4N_AUDIT", str(tmp_path))
    secrets = {"auth": {"redirect_uri": HERE}}

    class Secrets:
        get = secrets.get
        load_if_toml_exists = staticmethod(lambda: bool(secrets))

    monkeypatch.setattr(st, "secrets", Secrets())

    def ask(address: str, cookies: dict[str, str], redirect: str = HERE, status: int = 200) -> Answer:
        secrets["auth"] = {"redirect_uri": redirect}
        path, _, query = address.partition("?")
        answer = Response("Authentication error", status_code=status)
        for name, value in cookies.items():
            answer.set_cookie(name, value, httponly=True)
        sent = []

        async def keep(message) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
        asyncio.run(SignInAnswers(answer)(scope, lambda: None, keep))
        headers = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
        return Answer(sent[0]["status"], b"".join(one["body"] for one in sent[1:]), headers)

    return ask


@pytest.mark.parametrize("path", ["/oauth2callback", "/greenlist/oauth2callback"])
def test_a_sign_in_that_failed_is_told_and_noted(answers, tmp_path, path):
    told = answers(f"{path}?state=x&code=y", NOBODY).cookies[-1]
    assert told == "t4n_sign_in=refused; Max-Age=120; Path=/; HttpOnly; SameSite=Lax"
    (line,) = audit.entries(tmp_path)
    assert (line["event"], line["account"], line["outcome"]) == ("sign_in_refused", "public", "not accepted")


@pytest.mark.parametrize("base", ["", "greenlist"])
def test_who_cannot_reach_the_provider_is_led_back(answers, tmp_path, monkeypatch, base):
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": base}.get)
    answer = answers(f"/{base}/auth/login?provider=x", {}, status=400)
    assert (answer.status, answer.body) == (302, b"")
    assert answer.headers[0] == ("location", f"/{base}")
    assert [told.split(";")[0] for told in answer.cookies] == ["t4n_sign_in=unreached"]
    (line,) = audit.entries(tmp_path)
    assert (line["event"], line["outcome"]) == ("sign_in_refused", "provider not reached")


@pytest.mark.parametrize(
    ("address", "cookies"),
    [
        ("/oauth2callback?state=x&code=y", SIGNED_IN),
        ("/oauth2callback", NOBODY),
        ("/auth/logout?state=x", NOBODY),
        ("/?state=x", {}),
    ],
)
def test_nothing_is_told_where_nothing_failed(answers, tmp_path, address, cookies):
    assert not [told for told in answers(address, cookies).cookies if "t4n_sign_in" in told]
    assert list(audit.entries(tmp_path)) == []


def test_cookies_go_over_tls_only_where_the_dashboard_has_it(answers):
    https = "https://dashboard.example.org/oauth2callback"
    for address in ("/oauth2callback?state=x", "/"):
        assert all(
            told.endswith("; Secure") for told in answers(address, SIGNED_IN | {"_streamlit_xsrf": "x"}, https).cookies
        )
        assert not [told for told in answers(address, SIGNED_IN).cookies if "Secure" in told]


def test_a_cookie_from_outside_only_chooses_a_sentence():
    assert failure({"t4n_sign_in": "refused"}) == "refused"
    assert failure({"t4n_sign_in": "staff"}) == ""
    assert failure({}) == ""
