"""EarthRanger events that report a conflict between people and wildlife; never with the place of a household."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Parsed, Rows, Source
from connectors.columns import Check, Tally, lacking_offset, mapped, moments, numbers, refuse
from connectors.earthranger_animals import Animals
from connectors.earthranger_answers import Record, block_of, first_text_at, texts_of
from connectors.earthranger_events import Numbered, subject_of
from connectors.earthranger_options import Options
from connectors.tabular import Block
from data.schema import INCIDENTS, TEXT

LOSS, LOSS_UNIT = "event_details.loss", "event_details.loss_unit"
VILLAGES = ("event_details.village", "event_details.village_name")
SPECIES = ("event_details.species", "event_details.animal")
WRITTEN = ("id", "event_type", "time", LOSS, LOSS_UNIT)
FIELDS = (*WRITTEN, "village", "species")


def read_incidents(
    events: Numbered, source: Source, options: Options, animals: Animals, tally: Tally
) -> Iterator[Parsed]:
    """One incident for each event of a type that the option `incidents` names."""
    if not events:
        return
    records = [event for _, event in events]
    rows = [row | _found(event) for row, event in zip(texts_of(records, WRITTEN), records, strict=True)]
    block = Block(block_of(rows, FIELDS, 1).batch, pa.array([number for number, _ in events], pa.int64()))
    happened = moments(block.column("time"))
    tally.add(lacking_offset(None), happened.lacks_offset, block.column("time"))
    subjects = [animals.wildlife(subject_of(event)) for event in records]
    villages = block.column("village").to_pylist()
    sites = [
        (animals.site_of(subject) if subject else None) or source.site_of(village)
        for subject, village in zip(subjects, villages, strict=True)
    ]
    columns = {
        "incident_id": block.column("id"),
        "site_id": pa.array(sites, TEXT),
        "happened_at": happened.at,
        "kind": mapped(block.column("event_type"), options.incidents.get, TEXT),
        "scientific_name": _taxa(block.column("species"), subjects, options, animals, tally),
        "village": block.column("village"),
        "loss": tally.read(block, LOSS, numbers(block.column(LOSS), INCIDENTS.field("loss"))),
        "loss_unit": block.column(LOSS_UNIT),
    }
    checks = [
        Check("id", pc.is_null(columns["incident_id"]), "it is missing"),
        Check("time", pc.is_null(happened.at), "it is not a time from 1900 to 2199"),
        Check("village", pc.is_null(columns["site_id"]), "no site is configured for it; add it to `site`"),
    ]
    is_good, refusals = refuse(block, "incidents", checks)
    kept = block.where(is_good)
    table = pa.table(list(columns.values()), schema=INCIDENTS.arrow_schema).filter(is_good)
    yield Rows("incidents", table, kept.numbers, kept.raw)
    yield from refusals


def _found(event: Record) -> dict[str, str | None]:
    return {"village": first_text_at(event, VILLAGES), "species": first_text_at(event, SPECIES)}


def _taxa(
    species: pa.Array, subjects: Sequence[str | None], options: Options, animals: Animals, tally: Tally
) -> pa.Array:
    """The taxon of the species that an event names, else of the animal that it is about."""
    named = mapped(species, options.taxon, TEXT)
    of_subject = pa.array([animals.taxon_of(subject) for subject in subjects], TEXT)
    is_unknown = pc.and_(pc.is_valid(species), pc.is_null(named))
    tally.add("animals of incidents are not among `scientific_names`", is_unknown, species)
    return pc.coalesce(named, of_subject)
