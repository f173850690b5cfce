"""Asking MERMAID for the sample events of single projects, one view for each method, with or without a key.

Views and who may read them: https://github.com/data-mermaid/mermaid-api (resources/sampleunitmethods, permissions.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Source
from connectors.errors import SourceChanged, SourceError, SourceRefused
from connectors.http import Client
from connectors.mermaid_api import PAGE_SIZE_MAX, PAGES_MAX, Asked, Page, answers_of, base_of, page_size, query_of
from connectors.mermaid_protocols import METHODS, Record, merged, nested, text_of
from connectors.options import refused
from connectors.secret import secret_of

PATH = "/projects/"
LISTED = {"showall": "true", "limit": PAGE_SIZE_MAX}
# The view of bleaching holds both of its methods.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "benthicpits": ("benthicpit",),
    "benthiclits": ("benthiclit",),
    "benthicpqts": ("benthicpqt",),
    "bleachingqcs": ("colonies_bleached", "quadrat_benthic_percent"),
    "beltfishes": ("beltfish",),
    "habitatcomplexities": ("habitatcomplexity",),
}
VIEWS = ("summary", "projects")
# An edited survey does not always touch its project, so what MERMAID says of a project is believed for this long.
READ_AGAIN = timedelta(hours=20)


@dataclass(frozen=True)
class Project:
    """One project, and when MERMAID says that it was updated."""

    id: str
    name: str
    updated_on: str | None


class MembersOnly(SourceRefused):
    """A view that this reader may not read."""


def is_by_project(source: Source) -> bool:
    """Whether the option `view` asks for the views of projects; raises SourceRefused when it is none of VIEWS."""
    view = source.options.get("view", VIEWS[0])
    if view not in VIEWS:
        raise refused(source, "view", f"one of {', '.join(VIEWS)}", '"projects"')
    return view == "projects"


def read_list(source: Source) -> tuple[Project, ...]:
    """The configured projects; raises SourceRefused when one is not known."""
    wanted = Asked(source).options["projects"]
    if not wanted:
        raise refused(
            source, "projects", "a list of the projects to read, which their views need", '["Invented Reefs"]'
        )
    with Client(source.name, base_of(source), secret_of(source)) as client:
        listed = list(_listed(client, source.name))
    found = {}
    for value in wanted:
        named = [project for project in listed if value.casefold() in (project.id.casefold(), project.name.casefold())]
        if not named:
            raise SourceRefused(f"{source.name}: there is no project {value!r}", "Check `projects` of this source.")
        found |= {project.id: project for project in named}
    return tuple(found.values())


def cursor_of(source: Source, projects: tuple[Project, ...]) -> dict[str, Any]:
    """What tells at the next pull whether the views must be read again."""
    return {**_state(source, projects), "read_at": datetime.now(UTC).isoformat()}


def is_as_read(source: Source, projects: tuple[Project, ...], cursor: Mapping[str, Any]) -> bool:
    """Whether no project was updated since the views were read, with the same key and not long ago."""
    state = _state(source, projects)
    if None in state["projects"].values() or any(cursor.get(name) != value for name, value in state.items()):
        return False
    return datetime.now(UTC) - datetime.fromisoformat(cursor["read_at"]) < READ_AGAIN


def _state(source: Source, projects: tuple[Project, ...]) -> dict[str, Any]:
    # Another key may read other views; its variable's name is no secret.
    return {"projects": {project.id: project.updated_on for project in projects}, "key": source.secret}


def read_projects(source: Source, projects: tuple[Project, ...]) -> Iterator[Page]:
    """The sample events of each project with all methods that this reader may read."""
    asked, params = Asked(source), {"limit": page_size(source)}
    token = secret_of(source)

    def explain(status: int, _: bytes) -> SourceError | None:
        # With a key, 401 means that the key itself is not accepted.
        if status == 403 or (status == 401 and not token):
            return MembersOnly(f"{source.name}: a view is shared with members only ({status})")
        return None

    with Client(source.name, base_of(source), token, explain=explain) as client:
        for project in projects:
            events: list[Record] = []
            notes: list[str] = []
            for family, methods in FAMILIES.items():
                try:
                    flat = _read_view(client, source.name, project, family, params)
                except MembersOnly:
                    notes.append(_members_only(project, methods))
                    continue
                events += [nested(event, methods) for event in flat]
                notes += _private(project, methods, flat)
            yield asked.page(f"{PATH}{project.id}/", merged(events)[0], notes)


def _read_view(
    client: Client, source_name: str, project: Project, family: str, params: Mapping[str, Any]
) -> list[Record]:
    path = f"{PATH}{project.id}/{family}/sampleevents/"
    return [event for _, events in answers_of(client, source_name, path, params, is_view=True) for event in events]


def _members_only(project: Project, methods: tuple[str, ...]) -> str:
    return f"{project.name}: {' and '.join(methods)} is shared with members only; unknown, not zero."


def _private(project: Project, methods: tuple[str, ...], flat: list[Record]) -> Iterator[str]:
    policy = METHODS[methods[0]].policy
    if any(str(event.get(policy)).casefold() == "private" for event in flat):
        names = " and ".join(methods)
        yield f"{project.name}: {names} is private and read with your key; see that `sharing` of this source fits."


def _listed(client: Client, source_name: str) -> Iterator[Project]:
    """Every project that the service knows; only its id, name and day of update are read."""
    params: Mapping[str, Any] = LISTED
    for number in range(1, PAGES_MAX):
        where = f"{source_name}: {PATH} page {number}"
        answer = client.get_json(PATH, params).data
        records = answer.get("results") if isinstance(answer, Mapping) else answer
        if not isinstance(records, list) or not all(isinstance(record, Mapping) for record in records):
            raise SourceChanged(f"{where} holds no list of projects")
        for record in records:
            project_id, name = text_of(record, "id"), text_of(record, "name")
            if project_id is None or name is None:
                raise SourceChanged(f"{where}: a project has no id or no name")
            yield Project(project_id, name, text_of(record, "updated_on"))
        following = answer.get("next") if isinstance(answer, Mapping) else None
        if following is None:
            return
        params = query_of(following, where)
    raise SourceChanged(f"{source_name}: the pages of {PATH} have no end")
