"""How much of what readers hand in the server holds at once: Streamlit takes any file, from whoever has a page open."""

from http import HTTPStatus

import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

UPLOADS = "/_stcore/upload_file/"
MOST_FILES_OF_A_SESSION = 3
MOST_BYTES = 400_000_000
TOO_MANY = "Too many files are being handed in at this moment. Try again in a few minutes."


class UploadLimits:
    """Keeps the newest files of a session only, and refuses a file for which there is no room."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._coming = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or UPLOADS not in scope["path"]:
            await self.app(scope, receive, send)
            return
        session_id = scope["path"].rpartition(UPLOADS)[2].partition("/")[0]
        largest = st.get_option("server.maxUploadSize") * 1024**2
        if _held() + (self._coming + 1) * largest > MOST_BYTES:
            refused = PlainTextResponse(TOO_MANY, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "120"})
            await refused(scope, receive, send)
            return
        self._coming += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._coming -= 1
            _keep_newest(session_id)


def _held() -> int:
    """The bytes of all files that the server holds now."""
    manager = runtime.get_instance().uploaded_file_mgr
    return sum(len(file.data) for files in list(manager.file_storage.values()) for file in list(files.values()))


def _keep_newest(session_id: str) -> None:
    manager = runtime.get_instance().uploaded_file_mgr
    for file_id in list(manager.file_storage.get(session_id, {}))[:-MOST_FILES_OF_A_SESSION]:
        manager.remove_file(session_id, file_id)
