"""Whether people can sign in: what is wrong with secrets.toml turns sign-in off, in words and without its secrets."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import Secrets

from ui import sign_in_setup
from ui.sign_in_setup import NOT_SET_UP, setup

SECRET = "0123456789abcdef0123456789abcdef"
GOOD = f"""
[auth]
redirect_uri = "https://dashboard.example.org/oauth2callback"
cookie_secret = "{SECRET}"
[auth.example]
client_id = "dashboard"
client_secret = "the secret of the client"
server_metadata_url = "https://login.example.org/.well-known/openid-configuration"
"""


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Writes secrets.toml, and sets other options of the server."""
    path = tmp_path / "secrets.toml"
    options = {"secrets.files": [str(path)], "server.trustedUserHeaders": {}}
    real = config.get_option
    monkeypatch.setattr(st, "secrets", Secrets())
    for module in (st, config):
        monkeypatch.setattr(module, "get_option", lambda key: options[key] if key in options else real(key))
    sign_in_setup._tell.cache_clear()

    def write(text: str, **other: object) -> None:
        path.write_text(text)
        options.update(other)

    return write


def test_a_good_file_names_its_providers(put):
    put(GOOD)
    assert (setup().providers, setup().problem) == ({"example": "dashboard"}, "")


def test_one_provider_needs_no_name(put):
    put(GOOD.replace("[auth.example]\n", ""))
    assert setup().providers == {"default": "dashboard"}


def test_several_providers_are_all_named(put):
    other = GOOD[GOOD.index("[auth.example]") :].replace("auth.example", "auth.other").replace('"dashboard"', '"x"')
    put(GOOD + other)
    assert setup().providers == {"example": "dashboard", "other": "x"}


def test_a_provider_on_this_machine_needs_no_tls(put):
    put(GOOD.replace("https://dashboard.example.org", "http://localhost:8501").replace("https://login", "http://login"))
    assert not setup().is_on
    put(GOOD.replace("https://dashboard.example.org", "http://localhost:8501"))
    st.secrets._reset()
    assert setup().is_on


def test_without_a_file_or_without_auth_nothing_is_wanted(put):
    assert setup() == NOT_SET_UP
    put('other = "x"\n')
    assert setup() == NOT_SET_UP


WRONG = {
    "no TOML": (GOOD + "[[", "secrets.toml cannot be read"),
    "auth that is no section": ("auth = 1\n", "not a section"),
    "the secret of the example": (GOOD.replace(SECRET, "replace-me" * 4), "cookie_secret"),
    "a short secret": (GOOD.replace(SECRET, SECRET[1:]), "cookie_secret"),
    "no secret": (GOOD.replace(f'cookie_secret = "{SECRET}"\n', ""), "cookie_secret"),
    "a secret that is a number": (GOOD.replace(f'"{SECRET}"', "1" * 18), "cookie_secret"),
    "an address without TLS": (GOOD.replace("https://dashboard", "http://dashboard"), "redirect_uri"),
    "another address": (GOOD.replace("/oauth2callback", "/callback"), "redirect_uri"),
    "no address": (GOOD.replace('redirect_uri = "https://dashboard.example.org/oauth2callback"', ""), "redirect_uri"),
    "an address that cannot be": (GOOD.replace("https://dashboard", "https://[dashboard"), "redirect_uri"),
    "no provider": (GOOD[: GOOD.index("[auth.example]")], "names no provider"),
    "a provider without a secret": (GOOD.replace("client_secret", "x"), "example in secrets.toml lacks client_secret"),
    "a provider with an empty name": (GOOD.replace('"dashboard"', '""'), "lacks client_id"),
    "a provider without TLS": (GOOD.replace("https://login", "http://login"), "server_metadata_url with https"),
    "a name that cannot be": (GOOD.replace("auth.example", "auth.my_example"), "a name without _"),
}


@pytest.mark.parametrize(("text", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_turns_sign_in_off_and_the_log_says_why(put, caplog, text, why):
    put(text)
    found = setup()
    assert (found.is_on, found.is_wanted) == (False, True)
    assert why in found.problem
    assert f"sign-in is off: {found.problem}" in caplog.text
    for secret in (SECRET, "the secret of the client"):
        assert secret not in caplog.text


def test_headers_of_a_proxy_never_say_who_somebody_is(put):
    put(GOOD, **{"server.trustedUserHeaders": {"X-Email": "email"}})
    assert "trustedUserHeaders" in setup().problem


def test_the_example_turns_sign_in_off_until_its_secret_is_replaced(put):
    put((Path(__file__).parents[2] / ".streamlit" / "secrets.example.toml").read_text())
    assert "cookie_secret" in setup().problem
