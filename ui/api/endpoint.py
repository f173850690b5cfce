"""One address of the API: functions by method, and a problem in words for whatever they raise."""

import logging
from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ui.api.audited import record_answer
from ui.api.body import read_body
from ui.api.problems import Problem

Answer = Callable[[Request, bytes], Response]
BROKEN = "Something went wrong here; the log of the server has the kind of error. Try again in a few minutes"
log = logging.getLogger(__name__)


class Endpoint:
    """Answers an address. HEAD is answered as GET, by an answer that sends no body then."""

    def __init__(self, methods: Mapping[str, Answer]) -> None:
        self.methods = {**methods, "HEAD": methods["GET"]} if "GET" in methods else dict(methods)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request)
        # Before the first byte leaves, so that nothing is given without a line.
        await run_in_threadpool(record_answer, request, response.status_code)
        try:
            await response(scope, receive, send)
        except ClientDisconnect:
            pass
        except Exception as error:
            # The server breaks the connection off where an answer has no end.
            log.error("%s %s broke off: %s", request.method, address_of(request), type(error).__name__)

    async def _answer(self, request: Request) -> Response:
        try:
            answer = self.methods.get(request.method)
            if answer is None:
                allowed = ", ".join(self.methods)
                raise Problem(405, f"this address takes {allowed}", {"Allow": allowed})
            body = await read_body(request) if request.method == "POST" else b""
            return await run_in_threadpool(answer, request, body)
        except Problem as problem:
            return problem.response()
        except Exception as error:
            # What it says may hold a path or a name, so the log learns its kind and where it came from only.
            log.error("%s %s failed: %s", request.method, address_of(request), type(error).__name__)
            return Problem(500, BROKEN).response()


def address_of(request: Request) -> str:
    """The address as it was declared, without what the caller put into it."""
    return getattr(request.scope.get("route"), "path", "an address of the API")
