"""Where scripts begin: which data version this is, who asks, and what there is."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from exports.csv_cells import DEMO_LINE
from exports.package_words import TIER_WORDS
from ui.api import API
from ui.api.answers import base_of, json_answer
from ui.api.asking import ENDINGS, asked
from ui.api.caller import context_of
from ui.api.openapi import description
from ui.api.problems import Problem

NO_ADDRESS = "there is no such address; begin at {}"


def index(request: Request, body: bytes) -> Response:
    """The data version, the tier of the caller, and links."""
    context = context_of(request)
    asked(request, ())
    view, viewer, base = context.view, context.viewer, base_of(request)
    links = {
        "self": API,
        "openapi": f"{API}/openapi.json",
        "tables": f"{API}/tables",
        "table": f"{API}/tables/{{table}}.{{{'|'.join(ENDINGS)}}}",
        "package": f"{API}/package",
        "camtrap_dp": f"{API}/camtrap-dp.zip",
        "darwin_core": f"{API}/darwin-core.zip",
        "impact_report": f"{API}/impact-report.{{html|pdf}}",
        "page": "/download",
    }
    told: dict[str, Any] = {
        "name": "Tech4Nature network",
        "data_version": view.version,
        "committed_at": view.committed_at.isoformat(),
        "day": context.today.isoformat(),
        "tier": {"role": viewer.role, "words": f"You ask as {TIER_WORDS[viewer.role]}.", "sites": sorted(viewer.sites)},
        "links": {name: f"{base}{address}" for name, address in links.items()},
    }
    if context.is_demo:
        told["notice"] = DEMO_LINE
    return json_answer(request, context, f"index {base}", told)


def openapi(request: Request, body: bytes) -> Response:
    """The description of all this for programs, as far as it concerns the caller."""
    context = context_of(request)
    asked(request, ())
    base = base_of(request)
    return json_answer(request, context, f"openapi {base}", description(context, base))


def nothing(request: Request, body: bytes) -> Response:
    """An address of the API that does not exist."""
    raise Problem(404, NO_ADDRESS.format(f"{base_of(request)}{API}"))
