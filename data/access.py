"""Who may see what: the only masking code. Every query asks here before it answers.

Rules, after Chapman (2020), "Current Best Practices for Generalizing Sensitive Species Occurrence Data",
https://doi.org/10.15468/doc-5jp4-5g10, and the practice of Wildlife Insights:

- the public sees no camera, no place finer than the protected area, and of sensitive species only monthly totals
  of months that ended at least `DELAY` ago, never fewer than `FEWEST_SHOWN`;
- partners and reviewers see positions snapped to a fixed grid of `PARTNER_GRID_DEGREES`;
- staff, and managers at their own sites, see everything exactly.

An unknown viewer is public, and a name that is not known to be open is sensitive. A site may ask for more (`Mask`):
that a taxon is sensitive there, or that nobody but staff and its managers learns of it.
"""

import functools
import ipaddress
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import h3
import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from data import reference

ROLES = ("public", "partner", "site", "reviewer", "staff")
DELAY = timedelta(days=30)
FEWEST_SHOWN = 5
FEWEST_CORNERS = 3
PARTNER_GRID_DEGREES = 0.01
GRID_DECIMALS = 6
HIDDEN = "hidden"
SEPARATOR = "\x1f"
# Words in names that say how sure somebody is, or that they do not know the species.
QUALIFIERS = ("cf", "aff", "nr", "sp", "spp", "ssp", "subsp", "var", "nov", "indet", "gen", "unidentified", "unknown")
# Between two names, and between the words of one.
OTHER_NAME, BLANK = r"(?:[;,/|&+]|\bor\b|\bx\b|\bvs\b)", r"[^a-z;,/|&+-]"
# H3 resolutions: edges of about 500 m, 4 km, 26 km.
EXACT_CELLS, PARTNER_CELLS, PUBLIC_CELLS = 8, 6, 4


@dataclass(frozen=True)
class Viewer:
    """Somebody who asks; a site manager (`role` "site") has the sites that are theirs."""

    role: str = "public"
    sites: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"there is no role {self.role!r}; roles are {', '.join(ROLES)}")

    def sees_all_of(self, site_id: str) -> bool:
        """Exact positions, newest records, raw rows: for staff everywhere, for a manager at their own sites."""
        return self.role == "staff" or (self.role == "site" and site_id in self.sites)

    def sees_species_of(self, site_id: str) -> bool:
        """Counts of sensitive species without delay or suppression."""
        return self.sees_all_of(site_id) or self.role in ("partner", "reviewer")


PUBLIC = Viewer()


def viewer_from_environment(listens_on: str | None) -> Viewer:
    """The viewer of a person alone on their own machine: `T4N_VIEWER`, while the server listens on loopback only."""
    role = os.environ.get("T4N_VIEWER", "")
    return Viewer(role) if role in ROLES and is_loopback(listens_on) else PUBLIC


def is_loopback(address: str | None) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


@functools.cache
def open_names() -> tuple[str, ...]:
    """Names of taxa that anyone may see in detail."""
    taxa = reference.taxa()
    return tuple(taxa.loc[taxa["sensitivity"] == "open", "scientific_name"])


@dataclass(frozen=True)
class Mask:
    """What a site asks for one taxon, as network.toml says: `level` is hidden or sensitive.

    It holds for the taxon, for all within it, and for its genus: a label such as Panthera is as good as the species.
    """

    site_id: str
    scientific_name: str
    level: str


@dataclass(frozen=True)
class Masks:
    """What all sites ask for.

    `others` are the tagged animals (site_id, source, individual_id) that are known to be none of those that the site
    hides. Of every other one it cannot be known, so it is hidden there too.
    """

    taxa: tuple[Mask, ...] = ()
    others: tuple[tuple[str, str, str], ...] = ()

    @property
    def hidden(self) -> tuple[Mask, ...]:
        return tuple(mask for mask in self.taxa if mask.level == HIDDEN)

    def sites_for(self, viewer: Viewer) -> list[str]:
        """The sites whose masks bind this viewer."""
        return sorted({mask.site_id for mask in self.taxa if not viewer.sees_all_of(mask.site_id)})


NO_MASKS = Masks()


