"""Leaks to plant: true values in each kind of file that the dashboard may send."""

import base64
import io
import json
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Sequence

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

Axis = Sequence[float]


def chart(*columns: Axis, dtype: str = "f8") -> bytes:
    """Numbers as Plotly writes them."""
    packed = [base64.b64encode(np.array(column, dtype).tobytes()).decode() for column in columns]
    return json.dumps([{"dtype": dtype, "bdata": one} for one in packed]).replace("/", "\\u002f").encode()


def zipped(content: bytes, name: str = "data/places.csv") -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return inner.getvalue()


def in_address(content: bytes) -> bytes:
    return b'<img src="data:image/svg+xml;base64,' + base64.b64encode(content) + b'">'


def parquet(**columns: Sequence) -> bytes:
    """Columns that are compressed, and of which each value is written once."""
    file = io.BytesIO()
    pq.write_table(pa.table({name: list(values) * 50 for name, values in columns.items()}), file, compression="zstd")
    return file.getvalue()


def arrow(is_file: bool = False, **columns: Sequence) -> bytes:
    table, sink = pa.table(columns), io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with (pa.ipc.new_file if is_file else pa.ipc.new_stream)(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return sink.getvalue()


def line(latitude: Axis, longitude: Axis) -> bytes:
    """A track in well-known binary form."""
    points = list(zip(longitude, latitude, strict=True))
    return shapely.to_wkb(shapely.linestrings(points) if len(points) > 1 else shapely.points(points[0]))


def geopackage(latitude: Axis, longitude: Axis, name: str = "a track") -> bytes:
    """A layer with one track, rounded so that its numbers are nowhere in the file as they are."""
    track = line(np.round(latitude, 4), np.round(longitude, 4))
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE tracks (name TEXT, geometry BLOB)")
        database.execute("INSERT INTO tracks VALUES (?, ?)", (name, b"GP\0\1" + struct.pack("<i", 4326) + track))
        database.commit()
        content = database.serialize()
    database.close()
    return content


def workbook(*cells: object) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(cells)
    book.save(file)
    return file.getvalue()


def pdf(text: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<</Filter/FlateDecode>>\nstream\n" + zlib.compress(text) + b"\nendstream\nendobj\n"


def photograph(latitude: float, longitude: float, comment: str = "") -> bytes:
    """A picture that says where it was taken, in degrees, minutes and seconds."""
    picture, file = Image.new("RGB", (8, 8)), io.BytesIO()
    about = picture.getexif()
    about[Base.ImageDescription] = comment.encode()
    about.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
            GPS.GPSLatitude: _sexagesimal(latitude),
            GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
            GPS.GPSLongitude: _sexagesimal(longitude),
        }
    )
    picture.save(file, "JPEG", exif=about)
    return file.getvalue()


def _sexagesimal(value: float) -> tuple[float, float, float]:
    minutes, degrees = abs(value) % 1 * 60, int(abs(value))
    return float(degrees), float(int(minutes)), round(minutes % 1 * 60, 4)


def eml(west: float, south: float, east: float, north: float) -> bytes:
    """A box as a Darwin Core Archive tells it."""
    sides = (("west", west), ("east", east), ("north", north), ("south", south))
    inner = "".join(f"\n          <{side}BoundingCoordinate>{one}</{side}BoundingCoordinate>" for side, one in sides)
    return f"<boundingCoordinates>{inner}\n        </boundingCoordinates>".encode()


def bbox(west: float, south: float, east: float, north: float) -> bytes:
    """A box as GeoParquet and GeoJSON tell it."""
    return json.dumps({"bbox": [west, south, east, north]}).encode()


def ring(west: float, south: float, east: float, north: float) -> bytes:
    """A box as a Camtrap DP package tells it."""
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"spatial": {"type": "Polygon", "coordinates": [corners]}}, indent=2).encode()
