"""What the web server makes of the answers of Streamlit's sign-in: a word where it failed, and cookies for TLS only."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data import audit
from ui.sign_in_setup import CALLBACK

USER_COOKIE = "_streamlit_user"
FAILED_COOKIE = "t4n_sign_in"
REFUSED, UNREACHED = "refused", "unreached"
OUTCOMES = {REFUSED: "not accepted", UNREACHED: "provider not reached"}
SECONDS_TOLD = 120
WAY_TO_PROVIDER = "/auth/login"


def failure(cookies: Mapping[str, str]) -> str:
    """How a sign-in has just failed: `REFUSED`, `UNREACHED`, or not. Anybody can set this; it chooses a sentence."""
    told = cookies.get(FAILED_COOKIE, "")
    return told if told in (REFUSED, UNREACHED) else ""


class SignInAnswers:
    """Notes sign-ins that failed, and keeps cookies off connections without TLS where the dashboard has TLS.

    Streamlit ends a sign-in whose provider does not answer on a bare page; here it leads back to where it began.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_led_back = False

        async def send_with_cookies(message: Message) -> None:
            nonlocal is_led_back
            if message["type"] == "http.response.start":
                failed = _failure(scope, message)
                is_led_back = failed == UNREACHED
                if is_led_back:
                    message = {**message, "status": HTTPStatus.FOUND, "headers": [(b"location", _base().encode())]}
                if failed:
                    # Writing waits for the disk, and everybody else would wait with it.
                    await asyncio.to_thread(audit.record, "sign_in_refused", audit.NOBODY, outcome=OUTCOMES[failed])
                    told = f"{FAILED_COOKIE}={failed}; Max-Age={SECONDS_TOLD}; Path={_base()}; HttpOnly; SameSite=Lax"
                    MutableHeaders(scope=message).append("Set-Cookie", told)
                if _has_tls():
                    _secure(message)
            elif is_led_back:
                message = {**message, "body": b""}
            await send(message)

        await self.app(scope, receive, send_with_cookies if scope["type"] == "http" else send)


def _failure(scope: Scope, start: Message) -> str:
    """How a sign-in fails with this answer, if it does."""
    if scope["path"].endswith(WAY_TO_PROVIDER) and start["status"] >= HTTPStatus.BAD_REQUEST:
        return UNREACHED
    return REFUSED if _is_answer_of_provider(scope) and not _lets_in(MutableHeaders(scope=start)) else ""


def _base() -> str:
    path = st.get_option("server.baseUrlPath").strip("/")
    return f"/{path}"


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
