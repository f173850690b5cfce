"""The columns of occurrence.txt with the terms that they stand for, and meta.xml, which says so.

Terms: https://dwc.tdwg.org/terms; archive: https://dwc.tdwg.org/text (Darwin Core text guidelines).
"""

from xml.sax.saxutils import quoteattr

DWC = "http://rs.tdwg.org/dwc/terms/"
DCTERMS = "http://purl.org/dc/terms/"
OF_DCTERMS = ("license",)
COLUMNS = (
    "occurrenceID", "basisOfRecord", "occurrenceStatus", "eventDate", "scientificName", "vernacularName", "taxonRank",
    "kingdom", "class", "individualCount", "organismQuantity", "organismQuantityType", "organismID", "sex",
    "lifeStage", "behavior", "identificationVerificationStatus", "identificationRemarks", "eventID", "parentEventID",
    "samplingProtocol", "sampleSizeValue", "sampleSizeUnit", "samplingEffort", "habitat", "countryCode", "locationID",
    "locality", "decimalLatitude", "decimalLongitude", "geodeticDatum", "coordinateUncertaintyInMeters",
    "coordinatePrecision", "dataGeneralizations", "informationWithheld", "datasetName", "license",
    "occurrenceRemarks",
)  # fmt: skip
CORE = "occurrence.txt"
ROW_TYPE = f"{DWC}Occurrence"
META = """\
<?xml version="1.0" encoding="UTF-8"?>
<archive xmlns="http://rs.tdwg.org/dwc/text/" metadata="eml.xml">
  <core encoding="UTF-8" fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" fieldsEnclosedBy="" ignoreHeaderLines="1" \
rowType="{row_type}">
    <files>
      <location>{core}</location>
    </files>
    <id index="0"/>
{fields}
  </core>
</archive>
"""


def term(column: str) -> str:
    """The address of the term that a column stands for."""
    return (DCTERMS if column in OF_DCTERMS else DWC) + column


def meta_xml() -> bytes:
    """meta.xml: how occurrence.txt is written, and the term of each of its columns."""
    fields = (f"    <field index={quoteattr(str(n))} term={quoteattr(term(name))}/>" for n, name in enumerate(COLUMNS))
    return META.format(row_type=ROW_TYPE, core=CORE, fields="\n".join(fields)).encode()
