"""CoralNet exports: a published one against figures counted apart, and invented ones in every shape met."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Rows, Source
from connectors.coralnet import CoralNet
from connectors.coralnet_labels import Groups, r_name
from connectors.errors import SourceChanged, SourceRefused
from tests.connectors.camtrap_packages import Reading

ANSWER = Path(__file__).parent.parent / "payloads" / "coralnet" / "export"
LABELS = 'label,group\nACROP,Hard coral\n*MOEN,Hard coral\nSAND,Soft substrate\n"Crustose, turf, bare",Hard substrate\n'


class Pull:
    """What one location gives: figures, rows, refusals, notices."""

    def __init__(self, location: Path, workspace: Path, site: Any = "555500001", **options: Any) -> None:
        self.source = Source("reef", "coralnet", str(location), site=site, options=options)
        workspace.mkdir(exist_ok=True)
        payloads = CoralNet().fetch(self.source, {}, workspace).payloads
        self.figures = CoralNet().figures(self.source, payloads)
        self.reading = Reading(list(CoralNet().parse(self.source, payloads)))

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.reading.rows("reef_surveys")

    def covers(self, metric: str = "hard_coral_pct") -> dict[str, float]:
        return {row["survey_id"]: row["value"] for row in self.rows if row["metric"] == metric}


def written(folder: Path, content: str | bytes, name: str = "export.csv", labels: str = LABELS) -> Path:
    (folder / "labels.csv").write_text(labels)
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def pull(folder: Path, content: str | bytes, **options: Any) -> Pull:
    return Pull(written(folder, content), folder / "pull", **{"labels": "labels.csv", **options})


@pytest.fixture
def invented(tmp_path: Path) -> Pull:
    return Pull(ANSWER, tmp_path / "pull", labels="labels.csv")


def truth_of(samples: Path, name: str) -> dict[str, Any]:
    return json.loads((samples / "truth.json").read_text())["sets"][name]


def test_the_published_export_has_its_mean_hard_coral(samples: Path, tmp_path: Path) -> None:
    truth = truth_of(samples, "coralnet_percent_cover_bocas")
    export = samples / truth["file"]
    with export.open(encoding="utf-8") as file:
        labels = next(csv.reader(file))[4:]
    with (tmp_path / "groups.csv").open("w", newline="") as file:
        corals = truth["hard_coral_labels_scleractinian"]
        rows = [(label, "Hard coral" if label in corals else "Other") for label in labels]
        csv.writer(file).writerows([("label", "group"), *rows])
    found = Pull(export, tmp_path / "pull", labels=str(tmp_path / "groups.csv"))
    assert found.figures["images"] == truth["image_rows"]
    assert found.figures["points"] == truth["image_rows"] * truth["points_per_image"]
    assert found.figures["hard_coral_pct_mean"] == pytest.approx(truth["hard_coral_pct_mean_of_images"], abs=1e-4)
    assert found.figures["unmatched_labels"] == []
    assert not found.reading.notices
    assert not found.reading.refusals


def test_the_published_label_set_leaves_the_labels_it_does_not_know(samples: Path, tmp_path: Path) -> None:
    bocas, label_set = truth_of(samples, "coralnet_percent_cover_bocas"), truth_of(samples, "coralnet_labelset")
    found = Pull(samples / bocas["file"], tmp_path / "pull", labels=str(samples / label_set["file"]))
    unmatched = label_set["bocas_labels_without_a_match"]
    assert found.figures["unmatched_labels"] == unmatched
    assert all(repr(label) in found.reading.notices for label in unmatched)
    highs = [row["value_high"] or row["value"] for row in found.rows if row["metric"] == "hard_coral_pct"]
    mean_high = sum(highs) / len(highs)
    # The label set counts Millepora as a hard coral, so the figure with it is the one that the bounds must hold.
    with_millepora = bocas["hard_coral_plus_millepora_pct_mean_of_images"]
    assert found.figures["hard_coral_pct_mean"] <= with_millepora <= mean_high


def test_the_published_points_of_one_image_have_no_hard_coral_without_a_table(samples: Path, tmp_path: Path) -> None:
    truth = truth_of(samples, "coralnet_annotations_tiny")
    found = Pull(samples / truth["file"], tmp_path / "pull", station_column="Aux0")
    assert found.figures == {
        "stations": 1,
        "surveys": 1,
        "images": truth["images"],
        "points": truth["rows"],
        "hard_coral_pct_mean": None,
        "first": "2021-12-31",
        "last": "2021-12-31",
        "unmatched_labels": truth["labels"],
    }
    assert found.rows == []


def test_an_image_told_twice_counts_once_and_point_by_point(invented: Pull) -> None:
    assert invented.figures["images"] == 4
    methods = {row["survey_id"]: row["method"] for row in invented.rows}
    assert methods == {
        "north_01.jpg": "CoralNet annotations",
        "south_01.jpg": "CoralNet annotations",
        "9002": "CoralNet percent cover",
        "9003": "CoralNet percent cover",
    }
    assert "1 images are told point by point in another file" in invented.reading.notices


def test_a_cover_is_a_share_of_all_points_and_says_how_high_it_may_be(invented: Pull) -> None:
    assert invented.covers() == {"north_01.jpg": 25, "south_01.jpg": 0, "9002": 40, "9003": 0}
    assert invented.covers("turf_algae_pct") == {"north_01.jpg": 25, "south_01.jpg": 50, "9002": 20, "9003": 50}
    highs = {row["survey_id"]: row["value_high"] for row in invented.rows if row["metric"] == "hard_coral_pct"}
    assert highs == {"north_01.jpg": None, "south_01.jpg": 50, "9002": 50, "9003": None}
    assert invented.figures["hard_coral_pct_mean"] == pytest.approx((25 + 0 + 40 + 0) / 4)
    assert invented.figures["unmatched_labels"] == ["UNHEARD"]
    assert "'UNHEARD'" in invented.reading.notices


def test_place_time_and_who_labelled_are_those_of_the_export(invented: Pull) -> None:
    north = next(row for row in invented.rows if row["survey_id"] == "north_01.jpg")
    assert (north["station"], north["surveyed_on"].isoformat(), north["depth_m"]) == ("North Reef", "2024-05-02", 10)
    assert (north["latitude"], north["longitude"], north["points"]) == (9.31, -82.25, 4)
    makers = {row["survey_id"]: row["labelled_by"] for row in invented.rows}
    assert makers == {"north_01.jpg": "both", "south_01.jpg": "machine", "9002": "machine", "9003": "human"}
    assert next(row for row in invented.rows if row["survey_id"] == "9002")["station"] == "reef"
    assert (invented.figures["stations"], invented.figures["surveys"]) == (3, 3)
    assert (invented.figures["first"], invented.figures["last"]) == ("2024-05-02", "2024-05-03")


def test_names_of_people_are_kept_nowhere(invented: Pull) -> None:
    assert [refusal.field for refusal in invented.reading.refusals] == ["Label code"]
    kept = [item.rows.to_pylist() if isinstance(item, Rows) else item for item in invented.reading.parsed]
    assert "inventor" not in str(kept).lower()


def test_a_table_without_hard_coral_gives_no_figure_rather_than_zero(tmp_path: Path) -> None:
    found = pull(tmp_path, "Image ID,Image name,Annotation status,Points,SAND\n1,a.jpg,Confirmed,10,100.000\n")
    assert found.figures["hard_coral_pct_mean"] is None
    assert found.rows == []
    assert "not zero" in found.reading.notices


def test_a_file_without_hard_coral_does_not_lower_the_mean_of_another(tmp_path: Path) -> None:
    written(tmp_path, CURRENT)
    written(tmp_path, "Name,Row,Column,Label\nz.jpg,1,1,UNHEARD\n", "points.csv")
    found = Pull(tmp_path, tmp_path / "pull", labels="labels.csv")
    assert (found.figures["images"], found.figures["hard_coral_pct_mean"]) == (2, 50)
    assert found.covers() == {"7": 50}


CURRENT = "Image ID,Image name,Annotation status,Points,ACROP,*MOEN,SAND\n7,a.jpg,Confirmed,10,30.000,20.000,50.000\n"
OLDER = "Name,Site,Annotation status,Annotation area,ACROP,*MOEN,SAND\na.jpg,,Confirmed,X: 5 - 95%,30,20,50\n"
BY_R = (
    '"Image.ID","Image.name","Annotation.status","Points","ACROP","X.MOEN","SAND"\n7,"a.jpg","Confirmed",10,30,20,50\n'
)
POINTS = "Name,Row,Column,Label\n" + "".join(
    f"a.jpg,{row},1,{label}\n" for row, label in enumerate(["ACROP"] * 3 + ["*MOEN"] * 2 + ["SAND"] * 5)
)


@pytest.mark.parametrize(
    "content",
    [
        CURRENT,
        OLDER,
        BY_R,
        POINTS,
        CURRENT.replace("\n", "\r\n"),
        CURRENT.replace("\n", "\r"),
        OLDER.replace("\n", "\r"),
        "\ufeff" + CURRENT,
        "\ufeff" + POINTS,
        CURRENT.replace("SAND", '"Crustose, turf, bare"'),
        POINTS.replace("SAND", '"Crustose, turf, bare"'),
        CURRENT.replace("a.jpg", "récif.jpg").encode("mac_roman"),
    ],
)
def test_every_way_of_saving_an_export_gives_the_same_cover(tmp_path: Path, content: str | bytes) -> None:
    found = pull(tmp_path, content)
    assert list(found.covers().values()) == [50]
    assert found.figures["unmatched_labels"] == []
    assert not found.reading.refusals


def test_a_label_set_in_mac_roman_is_read(tmp_path: Path) -> None:
    export = written(tmp_path, CURRENT.replace("*MOEN", "Corail é"))
    label_set = (
        "Name,Functional Group,Default\rCorail é,Hard coral,CORE\rA long name,Hard coral,ACROP\rSand,Other,SAND\r"
    )
    (tmp_path / "set.csv").write_bytes(label_set.encode("mac_roman"))
    assert Pull(export, tmp_path / "pull", labels="set.csv").covers() == {"7": 50}


def test_a_label_with_two_groups_has_none(tmp_path: Path) -> None:
    export = written(tmp_path, CURRENT, labels=LABELS + "ACROP,Other\n")
    assert Pull(export, tmp_path / "pull", labels="labels.csv").figures["unmatched_labels"] == ["ACROP"]


def test_a_wrong_mean_row_is_told_and_never_counted(tmp_path: Path) -> None:
    second = "8,b.jpg,Confirmed,10,10.000,0.000,90.000\n"
    right = pull(tmp_path, CURRENT + second + "ALL IMAGES,,,,20.000,10.000,70.000\n")
    wrong = pull(tmp_path, CURRENT + second + "ALL IMAGES,,,,90.000,10.000,70.000\n")
    assert right.figures["hard_coral_pct_mean"] == wrong.figures["hard_coral_pct_mean"] == 30
    assert right.figures["images"] == wrong.figures["images"] == 2
    assert "ALL IMAGES" not in right.reading.notices
    assert "ALL IMAGES is not the mean of its 2 images in 1 labels (such as 'ACROP')" in wrong.reading.notices


def test_rows_that_cannot_be_read_are_refused_and_empty_images_give_no_figure(tmp_path: Path) -> None:
    content = (
        f"{CURRENT}8,b.jpg,Confirmed,10,lots,0,0\n9,c.jpg,Unclassified,10,0,0,0\n"
        "10,d.jpg,Confirmed,10,1\n7,a.jpg,Confirmed,10,0,0,100\n11,,Confirmed,10,0,0,100\n"
    )
    found = pull(tmp_path, content)
    assert found.covers() == {"7": 50}
    refused = {refusal.row: refusal.field for refusal in found.reading.refusals}
    assert refused == {3: "a label", 5: "(row)", 6: "Image name", 7: "Image name"}
    assert "1 images have no classified point" in found.reading.notices


def test_the_station_column_is_asked_for_by_name(tmp_path: Path) -> None:
    older = OLDER.replace("Site", "Reef code").replace("a.jpg,,", "a.jpg,R-7,")
    assert pull(tmp_path, older, station_column="reef_code").rows[0]["station"] == "R-7"
    missing = pull(tmp_path, older, station_column="Transect")
    assert missing.rows[0]["station"] == "reef"
    assert "no column Transect" in missing.reading.notices


def test_an_image_of_a_station_without_site_is_counted_and_not_stored(tmp_path: Path) -> None:
    older = OLDER.replace("a.jpg,,", "a.jpg,Far Reef,")
    found = Pull(written(tmp_path, older), tmp_path / "pull", {"North Reef": "1"}, labels="labels.csv")
    assert (found.figures["images"], found.rows) == (1, [])
    assert "no site is configured" in found.reading.notices


def test_without_a_table_only_living_corals_of_known_genera_count(tmp_path: Path) -> None:
    names = {"Porites (massive)": 1, "Bleached Orbicella": 2, "Dead Agaricia": 4, "Acropora rubble": 8, "Sand": 85}
    heading, values = ",".join(names), ",".join(map(str, names.values()))
    export = written(tmp_path, f"Image name,Annotation status,{heading}\na.jpg,Confirmed,{values}\n")
    found = Pull(export, tmp_path / "pull")
    assert found.covers() == {"a.jpg": 3}
    assert found.figures["unmatched_labels"] == ["Dead Agaricia", "Acropora rubble", "Sand"]
    assert found.figures["points"] is None


def test_a_file_that_is_no_export_is_named_beside_one_that_is(tmp_path: Path) -> None:
    written(tmp_path, CURRENT)
    written(tmp_path, "Name,Height (cm)\na.jpg,50\n", "metadata.csv")
    found = Pull(tmp_path, tmp_path / "pull", labels="labels.csv")
    assert found.covers() == {"7": 50}
    assert "metadata.csv holds neither" in found.reading.notices


def test_wrong_locations_and_options_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match=r"no \.csv and no \.xlsx file"):
        Pull(tmp_path, tmp_path / "pull")
    with pytest.raises(SourceRefused, match="labels"):
        pull(tmp_path, CURRENT, labels=["a", "b"])
    with pytest.raises(SourceRefused, match="station_column"):
        pull(tmp_path, CURRENT, station_column=3)
    with pytest.raises(SourceChanged, match="no column group"):
        Pull(written(tmp_path, CURRENT, labels="label,colour\na,b\n"), tmp_path / "pull", labels="labels.csv")


def test_a_changed_table_of_labels_is_news(tmp_path: Path) -> None:
    source = Source("reef", "coralnet", str(written(tmp_path, CURRENT)), options={"labels": "labels.csv"})
    workspace = tmp_path / "pull"
    workspace.mkdir()
    first = CoralNet().fetch(source, {}, workspace)
    assert CoralNet().fetch(source, first.cursor, workspace).is_unchanged
    (tmp_path / "labels.csv").write_text(LABELS + "NEW,Hard coral\n")
    again = CoralNet().fetch(source, first.cursor, workspace)
    assert {payload.name for payload in again.payloads} == {"export.csv", "labels"}


@pytest.mark.parametrize(("label", "by_r"), [("*MOEN", "x.moen"), ("Sand, fine", "sand..fine"), ("2cm", "x2cm")])
def test_headings_that_r_has_changed_are_those_of_make_names(label: str, by_r: str) -> None:
    assert r_name(label) == by_r


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.sampled_from(["hard coral", "other"]), min_size=1))
def test_a_label_of_the_table_has_the_group_that_the_table_says(table: dict[str, str]) -> None:
    groups = Groups({label.casefold(): group for label, group in table.items()})
    last = {label.casefold(): group for label, group in table.items()}
    assert all(groups.of(label) == last[label.casefold()] for label in table)
