"""What an answer means that is not the one asked for: by its status, and whether it is a web page."""

import re

from connectors.errors import NothingThere, SourceChanged, SourceError, SourceRefused, SourceUnavailable

REFUSALS = {
    401: (SourceRefused, "the key was not accepted", "Check that the variable named by `secret` holds a valid key."),
    403: (SourceRefused, "the key does not allow this", "Ask the owner of the source for access, or check `secret`."),
    404: (NothingThere, "there is nothing at this address", "Check `location` and the ids in `options`."),
}


def status_error(source_name: str, shown: str, status: int) -> SourceError:
    """The error for a status that is no success; `shown` is the path that was asked for, without its query."""
    if status == 429:
        return SourceUnavailable(f"{source_name}: too many requests, says the server ({shown}, 429)")
    if status >= 500:
        return SourceUnavailable(f"{source_name}: the server failed at {shown} ({status})")
    if status >= 400:
        error, reason, advice = REFUSALS.get(status, (SourceRefused, "the request was refused", ""))
        return error(f"{source_name}: {reason} ({shown}, {status})", advice)
    return SourceChanged(f"{source_name}: {shown} answered with the unexpected status {status}")


def is_web_page(start: bytes) -> bool:
    """Whether an answer that starts so is HTML."""
    return bool(re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype html|html|!--)", start[:512], re.IGNORECASE))
