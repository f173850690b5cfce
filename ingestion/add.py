"""Adds a source to network.toml by writing its block at the end of the file."""

import json
from pathlib import Path

from ingestion.network import Network, NetworkError, parse_network, read_network


def add(
    path: Path,
    connector: str,
    location: str,
    name: str,
    *,
    site: str,
    site_name: str,
    country: str,
    sharing: str,
    licence: str,
    secret: str,
    refresh: str,
) -> Path:
    """Append a `[[source]]` block, and a `[[site]]` block when the site is named; returns the file.

    Raises NetworkError, with the file untouched, when the file would not be a valid network afterwards.
    """
    if "://" not in location:
        location = str(Path(location).expanduser().absolute())
    source = {
        "name": name,
        "connector": connector,
        "location": location,
        "site": site,
        "secret": secret,
        "refresh": refresh,
        "licence": licence,
        "sharing": sharing,
    }
    text = _block("source", source)
    known = read_network(path) if path.is_file() else Network(())
    if site and site_name and site not in [block["id"] for block in known.sites]:
        text += _block("site", {"id": site, "name": site_name, "country": country})
    before = path.read_text(encoding="utf-8").rstrip() + "\n\n" if path.is_file() else ""
    parse_network(before + text, path.name, path.parent)
    _replace(path, before + text)
    return path


def _replace(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        raise NetworkError(f"{path.name} cannot hold {error.object[error.start]!r}; use other letters") from error
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)


def _block(kind: str, values: dict[str, str]) -> str:
    """A TOML block; JSON strings are valid TOML strings."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value]
    return "\n".join([f"[[{kind}]]", *lines, ""]) + "\n"
