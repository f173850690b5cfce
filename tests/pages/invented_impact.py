"""Invented answers of the questions about the whole network: two sites with field systems, one of them with reefs.

The first site has cameras since 2025, warns since 1 July 2025, has conflicts in every quarter and planted corals; what
the public may not know is not in these answers, since the queries leave it out.
"""

import pandas as pd

from tests.pages import invented, invented_reefs, invented_warning

FIELD, CAMERAS_ONLY, NEVER = "990000001", "990000002", "990000004"
SUPPORTER, OTHER = f"Lantern Fund {invented.HOSTILE}", "Blue Shelf Foundation"
SINCE = pd.Timestamp("2025-07-01")
CONFLICTS = {
    "2024Q3": 30,
    "2024Q4": 20,
    "2025Q1": 9,
    "2025Q2": 10,
    "2025Q3": 16,
    "2025Q4": 12,
    "2026Q1": 7,
    "2026Q2": 5,
}


def supporters() -> pd.DataFrame:
    rows = [(OTHER, CAMERAS_ONLY), (OTHER, "990000003"), (SUPPORTER, FIELD), (SUPPORTER, NEVER)]
    return pd.DataFrame(rows, columns=["supporter", "site_id"])


def cameras() -> pd.DataFrame:
    return _dated(("990000001", "2025-01-01"), ("990000002", "2026-02-01"))


def taxa() -> pd.DataFrame:
    rows = _dated((FIELD, "2025-01-01"), (FIELD, "2025-05-01"), (CAMERAS_ONLY, "2026-02-01"))
    return rows.assign(scientific_name=["Equus quagga", "<b>Odd</b>", "Equus quagga"])


def animals() -> pd.DataFrame:
    return _dated((FIELD, "2026-01-01")).rename(columns={"first_on": "known_on"}).assign(animals=6)


def alerts() -> pd.DataFrame:
    found = invented_warning.by_month(invented_warning.site_alerts())
    found = found[found["detected_at"] < pd.Timestamp("2026-10-01", tz="UTC")]
    columns = ["kind", *invented_warning.MOMENTS, "outcome"]
    return found[columns].assign(site_id=FIELD, source="aldermere-warnings").reset_index(drop=True)


def incidents() -> pd.DataFrame:
    starts = pd.PeriodIndex(list(CONFLICTS), freq="Q").start_time
    return pd.DataFrame(
        {"site_id": FIELD, "source": "aldermere-warnings", "quarter": starts, "kind": "crop", **_counts()}
    )


def outplants() -> pd.DataFrame:
    found = invented_reefs.outplants().assign(site_id=FIELD, source="reefs", scientific_name=None, nursery=None)
    return found.assign(cohort=FIELD + " " + found["cohort"].astype("str"), station=f"{FIELD} Reef 2")


def reef_surveys() -> pd.DataFrame:
    found = invented_reefs.surveys().assign(site_id=FIELD, depth_m=float("nan"))
    return found.assign(station=FIELD + " " + found["station"].map(invented_reefs.PUBLIC_NAMES).astype("str"))


def warning_starts() -> pd.DataFrame:
    return pd.DataFrame({"site_id": [FIELD], "since": [SINCE]})


def answers() -> dict:
    """The invented answer of each query, with the query's own parameters; they are what the public gets."""
    return {
        "supporters": lambda view: supporters(),
        "network_alerts": lambda view, viewer, today: alerts(),
        "network_animals": lambda view, viewer, today: animals(),
        "network_cameras": lambda view, viewer, today: cameras(),
        "network_incidents": lambda view, viewer, today: incidents(),
        "network_outplants": lambda view, viewer, today: outplants(),
        "network_reef_surveys": lambda view, viewer, today: reef_surveys(),
        "network_taxa": lambda view, viewer, today: taxa(),
        "network_warning_starts": lambda view, viewer, today: warning_starts(),
    }


def empty_answers() -> dict:
    """The same questions where no field system sends anything."""
    return {name: _nothing_of(answer) for name, answer in answers().items() if name != "supporters"}


def _nothing_of(answer):
    return lambda *asked: answer(*asked).head(0)


def _dated(*rows: tuple[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["site_id", "first_on"])
    return frame.assign(first_on=pd.to_datetime(frame["first_on"]))


def _counts() -> dict[str, list[int]]:
    return {"incidents": list(CONFLICTS.values())}
