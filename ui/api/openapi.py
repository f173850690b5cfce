"""The API described for programs, from what is offered and taken: OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.0."""

from typing import Any

from data import queries
from data.queries.merged import Merged
from exports.context import Context
from exports.csv_cells import DEMO_LINE
from exports.impact_records import THEMES
from exports.package_words import TIER_WORDS
from exports.spec import FORMATS, MOST_SITES, MOST_TAXA, SPEC_VERSION
from exports.tables import media_type
from ui.api import API
from ui.api import openapi_parts as parts
from ui.api.asking import ENDINGS
from ui.api.body import MOST_BYTES
from ui.api.packages import ZIP
from ui.api.reports import LONGEST_VALUE, MEDIA_TYPES

Json = dict[str, Any]
ABOUT = """\
The merged dataset of the network for scripts: the same rows, to the byte, as on the page Download.

Without a token you get what the public may have; with `Authorization: Bearer TOKEN` what your tier may have. An answer
carries an `ETag` that stays as long as its bytes do: send it back as `If-None-Match`, and unchanged data cost nothing.
Whatever goes wrong is told as `application/problem+json` with a sentence in `detail`."""


def description(context: Context, base: str) -> Json:
    """The document for one caller, whose tables it names; the API lies below the path `base`."""
    tables = queries.merged_tables(context.view, context.viewer)
    demo = f"\n\n{DEMO_LINE}" if context.is_demo else ""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tech4Nature network",
            "version": "1",
            "description": f"{ABOUT}\n\nThis description is for {TIER_WORDS[context.viewer.role]}.{demo}",
        },
        "servers": [{"url": base or "/"}],
        "security": [{}, {"token": []}],
        "paths": {f"{API}{address}": told for address, told in _addresses(list(tables)).items()},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": parts.PROBLEM, "Spec": _spec(tables)},
            "responses": parts.PROBLEMS,
        },
    }


def _addresses(tables: list[str]) -> Json:
    return {
        **_about_data(),
        **_files(tables),
        **_archives(),
        "/impact-report.{ending}": {"get": _impact_report()},
        "/files/{ticket}": {"get": _ticket()},
    }


def _about_data() -> Json:
    index = parts.operation("index", "The data version, who you are to the server, and links")
    openapi = parts.operation("openapi", "This description")
    listed = parts.operation("tables", "The tables that you may have, and those that are withheld with the reason")
    counting = parts.query("count", "Whether rows are counted, which takes longer", {"type": "boolean"})
    return {
        "": {"get": index | parts.answers(parts.json_answer(parts.INDEX), 401, 503)},
        "/openapi.json": {"get": openapi | parts.answers(parts.json_answer({"type": "object"}), 401, 503)},
        "/tables": {
            "get": listed
            | {"parameters": [*parts.FILTERS, counting, parts.IF_NONE_MATCH]}
            | parts.answers(parts.json_answer(parts.TABLES), 400, 401, 503)
        },
    }


def _files(tables: list[str]) -> Json:
    table = parts.operation("table", "Rows of one table as one file")
    ending = parts.path("ending", "File format", {"enum": list(ENDINGS)})
    column = parts.several("column", "Column to give besides the key; without it all", parts.NAME)
    types = sorted({media_type(format) for format in ENDINGS.values()})
    package = parts.operation("package", "Several tables in a zip, with their meaning, sources, licences and checksums")
    sent = parts.operation("sent_package", "The package of a spec: the package.json of a package gives it again")
    wanted = parts.several("table", "Table to put in; at least one", {"enum": tables}) | {"required": True}
    of_table = parts.several("column", "Column to give, as table.column", parts.NAME)
    format = parts.query("format", "Format of the tables; CSV without it", {"enum": list(dict.fromkeys(_formats()))})
    body = {"required": True, "content": {"application/json": {"schema": parts.reference("Spec")}}}
    return {
        "/tables/{table}.{ending}": {
            "get": table
            | {
                "parameters": [
                    parts.path("table", "Name of the table", {"enum": tables}),
                    *(ending, *parts.FILTERS, column, parts.IF_NONE_MATCH),
                ]
            }
            | parts.answers(parts.file_answer(*types), 400, 401, 403, 404, 422, 503)
        },
        "/package": {
            "get": package
            | {"parameters": [wanted, of_table, format, *parts.FILTERS, parts.IF_NONE_MATCH]}
            | parts.answers(parts.file_answer(ZIP), 400, 401, 403, 404, 422, 503),
            "post": sent
            | {"requestBody": body, "parameters": [parts.IF_NONE_MATCH]}
            | parts.answers(parts.file_answer(ZIP), 400, 401, 403, 408, 410, 413, 422, 503),
        },
    }


