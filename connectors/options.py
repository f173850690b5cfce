"""Options of a source that are lists or maps: a wrong one is refused by its name, never half used."""

from collections.abc import Mapping
from typing import Any

from connectors.base import Source
from connectors.errors import SourceRefused


def listed(source: Source, name: str, example: str) -> tuple[str, ...]:
    """The texts of the list `name`, or the one text that stands in its place; none without the option."""
    given = source.options.get(name, ())
    texts = (given,) if isinstance(given, str) else given
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) and text for text in texts):
        raise refused(source, name, "a list of texts", example)
    return tuple(texts)


def mapped_texts(source: Source, name: str, example: str) -> Mapping[str, str]:
    """The map `name` from texts to texts; empty without the option."""
    return _mapped(source, name, str, "a map from texts to texts", example)


def mapped_numbers(source: Source, name: str, example: str) -> Mapping[str, float]:
    """The map `name` from texts to numbers above zero; empty without the option."""
    given = _mapped(source, name, int | float, "a map from texts to numbers", example)
    if not all(number > 0 for number in given.values()):
        raise refused(source, name, "a map to numbers above zero", example)
    return {key: float(number) for key, number in given.items()}


def refused(source: Source, name: str, needed: str, example: str) -> SourceRefused:
    """The error for an option that is not what is needed."""
    return SourceRefused(f"{source.name}: the option `{name}` is not {needed}", f"Write it as {name} = {example}.")


def _mapped(source: Source, name: str, type_: Any, needed: str, example: str) -> Mapping[str, Any]:
    given = source.options.get(name, {})
    is_map = isinstance(given, Mapping) and not any(isinstance(value, bool) for value in given.values())
    if not is_map or not all(value and isinstance(value, type_) for value in given.values()):
        raise refused(source, name, needed, example)
    return given
