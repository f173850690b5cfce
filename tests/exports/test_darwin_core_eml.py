"""meta.xml and eml.xml are well formed, in the order of their schemas, and say what the archive holds."""

import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import pytest

from data.access import Viewer
from data.engine import View
from data.queries.merged import Choice
from exports import darwin_core
from exports.citations import BY, BY_NC, ZERO, licence_of, strictest
from exports.darwin_core_terms import COLUMNS, CORE
from tests.exports import camera_network as network
from tests.exports.archives import occurrences
from tests.exports.camera_network import PARTNER, PUBLIC, RIDGE, STAFF, VALLEY, members

EML = "{https://eml.ecoinformatics.org/eml-2.2.0}eml"
TEXT = "{http://rs.tdwg.org/dwc/text/}"
# The sequences of EML 2.2.0 (eml.xsd, eml-dataset.xsd, eml-resource.xsd, eml-party.xsd, eml-coverage.xsd,
# eml-methods.xsd), as far as they are used here: name, fewest, most.
SEQUENCES = {
    "eml": [("dataset", 1, 1), ("additionalMetadata", 0, 99)],
    "dataset": [
        *[("title", 1, 99), ("creator", 1, 99), ("metadataProvider", 0, 99), ("associatedParty", 0, 99)],
        *[("pubDate", 0, 1), ("language", 0, 1), ("abstract", 0, 1), ("keywordSet", 0, 99)],
        *[("intellectualRights", 0, 1), ("licensed", 0, 99), ("coverage", 0, 1), ("contact", 1, 99)],
        ("methods", 0, 1),
    ],
    "creator": [("organizationName", 1, 99), ("electronicMailAddress", 0, 99), ("onlineUrl", 0, 99)],
    "metadataProvider": [("organizationName", 1, 99), ("electronicMailAddress", 0, 99), ("onlineUrl", 0, 99)],
    "contact": [("organizationName", 1, 99), ("electronicMailAddress", 0, 99), ("onlineUrl", 0, 99)],
    "associatedParty": [("organizationName", 1, 99), ("role", 1, 1)],
    "abstract": [("para", 1, 99)],
    "keywordSet": [("keyword", 1, 99), ("keywordThesaurus", 0, 1)],
    "intellectualRights": [("para", 1, 99)],
    "licensed": [("licenseName", 1, 1), ("url", 0, 1), ("identifier", 0, 1)],
    "coverage": [("geographicCoverage", 0, 99), ("temporalCoverage", 0, 99), ("taxonomicCoverage", 0, 99)],
    "geographicCoverage": [("geographicDescription", 1, 1), ("boundingCoordinates", 1, 1)],
    "boundingCoordinates": [(f"{side}BoundingCoordinate", 1, 1) for side in ("west", "east", "north", "south")],
    "temporalCoverage": [("rangeOfDates", 1, 1)],
    "rangeOfDates": [("beginDate", 1, 1), ("endDate", 1, 1)],
    "beginDate": [("calendarDate", 1, 1)],
    "endDate": [("calendarDate", 1, 1)],
    "taxonomicCoverage": [("taxonomicClassification", 1, 999)],
    "taxonomicClassification": [("taxonRankName", 0, 1), ("taxonRankValue", 1, 1), ("commonName", 0, 99)],
    "methods": [("methodStep", 1, 99), ("sampling", 0, 99)],
    "methodStep": [("description", 1, 1)],
    "description": [("para", 1, 99)],
    "sampling": [("studyExtent", 1, 1), ("samplingDescription", 1, 1)],
    "studyExtent": [("description", 1, 1)],
    "samplingDescription": [("para", 1, 99)],
    "additionalMetadata": [("metadata", 1, 1)],
}
WITHOUT_A_SEQUENCE = {"para", "metadata"}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    return network.built(tmp_path_factory.mktemp("cameras"))


def made(view: View, viewer: Viewer, choice: Choice | None = None, is_demo: bool = False) -> dict[str, bytes]:
    return members(b"".join(darwin_core.chunks(choice or Choice(), network.context(view, viewer, is_demo))))


def eml(view: View, viewer: Viewer, choice: Choice | None = None) -> ET.Element:
    return ET.fromstring(made(view, viewer, choice)["eml.xml"])


def disorder(element: ET.Element) -> list[str]:
    """Where an element has others, more, fewer or in another order than its sequence in the schema."""
    name = element.tag.rsplit("}", 1)[-1]
    if name in WITHOUT_A_SEQUENCE:
        return []
    if name not in SEQUENCES:
        return [f"{name} has parts"] if len(element) else [] if (element.text or "").strip() else [f"{name} is empty"]
    allowed, found = SEQUENCES[name], [child.tag for child in element]
    order = [one for one, _, _ in allowed]
    wrong = [f"{name} has {tag}" for tag in found if tag not in order]
    if not wrong and sorted(found, key=order.index) != found:
        wrong.append(f"{name} has another order: {found}")
    wrong += [f"{name} needs {one}" for one, fewest, most in allowed if not fewest <= found.count(one) <= most]
    return wrong + [words for child in element for words in disorder(child)]


@pytest.mark.parametrize("viewer", [PUBLIC, PARTNER, STAFF], ids=lambda viewer: viewer.role)
def test_the_description_has_the_order_of_eml(view: View, viewer: Viewer) -> None:
    root = eml(view, viewer)
    assert root.tag == EML
    assert root.get("packageId")
    assert root.get("system")
    assert disorder(root) == []


