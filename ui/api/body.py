"""The body of a request, as far as it may be long and slow."""

import anyio
from starlette.requests import ClientDisconnect, Request

from ui.api.problems import Problem

MOST_BYTES = 1024 * 1024
MOST_SECONDS = 30
TOO_LARGE = f"a body may have {MOST_BYTES:,} bytes, and this one is larger"


async def read_body(request: Request) -> bytes:
    """The whole body. Raises Problem where it is too large, too slow or not sent to its end."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        raise Problem(413, TOO_LARGE, {"Connection": "close"})
    body = bytearray()
    try:
        with anyio.fail_after(MOST_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    raise Problem(413, TOO_LARGE, {"Connection": "close"})
    except TimeoutError as error:
        raise Problem(408, f"the body was not sent within {MOST_SECONDS} seconds") from error
    except ClientDisconnect as error:
        raise Problem(400, "the body was not sent to its end") from error
    return bytes(body)
