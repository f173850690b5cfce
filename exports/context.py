"""What an export is made from: a data version, who asks, and whether the numbers are invented."""

from dataclasses import dataclass
from datetime import date

from data.access import Viewer
from data.engine import View

DEMO_PREFIX = "demo-"


class NotOffered(Exception):
    """This viewer cannot have this in this way; the message is a sentence for a person."""


@dataclass(frozen=True)
class Context:
    """One data version as one viewer may see it; `is_demo` where its numbers are made up."""

    view: View
    viewer: Viewer
    is_demo: bool

    @property
    def today(self) -> date:
        """The day of the data version: exports know no other, so that the same question has the same bytes."""
        return self.view.day

    @property
    def prefix(self) -> str:
        """How names of files begin."""
        return DEMO_PREFIX if self.is_demo else ""
