"""Invented rows in any number: sites, cameras and detections of a network that does not exist.

Everything follows from the numbers of a `Shape` and from row numbers, so the same call gives the same rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa

from data import reference
from data.schema import BOUNDARIES, DEPLOYMENTS, DETECTIONS, LISTINGS, SITES, Table

TAXA = 30
UTC_OFFSETS_MIN = (480, -360, 60)
POLYGON_POINTS = 120
FIRST_SITE = 900_000_000
HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Shape:
    """How large an invented network is; detections are spread over `equipped_sites` and the `days` before `end`.

    With `fixes` the first site also has tagged animals, warnings and conflicts, with `reef_images` planted reefs,
    and all sites are assessed.
    """

    detections: int
    end: date
    sites: int = 320
    equipped_sites: int = 320
    cameras_per_site: int = 10
    sources: int = 40
    days: int = 1095
    fixes: int = 0
    reef_images: int = 0

    @property
    def start(self) -> date:
        return self.end - timedelta(days=self.days)

    def source_name(self, number: int) -> str:
        return f"cameras-{number + 1:03}"

    def sites_of(self, source: int) -> range:
        """The numbers of the sites whose cameras one source covers."""
        return range(self.equipped_sites * source // self.sources, self.equipped_sites * (source + 1) // self.sources)


def site_ids(number: Sequence[int] | np.ndarray) -> pa.Array:
    """The ids of sites by their numbers."""
    return pa.array(np.asarray(number) + FIRST_SITE).cast(pa.string())


def sites(shape: Shape) -> pa.Table:
    """Rows for `sites`, spread over all countries."""
    number = np.arange(shape.sites)
    countries = reference.countries().dropna(subset=["latitude"])
    home = countries.iloc[number % len(countries)]
    return table_of(
        SITES,
        shape.sites,
        site_id=site_ids(number),
        site_name=[f"Invented Reserve {n + 1}" for n in number],
        country_iso3=home["iso3"].to_list(),
        realm=_picked(("terrestrial", "coastal", "marine"), number),
        is_oecm=number % 9 == 0,
        iucn_category=_picked(("II", "IV", "VI"), number),
        area_km2=1.0 + number % 5000,
        latitude=np.clip(home["latitude"].to_numpy(float) + share_of(number, 1) * 4 - 2, -89, 89),
        longitude=np.clip(home["longitude"].to_numpy(float) + share_of(number, 2) * 4 - 2, -179, 179),
        boundary_kind=np.where(number < shape.equipped_sites, "polygon", "point"),
    )


def listings(shape: Shape) -> pa.Table:
    """Rows for `listings`: two of three sites have at least applied."""
    number = np.flatnonzero(np.arange(shape.sites) % 3)
    status = _picked(("Green Listed", "Candidate", "Application"), number // 3)
    phase = _picked(("green_list", "candidate", "application"), number // 3)
    expires = [
        shape.end + timedelta(days=int(n) % 1500 - 100) if now == "green_list" else None
        for n, now in zip(number, phase.to_pylist(), strict=True)
    ]
    ids = site_ids(number)
    return table_of(LISTINGS, len(number), listing_id=ids, site_id=ids, status=status, phase=phase, expires_on=expires)


def boundaries(shape: Shape) -> pa.Table:
    """Rows for `boundaries`: a ring of `POLYGON_POINTS` points around each site with cameras."""
    placed = sites(shape).slice(0, shape.equipped_sites)
    angles = np.linspace(0, 2 * np.pi, POLYGON_POINTS)
    rings = [
        ",".join(f"[{x + 0.2 * np.cos(a):.4f},{y + 0.2 * np.sin(a):.4f}]" for a in angles)
        for x, y in zip(placed["longitude"].to_pylist(), placed["latitude"].to_pylist(), strict=True)
    ]
    return table_of(
        BOUNDARIES,
        len(rings),
        site_id=placed["site_id"],
        geojson=[f'{{"type":"Polygon","coordinates":[[{ring}]]}}' for ring in rings],
        is_redistributable=np.ones(len(rings), dtype=bool),
    )


def deployments(shape: Shape, source: int) -> pa.Table:
    """Rows for `deployments` of one source: each camera stands for the whole time."""
    site, camera = _cameras(shape, source)
    placed = sites(shape).select(["latitude", "longitude"]).take(pa.array(site))
    place = [f"{FIRST_SITE + s}-{c:03}" for s, c in zip(site, camera, strict=True)]
    begin, finish = midnight(shape.start), midnight(shape.end)
    count = len(site)
    return table_of(
        DEPLOYMENTS,
        count,
        deployment_id=place,
        site_id=site_ids(site),
        location_id=place,
        latitude=placed["latitude"].to_numpy() + 0.01 * camera,
        longitude=placed["longitude"].to_numpy() + 0.01 * camera,
        coordinate_uncertainty_m=np.full(count, 100.0),
        started_at=np.full(count, begin),
        ended_at=np.full(count, finish),
        utc_offset_min=_offsets(site),
        trap_nights=np.full(count, float(shape.days)),
        camera_model=["Invented 4K"] * count,
    )


def detections(shape: Shape, source: int, count: int, start: date, days: int, first: int = 0) -> pa.Table:
    """`count` rows for `detections` of one source, by camera and time; `first` numbers them apart from others."""
    site, camera = _cameras(shape, source)
    row = np.arange(count)
    number = row + first
    per_camera = -(-count // len(site))
    stand = row // per_camera
    share_of_span = (row % per_camera + share_of(number, 3)) / per_camera
    at = midnight(start) + (share_of_span * (days * 86_400 - 60)).astype("timedelta64[s]")
    site_of_row = site[stand]
    is_machine = share_of(number, 4) < 0.7
    method = pa.array(["human", "machine"]).take(pa.array(is_machine.astype(np.int8)))
    places = pa.array([f"{FIRST_SITE + s}-{c:03}" for s, c in zip(site, camera, strict=True)])
    return table_of(
        DETECTIONS,
        count,
        detection_id=identifiers(number, source + 1),
        site_id=site_ids(np.arange(shape.equipped_sites)).take(pa.array(site_of_row)),
        deployment_id=places.take(pa.array(stand)),
        event_id=identifiers(number // 2, source + 1_001),
        level=_picked(("event",), row),
        started_at=at,
        ended_at=at + np.timedelta64(45, "s"),
        utc_offset_min=_offsets(site_of_row),
        scientific_name=_taxon(number),
        individual_count=1 + (5 * share_of(number, 6) ** 6).astype(np.int32),
        life_stage=_picked(("adult", None, None, "juvenile"), number),
        sex=_picked((None, "female", None, "male", None), number),
        classification_method=method,
        classification_probability=pa.array(np.round(0.5 + 0.5 * share_of(number, 7), 2), mask=~is_machine),
        is_outside_deployment=np.zeros(count, dtype=bool),
    )


def identifiers(number: np.ndarray, salt: int) -> pa.Array:
    """A text of 32 hexadecimal digits for each number, as random as a UUID."""
    words = np.column_stack([_mixed(number, 2 * salt), _mixed(number, 2 * salt + 1)]).view(np.uint8)
    digits = np.stack([HEX[words >> 4], HEX[words & 15]], axis=-1).ravel()
    offsets = np.arange(0, 32 * len(number) + 1, 32, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(number), [None, pa.py_buffer(offsets), pa.py_buffer(digits)])


def _taxon(number: np.ndarray) -> pa.Array:
    """A name for each row; common ones are much more common, and one in fifty is missing."""
    taxa = reference.taxa()
    mammals = taxa[(taxa["class"] == "Mammalia") & (taxa["rank"] == "species")]
    names = mammals["scientific_name"].head(TAXA).to_list()
    rank = (len(names) * share_of(number, 5) ** 3).astype(np.int32)
    return pa.array(names).take(pa.array(rank, mask=number % 50 == 49))


def _cameras(shape: Shape, source: int) -> tuple[np.ndarray, np.ndarray]:
    """Site number and camera number of each camera of one source."""
    every = np.array(shape.sites_of(source))
    return np.repeat(every, shape.cameras_per_site), np.tile(np.arange(shape.cameras_per_site), len(every))


def table_of(table: Table, count: int, **columns: object) -> pa.Table:
    """The columns given, with the declared types, and nothing in the others."""
    made = []
    for field in table.arrow_schema:
        values = columns.get(field.name, pa.nulls(count, field.type))
        column = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
        made.append(column.cast(field.type))
    return pa.Table.from_arrays(made, schema=table.arrow_schema)


def _offsets(site: np.ndarray) -> pa.Array:
    return pa.array(UTC_OFFSETS_MIN, pa.int32()).take(pa.array(site % len(UTC_OFFSETS_MIN)))


def _picked(choices: tuple[str | None, ...], number: np.ndarray) -> pa.Array:
    return pa.array(choices, pa.string()).take(pa.array(number % len(choices)))


def midnight(day: date) -> np.datetime64:
    """The first moment of a day."""
    return np.datetime64(datetime(day.year, day.month, day.day), "us")


def share_of(number: np.ndarray, salt: int) -> np.ndarray:
    """A number from 0 to below 1 for each number, evenly spread."""
    return (_mixed(number, salt) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def _mixed(number: np.ndarray, salt: int) -> np.ndarray:
    """64 well mixed bits for each number: SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195)."""
    with np.errstate(over="ignore"):
        z = (np.asarray(number).astype(np.uint64) + np.uint64(salt << 40)) * GOLDEN
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))
