"""What Camtrap DP media rows are needed for: grouping them into detections, and the times of old sequences."""

from collections.abc import Iterator
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Notice, Payload, Refusal
from connectors.columns import Tally, moments, unreadable
from connectors.packages import layout_of
from connectors.tabular import Block, read_table
from data.schema import DETECTIONS, MOMENT, TEXT

# O'Brien, Kinnaird & Wibisono 2003, doi:10.1017/S1367943003003172: records half an hour apart are independent.
INDEPENDENT_AFTER = timedelta(minutes=30)
MEDIA_NAMES = ("deploymentID", "eventID", "timestamp")
OLDER_MEDIA_NAMES = {"eventID": ("sequenceID",)}
TIMES_KEPT_APART = 50
SAME_IN_GROUP = ("life_stage", "sex", "behavior", "individual_id")


def grouped(media: pa.Table, apart: timedelta = INDEPENDENT_AFTER) -> tuple[pa.Table, pa.Array]:
    """Detections from media rows, in whole memory, with the row number of the first row of each.

    `media` has the columns of `detections`, and `media_id` and `number`. Rows of one deployment and taxon are one
    detection when they share an event; without an event, as long as each follows the one before in less than
    `apart`. Its id is that of its first row, its count the largest that any one file shows (the sum over the rows
    of the file; a row without count is one animal; empty if no row has one). It is labelled by a human if any row is,
    has the highest probability, and keeps life stage, sex, behaviour and individual only where all rows agree.
    """
    keys = ["deployment_id", "scientific_name", "event_id"]
    order = pc.sort_indices(media, [(key, "ascending") for key in (*keys, "started_at")])
    media = media.take(order).combine_chunks()
    media = media.append_column("group", _group_numbers(media, keys, apart))
    # "human" sorts before "machine", so the least of a group is human if any is.
    firsts = [("detection_id", "first"), ("number", "first"), ("started_at", "min"), ("ended_at", "max")]
    extremes = [("classification_method", "min"), ("classification_probability", "max"), ("individual_count", "max")]
    plain = ["site_id", "deployment_id", "event_id", "level", "utc_offset_min", "scientific_name", "candidate_names"]
    result = media.group_by("group", use_threads=False).aggregate(
        [
            *firsts,
            *extremes,
            *((name, "first") for name in plain),
            *((name, extreme) for name in SAME_IN_GROUP for extreme in ("min", "max")),
            ("is_outside_deployment", "any"),
        ]
    )
    columns = {
        name: result[f"{name}_{how}"] for name, how in (*firsts, *extremes, *((name, "first") for name in plain))
    }
    for name in SAME_IN_GROUP:
        least, most = result[f"{name}_min"], result[f"{name}_max"]
        columns[name] = pc.if_else(pc.equal(least, most), least, pa.scalar(None, TEXT))
    columns["is_outside_deployment"] = result["is_outside_deployment_any"]
    columns["individual_count"] = pc.if_else(
        pc.is_valid(columns["individual_count"]), _largest_counts(media), pa.scalar(None, pa.int64())
    )
    detections = pa.table({name: columns[name] for name in DETECTIONS.columns}).cast(DETECTIONS.arrow_schema)
    return detections, columns["number"].combine_chunks()


def _group_numbers(media: pa.Table, keys: list[str], apart: timedelta) -> pa.Array:
    """The number of the group of each row of a sorted table, counted from 0."""
    if len(media) < 2:
        return pa.repeat(pa.scalar(0, pa.int64()), len(media))
    starts = media["started_at"].combine_chunks()
    gap = pc.subtract(starts[1:], starts[:-1])
    is_new = pc.and_(pc.is_null(media["event_id"][1:]), pc.greater_equal(gap, pa.scalar(apart, gap.type)))
    for key in keys:
        values = pc.fill_null(media[key], "").combine_chunks()
        is_new = pc.or_(is_new, pc.not_equal(values[1:], values[:-1]))
    later = pc.cumulative_sum(is_new.cast(pa.int64()))
    later = later.combine_chunks() if isinstance(later, pa.ChunkedArray) else later
    return pa.concat_arrays([pa.array([0], pa.int64()), later])


def _largest_counts(media: pa.Table) -> pa.ChunkedArray:
    file = pc.coalesce(media["media_id"], media["started_at"].cast(TEXT))
    counts = pa.table({"group": media["group"], "file": file, "count": pc.fill_null(media["individual_count"], 1)})
    sums = counts.group_by(["group", "file"], use_threads=False).aggregate([("count", "sum")])
    return sums.group_by("group", use_threads=False).aggregate([("count_sum", "max")])["count_sum_max"]


class SequenceTimes:
    """First and last moment of each sequence, which before 1.0 only its media say."""

    def __init__(self) -> None:
        self._times = pa.table({"key": pa.array([], TEXT), "first": pa.array([], MOMENT), "last": pa.array([], MOMENT)})

    def read(self, payloads: list[Payload], source_name: str, tally: Tally) -> Iterator[Notice]:
        """Learn from the media; rows of media that cannot be used are counted."""
        if not payloads:
            yield Notice(
                "there is no media resource that can be read; an event starts and ends at the time of its observation"
            )
        parts = []
        for payload in payloads:
            where = f"{source_name}: {payload.name}"
            for item in read_table(payload.path, layout_of(payload), where, "media"):
                if isinstance(item, Block):
                    parts.append(_times(item.named(MEDIA_NAMES, OLDER_MEDIA_NAMES, MEDIA_NAMES, where), tally))
                elif isinstance(item, Refusal):
                    yield Notice(f"{where}, row {item.row} is not used: {item.reason}")
                else:
                    yield item
                if len(parts) > TIMES_KEPT_APART:
                    parts = [_merged(parts)]
        if parts:
            self._times = _merged(parts)

    def of(self, deployment_id: pa.Array, event_id: pa.Array) -> tuple[pa.Array, pa.Array]:
        """First and last moment for each row, empty where the sequence has no media."""
        place = pc.index_in(_key(deployment_id, event_id), self._times["key"])
        first, last = (self._times[name].combine_chunks().take(place) for name in ("first", "last"))
        return first, last


def _times(block: Block, tally: Tally) -> pa.Table:
    text = block.column("timestamp")
    at = moments(text).at
    tally.add("media times could not be read and are not used", unreadable(text, at), text)
    key = _key(block.column("deploymentID"), block.column("eventID"))
    return _merged([pa.table({"key": key, "first": at, "last": at})])


def _merged(parts: list[pa.Table]) -> pa.Table:
    merged = pa.concat_tables(parts).group_by("key", use_threads=False).aggregate([("first", "min"), ("last", "max")])
    return merged.rename_columns(["key", "first", "last"]).filter(pc.is_valid(merged["key"])).combine_chunks()


def _key(deployment_id: pa.Array, event_id: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(deployment_id, event_id, "\n")
