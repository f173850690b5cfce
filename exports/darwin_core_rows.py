"""Rows of the merged dataset as Darwin Core occurrences: one per detection, or one per taxon, site and month.

Terms: https://dwc.tdwg.org/terms. A camera trap is a machine, so each record is a MachineObservation.
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from exports.citations import Sources
from exports.column_text import TEXT, hashes, identifiers, listed, mapped, moments, words
from exports.csv_cells import DEMO_LINE
from exports.darwin_core_places import (
    ON_PUBLIC_GRID,
    PARTNER_GRID_DEGREES,
    PUBLIC_GRID_DEGREES,
    Lookup,
    effort_keys,
)
from exports.darwin_core_taxa import KINGDOM, taxon_of
from exports.darwin_core_terms import COLUMNS

DATUM = "EPSG:4326"
PROTOCOL = "camera trap"
NIGHTS = "trap nights"
LABELLED_BY = {"human": "named by a person", "machine": "named by a machine, not verified"}
NOT_NAMED = "The animal was not named."
OUTSIDE = "Recorded before the start or after the end of its deployment."
BY_MONTH = "detections counted by calendar month (UTC) and protected area"
WITHHELD = (
    "Single detections, the places of cameras and which animal was seen are withheld; ask the owner of the source"
)
DATASET = "Tech4Nature network: "


def single(batch: pa.RecordBatch, cameras: Lookup, sites: Lookup, sources: Sources, is_demo: bool) -> pa.RecordBatch:
    """One occurrence per detection, at the place of its camera as the viewer may see it.

    A detection whose deployment is not known has no position. Nights are those of the whole deployment.
    """
    camera = cameras.of(identifiers(batch["source"], batch["deployment_id"]))
    ids = identifiers(batch["source"], batch["detection_id"])
    is_generalised = pc.fill_null(pc.not_equal(camera["masking"], ""), False)
    precision = pc.if_else(is_generalised, PARTNER_GRID_DEGREES, pa.scalar(None, pa.float64()))
    known = {
        "occurrenceID": ids,
        "eventDate": _interval(batch),
        "individualCount": batch["individual_count"],
        "organismID": identifiers(batch["source"], batch["individual_id"]),
        "sex": words(batch["sex"]),
        "lifeStage": words(batch["life_stage"]),
        "behavior": words(batch["behavior"]),
        "identificationVerificationStatus": mapped(batch["classification_method"], LABELLED_BY.get),
        "identificationRemarks": _sentence("Probability given by the machine: ", batch["classification_probability"]),
        "eventID": pc.coalesce(identifiers(batch["source"], batch["event_id"]), ids),
        "parentEventID": identifiers(batch["source"], batch["deployment_id"]),
        **_nights(camera["trap_nights"], " trap nights of one camera"),
        "habitat": words(camera["habitat"]),
        **_position(camera, precision),
        "dataGeneralizations": words(camera["masking"]),
        "informationWithheld": words(batch["masking"]),
    }
    remarks = [_if(batch["is_outside_deployment"], OUTSIDE)]
    return _occurrences(batch, known, sites, sources, remarks, is_demo)


def monthly(batch: pa.RecordBatch, effort: Lookup, sites: Lookup, sources: Sources, is_demo: bool) -> pa.RecordBatch:
    """One occurrence per taxon, protected area, month and source: how often it was detected there.

    `organismQuantity` is the number of detections. The animals counted in them are a remark, not `individualCount`,
    since the same animal is counted as often as it comes by. The position is the published point of the area.
    """
    spent = effort.of(effort_keys(batch))
    place = sites.of(batch["site_id"])
    names = hashes(batch["scientific_name"])
    is_placed = pc.is_valid(place["decimalLatitude"])
    how = pc.if_else(is_placed, f"{ON_PUBLIC_GRID}; {BY_MONTH}", BY_MONTH.capitalize())
    masked = pc.if_else(pc.equal(batch["masking"], ""), pa.scalar(None, TEXT), batch["masking"])
    detections = batch["detections"].cast(TEXT)
    known = {
        "occurrenceID": identifiers(batch["source"], _joined(":", batch["site_id"], batch["month"], names)),
        "eventDate": batch["month"],
        "organismQuantity": batch["detections"],
        "organismQuantityType": _all(batch, "detections"),
        "identificationVerificationStatus": _joined(
            " of ", batch["machine_only"].cast(TEXT), _joined("", detections, _all(batch, " named by a machine only"))
        ),
        **_nights(spent["trap_nights"], " trap nights in the month"),
        **_position(place, pc.if_else(is_placed, PUBLIC_GRID_DEGREES, pa.scalar(None, pa.float64()))),
        "dataGeneralizations": listed(how, masked, separator="; "),
        "informationWithheld": _all(batch, WITHHELD),
    }
    remarks = [_sentence("Animals counted in these detections: ", batch["individuals"], ".")]
    return _occurrences(batch, known, sites, sources, remarks, is_demo)


def lines(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """The rows as text with tabs between the cells and none in them, after a line with the names of the columns."""
    yield ("\t".join(COLUMNS) + "\n").encode()
    for batch in batches:
        cells = [column.cast(TEXT) for column in batch.columns]
        each = pc.binary_join_element_wise(*cells, "\t", null_handling="replace", null_replacement="")
        if len(each):
            yield ("\n".join(each.to_pylist()) + "\n").encode()


def _occurrences(
    batch: pa.RecordBatch,
    known: dict[str, pa.Array],
    sites: Lookup,
    sources: Sources,
    remarks: list[pa.Array],
    is_demo: bool,
) -> pa.RecordBatch:
    """The columns of the archive: those that are known, and those that follow from source, site and taxon."""
    place = sites.of(batch["site_id"])
    is_named = pc.is_valid(words(batch["scientific_name"]))
    remarks = [*remarks, _if(pc.invert(is_named), NOT_NAMED), *([_all(batch, DEMO_LINE)] if is_demo else [])]
    columns = {
        **known,
        **_taxon(batch["scientific_name"]),
        "basisOfRecord": _all(batch, "MachineObservation"),
        "occurrenceStatus": _all(batch, "present"),
        "vernacularName": words(batch["common_name"]),
        "samplingProtocol": _all(batch, PROTOCOL),
        "countryCode": place["countryCode"],
        "locationID": words(batch["site_id"]),
        "locality": words(place["locality"]),
        "datasetName": _joined("", _all(batch, DATASET), words(batch["source"])),
        "license": words(mapped(batch["source"], lambda name: sources.licence(name).words)),
        "occurrenceRemarks": listed(*remarks, separator=" "),
    }
    empty = pa.nulls(len(batch), TEXT)
    return pa.RecordBatch.from_arrays([columns.get(name, empty) for name in COLUMNS], list(COLUMNS))


def _taxon(own: pa.Array) -> dict[str, pa.Array]:
    """Name, rank, kingdom and class; an animal that was not named is an animal, and no more is said of it."""
    each = pc.fill_null(words(own), KINGDOM).dictionary_encode()
    known = [taxon_of(name) for name in each.dictionary.to_pylist()]
    ranks = {
        term: pa.array([taxon.get(term) for taxon in known], TEXT).take(each.indices)
        for term in ("taxonRank", "kingdom", "class")
    }
    return {"scientificName": each.dictionary_decode(), **ranks}


def _position(place: dict[str, pa.Array], precision: pa.Array) -> dict[str, pa.Array]:
    is_placed = pc.is_valid(place["decimalLatitude"])
    terms = ("decimalLatitude", "decimalLongitude", "coordinateUncertaintyInMeters")
    return {name: place[name] for name in terms} | {
        "geodeticDatum": _if(is_placed, DATUM),
        "coordinatePrecision": precision,
    }


def _nights(nights: pa.Array, of_what: str) -> dict[str, pa.Array]:
    """Effort as number and unit, and in words; nothing where it is not known or none."""
    rounded = pc.round(pc.if_else(pc.greater(nights, 0.0), nights, pa.scalar(None, pa.float64())), ndigits=2)
    return {
        "sampleSizeValue": rounded,
        "sampleSizeUnit": _if(pc.is_valid(rounded), NIGHTS),
        "samplingEffort": _sentence("", rounded, of_what),
    }


def _interval(batch: pa.RecordBatch) -> pa.Array:
    """Start and end of the event as an ISO 8601 interval, or its one moment."""
    start = moments(batch["started_at"], batch["utc_offset_min"])
    end = moments(pc.coalesce(batch["ended_at"], batch["started_at"]), batch["utc_offset_min"])
    return pc.if_else(pc.equal(start, end), start, _joined("/", start, end))


def _sentence(before: str, numbers: pa.Array, after: str = "") -> pa.Array:
    """A number with words around it; missing where the number is."""
    return pc.binary_join_element_wise(pa.scalar(before), numbers.cast(TEXT), pa.scalar(after), "")


def _joined(separator: str, *columns: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(*columns, separator)


def _all(batch: pa.RecordBatch, text: str) -> pa.Array:
    return pa.repeat(pa.scalar(text), len(batch))


def _if(is_so: pa.Array, text: str) -> pa.Array:
    return pc.if_else(pc.fill_null(is_so, False), pa.scalar(text), pa.scalar(None, TEXT))
