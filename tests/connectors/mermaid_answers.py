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
