"""CAP alerts as XML files: followed from a feed, found on this machine, and parsed without trusting them."""

from collections.abc import Iterable
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring  # noqa: S405 - guarded in `read_tree`
from xml.parsers import expat

from connectors.address import joined, origin, parse_address, path_of
from connectors.base import Payload, Source, raw_json
from connectors.errors import SourceChanged, SourceRefused
from connectors.http import Client
from connectors.secret import secret_of
from connectors.tabular import RAW_CHARACTERS

CAP = "urn:oasis:names:tc:emergency:cap:1."
FEED_MAX_BYTES = 20_000_000
ALERT_MAX_BYTES = 5_000_000
LINKS_MAX = 2_000
# All files together: a thousand long warnings have half as many. Each needs about 100 bytes of memory.
ELEMENTS_MAX = 1_000_000
SUFFIXES = (".xml", ".cap")


def fetch_web(source: Source, workspace: Path) -> tuple[Payload, ...]:
    """The alerts that a feed at a web address holds or links to, or the one alert that is there instead."""
    with Client(source.name, source.location, secret_of(source)) as client:
        path = client.download(source.location, workspace / "feed.xml", limit_bytes=FEED_MAX_BYTES).path
        feed = read_tree(path, source.name, path_of(source.location))
        if any(alerts_of(feed)) or not _links(feed):
            return (Payload("feed.xml", path),)
        links = list(dict.fromkeys(joined(source.location, link) for link in _links(feed)))
        if len(links) > LINKS_MAX:
            raise SourceRefused(f"{source.name}: the feed has more than {LINKS_MAX:,} links", "Choose a smaller feed.")
        payloads = []
        for number, link in enumerate(links, 1):
            _check_host(source, link)
            into = workspace / f"alert-{number}.xml"
            client.download(link, into, limit_bytes=ALERT_MAX_BYTES)
            if _name(read_tree(into, source.name, path_of(link))) != "alert":
                raise SourceChanged(f"{source.name}: {path_of(link)}, linked by the feed, is no CAP alert")
            payloads.append(Payload(f"alert {number}: {path_of(link)}", into))
    return tuple(payloads)


def _check_host(source: Source, link: str) -> None:
    """A feed is written by others: it must not send us to any machine that they like."""
    address = parse_address(source.name, link)
    if origin(address) != origin(parse_address(source.name, source.location)):
        if address.scheme == "https" and address.host in source.options.get("hosts", ()):
            return
        raise SourceRefused(
            f"{source.name}: the feed links to another host ({address.host})",
            "If that host is right and has https, add it to `hosts` in the options of this source.",
        )


def find_files(source: Source, location: Path) -> tuple[Payload, ...]:
    """One file, or those of a folder; a feed among them must hold its alerts whole."""
    try:
        is_folder = location.is_dir()
        paths = sorted(location.iterdir()) if is_folder else [location]
        found = [path for path in paths if not is_folder or path.suffix.lower() in SUFFIXES]
        if len(found) > LINKS_MAX:
            raise SourceRefused(f"{source.name}: {location.name} holds more than {LINKS_MAX:,} files with alerts")
        for path in found:
            is_inside = not is_folder or path.resolve().is_relative_to(location.resolve())
            if not is_inside or path.stat().st_size > FEED_MAX_BYTES:
                raise SourceRefused(f"{source.name}: {path.name} is too large, or a link out of the folder")
    except (OSError, RuntimeError) as error:
        raise SourceRefused(
            f"{source.name}: {location.name} cannot be read ({type(error).__name__})",
            "Check that `location` in network.toml is the path of a CAP file or of a folder with some.",
        ) from error
    for path in found:
        tree = read_tree(path, source.name, path.name)
        if not any(alerts_of(tree)) and _links(tree):
            raise SourceRefused(
                f"{source.name}: {path.name} only links to alerts", "Configure the address of the feed."
            )
    return tuple(Payload(path.name, path) for path in found)


def read_tree(path: Path, source_name: str, shown: str) -> Element:
    """The XML of a file, which must be an alert or a feed; no DOCTYPE, so no entity that grows or reads files."""
    where = f"{source_name}: {shown}"
    text = path.read_bytes()
    guard = expat.ParserCreate()
    count = 0

    def refuse_doctype(*_: object) -> None:
        raise SourceChanged(f"{where} has a DOCTYPE, which no CAP alert has, and is not read")

    def count_element(*_: object) -> None:
        nonlocal count
        count += 1
        if count > ELEMENTS_MAX:
            raise SourceChanged(f"{where} has more than {ELEMENTS_MAX:,} elements")

    guard.StartDoctypeDeclHandler, guard.StartElementHandler = refuse_doctype, count_element
    try:
        guard.Parse(text, True)
        root = fromstring(text)  # noqa: S314 - the guard has refused what is unsafe
    except (expat.ExpatError, ParseError, ValueError, LookupError) as error:
        raise SourceChanged(f"{where} is not XML: {error}") from error
    if _name(root) not in ("alert", "feed", "rss", "RDF"):
        raise SourceChanged(f"{where} is neither a CAP alert nor a feed: its root is {root.tag[:80]}")
    if _name(root) == "alert" and not root.tag.startswith("{" + CAP):
        raise SourceChanged(f"{where} is no CAP alert of version 1.1 or 1.2: its root is {root.tag[:80]}")
    return root


def read_alerts(source_name: str, payloads: Iterable[Payload]) -> list[Element]:
    """The alerts of all files; raises SourceChanged where they are too many to be held in memory."""
    alerts, left = [], ELEMENTS_MAX
    for payload in payloads:
        for alert in alerts_of(read_tree(payload.path, source_name, payload.name)):
            left -= sum(1 for _ in alert.iter())
            if left < 0:
                raise SourceChanged(f"{source_name}: its alerts have more than {ELEMENTS_MAX:,} elements in all")
            alerts.append(alert)
    return alerts


def alerts_of(root: Element) -> list[Element]:
    """The alerts of a file: itself, or those that a feed holds whole."""
    return [element for element in root.iter() if _name(element) == "alert" and element.tag.startswith("{" + CAP)]


def _links(feed: Element) -> list[str]:
    """Where the entries of an Atom or RSS feed lie; of several links, the one that says it is CAP."""
    links = []
    for entry in feed.iter():
        if _name(entry) in ("entry", "item"):
            found = [
                child for child in entry if _name(child) == "link" and child.get("rel", "alternate") == "alternate"
            ]
            found.sort(key=lambda link: "cap" not in link.get("type", ""))
            addresses = [(link.get("href") or link.text or "").strip() for link in found]
            links += [address for address in addresses if address][:1]
    return links


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element, name: str) -> list[Element]:
    """The elements of this name right below, in whatever namespace."""
    return [child for child in element if _name(child) == name]


def text_of(element: Element, name: str) -> str:
    """The text of the first such element, empty when there is none."""
    return next((" ".join((child.text or "").split()) for child in children(element, name)), "")


def raw_of(alert: Element) -> str:
    """The first fields of an alert, to be shown when it is refused."""
    return raw_json({_name(child): (child.text or "").strip() for child in alert})[:RAW_CHARACTERS]
