"""A feed cannot send us to machines behind our own wall: not by an address, a redirect, a name, or a proxy."""

import ipaddress
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.base import Source
from connectors.errors import SourceError, SourceRefused
from connectors.http import Client
from connectors.reachable import is_no_metadata, is_public
from connectors.registry import connector
from tests.conftest import Reply, Request, Serve

METADATA = "http://169.254.169.254/latest/meta-data/"


@pytest.fixture
def inner(serve: Serve) -> tuple[str, list[str]]:
    """Another server of this machine that no feed may reach, and what it was asked."""
    asked: list[str] = []

    def answer(request: Request) -> Reply:
        asked.append(request.path)
        return Reply(b'{"secret": "of the inside"}')

    return serve(answer), asked


@pytest.mark.parametrize(
    ("address", "public", "own"),
    [
        ("93.184.216.34", True, True),
        ("2606:2800:220:1:248:1893:25c8:1946", True, True),
        ("127.0.0.1", False, True),
        ("10.1.2.3", False, True),
        ("172.16.0.1", False, True),
        ("192.168.1.1", False, True),
        ("100.64.0.1", False, True),
        ("169.254.169.254", False, False),
        ("0.0.0.0", False, True),
        ("224.0.0.1", False, True),
        ("::1", False, True),
        ("fe80::1", False, False),
        ("fd00::1", False, True),
    ],
)
def test_which_addresses_are_whose(address: str, public: bool, own: bool) -> None:
    """After RFC 6890 (special purposes), 1918 (private), 6598 (shared by providers), 3927 and 4291 (link-local)."""
    assert is_public(ipaddress.ip_address(address)) is public
    assert is_no_metadata(ipaddress.ip_address(address)) is own


def test_a_source_of_this_machine_is_reached_itself(serve: Serve) -> None:
    with Client("reefs", serve(lambda request: Reply(b"[1]"))) as client:
        assert client.get_json("data").data == [1]


def test_another_server_of_this_machine_is_not_asked(serve: Serve, inner: tuple[str, list[str]]) -> None:
    address, asked = inner
    with Client("reefs", serve(lambda request: Reply(b"[1]"))) as client, pytest.raises(SourceRefused, match="reefs"):
        client.get_json(f"{address}/admin")
    assert asked == []


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "[::1]"])
def test_no_way_to_write_this_machine_leads_to_it(
    serve: Serve, inner: tuple[str, list[str]], host: str, tmp_path: Path
) -> None:
    port = inner[0].rpartition(":")[2]
    with Client("reefs", serve(lambda request: Reply(b"[1]"))) as client, pytest.raises(SourceError):
        client.download(f"http://{host}:{port}/admin", tmp_path / "file")
    assert inner[1] == []


def test_a_name_that_resolves_to_an_inner_machine_is_not_asked(
    serve: Serve, inner: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **named: real("127.0.0.1" if host else host, *more, **named)
    )
    port = inner[0].rpartition(":")[2]
    with Client("reefs", serve(lambda request: Reply(b"[1]"))) as client, pytest.raises(SourceRefused) as caught:
        client.get_json(f"http://files.partner.example:{port}/admin")
    assert "files.partner.example" in str(caught.value)
    assert inner[1] == []


def test_the_keys_of_a_cloud_machine_are_out_of_reach() -> None:
    with Client("reefs", METADATA) as client, pytest.raises(SourceRefused, match="not on the internet"):
        client.get_json("iam")


def test_a_redirect_to_an_inner_machine_is_not_followed(serve: Serve, inner: tuple[str, list[str]]) -> None:
    address = serve(lambda request: Reply(status=302, headers={"Location": f"{inner[0]}/admin"}))
    with Client("reefs", address) as client, pytest.raises(SourceRefused):
        client.get_json("data")
    assert inner[1] == []


def _package(inner_address: str) -> Callable[[Request], Reply]:
    resources = [
        {"name": name, "path": f"{inner_address}/{name}.csv"} for name in ("deployments", "media", "observations")
    ]
    descriptor = {"profile": "https://example.org/camtrap-dp/1.0/camtrap-dp-profile.json", "resources": resources}
    return lambda request: Reply(json.dumps(descriptor).encode())


def _next_page(inner_address: str) -> Callable[[Request], Reply]:
    return lambda request: Reply(json.dumps({"count": 1, "next": f"{inner_address}/admin", "results": []}).encode())


def _feed(inner_address: str) -> Callable[[Request], Reply]:
    entry = f'<entry><link href="{inner_address}/alert.xml" type="application/cap+xml"/></entry>'
    return lambda request: Reply(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode())


@pytest.mark.parametrize(
    ("name", "path", "feed"),
    [
        ("camtrap_dp", "/datapackage.json", _package),
        ("mermaid", "/v1/", _next_page),
        ("cap", "/feed.xml", _feed),
    ],
)
def test_a_feed_that_names_an_inner_machine_is_refused(
    serve: Serve, inner: tuple[str, list[str]], tmp_path: Path, name: str, path: str, feed: Callable
) -> None:
    source = Source(name, name, serve(feed(inner[0])) + path, site="1")
    with pytest.raises(SourceError, match=name):
        connector(name).fetch(source, {}, tmp_path)
    assert inner[1] == []