def is_sensitive(detections: ir.Table, masks: Masks = NO_MASKS) -> ir.BooleanValue:
    """True unless the label and every other candidate label are taxa that anyone may see in detail there."""
    # One literal: a list of hundreds would be hundreds of nodes, and most of the time of a question.
    names = ibis.literal(list(open_names()), type="array<string>")
    named_openly = names.contains(detections.scientific_name).fill_null(False)
    others = _candidates(detections).filter(lambda name: (name != "") & ~names.contains(name)).length()
    is_open = named_openly & (others == 0).fill_null(True)
    return ~is_open | is_masked(detections, masks.taxa) if masks.taxa else ~is_open


def is_masked(t: ir.Table, masks: Sequence[Mask]) -> ir.BooleanValue:
    """Which rows name a masked taxon of their site, by `scientific_name` or by any of their candidate names."""
    text = t.scientific_name.fill_null("").concat(";")
    if "candidate_names" in t.columns:
        text = text.concat(t.candidate_names.fill_null(""))
    tells: dict[str, ir.BooleanValue] = {}
    for mask in masks:
        found = _tells_of(mask.scientific_name, text.lower())
        tells[mask.site_id] = tells[mask.site_id] | found if mask.site_id in tells else found
    # Names take long to read, so those of a row are read for the masks of its site alone.
    of_site = [(t.site_id == site_id, found) for site_id, found in tells.items()]
    return ibis.cases(*of_site, else_=False) if of_site else ibis.literal(False)


def _candidates(t: ir.Table) -> ir.ArrayValue:
    return t.candidate_names.split(";").map(lambda name: name.strip())


def _tells_of(taxon: str, text: ir.StringValue) -> ir.BooleanValue:
    """Whether names in small letters tell of a taxon: they hold its words, or one of them is a vaguer name for it.

    Sources write P. tigris, Panthera cf. tigris, Panthera tigris/pardus, Panthera (Panthera) tigris, Panthera sp.
    """
    genus, *epithets = taxon.lower().split()
    holds_all = _holds(text, f"{genus}|{genus[0]}" if epithets else genus)
    for epithet in epithets:
        holds_all = holds_all & _holds(text, epithet)
    vague = "|".join([genus, *epithets, *QUALIFIERS])
    name = rf"(?:{BLANK}*(?:{'|'.join(QUALIFIERS)})\b)*{BLANK}*{genus}(?:{BLANK}+(?:{vague}))*{BLANK}*"
    return holds_all | text.re_search(rf"(?:^|{OTHER_NAME}){name}(?:$|{OTHER_NAME})")


def _holds(text: ir.StringValue, word: str) -> ir.BooleanValue:
    return text.re_search(rf"(?:^|[^a-z-])(?:{word})(?:[^a-z-]|$)")


def told(viewer: Viewer, t: ir.Table, masks: Masks, follows_animals: bool = False) -> ir.Table:
    """The rows without those that a site hides from this viewer, by their taxon or the tagged animal they follow."""
    if not masks.hidden or viewer.role == "staff":
        return t
    is_hidden = is_masked(t, masks.hidden) if "scientific_name" in t.columns else ibis.literal(False)
    if follows_animals:
        is_hidden = is_hidden | _is_any_animal(t, masks)
    return t.filter(sees_all(viewer, t) | ~is_hidden)


def _is_any_animal(t: ir.Table, masks: Masks) -> ir.BooleanValue:
    """Which rows follow an animal that may be one of those that their site hides."""
    key = t.source.concat(SEPARATOR, t.individual_id)
    found = ibis.literal(False)
    for site_id in {mask.site_id for mask in masks.hidden}:
        others = [f"{source}{SEPARATOR}{animal}" for place, source, animal in masks.others if place == site_id]
        is_other = key.isin(others) if others else ibis.literal(False)
        found = found | ((t.site_id == site_id) & t.individual_id.notnull() & ~is_other.fill_null(False))
    return found


def newest_released_month(today: date, delay: timedelta = DELAY) -> str:
    """The newest month of which the public sees totals of sensitive species."""
    first_of_month = (today - delay).replace(day=1)
    return (first_of_month - timedelta(days=1)).strftime("%Y-%m")


def is_released(t: ir.Table, sharing: Mapping[str, "Sharing"], today: date) -> ir.BooleanValue:
    """Which rows lie in a `month` that ended longer ago than `DELAY` and than the embargo of their `source`.

    A month that an embargo still cuts would grow day by day, and so tell its days by subtraction.
    """
    released = t.month <= newest_released_month(today)
    for name, rule in sharing.items():
        if rule.embargo > DELAY:
            released = released & ((t.source != name) | (t.month <= newest_released_month(today, rule.embargo)))
    return released


