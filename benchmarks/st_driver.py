"""Drives a running Streamlit app over its websocket, without a browser, and times it.

A browser sends `BackMsg` protobufs to `/_stcore/stream` and receives `ForwardMsg` ones until one says that the script
has finished; the classes are those of the installed Streamlit. Measured is the time from the request to that message
on loopback and the bytes received; what a browser then needs to draw is not. As a browser does, the hashes of
cacheable messages are sent along, so that the server may answer with a reference.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

PARSED_LATER_BYTES = 16_384
VALUE_FIELDS = {
    "button_group": "string_array_value",
    "multiselect": "string_array_value",
    "selectbox": "string_value",
    "text_input": "string_value",
}


class PageFailed(Exception):
    """A run ended with an exception on the page."""


@dataclass
class Run:
    """One run of the script as a browser would see it; `elements` are its types and messages."""

    seconds: float = 0.0
    bytes: int = 0
    elements: list[tuple[str, Any]] = field(default_factory=list)

    def has(self, kind: str) -> bool:
        return any(each == kind for each, _ in self.elements)


class Client:
    """One browser session, as an async context manager."""

    def __init__(self, url: str, timeout_s: float = 120.0) -> None:
        self.url = url
        self.timeout_s = timeout_s
        self._page_hashes: dict[str, str] = {}
        self._page_hash = ""
        self._widgets: dict[str, WidgetState] = {}
        self._cached: dict[str, ForwardMsg] = {}
        self._elements: list[tuple[str, Any]] = []

    async def __aenter__(self) -> "Client":
        self._socket = await websockets.connect(
            f"ws://{urlsplit(self.url).netloc}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
            compression=None,
            ping_interval=None,
            open_timeout=self.timeout_s,
        )
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._socket.close()

    def choose(self, label: str, value: str | list[str]) -> None:
        """Set a widget of the last run for the next ones; raises KeyError when there is none with this label."""
        for kind, message in self._elements:
            if kind in VALUE_FIELDS and message.label == label:
                state = WidgetState(id=message.id)
                if isinstance(value, list):
                    state.string_array_value.data.extend(value)
                else:
                    setattr(state, VALUE_FIELDS[kind], value)
                self._widgets[message.id] = state
                return
        raise KeyError(f"no widget {label!r}; there are {[m.label for k, m in self._elements if k in VALUE_FIELDS]}")

    async def run(self, page: str = "", query: str = "") -> Run:
        """Ask for a run of a page, by its name in the address, and wait for its end; raises PageFailed."""
        request = self._request(page, query)
        run, received = Run(), []
        start = time.perf_counter()
        await self._socket.send(request.SerializeToString())
        async with asyncio.timeout(self.timeout_s):
            is_finished = False
            while not is_finished:
                data = await self._socket.recv()
                run.bytes += len(data)
                # What is large is read after the clock has stopped: decoding is not the server's time.
                message = data if len(data) > PARSED_LATER_BYTES else ForwardMsg.FromString(data)
                is_finished = isinstance(message, ForwardMsg) and _is_end(message)
                received.append(message)
        run.seconds = time.perf_counter() - start
        for message in received:
            self._take(message if isinstance(message, ForwardMsg) else ForwardMsg.FromString(message), run)
        self._elements = run.elements
        failures = [f"{element.type}: {element.message}" for kind, element in run.elements if kind == "exception"]
        if failures:
            raise PageFailed(f"{self.url}/{page}: {failures[0]}")
        return run

    def _request(self, page: str, query: str) -> BackMsg:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = query
        state.context_info.timezone = "UTC"
        state.context_info.locale = "en-GB"
        state.context_info.url = self.url
        state.widget_states.widgets.extend(self._widgets.values())
        state.cached_message_hashes.extend(self._cached)
        if page in self._page_hashes:
            state.page_script_hash = self._page_hashes[page]
        elif page:
            state.page_name = page
        else:
            state.page_script_hash = self._page_hash
        return message

    def _take(self, message: ForwardMsg, run: Run) -> None:
        if message.WhichOneof("type") == "ref_hash":
            message = self._cached.get(message.ref_hash, message)
        elif message.metadata.cacheable and message.hash:
            self._cached[message.hash] = message
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page_hash = message.new_session.page_script_hash or self._page_hash
        elif kind == "navigation":
            self._page_hashes = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self._page_hash = message.navigation.page_script_hash or self._page_hash
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            name = element.WhichOneof("type")
            run.elements.append((name, getattr(element, name)))


@dataclass(frozen=True)
class Load:
    """How long runs took, in seconds, when many were asked for; `failed` counts those that did not end well."""

    p95_s: float
    failed: int


async def load(url: str, rate: float, seconds: float, page: str = "") -> Load:
    """`rate` new sessions a second for `seconds`, whether or not earlier ones have ended.

    A delay counts from the moment when the session was due, so that a server that stalls cannot hide it.
    """
    delays: list[float] = []

    async def session(due: float) -> None:
        async with Client(url, timeout_s=60) as client:
            await client.run(page)
        delays.append(time.perf_counter() - due)

    start = time.perf_counter()
    sessions = []
    for number in range(max(1, round(rate * seconds))):
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        sessions.append(asyncio.create_task(session(due)))
    results = await asyncio.gather(*sessions, return_exceptions=True)
    failed = sum(isinstance(result, Exception) for result in results)
    return Load(quantile(delays, 0.95) if delays else float("inf"), failed)


async def highest(level: Callable[[float], Awaitable[Load]], p95_s: float, start: float = 2.0) -> float:
    """The highest load with p95 within the bound: doubled until it fails, then halved in to 15 %.

    A load is given up only after it failed twice, so that one stall of a shared machine does not end the search.
    """
    good, bad, now = 0.0, 0.0, start
    while not bad or (good and bad / good > 1.15) or (not good and bad > start / 16):
        results = [await level(now)]
        if results[0].failed or results[0].p95_s > p95_s:
            await asyncio.sleep(2)
            results.append(await level(now))
        if results[-1].failed or results[-1].p95_s > p95_s:
            bad = now
        else:
            good = now
        now = (good + bad) / 2 if bad else now * 2
        await asyncio.sleep(0.5)
    return good


def quantile(values: list[float], share: float) -> float:
    """The nearest-rank quantile of at least one value."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def _is_end(message: ForwardMsg) -> bool:
    return (
        message.WhichOneof("type") == "script_finished"
        and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
    )
