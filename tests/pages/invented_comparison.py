"""Invented answers for comparing sites: twelve sites on land in Africa, of which eight have cameras, and who to ask.

The site `MINE` has 300 detections in 1,000 trap nights, as the fourth of eight; by hand its rate is 30 per 100 nights.
"""

from datetime import date, timedelta

import pandas as pd

from data.access import Viewer
from tests.pages import invented
from tests.pages import invented_assessments as rated

IDS = tuple(f"99000001{number:02}" for number in range(1, 13))
MINE, HOSTILE, WITHOUT_AREA, AT_SEA = IDS[0], IDS[1], IDS[10], IDS[11]
OFFICE, PROGRAMME = "office@example.org", "https://programme.example.org/ask"
MISSED = "3.4"
# Detections of each site with cameras in 1,000 trap nights; the first is the site itself.
DETECTIONS = (300, 100, 290, 310, 305, 500, 900, 40)
STATIONS = 6


def sites() -> pd.DataFrame:
    """Twelve sites as the query `sites` gives them; one of unknown area, one at sea, one with a hostile name."""
    one = invented.sites().head(1)
    frame = pd.concat([one] * len(IDS), ignore_index=True)
    names = [f"Reserve {place}" for place in range(1, len(IDS) + 1)]
    names[0], names[1] = "My reserve", invented.HOSTILE
    return frame.assign(
        site_id=IDS,
        site_name=names,
        realm=[*["terrestrial"] * 11, "marine"],
        is_oecm=False,
        area_km2=[100.0, 25.0, 400.0, *[100.0] * 7, None, 100.0],
        region="Africa",
        phase="candidate",
        expires_on=None,
        listing_id=None,
        status=None,
        link=[None, "https://example.org/listing", *[None] * 10],
        registry_url="https://example.org/registry",
        has_cameras=[True] * 8 + [False] * 4,
        has_sensors=[True] * 8 + [False] * 4,
    )


def effort() -> pd.DataFrame:
    places = [(site_id, f"{site_id}-{n}") for site_id in IDS[: len(DETECTIONS)] for n in range(STATIONS)]
    return pd.DataFrame(places, columns=["site_id", "place"]).assign(trap_nights=1000 / STATIONS)


def counts() -> pd.DataFrame:
    frame = pd.DataFrame({"site_id": IDS[: len(DETECTIONS)], "detections": DETECTIONS})
    return frame.assign(
        machine_only=frame["detections"] // 4,
        active_days=frame["detections"] // 2,
        newest_on=pd.Timestamp(invented.TODAY),
    )


def taxa() -> pd.DataFrame:
    """Every station saw a fox, and each site as many other taxa as its number, at its first station."""
    foxes = effort().assign(scientific_name="Vulpes vulpes")
    others = [
        (site_id, f"{site_id}-0", f"Taxon {n}")
        for place, site_id in enumerate(IDS[: len(DETECTIONS)])
        for n in range(place)
    ]
    return pd.concat(
        [foxes.drop(columns="trap_nights"), pd.DataFrame(others, columns=list(foxes.columns.drop("trap_nights")))]
    )


def newest() -> pd.DataFrame:
    days = [pd.Timestamp(invented.TODAY - timedelta(days=place)) for place in range(len(DETECTIONS))]
    return pd.DataFrame({"site_id": IDS[: len(DETECTIONS)], "newest_on": days})


def alerts() -> pd.DataFrame:
    """Twenty warnings of one site, half a year ago: the peers have none."""
    detected = pd.Timestamp(invented.NOW - timedelta(days=180))
    frame = pd.DataFrame({"site_id": [MINE] * 20, "source": "sirens", "kind": "geofence_break"})
    steps = {"sent_at": 1, "acknowledged_at": 5, "arrived_at": 20, "animal_arrived_at": 25, "closed_at": 60}
    times = {step: detected + pd.Timedelta(minutes=minutes) for step, minutes in steps.items()}
    return frame.assign(detected_at=detected, **times, outcome="confirmed")


