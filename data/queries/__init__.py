"""The questions that pages and exports ask, by name. Every one takes a view of the data and the Viewer who asks."""

from data.queries.network import network_days, site_cells, sites
from data.queries.site import (
    site,
    site_boundary,
    site_days,
    site_effort,
    site_hours,
    site_observation_types,
    site_species,
    site_stations,
    site_totals,
)
from data.queries.sources import refused, runs, sources

__all__ = [
    "network_days",
    "refused",
    "runs",
    "site",
    "site_boundary",
    "site_cells",
    "site_days",
    "site_effort",
    "site_hours",
    "site_observation_types",
    "site_species",
    "site_stations",
    "site_totals",
    "sites",
    "sources",
]
