"""EarthRanger subjects that are wildlife, and which of them carried which collar when."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Parsed, Rows, Source
from connectors.columns import Check, Tally, flags, mapped, moments, numbers, refuse, words
from connectors.earthranger_answers import Record, block_of, text_at, texts_of
from connectors.earthranger_options import Options
from connectors.tabular import Block
from data.schema import COLLARS, INDIVIDUALS, TEXT

WILDLIFE = "wildlife"
SEXES = {"female": "female", "male": "male"}
NO_SEX = r"(?i)^(unknown|undetermined|na|n/a|-)$"
SUBJECT_FIELDS = ("id", "name", "subject_subtype", "sex", "is_active", "region", "country")
ENDS = ("assigned_range.lower", "assigned_range.upper")
INTERVAL = "fix_interval_h"
ASSIGNMENT_FIELDS = ("subject", "source", *ENDS)
# Years that stand for an open end, because the calendar of the server holds no earlier or later ones.
OPEN_END = re.compile(r"(0\d{3}|1[0-8]\d\d|2[2-9]\d\d|[3-9]\d{3})-")
NO_SITE = "no site is configured for this animal; add it to `site`"


class Animals:
    """What the lists of subjects, sources and their assignments say; read in this order."""

    def __init__(self, source: Source, options: Options, tally: Tally) -> None:
        self._sites: dict[str, str | None] = {}
        self._others: set[str] = set()
        self._has_assignments = False
        self._source = source
        self._options = options
        self._tally = tally
        self._taxa: dict[str, str | None] = {}
        self._models: dict[str, str | None] = {}
        self._intervals_h: dict[str, float | None] = {}
        self._collars: dict[tuple[str, str], tuple[dict[str, Any], int, Block, int]] = {}
        self._carriers: dict[str, list[tuple[Any, ...]]] = {}
        self._subjects_read = 0
        self._assignments_read = 0

    @property
    def are_known(self) -> bool:
        """Whether any list says who the subjects are or what they carry."""
        return self._has_assignments or bool(self._sites or self._others)

    def read_subjects(self, records: Sequence[Record]) -> Iterator[Parsed]:
        """One individual for each subject that is wildlife."""
        rows = texts_of(records, SUBJECT_FIELDS)
        is_new, is_wildlife = [], []
        for row, record in zip(rows, records, strict=True):
            subject = row["id"] or ""
            is_new.append(not subject or (subject not in self._sites and subject not in self._others))
            is_wildlife.append(text_at(record, "subject_type") == WILDLIFE)
            if is_wildlife[-1]:
                areas = (row["id"], row["name"], row["region"], row["country"])
                self._sites[subject] = self._source.site_of(*areas)
                self._taxa[subject] = self._options.taxon(row["subject_subtype"])
            else:
                self._others.add(subject)
        self._tally.add("subjects that were sent more than once are stored once", pc.invert(_mask(is_new)))
        self._tally.add("subjects that are not wildlife are left out", pc.and_not(_mask(is_new), _mask(is_wildlife)))
        block = block_of(rows, SUBJECT_FIELDS, self._subjects_read + 1)
        self._subjects_read += len(rows)
        yield from self._individuals(block.where(pc.and_(_mask(is_new), _mask(is_wildlife))))

    def _individuals(self, block: Block) -> Iterator[Parsed]:
        ids = block.column("id")
        sites = pa.array([self._sites[subject or ""] for subject in ids.to_pylist()], TEXT)
        sex = words(block.column("sex"), SEXES, TEXT)
        is_said = pc.invert(pc.fill_null(pc.match_substring_regex(block.column("sex"), NO_SEX), True))
        self._tally.add(
            "sex is neither female nor male and is left empty", pc.and_(is_said, pc.is_null(sex)), block.column("sex")
        )
        columns = {
            "individual_id": ids,
            "site_id": sites,
            "individual_name": block.column("name"),
            "scientific_name": mapped(block.column("subject_subtype"), self._options.taxon, TEXT),
            "sex": sex,
            "is_active": self._tally.read(block, "is_active", flags(block.column("is_active"))),
        }
        checks = [Check("id", pc.is_null(ids), "it is missing"), Check("name", pc.is_null(sites), NO_SITE)]
        is_good, refusals = refuse(block, "individuals", checks)
        kept = block.where(is_good)
        rows = pa.table(list(columns.values()), schema=INDIVIDUALS.arrow_schema).filter(is_good)
        yield Rows("individuals", rows, kept.numbers, kept.raw)
        yield from refusals

    def read_sources(self, records: Sequence[Record]) -> None:
        """Note the model of each collar, and the interval that its `additional` states, in hours."""
        written = pa.array([text_at(record, f"additional.{INTERVAL}") for record in records], TEXT)
        intervals_h = numbers(written, COLLARS.field(INTERVAL)).to_pylist()
        for record, interval_h in zip(records, intervals_h, strict=True):
            name = text_at(record, "id") or ""
            self._models[name], self._intervals_h[name] = text_at(record, "model_name"), interval_h

    def read_collars(self, records: Sequence[Record]) -> Iterator[Parsed]:
        """Note who carried what; refuses only assignments that name no subject, no source or no site."""
        self._has_assignments = True
        rows = texts_of(records, ASSIGNMENT_FIELDS)
        for row in rows:
            row |= {end: None for end in ENDS if OPEN_END.match(row[end] or "")}
        block = block_of(rows, ASSIGNMENT_FIELDS, self._assignments_read + 1)
        self._assignments_read += len(rows)
        self._note_carriers(block)
        is_other = _mask([row["subject"] is not None and not self.is_animal(row["subject"]) for row in rows])
        self._tally.add("assignments of tags to subjects that are not wildlife are left out", is_other)
        block = block.where(pc.invert(is_other))
        subjects, sources = block.column("subject"), block.column("source")
        sites = pa.array([self.site_of(subject) for subject in subjects.to_pylist()], TEXT)
        checks = [
            Check("subject", pc.is_null(subjects), "it is missing"),
            Check("source", pc.is_null(sources), "it is missing"),
            Check("subject", pc.is_null(sites), NO_SITE),
        ]
        is_good, refusals = refuse(block, "collars", checks)
        self._take(block.where(is_good), sites.filter(is_good))
        yield from refusals

    def _note_carriers(self, block: Block) -> None:
        subjects, sources = block.column("subject").to_pylist(), block.column("source").to_pylist()
        starts, ends = (moments(block.column(end)).at.cast(pa.int64()).to_pylist() for end in ENDS)
        for source, *carrier in zip(sources, subjects, starts, ends, strict=True):
            self._carriers.setdefault(source or "", []).append(tuple(carrier))

    def _take(self, block: Block, sites: pa.Array) -> None:
        fitted, removed = (self._tally.read(block, end, moments(block.column(end)).at) for end in ENDS)
        numbers = block.numbers.to_pylist()
        repeated = 0
        keys = zip(block.column("source").to_pylist(), block.column("subject").to_pylist(), strict=True)
        for position, key in enumerate(keys):
            collar = {
                "collar_id": key[0],
                "site_id": sites[position].as_py(),
                "individual_id": key[1],
                "model": self._models.get(key[0]),
                **self._options.collars.kind(self._models.get(key[0]), key[0], self._intervals_h.get(key[0])),
                "fitted_at": fitted[position].as_py(),
                "removed_at": removed[position].as_py(),
            }
            known = self._collars.get(key)
            repeated += known is not None
            if known is None or _start(collar) >= _start(known[0]):
                self._collars[key] = (collar, numbers[position], block, position)
        self._tally.add(
            "the same tag on the same animal is assigned more than once: the latest time is kept",
            _mask([True] * repeated),
        )

    def collars(self) -> Iterator[Rows]:
        """One collar for each pair of tag and animal."""
        if not self._collars:
            return
        entries = list(self._collars.values())
        rows = pa.Table.from_pylist([entry[0] for entry in entries], schema=COLLARS.arrow_schema)
        numbers = pa.array([entry[1] for entry in entries], pa.int64())
        yield Rows("collars", rows, numbers, lambda place: entries[place][2].raw(entries[place][3]))

    def carrier(self, collar: str, at_us: int | None) -> str | None:
        """The subject that carried a tag at a time; None when nothing says which one."""
        for subject, start, end in self._carriers.get(collar, []):
            if at_us is not None and (start is None or start <= at_us) and (end is None or at_us < end):
                return subject
        return None

    def is_animal(self, subject: str) -> bool:
        """Whether a subject is wildlife; without a list of subjects every one is taken for it."""
        return subject in self._sites or not (self._sites or self._others)

    def wildlife(self, subject: str | None) -> str | None:
        """The same subject, None when it is no wildlife."""
        return subject if subject and self.is_animal(subject) else None

    def taxon_of(self, subject: str | None) -> str | None:
        return self._taxa.get(subject or "")

    def site_of(self, subject: str | None) -> str | None:
        return self._sites[subject] if subject in self._sites else self._source.site_of(subject)


def _mask(values: list[bool]) -> pa.Array:
    return pa.array(values, pa.bool_())


def _start(collar: dict[str, Any]) -> float:
    return collar["fitted_at"].timestamp() if collar["fitted_at"] else float("-inf")
