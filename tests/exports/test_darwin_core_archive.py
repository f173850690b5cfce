"""Darwin Core Archives can be read back, keep GBIF's rules, and hold what the merged dataset holds for the viewer."""

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from pyproj import Geod

from data import engine
from data.access import Viewer
from data.engine import View
from data.queries.merged import Choice
from exports import darwin_core
from exports.context import Context, NotOffered
from exports.csv_cells import DEMO_LINE
from exports.darwin_core_terms import COLUMNS, term
from tests.exports import camera_network as network
from tests.exports.archives import GBIF_LICENCES, countries, issues, known_term, occurrences
from tests.exports.camera_network import MANAGER, PARTNER, PUBLIC, RIDGE, STAFF, UPLAND, VALLEY, members, merged

EVERYBODY = (PUBLIC, PARTNER, STAFF, MANAGER)
SPRING = Choice(first=date(2026, 3, 1), last=date(2026, 4, 30))
CHOICES = [Choice(), SPRING, Choice(sites=(VALLEY,)), Choice(taxa=("Vulpes vulpes",))]
each_viewer = pytest.mark.parametrize("viewer", EVERYBODY, ids=lambda viewer: viewer.role)
ASKED = [(viewer, CHOICES[0]) for viewer in (PARTNER, STAFF)]
ASKED += [(viewer, choice) for viewer in (PUBLIC, MANAGER) for choice in CHOICES]
each_asked = pytest.mark.parametrize(("viewer", "choice"), ASKED)
Records = list[dict[str, str]]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    return network.built(tmp_path_factory.mktemp("cameras"))


def zipped(context: Context, choice: Choice | None = None) -> bytes:
    return b"".join(darwin_core.chunks(choice or Choice(), context))


@pytest.fixture(scope="module")
def public(view: View, tmp_path_factory: pytest.TempPathFactory) -> Records:
    return occurrences(zipped(network.context(view, PUBLIC)), tmp_path_factory.mktemp("public"))


@pytest.fixture(scope="module")
def staff(view: View, tmp_path_factory: pytest.TempPathFactory) -> Records:
    return occurrences(zipped(network.context(view)), tmp_path_factory.mktemp("staff"))


def is_single(viewer: Viewer) -> bool:
    return viewer is not PUBLIC


@each_asked
def test_an_archive_is_read_back_whole_and_keeps_the_rules(
    view: View, viewer: Viewer, choice: Choice, tmp_path: Path
) -> None:
    context = network.context(view, viewer)
    records = occurrences(zipped(context, choice), tmp_path)
    assert issues(records) == []
    wanted = merged(context, "detections" if is_single(viewer) else "detections_by_month", choice)
    assert len(records) == len(wanted)
    if is_single(viewer):
        counted = sum(int(record["individualCount"] or 0) for record in records)
        assert counted == wanted["individual_count"].sum()
    else:
        assert sum(int(record["organismQuantity"]) for record in records) == wanted["detections"].sum()
        assert {record["organismQuantityType"] for record in records} == {"detections"}
        assert {record["individualCount"] for record in records} == {""}


def test_the_rules_see_what_is_wrong(staff: Records) -> None:
    good = staff[0]
    assert issues([good]) == []
    wrong = {
        "scientificName": "",
        "eventDate": "31.05.2026",
        "decimalLatitude": "91",
        "decimalLongitude": "",
        "geodeticDatum": "",
        "coordinateUncertaintyInMeters": "0",
        "countryCode": "AUT",
        "basisOfRecord": "HumanObservation",
        "individualCount": "0",
        "organismQuantity": "3",
        "sampleSizeUnit": "",
    }
    for name, value in wrong.items():
        assert issues([good | {name: value}]), f"{name} is wrong"
    assert issues([good, good])


def test_every_column_is_a_term_of_darwin_core() -> None:
    assert [name for name in COLUMNS if not known_term(term(name))] == []
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert not known_term("http://rs.tdwg.org/dwc/terms/license")


