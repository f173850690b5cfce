"""A real OpenID Connect provider for tests: oidc-provider, from npm, on this machine.

Where npm is absent or cannot install it, tests that need it are skipped.
"""

import functools
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.servers import free_port

PACKAGE = "oidc-provider"
VERSION = "9.13.3"
SCRIPT = Path(__file__).with_name("provider.mjs")
CLIENT_ID, CLIENT_SECRET = "dashboard", "the client's secret in these tests"
INSTALL_SECONDS = 180
START_SECONDS = 60


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
    modules = _modules()
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
    process = subprocess.Popen(
        ["node", str(SCRIPT), str(port), str(told), str(modules)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    provider = Provider(f"http://localhost:{port}", app_url)
    try:
        _wait_for(provider.metadata_url, process)
        yield provider
    finally:
        process.kill()
        process.wait(10)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError("the provider did not start")


def _modules() -> Path:
    """Where the provider is installed; skips the test where it cannot be had."""
    folder, problem = _installed()
    if folder is None:
        pytest.skip(problem)
    return folder


@functools.cache
def _installed() -> tuple[Path | None, str]:
    """The folder, installed once and kept between runs, or why there is none."""
    npm = shutil.which("npm")
    if npm is None:
        return None, "npm, which installs the provider oidc-provider, is not on this machine"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "tech4nature-tests" / f"{PACKAGE}-{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "install.lock"):
        if not (folder / "node_modules" / PACKAGE / "package.json").is_file():
            command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"{PACKAGE}@{VERSION}"]
            try:
                subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS, check=True)
            except subprocess.SubprocessError as error:
                return None, f"npm could not install the provider oidc-provider: {type(error).__name__}"
    return folder, ""
