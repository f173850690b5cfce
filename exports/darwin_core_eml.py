"""What a Darwin Core Archive says of itself: eml.xml, in the Ecological Metadata Language, and README.md.

EML 2.2.0: https://eml.ecoinformatics.org (doi:10.5063/F11834T2). What GBIF reads of it is in its metadata profile.
"""

import uuid
import xml.etree.ElementTree as ET
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data import queries
from data.queries.merged import Choice
from exports.citations import NETWORK, Sources, choice_in_words, citation, markdown, selected, strictest
from exports.context import Context
from exports.csv_cells import DEMO_LINE, one_line
from exports.darwin_core_places import LONG_SITE, PUBLIC_GRID_M
from exports.darwin_core_taxa import note_taxa, taxon_of
from exports.package_words import TIER_WORDS

EML = "https://eml.ecoinformatics.org/eml-2.2.0"
SCHEMA = "https://eml.ecoinformatics.org/eml-2.2.0/eml.xsd"
TITLE = "Camera trap occurrences"
KIND = ("Occurrence", "GBIF Dataset Type Vocabulary: http://rs.gbif.org/vocabulary/gbif/dataset_type_2015-07-10.xml")
SINGLE = (
    "Each record is one detection: one animal taxon in one event at one camera. Files about single pictures were "
    "grouped: pictures of one taxon at one camera belong together while they follow each other in less than 30 minutes."
)
MONTHLY = (
    "Each record tells how often one animal taxon was detected in one protected area in one calendar month (UTC). "
    "Sensitive and unknown taxa are given for months that ended at least 30 days ago, with at least 5 detections."
)
PLACES_SINGLE = (
    "Positions are those of the cameras, as the person who asked may see them. Where dataGeneralizations says so they "
    "lie on a grid of 0.01 degrees, and identifiers stand for those of the source."
)
PLACES_MONTHLY = (
    "Positions are the published points of the protected areas on a grid of 0.1 degrees, never of cameras. "
    f"coordinateUncertaintyInMeters is {PUBLIC_GRID_M:,} m, which the grid adds after Chapman (2020, "
    f"doi:10.15468/doc-5jp4-5g10), and {LONG_SITE} times the radius of a circle with the area of the protected area. "
    "Where its area is not known it is empty; where its point is not published there is no position."
)
EFFORT = "sampleSizeValue is the effort in trap nights: one camera for 24 hours."
EXTENT = "Camera traps in protected areas; how their places were chosen differs from source to source."
MIXED = (
    "The sources have terms of their own, which the column license of occurrence.txt gives for each record; no one "
    "licence covers all: {terms}."
)
README = """\
# {title}

{demo}A Darwin Core Archive (https://dwc.tdwg.org/text): occurrence.txt has the records, meta.xml says which term each
of its columns stands for, and eml.xml describes the data set.

- Data version: {version}, stored {committed}
- Made for: {tier}
{choice}
- Records: {records:,}

## How to read it

{about}

- Cells are separated by tabs and never hold one, nor a line break; nothing is quoted. Text from outside is written on
  one line. One that a spreadsheet would run as a formula begins with an apostrophe that is not part of it; no name of
  a taxon begins with such a sign.
- `occurrenceID` stays the same from one data version to the next.
- An animal that nobody named is *Animalia*. Absence is never recorded: what is not here was not detected or not given.
- `locationID` is the id of the protected area, in the WDPA where it is registered there.

## Sources and licences

{rights}

{sources}

Cite as: {citation}

## Again, and unchanged

The same choice, at the same data version and for the same viewer, gives the same bytes. `sha256sum -c SHA256SUMS`
shows that no file changed.
"""


