"""The same animals through EarthRanger and through Movebank give the same figures, in a check and from the store."""

import json
import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data import engine, queries
from data.access import Viewer
from ingestion.check import check
from ingestion.network import parse_network
from ingestion.pull import pull
from metrics.displacement import daily_displacement
from metrics.home_range import ranges

TODAY = date(2025, 6, 1)
START = datetime(2025, 3, 1, tzinfo=UTC)
HOURS = 24 * 40
STEP_H = 2
SITES = {"earthranger": "990000001", "movebank": "990000002"}
NETWORK = """
[[source]]
name = "{name}"
connector = "{name}"
location = "{location}"
site = "{site}"
sharing = "public"
{options}

[[site]]
id = "{site}"
name = "Site of {name}"
"""
ER_OPTIONS = 'options = { scientific_names = { elephant = "Elephas maximus" } }'
FENCE = {"type": "Polygon", "coordinates": [[[99.0, 15.0], [99.2, 15.0], [99.2, 15.3], [99.0, 15.3], [99.0, 15.0]]]}


def track(number: int) -> list[tuple[datetime, float, float]]:
    """Moment, latitude and longitude: loops that cross the fence now and then."""
    return [
        (
            START + timedelta(hours=hour),
            round(15.15 + 0.1 * math.sin(hour / (17 + number)) + 0.02 * math.sin(hour / 3), 6),
            round(99.15 + 0.1 * math.cos(hour / (23 + number)) + 0.02 * math.cos(hour / 5), 6),
        )
        for hour in range(0, HOURS, STEP_H)
    ]


NAMES = ("Lawan", "Saeng")
TRACKS = dict(zip(NAMES, map(track, range(len(NAMES))), strict=True))


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    """Saved answers of EarthRanger, and an export of Movebank, of the same positions."""
    saved, export = tmp_path / "earthranger", tmp_path / "movebank"
    saved.mkdir()
    export.mkdir()
    subjects = [
        {"id": f"uuid-{name}", "name": name, "subject_type": "wildlife", "subject_subtype": "elephant"}
        for name in NAMES
    ]
    carried = [{"id": f"s-{name}", "subject": f"uuid-{name}", "source": f"tag-{name}"} for name in NAMES]
    everything = {"lower": "0001-01-01T00:00:00Z", "upper": "9999-12-31T23:59:59.999999Z"}
    observations = [
        {
            "id": f"{name}-{n}",
            "source": f"tag-{name}",
            "recorded_at": at.isoformat(),
            "created_at": at.isoformat(),
            "location": {"latitude": latitude, "longitude": str(longitude)},
            "exclusion_flags": 0,
        }
        for name, positions in TRACKS.items()
        for n, (at, latitude, longitude) in enumerate(positions)
    ]
    answers = {
        "subjects": subjects,
        "subjectsources": [{**row, "assigned_range": everything} for row in carried],
        "observations": observations,
    }
    for kind, rows in answers.items():
        (saved / f"{kind}.json").write_text(json.dumps({"data": rows, "status": {"code": 200}}))
    heading = "event-id,visible,timestamp,location-long,location-lat,sensor-type,individual-taxon-canonical-name,"
    heading += "tag-local-identifier,individual-local-identifier,study-name"
    lines = [
        f"{n},true,{at:%Y-%m-%d %H:%M:%S}.000,{longitude},{latitude},gps,Elephas maximus,tag-{name},{name},Elephants"
        for name, positions in TRACKS.items()
        for n, (at, latitude, longitude) in enumerate(positions)
    ]
    (export / "events.csv").write_text("\n".join([heading, *lines, ""]))
    return {"earthranger": saved, "movebank": export}


def test_a_check_tells_the_same_of_both(places: dict[str, Path], tmp_path: Path) -> None:
    fence = tmp_path / "fence.geojson"
    fence.write_text(json.dumps(FENCE))
    names = {"scientific_names": {"elephant": "Elephas maximus"}}
    one = check("earthranger", str(places["earthranger"]), TODAY, options=names, boundary=fence)
    other = check("movebank", str(places["movebank"]), TODAY, boundary=fence)
    assert one.rows["fixes"] == other.rows["fixes"] == len(NAMES) * HOURS // STEP_H
    kept = ("individuals", "taxa", "first", "last", "bbox", "outliers", "crossings", "crossings_by_individual")
    assert {name: one.figures[name] for name in kept} == {name: other.figures[name] for name in kept}
    assert one.figures["individuals"] == list(NAMES)
    assert one.figures["crossings"] > 0


def test_pages_compute_the_same_from_both(places: dict[str, Path], tmp_path: Path) -> None:
    text = "".join(
        NETWORK.format(name=name, location=place, site=SITES[name], options=ER_OPTIONS if name == "earthranger" else "")
        for name, place in places.items()
    )
    outcomes = pull(parse_network(text), str(tmp_path / "store"))
    assert [outcome.outcome for outcome in outcomes] == ["stored", "stored"]
    view, staff = engine.latest(str(tmp_path / "store")), Viewer("staff")
    found = []
    for site_id in SITES.values():
        animals = queries.site_animals(view, staff, site_id, TODAY)
        fixes = queries.site_fixes(view, staff, site_id, date(2025, 1, 1), TODAY, TODAY)
        days = daily_displacement(fixes).merge(animals[["animal", "animal_name"]], on="animal")
        found.append((ranges(fixes, animals).set_index("animal_name"), days.groupby("animal_name")["km"].sum()))
    (areas, distances), (other_areas, other_distances) = found
    figures = ["fixes", "mcp95_km2", "kde95_km2", "kde50_km2", "effective_n", "scientific_name"]
    pd.testing.assert_frame_equal(areas.loc[list(NAMES), figures], other_areas.loc[list(NAMES), figures])
    pd.testing.assert_series_equal(distances, other_distances)
    assert (areas["kde95_km2"] > areas["kde50_km2"]).all()
