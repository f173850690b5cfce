"""What a Camtrap DP package says of itself: datapackage.json and README.md."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data import queries
from data.queries.merged import Choice
from exports.citations import NETWORK, Sources, choice_in_words, citation, markdown, selected
from exports.context import Context
from exports.csv_cells import DEMO_LINE, one_line
from exports.darwin_core_taxa import note_taxa, taxon_of
from exports.package_words import TIER_WORDS

VERSION = "1.0.2"
ADDRESS = f"https://raw.githubusercontent.com/tdwg/camtrap-dp/{VERSION}"
TITLE = "Camera trap data"
RANKS = ("kingdom", "phylum", "class", "order", "family", "genus", "species", "subspecies")
RESOURCES = ("deployments", "media", "observations")
# Where a position was made coarser, it lies on the grid of partners.
GRID_DEGREES = 0.01
NO_MEDIA = {"name": "notspecified", "title": "This package has no media files", "scope": "media"}
ABOUT = (
    "Camera deployments and detections of animals of the {network}, from several sources. How the places of cameras "
    "were chosen differs from source to source and is not recorded here; read samplingDesign as not known."
)
README = """\
# {title}

{demo}{about}

- Standard: Camtrap DP {standard} (https://camtrap-dp.tdwg.org)
- Data version: {version}, stored {committed}
- Made for: {tier}
{choice}
- Deployments: {deployments:,}, with {nights:,.1f} trap nights
- Observations: {observations:,}, each one detection of an animal
- Left out: {refused:,} detections whose deployment is not known, since each observation must belong to one

## How to read it

- **deployments.csv** has every deployment that worked on one of the days chosen, or that an observation belongs to. It
  is whole: its effort may begin before the first day and end after the last one. Taxa choose observations, never
  deployments, so that effort stays complete. Effort is the time between start and end; where the source counts other
  nights, the tag `trapNights` has them.
- **observations.csv** has detections as event-based observations. Those with the tag `level:media` were grouped by us
  from rows about single files. `outsideDeployment:true` marks a detection before the start or after the end of its
  deployment. An empty `count` means at least one animal; an empty `scientificName` that nobody named it. Blanks,
  people and vehicles are not in the package.
- **media.csv** has no rows: we store no photographs and no videos.
- Identifiers are those of the source, after its name and a colon. `deploymentGroups` names source and site.
- Times are local with their offset from UTC, or in UTC with Z where the local time is not known.
- {positions}
- A text that a spreadsheet would run as a formula begins with an apostrophe that is not part of it.

## Sources and licences

{sources}

Cite as: {citation}

## Again, and unchanged

The same choice, at the same data version and for the same viewer, gives the same bytes. `selection` in
datapackage.json repeats the choice. `sha256sum -c SHA256SUMS` shows that no file changed.
"""
MASKED_POSITIONS = (
    "Where `deploymentComments` says so, positions lie on a grid of 0.01 degrees, to protect animals;\n"
    "  `coordinateUncertainty` says how far away the camera may be. Identifiers there stand for those of the source\n"
    "  and lead to nothing outside this network."
)
EXACT_POSITIONS = "Positions are as the sources give them. Pass them on with care: they tell where animals live."


@dataclass
class Found:
    """What went into a package, noted on the way; `refused` detections had no deployment."""

    sources: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    taxa: dict[str, str | None] = field(default_factory=dict)
    deployments: int = 0
    observations: int = 0
    refused: int = 0
    nights: float = 0.0
    has_individuals: bool = False
    is_masked: bool = False
    first: datetime | None = None
    last: datetime | None = None
    box: tuple[float, float, float, float] | None = None

    def add_deployments(self, batch: pa.RecordBatch) -> None:
        self.deployments += len(batch)
        self.nights += pc.sum(batch["trap_nights"]).as_py() or 0.0
        self.is_masked |= bool(pc.any(pc.not_equal(batch["masking"], "")).as_py())
        self._add_places(batch)
        first, last = pc.min(batch["started_at"]).as_py(), pc.max(batch["ended_at"]).as_py()
        self.first = min(filter(None, (self.first, first)), default=None)
        self.last = max(filter(None, (self.last, last)), default=None)
        west, east = (how(batch["longitude"]).as_py() for how in (pc.min, pc.max))
        south, north = (how(batch["latitude"]).as_py() for how in (pc.min, pc.max))
        if west is not None:
            old = self.box or (west, south, east, north)
            self.box = (min(west, old[0]), min(south, old[1]), max(east, old[2]), max(north, old[3]))

    def add_observations(self, batch: pa.RecordBatch, rows: pa.RecordBatch) -> None:
        """Detections of the merged dataset, and the observations that were made of them."""
        self.observations += len(batch)
        self._add_places(batch)
        self.has_individuals |= rows["individualID"].null_count < len(rows)
        note_taxa(self.taxa, rows["scientificName"], batch["common_name"])

    def _add_places(self, batch: pa.RecordBatch) -> None:
        self.sources.update(pc.unique(batch["source"]).to_pylist())
        self.sites.update(pc.unique(batch["site_id"]).to_pylist())


def descriptor(found: Found, choice: Choice, context: Context, sources: Sources) -> bytes:
    """datapackage.json, after the profile of the standard."""
    view = context.view
    selection = selected(choice, context)
    told = {
        "resources": [_resource(name) for name in RESOURCES],
        "profile": f"{ADDRESS}/camtrap-dp-profile.json",
        "name": "tech4nature-camera-traps",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([selection, view.committed_at.isoformat()]))),
        "created": f"{view.committed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "title": _title(context),
        "description": _about(context),
        "version": str(view.version),
        "keywords": ["camera traps", *(["demo"] if context.is_demo else [])],
        "contributors": _contributors(found, context),
        "sources": [{"title": one_line(name)} for name in sorted(found.sources)],
        "licenses": _licences(found, sources),
        "bibliographicCitation": citation(TITLE, context, found.sources),
        "project": {
            "title": _title(context),
            "description": ABOUT.format(network=NETWORK),
            "samplingDesign": "opportunistic",
            "captureMethod": ["activityDetection"],
            "individualAnimals": found.has_individuals,
            "observationLevel": ["event"],
        },
        **({"coordinatePrecision": GRID_DEGREES} if found.is_masked else {}),
        "spatial": area(found.box),
        "temporal": {"start": f"{found.first:%Y-%m-%d}", "end": f"{found.last:%Y-%m-%d}"},
        "taxonomic": [_taxon(name, found.taxa[name]) for name in sorted(found.taxa)],
        "selection": selection,
    }
    return (json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def readme(found: Found, choice: Choice, context: Context, sources: Sources) -> bytes:
    """README.md: what the package holds, how it was made, and what was left out."""
    text = README.format(
        title=_title(context),
        demo=f"**{DEMO_LINE}**\n\n" if context.is_demo else "",
        about=ABOUT.format(network=NETWORK),
        standard=VERSION,
        version=context.view.version,
        committed=f"{context.view.committed_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        tier=TIER_WORDS[context.viewer.role],
        choice="\n".join(choice_in_words(choice)),
        deployments=found.deployments,
        nights=found.nights,
        observations=found.observations,
        refused=found.refused,
        positions=MASKED_POSITIONS if found.is_masked else EXACT_POSITIONS,
        sources=sources.in_words(found.sources),
        citation=markdown(citation(TITLE, context, found.sources)),
    )
    return text.encode()


def area(box: tuple[float, float, float, float] | None) -> dict[str, Any]:
    """West, south, east and north as GeoJSON; a point where they are one. Raises ValueError where there is no box."""
    if box is None:
        raise ValueError("a package without deployments has no place")
    west, south, east, north = box
    if (west, south) == (east, north):
        return {"type": "Point", "coordinates": [west, south]}
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _resource(name: str) -> dict[str, str]:
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": f"{ADDRESS}/{name}-table-schema.json",
    }


def _title(context: Context) -> str:
    return f"{'Demo: ' if context.is_demo else ''}{TITLE} of the {NETWORK}"


def _about(context: Context) -> str:
    return (f"{DEMO_LINE} " if context.is_demo else "") + ABOUT.format(network=NETWORK)


def _contributors(found: Found, context: Context) -> list[dict[str, str]]:
    """The publisher, the owners of the sources, and offices that answer questions; never a person."""
    told = [{"title": NETWORK, "role": "publisher"}]
    told += [{"title": one_line(name), "role": "rightsHolder"} for name in sorted(found.sources)]
    contacts = queries.contacts(context.view)
    for site_id, address in zip(contacts["site_id"], contacts["address"], strict=True):
        if not site_id or site_id in found.sites:
            title = f"Office of site {one_line(site_id)}" if site_id else f"Office of the {NETWORK}"
            key = "path" if address.startswith(("http://", "https://")) else "email"
            told.append({"title": title, key: address, "role": "contact"})
    return told


def _licences(found: Found, sources: Sources) -> list[dict[str, str]]:
    told = [
        {"name": one.name, **({"path": one.url} if one.url else {}), "title": one.title, "scope": "data"}
        for one in sources.licences(found.sources)
    ]
    return [*told, NO_MEDIA]


def _taxon(name: str, common_name: str | None) -> dict[str, Any]:
    ranked = taxon_of(name)
    if ranked.get("taxonRank") not in RANKS:
        ranked.pop("taxonRank", None)
    return {"scientificName": name, **ranked, **({"vernacularNames": {"eng": common_name}} if common_name else {})}
