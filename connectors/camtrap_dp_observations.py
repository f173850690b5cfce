"""The observations of a Camtrap DP package: animals become detections, everything else is counted.

If any row has the level `event`, those rows are the detections and media rows are left out: both describe the same
animals. Otherwise the media rows are grouped into detections (`camtrap_dp_media.py`).
"""

from collections.abc import Iterator
from contextlib import closing

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.camtrap_dp_media import SequenceTimes, grouped
from connectors.columns import (
    FLAGS,
    Check,
    Moments,
    Tally,
    lacking_offset,
    mapped,
    moments,
    numbers,
    refuse,
    trimmed,
    unreadable,
    words,
)
from connectors.packages import layout_of
from connectors.tabular import Block, read_table
from data.schema import DAY, DETECTIONS, OBSERVATION_COUNTS, OBSERVATION_TYPES, TEXT, WHOLE

# The names before 1.0, and those with underscores of the first versions, which `Block.named` knows by itself.
OLDER_NAMES = {
    "mediaID": ("multimediaID",),
    "eventID": ("sequenceID",),
    "eventStart": ("timestamp",),
    "cameraSetupType": ("cameraSetup",),
    "behavior": ("behaviour",),
    "classificationProbability": ("classificationConfidence",),
}
NAMES = (
    *("observationID", "deploymentID", "mediaID", "eventID", "eventStart", "eventEnd", "observationLevel"),
    *("observationType", "cameraSetupType", "scientificName", "count", "lifeStage", "sex", "behavior", "individualID"),
    *("classificationMethod", "classificationProbability"),
)
REQUIRED = ("deploymentID", "eventStart", "observationType")
LEVELS = {"event": "event", "sequence": "event", "media": "media"}
LEVEL_OF_RESOURCE = {"event-observations": "event", "media-observations": "media"}
TYPES = {name: name for name in OBSERVATION_TYPES} | {"undefined": "unknown"}
SETUP = FLAGS | {"setup": True, "calibration": True, "none": False}
METHODS = {"human": "human", "machine": "machine", "machine learning": "machine"}
NOT_STATED = ("unknown", "undefined")
COUNT_KEYS = [name for name in OBSERVATION_COUNTS.columns if name != "row_count"]
MISSING = "it is missing"
NO_TIME = "it is not a date and time such as 2024-05-31T18:30:00+08:00"
DETECTIONS_PER_BLOCK = 50_000
COUNTS_KEPT_APART = 50


class Deployments:
    """What observations need to know of the deployments: time, offset, site, and whether it was refused."""

    SCHEMA = pa.schema(
        [
            *(DETECTIONS.arrow_schema.field(name) for name in ("deployment_id", "started_at", "ended_at")),
            *(DETECTIONS.arrow_schema.field(name) for name in ("utc_offset_min", "site_id")),
            ("has_timestamp_issues", pa.bool_()),
            ("is_stored", pa.bool_()),
        ]
    )

    def __init__(self, source: Source) -> None:
        self._site_of_others = source.site_of(None)
        self._rows = self.SCHEMA.empty_table()

    def add(self, rows: dict[str, pa.Array], is_stored: pa.Array) -> None:
        columns = rows | {"is_stored": is_stored}
        new = pa.table([columns[name] for name in self.SCHEMA.names], schema=self.SCHEMA)
        self._rows = pa.concat_tables([self._rows, new.filter(pc.is_valid(new["deployment_id"]))]).combine_chunks()

    def of(self, deployment_id: pa.Array) -> dict[str, pa.Array]:
        """The columns of the deployment of each row; only the site is filled for one that is not in the package."""
        place = pc.index_in(deployment_id, self._rows["deployment_id"])
        found = {name: self._rows[name].combine_chunks().take(place) for name in self.SCHEMA.names}
        found["is_stored"] = pc.fill_null(found["is_stored"], False)
        if place.null_count:
            found["site_id"] = pc.if_else(pc.is_valid(place), found["site_id"], pa.scalar(self._site_of_others, TEXT))
        return found


