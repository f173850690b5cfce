"""Which functional group a CoralNet label stands for: by a table that anybody can edit, never by a guess."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from connectors.base import Payload, Source
from connectors.coralnet_files import LABELS, Table, cell
from connectors.errors import SourceChanged

METRIC_OF = {
    "hard coral": "hard_coral_pct",
    "soft coral": "soft_coral_pct",
    "macroalgae": "macroalgae_pct",
    "turf algae": "turf_algae_pct",
    "coralline algae": "coralline_algae_pct",
    "crustose coralline algae": "coralline_algae_pct",
}
HARD_CORAL_GENERA = frozenset(
    (
        *("Acropora", "Agaricia", "Colpophyllia", "Dendrogyra", "Diploria", "Favia", "Favites", "Fungia", "Galaxea"),
        *("Goniopora", "Leptoseris", "Lobophyllia", "Madracis", "Meandrina", "Montastraea", "Montipora", "Mussa"),
        *("Mycetophyllia", "Orbicella", "Pavona", "Platygyra", "Pocillopora", "Porites", "Pseudodiploria"),
        *("Seriatopora", "Siderastrea", "Stephanocoenia", "Stylophora"),
    )
)
NOT_ALIVE = re.compile(r"\b(dead|mortality|rubble|turf|alga[el]?|skeleton)\b", re.IGNORECASE)


class Groups:
    """The functional group of each label of one table, or of the genera of hard corals without one."""

    def __init__(self, group_of: dict[str, str] | None) -> None:
        self._group_of = group_of
        self._of_r_names = _unambiguous((r_name(label), group) for label, group in (group_of or {}).items())

    @property
    def is_given(self) -> bool:
        """Whether a table was given."""
        return self._group_of is not None

    def of(self, label: str) -> str | None:
        """The group in lower case; None when the table does not say.

        A label that R has changed (`X.MOEN` for `*MOEN`) counts when one group alone fits it.
        """
        if self._group_of is None:
            return _group_of_genus(label)
        return self._group_of.get(label.casefold()) or self._of_r_names.get(label.casefold())


def read_groups(source: Source, payloads: tuple[Payload, ...], known: Mapping[str, str] | None = None) -> Groups:
    """The table of the option `labels`, before what is `known` without it; raises SourceChanged when it is none.

    It needs a column `label` (or `Name`) and `group` (or `Functional Group`); a short code and a label id count as
    names of the same label. Of two rows for one name with different groups, neither counts.
    """
    paths = [payload.path for payload in payloads if payload.name == LABELS]
    given = _read(paths[0], f"{source.name}: the table of labels") if paths else None
    return Groups(given if known is None else {**known, **(given or {})})


def r_name(text: str) -> str:
    """What R's make.names makes of a heading, in lower case."""
    begins_well = re.match(r"[^\W\d_]|\.(?!\d)", text)
    return re.sub(r"[^\w.]", ".", text if begins_well else f"X{text}").casefold()


def _read(path: Path, where: str) -> dict[str, str]:
    table = Table(path, where)
    name, group = table.required("label", "Name"), table.required("group", "Functional Group")
    others = [table.place("Default", "Short Code", "code"), table.place("Label ID", "id")]
    rows = [(line, cell(line, group).casefold()) for line in table.rows() if cell(line, group)]
    by_name = _unambiguous((cell(line, name).casefold(), found) for line, found in rows)
    by_other = _unambiguous((cell(line, place).casefold(), found) for line, found in rows for place in others)
    groups = {label: found for label, found in (by_other | by_name).items() if label}
    if not groups:
        raise SourceChanged(f"{where} gives no label a group", "Write one row per label, with its group.")
    return groups


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    groups: dict[str, set[str]] = {}
    for name, group in pairs:
        groups.setdefault(name, set()).add(group)
    return {name: found.pop() for name, found in groups.items() if len(found) == 1}


def _group_of_genus(label: str) -> str | None:
    """`hard coral` for a label that begins with a known genus, bleached or not, and speaks of nothing dead."""
    genus = re.sub(r"^bleached\W+", "", label.strip().lower()).partition(" ")[0].capitalize()
    is_coral = genus in HARD_CORAL_GENERA and not NOT_ALIVE.search(label)
    return "hard coral" if is_coral else None
