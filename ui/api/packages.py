"""Several tables in one zip, and detections in the formats that others exchange them in."""

from collections.abc import Callable, Iterator

from starlette.requests import Request
from starlette.responses import Response

from data import engine, queries, settings
from data.engine import VersionGone
from data.queries.merged import Choice
from exports import camtrap_dp, darwin_core, data_package
from exports.context import Context
from exports.spec import Spec
from ui.api.answers import attachment, headers, unchanged
from ui.api.asking import ENDINGS, FILTERS, asked, choice_of, one, spec_of
from ui.api.audited import note_download
from ui.api.caller import context_of
from ui.api.problems import Problem
from ui.api.streamed import exported
from ui.api.tables import refuse_withheld

ZIP = "application/zip"
NO_TABLE = "a package needs the parameter table, once for each table"
OTHER_TIER = "the spec was made for the tier {}, and you ask as the tier {}; write that into it, or show another token"
OTHER_SITES = "the spec was made for the managers of other sites than yours"


def asked_package(request: Request, body: bytes) -> Response:
    """The tables of the address in one package."""
    context = context_of(request)
    found = asked(request, ("table", "column", "format", *FILTERS))
    tables = _columns(found.get("table", []), found.get("column", []))
    format = one(found, "format", "csv")
    note_download(request, tables=tables, sites=found.get("site"), format=format)
    refuse_withheld(context, list(tables))
    spec = spec_of(context, tables, ENDINGS.get(format, format), choice_of(found))
    return _package(request, spec, context)


def sent_package(request: Request, body: bytes) -> Response:
    """The package of a spec in the body, such as the package.json that lies in every package."""
    context = context_of(request)
    asked(request, ())
    try:
        spec = Spec.from_json(body)
    except ValueError as error:
        raise Problem(400, f"the body is no spec of a package: {error}") from error
    tables = [table.name for table in spec.tables]
    note_download(request, tables=tables, sites=spec.choice.sites, format=spec.format)
    viewer = context.viewer
    if spec.tier != viewer.role:
        raise Problem(403, OTHER_TIER.format(spec.tier, viewer.role))
    if viewer.role == "site" and spec.viewer.sites != viewer.sites:
        raise Problem(403, OTHER_SITES)
    refuse_withheld(context, tables)
    if spec.data_version != context.view.version:
        try:
            context = Context(engine.at(settings.store_url(), spec.data_version), viewer, context.is_demo)
        except VersionGone as error:
            raise Problem(410, str(error)) from error
    return _package(request, spec, context)


def camtrap(request: Request, body: bytes) -> Response:
    """Single detections as a Camtrap DP package."""
    context = context_of(request)
    note_download(request, format="camtrap-dp")
    if "detections" in queries.merged_withheld(context.view, context.viewer):
        raise Problem(403, camtrap_dp.WITHHELD)
    return _archive(request, context, "camtrap-dp", camtrap_dp.chunks, camtrap_dp.file_name)


def occurrences(request: Request, body: bytes) -> Response:
    """Occurrences of animals as a Darwin Core Archive."""
    return _archive(request, context_of(request), "darwin-core", darwin_core.chunks, darwin_core.file_name)


def _package(request: Request, spec: Spec, context: Context) -> Response:
    answer = headers(request, context, f"package {spec.to_json()}")
    answer |= attachment(data_package.file_name(spec, context))
    if done := unchanged(request, answer):
        return done
    return exported(request.method, lambda: data_package.chunks(spec, context), context, answer, ZIP)


def _archive(
    request: Request,
    context: Context,
    kind: str,
    chunks: Callable[[Choice, Context], Iterator[bytes]],
    file_name: Callable[[Choice, Context], str],
) -> Response:
    found = asked(request, FILTERS)
    # The same checks of the filters as for tables.
    spec = spec_of(context, {"sites": []}, "csv", choice_of(found))
    note_download(request, sites=spec.choice.sites, format=kind)
    answer = headers(request, context, f"{kind} {spec.to_json()}")
    answer |= attachment(file_name(spec.choice, context))
    if done := unchanged(request, answer):
        return done
    return exported(request.method, lambda: chunks(spec.choice, context), context, answer, ZIP)


def _columns(tables: list[str], columns: list[str]) -> dict[str, list[str]]:
    """The tables with their chosen columns; those are written as table.column, or as column where there is one table.

    Raises Problem.
    """
    if not tables:
        raise Problem(400, NO_TABLE)
    if len(set(tables)) < len(tables):
        raise Problem(400, "a table is named twice")
    found: dict[str, list[str]] = {table: [] for table in tables}
    for text in columns:
        table, dot, column = text.rpartition(".")
        if not dot and len(tables) == 1:
            table = tables[0]
        if table not in found:
            raise Problem(400, "the parameter column is table.column, with one of the tables that you ask for")
        found[table].append(column)
    return found
