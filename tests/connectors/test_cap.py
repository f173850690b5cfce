"""CAP: a warning lives through its updates and cancellation, and neither its XML nor its feed is trusted."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Notice, Parsed, Refusal, Rows, Source
from connectors.cap import Cap
from connectors.cap_area import centroid
from connectors.errors import SourceChanged, SourceRefused
from tests.conftest import Reply, Request, Serve

BODY = {
    "identifier": "W-1",
    "sender": "warnings@example.org",
    "sent": "2024-05-03T08:00:00+02:00",
    "status": "Actual",
    "msgType": "Alert",
    "scope": "Public",
}
INFO = {
    "event": "Elephants",
    "severity": "Severe",
    "onset": "2024-05-03T07:45:00+02:00",
    "expires": "2024-05-03T20:00:00+02:00",
}
AREA = "<area><areaDesc>Reed Bay</areaDesc><circle>10.5,20.5 3</circle></area>"
CANCEL = {"identifier": "W-3", "sent": "2024-05-03T12:00:00+02:00", "msgType": "Cancel"}
UPDATE = {"identifier": "W-2", "sent": "2024-05-03T09:00:00+02:00", "msgType": "Update"}
OF_FIRST = "warnings@example.org,W-1,2024-05-03T08:00:00+02:00"
OF_SECOND = "warnings@example.org,W-2,2024-05-03T09:00:00+02:00"


def alert(area: str = AREA, info: dict[str, str] | None = None, **body: str) -> str:
    def elements(fields: dict[str, str]) -> str:
        return "".join(f"<{name}>{text}</{name}>" for name, text in fields.items() if text)

    block = f"<info>{elements(INFO | (info or {}))}{area}</info>" if area else ""
    return f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{elements(BODY | body)}{block}</alert>'


def parsed(tmp_path: Path, *alerts: str, site: Any = "1", **options: Any) -> list[Parsed]:
    folder = tmp_path / "alerts"
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(alerts):
        (folder / f"{number}.xml").write_text(text)
    source = Source("warnings", "cap", str(folder), site=site, options=options)
    return list(Cap().parse(source, Cap().fetch(source, {}, tmp_path).payloads))


def rows_of(items: list[Parsed]) -> list[dict[str, Any]]:
    return [row for item in items if isinstance(item, Rows) for row in item.rows.to_pylist()]


def notices_of(items: list[Parsed]) -> list[str]:
    return [item.text for item in items if isinstance(item, Notice)]


def utc(hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 5, 3, hour, minute, tzinfo=UTC)


def test_an_alert_becomes_a_row(tmp_path: Path) -> None:
    (row,) = rows_of(parsed(tmp_path, alert()))
    assert {name: value for name, value in row.items() if value is not None} == {
        "alert_id": "warnings@example.org,W-1",
        "site_id": "1",
        "kind": "Elephants",
        "detected_at": utc(5, 45),
        "sent_at": utc(6),
        "closed_at": utc(18),
        "priority": "high",
        "latitude": pytest.approx(10.5),
        "longitude": pytest.approx(20.5),
        "place_name": "Reed Bay",
    }


@pytest.mark.parametrize(
    ("severity", "priority"),
    [("Extreme", "high"), ("Severe", "high"), ("Moderate", "medium"), ("Minor", "low"), ("Unknown", None)],
)
def test_severity_decides_the_priority(tmp_path: Path, severity: str, priority: str | None) -> None:
    (row,) = rows_of(parsed(tmp_path, alert(info={"severity": severity})))
    assert row["priority"] == priority


def test_without_an_onset_it_is_detected_when_effective_and_else_when_sent(tmp_path: Path) -> None:
    effective = alert(identifier="E", info={"onset": "", "effective": "2024-05-03T07:50:00+02:00"})
    items = parsed(tmp_path, effective, alert(info={"onset": "", "expires": ""}))
    assert [row["detected_at"] for row in rows_of(items)] == [utc(5, 50), utc(6)]
    assert rows_of(items)[1]["closed_at"] is None


def test_an_update_describes_the_warning_anew_but_it_was_sent_at_first(tmp_path: Path) -> None:
    update = alert(**UPDATE, references=OF_FIRST, info={"severity": "Minor", "expires": "2024-05-03T10:00:00+02:00"})
    for number, alerts in enumerate(((alert(), update), (update, alert()), (update,))):
        workspace = tmp_path / str(number)
        workspace.mkdir()
        (row,) = rows_of(parsed(workspace, *alerts))
        assert (row["alert_id"], row["sent_at"]) == ("warnings@example.org,W-1", utc(6))
        assert (row["priority"], row["closed_at"]) == ("low", utc(8))


@pytest.mark.parametrize("references", [OF_SECOND, f"{OF_FIRST} {OF_SECOND}"])
def test_a_cancellation_closes_the_warning_and_all_its_updates(tmp_path: Path, references: str) -> None:
    update = alert(**UPDATE, references=OF_FIRST)
    (row,) = rows_of(parsed(tmp_path, alert(), update, alert(area="", **CANCEL, references=references)))
    assert row["closed_at"] == utc(10)


def test_a_cancellation_of_a_warning_not_in_the_answer_closes_it_or_is_counted(tmp_path: Path) -> None:
    told = alert(**CANCEL, references=OF_FIRST)
    (row,) = rows_of(parsed(tmp_path, told))
    assert (row["alert_id"], row["closed_at"]) == ("warnings@example.org,W-1", utc(10))
    items = parsed(tmp_path, alert(area="", **CANCEL, references=OF_FIRST))
    assert not rows_of(items)
    assert notices_of(items) == ["Cancels a warning that is not in this answer: 1 messages"]


def test_an_update_that_joins_two_warnings_closes_the_later(tmp_path: Path) -> None:
    other = alert(identifier="W-9", sent="2024-05-03T08:30:00+02:00")
    both = f"{OF_FIRST} warnings@example.org,W-9,2024-05-03T08:30:00+02:00"
    items = parsed(tmp_path, alert(), other, alert(**UPDATE, references=both))
    closed = {row["alert_id"].partition(",")[2]: row["closed_at"] for row in rows_of(items)}
    assert closed == {"W-1": utc(18), "W-9": utc(7)}


@pytest.mark.parametrize(
    "body",
    [{"status": "Exercise"}, {"status": "Test"}, {"scope": "Restricted"}, {"scope": "Private"}, {"msgType": "Ack"}],
)
def test_only_actual_public_warnings_are_read_and_the_others_are_counted(tmp_path: Path, body: dict[str, str]) -> None:
    items = parsed(tmp_path, alert(**body))
    assert not rows_of(items)
    ((field, value),) = body.items()
    assert notices_of(items) == [f"Left out, because {field} is {value}: 1 messages"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("identifier", ""),
        ("sender", ""),
        ("status", "actual"),
        ("msgType", "Warning"),
        ("scope", ""),
        ("sent", "yesterday"),
        ("sent", "2024-05-03T08:00:00"),
        ("sent", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_message_without_a_usable_field_is_refused_and_the_others_stay(
    tmp_path: Path, field: str, value: str
) -> None:
    items = parsed(tmp_path, alert(**{field: value}), alert(identifier="W-5"))
    (refusal,) = [item for item in items if isinstance(item, Refusal)]
    assert (refusal.table, refusal.row, refusal.field) == ("alerts", 1, field)
    assert not value or value not in refusal.reason.split(",")[0]
    assert len(rows_of(items)) == 1


def test_an_area_without_a_site_is_refused(tmp_path: Path) -> None:
    items = parsed(tmp_path, alert(), site={"Upper Pass": "2"})
    assert [(item.field, item.row) for item in items if isinstance(item, Refusal)] == [("areaDesc", 1)]


def test_a_polygon_is_latitude_first(tmp_path: Path) -> None:
    square = "<area><areaDesc>A</areaDesc><polygon>50,100 50,102 52,102 52,100 50,100</polygon></area>"
    (row,) = rows_of(parsed(tmp_path, alert(area=square)))
    assert (row["latitude"], row["longitude"]) == (pytest.approx(51), pytest.approx(101))


@pytest.mark.parametrize("shape", ["", "<polygon>100,50 102,50 102,52 100,50</polygon>", "<circle>nan,2 1</circle>"])
def test_a_place_that_cannot_be_read_stays_empty_and_is_counted(tmp_path: Path, shape: str) -> None:
    items = parsed(tmp_path, alert(area=f"<area><areaDesc>A</areaDesc>{shape}</area>"))
    (row,) = rows_of(items)
    assert row["latitude"] is row["longitude"] is None
    assert "No polygon or circle says where it is: 1 messages" in notices_of(items)
    assert len(notices_of(items)) == 1 + bool(shape)


def test_an_area_across_the_180th_meridian_has_its_middle_there() -> None:
    latitude, longitude = centroid(["0,179 0,-179 2,-179 2,179 0,179"], [])
    assert latitude == pytest.approx(1)
    assert abs(longitude) == pytest.approx(180)


@given(st.floats(-80, 80), st.floats(-170, 170), st.floats(0.1, 5), st.floats(0.1, 5))
def test_the_middle_of_a_rectangle_is_where_its_diagonals_cross(
    south: float, west: float, height: float, width: float
) -> None:
    north, east = south + height, west + width
    text = f"{south},{west} {south},{east} {north},{east} {north},{west} {south},{west}"
    assert centroid([text], []) == pytest.approx((south + height / 2, west + width / 2), abs=1e-6)


def test_the_language_is_chosen_and_else_the_first_is_read(tmp_path: Path) -> None:
    second = f"<info><language>sw</language><event>Tembo</event>{AREA}</info></alert>"
    both = alert().replace("</alert>", second)
    assert rows_of(parsed(tmp_path, both))[0]["kind"] == "Elephants"
    assert rows_of(parsed(tmp_path, both, language="sw"))[0]["kind"] == "Tembo"
    assert rows_of(parsed(tmp_path, both, language="fr"))[0]["kind"] == "Elephants"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE alert [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE alert SYSTEM "http://example.org/alert.dtd">',
    ],
)
def test_a_doctype_is_refused_in_any_encoding(tmp_path: Path, doctype: str) -> None:
    with pytest.raises(SourceChanged, match="DOCTYPE"):
        parsed(tmp_path, doctype + alert())
    (tmp_path / "alerts" / "0.xml").write_text(f"{doctype}{alert()}", encoding="utf-16")
    source = Source("warnings", "cap", str(tmp_path / "alerts"), site="1")
    with pytest.raises(SourceChanged, match="DOCTYPE"):
        Cap().fetch(source, {}, tmp_path)


def test_elements_nested_without_end_do_no_harm(tmp_path: Path) -> None:
    deep = "<x>" * 50_000 + "</x>" * 50_000
    items = parsed(tmp_path, alert(sent="").replace("</alert>", f"{deep}</alert>"))
    assert [item.field for item in items if isinstance(item, Refusal)] == ["sent"]


def test_alerts_that_a_feed_holds_whole_are_read(tmp_path: Path) -> None:
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content>{alert()}</content></entry></feed>'
    assert len(rows_of(parsed(tmp_path, feed))) == 1


@pytest.mark.parametrize("link", ["https://other.example.org/1.xml", "http://127.0.0.1:1/1.xml", "file:///etc/passwd"])
def test_a_feed_cannot_send_us_to_another_host(serve: Serve, tmp_path: Path, link: str) -> None:
    feed = f"<rss><channel><item><link>{link}</link></item></channel></rss>"
    source = Source("warnings", "cap", serve(lambda request: Reply(feed.encode())), site="1")
    with pytest.raises(SourceRefused, match="warnings"):
        Cap().fetch(source, {}, tmp_path)


def test_one_alert_that_fails_fails_the_pull(serve: Serve, tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        feed = "<rss><channel><item><link>a</link></item><item><link>b</link></item></channel></rss>"
        return {"/": Reply(feed.encode()), "/a": Reply(alert().encode())}.get(request.path, Reply(status=404))

    with pytest.raises(SourceRefused, match="/b"):
        Cap().fetch(Source("warnings", "cap", serve(answer), site="1"), {}, tmp_path)


def test_a_feed_without_entries_is_no_warning_and_no_error(serve: Serve, tmp_path: Path) -> None:
    source = Source("warnings", "cap", serve(lambda request: Reply(b"<rss><channel/></rss>")), site="1")
    assert not rows_of(list(Cap().parse(source, Cap().fetch(source, {}, tmp_path).payloads)))
