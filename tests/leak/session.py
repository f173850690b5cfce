"""One reader with one role who opens pages, unfolds and builds what can be, and takes every file that is offered."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.leak.received import LONGEST_WAIT_SECONDS, Received, fetch, packed_in

Link = tuple[str, str]
ROLE_SWITCH = "View as"
BUILD = "Build package"
# It takes seconds, so it is not taken of every site.
TAKEN_TWICE = "Evidence pack"
MEDIA = re.compile(rb"/media/[0-9a-f]{16,}\.\w+")
BUILT = re.compile(r"/api/v1/files/[\w-]+")


def read_pages(url: str, links: Sequence[Link], role: str | None) -> Received:
    """Open pages one after the other in one session, in the demo with a role chosen in the switch first."""
    received = Received()
    asyncio.run(_read(url, links, role, received))
    return received


async def _read(url: str, links: Sequence[Link], role: str | None, received: Received) -> None:
    address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
    async with websockets.connect(address, subprotocols=["streamlit"], max_size=None, compression=None) as socket:
        session = _Session(socket, url, received)
        if role:
            first = await session.run(links[0], None)
            switch = next(one.id for _, one in _elements(first) if getattr(one, "label", "") == ROLE_SWITCH)
            session.states = [WidgetState(id=switch, string_value=role)]
        for link in links:
            await session.open(link)


class _Session:
    """One connection to the server."""

    def __init__(self, socket: websockets.ClientConnection, url: str, received: Received) -> None:
        self.socket, self.url, self.received = socket, url, received
        self.states: list[WidgetState] = []
        self.session_id = ""
        self.packs_left = 2
        self.folded: set[str] = set()

    async def open(self, link: Link) -> None:
        where = f"page {link[0]}?{link[1]}"
        messages = await self.run(link, where)
        folded = {block.expandable.id for block in _blocks(messages) if block.expandable.id}
        if folded - self.folded:
            self.folded |= folded
            messages += await self.run(link, f"{where} unfolded")
        await self._take_all(messages, where)
        for button in {one.id for kind, one in _elements(messages) if kind == "button" and one.label == BUILD}:
            await self._build(link, button, f"{where} > built")
        for media in {found[0] for message in messages for found in MEDIA.finditer(message.SerializeToString())}:
            if self.received.is_new(media):
                self.received.add(f"{where} > media", await asyncio.to_thread(fetch, self.url, media.decode()))

    async def run(self, link: Link, where: str | None, pressed: str = "") -> list[ForwardMsg]:
        """Run a page with all that was ever folded unfolded; gives the messages, and keeps their bytes."""
        request = BackMsg()
        request.rerun_script.page_name, request.rerun_script.query_string = link
        request.rerun_script.context_info.timezone = "UTC"
        request.rerun_script.context_info.locale = "en-GB"
        request.rerun_script.context_info.url = self.url
        states = [*self.states, *(WidgetState(id=one, bool_value=True) for one in sorted(self.folded))]
        states += [WidgetState(id=pressed, trigger_value=True)] if pressed else []
        request.rerun_script.widget_states.widgets.extend(states)
        messages = await self._asked(request, "script_finished", where)
        for kind, element in _elements(messages):
            if kind == "exception":
                self.received.errors.append(f"{where}: {element.message}")
        return messages

    async def _asked(self, request: BackMsg, last: str, where: str | None) -> list[ForwardMsg]:
        """The messages to the last one of an answer; what is new of them is kept as one part."""
        await self.socket.send(request.SerializeToString())
        contents, messages = [], []
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            while not messages or messages[-1].WhichOneof("type") != last:
                contents.append(await self.socket.recv())
                messages.append(ForwardMsg.FromString(contents[-1]))
                if messages[-1].WhichOneof("type") == "new_session":
                    self.session_id = messages[-1].new_session.initialize.session_id
        if where:
            self.received.add(where, b"\n".join(filter(self.received.is_new, contents)))
            for packed in {one for message in messages for one in packed_in(message)}:
                self.received.add(f"{where} > packed", packed)
        return messages

    async def _take_all(self, messages: Sequence[ForwardMsg], where: str) -> None:
        """Press the buttons that make their file only then."""
        for button in {one.id: one for kind, one in _elements(messages) if kind == "download_button"}.values():
            is_pack = button.label == TAKEN_TWICE
            if button.deferred_file_id and not (is_pack and self.packs_left == 0):
                self.packs_left -= is_pack
                await self._take(button.deferred_file_id, f"{where} > {button.label}")

    async def _take(self, file_id: str, where: str) -> None:
        request = BackMsg()
        operation = request.backend_operation_request
        operation.request_id, operation.session_id = file_id, self.session_id
        operation.deferred_file.file_id = file_id
        answer = (await self._asked(request, "backend_operation_response", where))[-1].backend_operation_response
        if answer.error_msg:
            self.received.errors.append(f"{where}: {answer.error_msg}")
            return
        self.received.add(where, await asyncio.to_thread(fetch, self.url, answer.deferred_file.url))

    async def _build(self, link: Link, button: str, where: str) -> None:
        """Press the button of the page Download, and fetch the file that it gives a link to."""
        messages = await self.run(link, where, pressed=button)
        links = [one.url for kind, one in _elements(messages) if kind == "link_button" and BUILT.search(one.url)]
        if not links:
            self.received.errors.append(f"{where}: no file was built")
        for address in links:
            self.received.add(where, await asyncio.to_thread(fetch, self.url, BUILT.search(address)[0]))


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
