"""The impact report: always what the public may know, whoever asks."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import fields

from starlette.requests import Request
from starlette.responses import Response

from data import settings
from data.access import PUBLIC
from exports.context import Context
from exports.impact_records import THEMES, Filters
from ui.api.answers import attachment, headers, unchanged
from ui.api.asking import asked, one
from ui.api.audited import note_download
from ui.api.caller import context_of
from ui.api.problems import Problem
from ui.api.streamed import exported

MEDIA_TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}
PARAMETERS = tuple(field.name for field in fields(Filters))
LONGEST_VALUE = 200
MOST_KEPT = 16

_kept: OrderedDict[str, bytes] = OrderedDict()
_keeping = threading.Lock()


def impact_report(request: Request, body: bytes) -> Response:
    """The report of the chosen sites; one that was made lately is not made again."""
    context = context_of(request)
    context = Context(context.view, PUBLIC, context.is_demo)
    format = request.path_params["format"]
    if format not in MEDIA_TYPES:
        raise Problem(404, f"the impact report ends in one of: {', '.join(f'.{known}' for known in MEDIA_TYPES)}")
    found = asked(request, PARAMETERS)
    filters = Filters(**{name: one(found, name, "") for name in PARAMETERS})
    if filters.theme and filters.theme not in THEMES:
        raise Problem(400, f"the parameter theme is one of: {', '.join(THEMES)}")
    if any(len(value) > LONGEST_VALUE or not value.isprintable() for value in filters.as_query().values()):
        raise Problem(400, f"parameters have at most {LONGEST_VALUE} letters, all of which can be printed")
    note_download(request, tables=["impact report"], sites=[filters.pilot] if filters.pilot else [], format=format)
    answer = headers(request, context, f"impact {format} {sorted(filters.as_query().items())}")

    # Its charts bring Matplotlib along, which takes more than a second to import.
    from exports import impact_report as report

    answer |= attachment(report.file_name(format, context.is_demo))
    if done := unchanged(request, answer):
        return done

    def make() -> Iterator[bytes]:
        mark = answer["ETag"]
        made = _kept.get(mark)
        if made is None:
            made = report.FORMATS[format](_composed(report, context, filters))
            _keep(mark, made)
        return iter([made])

    return exported(request.method, make, context, answer, MEDIA_TYPES[format])


def _composed(report, context: Context, filters: Filters):
    try:
        return report.report(context.view, filters, context.is_demo, settings.jurisdictions_folder())
    except LookupError as error:
        if not filters.until:
            raise
        raise Problem(400, "the parameter until is a quarter on record, such as 2026-Q2") from error


def _keep(mark: str, made: bytes) -> None:
    with _keeping:
        _kept[mark] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
