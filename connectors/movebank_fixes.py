"""Positions of tagged animals from the event table of Movebank, streamed in blocks."""

from collections.abc import Iterator
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Parsed, Payload, Rows, Source
from connectors.columns import Check, Tally, flags, mapped, moments, numbers, refuse, trimmed
from connectors.errors import SourceRefused
from connectors.movebank_reference import NO_SITE, Reference
from connectors.movebank_tables import blocks, energy_attribute
from connectors.tabular import Block
from data.schema import FIXES, FLAG, NUMBER, TEXT

OUTLIER_MARKS = ("manually_marked_outlier", "import_marked_outlier", "algorithm_marked_outlier")
NAMES = (
    *("timestamp", "location_long", "location_lat", "visible", *OUTLIER_MARKS, "sensor_type", "sensor_type_id"),
    *("individual_local_identifier", "tag_local_identifier", "individual_taxon_canonical_name"),
    *("ground_speed", "study_name"),
)
GPS = ("gps", "653")


class Fixes:
    """Reads event tables and tells `reference` of the animals and tags that it met."""

    def __init__(self, source: Source, reference: Reference, tally: Tally) -> None:
        self._source = source
        self._energy = energy_attribute(source)
        self._names = (*NAMES, self._energy) if self._energy else NAMES
        self._reference = reference
        self._tally = tally
        self._studies: set[str] = set()

    def read(self, payload: Payload) -> Iterator[Parsed]:
        for item in blocks(payload, self._source, "fixes", self._names):
            if isinstance(item, Block):
                yield from self._fixes_of(item)
            else:
                yield item

    def _fixes_of(self, block: Block) -> Iterator[Parsed]:
        self._check_one_study(block)
        block = self._positions(block)
        at = moments(block.column("timestamp")).at
        tag = trimmed(block.column("tag_local_identifier"))
        animal, is_outside = self._reference.carried(trimmed(block.column("individual_local_identifier")), tag, at)
        is_carried = animal.is_valid()
        self._tally.add("rows of a tag that no animal carried (not deployed) are left out", pc.invert(is_carried), tag)
        block, at, tag, animal, is_outside = (
            block.where(is_carried),
            *(column.filter(is_carried) for column in (at, tag, animal, is_outside)),
        )
        rows = {
            "individual_id": animal,
            "site_id": mapped(animal, self._reference.site, TEXT),
            "collar_id": tag,
            # Receivers differ by milliseconds in what is the same position.
            "fixed_at": pc.round_temporal(at, unit="second"),
            "latitude": numbers(block.column("location_lat"), FIXES.field("latitude")),
            "longitude": numbers(block.column("location_long"), FIXES.field("longitude")),
            "is_outlier": self._is_outlier(block),
            "speed_mps": self._speed(block),
            "energy_j": self._harvested(block),
        }
        is_good, refusals = refuse(block, "fixes", _checks(rows, is_outside))
        kept = block.where(is_good)
        table = pa.table([rows[name] for name in FIXES.columns], schema=FIXES.arrow_schema).filter(is_good)
        self._meet(table, trimmed(kept.column("individual_taxon_canonical_name")))
        yield Rows("fixes", table, kept.numbers, kept.raw)
        yield from refusals

    def _check_one_study(self, block: Block) -> None:
        self._studies.update(block.column("study_name").drop_null().unique().to_pylist())
        if len(self._studies) > 1:
            raise SourceRefused(
                f"{self._source.name}: its files hold more than one study, and an animal's name is unique in one only",
                "Configure each study as a source of its own.",
            )

    def _positions(self, block: Block) -> Block:
        """The GPS rows that have coordinates; all others are counted."""
        sensor = block.column("sensor_type" if block.has("sensor_type") else "sensor_type_id")
        is_gps = mapped(sensor, lambda name: name.strip().lower() in GPS, pa.bool_()).fill_null(True)
        self._tally.add("rows of another sensor than GPS are left out", pc.invert(is_gps), sensor)
        block = block.where(is_gps)
        has_place = pc.and_(block.column("location_long").is_valid(), block.column("location_lat").is_valid())
        self._tally.add("rows without coordinates are left out", pc.invert(has_place))
        return block.where(has_place)

    def _is_outlier(self, block: Block) -> pa.Array:
        """`visible` is the final word on all marks; the marks count where a file does not have it."""
        is_visible = self._tally.read(block, "visible", flags(block.column("visible")))
        is_marked = reduce(pc.or_, (flags(block.column(mark)).fill_null(False) for mark in OUTLIER_MARKS))
        return pc.if_else(is_visible.is_valid(), pc.invert(is_visible), is_marked)

    def _speed(self, block: Block) -> pa.Array:
        speed = numbers(block.column("ground_speed"), FIXES.field("speed_mps"))
        return self._tally.read(block, "ground_speed", speed)

    def _harvested(self, block: Block) -> pa.Array:
        """The energy that each position tells of, where an attribute for it is configured and was sent."""
        if self._energy is None or not block.has(self._energy):
            is_missing = pa.array([self._energy is not None] * len(block), FLAG)
            self._tally.add(f"the attribute {self._energy} was not sent, and energy is left empty", is_missing)
            return pa.nulls(len(block), NUMBER)
        energy = numbers(block.column(self._energy), FIXES.field("energy_j"))
        return self._tally.read(block, self._energy, energy)

    def _meet(self, table: pa.Table, taxon: pa.Array) -> None:
        met = pa.table({"animal": table["individual_id"], "tag": table["collar_id"], "taxon": taxon})
        for row in met.group_by(["animal", "tag", "taxon"]).aggregate([]).to_pylist():
            self._reference.meet(row["animal"], row["tag"], row["taxon"])


def _checks(rows: dict[str, pa.Array], is_outside: pa.Array) -> list[Check]:
    return [
        Check("timestamp", pc.is_null(rows["fixed_at"]), "it is not a date with a time of day"),
        Check("location_lat", pc.is_null(rows["latitude"]), "it is not a number from -90 to 90"),
        Check("location_long", pc.is_null(rows["longitude"]), "it is not a number from -180 to 180"),
        Check("tag_local_identifier", is_outside, "the reference data say that the animal did not carry it then"),
        Check("individual_local_identifier", pc.is_null(rows["site_id"]), NO_SITE),
    ]
