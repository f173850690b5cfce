"""Invented answers of the queries behind the page Wildlife: four stations, six taxa, some labelled by a machine."""

from datetime import UTC, date, datetime, timedelta

import h3
import pandas as pd

from tests.pages.invented import HOSTILE, NO_REEFS, TODAY

SITES = ("990000001", "990000002", "990000004")
FEW, SHY = "Vulpes vulpes", "Panthera leo"
# Name, common name, hour of the day (UTC), every so many days, share labelled by a machine only (one in so many).
TAXA = (
    ("Equus quagga", "Plains zebra", 9, 3, 4),
    ("Crocuta crocuta", "Spotted hyena", 20, 5, 2),
    (HOSTILE, "<b>Odd</b> =1+1", 11, 20, 1),
    (SHY, "Lion", 22, 12, 3),
    (FEW, None, 4, 90, 2),
    (None, None, 15, 40, 1),
)
FULL = ("staff", "site")


def monitored_sites() -> pd.DataFrame:
    """Three sites with cameras, one with tagged animals and warnings as well, and one without cameras."""
    return pd.DataFrame(
        {
            "site_id": ["990000001", "990000002", "990000003", "990000004"],
            "site_name": ["Aldermere National Park", "Brant Bay Reserve", "Calder Hills", HOSTILE],
            "country": ["Kenya", "France", "Peru", "Kenya"],
            "cameras": pd.array([4, 12, None, 2], dtype="Int64"),
            "animals": pd.array([7, None, None, None], dtype="Int64"),
            "animals_few": [False, False, True, False],
            "alerts": pd.array([31, None, None, None], dtype="Int64"),
            "has_cameras": [True, True, False, True],
            "has_collars": [True, False, True, False],
            "has_alerts": [True, False, False, False],
            "has_incidents": [True, False, False, False],
            **NO_REEFS,
        }
    )


def records(role: str, first: date, last: date) -> pd.DataFrame:
    """Detections over two years; lions are told to the public by months that are over, and not in the last ones."""
    rows = []
    for number, (scientific, common, hour, every, machine) in enumerate(TAXA):
        is_coarse = scientific == SHY and role == "public"
        for count, days in enumerate(range(3, 720, every)):
            started = datetime(TODAY.year, TODAY.month, TODAY.day, hour, 7 * number, tzinfo=UTC) - timedelta(days=days)
            started += timedelta(minutes=(37 * count) % 150)
            if first <= started.date() <= last and not (is_coarse and days < 60):
                is_machine = count % machine == 0
                individual = "1" if scientific == SHY and not is_coarse and count % 2 else None
                place = str(1 + count % (number + 1) % 4)
                rows.append((place, started, scientific, common, is_machine, individual, is_coarse))
    names = ["place", "started_at", "scientific_name", "common_name", "is_machine", "individual", "is_generalised"]
    frame = pd.DataFrame(rows, columns=names)
    frame = frame.astype({name: "str" for name in ("place", "scientific_name", "common_name", "individual")})
    frame = frame.astype({"is_machine": bool, "is_generalised": bool})
    started_at = pd.to_datetime(frame["started_at"], utc=True)
    return frame.assign(
        started_at=started_at,
        deployment=frame["place"],
        ended_at=started_at + pd.Timedelta(minutes=1),
        utc_offset_min=pd.array([180] * len(frame), dtype="Int64"),
        individual_count=pd.array([1] * len(frame), dtype="Int64"),
        has_clock_issue=False,
    ).sort_values("started_at", ignore_index=True)


def deployments(role: str, first: date, last: date) -> pd.DataFrame:
    """Each station for two years, the second one with 40 days without a camera after a battery died."""
    start, gap, today = (pd.Timestamp(TODAY - timedelta(days=days), tz="UTC") for days in (730, 140, -1))
    names = ["Ridge 1", "@@=Ford", "<b>Den</b>", "Ridge 2"]
    rows = [(str(n + 1), name, start, today, None) for n, name in enumerate(names) if n != 1]
    rows += [("2", names[1], start, gap, "batteryDepletion"), ("2", names[1], gap + pd.Timedelta(days=40), today, None)]
    columns = ["place", "place_name", "started_at", "ended_at", "camera_functioning"]
    frame = pd.DataFrame(rows, columns=columns)
    if role not in FULL:
        frame["place_name"] = "Place " + frame["place"]
    begin, end = pd.Timestamp(first, tz="UTC"), pd.Timestamp(last + timedelta(days=1), tz="UTC")
    frame["started_at"] = frame["started_at"].clip(lower=begin)
    frame["ended_at"] = frame["ended_at"].clip(upper=end)
    nights = (frame["ended_at"] - frame["started_at"]) / pd.Timedelta(days=1)
    return frame.assign(trap_nights=nights, deployment=["1", "3", "4", "2", "2b"])[nights > 0].reset_index(drop=True)


def places(role: str) -> pd.DataFrame:
    """The map cell of each station, as fine as the role allows; the public gets the one of the site's point."""
    resolution = 8 if role in FULL else 4 if role == "public" else 6
    spots = [(-1.20, 36.95), (-1.21, 36.98), (-1.25, 37.00), (-1.28, 37.05)]
    cells = [h3.latlng_to_cell(*(spots[0] if role == "public" else spot), resolution) for spot in spots]
    return pd.DataFrame({"place": ["1", "2", "3", "4"], "cell": cells})


def no_red_list() -> pd.DataFrame:
    return pd.DataFrame(columns=["scientific_name", "category", "year_published", "population_trend", "link"])


def red_list() -> pd.DataFrame:
    """Categories as a source with a token would give them."""
    return pd.DataFrame(
        {
            "scientific_name": ["Panthera leo", "Equus quagga"],
            "category": ["VU", "NT"],
            "year_published": [2023, 2016],
            "population_trend": ["decreasing", "decreasing"],
            "link": ["https://example.org/1", "https://example.org/2"],
        }
    )


def withheld(role: str) -> pd.DataFrame:
    """A taxon of which the public misses months with few detections."""
    frame = pd.DataFrame({"scientific_name": ["Acinonyx jubatus"], "common_name": ["Cheetah [x](y)"], "months": [2]})
    return frame if role == "public" else frame.head(0)


def answers() -> dict:
    """The invented answer of each query, with the query's own parameters."""

    def at(frame: pd.DataFrame, site_id: str) -> pd.DataFrame:
        return frame if site_id == SITES[0] else frame.head(0)

    return {
        "monitored_sites": lambda view, viewer, today: monitored_sites(),
        "site_records": lambda view, viewer, site_id, first, last, today: at(
            records(viewer.role, first, last), site_id
        ),
        "site_deployments": lambda view, viewer, site_id, first, last, today: at(
            deployments(viewer.role, first, last), site_id
        ),
        "site_places": lambda view, viewer, site_id, today: at(places(viewer.role), site_id),
        "site_withheld": lambda view, viewer, site_id, first, last, today: at(withheld(viewer.role), site_id),
        "red_list": lambda view, viewer: no_red_list(),
    }
