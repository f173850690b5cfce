"""What an impact report says, before it becomes HTML or PDF: nothing in it depends on who looks or when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Section:
    """One figure or comparison: its sentence, its chart as SVG with the words for it, its sample and its methods.

    `methods` are the names of metrics, whose documentation is in `Report.methods`; `rows` a small table with
    `headings`. What there is not is empty.
    """

    key: str
    title: str
    headline: str
    sentence: str
    caveat: str
    svg: str
    alt: str
    sample: str
    methods: tuple[str, ...]
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class SourceLine:
    """A source with its licence, and how it stood when the data version was made."""

    name: str
    title: str
    licence: str
    newest: str
    state: str


@dataclass(frozen=True)
class Report:
    """A whole report: what it is about, its figures and comparisons, methods, sources, and how to get it again."""

    title: str
    filters: tuple[str, ...]
    until: str
    figures: tuple[Section, ...]
    comparisons: tuple[Section, ...]
    methods: tuple[tuple[str, str], ...]
    sources: tuple[SourceLine, ...]
    data_version: int
    committed_at: datetime
    is_demo: bool
    address: str
    command: str

    @property
    def made_of(self) -> str:
        """The data version in words."""
        return f"Data version {self.data_version} of {self.committed_at:%Y-%m-%d %H:%M} UTC"

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.figures + self.comparisons


MAP = "map"
TIER = (
    "Public view, whoever made it: positions, counts and months are coarse where animals or people need protection, "
    "and small counts are left out."
)
AGAIN = (
    "The same data version and the same choice give the same file, byte for byte. A data version is kept for at least "
    "a week; the figures of a later one may differ."
)
NO_CAUSE = (
    "A difference between before and after proves no cause: seasons, other measures and how diligently things are "
    "recorded change too."
)
