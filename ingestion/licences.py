"""Remembers which licence terms a person has accepted, beside network.toml."""

import json
from pathlib import Path

from connectors.base import Source

FILE = "licences.json"


def accept(network: Path, source: Source, mark: str) -> Path:
    """Note that somebody accepted the terms with this mark for a source; returns the file.

    Earlier terms of the source are forgotten: a source asks anew when its terms change.
    """
    file = network.with_name(FILE)
    accepted = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    partial = file.with_name(f"{FILE}.partial")
    partial.write_text(json.dumps({**accepted, source.name: mark}, indent=2) + "\n", encoding="utf-8")
    partial.replace(file)
    return file
