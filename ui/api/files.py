"""Files that the page Download has built: whoever has the ticket fetches them, straight from the disk."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from ui.api.answers import attachment
from ui.api.audited import note_download
from ui.api.problems import Problem
from ui.api.tickets import TICKETS

GONE = "this file is no longer here: files are kept for 15 minutes; build it again on the page Download"
NOT_YOURS_NOW = "the role that this file was built for has ended; build it again on the page Download"
FROM_ELSEWHERE = "a file can only be fetched from the dashboard itself"
# What browsers say of a request that comes from a page of this host, or from nowhere.
OWN_SITES = {"same-origin", "none"}


def fetched(request: Request, body: bytes) -> Response:
    """The file of a ticket."""
    if request.headers.get("sec-fetch-site", "none") not in OWN_SITES:
        raise Problem(403, FROM_ELSEWHERE)
    found = TICKETS.find(request.path_params["ticket"])
    if found is None:
        raise Problem(404, GONE)
    if not found.is_good():
        note_download(request, **found.facts)
        raise Problem(403, NOT_YOURS_NOW)
    try:
        details = found.path.stat()
    except FileNotFoundError as error:
        raise Problem(404, GONE) from error
    if request.headers.get("range", "bytes=0-").startswith("bytes=0-"):
        note_download(request, **found.facts)
    headers = {**attachment(found.name), "Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    return FileResponse(found.path, headers=headers, media_type=found.media_type, stat_result=details)
