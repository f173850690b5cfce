"""A real OpenID Connect provider for tests: oidc-provider, from npm, on this machine.

Where npm is absent or cannot install it, tests that need it are skipped.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import npm
from tests.servers import free_port, running

PACKAGE = "oidc-provider"
VERSION = "9.13.3"
SCRIPT = Path(__file__).with_name("provider.mjs")
CLIENT_ID, CLIENT_SECRET = "dashboard", "the client's secret in these tests"


@dataclass(frozen=True)
class Provider:
    """A provider that answers at `url` and knows the app at `app_url`."""

    url: str
    app_url: str

    @property
    def metadata_url(self) -> str:
        return f"{self.url}/.well-known/openid-configuration"


@contextmanager
def running_provider(folder: Path, app_url: str, accounts: Mapping[str, Mapping[str, Any]]) -> Iterator[Provider]:
    """A provider for the app at this address; accounts have `claims` and, of a wrong provider, `tampered`."""
    modules = npm.installed(PACKAGE, VERSION)
    port = free_port()
    client = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uris": [f"{app_url}/oauth2callback"],
        "post_logout_redirect_uris": [f"{app_url}/oauth2callback"],
        "scope": "openid email profile groups",
    }
    told = folder / "provider.json"
    told.write_text(json.dumps({"client": client, "accounts": accounts}))
    provider = Provider(f"http://localhost:{port}", app_url)
    with running(["node", str(SCRIPT), str(port), str(told), str(modules)], provider.metadata_url):
        yield provider
