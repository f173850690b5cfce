"""The tables that Movebank sends, told apart by their headings, whatever separates the words in these.

The service writes `location_lat`, the exported file `location-lat`, and R makes `location.lat` of it.
"""

import csv
import gzip
import re
import zlib
from collections.abc import Iterator, Sequence

from connectors.base import Parsed, Payload, Read, Refusal, Source
from connectors.errors import SourceChanged, words_of
from connectors.options import refused
from connectors.tabular import Block, Layout, read_table
from connectors.utf8_file import GZIP

EVENT, REFERENCE = "event", "reference"
INDIVIDUAL, TAG, DEPLOYMENT = "individual", "tag", "deployment"
HEADING_BYTES = 65_536
REQUIRED = {
    EVENT: ("timestamp", "individual_local_identifier"),
    REFERENCE: ("tag_id", "animal_id"),
    INDIVIDUAL: ("id", "local_identifier"),
    TAG: ("id", "local_identifier"),
    DEPLOYMENT: ("individual_id", "tag_id", "deploy_on_timestamp", "deploy_off_timestamp"),
}
COORDINATES = ("location_long", "location_lat")


def kind_of(payload: Payload, source: Source) -> str | None:
    """Which table an answer is: the one that was asked for, or what the heading of a file says; None for another.

    Raises SourceChanged when a column is missing without which the table cannot be read.
    """
    where = f"{source.name}: {payload.name}"
    columns = _heading(payload, where)
    kind = payload.meta.get("entity") or _kind_of_file(columns)
    if kind is None:
        return None
    required = list(REQUIRED[kind])
    # A file of another sensor, such as acceleration, has neither coordinate; the GPS of the service has both.
    if kind == EVENT and (payload.meta or not columns.isdisjoint(COORDINATES)):
        required += COORDINATES
    for name in required:
        if name not in columns:
            found = ", ".join(sorted(columns))[:500]
            raise SourceChanged(f"{where} has no column {name}; it has: {found}")
    return kind


def blocks(payload: Payload, source: Source, table: str, names: Sequence[str]) -> Iterator[Block | Parsed]:
    """The rows of an answer with its columns known by `names`, what is wrong with them, and their number at the end."""
    where = f"{source.name}: {payload.name}"
    spellings = {name: _spellings(name) for name in names}
    row_count = 0
    for item in read_table(payload.path, Layout(), where, table):
        if isinstance(item, Block):
            row_count += len(item)
            yield item.named(names, spellings, (), where)
        else:
            row_count += isinstance(item, Refusal)
            yield item
    yield Read(row_count)


def energy_attribute(source: Source) -> str | None:
    """The attribute that holds harvested joules, in the spelling of the service; None where none is configured."""
    name = source.options.get("energy_attribute")
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise refused(source, "energy_attribute", "a text", '"harvested_energy"')
    return name and normalised(name)


def normalised(heading: str) -> str:
    """A name in the spelling of the service, whichever separators it is written with."""
    return re.sub("[-.: ]", "_", heading.strip().lower())


def _spellings(name: str) -> tuple[str, ...]:
    """How exports write a name: with hyphens, after the colon of a maker, or as R leaves it."""
    return name.replace("_", "-"), name.replace("_", ":", 1).replace("_", "-"), name.replace("_", ".")


def _kind_of_file(columns: set[str]) -> str | None:
    if columns.issuperset(REQUIRED[REFERENCE]):
        return REFERENCE
    is_event = "timestamp" in columns and any(name.endswith("_local_identifier") for name in columns)
    return EVENT if is_event or columns.issuperset(COORDINATES) else None


def _heading(payload: Payload, where: str) -> set[str]:
    try:
        with payload.path.open("rb") as file:
            is_gzip = file.read(len(GZIP)) == GZIP
        with (gzip.open if is_gzip else open)(payload.path, "rb") as file:
            start = file.read(HEADING_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceChanged(f"{where} cannot be read as a table: {words_of(error)}") from error
    line = re.split(r"[\r\n]", start.decode("utf-8-sig", "replace").lstrip("\r\n"), maxsplit=1)[0]
    try:
        cells = next(csv.reader([line]), [])
    except csv.Error as error:
        raise SourceChanged(f"{where} cannot be read as a table: {error}") from error
    return {normalised(cell) for cell in cells}
