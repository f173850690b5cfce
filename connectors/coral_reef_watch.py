"""Heat stress on reefs by NOAA Coral Reef Watch (5 km products): a regional virtual station's file, or cells of a grid.

A location with `/griddap/` in it is a gridded dataset on an ERDDAP server, any other one is a station file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Rows, Source
from connectors.columns import Check, numbers, refuse, unreadable
from connectors.coral_reef_watch_erddap import is_griddap
from connectors.coral_reef_watch_grid import fetch_grid, parse_grid
from connectors.coral_reef_watch_station import Station, days_of, read_station_file
from connectors.errors import SourceRefused
from connectors.one_file import fetch_one_file
from connectors.tabular import Block
from data.schema import DAY, HEAT_STRESS

LIMIT_BYTES = 20_000_000
SCALE = "CRW regional 0-4"
HIGHEST_LEVEL = 4
MEASURED = ("sst_c", "hotspot_c", "dhw_c_weeks", "alert_level")


class CoralReefWatch(Connector):
    """Reads one station file, from coralreefwatch.noaa.gov/product/vs/data/ or on this machine, or a gridded dataset.

    A station file: the station is called as in the file, and a map `site` may name the site of each. The temperature
    stored is that of the pixel at the 90th percentile of the HotSpots, which moves from day to day, and not a mean of
    the station. Days that the file omits stay missing.

    A gridded dataset, such as https://coastwatch.pfeg.noaa.gov/erddap/griddap/NOAA_DHW: the option `stations` maps
    each station to its [latitude, longitude]; the nearest cell with data, at most 3 cells away, is read. `from` is
    the first day, by default 2 years before the last one. `scale` names the scale of its alert levels, and
    `redirects_to` lists hosts to which the server may send us on, besides that of the known dataset.
    HotSpots below zero are stored as 0, as the station files have them.
    """

    name = "coral_reef_watch"
    title = "NOAA Coral Reef Watch heat stress"
    tables = ("heat_stress",)
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        if is_griddap(source.location):
            return fetch_grid(source, cursor, workspace)
        return fetch_one_file(source, cursor, workspace, "station.txt", LIMIT_BYTES)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        if is_griddap(source.location):
            yield from parse_grid(source, payloads)
            return
        for payload in payloads:
            file = read_station_file(payload.path, f"{source.name}: {payload.name}")
            site_id = source.site_of(file.station.name)
            if site_id is None:
                message = f"{source.name}: no site is configured for the station {file.station.name[:80]}"
                raise SourceRefused(message, "Add the station to `site` of this source in network.toml.")
            yield Read(len(file.days) + len(file.ragged))
            yield from file.ragged
            yield from _missing_days(file.days)
            yield from _rows(file.days, file.station, site_id)


def _rows(days: Block, station: Station, site_id: str) -> Iterator[Parsed]:
    typed = _typed(days)
    is_good, refusals = refuse(days, "heat_stress", _checks(days, typed))
    yield from refusals
    block = days.where(is_good)
    columns = {name: column.filter(is_good) for name, column in typed.items()}
    day = columns["day"]
    columns["dhw_c_weeks"] = _from(day, station.dhw_valid_from, columns["dhw_c_weeks"])
    columns["alert_level"] = _from(day, station.alert_valid_from, columns["alert_level"])
    has_level = pc.is_valid(columns["alert_level"])
    constants = {
        "station": station.name,
        "site_id": site_id,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "cell_distance_km": None,
    }
    columns |= {
        name: pa.repeat(pa.scalar(value, HEAT_STRESS.field(name).type), len(block)) for name, value in constants.items()
    }
    columns["scale"] = pc.if_else(has_level, SCALE, pa.scalar(None, pa.string()))
    table = pa.table([columns[name] for name in HEAT_STRESS.columns], schema=HEAT_STRESS.arrow_schema)
    yield Rows("heat_stress", table, block.numbers, block.raw)


def _typed(days: Block) -> dict[str, pa.Array]:
    fields = {name: HEAT_STRESS.field(name) for name in MEASURED}
    fields["alert_level"] = replace(fields["alert_level"], maximum=HIGHEST_LEVEL)
    measured = {name: numbers(days.column(name), field) for name, field in fields.items()}
    return {"day": days_of(days.column("day")), **measured}


def _checks(days: Block, typed: Mapping[str, pa.Array]) -> list[Check]:
    reasons = {
        "day": "it is not a date written as year, month, day",
        "sst_c": "it is not a temperature from -3 to 45 degC",
        "hotspot_c": "it is not a number of at least 0",
        "dhw_c_weeks": "it is not a number of at least 0",
        "alert_level": f"it is not a level of the scale {SCALE}",
    }
    checks = [Check(name, unreadable(days.column(name), typed[name]), reason) for name, reason in reasons.items()]
    return [*checks, Check("day", _is_repeated(typed["day"]), "an earlier line has the same day")]


def _is_repeated(day: pa.Array) -> pa.Array:
    """True where a day stood before."""
    first = pc.index_in(day, day.unique())
    seen: set[int] = set()
    return pa.array([place in seen or bool(seen.add(place)) for place in first.to_pylist()], pa.bool_())


def _from(day: pa.Array, first: date, values: pa.Array) -> pa.Array:
    """The values from the day `first` on; what stands before it is no data."""
    return pc.if_else(pc.greater_equal(day, pa.scalar(first, DAY)), values, pa.scalar(None, values.type))


def _missing_days(days: Block) -> Iterator[Notice]:
    known = days_of(days.column("day")).drop_null().unique()
    if not len(known):
        return
    ends = pc.min_max(known).as_py()
    missing = (ends["max"] - ends["min"]).days + 1 - len(known)
    if missing:
        between = f"between {ends['min']} and {ends['max']}"
        yield Notice(f"Days {between} that the file omits and that stay missing: {missing:,}.")
