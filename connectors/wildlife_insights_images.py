"""Images and sequences of a Wildlife Insights export: animals become detections, everything else is counted."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Notice, Parsed, Payload, Read, Refusal, Rows, Source
from connectors.camtrap_dp_media import grouped
from connectors.camtrap_dp_observations import MISSING, Deployments, summed_counts
from connectors.columns import Check, Moments, Tally, flags, mapped, numbers, refuse, trimmed
from connectors.tabular import Block, Layout, read_table
from connectors.wildlife_insights_times import is_day_first, local_moments
from data.schema import DAY, DETECTIONS, MOMENT, OBSERVATION_COUNTS, TEXT, WHOLE

REQUIRED = ("deployment_id", "wi_taxon_id", "timestamp")
TAXON = ("class", "order", "family", "genus", "species", "common_name")
NAMES = (
    *REQUIRED,
    *TAXON,
    *("project_id", "image_id", "sequence_id", "end_time", "is_blank", "identified_by", "number_of_objects"),
    *("age", "sex", "behavior", "individual_id", "cv_confidence"),
)
OLDER_NAMES = {"timestamp": ("start_time",), "number_of_objects": ("number_of_animals", "group_size")}
# The fixed taxon ids of Wildlife Insights (google/cameratrapai, speciesnet/constants.py).
KIND_OF_TAXON = {
    "f1856211-cfb7-4a5b-9158-c0f72fd09ee6": "blank",
    "990ae9dd-7a59-4344-afcb-1b7b21368000": "human",
    "066c4187-4a03-4531-9f62-ac585ad0a138": "human",
    "e2895ed5-780b-48f6-8a11-9e27cb594511": "vehicle",
    "f2efdae9-efb8-48fb-8a91-eccf79ab4ffb": "unclassified",
    "1f689929-883d-4dae-958c-3d57ab5b6c16": "unknown",
}
KIND_OF_WORD = {
    "blank": "blank",
    "human": "human",
    "vehicle": "vehicle",
    "cv needed": "unclassified",
    "cv failed": "unclassified",
    "no cv result": "unclassified",
}
HUMAN_SPECIES = "sapiens"
NOT_STATED = ("unknown", "undefined", "not set")
# Wildlife Insights puts images up to 60 s apart into one sequence.
APART = timedelta(seconds=60, microseconds=1)
CLOCK_MARGIN = timedelta(days=365)
OLDEST_CLOCK = datetime(2000, 1, 1, tzinfo=UTC)
ROWS_PER_BLOCK = 50_000
NO_TIME = "it is not a date and time after 1900 such as 2024-05-31 18:30:00"
CLOCK_RESET = "the camera's clock was reset: it lies years before the deployments of the project"


class Images:
    """Reads the images and sequences of one export, in which `deployments` are known."""

    def __init__(
        self,
        source: Source,
        deployments: Deployments,
        first_starts: Mapping[str | None, datetime],
        tally: Tally,
        zone: str | None,
    ) -> None:
        self._source = source
        self._deployments = deployments
        self._first_starts = first_starts
        self._tally = tally
        self._zone = zone
        self._animals: list[pa.Table] = []
        self._counts: list[pa.Table] = []

    def read(self, payload: Payload) -> Iterator[Parsed]:
        """Refusals and notices of one file; its rows come with `results`."""
        day_first = is_day_first(self._dates_with_slashes(payload))
        row_count = 0
        for item in self._items(payload):
            if isinstance(item, Block):
                row_count += len(item)
                yield from self._parsed(item, day_first)
            else:
                row_count += isinstance(item, Refusal)
                yield item
        yield Read(row_count)

    def results(self) -> Iterator[Parsed]:
        """Rows of `detections` and `observation_counts` from all files read."""
        if self._animals:
            media = pa.concat_tables(self._animals)
            rows, first_numbers = grouped(media, APART)
            yield Notice(f"{len(media)} animal rows were grouped into {len(rows)} detections (images up to 60 s apart)")
            for first in range(0, len(rows), ROWS_PER_BLOCK):
                part = rows.slice(first, ROWS_PER_BLOCK)
                yield Rows("detections", part, first_numbers.slice(first, ROWS_PER_BLOCK))
        if self._counts:
            yield Rows("observation_counts", summed_counts(self._counts))

    def _items(self, payload: Payload) -> Iterator[Block | Refusal | Notice]:
        where = f"{self._source.name}: {payload.name}"
        for item in read_table(payload.path, Layout(), where, "detections"):
            yield item.named(NAMES, OLDER_NAMES, REQUIRED, where) if isinstance(item, Block) else item

    def _dates_with_slashes(self, payload: Payload) -> Iterator[str]:
        for item in self._items(payload):
            if isinstance(item, Block):
                text = item.column("timestamp")
                yield from text.filter(pc.fill_null(pc.match_substring(text, "/"), False)).unique().to_pylist()

    def _parsed(self, block: Block, day_first: bool) -> Iterator[Refusal]:
        start = local_moments(block.column("timestamp"), self._zone, day_first, self._tally)
        kind = self._kind(block)
        rows = self._typed(block, start, day_first)
        is_good, refusals = refuse(block, "detections", self._checks(block, rows))
        yield from refusals
        is_animal = pc.equal(kind, "animal")
        table = pa.table([rows[name] for name in DETECTIONS.columns], schema=DETECTIONS.arrow_schema)
        table = table.append_column("number", block.numbers).append_column("media_id", rows["media_id"])
        animals = table.filter(pc.and_(is_good, is_animal))
        if len(animals):
            self._animals.append(animals)
        others = pa.table(
            [
                rows["site_id"],
                rows["deployment_id"],
                rows["started_at"].cast(DAY),
                kind,
                pa.repeat(pa.scalar(1, WHOLE), len(block)),
            ],
            schema=OBSERVATION_COUNTS.arrow_schema,
        ).filter(pc.and_not(is_good, is_animal))
        if len(others):
            self._counts = [summed_counts([*self._counts, others])]

    def _kind(self, block: Block) -> pa.Array:
        """What each row shows: by its fixed taxon id, else by its words; a row without any taxon is unknown."""
        by_id = mapped(block.column("wi_taxon_id"), lambda taxon: KIND_OF_TAXON.get(taxon.strip().lower()), TEXT)
        by_word = [
            mapped(block.column(name), lambda word: KIND_OF_WORD.get(word.strip().lower()), TEXT)
            for name in ("common_name", "class")
        ]
        is_human = pc.fill_null(pc.equal(pc.utf8_lower(block.column("species")), HUMAN_SPECIES), False)
        human = pc.if_else(is_human, pa.scalar("human"), pa.scalar(None, TEXT))
        is_blank = self._tally.read(block, "is_blank", flags(block.column("is_blank")))
        name = _scientific_name(block)
        blank = pc.if_else(pc.fill_null(is_blank, False), pa.scalar("blank"), pa.scalar(None, TEXT))
        known = pc.coalesce(by_id, *by_word, human)
        is_odd = pc.and_(pc.is_null(known), pc.and_(pc.is_valid(name), pc.is_valid(blank)))
        self._tally.add("images marked blank although a taxon is named; counted as blank", is_odd, name)
        rest = pc.if_else(pc.is_valid(name), pa.scalar("animal"), pa.scalar("unknown"))
        kind = pc.coalesce(known, blank, rest)
        self._tally.add("animals or rows without any taxon; counted as unknown", pc.equal(kind, "unknown"))
        return kind

    def _typed(self, block: Block, start: Moments, day_first: bool) -> dict[str, pa.Array]:
        optional = self._tally.read
        ids = in_project(block, "deployment_id")
        deployment = self._deployments.of(ids)
        self._tally.add(
            "images of a deployment that is missing or was refused", pc.invert(deployment["is_stored"]), ids
        )
        ended_at = local_moments(block.column("end_time"), self._zone, day_first, self._tally).at
        name = _scientific_name(block)
        image = pc.coalesce(trimmed(block.column("image_id")), trimmed(block.column("sequence_id")))
        own_id = pc.coalesce(image, pc.binary_join_element_wise(ids, start.at.cast(TEXT), "/"))
        count = numbers(block.column("number_of_objects"), DETECTIONS.field("individual_count"))
        method = mapped(block.column("identified_by"), _method, TEXT)
        certainty = numbers(block.column("cv_confidence"), DETECTIONS.field("classification_probability"))
        is_machine = pc.fill_null(pc.equal(method, "machine"), False)
        is_early = pc.less(start.at, deployment["started_at"])
        is_late = pc.greater_equal(start.at, deployment["ended_at"])
        return {
            "detection_id": pc.binary_join_element_wise(own_id, pc.fill_null(name, ""), "/"),
            "site_id": deployment["site_id"],
            "deployment_id": ids,
            "event_id": trimmed(block.column("sequence_id")),
            "level": pa.repeat(pa.scalar("media"), len(block)),
            "started_at": start.at,
            "ended_at": pc.coalesce(optional(block, "end_time", ended_at), start.at),
            "utc_offset_min": start.utc_offset_min,
            "scientific_name": name,
            "individual_count": optional(block, "number_of_objects", count),
            "life_stage": _stated(block.column("age")),
            "sex": _stated(block.column("sex")),
            "behavior": trimmed(block.column("behavior")),
            "individual_id": trimmed(block.column("individual_id")),
            "classification_method": method,
            "classification_probability": pc.if_else(
                is_machine, optional(block, "cv_confidence", certainty), pa.scalar(None, certainty.type)
            ),
            "candidate_names": pa.nulls(len(block), TEXT),
            "is_outside_deployment": pc.or_kleene(is_early, is_late),
            "media_id": image,
        }

    def _checks(self, block: Block, rows: dict[str, pa.Array]) -> list[Check]:
        earliest = mapped(pc.fill_null(block.column("project_id"), ""), self._earliest, MOMENT)
        return [
            Check("deployment_id", pc.is_null(rows["deployment_id"]), MISSING),
            Check("timestamp", pc.is_null(rows["started_at"]), NO_TIME),
            Check("timestamp", pc.less(rows["started_at"], earliest), CLOCK_RESET),
            Check("end_time", pc.less(rows["ended_at"], rows["started_at"]), "it is before the start"),
            Check("deployment_id", pc.is_null(rows["site_id"]), "no site is configured for this deployment"),
        ]

    def _earliest(self, project: str) -> datetime:
        first = self._first_starts.get(project or None)
        return max(OLDEST_CLOCK, first - CLOCK_MARGIN) if first else OLDEST_CLOCK


def in_project(block: Block, name: str) -> pa.Array:
    """The value behind the id of its project, for it is unique only there; empty where the value is."""
    value, project = trimmed(block.column(name)), trimmed(block.column("project_id"))
    return pc.coalesce(pc.binary_join_element_wise(project, value, "/"), value)


def _scientific_name(block: Block) -> pa.Array:
    """`Genus species`, or the lowest rank above that is given."""
    species, genus, *higher = (trimmed(block.column(name)) for name in ("species", "genus", "family", "order", "class"))
    return pc.coalesce(pc.binary_join_element_wise(genus, species, " "), genus, *higher)


def _method(identified_by: str) -> str:
    return "machine" if identified_by.strip().lower().startswith("computer vision") else "human"


def _stated(text: pa.Array) -> pa.Array:
    return mapped(text, lambda word: None if word.strip().lower() in NOT_STATED else word.strip().lower(), TEXT)
