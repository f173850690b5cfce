"""The search finds a planted leak of each kind, however it is written, and nothing where there is none."""

import gzip
import html
import json
import struct
from urllib.parse import quote

import pandas as pd
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.leak import planted
from tests.leak.attacks import Leaks, Search
from tests.leak.hidden import Hidden, edges
from tests.leak.needles import Needles
from tests.leak.received import Received, packed_in

PLACES = pd.DataFrame({"latitude": [44.12345, 12.34567], "longitude": [131.54321, 98.76543]})
NORTH, EAST = 44.12345, 131.54321
FOUND = ["44.12345 131.54321"]
SEEN_AT = pd.Series(pd.to_datetime(["2026-05-02T10:11:12Z", "2026-05-03T04:05:06Z"]))
TRACK = ([NORTH, 44.2, 44.3], [EAST, 131.6, 131.7])


def found(content: bytes, **hidden) -> Leaks:
    received = Received()
    received.add("planted", content)
    return Search(Hidden(**hidden)).through(received.parts)


def told(by_place: dict[str, list[str]]) -> list[str]:
    return sorted({one for what in by_place.values() for one in what})


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"lat":44.1234,"lon":131.5432}', id="JSON"),
        pytest.param(b"131.54321\r\n44.12345", id="CSV"),
        pytest.param(b"[44.12345, 131.54321]", id="list"),
        pytest.param(b"44\\.12345, 131\\.54321", id="Markdown"),
        pytest.param(b"x" + struct.pack("<2d", NORTH, EAST), id="numbers"),
        pytest.param(b"x" + struct.pack(">2d", EAST, NORTH), id="numbers the other way round"),
        pytest.param(b"xyz" + struct.pack("<2f", NORTH, EAST), id="short numbers"),
        pytest.param(b"xyz" + struct.pack("<d", EAST) + b"between" + struct.pack("<d", NORTH), id="columns"),
        pytest.param(planted.chart([1.0, NORTH], [2.0, EAST]), id="chart"),
        pytest.param(planted.chart([1.0, NORTH], [2.0, EAST], dtype="f4"), id="chart of short numbers"),
        pytest.param(planted.chart([1.0, 44.1234], [2.0, 131.5432]), id="chart of rounded numbers"),
        pytest.param(planted.chart([1.0, NORTH, EAST]), id="chart in one row"),
        pytest.param(json.dumps({"lat": TRACK[0], "lon": TRACK[1]}).encode(), id="track as two lists"),
        pytest.param(json.dumps({"lat": [*TRACK[0], None], "lon": [*TRACK[1], None]}).encode(), id="broken track"),
        pytest.param(planted.chart(*TRACK), id="track in a chart"),
        pytest.param(json.dumps([list(one) for one in zip(*TRACK, strict=True)]).encode(), id="ring of a home range"),
        pytest.param(json.dumps({"path": [list(one) for one in zip(*TRACK[::-1], strict=True)]}).encode(), id="path"),
        pytest.param(planted.zipped(b"44.12345,131.54321"), id="archive"),
        pytest.param(planted.zipped(planted.zipped(b"44.12345,131.54321")), id="archive in an archive"),
        pytest.param(gzip.compress(b"44.12345,131.54321"), id="gzip"),
        pytest.param(planted.in_address(b"44.12345,131.54321"), id="data address"),
        pytest.param(planted.in_address(gzip.compress(b"44.12345,131.54321")), id="gzip in a data address"),
        pytest.param(
            b'<img src="data:image/svg+xml,' + quote("44.12345 131.54321").encode() + b'">', id="picture in HTML"
        ),
        pytest.param(planted.parquet(lat=[NORTH], lon=[EAST]), id="Parquet"),
        pytest.param(planted.parquet(lat=[44.1234], lon=[131.5432]), id="Parquet of rounded numbers"),
        pytest.param(planted.parquet(geometry=[planted.line(*TRACK)]), id="GeoParquet"),
        pytest.param(planted.arrow(lat=[NORTH, None], lon=[EAST, 3.0]), id="Arrow"),
        pytest.param(planted.arrow(is_file=True, lat=[44.1234], lon=[131.5432]), id="Arrow file"),
        pytest.param(planted.geopackage(*TRACK), id="GeoPackage"),
        pytest.param(planted.zipped(planted.geopackage(*TRACK)), id="GeoPackage in an archive"),
        pytest.param(planted.workbook(NORTH, EAST), id="XLSX"),
        pytest.param(planted.pdf(b"44.12345 131.54321"), id="PDF"),
        pytest.param(planted.photograph(NORTH, EAST), id="place of a photograph"),
    ],
)
def test_a_planted_position_is_found(content: bytes) -> None:
    assert told(found(content, places=PLACES).places) == FOUND


@pytest.mark.parametrize(
    "content",
    [
        b"[44.125, 131.545] [44.1, 131.5]" + struct.pack("<2d", 44.125, 131.545),
        planted.chart([44.125], [131.545]),
        b"44.123" + b" and far away" * 12 + b"131.543",
        planted.parquet(lat=[44.125, 12.346], lon=[131.545, 131.543]),
        planted.geopackage([44.125, 44.2], [131.545, 131.6]),
    ],
)
def test_coarse_positions_and_single_axes_are_no_leak(content: bytes) -> None:
    assert found(content, places=PLACES) == Leaks()


