"""What is said about a download in words: what was asked, what was made coarser, and whose data they are."""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC

import pandas as pd

from data import queries
from data.queries.network import FAILED
from data.queries.site import ON_REQUEST
from exports.context import Context
from exports.csv_cells import DEMO_LINE, one_line
from exports.package_geometry import written_fields
from exports.package_rows import TableRows, type_name
from exports.spec import FORMAT_WORDS, Spec

TIER_WORDS = {
    "public": "the public",
    "partner": "a partner of the network",
    "site": "the managers of a site",
    "reviewer": "a reviewer",
    "staff": "staff of the programme",
}
WHY_MASKED = (
    "Where animals and cameras are, and what would tell of single people, is given exactly only to those who protect "
    "them; for all others it is made coarser or left out, after Chapman (2020), https://doi.org/10.15468/doc-5jp4-5g10."
)
NOT_STATED = "not stated; ask its owner before you pass the data on"
MARKDOWN = re.compile(r"([\\`*_\[\]<>~|&]|^[-+#]|^\d+(?=[.)]))")
FEW_TABLES = 3
Say = Callable[[object], str]
Section = tuple[str, list[str]]


@dataclass(frozen=True)
class Made:
    """A download: what was asked, of what, and its tables, whose tallies are full once they were read."""

    spec: Spec
    context: Context
    tables: tuple[TableRows, ...]

    @functools.cached_property
    def sources(self) -> pd.DataFrame:
        """All configured sources, with `is_used` where one gave rows of this download, and `is_down`."""
        context = self.context
        frame = queries.sources(context.view, context.viewer, context.today)
        used = set().union(*(rows.tally.sources for rows in self.tables))
        return frame.assign(is_used=frame["source"].isin(used), is_down=frame["outcome"].isin(FAILED))

    @property
    def version(self) -> str:
        """The data version with its moment."""
        moment = self.context.view.committed_at.astimezone(UTC)
        return f"data version {self.context.view.version} of {moment:%Y-%m-%d %H:%M:%S} UTC"


def title(made: Made) -> str:
    tables = [rows.table.title for rows in made.tables]
    told = ", ".join(tables) if len(tables) <= FEW_TABLES else f"{len(tables)} tables"
    return f"Tech4Nature network: {told}"


def markdown(text: object) -> str:
    """Text from outside as Markdown that shows exactly this text, on one line."""
    return MARKDOWN.sub(_as_text, one_line(text))


def _as_text(found: re.Match) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def sections(made: Made, say: Say) -> list[Section]:
    """All that is said, as headings with their lines; `say` makes text from outside harmless."""
    told = [
        ("What this is", _what(made)),
        ("What was asked", asked(made, say)),
        ("What was made coarser or left out", masked(made)),
        ("Sources that were down", down(made, say)),
        ("Whose data these are", owners(made, say)),
    ]
    return [("Demo", [DEMO_LINE]), *told] if made.context.is_demo else told


def plain_lines(made: Made) -> list[str]:
    """The same as plain lines, for a sheet of a workbook."""
    lines = [title(made)]
    for heading, told in sections(made, one_line):
        lines += ["", heading, *(f"- {line}" for line in told)]
    return lines


def _what(made: Made) -> list[str]:
    lines = [
        f"Made from {made.version}, as {FORMAT_WORDS[made.spec.format]}, for {TIER_WORDS[made.spec.tier]} "
        f"(tier {made.spec.tier}).",
        "Nothing measured is empty, never a zero. Moments are in UTC, days as YYYY-MM-DD.",
    ]
    for rows in made.tables:
        lines.append(f"{rows.name}: {rows.table.meaning}. {_count(rows.tally.rows)}.")
    return lines


def asked(made: Made, say: Say) -> list[str]:
    """The filters, repeated, and what they mean for each table."""
    choice, lines = made.spec.choice, []
    lines.append(f"Sites: {', '.join(map(say, choice.sites)) or 'all'}.")
    first, last = choice.first or "the first one", choice.last or "the last one"
    has_days = bool(choice.first or choice.last)
    lines.append(f"Days: from {first} to {last}, both included." if has_days else "Days: all.")
    lines.append(f"Taxa: {', '.join(map(say, choice.taxa)) or 'all'}.")
    for rows in made.tables:
        told = [f"by the column {rows.table.day}" if rows.table.day else "days do not apply"] if has_days else []
        if has_days and rows.table.day in ("month", "quarter"):
            told = [f"whole ones between the days, by the column {rows.table.day}"]
        if choice.taxa:
            told.append(f"taxa by the column {rows.table.taxon}" if rows.table.taxon else "taxa do not apply")
        fields = written_fields(rows, made.spec.format)
        is_whole = {*rows.table.columns} <= {one.name for one in rows.fields}
        told.append("all columns" if is_whole else f"columns {', '.join(one.name for one in fields)}")
        lines.append(f"{rows.name}: {'; '.join(told)}.")
    return lines


def masked(made: Made) -> list[str]:
    """What was made coarser, in how many rows, and which tables are not for this viewer."""
    lines = [WHY_MASKED]
    for rows in made.tables:
        told = [f"{_count(count)}: {one_line(words)}" for words, count in sorted(rows.tally.masked.items())]
        exact = rows.tally.rows - rows.tally.masked.total()
        told += [f"{_count(exact)}: nothing"] if exact or not told else []
        lines.append(f"{rows.name}, of {_count(rows.tally.rows)}. {'. '.join(told)}.")
    lines.append(f"Rows that this tier may not see are left out and not counted here. {ON_REQUEST}")
    withheld = queries.merged_withheld(made.context.view, made.context.viewer)
    lines += [f"{name} is not for this tier: {reason}" for name, reason in withheld.items()]
    return lines


def down(made: Made, say: Say) -> list[str]:
    """Sources whose last pull before the data version failed; their newest records may be missing."""
    lines = []
    for one in made.sources[made.sources["is_down"]].to_dict("records"):
        success = one["last_success_at"]
        since = "never pulled with success" if pd.isna(success) else f"last pulled with success on {success:%Y-%m-%d}"
        lines.append(f"{say(one['source'])}: {one['outcome']}; {since}.")
    return lines or ["None."]


def owners(made: Made, say: Say) -> list[str]:
    """Licence and citation of each source that gave rows."""
    lines = []
    for one in made.sources[made.sources["is_used"]].to_dict("records"):
        licence = say(one["licence"]) or NOT_STATED
        lines.append(f"{say(one['source'])}. Licence: {licence}. Cite as: {say(citation(made, one))}")
    return lines or ["No rows, so no source."]


def citation(made: Made, source: dict) -> str:
    """How to name a source of these data."""
    name, words = one_line(source["source"]), one_line(source["title"])
    return f"{name} ({words}), in: Tech4Nature network, {made.version}."


def dictionary(tables: Sequence[TableRows], format: str) -> list[list[str]]:
    """Every column with its type, unit and meaning; the first line is the header."""
    lines = [["table", "column", "type", "unit", "meaning"]]
    for rows in tables:
        fields = written_fields(rows, format)
        lines += [[rows.name, one.name, type_name(one.type), one.unit, one.meaning] for one in fields]
    return lines


def _count(rows: int) -> str:
    return f"{rows:,} row{'' if rows == 1 else 's'}"
