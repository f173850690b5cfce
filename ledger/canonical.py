"""The one form of a JSON document that is hashed and signed: RFC 8785, the JSON Canonicalization Scheme."""

import hashlib
import json
import math
import re
from collections import Counter
from typing import Any

import rfc8785

DEEPEST = 32
LARGEST_INTEGER = 2**53 - 1


class NotCanonical(ValueError):
    """A text that is no JSON of which only one reading is possible; the message says why."""


def parse(text: str | bytes) -> Any:
    """The document of a JSON text (bytes: UTF-8) that every reader understands alike.

    Raises NotCanonical for a name that an object holds twice, for numbers that not every reader can hold, and for
    documents nested deeper than `DEEPEST`.
    """
    try:
        decoded = text.decode() if isinstance(text, bytes) else text
        _check_depth(decoded)
        return json.loads(
            decoded,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_number,
        )
    except UnicodeDecodeError as error:
        raise NotCanonical(f"the text is not UTF-8: byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise NotCanonical(f"this is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None


def canonical(document: Any) -> bytes:
    """The canonical bytes of a document; raises NotCanonical where it has none."""
    try:
        return rfc8785.dumps(document)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise NotCanonical(f"the document has no canonical form: {error}") from None


def digest(document: Any) -> bytes:
    """SHA-256 of the canonical bytes: what stands for the document on the ledger."""
    return hashlib.sha256(canonical(document)).digest()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise NotCanonical(f"an object has the name {twice[:100]!r} twice")
    return found


def _refuse_constant(text: str) -> Any:
    raise NotCanonical(f"{text} is no number in JSON")


def _integer(text: str) -> int:
    if len(text) > len(str(-LARGEST_INTEGER)) or abs(int(text)) > LARGEST_INTEGER:
        raise NotCanonical(f"the number {text[:30]} is too large to be read alike everywhere")
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotCanonical(f"the number {text[:30]} is too large to be read alike everywhere")
    return number


def _check_depth(text: str) -> None:
    """Before the text is parsed: Python's parser ends the whole process on deep texts where its limit was raised."""
    outside_of_texts = "".join(text.replace("\\\\", "").replace('\\"', "").split('"')[::2])
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", outside_of_texts):
        depth += 1 if bracket in "[{" else -1
        if depth > DEEPEST:
            raise NotCanonical(f"the document is nested deeper than {DEEPEST} levels")