@dataclass
class Noted:
    """What went into an archive, noted on the way."""

    records: int = 0
    sources: set[str] = field(default_factory=set)
    taxa: dict[str, str | None] = field(default_factory=dict)
    first: str = ""
    last: str = ""
    box: tuple[float, float, float, float] | None = None

    def add(self, batch: pa.RecordBatch, rows: pa.RecordBatch) -> None:
        """Rows of the merged dataset, and the occurrences that were made of them."""
        self.records += len(rows)
        self.sources.update(pc.unique(batch["source"]).to_pylist())
        note_taxa(self.taxa, rows["scientificName"], rows["vernacularName"])
        days = pc.utf8_slice_codeunits(rows["eventDate"], 0, 10)
        self.first = min(filter(None, (self.first, pc.min(days).as_py())), default="")
        self.last = max(self.last, pc.max(days).as_py() or "")
        west, east = (how(rows["decimalLongitude"]).as_py() for how in (pc.min, pc.max))
        south, north = (how(rows["decimalLatitude"]).as_py() for how in (pc.min, pc.max))
        if west is not None:
            old = self.box or (west, south, east, north)
            self.box = (min(west, old[0]), min(south, old[1]), max(east, old[2]), max(north, old[3]))


def eml_xml(noted: Noted, choice: Choice, context: Context, sources: Sources, is_single: bool) -> bytes:
    """eml.xml, with its elements in the order of the schema."""
    ET.register_namespace("eml", EML)
    view, day = context.view, context.today.isoformat()
    asked = repr([selected(choice, context), view.committed_at.isoformat()])
    root = ET.Element(f"{{{EML}}}eml", {"packageId": f"{uuid.uuid5(uuid.NAMESPACE_URL, asked)}/v{view.version}"})
    root.set("system", "tech4nature")
    root.set("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", f"{EML} {SCHEMA}")
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    dataset = ET.SubElement(root, "dataset")
    _add(dataset, "title", _title(context))
    for role in ("creator", "metadataProvider"):
        _party(dataset, role, context)
    for name in sorted(noted.sources):
        owner = ET.SubElement(dataset, "associatedParty")
        _add(owner, "organizationName", name)
        _add(owner, "role", "owner")
    _add(dataset, "pubDate", day)
    _add(dataset, "language", "en")
    _paragraphs(_add(dataset, "abstract"), _about(context, is_single))
    keywords = _add(dataset, "keywordSet")
    _add(keywords, "keyword", KIND[0])
    _add(keywords, "keywordThesaurus", KIND[1])
    _rights(dataset, noted, sources)
    _coverage(dataset, noted)
    _party(dataset, "contact", context)
    _methods(dataset, is_single)
    metadata = _add(_add(_add(root, "additionalMetadata"), "metadata"), "gbif")
    _add(metadata, "citation", citation(TITLE, context, noted.sources))
    ET.indent(root)
    for link in root.iter("ulink"):
        # Blanks would be part of the sentence.
        link.text = link[0].tail = None
    return ET.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def readme(noted: Noted, choice: Choice, context: Context, sources: Sources, is_single: bool) -> bytes:
    """README.md: what the archive holds and how to read it."""
    text = README.format(
        title=_title(context),
        demo=f"**{DEMO_LINE}**\n\n" if context.is_demo else "",
        version=context.view.version,
        committed=f"{context.view.committed_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        tier=TIER_WORDS[context.viewer.role],
        choice="\n".join(choice_in_words(choice)),
        records=noted.records,
        about="\n\n".join(_told(is_single)),
        rights=markdown(_rights_in_words(noted, sources)),
        sources=sources.in_words(noted.sources),
        citation=markdown(citation(TITLE, context, noted.sources)),
    )
    return text.encode()


def _title(context: Context) -> str:
    return f"{'Demo: ' if context.is_demo else ''}{TITLE} of the {NETWORK}"


def _told(is_single: bool) -> list[str]:
    return [SINGLE if is_single else MONTHLY, PLACES_SINGLE if is_single else PLACES_MONTHLY, EFFORT]


def _about(context: Context, is_single: bool) -> list[str]:
    of = f"Animals that camera traps in protected and conserved areas of the {NETWORK} recorded."
    return [*([DEMO_LINE] if context.is_demo else []), of, *_told(is_single)]


