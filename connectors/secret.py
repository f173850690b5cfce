"""The key of a source: in an environment variable or a file that is mounted, and never in a log or a message."""

import os
from pathlib import Path

from connectors.base import Source
from connectors.errors import SourceRefused

FILE_SUFFIX = "_FILE"
KEY_MAX_BYTES = 10_000


def secret_of(source: Source) -> str | None:
    """The key of a source, from the environment variable that `secret` names; None when it names none.

    With `_FILE` behind its name the variable holds the path of a file with the key, as containers mount them.
    Raises SourceRefused, with the variable's name and never its value, when there is no key.
    """
    if not source.secret:
        return None
    value = os.environ.get(source.secret, "").strip() or _mounted(source)
    if not value:
        raise SourceRefused(
            f"{source.name}: the environment variable {source.secret}, which should hold its key, is not set",
            f"Set {source.secret}, or {source.secret}{FILE_SUFFIX} to the path of a file with the key, where the "
            "dashboard is pulled, or remove `secret` from this source.",
        )
    return value


def _mounted(source: Source) -> str:
    variable = f"{source.secret}{FILE_SUFFIX}"
    path = os.environ.get(variable)
    if not path:
        return ""
    try:
        with Path(path).open("rb") as file:
            content = file.read(KEY_MAX_BYTES + 1)
        value = content.decode().strip()
    except (OSError, ValueError):
        value = ""
    if not value or len(content) > KEY_MAX_BYTES:
        raise SourceRefused(
            f"{source.name}: the file that {variable} names cannot be read, or holds no key",
            "Check that the process that pulls may read it, and that it holds the key alone.",
        )
    return value
