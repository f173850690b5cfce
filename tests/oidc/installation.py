"""A real provider and the app that trusts it, over the invented network of tests/data."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data import audit
from tests.data import network
from tests.oidc.provider import CLIENT_ID, CLIENT_SECRET, running_provider
from tests.servers import free_port, running_app

COOKIE_SECRET = "a secret of these tests that is long enough to sign"


def account(email: str | None, verified: object = True, **more: object) -> dict:
    """What the provider knows of an account."""
    claims = {"email": email, "email_verified": verified, **more}
    return {"claims": {name: value for name, value in claims.items() if value is not None}}


ACCOUNTS = {
    "ana": account("Ana@Example.org"),
    "bo": account("bo@example.org"),
    "chen": account("chen@elsewhere.net", groups=["readers", "t4n-reviewers"]),
    "dina": account("dina@elsewhere.net"),
    "unverified": account("boss@example.org", verified=False),
    "verified-in-words": account("boss@example.org", verified="true"),
    "silent": account("boss@example.org", verified=None),
    "boss": account("boss@example.org"),
    "look-alike": account("bo\N{LATIN SMALL LETTER SCRIPT G}s@ex\N{CYRILLIC SMALL LETTER A}mple.org"),
    "wrong-audience": {**account("boss@example.org"), "tampered": {"claims": {"aud": "another-app"}}},
    "audience-and-party": {
        **account("boss@example.org"),
        "tampered": {"claims": {"aud": ["another-app"], "azp": CLIENT_ID}},
    },
    "expired": {**account("boss@example.org"), "tampered": {"claims": {"exp": 1_000_000_000}}},
    "wrong-issuer": {**account("boss@example.org"), "tampered": {"claims": {"iss": "http://localhost:1"}}},
    "replayed": {**account("boss@example.org"), "tampered": {"claims": {"nonce": "of another sign-in"}}},
    "wrong-key": {**account("boss@example.org"), "tampered": {"key": "strange"}},
}
ACCESS = """
[[person]]
email = "ana@example.org"
role = "site"
sites = ["100"]
[[person]]
email = "boss@example.org"
role = "staff"
[[domain]]
domain = "example.org"
role = "partner"
[[claim]]
claim = "groups"
value = "t4n-reviewers"
role = "reviewer"
"""


@dataclass
class Installation:
    """The running app with its files."""

    url: str
    folder: Path

    def write_access(self, text: str) -> None:
        # At one stroke, as an editor does.
        fresh = self.folder / "access.new"
        fresh.write_text(text)
        fresh.replace(self.folder / "access.toml")

    def audit(self) -> list[dict]:
        return list(audit.entries(self.folder / "audit"))

    def log(self) -> str:
        return (self.folder / "app.log").read_text()


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("sign-in")
    network.built(folder)
    (folder / "network.toml").touch()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running_provider(folder, url, ACCOUNTS) as provider:
        (folder / "secrets.toml").write_text(secrets_toml(url, provider.metadata_url))
        environment = {
            "T4N_NETWORK": str(folder / "network.toml"),
            "T4N_ACCESS": str(folder / "access.toml"),
            "T4N_AUDIT": str(folder / "audit"),
            # Sign-in is set up, so this role of a person alone must not count.
            "T4N_VIEWER": "staff",
            "STREAMLIT_SECRETS_FILES": str(folder / "secrets.toml"),
        }
        installed = Installation(url, folder)
        installed.write_access(ACCESS)
        with running_app(folder / "store", folder / "app.log", environment, port):
            yield installed


def secrets_toml(url: str, metadata_url: str, cookie_secret: str = COOKIE_SECRET) -> str:
    return f"""
[auth]
redirect_uri = "{url}/oauth2callback"
cookie_secret = "{cookie_secret}"
[auth.example]
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"
server_metadata_url = "{metadata_url}"
client_kwargs = {{ scope = "openid email profile groups", prompt = "login" }}
"""
