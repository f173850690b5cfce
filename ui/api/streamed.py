"""An export on its way to a caller: made piece by piece in a thread, and stopped when the caller leaves."""

import logging
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import anyio
import anyio.to_thread
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from exports.context import Context, NotOffered
from ui.api.endpoint import BROKEN
from ui.api.problems import Problem
from ui.api.slots import RETRY_SECONDS, SLOTS, Slot

PART_BYTES = 64 * 1024
# A caller who takes no part for so long, or is not done after so long, makes room for others.
MOST_SECONDS_OF_A_PART = 60
MOST_SECONDS = 3600
TOO_MANY = "too many exports run at this moment; try again in half a minute"
log = logging.getLogger(__name__)


class Streamed(Response):
    """Sends what `chunks` gives; its headers go out with the first piece, so that a failure before is told in words.

    A failure after that breaks the connection off, so that nobody takes a part for the whole. The slot is given back
    at the end in any case.
    """

    def __init__(self, chunks: Iterator[bytes], slot: Slot, headers: Mapping[str, str], media_type: str) -> None:
        self.status_code, self.media_type, self.background = 200, media_type, None
        self.init_headers(headers)
        self._chunks, self._slot = chunks, slot
        self._limiter = anyio.CapacityLimiter(1)
        # Should the server never come to send it.
        weakref.finalize(self, slot.release)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(_until_gone, receive, group.cancel_scope)
                with anyio.move_on_after(MOST_SECONDS):
                    await self._send(scope, receive, send)
                group.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await self._in_thread(self._end)

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_started = False
        try:
            while (
                chunk := await anyio.to_thread.run_sync(next, self._chunks, None, limiter=self._limiter)
            ) is not None:
                if not is_started:
                    await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                    is_started = True
                for first in range(0, len(chunk), PART_BYTES):
                    with anyio.fail_after(MOST_SECONDS_OF_A_PART):
                        part = chunk[first : first + PART_BYTES]
                        await send({"type": "http.response.body", "body": part, "more_body": True})
            if not is_started:
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except Exception as error:
            log.error("an export broke off: %s", type(error).__name__)
            if not is_started:
                problem = Problem(422, str(error)) if isinstance(error, NotOffered) else Problem(500, BROKEN)
                await problem.response()(scope, receive, send)

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await anyio.to_thread.run_sync(function, *arguments, limiter=self._limiter)

    def _end(self) -> None:
        try:
            close = getattr(self._chunks, "close", None)
            if close is not None:
                close()
        except Exception as error:
            log.error("an export could not be ended: %s", type(error).__name__)
        finally:
            self._slot.release()


def exported(
    method: str, make: Callable[[], Iterator[bytes]], context: Context, headers: Mapping[str, str], media_type: str
) -> Response:
    """The answer with what `make` gives. Raises Problem where it cannot be made, or not now.

    For HEAD it is only seen whether it can be made.
    """
    slot = SLOTS.take(context.viewer.role == "public")
    if slot is None:
        raise Problem(503, TOO_MANY, {"Retry-After": str(RETRY_SECONDS)})
    try:
        chunks = make()
        if method != "HEAD":
            return Streamed(chunks, slot, headers, media_type)
    except BaseException as error:
        slot.release()
        # Only this very kind holds a sentence for the caller; those derived from it come from libraries.
        if isinstance(error, NotOffered) or type(error) is ValueError:
            raise Problem(422, str(error)) from error
        raise
    slot.release()
    answer = Response(headers=dict(headers), media_type=media_type)
    # How long it would be is not known before it is made.
    del answer.headers["content-length"]
    return answer


async def _until_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
