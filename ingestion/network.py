"""Reads network.toml: which sources there are, and nothing else in the code says so."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors import registry
from connectors.base import Source
from data import reference
from data.journal import CONFIGURED_SITES
from data.schema import MASK_LEVELS
from ingestion import licences

KNOWN = tuple(connector.name for connector in registry.CONNECTORS)
SHARING = ("private", "public-summary", "public")
SOURCE_KEYS = {"name", "connector", "location", "site", "secret", "refresh", "licence", "sharing", "embargo", "options"}
SITE_KEYS = {"id", "name", "country", "realm", "latitude", "longitude", "area_km2"}
SUPPORTER_KEYS = {"name", "sites"}
CONTACT_KEYS = {"site", "address"}
MASK_RANKS = ("", "genus", "species", "subspecies")
FAMILY_ENDINGS = ("idae", "inae", "aceae")
MASK_KEYS = {"site", "scientific_name", "level"}
BLOCKS = ("source", "site", "supporter", "contact", "mask")
EVERY_SITE = "*"
SITE_NUMBERS = ("latitude", "longitude", "area_km2")
SITE_TEXTS = ("country", "realm")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
MONTHLY = timedelta(days=30)


class NetworkError(Exception):
    """network.toml cannot be used; the message says where and what to change."""


@dataclass(frozen=True)
class Network:
    """The configured sources, and what the file itself says of sites: who supports them, and where to ask.

    `supporters` are pairs of a name and a site id, `contacts` of a site id (`*` for all others) and an address,
    `masks` what a site asks to protect: its id, a taxon and a level.
    """

    sources: tuple[Source, ...]
    sites: tuple[Mapping[str, Any], ...] = ()
    supporters: tuple[tuple[str, str], ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()
    masks: tuple[tuple[str, str, str], ...] = ()


def read_network(path: Path) -> Network:
    """The network that a file describes. Raises NetworkError naming the block and the key that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise NetworkError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise NetworkError(f"{path} cannot be read: it is not UTF-8 text") from error
    return parse_network(text, path.name, path.parent)


def parse_network(text: str, name: str = "network.toml", folder: Path = Path()) -> Network:
    """The network that a TOML text describes; relative locations are taken from `folder`."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NetworkError(f"{name} is not valid TOML: {error}") from error
    unknown = set(document) - set(BLOCKS)
    if unknown:
        known = ", ".join(f"[[{block}]]" for block in BLOCKS)
        raise NetworkError(f"{name} has an unknown block {sorted(unknown)[0]!r}; known are {known}")
    sources = tuple(_source(block, where, folder) for where, block in _blocks(document, "source", name))
    names = [source.name for source in sources]
    repeated = sorted({source for source in names if names.count(source) > 1})
    if repeated:
        raise NetworkError(f"{name} names the source {repeated[0]!r} twice; names must be unique")
    sites = tuple(_site(block, where) for where, block in _blocks(document, "site", name))
    supporters = [pair for where, block in _blocks(document, "supporter", name) for pair in _supported(block, where)]
    contacts = dict(_contact(block, where) for where, block in _blocks(document, "contact", name))
    masks = _masks([_mask(block, where) for where, block in _blocks(document, "mask", name)], name)
    return Network(sources, sites, tuple(dict.fromkeys(supporters)), tuple(contacts.items()), masks)


def _blocks(document: Mapping[str, Any], kind: str, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The blocks of one kind, each with the words that say where it stands."""
    blocks = document.get(kind, [])
    if not isinstance(blocks, list) or not all(isinstance(block, Mapping) for block in blocks):
        raise NetworkError(f"{name}: write each {kind} as a block that starts with [[{kind}]]")
    return [(f"{name}, {kind} {n}", block) for n, block in enumerate(blocks, 1)]


def _source(block: Mapping[str, Any], where: str, folder: Path) -> Source:
    _only_known_keys(block, SOURCE_KEYS, where)
    for key in ("name", "connector", "location"):
        if not isinstance(block.get(key), str) or not block[key].strip():
            raise NetworkError(f"{where} has no {key}")
    where = f"{where} ({block['name']})"
    if not re.fullmatch(r"[\w .()-]{1,60}", block["name"]):
        raise NetworkError(f"{where}: a name has at most 60 letters, digits, blanks, dots, dashes or brackets")
    if block["name"] == CONFIGURED_SITES:
        raise NetworkError(f"{where}: this name is taken by the sites of the file itself; choose another")
    if block["connector"] not in KNOWN:
        raise NetworkError(f"{where}: there is no connector {block['connector']!r}; there are {', '.join(KNOWN)}")
    sharing = block.get("sharing", "private")
    if sharing not in SHARING:
        raise NetworkError(f"{where}: sharing is {sharing!r}; it can be {', '.join(SHARING)}")
    secret = block.get("secret", "")
    if not isinstance(secret, str) or not re.fullmatch(r"[A-Z_][A-Z0-9_]*|", secret):
        raise NetworkError(f"{where}: secret must be the name of an environment variable, not the secret itself")
    options = block.get("options", {})
    if not isinstance(options, Mapping):
        raise NetworkError(f'{where}: options must be a table such as {{ time_zone = "Asia/Shanghai" }}')
    connector = registry.connector(block["connector"])
    files = {name: options[name] for name in connector.file_options if isinstance(options.get(name), str)}
    options = {**options, **{name: _location(path, folder) for name, path in files.items()}}
    if connector.asks_licence:
        options = {"licences": str((folder / licences.FILE).absolute()), **options}
    return Source(
        name=block["name"],
        connector=block["connector"],
        location=_location(block["location"], folder),
        site=_sites(block.get("site", ""), where),
        secret=secret,
        refresh=_duration(block.get("refresh", "1d"), f"{where}: refresh"),
        licence=str(block.get("licence", "")),
        sharing=sharing,
        embargo=_duration(block.get("embargo", "0d"), f"{where}: embargo"),
        options=options,
    )


