"""Downloads: whole or absent, and only when there is something new."""

from pathlib import Path

import pytest

from connectors.errors import SourceRefused, SourceUnavailable
from connectors.http import Client, Download
from tests.conftest import Reply, Request, Serve


def fetch(base: str, into: Path, **more: object) -> Download:
    with Client("list", base) as client:
        return client.download("/list.csv", into, **more)


def test_a_download_is_unchanged_when_the_server_says_so(serve: Serve, tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        if request.headers.get("If-None-Match") == '"v1"':
            return Reply(status=304)
        return Reply(b"site_id\n1\n", headers={"ETag": '"v1"', "Last-Modified": "Mon, 01 Dec 2025 00:00:00 GMT"})

    base, into = serve(answer), tmp_path / "list.csv"
    first = fetch(base, into)
    assert first == Download(into, '"v1"', "Mon, 01 Dec 2025 00:00:00 GMT")
    assert into.read_bytes() == b"site_id\n1\n"
    again = fetch(base, into, etag=first.etag, last_modified=first.last_modified)
    assert again.is_unchanged
    assert again.path is None
    assert again.etag == '"v1"'


@pytest.mark.parametrize("body", [b"<html>Log in", b"\xef\xbb\xbf\n <!doctype HTML>", b"<!-- moved --><html>"])
def test_a_web_page_is_not_taken_for_a_file(serve: Serve, tmp_path: Path, body: bytes) -> None:
    with pytest.raises(SourceRefused, match="web page"):
        fetch(serve(lambda request: Reply(body)), tmp_path / "list.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_download_stops_at_the_limit_and_keeps_the_last_good_file(serve: Serve, tmp_path: Path) -> None:
    into = tmp_path / "list.csv"
    into.write_text("good")
    with pytest.raises(SourceRefused, match="larger than"):
        fetch(serve(lambda request: Reply(b"x" * 200_000)), into, limit_bytes=100_000)
    assert into.read_text() == "good"
    assert list(tmp_path.iterdir()) == [into]


def test_a_download_that_breaks_off_leaves_no_file(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="broke off"):
        fetch(serve(lambda request: Reply(b"site_id\n1\n", claimed_length=1000)), tmp_path / "list.csv")
    assert list(tmp_path.iterdir()) == []
