"""Wildlife Insights exports: the tables of one or many camera-trap projects, as a signed-in user downloads them.

There is no public interface to ask for data, so a download (folder, zip or the address of one) is read whole.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.camtrap_dp_observations import MISSING, Deployments
from connectors.columns import (
    Check,
    Tally,
    flags,
    has_few_decimals,
    mapped,
    numbers,
    refuse,
    time_zone_of,
    trimmed,
    words,
)
from connectors.errors import SourceChanged
from connectors.tabular import Block, Layout, read_table
from connectors.wildlife_insights_files import fetch_export
from connectors.wildlife_insights_images import Images, in_project
from connectors.wildlife_insights_times import is_day_first, local_moments
from data.schema import DEPLOYMENTS, NUMBER, TEXT

REQUIRED = ("deployment_id", "latitude", "longitude", "start_date", "end_date")
NAMES = (
    *REQUIRED,
    *("project_id", "placename", "camera_id", "camera_functioning", "sensor_height", "bait_type", "feature_type"),
    *("subproject_name", "fuzzed"),
)
DAY_US = 86_400_000_000
DAY = timedelta(days=1)
# camtraptor's read_wi.R: what the words of the form stand for.
HEIGHTS_M = {"knee height": 0.5, "chest height": 1.5}
WORKING = ("camera functioning", "functioning")
OLDEST_CLOCK = datetime(2000, 1, 1, tzinfo=UTC)
CLOCK_GAP = timedelta(days=5 * 365)
NO_TIME = "it is not a date such as 2024-05-31 18:30:00"
CLOCK_RESET = "the camera's clock was reset: it lies years before the other deployments of the project"


@dataclass
class _Export:
    """What the parts of one export share while they are read."""

    source: Source
    zone: str | None
    tally: Tally = field(default_factory=Tally)
    models: dict[str, str] = field(default_factory=dict)


class WildlifeInsights(Connector):
    """A Wildlife Insights download: a folder, a zip, or the web address of a zip.

    Options: `time_zone` (IANA name) of the cameras' clocks, for the export has local times without a zone.
    Ids are `project_id/deployment_id`, because an id is unique only within its project. Images of one deployment and
    taxon that follow each other within 60 s are one detection; where the export has sequences, those are.
    The five fixed taxon ids decide what is no detection; an animal of unknown taxon is counted as `unknown`.
    """

    name = "wildlife_insights"
    title = "Camera traps (Wildlife Insights download)"
    tables = ("deployments", "detections", "observation_counts")
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        return fetch_export(source, cursor, workspace)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        export = _Export(source, time_zone_of(source))
        for payload in _of_kind(payloads, "cameras"):
            yield from _read_cameras(export, payload)
        deployments = Deployments(source)
        first_starts: dict[str | None, datetime] = {}
        for payload in _of_kind(payloads, "deployments"):
            yield from _read_deployments(export, payload, deployments, first_starts)
        images = Images(source, deployments, first_starts, export.tally, export.zone)
        sequences = _of_kind(payloads, "sequences")
        covered = {payload.name.replace("sequences", "images") for payload in sequences}
        for payload in [*sequences, *_of_kind(payloads, "images")]:
            if payload.name in covered:
                yield Notice(f"{payload.name} is left out: the sequences beside it describe the same animals")
            else:
                yield from images.read(payload)
        yield from images.results()
        yield from export.tally.notices()


def _of_kind(payloads: tuple[Payload, ...], kind: str) -> list[Payload]:
    return [payload for payload in payloads if payload.meta["kind"] == kind]


def _read_cameras(export: _Export, payload: Payload) -> Iterator[Parsed]:
    """Learn maker and model of each camera; a row that cannot be used is told."""
    where = f"{export.source.name}: {payload.name}"
    for item in read_table(payload.path, Layout(), where, "deployments"):
        if isinstance(item, Block):
            block = item.named(("project_id", "camera_id", "make", "model"), {}, ("camera_id",), where)
            ids = in_project(block, "camera_id").to_pylist()
            makers, models = (trimmed(block.column(name)).to_pylist() for name in ("make", "model"))
            for camera, *words_of_model in zip(ids, makers, models, strict=True):
                export.models[camera] = " ".join(word for word in words_of_model if word)
        elif isinstance(item, Refusal):
            yield Notice(f"{where}, row {item.row} is not used: {item.reason}")
        else:
            yield item


def _read_deployments(
    export: _Export, payload: Payload, deployments: Deployments, first_starts: dict[str | None, datetime]
) -> Iterator[Parsed]:
    where = f"{export.source.name}: {payload.name}"
    row_count, blocks = 0, []
    for item in read_table(payload.path, Layout(), where, "deployments"):
        if isinstance(item, Block):
            row_count += len(item)
            blocks.append(item)
        else:
            row_count += isinstance(item, Refusal)
            yield item
    yield Read(row_count)
    if not blocks:
        raise SourceChanged(f"{where} has no row", "Download the export again.")
    whole = Block(
        pa.concat_batches([block.batch for block in blocks]), pa.concat_arrays([block.numbers for block in blocks])
    )
    block = _without_repeats(whole.named(NAMES, {}, REQUIRED, where), export.tally)
    yield from _deployments_of(export, block, deployments, first_starts)


def _without_repeats(block: Block, tally: Tally) -> Block:
    """The block without rows that repeat an earlier one exactly."""
    seen: set[tuple[Any, ...]] = set()
    is_repeat = []
    for row in zip(*(column.to_pylist() for column in block.batch.columns), strict=True):
        is_repeat.append(row in seen)
        seen.add(row)
    mask = pa.array(is_repeat, pa.bool_())
    tally.add("deployment rows that repeat another one exactly are left out", mask)
    return block.where(pc.invert(mask))


def _deployments_of(
    export: _Export, block: Block, deployments: Deployments, first_starts: dict[str | None, datetime]
) -> Iterator[Parsed]:
    rows = _typed(export, block)
    is_good, refusals = refuse(block, "deployments", _checks(block, rows))
    last_moment = pc.if_else(_is_midnight(rows), pc.add(rows["ended_at"], pa.scalar(DAY)), rows["ended_at"])
    deployments.add(rows | {"ended_at": last_moment}, is_good)
    starts = zip(block.column("project_id").filter(is_good), rows["started_at"].filter(is_good), strict=True)
    for project, start in ((project.as_py(), start.as_py()) for project, start in starts):
        first_starts[project] = min(start, first_starts.get(project, start))
    kept = block.where(is_good)
    table = pa.table([rows[name] for name in DEPLOYMENTS.columns], schema=DEPLOYMENTS.arrow_schema)
    yield Rows("deployments", table.filter(is_good), kept.numbers, kept.raw)
    yield from refusals


def _typed(export: _Export, block: Block) -> dict[str, pa.Array]:
    tally = export.tally
    day_first = is_day_first([*block.column("start_date").to_pylist(), *block.column("end_date").to_pylist()])
    started = local_moments(block.column("start_date"), export.zone, day_first, tally)
    ended = local_moments(block.column("end_date"), export.zone, day_first, tally)
    nights = pc.divide(pc.subtract(ended.at.cast(pa.int64()), started.at.cast(pa.int64())).cast(NUMBER), DAY_US)
    state = block.column("camera_functioning")
    failed = mapped(state, lambda word: word.strip().lower() not in WORKING, pa.bool_())
    tally.add("cameras that did not work throughout; trap nights may be fewer", pc.fill_null(failed, False), state)
    is_fuzzed = tally.read(block, "fuzzed", flags(block.column("fuzzed")))
    camera = in_project(block, "camera_id")
    return {
        "deployment_id": in_project(block, "deployment_id"),
        "site_id": _sites(export.source, block),
        "location_id": in_project(block, "placename"),
        "location_name": trimmed(block.column("placename")),
        "latitude": numbers(block.column("latitude"), DEPLOYMENTS.field("latitude")),
        "longitude": numbers(block.column("longitude"), DEPLOYMENTS.field("longitude")),
        "coordinate_uncertainty_m": pa.nulls(len(block), NUMBER),
        "is_maybe_rounded": pc.coalesce(is_fuzzed, has_few_decimals(block)),
        "started_at": started.at,
        "ended_at": ended.at,
        "utc_offset_min": started.utc_offset_min,
        "end_offset_min": ended.utc_offset_min,
        "trap_nights": _whole_nights(nights, started.utc_offset_min, ended.utc_offset_min),
        "camera_id": camera,
        "camera_model": mapped(camera, lambda name: export.models.get(name) or None, TEXT),
        "camera_functioning": trimmed(state),
        "camera_height_m": words(block.column("sensor_height"), HEIGHTS_M, NUMBER),
        "has_timestamp_issues": pa.nulls(len(block), pa.bool_()),
        "is_baited": mapped(block.column("bait_type"), lambda word: word.strip().lower() != "none", pa.bool_()),
        "feature_type": mapped(
            trimmed(block.column("feature_type")), lambda word: None if word == "None" else word, TEXT
        ),
        "habitat": pa.nulls(len(block), TEXT),
    }


def _whole_nights(nights: pa.Array, start_offset_min: pa.Array, end_offset_min: pa.Array) -> pa.Array:
    """Nights by the local calendar: the hour that a change of the clocks adds or takes is no effort lost."""
    changed_min = pc.coalesce(pc.subtract(end_offset_min, start_offset_min), 0)
    return pc.add(nights, pc.divide(changed_min.cast(NUMBER), 1440.0))


def _sites(source: Source, block: Block) -> pa.Array:
    names = ("placename", "subproject_name", "deployment_id", "project_id")
    areas = zip(*(trimmed(block.column(name)).to_pylist() for name in names), strict=True)
    return pa.array([source.site_of(*area) for area in areas], TEXT)


def _is_midnight(rows: dict[str, pa.Array]) -> pa.Array:
    """True where the end has no time of day: such an end means the whole day."""
    offset_us = pc.multiply(pc.fill_null(rows["end_offset_min"], 0).cast(pa.int64()), 60_000_000)
    local_us = pc.add(rows["ended_at"].cast(pa.int64()), offset_us)
    return pc.equal(local_us, pc.multiply(pc.divide(local_us, DAY_US), DAY_US))


def _checks(block: Block, rows: dict[str, pa.Array]) -> list[Check]:
    ids = rows["deployment_id"]
    firsts = pc.index_in(ids, ids)
    is_second = pc.less(firsts, pa.array(range(len(ids)), firsts.type))
    return [
        Check("deployment_id", pc.is_null(ids), MISSING),
        Check("latitude", pc.is_null(rows["latitude"]), "it is not a number from -90 to 90"),
        Check("longitude", pc.is_null(rows["longitude"]), "it is not a number from -180 to 180"),
        Check("start_date", pc.is_null(rows["started_at"]), NO_TIME),
        Check("end_date", pc.is_null(rows["ended_at"]), NO_TIME),
        Check("end_date", pc.less(rows["trap_nights"], 0.0), "it is before the start"),
        Check("start_date", _is_clock_reset(block.column("project_id"), rows["started_at"]), CLOCK_RESET),
        Check("deployment_id", is_second, "another row has the same id and other values"),
        Check("placename", pc.is_null(rows["site_id"]), "no site is configured for this place; add it to `site`"),
    ]


def _is_clock_reset(projects: pa.Array, started_at: pa.Array) -> pa.Array:
    """True before 2000, and for the fewer starts of a project that lie over 5 years before all its other ones."""
    starts: dict[str | None, list[datetime]] = {}
    pairs = list(zip(projects.to_pylist(), started_at.to_pylist(), strict=True))
    for project, start in pairs:
        if start and start >= OLDEST_CLOCK:
            starts.setdefault(project, []).append(start)
    earliest = {project: _first_true_start(sorted(moments)) for project, moments in starts.items()}
    return pa.array(
        [bool(start) and start < earliest.get(project, OLDEST_CLOCK) for project, start in pairs], pa.bool_()
    )


def _first_true_start(starts: list[datetime]) -> datetime:
    for place in range(len(starts) // 2, 0, -1):
        if starts[place] - starts[place - 1] > CLOCK_GAP and place * 2 < len(starts):
            return starts[place]
    return starts[0]
