"""A node that answers JSON-RPC 2.0: many calls in one request, or one by one where a node wants it so.

https://www.jsonrpc.org/specification. Nothing that comes back is trusted: an answer has a largest size, and it must be
JSON of which only one reading is possible.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from connectors.address import parse_address, path_of
from connectors.errors import SourceChanged, SourceError, SourceRefused
from connectors.http import Client
from ledger.canonical import NotCanonical, parse

# Public nodes take 100 calls in a request at most.
CALLS_PER_REQUEST = 50
ANSWER_MAX_BYTES = 10_000_000
DEADLINE_S = 30
MESSAGE_CHARACTERS = 200
# Shorter parts of an address are words, such as `mainnet`.
KEY_CHARACTERS = 8

Call = tuple[str, list[Any]]


@dataclass(frozen=True)
class NotAnswered:
    """A call that the node refused, in the node's own words."""

    method: str
    message: str


class Node:
    """One node; use it as a context manager. The token goes to it alone, as `connectors.http.Client` sends it.

    Raises SourceUnavailable, SourceRefused or SourceChanged. Their messages leave out the path of its address, because
    many providers put the key there. All answers together take at most `all_s`.
    """

    def __init__(self, source_name: str, url: str, token: str | None = None, all_s: float | None = None) -> None:
        self.source, self._url = source_name, url
        self._path = path_of(url)
        self._secrets = _secrets_of(url, token)
        parse_address(source_name, url)
        self._client = Client(source_name, url, token, deadline_s=DEADLINE_S, all_s=all_s)
        self._takes_several = True

    def __enter__(self) -> "Node":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.__exit__(kind, error, trace)

    def results(self, calls: Sequence[Call]) -> list[Any]:
        """The result of each call; raises SourceRefused where the node refuses one."""
        found = self.try_all(calls)
        for result in found:
            if isinstance(result, NotAnswered):
                raise SourceRefused(
                    f"{self.source}: the node refused {result.method}: {result.message}",
                    "Check `rpc` of this source in network.toml: it must be a node of an EVM chain that shows logs.",
                )
        return found

    def try_all(self, calls: Sequence[Call]) -> list[Any]:
        """The result of each call, or the NotAnswered in its place."""
        found: list[Any] = []
        for first in range(0, len(calls), CALLS_PER_REQUEST):
            found += self._together(calls[first : first + CALLS_PER_REQUEST])
        return found

    def _together(self, calls: Sequence[Call]) -> list[Any]:
        if self._takes_several and len(calls) > 1:
            answer = self._send([_request(number, call) for number, call in enumerate(calls)])
            if isinstance(answer, list):
                return self._in_order(answer, calls)
            self._takes_several = False
        return [self._result(self._send(_request(0, call)), call) for call in calls]

    def _send(self, question: Any) -> Any:
        """The decoded answer; None where the node does not take several calls at once."""
        try:
            body = self._client.ask(self._url, question, ANSWER_MAX_BYTES)
        except SourceError as error:
            if isinstance(question, list) and type(error) is SourceRefused:
                return None
            raise type(error)(self._without_path(str(error)), error.advice) from None
        try:
            return parse(body)
        except NotCanonical as error:
            raise self.changed(f"the node did not answer in JSON: {error}") from None

    def _in_order(self, answers: list[Any], calls: Sequence[Call]) -> list[Any]:
        """The answers by the number of their call, because a node may give them in any order."""
        by_number = {one.get("id"): one for one in answers if isinstance(one, Mapping) and type(one.get("id")) is int}
        if sorted(by_number) != list(range(len(calls))) or len(answers) != len(calls):
            raise self.changed(f"the node did not give one answer to each of {len(calls)} calls")
        return [self._result(by_number[number], call) for number, call in enumerate(calls)]

    def _result(self, answer: Any, call: Call) -> Any:
        if isinstance(answer, Mapping):
            error = answer.get("error")
            if error is not None:
                told = error.get("message") if isinstance(error, Mapping) else error
                return NotAnswered(call[0], shortened(self._without_secrets(str(told))))
            if "result" in answer:
                return answer["result"]
        raise self.changed(f"the node answered {call[0]} with something else than JSON-RPC")

    def changed(self, problem: str) -> SourceChanged:
        """The error for an answer that cannot be what was asked for."""
        return SourceChanged(
            f"{self.source}: {problem}", "Check that `rpc` of this source in network.toml is a node of an EVM chain."
        )

    def _without_path(self, message: str) -> str:
        return message if self._path == "/" else message.replace(self._path, "/...")

    def _without_secrets(self, words: str) -> str:
        """What the node says, without what it may quote of our question."""
        for secret in self._secrets:
            words = words.replace(secret, "...")
        return words


def _secrets_of(url: str, token: str | None) -> list[str]:
    """The token, and the parts of an address in which providers put a key, the longest first."""
    parts = re.split(r"[/?&=#]", url.partition("://")[2])[1:]
    long = {part for part in (*parts, *map(unquote, parts), token or "") if len(part) >= KEY_CHARACTERS}
    return sorted(long, key=len, reverse=True)


def shortened(text: Any) -> str:
    """Words of a node that are shown to people: one line, and not too long."""
    line = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return line if len(line) <= MESSAGE_CHARACTERS else f"{line[:MESSAGE_CHARACTERS]}..."


def _request(number: int, call: Call) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": call[0], "params": call[1]}
