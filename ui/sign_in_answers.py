"""What the web server adds to the answers of Streamlit's sign-in: a word where it failed, and cookies for TLS only."""

import asyncio
from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data import audit
from ui.sign_in_setup import CALLBACK

USER_COOKIE = "_streamlit_user"
REFUSED_COOKIE = "t4n_sign_in"
REFUSED = "refused"
SECONDS_TOLD = 120


def was_refused(cookies: Mapping[str, str]) -> bool:
    """Whether a sign-in has just failed. Anybody can set this cookie; it decides about a sentence only."""
    return cookies.get(REFUSED_COOKIE) == REFUSED


class SignInAnswers:
    """Notes sign-ins that failed, and keeps cookies off connections without TLS where the dashboard has TLS."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if _is_answer_of_provider(scope) and not _lets_in(headers):
                    # Writing waits for the disk, and everybody else would wait with it.
                    await asyncio.to_thread(audit.record, "sign_in_refused", audit.NOBODY, outcome="not accepted")
                    path = st.get_option("server.baseUrlPath").strip("/")
                    told = f"{REFUSED_COOKIE}={REFUSED}; Max-Age={SECONDS_TOLD}; Path=/{path}; HttpOnly; SameSite=Lax"
                    headers.append("Set-Cookie", told)
                if _has_tls():
                    _secure(message)
            await send(message)

        await self.app(scope, receive, send_with_cookies if scope["type"] == "http" else send)


def _is_answer_of_provider(scope: Scope) -> bool:
    """A provider's answer carries the state of a sign-in; after signing out people come back here without one."""
    return scope["path"].endswith(CALLBACK) and "state" in parse_qs(scope["query_string"].decode("latin-1"))


def _lets_in(headers: MutableHeaders) -> bool:
    for line in headers.getlist("set-cookie"):
        cookie = SimpleCookie(line).get(USER_COOKIE)
        if cookie is not None and cookie.value:
            return True
    return False


def _has_tls() -> bool:
    """Whether readers come by https, as the address says to which providers send them back."""
    section = st.secrets.get("auth") if st.secrets.load_if_toml_exists() else None
    redirect = section.get("redirect_uri") if isinstance(section, Mapping) else None
    return isinstance(redirect, str) and redirect.startswith("https://")


def _secure(message: Message) -> None:
    message["headers"] = [
        (name, value + b"; Secure" if name.lower() == b"set-cookie" and b"; secure" not in value.lower() else value)
        for name, value in message["headers"]
    ]
