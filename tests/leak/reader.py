"""One reader with one role who opens every page and takes every download, and all that reaches their browser."""

import asyncio
import base64
import io
import re
import urllib.request
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.leak.wire import ROLE_SWITCH

Link = tuple[str, str]
LONGEST_WAIT_SECONDS = 120
MEDIA = re.compile(rb"/media/[0-9a-f]{16,}\.\w+")
ENCODED = re.compile(rb'"bdata":\s*"([A-Za-z0-9+/=\\]+)"')
# It takes seconds, so it is taken once.
TAKEN_ONCE = "Evidence pack"


@dataclass
class Received:
    """Everything that reached a browser, each part with the place that it came from."""

    parts: list[tuple[str, bytes]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, where: str, content: bytes) -> None:
        """Keep a part; archives are opened, and numbers of charts decoded."""
        if content[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for name in archive.namelist():
                    self.add(f"{where} > {name}", archive.read(name))
            return
        self.parts.append((where, content))
        for found in ENCODED.finditer(content):
            self.parts.append((f"{where} (chart)", base64.b64decode(found[1].replace(b"\\", b""))))

    def of(self, beginning: str) -> dict[str, bytes]:
        """The parts whose place begins so."""
        return {where: content for where, content in self.parts if where.startswith(beginning)}

    @property
    def everything(self) -> bytes:
        return b"\n".join(content for _, content in self.parts)


def read_pages(url: str, links: Sequence[Link], role: str | None, received: Received) -> None:
    """Open pages one after the other in one session, unfold what is folded, and take what can be saved."""
    asyncio.run(_read(url, links, role, received))


def fetch(url: str, address: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> bytes:
    """The answer of the server to one request; raises where it is not the one that was asked for."""
    request = urllib.request.Request(f"{url}{address}", headers=headers or {}, data=body)
    with urllib.request.urlopen(request, timeout=LONGEST_WAIT_SECONDS) as answer:
        return answer.read()


async def _read(url: str, links: Sequence[Link], role: str | None, received: Received) -> None:
    address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
    async with websockets.connect(address, subprotocols=["streamlit"], max_size=None, compression=None) as socket:
        session = _Session(socket, url, received)
        if role:
            first = await session.run(links[0], "as the public", keep=False)
            switch = next(widget.id for kind, widget in _elements(first) if getattr(widget, "label", "") == ROLE_SWITCH)
            session.states = [WidgetState(id=switch, string_value=role)]
        for link in links:
            await session.open(link)


class _Session:
    """One connection to the server."""

    def __init__(self, socket: websockets.ClientConnection, url: str, received: Received) -> None:
        self.socket, self.url, self.received = socket, url, received
        self.states: list[WidgetState] = []
        self.session_id = ""
        self.taken: set[str | bytes] = set()
        self.folded: set[str] = set()

    async def open(self, link: Link) -> None:
        where = f"page {link[0]}?{link[1]}"
        messages = await self.run(link, where)
        folded = {block.expandable.id for block in _blocks(messages) if block.expandable.id}
        if folded - self.folded:
            self.folded |= folded
            messages += await self.run(link, f"{where} unfolded")
        for button in {one.id: one for kind, one in _elements(messages) if kind == "download_button"}.values():
            if button.deferred_file_id and not (button.label == TAKEN_ONCE and TAKEN_ONCE in self.taken):
                self.taken.add(button.label)
                await self._take(button.deferred_file_id, f"{where} > {button.label}")
        for media in {found[0] for message in messages for found in MEDIA.finditer(message.SerializeToString())}:
            if media not in self.taken:
                self.taken.add(media)
                self.received.add(f"{where} > media", await asyncio.to_thread(fetch, self.url, media.decode()))

    async def run(self, link: Link, where: str, keep: bool = True) -> list[ForwardMsg]:
        """Run a page with all that was ever folded unfolded; gives the messages, and keeps their bytes."""
        request = BackMsg()
        request.rerun_script.page_name, request.rerun_script.query_string = link
        request.rerun_script.context_info.timezone = "UTC"
        request.rerun_script.context_info.locale = "en-GB"
        request.rerun_script.context_info.url = self.url
        unfolded = [WidgetState(id=one, bool_value=True) for one in sorted(self.folded)]
        request.rerun_script.widget_states.widgets.extend([*self.states, *unfolded])
        await self.socket.send(request.SerializeToString())
        messages = []
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            while not messages or messages[-1].WhichOneof("type") != "script_finished":
                messages.append(await self._next(where, keep))
        for kind, element in _elements(messages):
            if kind == "exception":
                self.received.errors.append(f"{where}: {element.message}")
        return messages

    async def _next(self, where: str, keep: bool = True) -> ForwardMsg:
        content = await self.socket.recv()
        if keep:
            self.received.add(where, content)
        message = ForwardMsg.FromString(content)
        if message.WhichOneof("type") == "new_session":
            self.session_id = message.new_session.initialize.session_id
        return message

    async def _take(self, file_id: str, where: str) -> None:
        """Press a button that makes its file only then."""
        request = BackMsg()
        operation = request.backend_operation_request
        operation.request_id, operation.session_id = file_id, self.session_id
        operation.deferred_file.file_id = file_id
        await self.socket.send(request.SerializeToString())
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            while (message := await self._next(where)).WhichOneof("type") != "backend_operation_response":
                pass
        answer = message.backend_operation_response
        if answer.error_msg:
            self.received.errors.append(f"{where}: {answer.error_msg}")
            return
        self.received.add(where, await asyncio.to_thread(fetch, self.url, answer.deferred_file.url))


def _elements(messages: Sequence[ForwardMsg]) -> Iterator[tuple[str, object]]:
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            yield kind, getattr(element, kind)


def _blocks(messages: Sequence[ForwardMsg]) -> Iterator[object]:
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "add_block":
            yield message.delta.add_block