def no_reefs() -> pd.DataFrame:
    columns = ["site_id", "station", "source", "surveyed_on", "method", "metric", "value", "value_sd", "value_low"]
    columns += ["value_high", "sample_units", "points", "labelled_by", "depth_m"]
    kinds = dict.fromkeys(["value", "value_sd", "value_low", "value_high", "depth_m"], "float64")
    kinds |= {"sample_units": "Int64", "points": "Int64", "surveyed_on": "datetime64[s]"}
    return pd.DataFrame(columns=columns, dtype="str").astype(kinds)


def no_corals() -> pd.DataFrame:
    columns = ["site_id", "cohort", "planted_on", "observed_on", "fragment_count", "alive_count", "dead_count"]
    return pd.DataFrame(columns=[*columns, "lost_count"])


def assessments() -> pd.DataFrame:
    """One assessment of each site but the last two, of twenty days ago."""
    one = rated.assessments().head(1)
    frame = pd.concat([one] * 10, ignore_index=True)
    return frame.assign(
        assessment_id=[f"{site_id}-2026" for site_id in IDS[:10]],
        site_id=IDS[:10],
        site_name=list(sites()["site_name"])[:10],
        phase="candidate",
        assessed_on=pd.Timestamp(rated.NEW),
        assessed_year=rated.NEW.year,
        supersedes=None,
    )


def ratings() -> pd.DataFrame:
    """Everything met by everybody, but 3.4 by the site itself and the last two; the site has not rated 4.1."""
    rows = []
    for site_id in IDS[:10]:
        for indicator, criterion in rated.RATED.items():
            rating = "not_met" if criterion == MISSED and site_id in (MINE, *IDS[8:10]) else "met"
            is_open = criterion == "4.1" and site_id == MINE
            rows.append((f"{site_id}-2026", site_id, indicator, criterion, "self", None if is_open else rating))
    columns = ["assessment_id", "site_id", "indicator_id", "criterion", "role", "rating"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(rated_on=pd.Timestamp(rated.NEW), evidence_on=pd.NaT, source="papers")


def work_items() -> pd.DataFrame:
    """Work for 3.4 of two peers that meet it, of one that does not, and of the site; one item has not begun."""
    today = pd.Timestamp(invented.TODAY)
    rows = [
        ("w1", IDS[2], "solution", "Sirens on the fence", None, -300, -50, -60),
        ("w2", IDS[2], "milestone", "=Sirens(1)", "w1", -200, -100, -90),
        ("w3", HOSTILE, "milestone", invented.HOSTILE, None, -20, 200, None),
        ("w4", HOSTILE, "milestone", "Not begun", None, 20, 200, None),
        ("w5", IDS[8], "milestone", "Of one that misses it", None, -20, -10, -10),
        ("w6", MINE, "milestone", "My own", None, -20, -10, None),
    ]
    columns = ["item_id", "site_id", "kind", "title", "solution_id", "starts_on", "due_on", "done_on"]
    frame = pd.DataFrame(rows, columns=columns).merge(sites()[["site_id", "site_name"]])
    for name in ("starts_on", "due_on", "done_on"):
        frame[name] = pd.to_datetime([None if pd.isna(d) else today + pd.Timedelta(days=int(d)) for d in frame[name]])
    return frame.assign(source="plan", criterion=MISSED, technology="sirens", owner=None, note=None)


def contacts(view) -> pd.DataFrame:
    return pd.DataFrame({"site_id": ["", IDS[2]], "address": [PROGRAMME, OFFICE]})


def of_twelve() -> dict:
    """The answers of the network of twelve sites, for the tests of the page."""
    return {
        "sites": lambda view, viewer, today: sites(),
        "assessments": lambda view, viewer, today: assessments(),
        "ratings": lambda view, viewer, today: ratings(),
        "work_items": lambda view, viewer, today: work_items(),
    }


def answers() -> dict:
    """The invented answer of each query, with the query's own parameters."""

    def cameras(view, viewer: Viewer, first: date, last: date, today: date) -> pd.DataFrame:
        return effort()

    return {
        "camera_effort": cameras,
        "camera_counts": lambda view, viewer, first, last, today: counts(),
        "camera_taxa": lambda view, viewer, first, last, today: taxa(),
        "newest_days": lambda view, viewer, today: newest(),
        "reef_cover_rows": lambda view, viewer, today: no_reefs(),
        "outplant_rows": lambda view, viewer, today: no_corals(),
        "contacts": contacts,
    }
