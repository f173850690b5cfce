"""What the page Compare says of one site beside its peers: who they are, where it stands, and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from metrics import peers
from ui.compare_figures import FIGURES, GROUPS, VALUES, Figure, Measured, taxa_rows
from ui.text import is_missing, is_true

TOTALS_ONLY = "no camera effort of 12 months is shared with you; owners may share totals only, or nothing"
LISTED = ["site_name", "country", "region", "realm", "is_oecm", "iucn_category", "area_km2", "phase"]
CAMERA_GROUPS = ("cameras",)


@dataclass(frozen=True)
class Comparison:
    """One site beside its peers.

    `mine` has the row of the site in each figure that it has any of; `rows` those of the site and its peers, with
    `site_name`; `standings` tells where the site stands in each figure; `stations` is the number of camera stations at
    which taxa are compared; `listed` are the peers by name.
    """

    site: Mapping[str, Any]
    rules: peers.Rules
    peers: peers.Peers
    mine: Mapping[str, Mapping[str, Any]]
    rows: pd.DataFrame
    standings: Mapping[str, peers.Standing]
    stations: int
    listed: pd.DataFrame

    @property
    def compared(self) -> tuple[str, ...]:
        """Figures that the site measures and that enough peers measure too."""
        return tuple(name for name in FIGURES if self.own(name) is not None and self.standings[name].is_enough)

    @property
    def drawn(self) -> tuple[str, ...]:
        """Figures that enough peers measure."""
        return tuple(name for name in FIGURES if self.standings[name].is_enough)

    def of_group(self, group: str) -> tuple[Figure, ...]:
        """The figures of a group of which the site or a peer has anything to say."""
        return tuple(
            figure
            for figure in FIGURES.values()
            if figure.group == group and (figure.name in self.mine or self.standings[figure.name].measuring)
        )

    @property
    def silent(self) -> tuple[str, ...]:
        """Groups of figures that neither the site nor any peer measures."""
        return tuple(group for group in GROUPS if not self.of_group(group))

    def own(self, name: str) -> Mapping[str, Any] | None:
        """The site's row of a figure where it has a value."""
        row = self.mine.get(name)
        return None if row is None or is_missing(row["value"]) else row

    def of_peers(self, name: str) -> pd.DataFrame:
        """The peers that measure a figure."""
        rows = self.rows[self.rows["figure"].eq(name) & self.rows["value"].notna()]
        return rows[rows["site_id"].ne(self.site["site_id"])]

    def lacks(self, name: str) -> str:
        """Why the site has no value of a figure."""
        if name in self.mine:
            return self.mine[name]["missing"]
        is_camera = FIGURES[name].group in CAMERA_GROUPS or name == "machine"
        return TOTALS_ONLY if is_camera and is_true(self.site["has_cameras"]) else FIGURES[name].lacks


def compose(sites: pd.DataFrame, measured: Measured, site_id: str, rules: peers.Rules) -> Comparison:
    """One site beside its peers; takes `cached.sites` and the figures of every site."""
    found = peers.find_peers(sites, site_id, rules)
    asked = [site_id, *found.site_ids]
    stations, taxa = taxa_rows(measured.curves, asked)
    rows = pd.concat([measured.rows[measured.rows["site_id"].isin(asked)], taxa], ignore_index=True)
    known = sites.set_index("site_id")
    phase = known["phase"]
    # Months in one phase say nothing beside months in another.
    is_other = rows["figure"].eq("months") & rows["site_id"].map(phase).ne(phase[site_id])
    rows = rows[~is_other].assign(site_name=rows["site_id"].map(known["site_name"])).reset_index(drop=True)
    listed = known.loc[list(found.site_ids), LISTED].sort_values("site_name", kind="stable", ignore_index=True)
    return Comparison(
        site={"site_id": site_id, **known.loc[site_id].to_dict()},
        rules=rules,
        peers=found,
        mine={row["figure"]: row for row in rows[rows["site_id"].eq(site_id)].to_dict("records")},
        rows=rows,
        standings={name: _standing(rows[rows["figure"].eq(name)], site_id, figure) for name, figure in FIGURES.items()},
        stations=stations,
        listed=listed,
    )


def _standing(rows: pd.DataFrame, site_id: str, figure: Figure) -> peers.Standing:
    is_own = rows["site_id"].eq(site_id)
    own = rows[is_own & rows["value"].notna()]
    values = own.iloc[0][VALUES].to_dict() if len(own) else None
    return peers.standing(values, rows.loc[~is_own, VALUES], figure.is_highest_first)