def test_a_detection_is_told_with_its_moment_place_and_effort(view: View, staff: Records) -> None:
    found = {record["occurrenceID"]: record for record in staff}
    cameras = merged(network.context(view), "deployments").set_index(["source", "deployment_id"])
    for row in merged(network.context(view), "detections").to_dict("records"):
        record = found.get(f"{row['source']}:{row['detection_id']}")
        if record is None or row["deployment_id"] == "lost":
            continue
        camera = cameras.loc[(row["source"], row["deployment_id"])]
        assert float(record["decimalLatitude"]) == camera["latitude"]
        assert float(record["sampleSizeValue"]) == pytest.approx(camera["trap_nights"], abs=0.005)
        first, *last = (datetime.fromisoformat(text) for text in record["eventDate"].split("/"))
        assert first == row["started_at"].floor("s")
        if last:
            assert last == [row["ended_at"].floor("s")]
        else:
            assert pd.isna(row["ended_at"]) or row["ended_at"].floor("s") == first
        if not pd.isna(row["utc_offset_min"]):
            assert first.utcoffset() == timedelta(minutes=row["utc_offset_min"])
        assert record["locationID"] == row["site_id"]
        assert record["parentEventID"] == f"{row['source']}:{row['deployment_id']}"
        assert ("not verified" in record["identificationVerificationStatus"]) == (
            row["classification_method"] == "machine"
        )
    lost = found["valley cameras:o6"]
    assert (lost["decimalLatitude"], lost["sampleSizeValue"], lost["countryCode"]) == ("", "", "AT")


def test_an_animal_without_name_is_an_animal(staff: Records, public: Records) -> None:
    unnamed = next(record for record in staff if record["occurrenceID"] == "valley cameras:o2")
    assert (unnamed["scientificName"], unnamed["taxonRank"], unnamed["kingdom"]) == ("Animalia", "kingdom", "Animalia")
    assert "not named" in unnamed["occurrenceRemarks"]
    assert "0.25" in unnamed["identificationRemarks"]
    fox = next(record for record in public if record["scientificName"] == "Vulpes vulpes")
    assert (fox["taxonRank"], fox["class"], fox["vernacularName"]) == ("species", "Mammalia", "Red fox")
    strange = next(record for record in staff if record["scientificName"] == network.QUOTED)
    assert (strange["taxonRank"], strange["kingdom"]) == ("", ""), "of a name that we do not know nothing is said"


def test_the_public_gets_months_at_the_published_point_and_nothing_finer(view: View, public: Records) -> None:
    detections = merged(network.context(view, PUBLIC), "detections_by_month")
    effort = merged(network.context(view, PUBLIC), "effort_by_month")
    effort = effort.set_index(["source", "site_id", "month"])["trap_nights"]
    told = {(r["datasetName"], r["eventDate"], r["vernacularName"]): r for r in public if r["vernacularName"]}
    assert told
    for row in detections[detections["common_name"].notna()].to_dict("records"):
        record = told[f"Tech4Nature network: {row['source']}", row["month"], row["common_name"]]
        assert int(record["organismQuantity"]) == row["detections"]
        nights = effort[row["source"], row["site_id"], row["month"]]
        assert float(record["sampleSizeValue"]) == pytest.approx(nights, abs=0.005)
        assert f": {row['individuals']}." in record["occurrenceRemarks"]
    valley = {(r["decimalLatitude"], r["decimalLongitude"]) for r in public if r["locationID"] == VALLEY}
    # 47.28 N, 11.62 E lies in the cell from 47.2 to 47.3 and from 11.6 to 11.7.
    assert valley == {("47.25", "11.65")}
    for record in public:
        assert record["dataGeneralizations"]
        assert "withheld" in record["informationWithheld"] or "places of cameras" in record["informationWithheld"]
        assert (record["eventID"], record["parentEventID"], record["organismID"], record["habitat"]) == ("",) * 4
    text = "\n".join("\t".join(record.values()) for record in public)
    for hidden in ("47.12", "11.654321", "c1", "o100", "HYPERLINK"):
        assert hidden not in text


