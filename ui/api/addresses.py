"""Which address of the API is answered by which function."""

from starlette.routing import Route, Router

from ui.api import API, files, index, packages, reports, tables
from ui.api.endpoint import Endpoint

ENDPOINTS = {
    "": Endpoint({"GET": index.index}),
    "/openapi.json": Endpoint({"GET": index.openapi}),
    "/tables": Endpoint({"GET": tables.listed}),
    "/tables/{file}": Endpoint({"GET": tables.one_table}),
    "/package": Endpoint({"GET": packages.asked_package, "POST": packages.sent_package}),
    "/camtrap-dp.zip": Endpoint({"GET": packages.camtrap}),
    "/darwin-core.zip": Endpoint({"GET": packages.occurrences}),
    "/impact-report.{format}": Endpoint({"GET": reports.impact_report}),
    "/files/{ticket}": Endpoint({"GET": files.fetched}),
    # Else the page would answer addresses that are misspelt.
    "/{rest:path}": Endpoint({"GET": index.nothing, "POST": index.nothing}),
}


def router(start: str) -> Router:
    """The addresses below `start`."""
    return Router([Route(f"{start}{API}{address}", endpoint) for address, endpoint in ENDPOINTS.items()])
