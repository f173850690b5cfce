"""Which machines may be reached: the host of a source wherever it is, every other one only on the public internet.

A feed names addresses, such as its next page or the files of a package. It must not send us to a machine behind our
own wall. The name alone tells nothing, so the machine that answered the connection is looked at, before a word is said.
"""

import ipaddress
import socket
from collections.abc import Callable, Collection
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Retry, parse_url

from connectors.errors import SourceRefused

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
ADVICE = "If that machine is right, configure its address as a source of its own."


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the public internet."""
    return address.is_global and not address.is_multicast


def is_no_metadata(address: IPAddress) -> bool:
    """Whether an address is not one of this machine's own wire, where clouds keep the keys of their machines."""
    return not address.is_link_local


def mount_guards(
    session: requests.Session,
    source_name: str,
    own_hosts: Collection[str],
    retries: Retry,
    connected: Callable[[str, socket.socket], None],
) -> None:
    """Let a session reach its `own_hosts` (`host`, or `host:port`), and beyond them the public internet.

    `connected` is told of every new connection.
    """
    for scheme in ("http", "https"):
        session.mount(f"{scheme}://", GuardedAdapter(source_name, is_public, connected, max_retries=retries))
        for host in own_hosts:
            own = GuardedAdapter(source_name, is_no_metadata, connected, max_retries=retries)
            session.mount(f"{scheme}://{host}/", own)


class GuardedAdapter(HTTPAdapter):
    """Sends requests to machines whose address is `allowed`. Raises SourceRefused for any other one."""

    def __init__(
        self,
        source_name: str,
        allowed: Callable[[IPAddress], bool],
        connected: Callable[[str, socket.socket], None],
        **settings: Any,
    ) -> None:
        self._source, self._allowed, self._connected = source_name, allowed, connected
        super().__init__(**settings)

    def init_poolmanager(self, *settings: Any, **more: Any) -> None:
        super().init_poolmanager(*settings, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": self._pool(), "https": self._secure_pool()}

    def send(self, request: requests.PreparedRequest, *settings: Any, **more: Any) -> requests.Response:
        # A proxy connects on our behalf, so there the name is all that can be looked at.
        host = (parse_url(request.url).host or "").strip("[]")
        self._check("127.0.0.1" if host == "localhost" else host, host)
        return super().send(request, *settings, **more)

    def _check(self, peer: str, host: str) -> None:
        try:
            address = ipaddress.ip_address(peer.partition("%")[0])
        except ValueError:
            return
        if not self._allowed(getattr(address, "ipv4_mapped", None) or address):
            raise SourceRefused(f"{self._source}: it leads to {host}, a machine that is not on the internet", ADVICE)

    def _checked(self, connected: socket.socket, host: str) -> socket.socket:
        try:
            self._check(connected.getpeername()[0], host)
            self._connected(host, connected)
        except BaseException:
            connected.close()
            raise
        return connected

    def _pool(self) -> type[HTTPConnectionPool]:
        checked = self._checked

        class Connection(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return checked(super()._new_conn(), self.host)

        class Pool(HTTPConnectionPool):
            ConnectionCls = Connection

        return Pool

    def _secure_pool(self) -> type[HTTPSConnectionPool]:
        checked = self._checked

        class Connection(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return checked(super()._new_conn(), self.host)

        class Pool(HTTPSConnectionPool):
            ConnectionCls = Connection

        return Pool
