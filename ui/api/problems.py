"""What went wrong, as RFC 9457 says it (https://www.rfc-editor.org/rfc/rfc9457): a status and a sentence."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
NOT_STORED = {"Cache-Control": "no-store", "Vary": "Authorization"}


class Problem(Exception):
    """Ends a request; `detail` is a sentence for a person that names no path, no secret and no line of code."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}

    def response(self) -> JSONResponse:
        told = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": sentence(self.detail),
        }
        headers = {**NOT_STORED, **self.headers}
        return JSONResponse(told, self.status, headers=headers, media_type=MEDIA_TYPE)


def sentence(words: str) -> str:
    """Words of an error with a capital letter and a full stop."""
    words = f"{words[:1].upper()}{words[1:]}"
    return words if words.endswith((".", "?", "!")) else f"{words}."
