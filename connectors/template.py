"""What a table that people fill in by hand looks like: our templates, written as a workbook and read back."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: what it means, when it must be filled in, an example, and how its cells are typed.

    `kind` is `text`, `day` or `whole`; `allowed` lists the only words that a cell may hold.
    """

    name: str
    meaning: str
    needed: str
    example: str
    kind: str = "text"
    allowed: tuple[str, ...] = ()

    @property
    def hint(self) -> str:
        """The few words of guidance that stand beneath the heading."""
        form = {"day": "day as 2026-03-01", "whole": "whole number"}.get(self.kind, "text")
        return f"({self.needed}: {' | '.join(self.allowed) or form})"


@dataclass(frozen=True)
class Template:
    """A table to fill in: the name of its sheet, its columns, the rules in sentences, and rows that it starts with.

    Each of the `rows` gives some cells by their column.
    """

    title: str
    sheet: str
    columns: tuple[Column, ...]
    rules: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...] = ()
