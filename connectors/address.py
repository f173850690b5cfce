"""Web addresses: which host one belongs to, and how it is named in a message (never with its query)."""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from connectors.errors import SourceRefused

PORTS = {"http": 80, "https": 443}


def parse_address(source_name: str, url: str) -> Url:
    """Parse an http or https address as the client that sends it does; raises SourceRefused for anything else."""
    try:
        parsed = parse_url(url)
    except LocationParseError:
        parsed = Url()
    if parsed.scheme not in PORTS or not parsed.host or parsed.auth:
        raise SourceRefused(
            f"{source_name}: its address is not one of the form https://host/path",
            "Check `location` in network.toml; a key or password belongs into `secret`, not into the address.",
        )
    return parsed


def redirected(source_name: str, address: Url, location: str, may_redirect_to: Collection[str] = ()) -> Url:
    """Where a redirect leads; raises SourceRefused when that is another host, or a step back from https.

    The hosts of `may_redirect_to` (`host`, or `host:port`) are allowed, over https or on this machine.
    """
    target = parse_address(source_name, joined(address.url, location))
    is_upgrade = origin(address) == ("http", target.host, 80) and origin(target) == ("https", target.host, 443)
    if origin(target) == origin(address) or is_upgrade or _is_allowed(target, may_redirect_to):
        return target
    raise SourceRefused(
        f"{source_name}: {path_of(address.url)} redirects to another host ({authority_of(target)})",
        "If that host is right, write its address into network.toml.",
    )


def joined(base: str, link: str) -> str:
    """Where a link on a page leads; the link itself where it is none, which no address can be parsed from."""
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def _is_allowed(target: Url, hosts: Collection[str]) -> bool:
    is_safe = target.scheme == "https" or is_loopback(target.host)
    return is_safe and authority_of(target) in {host.lower() for host in hosts}


def authority_of(address: Url) -> str:
    """The host, with its port where that is not the usual one."""
    is_usual = address.port in (None, PORTS.get(address.scheme or ""))
    return (address.host or "") if is_usual else f"{address.host}:{address.port}"


def origin(address: Url) -> tuple[str | None, str | None, int | None]:
    """Scheme, host and port: two addresses with the same ones lead to the same server."""
    return address.scheme, address.host, address.port or PORTS.get(address.scheme or "")


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address((host or "").strip("[]")).is_loopback
    except ValueError:
        return False


def path_of(path_or_url: str) -> str:
    """The path alone, for messages."""
    return re.sub(r"^https?://[^/?#]*|[?#].*", "", path_or_url, flags=re.IGNORECASE | re.DOTALL) or "/"
