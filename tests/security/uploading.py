"""Hands files in and takes them out as a browser does, or as no browser would, over the server's own protocol."""

import asyncio
import http.client
import urllib.request
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileUploaderState, UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

# What the demo calls the field in which a reader chooses a role.
ROLE_SWITCH = "View as"
LONGEST_RUN_SECONDS = 120
XSRF = "_streamlit_xsrf"


@dataclass(frozen=True)
class Shown:
    """What a page shows after a file was handed in: its texts, its errors in words, and those of the program."""

    texts: tuple[str, ...]
    refusals: tuple[str, ...]
    exceptions: tuple[str, ...]


class Page:
    """One session at a page; use it as an asynchronous context manager.

    `field` is the field of the page for files, `buttons` the labels of the files that it gives by what makes them.
    """

    def __init__(self, url: str, page: str, query: str = "", role: str | None = None) -> None:
        self.url, self._page, self._query, self._role = url, page, query, role
        self._states: list[WidgetState] = []
        self._session_id = ""

    async def __aenter__(self) -> "Page":
        token = await asyncio.to_thread(_xsrf, self.url)
        self._headers = {"Cookie": f"{XSRF}={token}", "X-Xsrftoken": token}
        address = f"ws://{urlsplit(self.url).netloc}/_stcore/stream"
        self._socket = await websockets.connect(
            address, subprotocols=["streamlit"], max_size=None, compression=None, proxy=None
        )
        elements = await self._run()
        if self._role:
            switch = next(one.id for _, one in elements if getattr(one, "label", "") == ROLE_SWITCH)
            self._states = [WidgetState(id=switch, string_value=self._role)]
            elements = await self._run()
        self.buttons = {one.deferred_file_id: one.label for kind, one in elements if kind == "download_button"}
        self.field = next((one.id for kind, one in elements if kind == "file_uploader"), None)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._socket.close()

    async def put(self, name: str, content: bytes | Iterable[bytes], headers: dict[str, str] | None = None) -> tuple:
        """Send a file to the server; gives the status and how the server knows it."""
        known = str(uuid.uuid4())
        path = f"/_stcore/upload_file/{self._session_id}/{known}"
        return await asyncio.to_thread(_put, self.url, path, name, content, self._headers | (headers or {})), known

    async def hand_in(self, name: str, content: bytes) -> tuple[int, Shown]:
        """Send a file and choose it in the field of the page."""
        status, known = await self.put(name, content)
        info = UploadedFileInfo(file_id=known, name=name, size=len(content))
        info.file_urls.file_id = known
        info.file_urls.upload_url = f"/_stcore/upload_file/{self._session_id}/{known}"
        state = WidgetState(id=self.field, file_uploader_state_value=FileUploaderState(uploaded_file_info=[info]))
        elements = await self._run(state)
        return status, _shown(elements)

    async def take(self, button: str) -> None:
        """Press a button that makes its file only then, and fetch the file."""
        request = BackMsg()
        operation = request.backend_operation_request
        operation.request_id, operation.session_id = button, self._session_id
        operation.deferred_file.file_id = button
        await self._socket.send(request.SerializeToString())
        async with asyncio.timeout(LONGEST_RUN_SECONDS):
            while True:
                message = ForwardMsg.FromString(await self._socket.recv())
                if message.WhichOneof("type") == "backend_operation_response":
                    break
        answer = message.backend_operation_response
        assert not answer.error_msg
        await asyncio.to_thread(_get, self.url, answer.deferred_file.url)

    async def _run(self, *more: WidgetState) -> list[tuple[str, object]]:
        request = BackMsg()
        request.rerun_script.page_name, request.rerun_script.query_string = self._page, self._query
        request.rerun_script.context_info.timezone = "UTC"
        request.rerun_script.context_info.locale = "en-GB"
        request.rerun_script.context_info.url = self.url
        request.rerun_script.widget_states.widgets.extend([*self._states, *more])
        await self._socket.send(request.SerializeToString())
        elements = []
        async with asyncio.timeout(LONGEST_RUN_SECONDS):
            while True:
                message = ForwardMsg.FromString(await self._socket.recv())
                kind = message.WhichOneof("type")
                if kind == "new_session":
                    self._session_id = message.new_session.initialize.session_id
                if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                    element = message.delta.new_element
                    elements.append((element.WhichOneof("type"), getattr(element, element.WhichOneof("type"))))
                if kind == "script_finished":
                    return elements


def _shown(elements: list[tuple[str, object]]) -> Shown:
    texts = tuple(getattr(one, "body", "") for kind, one in elements if kind in ("markdown", "alert"))
    refusals = tuple(one.body for kind, one in elements if kind == "alert" and one.format == one.ERROR)
    return Shown(texts, refusals, tuple(one.message for kind, one in elements if kind == "exception"))


def _get(url: str, address: str) -> None:
    with urllib.request.urlopen(f"{url}{address}", timeout=LONGEST_RUN_SECONDS) as answer:
        assert answer.read()


def _xsrf(url: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("GET", "/_stcore/health")
    answer = connection.getresponse()
    answer.read()
    cookies: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_all("Set-Cookie", []):
        cookies.load(line)
    connection.close()
    return cookies[XSRF].value


def _put(url: str, path: str, name: str, content: bytes | Iterable[bytes], headers: dict[str, str]) -> int:
    """PUT as a form; content that comes in parts is sent without saying how much it is."""
    edge = uuid.uuid4().hex
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "%0D").replace("\n", "%0A")
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="f"; filename="{quoted}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode("utf-8", "surrogateescape")
    tail = f"\r\n--{edge}--\r\n".encode()
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}", **headers}
    try:
        if isinstance(content, bytes):
            connection.request("PUT", path, head + content + tail, headers)
        else:
            parts = (part for group in ((head,), content, (tail,)) for part in group)
            connection.request("PUT", path, parts, headers, encode_chunked=True)
        return connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        # The server had enough before all was sent.
        return 413
    finally:
        connection.close()
