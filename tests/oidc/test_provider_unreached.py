"""A provider that does not answer: who wants to sign in comes back to the page, which says so, and stays public."""

import pytest

from data import audit
from tests.data import network
from tests.oidc.installation import secrets_toml
from tests.oidc.person import Person
from tests.servers import free_port, running_app

SITE = ("site", "site=100")
CAMERA = b"Tiger spring"


@pytest.fixture
def folder(tmp_path):
    network.built(tmp_path)
    (tmp_path / "network.toml").touch()
    return tmp_path


def test_who_cannot_reach_the_provider_comes_back_and_is_told(folder):
    port = free_port()
    nobody_listens = f"http://localhost:{free_port()}/.well-known/openid-configuration"
    (folder / "secrets.toml").write_text(secrets_toml(f"http://127.0.0.1:{port}", nobody_listens))
    environment = {
        "T4N_NETWORK": str(folder / "network.toml"),
        "T4N_AUDIT": str(folder / "audit"),
        "STREAMLIT_SECRETS_FILES": str(folder / "secrets.toml"),
    }
    with running_app(folder / "store", folder / "app.log", environment, port) as url:
        somebody = Person(url)
        answer = somebody.go_to_provider()
        assert (answer.status_code, answer.url.rstrip("/")) == (200, url)
        assert "Authentication error" not in answer.text
        seen = somebody.look(*SITE)
    assert seen.errors == []
    assert seen.says("The sign-in service does not answer")
    assert "Sign in" in seen.buttons
    assert CAMERA not in seen.received
    (line,) = audit.entries(folder / "audit")
    assert (line["event"], line["account"], line["outcome"]) == ("sign_in_refused", "public", "provider not reached")
