"""Opens what something is wrapped in: archives, tables, pictures, charts, and texts that hold other files."""

import base64
import gzip
import io
import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from PIL import Image
from PIL.ExifTags import GPS, IFD

PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"II*\0", b"MM\0*")
CHART = re.compile(rb'(?:"dtype":\s*"(\w+)",\s*)?"bdata":\s*"([^"]*)"(?:,\s*"dtype":\s*"(\w+)")?')
IN_ADDRESS = re.compile(rb"data:[\w/+.-]*(?:;[\w=-]+)*?(;base64)?,([\w%+/=.~!*'()-]+)")
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
GEOPACKAGE_HEAD, ENVELOPES = 8, (0, 32, 48, 48, 64)
DTYPES = {"f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1"}


@dataclass(frozen=True)
class Part:
    """Some bytes, where they came from, and the columns of numbers that they hold in a form of their own."""

    where: str
    content: bytes
    columns: Sequence[np.ndarray] = ()


def opened(where: str, content: bytes) -> Iterator[Part]:
    """The content itself, and all that is wrapped in it."""
    yield Part(where, content)
    if content.startswith(b"PK\x03\x04"):
        yield from _archive(where, content)
    elif content.startswith(b"\x1f\x8b"):
        yield from opened(f"{where} > gzip", gzip.decompress(content))
    elif content.startswith(b"PAR1"):
        yield from of_table(where, pq.read_table(io.BytesIO(content)))
    elif content.startswith(b"SQLite format 3\0"):
        yield from _database(where, content)
    elif content.startswith(b"ARROW1"):
        yield from of_table(where, pa.ipc.open_file(content).read_all())
    elif content.startswith(b"\xff\xff\xff\xff"):
        yield from of_table(where, pa.ipc.open_stream(content).read_all())
    elif content.startswith(b"%PDF"):
        yield from _pdf(where, content)
    elif content.startswith(PICTURES):
        yield from _picture(where, content)
    else:
        yield from _within_text(where, content)


def of_table(where: str, table: pa.Table) -> Iterator[Part]:
    """Texts of a table, its numbers, its moments as numbers, and the corners of its geometries."""
    texts, columns, whole = [str(table.schema.metadata)], [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        texts.append(name)
        if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            yield from _corners(f"{where} > {name}", column.to_pylist())
        elif pa.types.is_floating(column.type):
            columns.append(column.to_numpy().astype("f8"))
        elif pa.types.is_integer(column.type):
            whole.append(column.to_numpy().astype("f8"))
        else:
            texts += dict.fromkeys(map(str, column.to_pylist()))
    numbers = b"".join(column.tobytes() for column in (*columns, *whole))
    yield Part(f"{where} (table)", "\n".join(texts).encode() + b"\n" + numbers, columns)


def _archive(where: str, content: bytes) -> Iterator[Part]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        yield Part(f"{where} > names", "\n".join(archive.namelist()).encode())
        for name in archive.namelist():
            yield from opened(f"{where} > {name}", archive.read(name))


def _database(where: str, content: bytes) -> Iterator[Part]:
    with sqlite3.connect(":memory:") as database:
        database.deserialize(content)
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = database.execute(f'SELECT * FROM "{name}"')  # noqa: S608
            named = [column[0] for column in rows.description]
            told = list(zip(*rows.fetchall(), strict=True))
            texts = [cell for column in told for cell in dict.fromkeys(column) if isinstance(cell, str)]
            numbers = [_numbers(column) for column in told if any(isinstance(cell, float) for cell in column)]
            yield Part(f"{where} > {name}", "\n".join([*named, *texts]).encode(), numbers)
            for column in told:
                yield from _corners(f"{where} > {name}", [_well_known(one) for one in column if isinstance(one, bytes)])
    database.close()


def _numbers(column: Sequence[object]) -> np.ndarray:
    return np.array([cell if isinstance(cell, (int, float)) else np.nan for cell in column])


def _well_known(blob: bytes) -> bytes:
    """The geometry in a cell of a GeoPackage, without the head that says where it lies."""
    if not blob.startswith(b"GP"):
        return blob
    return blob[GEOPACKAGE_HEAD + ENVELOPES[blob[3] >> 1 & 7] :]


def _corners(where: str, blobs: Sequence[bytes | None]) -> Iterator[Part]:
    """The corners of geometries in well-known binary form."""
    found = [one for one in blobs if one and _is_geometry(one)]
    shapes = shapely.from_wkb(np.array(found, dtype=object), on_invalid="ignore")
    corners = shapely.get_coordinates(shapes)
    if len(corners):
        yield Part(f"{where} (corners)", b"", tuple(corners.T))


def _is_geometry(blob: bytes) -> bool:
    """Whether bytes begin as a point, a line, a polygon or a collection of them does."""
    kind = int.from_bytes(blob[1:5], "little" if blob[0] else "big") & 0xFFFF
    return blob[0] < 2 and kind % 1000 in range(1, 8)


def _pdf(where: str, content: bytes) -> Iterator[Part]:
    for found in STREAM.finditer(content):
        try:
            yield Part(f"{where} (stream)", zlib.decompress(found[1]))
        except zlib.error:
            continue


def _picture(where: str, content: bytes) -> Iterator[Part]:
    """What a picture tells beside what it shows: place, time, camera, people, comments."""
    with Image.open(io.BytesIO(content)) as picture:
        about, tags = picture.info, picture.getexif()
        place = tags.get_ifd(IFD.GPSInfo)
        told = [*about.items(), *tags.items(), *tags.get_ifd(IFD.Exif).items()]
    texts = [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for pair in told for one in pair]
    axes = [_degrees(place.get(axis), place.get(ref)) for axis, ref in _AXES]
    yield Part(f"{where} (picture)", "\n".join(texts).encode(), [np.array([axis]) for axis in axes])


_AXES = ((GPS.GPSLatitude, GPS.GPSLatitudeRef), (GPS.GPSLongitude, GPS.GPSLongitudeRef))


def _degrees(parts: Sequence[float] | None, side: str | None) -> float:
    if not parts:
        return np.nan
    return (-1 if side in ("S", "W") else 1) * sum(float(part) / 60**place for place, part in enumerate(parts))


def _within_text(where: str, content: bytes) -> Iterator[Part]:
    columns = [_of_chart(*found.groups()) for found in CHART.finditer(content)]
    if columns:
        yield Part(f"{where} (chart)", b"".join(one.tobytes() for one in columns), columns)
    for number, (is_base64, packed) in enumerate(IN_ADDRESS.findall(content)):
        plain = unquote_to_bytes(packed)
        inner = base64.b64decode(plain + b"==") if is_base64 else plain
        if inner:
            yield from opened(f"{where} > data {number}", inner)


def _of_chart(before: bytes | None, packed: bytes, after: bytes | None) -> np.ndarray:
    """The numbers of a chart as Plotly writes them."""
    dtype = (before or after or b"f8").decode()
    # A slash may stand there as \/ or \u002f.
    numbers = base64.b64decode(json.loads(b'"' + packed + b'"'))
    width = np.dtype(dtype if dtype in DTYPES else "u1").itemsize
    return np.frombuffer(numbers[: len(numbers) // width * width], dtype if dtype in DTYPES else "u1")
