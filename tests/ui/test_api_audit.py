"""What the API writes into the audit log: every use of a token and every download, and nothing of who the public is."""

from pathlib import Path

import pytest

from data import audit
from tests.ui.asgi_client import ask
from tests.ui.conftest import as_role
from ui.api import files
from ui.api.tickets import Tickets


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(audit.FOLDER_VARIABLE, str(tmp_path / "audit"))
    monkeypatch.setattr(audit, "_strangers", audit._Strangers())
    return tmp_path / "audit"


def lines(log: Path) -> list[dict]:
    """The lines without their time and hashes."""
    return [
        {name: value for name, value in entry.items() if name not in ("at", "previous", "hash")}
        for entry in audit.entries(log)
    ]


def test_a_download_of_the_public_tells_of_nobody(served, log):
    assert (
        ask("/tables/sites.csv", headers={"User-Agent": "browser-of-ana", "X-Forwarded-For": "203.0.113.9"}).status
        == 200
    )
    assert lines(log) == [
        {
            "event": "download",
            "account": "public",
            "role": "public",
            "tables": ["sites"],
            "format": "csv",
            "outcome": "given",
        }
    ]
    written = b"".join(file.read_bytes() for file in log.glob("*.jsonl"))
    assert b"203.0.113.9" not in written
    assert b"browser-of-ana" not in written


def test_a_token_is_named_and_never_written(served, log):
    header = as_role("partner")
    assert ask("/package?table=sites&table=effort_by_month&format=parquet", headers=header).status == 200
    used, download = lines(log)
    assert used == {"event": "token_used", "account": "the partner", "role": "partner", "outcome": "accepted"}
    assert (download["account"], download["tables"], download["format"]) == (
        "the partner",
        ["effort_by_month", "sites"],
        "parquet",
    )
    token = header["Authorization"].split()[1].encode()
    assert token not in b"".join(file.read_bytes() for file in log.glob("*.jsonl"))


def test_a_token_that_is_not_known_is_a_line_without_a_name(served, log):
    assert ask("/tables", headers={"Authorization": "Bearer t4n_guessed"}).status == 401
    assert lines(log) == [{"event": "token_used", "account": "public", "outcome": "refused"}]


def test_what_somebody_may_not_have_is_a_line_too(served, log):
    assert ask("/tables/detections.csv").status == 403
    (line,) = lines(log)
    assert (line["event"], line["outcome"], line["tables"]) == ("download", "refused", ["detections"])


@pytest.mark.parametrize("address", ["", "/openapi.json", "/tables", "/nothing", "/tables/sites.csv?site="])
def test_looking_around_is_no_download(served, log, address):
    ask(address)
    assert lines(log) == []


def test_headers_alone_and_bytes_that_are_known_are_no_download(served, log):
    assert ask("/tables/sites.csv", method="HEAD").status == 200
    mark = ask("/tables/sites.csv").headers["etag"]
    assert ask("/tables/sites.csv", headers={"If-None-Match": mark}).status == 304
    assert len(lines(log)) == 1


def test_a_built_file_is_a_line_of_its_builder_each_time_it_is_fetched(log, tmp_path, monkeypatch):
    kept = Tickets(folder=str(tmp_path))
    monkeypatch.setattr(files, "TICKETS", kept)
    path = kept.place("x.zip")
    path.write_bytes(bytes(100))
    ticket = kept.offer(path, "x.zip", "application/zip", "reader", {"account": "ana@example.org", "format": "csv"})
    ask(f"/files/{ticket}")
    ask(f"/files/{ticket}", headers={"Range": "bytes=0-"})
    ask(f"/files/{ticket}", headers={"Range": "bytes=50-"})
    assert [(line["account"], line["outcome"]) for line in lines(log)] == [("ana@example.org", "given")] * 2
    kept.clear()


def test_a_built_file_is_refused_once_the_role_of_its_builder_has_ended(log, tmp_path, monkeypatch):
    kept, roles = Tickets(folder=str(tmp_path)), ["staff"]
    monkeypatch.setattr(files, "TICKETS", kept)
    path = kept.place("x.zip")
    path.write_bytes(b"secret")
    facts = {"account": "ana@example.org", "role": "staff"}
    ticket = kept.offer(path, "x.zip", "application/zip", "reader", facts, lambda: roles == ["staff"])
    assert ask(f"/files/{ticket}").body == b"secret"
    roles.clear()
    answer = ask(f"/files/{ticket}")
    assert (answer.status, b"secret" in answer.body) == (403, False)
    assert b"role" in answer.body
    assert [(line["account"], line["outcome"]) for line in lines(log)] == [
        ("ana@example.org", "given"),
        ("ana@example.org", "refused"),
    ]
    kept.clear()


def test_a_log_that_cannot_be_written_stops_no_download(served, tmp_path, monkeypatch, caplog):
    (tmp_path / "blocked").touch()
    monkeypatch.setenv(audit.FOLDER_VARIABLE, str(tmp_path / "blocked" / "audit"))
    assert ask("/tables/sites.csv").status == 200
    assert "could not be written" in caplog.text
