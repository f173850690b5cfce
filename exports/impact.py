"""What the network has reached, put together: the page Impact and its report both show what `impact` gives.

Always what the public may know, whoever looks, and always as of the day of the data version.
"""

from dataclasses import dataclass

import pandas as pd

from exports.impact_before_after import Comparison, comparisons
from exports.impact_figure import Figure, Span
from exports.impact_figures import figures
from exports.impact_records import THEMES, Filters, Records, chosen, in_words
from metrics.impact import advanced_sites, has_come

STATES = {
    "unknown": "Nothing on record yet",
    "assessed": "Assessed",
    "advanced": "Assessed, now in a later phase",
    "field": "A field system sends data",
}
PLACED = ["site_id", "site_name", "country", "latitude", "longitude", "position_kind", "state"]
ASSESSMENT = "assessment"


@dataclass(frozen=True)
class Impact:
    """What the chosen sites had reached by the end of a quarter.

    `words` are the filters as phrases; `places` has a row per site with its position and its `state`, one of `STATES`,
    on that day. `sources` are those of the chosen sites.
    """

    filters: Filters
    words: tuple[str, ...]
    span: Span
    places: pd.DataFrame
    figures: tuple[Figure, ...]
    comparisons: tuple[Comparison, ...]
    sources: pd.DataFrame

    @property
    def sites(self) -> int:
        return len(self.places)

    def figure(self, key: str) -> Figure:
        return next(one for one in self.figures if one.key == key)


def impact(every: Records, filters: Filters) -> Impact:
    """What the sites that pass the filters had reached.

    Raises LookupError, with a message for a person, for a quarter that is not on record and a theme that there is not.
    """
    quarters = every.quarters
    if filters.until and filters.until not in quarters:
        raise LookupError(f"nothing is on record for a quarter {filters.until}; there are {', '.join(quarters)}")
    if filters.theme and filters.theme not in THEMES:
        raise LookupError(f"there is no theme {filters.theme}; there are {', '.join(THEMES)}")
    span = Span(quarters, quarters[filters.until] if filters.until else every.today)
    found = chosen(every, filters)
    return Impact(
        filters=filters,
        words=in_words(every, filters),
        span=span,
        places=_places(found, span),
        figures=figures(found, span) if len(found.sites) else (),
        comparisons=comparisons(found, span) if len(found.sites) else (),
        sources=found.sources,
    )


def _places(found: Records, span: Span) -> pd.DataFrame:
    """The sites with the furthest state that each had reached."""
    known = found.first[has_come(found.first["first_on"], span.until)]
    reached = {
        "assessed": set(known.loc[known["kind"].eq(ASSESSMENT), "site_id"]),
        "advanced": advanced_sites(found.seen, span.until),
        "field": set(known.loc[known["kind"].ne(ASSESSMENT), "site_id"]),
    }
    state = pd.Series("unknown", found.sites.index, dtype="str")
    for name, ids in reached.items():
        state = state.mask(found.sites["site_id"].isin(ids), name)
    return found.sites.assign(state=state)[PLACED].reset_index(drop=True)
