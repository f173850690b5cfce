"""Invented answers of MERMAID, a server that pages like the real one, and what pulling them gives."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.base import Fetched, Parsed, Source
from connectors.mermaid import Mermaid
from tests.conftest import Reply, Request
from tests.connectors import registry_answers

PATH = "/v1/summarysampleevents/"
PAYLOADS = Path(__file__).parent.parent / "payloads" / "mermaid"
PROJECT_ID = "c0000000-0000-4000-8000-000000000001"


def event(number: int = 1, protocols: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "sample_event_id": f"event-{number}",
        "site_name": f"Reef {number}",
        "project_id": PROJECT_ID,
        "project_name": "Invented Reefs",
        "country_name": "Atlantis",
        "latitude": -8.5,
        "longitude": 122.5,
        "sample_date": "2024-06-01",
        "protocols": {"benthicpit": cover(30)} if protocols is None else protocols,
        **fields,
    }


def cover(hard_coral: Any, units: Any = 2, **parts: Any) -> dict[str, Any]:
    return {"sample_unit_count": units, "percent_cover_benthic_category_avg": {"Hard coral": hard_coral}, **parts}


class Service:
    """Pages like the real one; the address of the next page names a host that is not ours."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self.events = list(events)
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        limit, page = int(request.query["limit"]), int(request.query.get("page", 1))
        end = page * limit
        following = f"http://inner.invalid{PATH}?limit={limit}&page={page + 1}" if end < len(self.events) else None
        return reply({"count": len(self.events), "next": following, "results": self.events[end - limit : end]})


def reply(answer: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(answer).encode(), status=status, headers={"Content-Type": "application/json"})


@dataclass(frozen=True)
class Pull:
    fetched: Fetched
    parsed: list[Parsed]
    figures: dict[str, Any]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return registry_answers.rows(self.parsed, "reef_surveys")

    @property
    def notices(self) -> str:
        return registry_answers.notices(self.parsed)


def pull(location: str, workspace: Path, cursor: Any = None, site: Any = "555000001", secret: str = "", **options: Any):
    workspace.mkdir(exist_ok=True)
    source = Source("reefs", "mermaid", location, site=site, secret=secret, options=options)
    fetched = Mermaid().fetch(source, cursor or {}, workspace)
    return Pull(
        fetched,
        list(Mermaid().parse(source, fetched.payloads)),
        dict(Mermaid().figures(source, fetched.payloads)),
    )


FAMILY_OF = {
    "benthicpit": "benthicpits",
    "benthiclit": "benthiclits",
    "benthicpqt": "benthicpqts",
    "colonies_bleached": "bleachingqcs",
    "quadrat_benthic_percent": "bleachingqcs",
    "beltfish": "beltfishes",
    "habitatcomplexity": "habitatcomplexities",
}
POLICY_OF = {
    "benthicpits": "data_policy_benthicpit",
    "benthiclits": "data_policy_benthiclit",
    "benthicpqts": "data_policy_benthicpqt",
    "bleachingqcs": "data_policy_bleachingqc",
    "beltfishes": "data_policy_beltfish",
    "habitatcomplexities": "data_policy_habitatcomplexity",
}
CREATED_ON = "2026-01-01T00:00:00Z"


def views(*events: dict[str, Any], created_on: str = CREATED_ON) -> dict[str, list[dict[str, Any]]]:
    """The same sample events as the views of their project: one list for each family, the figures beside the fields."""
    found: dict[str, list[dict[str, Any]]] = {family: [] for family in POLICY_OF}
    for event_ in events:
        shared = {name: value for name, value in event_.items() if name != "protocols"}
        families: dict[str, dict[str, Any]] = {}
        for method, part in event_["protocols"].items():
            families.setdefault(FAMILY_OF[method], {}).update(part)
        for family, figures in families.items():
            more = {POLICY_OF[family]: "public summary", "observers": [{"name": "Ada Invented"}]}
            found[family].append(
                {"id": event_["sample_event_id"], **shared, **figures, **more, "created_on": created_on}
            )
    return found


class Projects:
    """Lists projects and answers for their views as the real service does; a view without events is an empty page."""

    def __init__(self, *events: dict[str, Any], updated_on: str = "2025-05-01T08:00:00.1Z") -> None:
        self.views: dict[str, list[dict[str, Any]]] = views(*events)
        self.listed = [
            {"id": PROJECT_ID, "name": "Invented Reefs", "updated_on": updated_on, "members": ["d0"]},
            {"id": "c0000000-0000-4000-8000-000000000002", "name": "Other Reefs", "updated_on": updated_on},
        ]
        self.members_only: dict[str, int] = {}
        self.asked: list[Request] = []

    @property
    def asked_views(self) -> list[str]:
        return [request.path for request in self.asked if request.path != "/v1/projects/"]

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        if request.path == "/v1/projects/":
            return reply({"count": 2, "next": None, "results": self.listed if "showall" in request.query else []})
        project, family, level = request.path.removeprefix("/v1/projects/").rstrip("/").split("/")
        if family in self.members_only:
            return reply({"detail": "Invented."}, self.members_only[family])
        rows = self.views[family] if project == PROJECT_ID and level == "sampleevents" else []
        limit, page = int(request.query["limit"]), int(request.query.get("page", 1))
        end = page * limit
        following = f"http://inner.invalid{request.path}?limit={limit}&page={page + 1}" if end < len(rows) else None
        return reply({"count": len(rows), "next": following, "results": rows[end - limit : end]})
