"""Each attack finds a planted leak of its kind, and nothing where there is none."""

import base64
import io
import json
import struct
import zipfile

import pandas as pd
import pytest

from tests.leak import attacks
from tests.leak.reader import Received

PLACES = pd.DataFrame({"latitude": [44.12345, 12.34567], "longitude": [131.54321, 98.76543]})
SEEN_AT = pd.Series(pd.to_datetime(["2026-05-02T10:11:12Z", "2026-05-03T04:05:06Z"]))
COARSE = b"[44.125, 131.545] [44.1, 131.5]" + struct.pack("<2d", 44.125, 131.545)
HEAD = "source,site_id,month,scientific_name,detections,masking"


def chart(values: list[float]) -> bytes:
    """Numbers as Plotly writes them."""
    return json.dumps({"bdata": base64.b64encode(struct.pack(f"<{len(values)}d", *values)).decode()}).encode()


def zipped(content: bytes) -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/places.csv", content)
    return inner.getvalue()


def received(content: bytes) -> bytes:
    kept = Received()
    kept.add("planted", content)
    return kept.everything


@pytest.mark.parametrize(
    "planted",
    [
        b'{"lat":44.1234,"lon":131.5432}',
        b"131.54321\r\n44.12345",
        b"x" + struct.pack("<2d", 44.12345, 131.54321),
        b"xyz" + struct.pack("<d", 131.54321) + b"between" + struct.pack("<d", 44.12345),
        chart([1.0, 44.12345, 131.54321]),
        zipped(b"44.12345,131.54321"),
        zipped(zipped(b"44.12345,131.54321")),
    ],
    ids=["JSON", "CSV", "numbers", "columns", "chart", "archive", "archive in an archive"],
)
def test_a_planted_position_is_found(planted: bytes) -> None:
    assert attacks.positions(received(planted), PLACES) == ["1 of 2 places"]


def test_coarse_positions_are_no_leak() -> None:
    assert attacks.positions(received(COARSE + chart([44.125, 131.545]) + b"44.123 and far away" * 9), PLACES) == []


def test_a_map_that_is_fitted_to_true_places_is_found() -> None:
    # Of two places the middle, the mean and the median are one point, beside two corners.
    edges = attacks.edges(PLACES.assign(group="site"))
    middle = b'{"latitude": 28.23456, "longitude": 115.15432, "zoom": 6}'
    assert attacks.positions(received(middle), edges) == ["1 of 3 places"]
    assert attacks.positions(received(b'{"latitude": 28.2, "longitude": 115.2, "zoom": 6}'), edges) == []


def test_a_planted_identifier_is_found() -> None:
    hidden = ["camera-7-serial", "Tiger spring"]
    assert attacks.words(received(b"...camera-7-serialcamera-8..."), hidden) == ["camera-7-serial"]
    assert attacks.words(received(zipped(b"Tiger spring")), hidden) == ["Tiger spring"]
    assert attacks.words(received(b"camera-7 spring"), hidden) == []


@pytest.mark.parametrize("unit", ["ns", "us", "ms"])
@pytest.mark.parametrize("dtype", ["int64", "float64"])
def test_a_planted_moment_is_found_as_a_number(unit: str, dtype: str) -> None:
    since = SEEN_AT.dt.tz_localize(None).astype(f"datetime64[{unit}]").astype("int64").head(1)
    planted = b"odd" + since.to_numpy(dtype).tobytes()
    assert attacks.moments(received(planted), SEEN_AT) == [str(SEEN_AT[0])]


@pytest.mark.parametrize("planted", [b'"2026-05-02T10:11:12Z"', b"2026-05-02 10:11:12.000"])
def test_a_planted_moment_is_found_as_text(planted: bytes) -> None:
    assert attacks.moments(received(planted), SEEN_AT) == [str(SEEN_AT[0])]
    assert attacks.moments(received(b"2026-05 2026-05-02"), SEEN_AT) == []


def table(*rows: str) -> list[attacks.Cell]:
    return attacks.cells({"detections_by_month": "\n".join(["# Demo data", HEAD, *rows]).encode("utf-8-sig")})


def test_a_cell_of_few_is_found_where_it_was_made_coarser_or_its_taxon_is_not_open() -> None:
    found = table(
        "a,1,2026-01,Panthera tigris,4,whole months",
        "a,1,2026-02,Panthera tigris,5,whole months",
        "a,1,2026-03,Panthera tigris,3,",
        "a,1,2026-04,Vulpes vulpes,1,",
    )
    assert [told[-1] for told in attacks.few(found, ("Vulpes vulpes",))] == ["4", "3"]


def test_two_answers_that_differ_by_few_are_found() -> None:
    wider = table("a,1,2026-01,Panthera tigris,9,months", "a,1,2026-02,Panthera tigris,5,months")
    by_month = table("a,1,2026-01,Panthera tigris,9,months")
    by_day = table("a,1,2026-01,Panthera tigris,9,months", "a,1,2026-02,Panthera tigris,3,months")
    assert attacks.subtracted(wider, by_month, ()) == []
    assert attacks.subtracted(wider, by_day, ()) == ["detections_by_month 1  Panthera tigris: 2"]
    assert attacks.subtracted(table("a,1,2026-01,Vulpes vulpes,9,"), table(), ("Vulpes vulpes",)) == []
