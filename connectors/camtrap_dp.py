"""Camtrap DP, the exchange format of camera-trap data: 1.0, 1.0.1, 1.0.2 and older versions still in use.

Standard: https://camtrap-dp.tdwg.org (Bubnicki et al. 2024, doi:10.1002/rse2.374). A dataset is republished whole.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.camtrap_dp_observations import NO_TIME, Deployments, Observations
from connectors.columns import (
    FLAGS,
    Check,
    Tally,
    flags,
    has_few_decimals,
    lacking_offset,
    moments,
    numbers,
    refuse,
    time_zone_of,
    trimmed,
    words,
)
from connectors.errors import SourceChanged
from connectors.package_places import DESCRIPTOR
from connectors.packages import Descriptor, fetch_package, layout_of, read_descriptor
from connectors.tabular import Block, read_table
from data.schema import DEPLOYMENTS, NUMBER, TEXT

NEWEST_VERSION = (1, 0)
REQUIRED = ("deploymentID", "latitude", "longitude", "deploymentStart", "deploymentEnd")
NAMES = (
    *REQUIRED,
    *("locationID", "locationName", "coordinateUncertainty", "cameraID", "cameraModel", "cameraHeight"),
    *("timestampIssues", "baitUse", "featureType", "habitat"),
)
OLDER_NAMES = {"deploymentStart": ("start",), "deploymentEnd": ("end",)}
OBSERVATION_RESOURCES = ("observations", "event-observations", "media-observations")
MEDIA_RESOURCES = ("media", "multimedia")
DAY_US = 86_400_000_000
# Before 1.0 the kind of bait was named; nothing else became a flag.
KINDS_OF_BAIT = {"none": False, "scent": True, "food": True, "visual": True, "acoustic": True, "other": True}


class CamtrapDP(Connector):
    """A Camtrap DP package: a folder, a descriptor, a zip, or the web address of one of the two last.

    Options: `time_zone` (IANA name), in which times without an offset are read.
    A row that is repeated in the file is handed on as often as it stands there: the store drops repeats by key.
    """

    name = "camtrap_dp"
    title = "Camera traps (Camtrap DP)"
    tables = ("deployments", "detections", "observation_counts")
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        return fetch_package(source, cursor, workspace, lambda descriptor: _wanted(descriptor, source.name))

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        by_resource: dict[str, list[Payload]] = {}
        for payload in payloads:
            by_resource.setdefault(payload.meta.get("resource", DESCRIPTOR), []).append(payload)
        if DESCRIPTOR not in by_resource:
            raise SourceChanged(f"{source.name}: there is no {DESCRIPTOR} among the files")
        version = _version(read_descriptor(by_resource[DESCRIPTOR][0].path, f"{source.name}: {DESCRIPTOR}"))
        if version is None:
            yield Notice(f"{DESCRIPTOR} names no version of Camtrap DP; it is read as the newest")
        tally = Tally()
        zone = time_zone_of(source)
        deployments = Deployments(source)
        yield from _read_deployments(source, by_resource.get("deployments", []), deployments, tally, zone)
        is_old = (version or NEWEST_VERSION) < (1, 0)
        observations = Observations(source, deployments, tally, zone, is_old)
        parts = [part for name in OBSERVATION_RESOURCES for part in by_resource.get(name, [])]
        media = [part for name in MEDIA_RESOURCES for part in by_resource.get(name, [])]
        yield from observations.read(parts, media)
        yield from tally.notices()


def _wanted(descriptor: Descriptor, source_name: str) -> dict[str, bool]:
    """The resources to be read, and whether each is needed."""
    names = {str(resource.get("name")) for resource in descriptor["resources"]}
    observations = [name for name in OBSERVATION_RESOURCES if name in names]
    for name, is_there in (("deployments", "deployments" in names), ("observations", bool(observations))):
        if not is_there:
            found = ", ".join(sorted(names)) or "none"
            raise SourceChanged(f"{source_name}: {DESCRIPTOR} has no resource called {name}; it has: {found}")
    wanted = dict.fromkeys(["deployments", *observations], True)
    if (_version(descriptor) or NEWEST_VERSION) < (1, 0):
        wanted |= {name: False for name in MEDIA_RESOURCES if name in names}
    return wanted


def _version(descriptor: Descriptor) -> tuple[int, int] | None:
    """The version that the address of the profile names, at tdwg/camtrap-dp or rs.gbif.org alike."""
    match = re.search(r"camtrap-dp/v?(\d{1,3})\.(\d{1,3})", str(descriptor.get("profile")))
    return (int(match[1]), int(match[2])) if match else None


def _read_deployments(
    source: Source, payloads: list[Payload], deployments: Deployments, tally: Tally, zone: str | None
) -> Iterator[Parsed]:
    for payload in payloads:
        where = f"{source.name}: {payload.name}"
        row_count = 0
        for item in read_table(payload.path, layout_of(payload), where, "deployments"):
            if isinstance(item, Block):
                block = item.named(NAMES, OLDER_NAMES, REQUIRED, where)
                row_count += len(block)
                yield from _deployments_of(source, block, deployments, tally, zone)
            else:
                row_count += isinstance(item, Refusal)
                yield item
        yield Read(row_count)


def _deployments_of(
    source: Source, block: Block, deployments: Deployments, tally: Tally, zone: str | None
) -> Iterator[Parsed]:
    rows = _typed(block, tally, zone)
    areas = zip(*(rows[name].to_pylist() for name in ("location_id", "location_name", "deployment_id")), strict=True)
    rows["site_id"] = pa.array([source.site_of(*names) for names in areas], TEXT)
    is_good, refusals = refuse(block, "deployments", _checks(rows))
    deployments.add(rows, is_good)
    kept = block.where(is_good)
    table = pa.table([rows[name] for name in DEPLOYMENTS.columns], schema=DEPLOYMENTS.arrow_schema)
    yield Rows("deployments", table.filter(is_good), kept.numbers, kept.raw)
    yield from refusals


def _typed(block: Block, tally: Tally, zone: str | None) -> dict[str, pa.Array]:
    started = moments(block.column("deploymentStart"), zone)
    ended = moments(block.column("deploymentEnd"), zone)
    tally.add(lacking_offset(zone), pc.or_(started.lacks_offset, ended.lacks_offset), block.column("deploymentStart"))
    nights = pc.divide(pc.subtract(ended.at.cast(pa.int64()), started.at.cast(pa.int64())).cast(NUMBER), DAY_US)
    uncertainty = numbers(block.column("coordinateUncertainty"), DEPLOYMENTS.field("coordinate_uncertainty_m"))
    height = numbers(block.column("cameraHeight"), DEPLOYMENTS.field("camera_height_m"))
    is_baited = words(block.column("baitUse"), FLAGS | KINDS_OF_BAIT, pa.bool_())
    return {
        "deployment_id": trimmed(block.column("deploymentID")),
        "location_id": trimmed(block.column("locationID")),
        "location_name": trimmed(block.column("locationName")),
        "latitude": numbers(block.column("latitude"), DEPLOYMENTS.field("latitude")),
        "longitude": numbers(block.column("longitude"), DEPLOYMENTS.field("longitude")),
        "coordinate_uncertainty_m": tally.read(block, "coordinateUncertainty", uncertainty),
        "is_maybe_rounded": pc.and_(pc.is_null(block.column("coordinateUncertainty")), has_few_decimals(block)),
        "started_at": started.at,
        "ended_at": ended.at,
        "utc_offset_min": started.utc_offset_min,
        "trap_nights": nights,
        "camera_id": trimmed(block.column("cameraID")),
        "camera_model": trimmed(block.column("cameraModel")),
        "camera_functioning": pa.nulls(len(block), TEXT),
        "camera_height_m": tally.read(block, "cameraHeight", _in_metres(height, block)),
        "has_timestamp_issues": tally.read(block, "timestampIssues", flags(block.column("timestampIssues"))),
        "is_baited": tally.read(block, "baitUse", is_baited),
        "feature_type": trimmed(block.column("featureType")),
        "habitat": trimmed(block.column("habitat")),
    }


def _in_metres(height: pa.Array, block: Block) -> pa.Array:
    """The first versions wrote `camera_height`, in centimetres; `cameraHeight` has always been in metres."""
    return pc.divide(height, 100.0) if block.own_name("cameraHeight") == "camera_height" else height


def _checks(rows: dict[str, pa.Array]) -> list[Check]:
    return [
        Check("deploymentID", pc.is_null(rows["deployment_id"]), "it is missing"),
        Check("latitude", pc.is_null(rows["latitude"]), "it is not a number from -90 to 90"),
        Check("longitude", pc.is_null(rows["longitude"]), "it is not a number from -180 to 180"),
        Check("deploymentStart", pc.is_null(rows["started_at"]), NO_TIME),
        Check("deploymentEnd", pc.is_null(rows["ended_at"]), NO_TIME),
        Check("deploymentEnd", pc.less(rows["trap_nights"], 0.0), "it is before the start"),
        Check("locationID", pc.is_null(rows["site_id"]), "no site is configured for this place; add it to `site`"),
    ]