class Observations:
    """Reads the observations of one package, in which `deployments` are known."""

    def __init__(
        self, source: Source, deployments: Deployments, tally: Tally, time_zone: str | None, is_old: bool
    ) -> None:
        self._source = source
        self._deployments = deployments
        self._tally = tally
        self._time_zone = time_zone
        self._is_old = is_old
        self._times = SequenceTimes()
        self._without_site: set[str] = set()
        self._media_rows: list[pa.Table] = []
        self._counts: list[pa.Table] = []

    def read(self, payloads: list[Payload], media: list[Payload]) -> Iterator[Parsed]:
        """Rows of `detections`, block by block if there are events; then those of `observation_counts`."""
        if self._is_old:
            yield from self._times.read(media, self._source.name, self._tally)
        level = "event" if any(self._has_events(payload) for payload in payloads) else "media"
        for payload in payloads:
            row_count = 0
            for item in self._items(payload):
                if isinstance(item, Block):
                    row_count += len(item)
                    yield from self._parsed(item, level, payload)
                else:
                    row_count += isinstance(item, Refusal)
                    yield item
            yield Read(row_count)
        if self._media_rows:
            yield from self._grouped()
        if self._counts:
            yield Rows("observation_counts", summed_counts(self._counts))

    def _items(self, payload: Payload) -> Iterator[Block | Refusal | Notice]:
        where = f"{self._source.name}: {payload.name}"
        for item in read_table(payload.path, layout_of(payload), where, "detections"):
            yield item.named(NAMES, OLDER_NAMES, REQUIRED, where) if isinstance(item, Block) else item

    def _has_events(self, payload: Payload) -> bool:
        with closing(self._items(payload)) as items:
            return any(
                pc.any(pc.equal(_level(item, payload), "event")).as_py() for item in items if isinstance(item, Block)
            )

    def _parsed(self, block: Block, level: str, payload: Payload) -> Iterator[Parsed]:
        is_level = pc.equal(_level(block, payload), level)
        self._left_out(pc.invert(is_level), "media rows beside event rows, which describe the same animals")
        block = block.where(is_level)
        block, refusals = self._with_site(block)
        yield from refusals
        kind = self._kind(block)
        setup = self._tally.read(block, "cameraSetupType", words(block.column("cameraSetupType"), SETUP, pa.bool_()))
        is_animal = pc.equal(kind, "animal")
        is_setup = pc.and_(is_animal, pc.fill_null(setup, False))
        self._left_out(is_setup, "animals while somebody set up or calibrated the camera")
        is_other = pc.invert(is_animal)
        is_animal = pc.and_not(is_animal, is_setup)
        if is_animal.true_count:
            yield from self._detections(block.where(is_animal), level)
        if is_other.true_count:
            yield from self._count(block.where(is_other), kind.filter(is_other))

    def _left_out(self, is_left_out: pa.Array, reason: str) -> None:
        self._tally.add(f"observations left out, {reason}", is_left_out)

    def _with_site(self, block: Block) -> tuple[Block, list[Refusal]]:
        """The rows with a site; the first row of each deployment without one is refused, its others are counted."""
        ids = trimmed(block.column("deploymentID"))
        deployment = self._deployments.of(ids)
        is_known = pc.or_(deployment["is_stored"], pc.is_null(ids))
        self._tally.add("observations of a deployment that is missing or was refused", pc.invert(is_known), ids)
        is_homeless = pc.and_(pc.is_null(deployment["site_id"]), pc.is_valid(ids))
        is_new = []
        for name in ids.filter(is_homeless).to_pylist():
            is_new.append(name not in self._without_site)
            self._without_site.add(name)
        is_first = pc.replace_with_mask(is_homeless, is_homeless, pa.array(is_new, pa.bool_()))
        self._left_out(pc.and_not(is_homeless, is_first), "further ones of deployments without a configured site")
        reason = "no site is configured for this deployment"
        _, refusals = refuse(block, "detections", [Check("deploymentID", is_first, reason)])
        return block.where(pc.invert(is_homeless)), refusals

    def _kind(self, block: Block) -> pa.Array:
        text = block.column("observationType")
        kind = words(text, TYPES, TEXT)
        name = block.own_name("observationType")
        self._tally.add(f"{name} is not one of the standard's; counted as unknown", unreadable(text, kind), text)
        if self._is_old:
            # Before 1.0 an empty type stood for a blank.
            return pc.if_else(pc.is_null(text), "blank", pc.fill_null(kind, "unknown"))
        self._tally.add(f"{name} is empty; counted as unknown", pc.is_null(text))
        return pc.fill_null(kind, "unknown")

    def _event_times(self, block: Block) -> tuple[Moments, pa.Array]:
        """Start with its offset, and end, of each event; both from the media of the sequence where only they say it."""
        start = moments(block.column("eventStart"), self._time_zone)
        self._tally.add(lacking_offset(self._time_zone), start.lacks_offset, block.column("eventStart"))
        if block.has("eventEnd"):
            return start, self._tally.read(block, "eventEnd", moments(block.column("eventEnd"), self._time_zone).at)
        is_broken = unreadable(block.column("eventStart"), start.at)
        first, last = self._times.of(block.column("deploymentID"), block.column("eventID"))
        first = pc.if_else(is_broken, start.at, pc.coalesce(first, start.at))
        return Moments(first, start.utc_offset_min, start.lacks_offset), pc.coalesce(last, first)

    def _detections(self, block: Block, level: str) -> Iterator[Parsed]:
        rows = self._typed(block, level)
        is_good, refusals = refuse(
            block,
            "detections",
            [
                Check("observationID", pc.is_null(rows["detection_id"]), MISSING),
                Check("deploymentID", pc.is_null(rows["deployment_id"]), MISSING),
                Check("eventStart", pc.is_null(rows["started_at"]), NO_TIME),
                Check("eventEnd", pc.less(rows["ended_at"], rows["started_at"]), "it is before the start"),
            ],
        )
        yield from refusals
        kept = block.where(is_good)
        table = pa.table([rows[name] for name in DETECTIONS.columns], schema=DETECTIONS.arrow_schema).filter(is_good)
        if level == "event":
            yield Rows("detections", table, kept.numbers, kept.raw)
        else:
            table = table.append_column("number", kept.numbers)
            self._media_rows.append(table.append_column("media_id", kept.column("mediaID")))

    def _typed(self, block: Block, level: str) -> dict[str, pa.Array]:
        optional = self._tally.read
        ids = trimmed(block.column("deploymentID"))
        deployment = self._deployments.of(ids)
        start, ended_at = self._event_times(block)
        offset = _local_offset(start.utc_offset_min, deployment["utc_offset_min"])
        is_clock_wrong = pc.fill_null(deployment["has_timestamp_issues"], False)
        count = numbers(block.column("count"), DETECTIONS.field("individual_count"))
        method = words(block.column("classificationMethod"), METHODS, TEXT)
        certainty = numbers(block.column("classificationProbability"), DETECTIONS.field("classification_probability"))
        is_early = pc.less(start.at, deployment["started_at"])
        is_late = pc.greater(pc.coalesce(ended_at, start.at), deployment["ended_at"])
        return {
            "detection_id": block.column("observationID"),
            "site_id": deployment["site_id"],
            "deployment_id": ids,
            "event_id": block.column("eventID"),
            "level": pa.repeat(pa.scalar(level), len(block)),
            "started_at": start.at,
            "ended_at": ended_at,
            "utc_offset_min": pc.if_else(is_clock_wrong, pa.scalar(None, WHOLE), offset),
            "scientific_name": trimmed(block.column("scientificName")),
            "individual_count": optional(block, "count", count),
            "life_stage": _stated(block.column("lifeStage")),
            "sex": _stated(block.column("sex")),
            "behavior": trimmed(block.column("behavior")),
            "individual_id": trimmed(block.column("individualID")),
            "classification_method": optional(block, "classificationMethod", method),
            "classification_probability": optional(block, "classificationProbability", certainty),
            "candidate_names": pa.nulls(len(block), TEXT),
            "is_outside_deployment": pc.or_kleene(is_early, is_late),
        }

    def _count(self, block: Block, kind: pa.Array) -> Iterator[Refusal]:
        ids = trimmed(block.column("deploymentID"))
        start, _ = self._event_times(block)
        is_good, refusals = refuse(
            block,
            "observation_counts",
            [Check("deploymentID", pc.is_null(ids), MISSING), Check("eventStart", pc.is_null(start.at), NO_TIME)],
        )
        yield from refusals
        ones = pa.repeat(pa.scalar(1, WHOLE), len(block))
        columns = [self._deployments.of(ids)["site_id"], ids, start.at.cast(DAY), kind, ones]
        rows = pa.table(columns, schema=OBSERVATION_COUNTS.arrow_schema)
        self._counts.append(summed_counts([rows.filter(is_good)]))
        if len(self._counts) > COUNTS_KEPT_APART:
            self._counts = [summed_counts(self._counts)]

    def _grouped(self) -> Iterator[Parsed]:
        rows, first_numbers = grouped(pa.concat_tables(self._media_rows))
        media_count = sum(len(table) for table in self._media_rows)
        yield Notice(f"there are no event rows: {media_count} media rows were grouped into {len(rows)} detections")
        for first in range(0, len(rows), DETECTIONS_PER_BLOCK):
            numbers = first_numbers.slice(first, DETECTIONS_PER_BLOCK)
            yield Rows("detections", rows.slice(first, DETECTIONS_PER_BLOCK), numbers)


