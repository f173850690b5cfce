"""Where rows lie, as geometries that GDAL reads: points from latitude and longitude, areas from GeoJSON."""

import json
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import shapely

from data.schema import Field
from exports.package_rows import TableRows

FORMATS_WITH_PLACES = ("geoparquet", "geopackage")
CRS = "EPSG:4326"
GEOMETRY = Field("geometry", pa.binary(), "Where the row lies: longitude and latitude in WGS 84, as WKB", "degrees")
KINDS = {"point": "Point", "polygon": "MultiPolygon"}
POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
LITTLE_ENDIAN, POINT_KIND = 1, 1
GEOPARQUET_VERSION = "1.1.0"
NOWHERE = (np.inf, np.inf, -np.inf, -np.inf)


def located_fields(rows: TableRows) -> tuple[Field, ...]:
    """The columns of a table in a format for maps: areas are given as geometry alone, as text they would be twice."""
    if not rows.table.geometry:
        return rows.fields
    return (*(one for one in rows.fields if one.name != "geojson"), GEOMETRY)


def written_fields(rows: TableRows, format: str) -> tuple[Field, ...]:
    """The columns of a table as a file of this format has them."""
    return located_fields(rows) if format in FORMATS_WITH_PLACES else rows.fields


def located_schema(rows: TableRows) -> pa.Schema:
    return pa.schema([(one.name, one.type) for one in located_fields(rows)])


@dataclass
class Located:
    """Adds the geometry to each batch of a table, and remembers what GeoParquet wants to know of all of them."""

    rows: TableRows
    kinds: set[str] = field(default_factory=set)
    bounds: tuple[float, ...] = NOWHERE

    def batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if not self.rows.table.geometry:
            return batch
        made = _points(batch) if self.rows.table.geometry == "point" else _areas(batch["geojson"])
        geometry, has_one, bounds = made
        if has_one.any():
            self.kinds.add(KINDS[self.rows.table.geometry])
            low, high = np.minimum(self.bounds, bounds), np.maximum(self.bounds, bounds)
            self.bounds = (*low[:2].tolist(), *high[2:].tolist())
        schema = located_schema(self.rows)
        kept = [batch[name] for name in schema.names[:-1]]
        return pa.RecordBatch.from_arrays([*kept, geometry], schema=schema)

    def geoparquet(self) -> str:
        """The `geo` metadata of GeoParquet 1.1 (https://geoparquet.org/releases/v1.1.0/)."""
        column = {"encoding": "WKB", "geometry_types": sorted(self.kinds)}
        if self.kinds:
            column["bbox"] = list(self.bounds)
        told = {"version": GEOPARQUET_VERSION, "primary_column": GEOMETRY.name, "columns": {GEOMETRY.name: column}}
        return json.dumps(told)


def _points(batch: pa.RecordBatch) -> tuple[pa.Array, np.ndarray, tuple[float, ...]]:
    x, y = (batch[axis].to_numpy(zero_copy_only=False) for axis in ("longitude", "latitude"))
    has_one = np.isfinite(x) & np.isfinite(y)
    points = np.zeros(len(batch), dtype=POINT)
    points["order"], points["kind"], points["x"], points["y"] = LITTLE_ENDIAN, POINT_KIND, x, y
    offsets = pa.py_buffer(np.arange(0, POINT.itemsize * (len(batch) + 1), POINT.itemsize, dtype=np.int32))
    wkb = pa.BinaryArray.from_buffers(pa.binary(), len(batch), [None, offsets, pa.py_buffer(points)])
    wkb = wkb.take(pa.array(np.arange(len(batch), dtype=np.int32), mask=~has_one))
    x, y = x[has_one], y[has_one]
    return wkb, has_one, (x.min(), y.min(), x.max(), y.max()) if len(x) else NOWHERE


def _areas(geojson: pa.Array) -> tuple[pa.Array, np.ndarray, tuple[float, ...]]:
    """Areas, each as a collection of polygons; what is none is left out."""
    texts = np.array(geojson.to_pylist(), dtype=object)
    shapes = shapely.from_geojson(texts, on_invalid="ignore")
    kinds = shapely.get_type_id(shapes)
    is_one = kinds == shapely.GeometryType.POLYGON
    areas = np.where(is_one | (kinds == shapely.GeometryType.MULTIPOLYGON), shapes, None)
    areas[is_one] = [shapely.multipolygons([area]) for area in areas[is_one]]
    areas[shapely.is_empty(areas)] = None
    has_one = areas != np.array(None)
    wkb = pa.array(shapely.to_wkb(areas, byte_order=LITTLE_ENDIAN, output_dimension=2), pa.binary())
    return wkb, has_one, tuple(shapely.total_bounds(areas).tolist()) if has_one.any() else NOWHERE
