"""Darwin Core Archives read back by python-dwca-reader, and what GBIF's data validator asks of occurrences.

Checks after the list of occurrence issues: https://techdocs.gbif.org/en/data-use/occurrence-issues-and-flags
"""

import re
from importlib.resources import files
from pathlib import Path

from dwca.darwincore.terms import TERMS
from dwca.read import DwCAReader

DWC_ROW = "http://rs.tdwg.org/dwc/terms/Occurrence"
GBIF_LICENCES = re.compile(
    r"http://creativecommons\.org/(publicdomain/zero/1\.0|licenses/by/4\.0|licenses/by-nc/4\.0)/legalcode"
)
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"
DATE = re.compile(rf"\d{{4}}-\d\d|{MOMENT}(/{MOMENT})?")
# https://dwc.tdwg.org/list: added in 2014 and 2015.
ADDED_LATER = {
    f"http://rs.tdwg.org/dwc/terms/{name}" for name in ("organismID", "organismQuantity", "organismQuantityType")
}
REQUIRED = ("occurrenceID", "basisOfRecord", "scientificName", "eventDate", "occurrenceStatus", "license")


def countries() -> dict[str, str]:
    """Names of countries by ISO 3166-1 alpha-2 code, as the time zone database has them."""
    text = (files("tzdata.zoneinfo") / "iso3166.tab").read_text(encoding="utf-8")
    return dict(line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))


def occurrences(archive: bytes, folder: Path) -> list[dict[str, str]]:
    """The records of an archive by the short names of their terms."""
    path = folder / "archive.zip"
    path.write_bytes(archive)
    with DwCAReader(str(path)) as opened:
        assert opened.descriptor.core.type == DWC_ROW
        assert opened.metadata is not None, "there is no eml.xml"
        return [{term.rsplit("/", 1)[1]: value for term, value in row.data.items() if "/" in term} for row in opened]


def known_term(address: str) -> bool:
    """Whether an address is a term of Darwin Core, by the reader's own list and what came after it was made."""
    return address in TERMS or address in ADDED_LATER


def issues(records: list[dict[str, str]]) -> list[str]:
    """What GBIF would say against the records."""
    codes = countries()
    found = []
    for record in records:
        found += [f"{term} is missing" for term in REQUIRED if not record[term]]
        found += _place_issues(record, codes)
        if record["basisOfRecord"] != "MachineObservation" or record["occurrenceStatus"] != "present":
            found.append("BASIS_OF_RECORD_INVALID or OCCURRENCE_STATUS_UNPARSABLE")
        if not DATE.fullmatch(record["eventDate"]):
            found.append(f"RECORDED_DATE_INVALID: {record['eventDate']}")
        if "/" in record["eventDate"] and len(set(record["eventDate"].split("/"))) == 1:
            found.append("an interval without length")
        if record["individualCount"] and int(record["individualCount"]) < 1:
            found.append("INDIVIDUAL_COUNT_CONFLICTS_WITH_OCCURRENCE_STATUS")
        if bool(record["organismQuantity"]) != bool(record["organismQuantityType"]):
            found.append("a quantity without its type")
        if bool(record["sampleSizeValue"]) != bool(record["sampleSizeUnit"]):
            found.append("a sample size without its unit")
    ids = [record["occurrenceID"] for record in records]
    if len(set(ids)) < len(ids):
        found.append("occurrenceID is not unique")
    return found


def _place_issues(record: dict[str, str], codes: dict[str, str]) -> list[str]:
    found = []
    latitude, longitude = record["decimalLatitude"], record["decimalLongitude"]
    if bool(latitude) != bool(longitude):
        return ["COORDINATE_INVALID"]
    if latitude:
        if not (abs(float(latitude)) <= 90 and abs(float(longitude)) <= 180):
            found.append("COORDINATE_OUT_OF_RANGE")
        if float(latitude) == 0 == float(longitude):
            found.append("ZERO_COORDINATE")
        if record["geodeticDatum"] != "EPSG:4326":
            found.append("GEODETIC_DATUM_ASSUMED_WGS84")
    elif record["geodeticDatum"] or record["coordinateUncertaintyInMeters"]:
        found.append("a datum or an uncertainty of no place")
    if record["coordinateUncertaintyInMeters"] and float(record["coordinateUncertaintyInMeters"]) < 1:
        found.append("COORDINATE_UNCERTAINTY_METERS_INVALID")
    if record["countryCode"] and record["countryCode"] not in codes:
        found.append("COUNTRY_INVALID")
    return found
