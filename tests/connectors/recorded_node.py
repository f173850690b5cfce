"""A node that answers JSON-RPC with what another one answered to the same calls."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Reply, Request


def recorded_node(file: Path) -> Callable[[Request], Reply]:
    """Answers the calls that a file lists, by method and params; several at once, or one alone."""

    def reply(request: Request) -> Reply:
        recorded = json.loads(file.read_bytes())
        asked = json.loads(request.body)
        answers = [
            {"id": call["id"], "result": one["result"]}
            for call in (asked if isinstance(asked, list) else [asked])
            for one in recorded
            if (one["method"], one["params"]) == (call["method"], call["params"])
        ]
        return Reply(json.dumps(answers if isinstance(asked, list) else answers[0]).encode())

    return reply