def sees_all(viewer: Viewer, t: ir.Table) -> ir.BooleanValue:
    """`Viewer.sees_all_of` as an expression over a table's `site_id`."""
    if viewer.role == "site":
        return t.site_id.isin(sorted(viewer.sites))
    return ibis.literal(viewer.role == "staff")


def sees_species(viewer: Viewer, t: ir.Table) -> ir.BooleanValue:
    """`Viewer.sees_species_of` as an expression over a table's `site_id`."""
    return sees_all(viewer, t) | ibis.literal(viewer.role in ("partner", "reviewer"))


@dataclass(frozen=True)
class Sharing:
    """What the owner of a source lets others see."""

    level: str
    embargo: timedelta


def shared(viewer: Viewer, t: ir.Table, sharing: Mapping[str, Sharing], today: date, summary: bool) -> ir.BooleanValue:
    """Which rows of `t` their owners let this viewer see; `t` has `source`, `site_id` and `day` or `month`.

    With `summary` the question is about totals, which `public-summary` allows too. A source that is not
    known, and one that is private, is seen only by those who see all of its site.
    """
    levels = {"public"} | ({"public-summary"} if summary or viewer.role in ("partner", "reviewer") else set())
    known = [name for name, rule in sharing.items() if rule.level in levels]
    allowed = t.source.isin(known)
    if viewer.role in ("public", "site"):
        for name in known:
            if sharing[name].embargo:
                allowed = allowed & ((t.source != name) | _before(t, today - sharing[name].embargo))
    return allowed | sees_all(viewer, t)


def _before(t: ir.Table, limit: date) -> ir.BooleanValue:
    if "day" in t.columns:
        return t.day <= ibis.literal(limit)
    return t.month < limit.strftime("%Y-%m")


def snap(degrees: ir.NumericValue) -> ir.NumericValue:
    """The middle of the partner grid's cell: always the same for the same position, so it cannot be averaged out."""
    # Else 46.77 lies in one cell when it was stored so, and in another when it was computed.
    cell = (degrees / PARTNER_GRID_DEGREES).round(GRID_DECIMALS).floor()
    return cell * PARTNER_GRID_DEGREES + PARTNER_GRID_DEGREES / 2


def seen_position(viewer: Viewer, site_id: str, degrees: pd.Series) -> pd.Series:
    """Latitudes or longitudes at a site as this viewer may see them: exact, on the partner grid, or not at all."""
    if viewer.sees_all_of(site_id):
        return degrees
    if not viewer.sees_species_of(site_id):
        return degrees * np.nan
    cell = np.floor((degrees / PARTNER_GRID_DEGREES).round(GRID_DECIMALS))
    return ((cell + 0.5) * PARTNER_GRID_DEGREES).round(3)


def seen_rings(
    viewer: Viewer, site_id: str, rings: Sequence[Sequence[tuple[float, float]]]
) -> list[list[tuple[float, float]]]:
    """Rings of longitude and latitude around where animals live, as this viewer may see them.

    A corner of a range may be a position, so corners follow the rules for positions; the public gets no ring.
    """
    if not viewer.sees_species_of(site_id):
        return []
    seen = []
    for ring in rings:
        corners = (seen_position(viewer, site_id, pd.Series(axis, dtype=float)) for axis in zip(*ring, strict=True))
        points = list(zip(*corners, strict=True))
        seen.append([point for n, point in enumerate(points) if n == 0 or point != points[n - 1]])
    return [ring for ring in seen if len(ring) > FEWEST_CORNERS]


def cells(viewer: Viewer, site_id: str, latitude: pd.Series, longitude: pd.Series) -> list[str | None]:
    """H3 cells of positions at the resolution that this viewer may see; for the public pass the site's own point."""
    resolution = PUBLIC_CELLS
    if viewer.sees_species_of(site_id):
        resolution = EXACT_CELLS if viewer.sees_all_of(site_id) else PARTNER_CELLS
        latitude, longitude = (seen_position(viewer, site_id, axis) for axis in (latitude, longitude))
    return [
        None if pd.isna(north) or pd.isna(east) else h3.latlng_to_cell(north, east, resolution)
        for north, east in zip(latitude, longitude, strict=True)
    ]