def test_sensitive_totals_say_how_they_were_made_coarser(view: View, public: Records) -> None:
    masked = merged(network.context(view, PUBLIC), "detections_by_month")
    texts = {text for text in masked["masking"] if text}
    for record in public:
        is_masked = any(text in record["dataGeneralizations"] for text in texts)
        status = record["identificationVerificationStatus"]
        assert is_masked == (status == ""), "how many a machine named is not told of sensitive taxa"


def test_places_without_a_known_extent_or_point_say_so(staff: Records, public: Records) -> None:
    def of(records: Records, site_id: str) -> dict[str, str]:
        return next(record for record in records if record["locationID"] == site_id)

    assert int(of(public, VALLEY)["coordinateUncertaintyInMeters"]) > 15_691
    # Of the ridge the area is not known; the upland has no point of its own, and the public sees its totals.
    assert (of(public, RIDGE)["decimalLatitude"], of(public, RIDGE)["coordinateUncertaintyInMeters"]) == ("47.35", "")
    upland = of(public, UPLAND)
    assert (upland["decimalLatitude"], upland["coordinateUncertaintyInMeters"], upland["geodeticDatum"]) == ("", "", "")
    assert (of(staff, RIDGE)["countryCode"], of(staff, UPLAND)["countryCode"]) == ("AT", "FJ")
    assert of(staff, RIDGE)["locality"] == "Long <Ridge> North"
    assert of(staff, UPLAND)["locality"] == "'=Upland"


def test_partners_get_cells_with_their_uncertainty_and_stand_ins(view: View, tmp_path: Path) -> None:
    records = occurrences(zipped(network.context(view, PARTNER)), tmp_path)
    placed = [record for record in records if record["decimalLatitude"]]
    assert len(placed) == len(records) - 3
    for record in placed:
        assert float(record["decimalLatitude"]) * 1000 % 10 == pytest.approx(5)
        assert int(record["coordinateUncertaintyInMeters"]) >= 1_570
        assert record["coordinatePrecision"] == "0.01"
        assert "0.01 degrees" in record["dataGeneralizations"]
    assert {record["organismID"] for record in records} == {""}
    assert all(record["informationWithheld"] for record in records)
    assert {record["occurrenceID"].split(":")[1] for record in records}.isdisjoint({"o1", "o2", "o100", "NA"})


def test_names_from_outside_stay_in_their_cell_and_do_not_run(staff: Records) -> None:
    names = {record["scientificName"] for record in staff}
    assert {network.QUOTED, "Vulpes vulpes", "Panthera tigris", f"'{network.FORMULA}"} <= names
    cells = {cell for record in staff for cell in record.values()}
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    assert not [cell for cell in cells if not cell.isprintable()]
    ids = {record["occurrenceID"] for record in staff}
    broken = hashlib.sha256(b"o\n20").hexdigest()[:20]
    assert {f"valley cameras:{broken}", "valley cameras:o 20"} <= ids


def test_each_record_has_the_licence_of_its_source(staff: Records) -> None:
    found = {record["datasetName"].split(": ")[1]: record["license"] for record in staff}
    assert found["upland (shared)"] == "Ask <the> owner"
    assert GBIF_LICENCES.fullmatch(found["valley cameras"])[1] == "licenses/by/4.0"
    assert GBIF_LICENCES.fullmatch(found["ridge cameras"])[1] == "publicdomain/zero/1.0"


def test_identifiers_are_the_same_in_another_choice(view: View, public: Records, tmp_path: Path) -> None:
    some = occurrences(zipped(network.context(view, PUBLIC), Choice(sites=(VALLEY,))), tmp_path)
    whole = {record["occurrenceID"]: record for record in public}
    assert some == [whole[record["occurrenceID"]] for record in some]


