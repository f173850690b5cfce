"""How people can sign in here: the providers of Streamlit's secrets.toml, or why there are none."""

import functools
import importlib.util
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from data.access import is_loopback

DEFAULT_PROVIDER = "default"
CALLBACK = "/oauth2callback"
NEEDED = ("client_id", "client_secret", "server_metadata_url")
SHORTEST_SECRET = 32
# As it stands in .streamlit/secrets.example.toml: everybody knows it.
EXAMPLE_SECRET = "replace-me"  # noqa: S105
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Setup:
    """The `client_id` of each provider by its name; without any, `problem` says why."""

    providers: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    is_wanted: bool = True

    @property
    def is_on(self) -> bool:
        return bool(self.providers)


NOT_SET_UP = Setup(problem="no provider is set up", is_wanted=False)


def setup() -> Setup:
    """What secrets.toml says at present. Anything wrong with it turns sign-in off, and the log says why."""
    if not st.secrets.load_if_toml_exists():
        if not any(Path(path).exists() for path in st.get_option("secrets.files")):
            return NOT_SET_UP
        return _off("secrets.toml cannot be read")
    section = st.secrets.get("auth")
    if section is None:
        return NOT_SET_UP
    if not isinstance(section, Mapping):
        return _off("[auth] in secrets.toml is not a section")
    providers = _providers(section)
    problem = _problem(section, providers)
    return _off(problem) if problem else Setup({name: one["client_id"] for name, one in providers.items()})


def _providers(section: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The sections that have what a provider needs, by name; the one without a name is that of the section itself."""
    named = {name: one for name, one in section.items() if isinstance(one, Mapping) and name != "client_kwargs"}
    return ({DEFAULT_PROVIDER: section} if any(key in section for key in NEEDED) else {}) | named


def _problem(section: Mapping[str, Any], providers: Mapping[str, Mapping[str, Any]]) -> str:
    if importlib.util.find_spec("authlib") is None:
        return "the package Authlib is not installed"
    if st.get_option("server.trustedUserHeaders"):
        return "server.trustedUserHeaders is set, so any header could say who somebody is"
    secret = section.get("cookie_secret")
    if not isinstance(secret, str) or len(secret) < SHORTEST_SECRET or secret.startswith(EXAMPLE_SECRET):
        return f"cookie_secret in secrets.toml must be random and have {SHORTEST_SECRET} characters or more"
    redirect = section.get("redirect_uri")
    if not isinstance(redirect, str) or not redirect.endswith(CALLBACK) or not _is_safe(redirect):
        return f"redirect_uri in secrets.toml must be an https address that ends with {CALLBACK}"
    if not providers:
        return "secrets.toml names no provider"
    for name, one in providers.items():
        if missing := [key for key in NEEDED if not isinstance(one.get(key), str) or not one[key]]:
            return f"the provider {name} in secrets.toml lacks {', '.join(missing)}"
        if "_" in name or not _is_safe(one["server_metadata_url"]):
            return f"the provider {name} in secrets.toml needs a name without _ and a server_metadata_url with https"
    return ""


def _is_safe(address: str) -> bool:
    """Whether nobody on the way can read or change what goes there."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    )


def _off(problem: str) -> Setup:
    _tell(problem)
    return Setup(problem=problem)


@functools.lru_cache(maxsize=16)
def _tell(problem: str) -> None:
    log.error("sign-in is off: %s", problem)
