"""An installation where nobody can sign in: public, except for somebody alone on their own machine."""

import pytest

from tests.data import network
from tests.oidc.installation import secrets_toml
from tests.oidc.person import Person
from tests.servers import running_app

SITE = ("site", "site=100")
CAMERA = b"Tiger spring"
HOW = "Nobody can sign in"
PROXIES = ("X-Forwarded-For", "X-Real-Ip", "Forwarded")
NAMES = ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("no-provider")
    network.built(folder)
    (folder / "network.toml").touch()
    return folder


@pytest.fixture(scope="module")
def url(folder):
    files = {"T4N_NETWORK": str(folder / "network.toml"), "STREAMLIT_SECRETS_FILES": str(folder / "none.toml")}
    with running_app(folder / "store", folder / "app.log", {**files, "T4N_VIEWER": "staff"}) as url:
        yield url


def test_somebody_alone_on_their_machine_has_the_role_of_the_environment_and_reads_how_to_set_it_up(url):
    seen = Person(url).look(*SITE)
    assert CAMERA in seen.received
    assert seen.says(HOW)
    assert not [label for label in seen.buttons if label.startswith("Sign in")]


@pytest.mark.parametrize("header", PROXIES)
def test_whoever_comes_through_a_proxy_is_the_public(url, header):
    seen = Person(url, headers={header: "203.0.113.7"}).look(*SITE)
    assert seen.errors == []
    assert CAMERA not in seen.received
    assert not seen.says(HOW)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_elsewhere_that_points_its_name_at_this_machine_gets_what_the_public_gets(url, name):
    seen = Person(url, name=name).look(*SITE)
    assert seen.errors == []
    assert CAMERA not in seen.received


def test_without_a_provider_the_way_to_one_leads_nowhere(url):
    somebody = Person(url)
    for path in ("auth/login?provider=x", "oauth2callback?state=x&code=y", "auth/logout"):
        answer = somebody.http.get(f"{url}/{path}", timeout=60)
        assert (answer.status_code, answer.url) == (200, f"{url}/")


def test_a_secret_that_everybody_knows_turns_sign_in_off_for_everybody(folder):
    weak = folder / "weak.toml"
    weak.write_text(secrets_toml("http://127.0.0.1:1", "http://localhost:1/x", cookie_secret="replace-me"))
    files = {"T4N_NETWORK": str(folder / "network.toml"), "STREAMLIT_SECRETS_FILES": str(weak)}
    with running_app(folder / "store", folder / "weak.log", {**files, "T4N_VIEWER": "staff"}) as url:
        seen = Person(url).look(*SITE)
    # Sign-in is wanted here, so nobody gets a role in another way either.
    assert CAMERA not in seen.received
    assert seen.says("cookie_secret in secrets.toml must be random")
    assert "sign-in is off" in (folder / "weak.log").read_text()
