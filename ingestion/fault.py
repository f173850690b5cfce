"""What may be said of trouble with a source: to readers neither a key nor a path, to the log what helps to mend it."""

import base64
import logging
import traceback
from urllib.parse import quote

from connectors.base import Source
from connectors.errors import SourceError
from connectors.http_log import without_queries
from connectors.secret import secret_of

HIDDEN = "..."
# Parts of a key that are shorter would be cut out of any sentence.
SHORTEST = 4
log = logging.getLogger(__name__)


def log_fault(source: Source, error: Exception) -> None:
    """Write into the log where in the program an error came up, and what it says but for keys and queries."""
    places = "".join(traceback.format_tb(error.__traceback__))
    says = without_queries(without_key(source, str(error)))
    log.error("%s: %s while reading it: %s\n%s", source.name, type(error).__name__, says, places)


def without_key(source: Source, text: str) -> str:
    """The text without the key of the source, which a server may have quoted to us."""
    for part in _spellings(source):
        text = text.replace(part, HIDDEN)
    return text


def _spellings(source: Source) -> list[str]:
    """The key as it is and as it is sent, the longest first."""
    try:
        key = secret_of(source) or ""
    except SourceError:
        return []
    parts = {key, key.partition(":")[2], base64.b64encode(key.encode()).decode()}
    return sorted({one for part in parts for one in (part, quote(part, "")) if len(part) >= SHORTEST}, key=len)[::-1]
