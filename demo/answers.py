"""A request to the loopback server and what it replies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

JSON_TYPE = "application/json"


@dataclass(frozen=True)
class Request:
    """What a client asked: path, parameters, the headers that matter, and what it sent (POST)."""

    path: str
    parameters: Mapping[str, str]
    authorization: str = ""
    if_none_match: str = ""
    cookie: str = ""
    method: str = "GET"
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """A status, a body and its headers."""

    status: HTTPStatus
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(status: HTTPStatus, data: object, headers: Mapping[str, str] | None = None) -> Reply:
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, body, {"Content-Type": JSON_TYPE, **(headers or {})})