def test_a_table_in_a_message_of_the_server_is_opened() -> None:
    message = ForwardMsg()
    message.delta.new_element.dataframe.arrow_data.data = planted.arrow(lat=[44.1234], lon=[131.5432])
    (packed,) = packed_in(message)
    assert told(found(packed, places=PLACES).places) == FOUND


def test_a_map_that_is_fitted_to_true_places_is_found() -> None:
    fitted = edges(PLACES.assign(group="site"))
    # Of two places the middle, the mean and the median are one point, beside four corners.
    assert len(fitted) == 5
    middle = b'{"latitude": 28.23456, "longitude": 115.15432, "zoom": 6}'
    assert told(found(middle, edges=fitted).edges) == ["28.23456 115.15432"]
    assert found(b'{"latitude": 28.2, "longitude": 115.2, "zoom": 6}', edges=fitted) == Leaks()


@pytest.mark.parametrize("shown", [planted.eml, planted.bbox, planted.ring])
def test_a_box_around_true_places_is_found(shown) -> None:
    fitted = edges(PLACES.assign(group="site"))
    exact, coarse = (98.76543, 12.34567, 131.54321, 44.12345), (98.76, 12.34, 131.55, 44.13)
    assert told(found(shown(*exact), edges=fitted).edges) != []
    assert told(found(planted.zipped(shown(*exact)), edges=fitted).edges) != []
    assert found(shown(*coarse), edges=fitted) == Leaks()


WORD = "Tiger-spring & “Söhne”/7"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"before{WORD}after".encode(), id="text"),
        pytest.param(json.dumps([WORD]).encode(), id="JSON"),
        pytest.param(html.escape(WORD).encode(), id="HTML"),
        pytest.param(quote(WORD).encode(), id="address"),
        pytest.param(quote(WORD, safe="").encode(), id="parameter"),
        pytest.param("Tiger\\-spring \\& “Söhne”\\/7".encode(), id="Markdown"),
        pytest.param(planted.zipped(b"", name=f"{WORD}.csv"), id="file name in an archive"),
        pytest.param(planted.zipped(WORD.encode()), id="archive"),
        pytest.param(planted.parquet(name=[WORD] * 3), id="Parquet"),
        pytest.param(planted.geopackage([1.0], [2.0], name=WORD), id="GeoPackage"),
        pytest.param(planted.workbook(WORD), id="XLSX"),
        pytest.param(planted.pdf(WORD.encode()), id="PDF"),
        pytest.param(planted.photograph(1.0, 2.0, comment=WORD), id="comment of a photograph"),
        pytest.param(planted.in_address(f"<text>{WORD}</text>".encode()), id="data address"),
    ],
)
def test_a_planted_word_is_found(content: bytes) -> None:
    assert told(found(content, words=["camera-8-serial", WORD]).words) == [WORD]


def test_words_are_found_beside_one_another_and_parts_of_them_are_no_leak() -> None:
    hidden = ["camera-7-serial", "C-007", "IMG_0042.JPG"]
    assert told(found(b"...camera-7-serialcamera-8...", words=hidden).words) == ["camera-7-serial"]
    assert told(found(b"/media/IMG_0042.JPG?C-007", words=hidden).words) == ["C-007", "IMG_0042.JPG"]
    assert found(b"camera-7 serial IMG_0042.PNG C-00", words=hidden) == Leaks()


@pytest.mark.parametrize("unit", ["ns", "us", "ms", "s"])
@pytest.mark.parametrize("dtype", ["int64", "float64"])
def test_a_planted_moment_is_found_as_a_number(unit: str, dtype: str) -> None:
    since = SEEN_AT.dt.tz_localize(None).astype(f"datetime64[{unit}]").astype("int64").head(1)
    assert told(found(b"odd" + since.to_numpy(dtype).tobytes(), times=SEEN_AT).times) == [str(SEEN_AT[0])]
    assert told(found(f'{{"at": {since[0]}}}'.encode(), times=SEEN_AT).times) == [str(SEEN_AT[0])]


@pytest.mark.parametrize(
    "content",
    [
        b'"2026-05-02T10:11:12Z"',
        b"2026-05-02 10:11:12.000",
        b"2026-05-02T18:11:12+08:00",
        b"2026\\-05\\-02 10\\:11\\:12",
        planted.parquet(at=[SEEN_AT[0]]),
        planted.arrow(at=[SEEN_AT[0]]),
    ],
)
def test_a_planted_moment_is_found_as_text_and_in_tables(content: bytes) -> None:
    assert told(found(content, times=SEEN_AT).times) == [str(SEEN_AT[0])]


def test_days_and_other_moments_are_no_leak() -> None:
    assert found(b"2026-05 2026-05-02 2026-05-02T10:11:13Z 1777716671", times=SEEN_AT) == Leaks()


def test_needles_are_found_wherever_they_begin_and_end() -> None:
    wanted = [b"abcdefgh", b"abcd", b"xabcdefgh", b"bcdef", b"nowhere", b"nowhere at all"]
    for before in range(12):
        held = Needles(wanted).within(b"z" * before + b"abcdefgh")
        assert held == {b"abcdefgh", b"abcd", b"bcdef"}
    assert Needles(wanted).within(b"abc") == Needles([]).within(b"abcdefgh") == set()
    with pytest.raises(ValueError, match="too short"):
        Needles([b"abc"])