def test_nothing_to_give_is_said_before_anything_is_sent(view: View) -> None:
    for viewer in EVERYBODY:
        with pytest.raises(NotOffered, match=r"No animal .*\.$"):
            darwin_core.chunks(Choice(sites=("nowhere",)), network.context(view, viewer))


@each_viewer
def test_the_same_question_has_the_same_bytes(view: View, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    context = network.context(view, viewer)
    whole = zipped(context)
    assert zipped(context) == whole
    files = members(whole)
    lines = [line.split("  ") for line in files["SHA256SUMS"].decode().splitlines()]
    assert [name for _, name in lines] == ["README.md", "eml.xml", "meta.xml", "occurrence.txt"]
    assert all(hashlib.sha256(files[name]).hexdigest() == digest for digest, name in lines)
    monkeypatch.setattr(darwin_core, "ROWS_AT_ONCE", 7)
    assert members(zipped(context)) == files


@pytest.mark.parametrize("viewer", [PUBLIC, PARTNER], ids=lambda viewer: viewer.role)
def test_rows_are_sent_while_others_are_not_read_yet(
    view: View, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, name = darwin_core.queries.merged_batches, "detections" if is_single(viewer) else "detections_by_month"
    batch = next(iter(real(view, viewer, name, Choice(), view.day)))
    asked, heard = [], []

    def many(view: View, viewer: Viewer, table: str, choice: Choice, today: date):
        for number in range(50_000 if table == name else 0):
            asked.append(number)
            yield batch
        if table != name:
            yield from real(view, viewer, table, choice, today)

    monkeypatch.setattr(darwin_core.queries, "merged_batches", many)
    parts = darwin_core.chunks(Choice(), network.context(view, viewer), lambda done, of: heard.append((done, of)))
    next(parts)
    assert len(asked) < 45_000
    assert heard == sorted(heard)
    assert heard[0][0] == darwin_core.ROWS_AT_ONCE
    parts.close()


def test_invented_numbers_are_marked_everywhere(view: View, tmp_path: Path) -> None:
    context = network.context(view, PUBLIC, is_demo=True)
    files = members(zipped(context))
    assert darwin_core.file_name(Choice(), context).startswith("demo-tech4nature-darwin-core-v")
    assert all(DEMO_LINE in files[name].decode() for name in ("README.md", "eml.xml"))
    assert all(DEMO_LINE in record["occurrenceRemarks"] for record in occurrences(zipped(context), tmp_path))
    assert DEMO_LINE.encode() not in b"".join(members(zipped(network.context(view, PUBLIC))).values())


@pytest.mark.parametrize("viewer", [PUBLIC, PARTNER], ids=lambda viewer: viewer.role)
def test_the_whole_demo_network_keeps_the_rules(demo_store: Path, viewer: Viewer, tmp_path: Path) -> None:
    view = engine.latest(str(demo_store / "demo"))
    context = Context(view, viewer, is_demo=True)
    records = occurrences(zipped(context), tmp_path)
    assert issues(records) == []
    wanted = merged(context, "detections" if is_single(viewer) else "detections_by_month")
    assert len(records) == len(wanted)
    assert {record["countryCode"] for record in records} <= set(countries())
    if viewer is PUBLIC:
        assert away_from_their_circle(records, merged(Context(view, STAFF, is_demo=True), "deployments")) == []


def away_from_their_circle(records: Records, cameras: pd.DataFrame) -> list[str]:
    """Sites with a camera outside the circle that the records of the site give."""
    earth, found = Geod(ellps="WGS84"), []
    circles = {record["locationID"]: record for record in records if record["coordinateUncertaintyInMeters"]}
    assert circles
    for camera in cameras[cameras["site_id"].isin(circles)].to_dict("records"):
        circle = circles[camera["site_id"]]
        middle = float(circle["decimalLongitude"]), float(circle["decimalLatitude"])
        _, _, away_m = earth.inv(*middle, camera["longitude"], camera["latitude"])
        if away_m > float(circle["coordinateUncertaintyInMeters"]):
            found.append(camera["site_id"])
    return found
