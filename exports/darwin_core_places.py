"""What occurrences need to know of places: sites, cameras, and effort."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data import queries
from data.queries.merged import Choice
from exports.camtrap_dp_rows import deployment_ids, whole_metres
from exports.column_text import TEXT, hashes
from exports.context import Context
from exports.darwin_core_countries import country_code

PUBLIC_GRID_PER_DEGREE = 10
PUBLIC_GRID_DEGREES = 0.1
PARTNER_GRID_DEGREES = 0.01
# What generalising to 0.1 degrees adds: Chapman (2020), section 4.2, https://doi.org/10.15468/doc-5jp4-5g10.
PUBLIC_GRID_M = 15_691
# The half length of an ellipse that is four times as long as wide, in radii of the circle with its area.
LONG_SITE = 2
ON_PUBLIC_GRID = "Position is the published point of the protected area, on a grid of 0.1 degrees"
SITES = pa.schema(
    [
        ("locality", TEXT), ("countryCode", TEXT), ("decimalLatitude", pa.float64()),
        ("decimalLongitude", pa.float64()), ("coordinateUncertaintyInMeters", pa.int64()),
    ]
)  # fmt: skip
CAMERAS = pa.schema(
    [
        ("decimalLatitude", pa.float64()), ("decimalLongitude", pa.float64()),
        ("coordinateUncertaintyInMeters", pa.int64()), ("masking", TEXT), ("habitat", TEXT),
        ("trap_nights", pa.float64()),
    ]
)  # fmt: skip
EFFORT = pa.schema([("trap_nights", pa.float64()), ("stations", pa.int64())])


@dataclass(frozen=True)
class Lookup:
    """Rows by a key: what each key of many stands for, missing where it is not known."""

    keys: pa.Array
    rows: pa.Table

    def of(self, keys: pa.Array) -> dict[str, pa.Array]:
        places = pc.index_in(keys, value_set=self.keys)
        return {name: self.rows[name].combine_chunks().take(places) for name in self.rows.column_names}


def sites(choice: Choice, context: Context) -> Lookup:
    """The chosen sites with country and published point, as the public may have it."""
    keys: list[str] = []
    told: list[dict[str, Any]] = []
    for batch in _batches("sites", choice, context):
        for site in batch.to_pylist():
            keys.append(site["site_id"])
            told.append(
                {"locality": site["site_name"], "countryCode": country_code(site["country_iso3"]), **point(site)}
            )
    return Lookup(pa.array(keys, TEXT), pa.Table.from_pylist(told, schema=SITES))


def point(site: dict[str, Any]) -> dict[str, Any]:
    """The published point of a site on the public grid, with the radius in metres that holds the cameras of the site.

    radius = 15,691 m + 2 x square root of (area / pi). The first part is what a grid of 0.1 degrees adds after Chapman
    (2020, doi:10.15468/doc-5jp4-5g10). The second is the extent of the site around its point: of an ellipse of this
    area that is four times as long as wide. Where the area is not known there is no radius. Where the registry has no
    point there is no position: a country's point says nothing of a site.
    """
    if site["position_kind"] != "registry":
        return {}
    area_km2 = site["area_km2"]
    radius_m = None
    if area_km2 is not None:
        radius_m = math.ceil(PUBLIC_GRID_M + LONG_SITE * 1_000 * math.sqrt(area_km2 / math.pi))
    return {
        "decimalLatitude": snapped(site["latitude"], 90),
        "decimalLongitude": snapped(site["longitude"], 180),
        "coordinateUncertaintyInMeters": radius_m,
    }


def snapped(degrees: float, limit: int) -> float:
    """The middle of the cell of the public grid that a latitude (limit 90) or longitude (limit 180) lies in."""
    last = limit * PUBLIC_GRID_PER_DEGREE - 1
    cell = min(math.floor(round(degrees * PUBLIC_GRID_PER_DEGREE, 9)), last)
    return round((cell + 0.5) / PUBLIC_GRID_PER_DEGREE, 2)


def cameras(choice: Choice, context: Context) -> Lookup:
    """All deployments of the chosen sites, whenever they worked, with positions as the viewer may see them."""
    keys, told = [], []
    for batch in _batches("deployments", Choice(sites=choice.sites), context):
        keys.append(deployment_ids(batch))
        columns = {
            "decimalLatitude": batch["latitude"],
            "decimalLongitude": batch["longitude"],
            "coordinateUncertaintyInMeters": whole_metres(batch["coordinate_uncertainty_m"]),
            **{name: batch[name] for name in ("masking", "habitat", "trap_nights")},
        }
        told.append(pa.table(columns, schema=CAMERAS))
    return Lookup(_joined(keys), pa.concat_tables([CAMERAS.empty_table(), *told]))


def effort(choice: Choice, context: Context) -> Lookup:
    """Trap nights and stations of each source, site and month, by `effort_keys`."""
    keys, told = [], []
    for batch in _batches("effort_by_month", choice, context):
        keys.append(effort_keys(batch))
        told.append(pa.table({name: batch[name] for name in EFFORT.names}, schema=EFFORT))
    return Lookup(_joined(keys), pa.concat_tables([EFFORT.empty_table(), *told]))


def effort_keys(batch: pa.RecordBatch) -> pa.Array:
    return hashes(batch["source"], batch["site_id"], batch["month"])


def _joined(keys: Iterable[pa.Array]) -> pa.Array:
    return pa.concat_arrays([pa.array([], TEXT), *keys])


def _batches(name: str, choice: Choice, context: Context) -> Iterable[pa.RecordBatch]:
    return queries.merged_batches(context.view, context.viewer, name, choice, context.today)
