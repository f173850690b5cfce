"""What the parts of the OpenAPI description share: parameters, schemas and answers."""

from http import HTTPStatus
from typing import Any

from exports.spec import MOST_SITES, MOST_TAXA
from ui.api.problems import MEDIA_TYPE

Json = dict[str, Any]
TEXT = {"type": "string"}
# Empty: the type says what it is (OpenAPI 3.1, 4.8.14.3).
BYTES: Json = {}
CAUSES = {
    400: "A parameter or the body is wrong; `detail` names it",
    401: "The token is not known here, or no longer good",
    403: "Not for your tier; `detail` says why",
    404: "There is nothing of this name",
    408: "The body came too slowly",
    410: "The data version is no longer kept",
    413: "The body is too large",
    422: "It is understood, but cannot be made; `detail` says why",
    503: "No data yet, or too many exports at once; try again after `Retry-After` seconds",
}
PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person"},
    },
}


def reference(name: str, kind: str = "schemas") -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


PROBLEMS: Json = {
    f"Problem{status}": {"description": cause, "content": {MEDIA_TYPE: {"schema": reference("Problem")}}}
    for status, cause in CAUSES.items()
}
for _status, _header in ((401, "WWW-Authenticate"), (503, "Retry-After")):
    PROBLEMS[f"Problem{_status}"]["headers"] = {_header: {"schema": TEXT}}


def query(name: str, meaning: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": meaning, "schema": schema}


def several(name: str, meaning: str, schema: Json, most: int | None = None) -> Json:
    """A parameter that may stand several times."""
    limit = {} if most is None else {"maxItems": most}
    return query(name, meaning, {"type": "array", "items": schema, "minItems": 1, **limit})


def path(name: str, meaning: str, schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "description": meaning, "schema": schema}


NAME = {"type": "string", "minLength": 1, "maxLength": 200}
DAY = {"type": "string", "format": "date"}
FILTERS = [
    several("site", "Site id; several are joined", NAME, MOST_SITES),
    query("first", "First day; of months and quarters, whole ones are taken", DAY),
    query("last", "Last day, included", DAY),
    several("taxon", "Scientific name, in tables that have one", NAME, MOST_TAXA),
]
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "ETag of an earlier answer; 304 where nothing has changed",
    "schema": TEXT,
}
VERSION_HEADERS: Json = {
    "ETag": {"schema": TEXT},
    "X-Data-Version": {"schema": {"type": "string", "pattern": "^[0-9]+$"}},
}


def operation(name: str, summary: str) -> Json:
    return {"operationId": name, "summary": summary}


def json_answer(schema: Json) -> Json:
    return {
        "description": "As JSON",
        "headers": VERSION_HEADERS,
        "content": {"application/json": {"schema": schema}},
    }


def file_answer(*types: str) -> Json:
    headers = {**VERSION_HEADERS, "Content-Disposition": {"schema": TEXT}}
    return {
        "description": "The file, sent while it is made",
        "headers": headers,
        "content": {one: {"schema": BYTES} for one in types},
    }


def answers(good: Json, *problems: int, changes: bool = True) -> Json:
    """The answers of an operation; where the answer `changes` with the data, there is 304 too."""
    unchanged = {"304": {"description": "You have it already"}} if changes else {}
    told = {str(status): reference(f"Problem{status}", "responses") for status in problems}
    assert set(problems) <= {status.value for status in HTTPStatus}
    return {"responses": {"200": good, **unchanged, **told}}


COLUMN: Json = {
    "type": "object",
    "required": ["name", "type", "unit", "meaning"],
    "properties": {"name": TEXT, "type": TEXT, "unit": {"type": ["string", "null"]}, "meaning": TEXT},
}
MAYBE_TEXT: Json = {"type": ["string", "null"]}
TABLE: Json = {
    "type": "object",
    "required": ["name", "title", "meaning", "key", "days_by", "taxa_by", "geometry", "columns", "files"],
    "properties": {
        "name": TEXT,
        "title": TEXT,
        "meaning": TEXT,
        "rows": {"type": "integer", "minimum": 0},
        "key": {"type": "array", "items": TEXT},
        "days_by": MAYBE_TEXT,
        "taxa_by": MAYBE_TEXT,
        "geometry": {"enum": ["point", "polygon", None]},
        "columns": {"type": "array", "items": COLUMN},
        "files": {"type": "object", "additionalProperties": TEXT},
    },
}
TABLES: Json = {
    "type": "object",
    "required": ["data_version", "tables", "withheld"],
    "properties": {
        "data_version": {"type": "integer"},
        "tables": {"type": "array", "items": TABLE},
        "withheld": {
            "type": "array",
            "items": {"type": "object", "required": ["name", "reason"], "properties": {"name": TEXT, "reason": TEXT}},
        },
    },
}
INDEX: Json = {
    "type": "object",
    "required": ["name", "data_version", "committed_at", "day", "tier", "links"],
    "properties": {
        "name": TEXT,
        "data_version": {"type": "integer"},
        "committed_at": {"type": "string", "format": "date-time"},
        "day": DAY,
        "tier": {
            "type": "object",
            "required": ["role", "words", "sites"],
            "properties": {"role": TEXT, "words": TEXT, "sites": {"type": "array", "items": TEXT}},
        },
        "links": {"type": "object", "additionalProperties": TEXT},
        "notice": TEXT,
    },
}
