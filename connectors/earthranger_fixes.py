"""EarthRanger observations: where the animals were, with those marked as wrong."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Parsed, Rows
from connectors.columns import Check, Tally, lacking_offset, moments, numbers, refuse
from connectors.earthranger_animals import NO_SITE, Animals
from connectors.earthranger_answers import Record, block_of, texts_of
from connectors.tabular import Block
from data.schema import FIXES, FLAG, NUMBER, TEXT, WHOLE, Field

FIELDS = ("id", "source", "recorded_at", "location.latitude", "location.longitude", "exclusion_flags")
# Bit 1: excluded by a person, bit 2: excluded by the server.
EXCLUSION_FLAGS = Field("exclusion_flags", WHOLE, "Why a position is not to be used", minimum=0)
NOBODY = "nothing says which subject carried this tag then; send /subjectsources too"


class Fixes:
    """Reads pages of observations, of which any may repeat rows of another."""

    def __init__(self, animals: Animals, tally: Tally, energy_key: str) -> None:
        self._energy = f"observation_details.{energy_key}"
        self._animals = animals
        self._tally = tally
        self._ids: set[str] = set()
        self._keys: set[tuple[str, int]] = set()
        self._rows_read = 0

    def read(self, records: Sequence[Record], subject: str) -> Iterator[Parsed]:
        """The positions of one page; without a `subject` each is of the animal that carried the tag."""
        names = (*FIELDS, self._energy)
        block = block_of(texts_of(records, names), names, self._rows_read + 1)
        self._rows_read += len(records)
        is_repeat = self._is_repeat(block.column("id"))
        self._tally.add("positions that were sent more than once are stored once", is_repeat)
        block = block.where(pc.invert(is_repeat))
        at = moments(block.column("recorded_at"))
        individuals = self._individuals(block, at.at, subject)
        is_other = pa.array([one is not None and not self._animals.is_animal(one) for one in individuals], FLAG)
        self._tally.add("positions of subjects that are not wildlife are left out", is_other)
        is_animal = pc.invert(is_other)
        self._tally.add(lacking_offset(None), pc.and_(is_animal, at.lacks_offset))
        yield from self._typed(
            block.where(is_animal), at.at.filter(is_animal), pa.array(individuals, TEXT).filter(is_animal)
        )

    def _typed(self, block: Block, at: pa.Array, individuals: pa.Array) -> Iterator[Parsed]:
        latitude = numbers(block.column("location.latitude"), FIXES.field("latitude"))
        longitude = numbers(block.column("location.longitude"), FIXES.field("longitude"))
        site_of = {one: self._animals.site_of(one) for one in individuals.unique().to_pylist()}
        sites = pa.array([site_of[one] for one in individuals.to_pylist()], TEXT)
        checks = [
            Check("id", pc.is_null(block.column("id")), "it is missing"),
            Check("recorded_at", pc.is_null(at), "it is not a time from 1900 to 2199"),
            Check("location.latitude", pc.is_null(latitude), "it is not a number from -90 to 90"),
            Check("location.longitude", pc.is_null(longitude), "it is not a number from -180 to 180"),
            Check("source", pc.is_null(individuals), NOBODY),
            Check("source", pc.is_null(sites), NO_SITE),
        ]
        is_good, refusals = refuse(block, "fixes", checks)
        columns = {
            "individual_id": individuals,
            "site_id": sites,
            "collar_id": block.column("source"),
            "fixed_at": at,
            "latitude": latitude,
            "longitude": longitude,
            "is_outlier": self._is_outlier(block, latitude, longitude),
            "speed_mps": pa.nulls(len(block), NUMBER),
            "energy_j": self._tally.read(
                block, self._energy, numbers(block.column(self._energy), FIXES.field("energy_j"))
            ),
        }
        is_good = pc.and_(is_good, self._is_first_of_its_time(individuals, at, is_good))
        kept = block.where(is_good)
        rows = pa.table(list(columns.values()), schema=FIXES.arrow_schema).filter(is_good)
        yield Rows("fixes", rows, kept.numbers, kept.raw)
        yield from refusals

    def _is_repeat(self, ids: pa.Array) -> pa.Array:
        is_repeat = []
        for one in ids.to_pylist():
            is_repeat.append(one in self._ids)
            if one is not None:
                self._ids.add(one)
        return pa.array(is_repeat, FLAG)

    def _individuals(self, block: Block, at: pa.Array, subject: str) -> list[str | None]:
        if subject:
            return [subject] * len(block)
        tags = block.column("source")
        if self._animals.are_known:
            times_us = at.cast(pa.int64()).to_pylist()
            return [self._animals.carrier(*one) for one in zip(tags.to_pylist(), times_us, strict=True)]
        self._tally.add(
            "no list of subjects was sent, so each tag stands for an animal, whoever carries it", pc.is_valid(tags)
        )
        return tags.to_pylist()

    def _is_outlier(self, block: Block, latitude: pa.Array, longitude: pa.Array) -> pa.Array:
        flags = numbers(block.column("exclusion_flags"), EXCLUSION_FLAGS)
        is_excluded = pc.fill_null(pc.greater(self._tally.read(block, "exclusion_flags", flags), 0), False)
        # A tag without reception reports the null island.
        is_nowhere = pc.fill_null(pc.and_(pc.equal(latitude, 0.0), pc.equal(longitude, 0.0)), False)
        return pc.or_(is_excluded, is_nowhere)

    def _is_first_of_its_time(self, individuals: pa.Array, at: pa.Array, is_good: pa.Array) -> pa.Array:
        is_first = []
        times_us = at.cast(pa.int64()).to_pylist()
        for individual, time_us, good in zip(individuals.to_pylist(), times_us, is_good.to_pylist(), strict=True):
            is_first.append(not good or (individual, time_us) not in self._keys)
            if good:
                self._keys.add((individual, time_us))
        first = pa.array(is_first, FLAG)
        self._tally.add("positions of the same animal at the same time as another are left out", pc.invert(first))
        return first