def _site(block: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    _only_known_keys(block, SITE_KEYS, where)
    for key in ("id", "name"):
        if not isinstance(block.get(key), str) or not block[key].strip():
            raise NetworkError(f"{where} has no {key}")
    for keys, kind, words in ((SITE_NUMBERS, int | float, "a number"), (SITE_TEXTS, str, "text in quotes")):
        wrong = [key for key in keys if key in block and not isinstance(block[key], kind)]
        if wrong:
            raise NetworkError(f"{where} ({block['name']}): {wrong[0]} is {block[wrong[0]]!r}; it must be {words}")
    return block


def _supported(block: Mapping[str, Any], where: str) -> list[tuple[str, str]]:
    _only_known_keys(block, SUPPORTER_KEYS, where)
    name, sites = block.get("name"), block.get("sites")
    if not isinstance(name, str) or not name.strip():
        raise NetworkError(f"{where} has no name")
    if not isinstance(sites, list) or not sites or not all(isinstance(site, str) and site for site in sites):
        raise NetworkError(f'{where} ({name}): sites must be a list of site ids in quotes, such as ["555512345"]')
    return [(name.strip(), site) for site in sites]


def _contact(block: Mapping[str, Any], where: str) -> tuple[str, str]:
    _only_known_keys(block, CONTACT_KEYS, where)
    site, address = block.get("site", EVERY_SITE), block.get("address")
    if not isinstance(site, str) or not site:
        raise NetworkError(f"{where}: site must be a site id in quotes; leave it out for all sites")
    if not isinstance(address, str) or not re.fullmatch(r"https://[^\s/]+\S*|[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+", address):
        raise NetworkError(f"{where}: address must be a mail address or a page that starts with https://")
    return site, address


def _mask(block: Mapping[str, Any], where: str) -> tuple[str, str, str]:
    _only_known_keys(block, MASK_KEYS, where)
    site, taxon, level = block.get("site"), block.get("scientific_name"), block.get("level")
    if not isinstance(site, str) or not site:
        raise NetworkError(f"{where}: site must be a site id in quotes; a mask holds for one site")
    if not isinstance(taxon, str) or not re.fullmatch(r"[A-Z][a-z-]+( [a-z-]+){0,2}", taxon):
        raise NetworkError(f'{where}: scientific_name must be a taxon as sources write it, such as "Panthera tigris"')
    if taxon.endswith(FAMILY_ENDINGS) or reference.rank(taxon) not in MASK_RANKS:
        raise NetworkError(f"{where}: {taxon} is above a genus; write a mask for each genus or species of it")
    if level not in MASK_LEVELS:
        raise NetworkError(f"{where} ({taxon}): level is {level!r}; it can be {' or '.join(MASK_LEVELS)}")
    return site, taxon, level


def _masks(masks: list[tuple[str, str, str]], name: str) -> tuple[tuple[str, str, str], ...]:
    """The masks, none twice; two that contradict each other would leave open which one holds."""
    levels: dict[tuple[str, str], str] = {}
    for site, taxon, level in masks:
        if levels.setdefault((site, taxon), level) != level:
            raise NetworkError(f"{name} masks {taxon} at site {site} in two ways; keep one of them")
    return tuple((site, taxon, level) for (site, taxon), level in levels.items())


def _only_known_keys(block: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(block) - known)
    if unknown:
        raise NetworkError(f"{where} has an unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")


def _location(text: str, folder: Path) -> str:
    return text if "://" in text else str((folder / Path(text).expanduser()).absolute())


def _sites(value: Any, where: str) -> str | Mapping[str, str]:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and all(isinstance(site, str) for site in value.values()):
        return value
    raise NetworkError(f"{where}: site must be a site id in quotes, or a map from the source's areas to site ids")


def _duration(value: Any, where: str) -> timedelta:
    """A time span such as 30m, 6h, 1d or monthly."""
    if value == "monthly":
        return MONTHLY
    match = re.fullmatch(r"(\d{1,4})([mhd])", str(value))
    if not match:
        raise NetworkError(f"{where} is {value!r}; write it as 30m, 6h, 1d or monthly")
    return int(match[1]) * UNITS[match[2]]
