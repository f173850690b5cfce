"""Rows of a gridded product of Coral Reef Watch as an ERDDAP server sends them: names, units, then cells by day."""

import functools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Notice, Parsed, Read, Refusal, Rows
from connectors.columns import Check, Tally, moments, numbers, refuse, unreadable
from connectors.errors import SourceChanged
from connectors.tabular import Block, Layout, read_table
from data.schema import DAY, HEAT_STRESS, NUMBER, WHOLE, Field

EARTH_RADIUS_KM = 6371.0088
CELSIUS = r"(deg(ree)?s?[ _]?)?c(elsius)?"
UNITS = {"CRW_SST": CELSIUS, "CRW_HOTSPOT": CELSIUS, "CRW_DHW": rf"{CELSIUS}[ _-]?weeks?"}
COORDINATES = ("time", "latitude", "longitude")
REASONS = {
    "time": "it is not a moment in ISO 8601",
    "latitude": "it is not a latitude",
    "longitude": "it is not a longitude",
    "CRW_SST": "it is not a temperature from -3 to 45 degC",
    "CRW_HOTSPOT": "it is not a number",
    "CRW_DHW": "it is not a number of at least 0",
}
UNKNOWN_LEVEL = "alert levels that are not on the scale {scale} are left empty"

Position = tuple[float, float]


@dataclass(frozen=True)
class Station:
    """A station: its site, the position that was asked for (degrees), and the scale of its alert levels."""

    name: str
    site_id: str
    position: Position
    scale: str


def distance_km(one: Position, other: Position) -> float:
    """Great-circle distance (km) of two positions in degrees: haversine, Sinnott 1984, mean radius of the Earth."""
    north, east = (math.radians(there - here) / 2 for here, there in zip(one, other, strict=True))
    parallels = math.cos(math.radians(one[0])) * math.cos(math.radians(other[0]))
    half = math.sin(north) ** 2 + parallels * math.sin(east) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def cells_with_data(path: Path, where: str, variables: Sequence[str]) -> set[Position]:
    """The positions of one answer, longitudes from -180 to 180, at which any of the variables has a number."""
    cells: set[Position] = set()
    for block in _read(path, where, variables):
        if isinstance(block, Block):
            measured = [pc.is_valid(block.column(name)) for name in variables if name in UNITS]
            positions = [column.filter(functools.reduce(pc.or_, measured)).to_pylist() for column in _positions(block)]
            cells.update(cell for cell in zip(*positions, strict=True) if None not in cell)
    return cells


def days_of_station(
    path: Path, where: str, variables: Sequence[str], station: Station, seen: set[int]
) -> Iterator[Parsed]:
    """The days of one answer as rows of `heat_stress`; days in `seen` (since 1970), which it adds to, are left out.

    HotSpots below zero, which the gridded product has, are stored as 0, as in the station files: no heat stress.
    A day without any number is left out. An alert level that is no whole number of the scale is left empty.
    """
    tally = Tally()
    for item in _read(path, where, variables):
        if isinstance(item, Block):
            yield Read(len(item))
            yield from _rows(item, variables, station, seen, tally)
        else:
            yield item
            yield Read(isinstance(item, Refusal))
    for notice in tally.notices():
        yield Notice(f"{where}: {notice.text}")


def _read(path: Path, where: str, variables: Sequence[str]) -> Iterator[Block | Refusal | Notice]:
    """The rows without the line of units; raises SourceChanged for a missing column, or an unknown unit."""
    is_first = True
    for item in read_table(path, Layout(), where, "heat_stress"):
        if not isinstance(item, Block):
            yield item
            continue
        for name in (*COORDINATES, *variables):
            if not item.has(name):
                raise SourceChanged(f"{where} has no column {name}")
        if is_first:
            _check_units(item, where, variables)
            item = item.where(pa.array([position > 0 for position in range(len(item))]))
            is_first = False
        if len(item):
            yield item
    if is_first:
        raise SourceChanged(f"{where} has no line with units")


def _check_units(block: Block, where: str, variables: Sequence[str]) -> None:
    for name in variables:
        unit = block.column(name)[0].as_py() or ""
        if name in UNITS and not re.fullmatch(UNITS[name], unit.strip(), re.IGNORECASE):
            raise SourceChanged(f"{where} gives {name} in the unit {unit[:40]!r}, which is not known")


