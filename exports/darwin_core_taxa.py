"""What is known of a taxon by its name alone, as Darwin Core words it."""

from functools import cache

import pyarrow as pa

from data import reference

KINGDOM = "Animalia"


@cache
def _known() -> dict[str, dict[str, str]]:
    """Every taxon that we know is an animal."""
    taxa = reference.taxa()
    return {
        name: {"taxonRank": rank, "kingdom": KINGDOM, **({"class": of_class} if of_class else {})}
        for name, rank, of_class in zip(taxa["scientific_name"], taxa["rank"], taxa["class"], strict=True)
    }


def taxon_of(name: str) -> dict[str, str]:
    """`taxonRank`, `kingdom` and `class` of a taxon of our reference table, as far as known; empty for every other."""
    return dict(_known().get(name, {}))


def note_taxa(known: dict[str, str | None], names: pa.Array, common_names: pa.Array) -> None:
    """Add the taxa of some rows to those that are known, each with its English name where any row has one."""
    each = pa.table({"name": names, "common": common_names}).group_by(["name", "common"], use_threads=False)
    for pair in each.aggregate([]).to_pylist():
        if pair["name"] is not None:
            # Spelled over several lines or with a sign that is not seen, a name has no English one.
            known[pair["name"]] = max(filter(None, (known.get(pair["name"]), pair["common"])), default=None)
