"""Tables of the merged dataset about reefs: what the pages ask of one site, for all of them."""

from collections.abc import Callable, Iterator
from datetime import date

import pandas as pd

from data.access import Viewer
from data.engine import View
from data.queries import reefs
from data.queries.merged.table import MASKING, SOURCE, Choice, Merged, fields
from data.queries.shared import seen_on
from data.schema import FLAG, WHOLE, Field

SURVEYED = (
    "method", "metric", "value", "value_sd", "value_low", "value_high", "sample_units", "points", "labelled_by",
    "depth_m",
)  # fmt: skip
PLANTED = (
    "planted_on", "observed_on", "scientific_name", "nursery", "fragment_count", "alive_count", "dead_count",
    "lost_count",
)  # fmt: skip
HEATED = ("day", "sst_c", "hotspot_c", "dhw_c_weeks", "alert_level", "scale", "cell_distance_km")
NUMBERED = "stations are numbers; without depth, taxon of planted corals and nursery"
BY_WEEK = "highest of all stations per week, to half a degree-week"
Ask = Callable[[View, Viewer, str, date], pd.DataFrame]


def _of_each_site(ask: Ask, stored: str, day: str, words: str) -> Callable[..., Iterator[pd.DataFrame]]:
    """The answer of a question about one site for each site that has an answer, in the order of their ids."""

    def parts(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[pd.DataFrame]:
        t = seen_on(view, viewer, stored, day, today)
        known = view.run(t.select("site_id", "source").distinct()).groupby("site_id")["source"].apply(sorted)
        for site_id, sources in known.sort_index().items():
            if choice.sites and site_id not in choice.sites:
                continue
            frame = ask(view, viewer, site_id, today)
            if "source" not in frame:
                frame["source"] = ";".join(sources)
            yield frame.assign(site_id=site_id, masking="" if viewer.sees_species_of(site_id) else words)

    return parts


TABLES = (
    Merged(
        "reef_surveys",
        "Reef surveys",
        "One figure of one reef survey: a station on a day by one method, or one image of it",
        (SOURCE, *fields("reef_surveys", "site_id", "station", "surveyed_on", *SURVEYED), MASKING),
        (),
        _of_each_site(reefs.site_reef_surveys, "reef_surveys", "surveyed_on", NUMBERED),
        day="surveyed_on",
    ),
    Merged(
        "outplants",
        "Planted corals",
        "One planted coral, or a cohort planted together, as found on one visit",
        (
            SOURCE,
            *fields("outplants", "site_id", "station"),
            Field("cohort", WHOLE, "Number of the fragment or cohort, by site"),
            *fields("outplants", *PLANTED),
            MASKING,
        ),
        ("site_id", "cohort", "observed_on"),
        _of_each_site(reefs.site_outplants, "outplants", "observed_on", NUMBERED),
        day="observed_on",
    ),
    Merged(
        "heat_stress",
        "Heat stress on reefs",
        "Heat stress at a reef station on a day, from satellites; or in the week from then, where is_by_week says so",
        (
            SOURCE,
            *fields("heat_stress", "site_id", "station", *HEATED),
            Field("is_by_week", FLAG, "Whether the row is the highest of a week"),
            MASKING,
        ),
        (),
        _of_each_site(reefs.site_heat_stress, "heat_stress", "day", BY_WEEK),
        day="day",
    ),
)
