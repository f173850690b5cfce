"""What a connector is: `fetch` asks a pilot system and changes nothing, `parse` reads the answer and is pure.

A new source is one file with a `Connector` subclass, one line in `registry.py` and one recorded answer
in tests/payloads. See docs/adding-a-connector.md.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.errors import SourceRefused

if TYPE_CHECKING:
    # Who verifies a record of the ledger asks a node by the code of this room, on a machine without pyarrow.
    import pyarrow as pa


@dataclass(frozen=True)
class Source:
    """One configured instance of a connector: a `[[source]]` block of network.toml.

    `taxa` are the species that the store knows, for a connector that `wants_taxa`.
    """

    name: str
    connector: str
    location: str
    site: str | Mapping[str, str] = ""
    secret: str = ""
    refresh: timedelta = timedelta(days=1)
    licence: str = ""
    sharing: str = "private"
    embargo: timedelta = timedelta(0)
    options: Mapping[str, Any] = field(default_factory=dict)
    taxa: tuple[str, ...] = ()

    def site_of(self, *areas: str | None) -> str | None:
        """The site id that the source's own area names stand for; `*` in the map catches the rest.

        The first of `areas` that the map knows decides. None when no site is configured for them.
        """
        if isinstance(self.site, str):
            return self.site or None
        known = (self.site[area] for area in areas if area and area in self.site)
        return next(known, self.site.get("*"))


@dataclass(frozen=True)
class Payload:
    """One answer as received: a file on this machine that nobody changes.

    `name` is how the source calls it (`observations.csv`, `/v4/protected_areas?page=2`), `meta` what came beside it.
    """

    name: str
    path: Path
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fetched:
    """All answers of one pull and the cursor that starts the next one.

    `is_unchanged` means that the source has nothing newer than the cursor; then there are no payloads.
    `is_part` means that the answers hold only what is newer, although the connector `is_whole` at other times.
    """

    payloads: tuple[Payload, ...] = ()
    cursor: Mapping[str, Any] = field(default_factory=dict)
    is_unchanged: bool = False
    is_part: bool = False


@dataclass(frozen=True)
class Refusal:
    """One row that is not stored: where it stood, what is wrong with it, and its raw text."""

    table: str
    row: int
    field: str
    value: str | None
    reason: str
    raw: str = ""


@dataclass(frozen=True)
class Rows:
    """Rows for one table, typed as `data.schema` declares (the `source` column is added by ingest).

    `numbers` holds the row number of each row in the source's file, and `raw` gives the row's original text
    by its position here; both are used only when a row is refused later, by validation.
    """

    table: str
    rows: "pa.Table"
    numbers: "pa.Array | None" = None
    raw: Callable[[int], str] | None = None


@dataclass(frozen=True)
class Notice:
    """A soft problem of the whole answer, in words for the person who sent it."""

    text: str


@dataclass(frozen=True)
class Read:
    """How many rows the source sent for one of its own files; the sum is the pull's `rows_read`."""

    count: int


Parsed = Rows | Refusal | Notice | Read


class Connector(ABC):
    """One pilot system or export format."""

    name: ClassVar[str]
    title: ClassVar[str]
    tables: ClassVar[tuple[str, ...]]
    is_whole: ClassVar[bool] = False
    """The source republishes everything each time, so rows that vanished from it are retired."""

    wants_taxa: ClassVar[bool] = False
    """What to ask the source about are the species of the store; they come in `Source.taxa`."""

    asks_licence: ClassVar[bool] = False
    """A person must accept terms before the source sends data; `licence_terms` gives them."""

    file_options: ClassVar[tuple[str, ...]] = ()
    """Options that are paths of files on this machine; network.toml gives them from its own folder."""

    @abstractmethod
    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        """Ask the source for what is newer than `cursor`; downloads go below `workspace`.

        Raises SourceUnavailable, SourceRefused or SourceChanged. All answers or an error, never a part.
        """

    @abstractmethod
    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        """Turn the answers into rows, refusals and warnings, in blocks of bounded size; no network, no state.

        Raises SourceChanged when an answer cannot be what it claims to be.
        """

    def figures(self, source: Source, payloads: tuple[Payload, ...]) -> Mapping[str, Any]:
        """Figures that a check shows although they cannot be told from the stored rows; none unless a format has such.

        `payloads` are those of one fetch. Raises SourceChanged as `parse` does.
        """
        return {}

    def licence_terms(self, source: Source) -> tuple[str, str]:
        """The terms that a person must accept, as text, and the mark that accepts them.

        Raises SourceRefused when the source asks for none.
        """
        raise SourceRefused(f"{source.name} asks for no licence to be accepted", "Nothing to do: pull it.")


def raw_json(row: Mapping[str, Any]) -> str:
    """The raw text of a refused row that came as an object or as columns."""
    return json.dumps(row, ensure_ascii=False, default=str)
