"""Invented answers of the queries behind the page Reefs.

The first site has two surveyed stations, one of them planted, and heat stress; the second has heat stress only.
"""

from datetime import date, timedelta

import pandas as pd

from data.access import seen_position
from tests.pages import invented

REEF_SITE, HEAT_SITE = "990000001", "990000002"
PLANTED, CONTROL = "Zulu ledge", invented.HOSTILE
PUBLIC_NAMES = {PLANTED: "Reef 2", CONTROL: "Reef 1"}
SURVEY_DAYS = (date(2023, 3, 1), date(2024, 3, 1), date(2025, 3, 1), date(2026, 3, 1))
# Hard coral of each station per survey day, in percent.
COVER = {PLANTED: (8.0, 12.0, 18.0, 26.0), CONTROL: (20.0, 21.0, 15.0, 17.0)}
CLASSES = {
    "normal_pct": 60.0,
    "pale_pct": 15.0,
    "bleached_20_pct": 10.0,
    "bleached_50_pct": 6.0,
    "bleached_80_pct": 4.0,
    "bleached_100_pct": 3.0,
    "recently_dead_pct": 2.0,
    "bleached_pct": 25.0,
}
PLANTED_ON = date(2023, 9, 1)
LATITUDE, LONGITUDE = -20.123456, 57.654321


def monitored_sites() -> pd.DataFrame:
    """One site with everything about reefs, and one with heat stress alone."""
    sites = invented.sites().head(2)
    frame = pd.DataFrame(
        {
            "site_id": sites["site_id"],
            "site_name": sites["site_name"],
            "country": sites["country"],
            "animals_few": False,
            "reef_surveys": [8, pd.NA],
            "corals_planted": [300, pd.NA],
            **dict.fromkeys(("cameras", "animals", "alerts"), pd.NA),
            **dict.fromkeys(("has_cameras", "has_collars", "has_alerts", "has_incidents"), False),
            "has_reefs": [True, False],
            "has_outplants": [True, False],
            "has_heat_stress": True,
        }
    )
    return frame.astype(dict.fromkeys(("cameras", "animals", "alerts", "reef_surveys", "corals_planted"), "Int64"))


def surveys() -> pd.DataFrame:
    """Cover of two stations in four years, the last one of the control by another method, and bleaching once."""
    rows = []
    for station, covers in COVER.items():
        for day, cover in zip(SURVEY_DAYS, covers, strict=True):
            is_new = station == CONTROL and day == SURVEY_DAYS[-1]
            method = "benthiclit" if is_new else "benthicpit"
            rows.append((station, day, method, "hard_coral_pct", cover, 4.0, 4))
            rows.append((station, day, method, "macroalgae_pct", 30.0, 5.0, 4))
        rows += [
            (station, SURVEY_DAYS[-1], "colonies_bleached", name, value, 1.0, 4) for name, value in CLASSES.items()
        ]
        rows.append((station, SURVEY_DAYS[-1], "beltfish", "fish_biomass_kgha", 420.0, 80.0, 3))
    columns = ["station", "surveyed_on", "method", "metric", "value", "value_sd", "sample_units"]
    frame = pd.DataFrame(rows, columns=columns).assign(
        source="invented-surveys", value_low=None, value_high=None, points=pd.NA, labelled_by="human", depth_m=6.5
    )
    frame["surveyed_on"] = pd.to_datetime(frame["surveyed_on"])
    frame = frame.astype({"sample_units": "Int64", "points": "Int64", "value_low": "float64", "value_high": "float64"})
    return frame.sort_values(["station", "surveyed_on", "method", "metric"], ignore_index=True)


def outplants() -> pd.DataFrame:
    """Three cohorts of a hundred corals; after a year 70 of each are alive, 20 dead and 10 lost."""
    rows = []
    for cohort in range(3):
        for months, alive, dead, lost in ((3, 90, 8, 2), (12, 70, 20, 10), (24, 60, 28, 12)):
            rows.append((cohort, PLANTED_ON + timedelta(days=round(30.4375 * months)), alive, dead, lost))
    frame = pd.DataFrame(rows, columns=["cohort", "observed_on", "alive_count", "dead_count", "lost_count"])
    frame = frame.assign(
        station=PLANTED,
        scientific_name="Acropora muricata",
        nursery="Raft nursery",
        planted_on=pd.Timestamp(PLANTED_ON),
        fragment_count=100,
    )
    return frame.assign(observed_on=pd.to_datetime(frame["observed_on"]))


def heat() -> pd.DataFrame:
    """Two years of days with a hot spell of forty days in which the degree heating weeks rise to 8."""
    days = pd.date_range("2024-11-01", invented.TODAY, freq="D")
    hot = pd.Series(range(len(days))).between(100, 139)
    frame = pd.DataFrame({"station": "Hidden bay", "day": days, "sst_c": 28.0, "hotspot_c": hot.mul(1.4)})
    return frame.assign(
        dhw_c_weeks=hot.mul(1.4).cumsum().div(7).where(hot, 0.0),
        alert_level=hot.mul(3).astype("Int64"),
        scale="CRW regional 0-4",
        cell_distance_km=2.5,
    )


def seen_surveys(view, viewer, site_id: str, today: date) -> pd.DataFrame:
    return _named(surveys(), viewer, site_id)


def seen_stations(view, viewer, site_id: str, today: date) -> pd.DataFrame:
    places = pd.DataFrame({"station": list(COVER), "latitude": LATITUDE, "longitude": LONGITUDE})
    coarse = {axis: seen_position(viewer, site_id, places[axis]) for axis in ("latitude", "longitude")}
    return _named(places.assign(**coarse), viewer, site_id).sort_values("station", ignore_index=True)


def seen_outplants(view, viewer, site_id: str, today: date) -> pd.DataFrame:
    found = _named(outplants(), viewer, site_id)
    return found if viewer.sees_species_of(site_id) else found.assign(scientific_name=None, nursery=None)


def seen_heat(view, viewer, site_id: str, today: date) -> pd.DataFrame:
    if viewer.sees_species_of(site_id):
        return heat().assign(is_by_week=False)
    weeks = heat()[heat()["day"].dt.day_of_week.eq(0)].reset_index(drop=True)
    return weeks.assign(station="All stations", cell_distance_km=None, is_by_week=True)


def _named(frame: pd.DataFrame, viewer, site_id: str) -> pd.DataFrame:
    found = frame[[site_id == REEF_SITE] * len(frame)].reset_index(drop=True)
    if viewer.sees_species_of(site_id):
        return found
    return found.assign(station=found["station"].map(PUBLIC_NAMES).astype("str"))


def answers() -> dict:
    """The invented answer of each query, with the query's own parameters."""
    return {
        "site_reef_surveys": seen_surveys,
        "site_reef_stations": seen_stations,
        "site_outplants": seen_outplants,
        "site_heat_stress": seen_heat,
    }
