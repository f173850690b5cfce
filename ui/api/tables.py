"""Tables of the merged dataset: which there are for this caller, and each as one file."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from data import queries
from data.queries.merged import Choice, Merged
from exports.context import Context
from exports.package_rows import fields_of, type_name
from exports.spec import DECLARED
from exports.tables import media_type, table_chunks, table_file_name
from ui.api import API
from ui.api.answers import attachment, base_of, headers, json_answer, unchanged
from ui.api.asking import ENDINGS, FILTERS, asked, choice_of, spec_of, yes_or_no
from ui.api.audited import note_download
from ui.api.caller import context_of
from ui.api.problems import Problem
from ui.api.slots import RETRY_SECONDS, SLOTS
from ui.api.streamed import TOO_MANY, exported

COUNT = "count"


def listed(request: Request, body: bytes) -> Response:
    """The tables that the caller may have, and those that are withheld with the reason; rows where they are asked."""
    context = context_of(request)
    found = asked(request, (COUNT, *FILTERS))
    offered, withheld = queries.merged_tables(context.view, context.viewer), _withheld(context)
    # The filters are checked even where nothing is counted.
    spec = spec_of(context, {name: [] for name in offered}, "csv", choice_of(found))
    is_counted = yes_or_no(found, COUNT)
    question = f"tables {is_counted} {spec.to_json()}"
    if done := unchanged(request, headers(request, context, question)):
        return done
    rows = _counted(context, spec.choice) if is_counted else {}
    told = {
        "data_version": context.view.version,
        "tables": [described(table, context, base_of(request), rows) for table in offered.values()],
        "withheld": [{"name": name, "reason": reason} for name, reason in withheld.items()],
    }
    return json_answer(request, context, question, told)


def one_table(request: Request, body: bytes) -> Response:
    """The chosen rows and columns of one table as a file."""
    context = context_of(request)
    name, format = _named(request.path_params["file"])
    found = asked(request, (*FILTERS, "column"))
    note_download(request, tables=[name], sites=found.get("site"), format=format)
    refuse_withheld(context, [name])
    spec = spec_of(context, {name: found.get("column", [])}, format, choice_of(found))
    answer = headers(request, context, f"table {spec.to_json()}")
    answer |= attachment(table_file_name(name, format, context))
    if done := unchanged(request, answer):
        return done

    def make():
        return table_chunks(name, spec.tables[0].columns, spec.choice, format, context)

    return exported(request.method, make, context, answer, media_type(format))


def refuse_withheld(context: Context, names: list[str]) -> None:
    """Raises Problem where one of the tables does not exist, or the caller may not have it."""
    offered, withheld = queries.merged_tables(context.view, context.viewer), _withheld(context)
    for name in names:
        if name not in DECLARED:
            raise Problem(404, f"there is no such table; there are {', '.join(offered)}")
        if name not in offered:
            raise Problem(403, withheld.get(name, f"The table {name} is not offered."))


def described(table: Merged, context: Context, base: str, rows: dict[str, int]) -> dict[str, Any]:
    """What there is to know of a table before it is taken."""
    columns = fields_of(table, (), context.is_demo)
    counted = {"rows": rows[table.name]} if table.name in rows else {}
    return {
        "name": table.name,
        "title": table.title,
        "meaning": table.meaning,
        **counted,
        "key": list(table.key),
        "days_by": table.day or None,
        "taxa_by": table.taxon or None,
        "geometry": table.geometry or None,
        "columns": [
            {"name": one.name, "type": type_name(one.type), "unit": one.unit or None, "meaning": one.meaning}
            for one in columns
        ],
        "files": {ending: f"{base}{API}/tables/{table.name}.{ending}" for ending in ENDINGS},
    }


def _named(file: str) -> tuple[str, str]:
    name, _, ending = file.rpartition(".")
    if ending not in ENDINGS:
        raise Problem(404, f"the name of a table ends in one of: {', '.join(f'.{one}' for one in ENDINGS)}")
    return name, ENDINGS[ending]


def _withheld(context: Context) -> dict[str, str]:
    return queries.merged_withheld(context.view, context.viewer)


def _counted(context: Context, choice: Choice) -> dict[str, int]:
    slot = SLOTS.take(context.viewer.role == "public")
    if slot is None:
        raise Problem(503, TOO_MANY, {"Retry-After": str(RETRY_SECONDS)})
    try:
        names = queries.merged_tables(context.view, context.viewer)
        asked_of = (context.view, context.viewer)
        return {name: queries.merged_count(*asked_of, name, choice, context.today) for name in names}
    finally:
        slot.release()