def _archives() -> Json:
    told = {
        "/camtrap-dp.zip": parts.operation("camtrap_dp", "Single detections as Camtrap DP 1.0; not for the public"),
        "/darwin-core.zip": parts.operation("darwin_core", "Occurrences of animals as a Darwin Core Archive"),
    }
    asked = {"parameters": [*parts.FILTERS, parts.IF_NONE_MATCH]}
    answer = parts.answers(parts.file_answer(ZIP), 400, 401, 403, 422, 503)
    return {address: {"get": operation | asked | answer} for address, operation in told.items()}


def _impact_report() -> Json:
    report = parts.operation("impact_report", "What the network has reached, as the public may know it, for print")
    text = {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE}
    asked = [
        parts.path("ending", "File format", {"enum": list(MEDIA_TYPES)}),
        parts.query("country", "Sites of one country, by its ISO 3166 alpha-3 code", text),
        parts.query("theme", "Sites with one kind of field system, or in the process", {"enum": list(THEMES)}),
        parts.query("pilot", "One pilot, by its site id", text),
        parts.query("supporter", "Sites that one supporter supports, by name", text),
        parts.query("until", "As of the end of a quarter such as 2026-Q2", text),
        parts.IF_NONE_MATCH,
    ]
    types = [words.partition(";")[0] for words in MEDIA_TYPES.values()]
    return report | {"parameters": asked} | parts.answers(parts.file_answer(*types), 400, 401, 404, 422, 503)


def _ticket() -> Json:
    fetched = parts.operation("file", "A file that the page Download has built; its ticket is good for 15 minutes")
    answer = {"description": "The file", "content": {ZIP: {"schema": parts.BYTES}}}
    ticket = parts.path("ticket", "From the page", {"type": "string", "minLength": 1})
    return fetched | {"security": [], "parameters": [ticket]} | parts.answers(answer, 403, 404, changes=False)


def _formats() -> list[str]:
    return [*ENDINGS, *FORMATS]


def _spec(tables: dict[str, Merged]) -> Json:
    """The schema of a spec; what it means lies beside `exports.spec.Spec`."""
    names = {"type": "array", "items": parts.NAME}
    day = {"type": ["string", "null"], "format": "date"}
    return {
        "type": "object",
        "description": f"At most {MOST_BYTES:,} bytes of JSON. The tier must be your own.",
        "required": ["spec_version", "data_version", "format", "tier", "tables"],
        "properties": {
            "spec_version": {"const": SPEC_VERSION},
            "data_version": {"type": "integer", "minimum": 0},
            "committed_at": {"type": ["string", "null"], "format": "date-time"},
            "format": {"enum": list(FORMATS)},
            "tier": {"enum": list(TIER_WORDS)},
            "tier_sites": names,
            "tables": {"type": "array", "items": {"oneOf": [*map(_spec_table, tables.values())]}, "minItems": 1},
            "sites": names | {"maxItems": MOST_SITES},
            "first": day,
            "last": day,
            "taxa": names | {"maxItems": MOST_TAXA},
        },
        "additionalProperties": False,
    }


def _spec_table(table: Merged) -> Json:
    columns = {"type": "array", "items": {"enum": table.columns}}
    return {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"const": table.name}, "columns": columns},
        "additionalProperties": False,
    }
