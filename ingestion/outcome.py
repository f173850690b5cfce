"""What is said of a pull: how far it is, and how each source ended."""

from dataclasses import dataclass
from datetime import datetime

from connectors.base import Source
from data import journal


@dataclass(frozen=True)
class Progress:
    """How far a pull is: sources done, sources in all, and the one that ended last."""

    done: int
    total: int
    label: str


@dataclass
class Outcome:
    """How the pull of one source ended."""

    source: Source
    started_at: datetime
    outcome: str = "stored"
    rows_read: int = 0
    stored: int = 0
    unchanged: int = 0
    retired: int = 0
    refused: int = 0
    error: str = ""
    advice: str = ""
    warnings: tuple[str, ...] = ()
    finished_at: datetime | None = None

    @property
    def is_trouble(self) -> bool:
        return self.outcome not in journal.SUCCEEDED

    @property
    def seconds(self) -> float:
        return ((self.finished_at or self.started_at) - self.started_at).total_seconds()