def test_a_wrong_order_would_be_seen(view: View) -> None:
    root = eml(view, PUBLIC)
    dataset = root.find("dataset")
    dataset.append(dataset.find("title"))
    assert disorder(root)


def test_the_metafile_names_each_column_of_the_file(view: View) -> None:
    files = made(view, PUBLIC)
    root = ET.fromstring(files["meta.xml"])
    assert root.tag == f"{TEXT}archive"
    assert root.get("metadata") in files
    core = root.find(f"{TEXT}core")
    assert core.find(f"{TEXT}files/{TEXT}location").text == CORE
    assert core.find(f"{TEXT}id").get("index") == "0"
    terms = [field.get("term").rsplit("/", 1)[1] for field in core.findall(f"{TEXT}field")]
    indexes = [int(field.get("index")) for field in core.findall(f"{TEXT}field")]
    heading = files[CORE].decode().splitlines()[0].split("\t")
    assert terms == heading == list(COLUMNS)
    assert indexes == list(range(len(heading)))
    assert core.get("ignoreHeaderLines") == "1"


@pytest.mark.parametrize("viewer", [PUBLIC, STAFF], ids=lambda viewer: viewer.role)
def test_the_coverage_holds_all_records(view: View, viewer: Viewer, tmp_path: Path) -> None:
    archive = b"".join(darwin_core.chunks(Choice(), network.context(view, viewer)))
    records = occurrences(archive, tmp_path)
    coverage = ET.fromstring(members(archive)["eml.xml"]).find("dataset/coverage")
    latitudes = [float(record["decimalLatitude"]) for record in records if record["decimalLatitude"]]
    assert float(coverage.find(".//northBoundingCoordinate").text) == max(latitudes)
    assert float(coverage.find(".//southBoundingCoordinate").text) == min(latitudes)
    first, last = (date.fromisoformat(coverage.find(f".//{end}/calendarDate").text) for end in ("beginDate", "endDate"))
    days = [record["eventDate"][:10] for record in records]
    assert f"{first}" >= min(days)
    assert f"{first}".startswith(min(days))
    assert f"{last}"[:7] == max(days)[:7]
    taxa = {element.text for element in coverage.findall(".//taxonRankValue")}
    assert taxa == {record["scientificName"] for record in records}


def test_months_cover_their_first_and_last_day(view: View) -> None:
    days = [element.text for element in eml(view, PUBLIC).findall(".//calendarDate")]
    assert days == ["2026-02-01", "2026-03-31"]


def test_the_licence_of_the_whole_is_that_which_asks_most(view: View) -> None:
    rights = eml(view, STAFF, Choice(sites=(VALLEY, RIDGE))).find("dataset/intellectualRights/para")
    assert "".join(rights.itertext()) == f"This work is licensed under a {BY.title}."
    assert rights.find("ulink").get("url") == BY.url
    alone = eml(view, STAFF, Choice(sites=(RIDGE,)))
    assert alone.find("dataset/intellectualRights/para/ulink").get("url") == ZERO.url
    assert [one.text for one in alone.findall("dataset/licensed/identifier")] == ["CC0-1.0"]


def test_terms_that_no_licence_covers_are_told_in_words(view: View) -> None:
    files = made(view, STAFF)
    rights = ET.fromstring(files["eml.xml"]).find("dataset/intellectualRights/para")
    assert rights.find("ulink") is None
    assert "Ask <the> owner" in rights.text
    assert b"Ask &lt;the&gt; owner" in files["eml.xml"]
    readme = files["README.md"].decode()
    assert "Ask \\<the\\> owner" in readme
    assert "upland (shared)" in readme


def test_no_sign_from_outside_breaks_the_description(view: View) -> None:
    files = made(view, STAFF)
    names = [element.text for element in ET.fromstring(files["eml.xml"]).findall(".//taxonRankValue")]
    assert network.QUOTED in names
    assert all(name.isprintable() for name in names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[(text, BY) for text in ("CC-BY-4.0", "cc by 4.0", "https://creativecommons.org/licenses/by/4.0/", BY.url)],
        *[(text, BY_NC) for text in ("CC-BY-NC-4.0", "CC BY-NC 4.0", BY_NC.url)],
        *[(text, ZERO) for text in ("CC0", "CC0-1.0", "http://creativecommons.org/publicdomain/zero/1.0/")],
    ],
)
def test_a_licence_is_known_however_it_is_written(text: str, expected: object) -> None:
    assert licence_of(text) == expected


@pytest.mark.parametrize(
    "text", ["CC-BY", "CC-BY-3.0", "CC-BY-SA-4.0", "CC-BY-ND-4.0", "CC BY-NC-SA 4.0", "WDPA terms", None, "", " \n"]
)
def test_another_licence_is_never_taken_for_a_known_one(text: str | None) -> None:
    licence = licence_of(text)
    assert not licence.is_open
    assert licence.words == (text.strip() if text and text.strip() else "licence not stated")


def test_one_licence_covers_all_only_where_each_is_known() -> None:
    assert strictest([ZERO, BY_NC, BY]) == BY_NC
    assert strictest([ZERO]) == ZERO
    assert strictest([BY, licence_of("WDPA terms")]) is None
    assert strictest([]) is None
