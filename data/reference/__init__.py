"""Reference tables that ship with the dashboard: countries, and taxa with how public they may be.

README.md beside this file states their sources. A frame is read once and shared: copy it before changing it.
"""

from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent


@cache
def countries() -> pd.DataFrame:
    """One row per ISO 3166-1 alpha-3 code, sorted by it.

    Columns: iso3, name (short English), region (one of the programme's seven; empty for Antarctica),
    latitude and longitude (degrees, WGS84) of a point on the country's largest part.
    """
    return read("countries.csv")


@cache
def taxa() -> pd.DataFrame:
    """One row per taxon that has been judged, sorted by scientific name.

    Columns: scientific_name, common_name, class (empty above that rank), rank, sensitivity (open, generalise or
    withhold) and reason. A taxon that is absent counts as withhold.
    """
    return read("taxa.csv")


def rank(scientific_name: str) -> str:
    """The rank of a taxon that has been judged, else an empty text."""
    return next(iter(taxa().loc[taxa()["scientific_name"] == scientific_name, "rank"]), "")


def read(name: str) -> pd.DataFrame:
    # An empty cell stays an empty text.
    return pd.read_csv(FOLDER / name, keep_default_na=False, encoding="utf-8")