def _party(dataset: ET.Element, role: str, context: Context) -> None:
    """The network, with the office that answers questions where one is known; never a person."""
    party = _add(dataset, role)
    _add(party, "organizationName", NETWORK)
    contacts = queries.contacts(context.view)
    for address in contacts.loc[contacts["site_id"].eq(""), "address"]:
        is_web = address.startswith(("http://", "https://"))
        _add(party, "onlineUrl" if is_web else "electronicMailAddress", address)


def _rights_in_words(noted: Noted, sources: Sources) -> str:
    found = sources.licences(noted.sources)
    one = strictest(found)
    if one is not None:
        return f"This work is licensed under a {one.title} ({one.url})."
    return MIXED.format(terms="; ".join(each.text for each in found) or "none is known")


def _rights(dataset: ET.Element, noted: Noted, sources: Sources) -> None:
    """The licence of the whole, in the words that GBIF reads, and each licence of the sources."""
    found = sources.licences(noted.sources)
    one = strictest(found)
    para = _add(_add(dataset, "intellectualRights"), "para", "" if one else _rights_in_words(noted, sources))
    if one:
        para.text = "This work is licensed under a "
        link = ET.SubElement(para, "ulink", {"url": one.url})
        _add(link, "citetitle", one.title)
        link.tail = "."
    for each in found:
        licensed = _add(dataset, "licensed")
        _add(licensed, "licenseName", each.title)
        if each.url:
            _add(licensed, "url", each.url)
            _add(licensed, "identifier", each.name)


def _coverage(dataset: ET.Element, noted: Noted) -> None:
    coverage = _add(dataset, "coverage")
    if noted.box:
        west, south, east, north = noted.box
        place = _add(coverage, "geographicCoverage")
        _add(place, "geographicDescription", "Protected and conserved areas of the records")
        box = _add(place, "boundingCoordinates")
        for name, degrees in (("west", west), ("east", east), ("north", north), ("south", south)):
            _add(box, f"{name}BoundingCoordinate", str(degrees))
    if noted.first:
        days = _add(_add(coverage, "temporalCoverage"), "rangeOfDates")
        _add(_add(days, "beginDate"), "calendarDate", _whole(noted.first))
        _add(_add(days, "endDate"), "calendarDate", _whole(noted.last, is_last=True))
    if noted.taxa:
        taxa = _add(coverage, "taxonomicCoverage")
        for name in sorted(noted.taxa):
            one = _add(taxa, "taxonomicClassification")
            if rank := taxon_of(name).get("taxonRank"):
                _add(one, "taxonRankName", rank)
            _add(one, "taxonRankValue", name)
            if noted.taxa[name]:
                _add(one, "commonName", noted.taxa[name])


def _methods(dataset: ET.Element, is_single: bool) -> None:
    methods = _add(dataset, "methods")
    for told in _told(is_single):
        _paragraphs(_add(_add(methods, "methodStep"), "description"), [told])
    sampling = _add(methods, "sampling")
    extent = (
        "Camera traps in protected and conserved areas; how their places were chosen differs from source to source."
    )
    _paragraphs(_add(_add(sampling, "studyExtent"), "description"), [extent])
    _paragraphs(_add(sampling, "samplingDescription"), ["Camera traps that are triggered by movement."])


def _whole(day: str, is_last: bool = False) -> str:
    """A day; of a month its first or last one."""
    if len(day) > len("2026-05"):
        return day
    year, month = map(int, day.split("-"))
    return f"{day}-{monthrange(year, month)[1] if is_last else 1:02}"


def _paragraphs(parent: ET.Element, texts: Iterable[str]) -> None:
    for text in texts:
        _add(parent, "para", text)


def _add(parent: ET.Element, name: str, text: Any = None) -> ET.Element:
    """A new last child, with text from anywhere made one line without signs that XML cannot hold."""
    child = ET.SubElement(parent, name)
    if text:
        child.text = one_line(text)
    return child
