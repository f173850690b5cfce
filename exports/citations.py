"""Licences and citations of what an export is made from, as the exchange formats want them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from data import queries
from data.journal import SUCCEEDED
from data.queries.merged import Choice
from exports.context import Context
from exports.csv_cells import DEMO_LINE, one_line

NETWORK = "Tech4Nature network"
NOT_STATED = "licence not stated"
# Signs that Markdown or HTML would take for more than themselves.
MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&])")


@dataclass(frozen=True)
class Licence:
    """A licence: how its owner wrote it, and its Open Definition name, address and title where it is a known one.

    `rank` orders the three licences that GBIF takes by how much they ask; it is None for every other one.
    """

    text: str
    name: str
    url: str = ""
    title: str = ""
    rank: int | None = None

    @property
    def is_open(self) -> bool:
        return self.rank is not None

    @property
    def words(self) -> str:
        """The address of a known licence, else what its owner wrote."""
        return self.url or self.text


# The licences that GBIF takes: https://www.gbif.org/terms, and the addresses its publishing tools write for them.
ZERO = Licence(
    "CC0-1.0",
    "CC0-1.0",
    "http://creativecommons.org/publicdomain/zero/1.0/legalcode",
    "Public Domain (CC0 1.0)",
    0,
)
BY = Licence(
    "CC-BY-4.0",
    "CC-BY-4.0",
    "http://creativecommons.org/licenses/by/4.0/legalcode",
    "Creative Commons Attribution (CC-BY) 4.0 License",
    1,
)
BY_NC = Licence(
    "CC-BY-NC-4.0",
    "CC-BY-NC-4.0",
    "http://creativecommons.org/licenses/by-nc/4.0/legalcode",
    "Creative Commons Attribution Non Commercial (CC-BY-NC) 4.0 License",
    2,
)
# How owners write them, without case, blanks and dashes. An attribution licence without its version is not known.
SPELLINGS = {
    **dict.fromkeys(("cc0", "cc01.0", "creativecommonszero", "creativecommonszero1.0"), ZERO),
    **dict.fromkeys(("ccby4.0", "creativecommonsattribution4.0"), BY),
    **dict.fromkeys(("ccbync4.0", "creativecommonsattributionnoncommercial4.0"), BY_NC),
}
ADDRESSES = (("publicdomain/zero/1.0", ZERO), ("licenses/by/4.0", BY), ("licenses/by-nc/4.0", BY_NC))


def licence_of(text: object) -> Licence:
    """The licence that an owner means; `notspecified` or `other-closed` where it is none that we know.

    Only version 4.0 of the two attribution licences is known: another version has other terms.
    """
    line = one_line(text)
    if not line:
        return Licence(NOT_STATED, "notspecified", title=NOT_STATED.capitalize())
    if match := re.match(r"https?://(?:www\.)?creativecommons\.org/(.+)", line, re.IGNORECASE):
        return next((one for path, one in ADDRESSES if match[1].lower().startswith(path)), _other(line))
    return SPELLINGS.get(re.sub(r"[\s_-]+", "", line.lower()), _other(line))


def _other(line: str) -> Licence:
    return Licence(line, "other-closed", title=line)


@dataclass(frozen=True)
class Sources:
    """What is known of the configured sources, by name; asked for once per export."""

    known: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, context: Context) -> Self:
        frame = queries.sources(context.view, context.viewer, context.today)
        return cls(frame.set_index("source").to_dict("index"))

    def licence(self, name: str) -> Licence:
        """The licence of a source; that it states none where it is no longer configured."""
        return licence_of(self.known[name]["licence"] if name in self.known else None)

    def licences(self, used: Iterable[str]) -> list[Licence]:
        """The licences of these sources, each once, in a fixed order."""
        return sorted({self.licence(name) for name in used}, key=lambda one: (one.name, one.text))

    def in_words(self, used: Iterable[str]) -> str:
        """A line per source: licence, newest record, and whether its last pull failed."""
        return "\n".join(self._line(name) for name in sorted(used))

    def _line(self, name: str) -> str:
        licence, known = self.licence(name), self.known.get(name, {})
        newest, outcome = known.get("newest_record_on"), known.get("outcome")
        return "".join(
            [
                f"- {markdown(name)}: {markdown(licence.text)}",
                f" ({licence.url})" if licence.url else "",
                "" if pd.isna(newest) else f"; newest record {newest:%Y-%m-%d}",
                "" if pd.isna(outcome) or outcome in SUCCEEDED else f"; its last pull ended with: {outcome}",
                "" if known else "; no longer configured",
            ]
        )


def strictest(found: Iterable[Licence]) -> Licence | None:
    """The one licence under which everything may be passed on: that which asks most; None where one is not known."""
    found = list(found)
    if not found or not all(one.is_open for one in found):
        return None
    return max(found, key=lambda one: one.rank or 0)


def citation(title: str, context: Context, sources: Iterable[str]) -> str:
    """How to cite an export: network, year, what it is, data version and sources."""
    of = ", ".join(one_line(name) for name in sorted(sources))
    demo = f" {DEMO_LINE}" if context.is_demo else ""
    return (
        f"{NETWORK} ({context.today.year}). {title}, data version {context.view.version} of {context.today}. "
        f"Sources: {of or 'none'}.{demo}"
    )


def selected(choice: Choice, context: Context) -> dict[str, Any]:
    """The choice, for whom and of which data version, as JSON has it."""
    own = {"tier_sites": sorted(context.viewer.sites)} if context.viewer.role == "site" else {}
    return {
        "sites": list(choice.sites),
        "first": choice.first and choice.first.isoformat(),
        "last": choice.last and choice.last.isoformat(),
        "taxa": list(choice.taxa),
        "tier": context.viewer.role,
        **own,
        "data_version": context.view.version,
    }


def choice_in_words(choice: Choice) -> list[str]:
    """The choice as lines of a Markdown list."""
    return [
        f"- Sites: {', '.join(map(markdown, choice.sites)) or 'all'}",
        f"- Days: {choice.first or 'from the first one'} to {choice.last or 'the last one'}",
        f"- Taxa: {', '.join(map(markdown, choice.taxa)) or 'all'}",
    ]


def markdown(text: object) -> str:
    """Text from outside as Markdown that shows this text, on one line."""
    return MARKDOWN.sub(r"\\\1", one_line(text))
