"""What the Overview says about the field systems of all sites: cameras, tagged animals, early warnings, reefs."""

from dataclasses import dataclass

import pandas as pd

from data.access import FEWEST_SHOWN
from ui.text import count, joined


@dataclass(frozen=True)
class Line:
    """One kind of field system: the page that tells more, its icon, what there is in words, and what that rests on."""

    page: str
    icon: str
    label: str
    note: str


def lines(monitored: pd.DataFrame) -> list[Line]:
    """A line for each kind of field system that any site has; takes what `cached.monitored_sites` gives."""
    found = (_cameras(monitored), _animals(monitored), _warnings(monitored), _reefs(monitored), _corals(monitored))
    return [line for line in found if line]


def _cameras(monitored: pd.DataFrame) -> Line | None:
    sites = monitored[monitored["has_cameras"]]
    if sites.empty:
        return None
    return Line("wildlife", ":material/pets:", count(int(sites["cameras"].sum()), "camera place"), _at(sites))


def _animals(monitored: pd.DataFrame) -> Line | None:
    sites = monitored[monitored["has_collars"]]
    if sites.empty:
        return None
    few = int(sites["animals_few"].sum())
    followed = int(sites["animals"].sum())
    told = count(followed, "animal") + " followed" if followed else "Tagged animals"
    note = f"fewer than {FEWEST_SHOWN} at {few} of them" if few else ""
    return Line("movement", ":material/timeline:", told, joined([_at(sites), note]))


def _warnings(monitored: pd.DataFrame) -> Line | None:
    sites = monitored[monitored["has_alerts"]]
    if sites.empty:
        return None
    sent = int(sites["alerts"].sum())
    told = f"{count(sent, 'warning')} in 12 months"
    return Line("early_warning", ":material/notifications_active:", told, _at(sites))


def _reefs(monitored: pd.DataFrame) -> Line | None:
    sites = monitored[monitored["has_reefs"]]
    if sites.empty:
        return None
    return Line("reefs", ":material/scuba_diving:", count(int(sites["reef_surveys"].sum()), "reef survey"), _at(sites))


def _corals(monitored: pd.DataFrame) -> Line | None:
    sites = monitored[monitored["has_outplants"]]
    if sites.empty:
        return None
    planted = count(int(sites["corals_planted"].sum()), "coral") + " planted"
    return Line("reefs", ":material/potted_plant:", planted, _at(sites))


def _at(sites: pd.DataFrame) -> str:
    return f"at {count(len(sites), 'site')}"
