"""Visits pages as a browser does, over the server's own protocol, and keeps every byte that arrives."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

ROLE_SWITCH = "View as"
LONGEST_RUN_SECONDS = 60


@dataclass
class Visit:
    """What one visit to one page sent to the browser."""

    messages: list[bytes] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    elements: list[tuple[str, object]] = field(default_factory=list)

    @property
    def received(self) -> bytes:
        return b"\n".join(self.messages)


def visit(url: str, page: str, query: str = "", role: str | None = None) -> Visit:
    """Open a page as a new session, in the demo with a role chosen in the switch first."""
    return asyncio.run(_visit(url, page, query, role))


async def _visit(url: str, page: str, query: str, role: str | None) -> Visit:
    address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
    async with websockets.connect(address, subprotocols=["streamlit"], max_size=None, compression=None) as socket:
        first = await _run(socket, url, page, query, None)
        if role is None:
            return first
        switch = next(
            message for kind, message in first.elements if kind == "selectbox" and message.label == ROLE_SWITCH
        )
        return await _run(socket, url, page, query, WidgetState(id=switch.id, string_value=role))


async def _run(
    socket: websockets.ClientConnection, url: str, page: str, query: str, widget: WidgetState | None
) -> Visit:
    request = BackMsg()
    request.rerun_script.page_name = page
    request.rerun_script.query_string = query
    request.rerun_script.context_info.timezone = "UTC"
    request.rerun_script.context_info.locale = "en-GB"
    request.rerun_script.context_info.url = url
    if widget:
        request.rerun_script.widget_states.widgets.append(widget)
    await socket.send(request.SerializeToString())
    visit = Visit()
    async with asyncio.timeout(LONGEST_RUN_SECONDS):
        while True:
            data = await socket.recv()
            visit.messages.append(data)
            message = ForwardMsg.FromString(data)
            if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                kind = element.WhichOneof("type")
                visit.elements.append((kind, getattr(element, kind)))
                if kind == "exception":
                    visit.errors.append(element.exception.message)
            if message.WhichOneof("type") == "script_finished":
                return visit