def _level(block: Block, payload: Payload) -> pa.Array:
    """Event or media; where a row does not say, media if it names one (as before 1.0, when no row said it)."""
    stated = LEVEL_OF_RESOURCE.get(payload.meta["resource"])
    if stated:
        return pa.repeat(pa.scalar(stated), len(block))
    level = words(block.column("observationLevel"), LEVELS, TEXT)
    return pc.coalesce(level, pc.if_else(pc.is_valid(block.column("mediaID")), "media", "event"))


def _local_offset(own: pa.Array, of_deployment: pa.Array) -> pa.Array:
    """The offset that a time was written with; UTC often only means that a platform exported it so."""
    return pc.if_else(pc.equal(own, 0), pc.coalesce(of_deployment, own), own)


def _stated(text: pa.Array) -> pa.Array:
    """Life stage or sex without the older versions' word for an empty cell."""
    return mapped(text, lambda word: None if word.strip().lower() in NOT_STATED else word.strip(), TEXT)


def summed_counts(tables: list[pa.Table]) -> pa.Table:
    counts = pa.concat_tables(tables).group_by(COUNT_KEYS, use_threads=False).aggregate([("row_count", "sum")])
    counts = counts.rename_columns([*COUNT_KEYS, "row_count"])
    return counts.select(OBSERVATION_COUNTS.columns).cast(OBSERVATION_COUNTS.arrow_schema)