def _rows(block: Block, variables: Sequence[str], station: Station, seen: set[int], tally: Tally) -> Iterator[Parsed]:
    typed = _typed(block)
    checks = [Check(name, unreadable(block.column(name), typed[name]), reason) for name, reason in REASONS.items()]
    checks += [Check(name, pc.is_null(typed[name]), "it is missing") for name in COORDINATES]
    is_good, refusals = refuse(block, "heat_stress", checks)
    yield from refusals
    level_name = next((name for name in variables if name not in REASONS), "")
    level = _levels(block, level_name, station.scale, tally)
    is_new = pc.and_(is_good, _is_new(typed["time"], seen))
    has_number = functools.reduce(pc.or_, (pc.is_valid(typed[name]) for name in UNITS))
    is_kept = pc.and_(is_new, has_number)
    seen.update(typed["time"].filter(is_kept).cast(pa.int32()).to_pylist())
    kept = block.where(is_kept)
    table = _table({name: column.filter(is_kept) for name, column in typed.items()}, level.filter(is_kept), station)
    yield Rows("heat_stress", table, kept.numbers, kept.raw)


def _table(typed: Mapping[str, pa.Array], level: pa.Array, station: Station) -> pa.Table:
    positions = list(zip(typed["latitude"].to_pylist(), typed["longitude"].to_pylist(), strict=True))
    distances = {cell: round(distance_km(station.position, cell), 3) for cell in set(positions)}
    hotspot = typed["CRW_HOTSPOT"]
    columns = {
        "station": pa.repeat(pa.scalar(station.name), len(level)),
        "site_id": pa.repeat(pa.scalar(station.site_id), len(level)),
        "day": typed["time"],
        "sst_c": typed["CRW_SST"],
        "hotspot_c": pc.if_else(pc.less(hotspot, 0), 0.0, hotspot),
        "dhw_c_weeks": typed["CRW_DHW"],
        "alert_level": level,
        "scale": pc.if_else(pc.is_valid(level), station.scale, pa.scalar(None, pa.string())),
        "latitude": typed["latitude"],
        "longitude": typed["longitude"],
        "cell_distance_km": pa.array([distances[cell] for cell in positions], NUMBER),
    }
    return pa.table([columns[name] for name in HEAT_STRESS.columns], schema=HEAT_STRESS.arrow_schema)


def _typed(block: Block) -> dict[str, pa.Array]:
    latitude, longitude = _positions(block)
    fields = {
        "CRW_SST": HEAT_STRESS.field("sst_c"),
        "CRW_HOTSPOT": replace(HEAT_STRESS.field("hotspot_c"), minimum=None),
        "CRW_DHW": HEAT_STRESS.field("dhw_c_weeks"),
    }
    measured = {name: numbers(block.column(name), field) for name, field in fields.items()}
    day = moments(block.column("time")).at.cast(DAY, safe=False)
    return {"time": day, "latitude": latitude, "longitude": longitude, **measured}


def _positions(block: Block) -> tuple[pa.Array, pa.Array]:
    """Latitudes, and longitudes turned to -180 to 180."""
    latitude = numbers(block.column("latitude"), HEAT_STRESS.field("latitude"))
    longitude = numbers(block.column("longitude"), replace(HEAT_STRESS.field("longitude"), minimum=-360, maximum=360))
    turned = pc.if_else(pc.greater(longitude, 180), pc.subtract(longitude, 360.0), longitude)
    return latitude, pc.if_else(pc.less(turned, -180), pc.add(turned, 360.0), turned)


def _levels(block: Block, name: str, scale: str, tally: Tally) -> pa.Array:
    """The whole numbers of the scale, whose highest level ends its name; empty without such a variable."""
    highest = re.search(r"0-(\d+)$", scale)
    field = Field("alert_level", WHOLE, "", minimum=0, maximum=int(highest[1]) if highest else None)
    written = block.column(name) if name else pa.nulls(len(block), pa.string())
    level = numbers(written, field)
    tally.add(UNKNOWN_LEVEL.format(scale=scale), unreadable(written, level), written)
    return level


def _is_new(day: pa.Array, seen: set[int]) -> pa.Array:
    """True for days that did not stand before: where days lack, a server sends the one beside them again."""
    own: set[int | None] = set(seen)
    return pa.array(
        [number not in own and not own.add(number) for number in day.cast(pa.int32()).to_pylist()], pa.bool_()
    )
