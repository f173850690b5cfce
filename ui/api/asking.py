"""What a caller asks for in an address: filters, columns and format, every one of them checked.

A parameter that is unknown, empty or wrong is named in a problem: whoever misspells a filter must not get all rows.
"""

from collections.abc import Collection
from datetime import date

from starlette.requests import Request

from data.queries.merged import Choice
from exports.context import Context
from exports.spec import Spec, TableSpec
from ui.api.problems import Problem

FILTERS = ("site", "first", "last", "taxon")
REPEATED = ("site", "taxon", "column", "table")
MOST_PARAMETERS = 5_000
YES_NO = {"true": True, "false": False}
# Names of the files of tables end in these.
ENDINGS = {"csv": "csv", "parquet": "parquet", "geoparquet": "geoparquet", "xlsx": "xlsx", "gpkg": "geopackage"}
Asked = dict[str, list[str]]


def asked(request: Request, known: Collection[str]) -> Asked:
    """The parameters of the address by name. Raises Problem for one that is not among the `known`."""
    found: Asked = {}
    items = request.query_params.multi_items()
    if len(items) > MOST_PARAMETERS:
        raise Problem(400, f"an address has at most {MOST_PARAMETERS:,} parameters")
    for name, value in items:
        if name not in known:
            told = ", ".join(known) or "none"
            raise Problem(400, f"there is no parameter {_quoted(name)}; there are: {told}")
        if not value:
            raise Problem(400, f"the parameter {name} is empty; leave it out to ask for all")
        found.setdefault(name, []).append(value)
    for name, values in found.items():
        if len(values) > 1 and name not in REPEATED:
            raise Problem(400, f"the parameter {name} stands {len(values)} times; give it once")
    return found


def choice_of(found: Asked) -> Choice:
    """The chosen rows. Raises Problem."""
    return Choice(
        sites=tuple(found.get("site", ())),
        first=_day(found, "first"),
        last=_day(found, "last"),
        taxa=tuple(found.get("taxon", ())),
    )


def yes_or_no(found: Asked, name: str) -> bool:
    value = one(found, name, "false")
    if value not in YES_NO:
        raise Problem(400, f"the parameter {name} is true or false, and not {_quoted(value)}")
    return YES_NO[value]


def one(found: Asked, name: str, default: str) -> str:
    return found[name][0] if name in found else default


def spec_of(context: Context, tables: dict[str, list[str]], format: str, choice: Choice) -> Spec:
    """The question as exports know it. Raises Problem where a table, column, format or filter is wrong."""
    try:
        specs = [TableSpec(name, tuple(columns)) for name, columns in tables.items()]
        return Spec.of(context, specs, format, choice)
    except ValueError as error:
        raise Problem(400, str(error)) from error


def _day(found: Asked, name: str) -> date | None:
    if name not in found:
        return None
    text = found[name][0]
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Problem(400, f"the parameter {name} is a day such as 2026-05-31, and not {_quoted(text)}") from error
    if day.isoformat() != text:
        raise Problem(400, f"the parameter {name} is a day such as 2026-05-31, and not {_quoted(text)}")
    return day


def _quoted(text: str) -> str:
    """A text from outside, short enough for a sentence, whatever signs are in it."""
    return ascii(text if len(text) <= 40 else f"{text[:40]}...")
