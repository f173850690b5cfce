"""What pays for the positions of a collar: a schedule or the movement of the animal, as told by its model or tag."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connectors.base import Source
from connectors.options import listed, mapped_numbers

KINETIC, SCHEDULED = "kinetic", "scheduled"


@dataclass(frozen=True)
class CollarKinds:
    """The options `kinetic_models`, `kinetic_tags` and `fix_interval_h`, the first and last by parts of model names."""

    models: tuple[str, ...]
    tags: tuple[str, ...]
    interval_h: Mapping[str, float]

    def kind(self, model: str | None, tag: str | None, sent_interval_h: float | None = None) -> dict[str, object]:
        """`kind` and `fix_interval_h` of a collar; empty where nobody said what pays for its positions.

        A configured interval goes before the one that the source sends; a kinetic collar has none.
        """
        if tag in self.tags or _longest_in(model, self.models):
            return {"kind": KINETIC, "fix_interval_h": None}
        known = _longest_in(model, self.interval_h)
        interval_h = self.interval_h[known] if known else sent_interval_h
        return {"kind": SCHEDULED if interval_h else None, "fix_interval_h": interval_h}


def collar_kinds(source: Source) -> CollarKinds:
    """What a source says of its collars; raises SourceRefused for an option that cannot be read.

    `kinetic` is short for both lists.
    """
    either = listed(source, "kinetic", '["model name or tag"]')
    return CollarKinds(
        (*either, *listed(source, "kinetic_models", '["model name"]')),
        (*either, *listed(source, "kinetic_tags", '["tag"]')),
        mapped_numbers(source, "fix_interval_h", '{ "model name" = 1.0 }'),
    )


def _longest_in(model: str | None, names: Iterable[str]) -> str | None:
    found = (name for name in names if name.lower() in (model or "").lower())
    return max(found, key=len, default=None)
