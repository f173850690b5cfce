"""Which species the store knows, for sources that are asked about them."""

from collections.abc import Sequence
from dataclasses import replace

from connectors import registry
from connectors.base import Source
from data.engine import View

NAMED_IN = ("species_months", "individuals")


def with_taxa(sources: Sequence[Source], view: View | None) -> list[Source]:
    """The sources, with the species of the store in those whose connector wants them; none before the first pull."""
    wanting = {source.name for source in sources if registry.connector(source.connector).wants_taxa}
    taxa = _binomials(view) if wanting and view else ()
    return [replace(source, taxa=taxa) if source.name in wanting else source for source in sources]


def _binomials(view: View) -> tuple[str, ...]:
    """The names of two words: species, and neither subspecies nor higher taxa."""
    names: set[str] = set()
    for table in map(view.table, NAMED_IN):
        found = view.run(table.filter(table.scientific_name.notnull()).select("scientific_name").distinct())
        names.update(found["scientific_name"])
    return tuple(sorted(name for name in names if len(name.split()) == 2))
