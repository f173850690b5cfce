"""The button that gives the evidence pack of an assessment to those who may read its evidence."""

import pandas as pd

from exports.evidence_tables import Judged
from ui import audited, cached, cached_assessments, tables
from ui.assess import Assessment
from ui.scope import Scope


def button(place, scope: Scope, site: dict, found: Assessment, judged: list[Judged]) -> None:
    """A download button in `place`; the zip is made when somebody presses it."""
    place.download_button(
        "Evidence pack",
        data=audited.given(
            scope,
            lambda: _packed(scope, site, found, judged),
            tables=["evidence pack"],
            sites=[site["site_id"]],
            format="zip",
        ),
        file_name=tables.file_name(f"evidence-{_file_part(site['site_id'])}.zip", scope.is_demo),
        mime="application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
        help="Assessment, evidence list with hashes, figures with their methods, and charts, for a remote reviewer.",
    )


def _packed(scope: Scope, site: dict, found: Assessment, judged: list[Judged]) -> bytes:
    # Its charts bring Matplotlib along, which takes more than a second to import.
    from exports.evidence_pack import Pack, build

    own = cached_assessments.history(scope, site["site_id"])
    own = own[own["assessed_on"] <= found.facts["day"]]
    pack = Pack(
        site={name: site.get(name) for name in ("site_id", "site_name", "country", "region", "phase")},
        assessment=found.facts,
        ratings=found.ratings,
        states=found.states,
        history=own,
        evidence=judged,
        standard=found.standard,
        data_version=scope.view.version,
        committed_at=scope.view.committed_at,
        is_demo=scope.is_demo,
        made_at=scope.view.committed_at,
        sources=_sources(scope, site["site_id"]),
    )
    return build(pack)


def _sources(scope: Scope, site_id: str) -> list[dict]:
    """The sources of this site, and those that tell of all sites."""
    every = cached.sources(scope)
    rows = every[[site_id in ids or not ids for ids in every["site_ids"]]]
    pulled = [None if pd.isna(when) else when for when in rows["last_success_at"]]
    names = zip(rows["source"], rows["licence"], pulled, strict=True)
    return [{"name": name, "licence": licence, "newest_pull": when} for name, licence, when in names]


def _file_part(site_id: str) -> str:
    return "".join(sign for sign in site_id if sign.isalnum() or sign in "-_")
