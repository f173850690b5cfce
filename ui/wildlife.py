"""What the page Wildlife says about one site, one period and one choice of labels, computed once for all its tabs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import h3
import numpy as np
import pandas as pd

from metrics import activity, community, effort, events, rates, wildlife
from metrics.result import Result
from ui.text import is_missing

PERIODS = {"12": "12 months", "24": "24 months", "all": "All"}
UNITS = {"place": "Stations", "day": "Days"}
FEWEST_FOR_ACTIVITY = 10
NOBODY = "none"
SHORTEST_DOWNTIME_NIGHTS = 1  # a visit that changes cards and batteries is none
MOST_CELLS_ACROSS = 25
KM_PER_DEGREE = 111.2
BEGINNING = date(1970, 1, 1)
OF_TRUE_RATES = {"events": "Int64", "places": "Int64"} | dict.fromkeys(
    ("rate", "rate_low", "rate_high", "occupancy", "active_day_share"), "Float64"
)


@dataclass(frozen=True)
class CameraData:
    """What the queries tell of a site's cameras: records and deployments of the period, all records, places.

    `unsorted` are the rows per observation type, `withheld` the taxa of which months are missing in `records`.
    """

    records: pd.DataFrame
    every_record: pd.DataFrame
    deployments: pd.DataFrame
    places: pd.DataFrame
    unsorted: pd.DataFrame
    withheld: pd.DataFrame


@dataclass(frozen=True)
class Wildlife:
    """The page in figures and frames; `labels` says which labels they rest on.

    `is_shared` is false where the viewer may count totals only, `worked_since` None where no camera worked in the
    period. `active` are the taxa whose hours may be shown, by scientific name.
    """

    labels: str
    is_shared: bool
    worked_since: date | None
    last: date
    observed: Result
    detections: Result
    events: Result
    effort: Result
    backlog: Result
    places: int
    species: pd.DataFrame
    by_month_only: tuple[str, ...]
    withheld: tuple[str, ...]
    curves: dict[str, pd.DataFrame]
    estimates: dict[str, Result]
    individuals: pd.DataFrame
    active: dict[str, str]
    cells: pd.DataFrame
    sightings: pd.DataFrame
    months: pd.DataFrame
    days: pd.DataFrame
    downtime: pd.DataFrame


@dataclass(frozen=True)
class Activity:
    """When one or two taxa were active: a curve for each by name, the events behind it, and how far two overlap."""

    curves: dict[str, pd.DataFrame]
    events: dict[str, int]
    overlap: Result | None


def first_day(period: str, today: date) -> date:
    """The first day of a period: that of a month, since sensitive taxa are told by whole months."""
    if period == "all":
        return BEGINNING
    months = today.year * 12 + today.month - int(period)
    return date(months // 12, months % 12 + 1, 1)


def compose(data: CameraData, asked_from: date, last: date, with_machine: bool) -> Wildlife:
    """Everything on the page; without machine labels, these are left out before anything is computed."""
    records = chosen(data.records, with_machine)
    deployments = data.deployments
    worked_since = None if deployments.empty else max(deployments["started_at"].min().date(), asked_from)
    first = worked_since or asked_from
    nights = wildlife.trap_nights(deployments)
    months = effort.place_months(deployments, first, last)
    species = _species(records, deployments, months, first, last)
    # Sums over stations, days or events, less what the table tells of open taxa, would tell it of the others.
    in_full = records[~records["is_generalised"]]
    places = large_enough(data.places)
    downtime = effort.downtime(deployments, last - timedelta(days=1))  # the last whole day
    return Wildlife(
        labels=labels(data.records[~data.records["is_generalised"]], with_machine),
        is_shared=not (data.every_record.empty and deployments.empty),
        worked_since=worked_since,
        last=last,
        observed=wildlife.observed_richness(_with_method(records)),
        detections=wildlife.detections_total(
            len(records), nights.value, int(records["is_machine"].sum()), _newest(in_full)
        ),
        events=wildlife_events(in_full),
        effort=nights,
        backlog=community.review_backlog(data.every_record, data.unsorted),
        places=int(deployments["place"].nunique()),
        species=species,
        by_month_only=_names(species[species["is_generalised"]]),
        withheld=_names(data.withheld),
        curves={unit: community.accumulation(in_full, deployments, unit) for unit in UNITS},
        estimates={unit: community.chao2(in_full, deployments, unit) for unit in UNITS},
        individuals=community.individuals_by_month(records),
        active=_active(species),
        cells=_cells(records, deployments, places),
        sightings=_sightings(in_full, places),
        months=months,
        days=effort.working_cameras(deployments, first, last),
        downtime=downtime[downtime["nights"].ge(SHORTEST_DOWNTIME_NIGHTS)],
    )


def compose_activity(records: pd.DataFrame, species: Sequence[str], position: tuple[float, float] | None) -> Activity:
    """The activity of one or two taxa (scientific names), one value per independent event.

    With a `position` (latitude, longitude) hours are those of the sun there, otherwise those of the clock. Taxa that
    the viewer sees by month only have no hours. A curve needs 10 events.
    """
    shown = records[~records["is_generalised"] & records["scientific_name"].isin(list(species))]
    shown = shown[events.mark_independent(shown)]
    hours = {}
    for name in species:
        rows = shown[shown["scientific_name"].eq(name)]
        hours[name] = activity.sun_radians(rows, *position) if position else activity.clock_radians(rows)
    enough = [name for name in species if len(hours[name]) >= FEWEST_FOR_ACTIVITY]
    return Activity(
        curves={name: activity.activity_density(hours[name]) for name in enough},
        events={name: len(hours[name]) for name in species},
        overlap=activity.overlap(*hours.values()) if len(hours) == 2 else None,
    )


def chosen(records: pd.DataFrame, with_machine: bool) -> pd.DataFrame:
    """The records that count: all, or those that a person labelled, where the viewer may know who labelled them."""
    return records if with_machine else records[~records["is_machine"] & ~records["is_generalised"]]


def labels(records: pd.DataFrame, with_machine: bool) -> str:
    """Which labels the figures rest on, in words."""
    if not with_machine:
        return "Labels given by people only"
    return f"All labels, {100 * records['is_machine'].mean():.0f} % by a machine only" if len(records) else "All labels"


def wildlife_events(records: pd.DataFrame) -> Result:
    """Independent events of all taxa."""
    return events.independent_events(records.rename(columns={"deployment": "deployment_id"}))


def map_cells(found: Wildlife, name: str) -> pd.DataFrame:
    """Detections and rate per map cell, of all animals or of one taxon: cell, places, trap_nights, detections, rate.

    The rate is per 100 trap nights, and missing where cameras worked for too short a time.
    """
    cells = found.cells
    if name:
        of_one = found.sightings[found.sightings["scientific_name"].eq(name)].set_index("cell")["detections"]
        cells = cells.assign(detections=cells["cell"].map(of_one).fillna(0).astype(int))
    found_rates = [rates.detection_rate(row.detections, row.trap_nights).value for row in cells.itertuples()]
    return cells.assign(rate=pd.array(found_rates, dtype="Float64"))


def called(common_name: object, scientific_name: object) -> str:
    """What a taxon is called on this page."""
    return next((name for name in (common_name, scientific_name) if not is_missing(name)), "Not identified")


def _species(
    records: pd.DataFrame, deployments: pd.DataFrame, months: pd.DataFrame, first: date, last: date
) -> pd.DataFrame:
    """The rows of the species table.

    Of taxa that are seen by month only, what would tell places or days is left out, and so are rates: months with few
    detections are missing in them, which makes rates too low.
    """
    species = species_names(events.species_figures(records, deployments))
    worked = pd.to_datetime(months.loc[months["nights"].gt(0), "month"])
    by_month = events.events_by_month(records, first, last)
    is_measured = pd.to_datetime(by_month["month"]).isin(worked) | by_month["events"].gt(0)
    measured = by_month["events"].astype(float).where(is_measured)
    trends = measured.groupby(by_month["scientific_name"]).agg(list)
    is_coarse = species["is_generalised"].astype(bool)
    newest = pd.to_datetime(species["newest"])
    newest = newest.where(~is_coarse, newest.dt.to_period("M").dt.start_time)
    species = species.assign(
        trend=species["scientific_name"].map(trends).where(~is_coarse),
        newest=newest.dt.date,
        machine_share=(species["machine_only"] / species["detections"]).where(~is_coarse),
        machine_only=species["machine_only"].astype("Int64").where(~is_coarse),
        is_generalised=is_coarse,
    )
    species = species.astype(OF_TRUE_RATES)
    species.loc[is_coarse, list(OF_TRUE_RATES)] = pd.NA
    return species


def species_names(species: pd.DataFrame) -> pd.DataFrame:
    """The taxa with `name`, what each is called."""
    pairs = zip(species["common_name"], species["scientific_name"], strict=True)
    return species.assign(name=[called(*pair) for pair in pairs])


def _active(species: pd.DataFrame) -> dict[str, str]:
    """The taxa whose hours may be shown, most often seen first."""
    shown = species[~species["is_generalised"] & species["scientific_name"].notna()]
    return dict(zip(shown["scientific_name"], shown["name"], strict=True))


def _names(species: pd.DataFrame) -> tuple[str, ...]:
    named = species[species["scientific_name"].notna()]
    return tuple(called(row.common_name, row.scientific_name) for row in named.itertuples())


def large_enough(places: pd.DataFrame) -> pd.DataFrame:
    """The places with cells that can be seen on a map of all of them: wider ones where the places lie far apart."""
    placed = places.dropna(subset="cell")
    if placed.empty:
        return placed
    north, east = (np.array(axis) for axis in zip(*(h3.cell_to_latlng(cell) for cell in placed["cell"]), strict=True))
    span_km = KM_PER_DEGREE * max(np.ptp(north), np.ptp(east) * np.cos(np.radians(north.mean())))
    resolution = h3.get_resolution(placed["cell"].iloc[0])
    while span_km > MOST_CELLS_ACROSS * cell_km(resolution):
        resolution -= 1
    return placed.assign(cell=[h3.cell_to_parent(cell, resolution) for cell in placed["cell"]])


def cell_km(resolution: int) -> float:
    """Width of a map cell from side to side, on average."""
    return 3**0.5 * h3.average_hexagon_edge_length(resolution, "km")


def _cells(records: pd.DataFrame, deployments: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Effort and detections per map cell: cell, places, trap_nights, detections; of places with effort."""
    per_place = deployments.groupby("place")["trap_nights"].sum().to_frame()
    per_place["detections"] = records.groupby("place").size().reindex(per_place.index, fill_value=0)
    placed = places.merge(per_place, left_on="place", right_index=True)
    return placed.groupby("cell", as_index=False).agg(
        places=("place", "size"), trap_nights=("trap_nights", "sum"), detections=("detections", "sum")
    )


def _sightings(records: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Detections of each taxon per map cell."""
    placed = records[["place", "scientific_name"]].merge(places, on="place")
    return placed.groupby(["cell", "scientific_name"], as_index=False).size().rename(columns={"size": "detections"})


def _with_method(records: pd.DataFrame) -> pd.DataFrame:
    return records.assign(classification_method=np.where(records["is_machine"], "machine", "human"))


def _newest(records: pd.DataFrame) -> pd.Timestamp | None:
    return None if records.empty else records["started_at"].max()
