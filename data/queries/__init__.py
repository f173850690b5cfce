"""The questions that pages and exports ask, by name. Every one takes a view of the data and the Viewer who asks."""

from data.queries.assessments import assessments, ratings, site_ratings, work_items
from data.queries.comparison import (
    camera_counts,
    camera_effort,
    camera_taxa,
    newest_days,
    outplant_rows,
    reef_cover_rows,
)
from data.queries.impact import (
    network_alerts,
    network_animals,
    network_cameras,
    network_incidents,
    network_outplants,
    network_reef_surveys,
    network_taxa,
    network_warning_starts,
)
from data.queries.ledger import anchor, anchors, ledgers
from data.queries.ledger_signable import signable, signable_ratings
from data.queries.merged import (
    merged_batches,
    merged_count,
    merged_extent,
    merged_preview,
    merged_tables,
    merged_withheld,
)
from data.queries.monitored import monitored_sites
from data.queries.movement import site_animals, site_fix_span, site_fixes
from data.queries.network import contacts, network_days, site_cells, sites, supporters
from data.queries.reefs import site_heat_stress, site_outplants, site_reef_stations, site_reef_surveys
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
from data.queries.warning import site_alerts, site_incidents, warning_since
from data.queries.wildlife import (
    red_list,
    site_deployments,
    site_places,
    site_records,
    site_withheld,
)

__all__ = [
    "anchor",
    "anchors",
    "assessments",
    "camera_counts",
    "camera_effort",
    "camera_taxa",
    "contacts",
    "ledgers",
    "merged_batches",
    "merged_count",
    "merged_extent",
    "merged_preview",
    "merged_tables",
    "merged_withheld",
    "monitored_sites",
    "network_alerts",
    "network_animals",
    "network_cameras",
    "network_days",
    "network_incidents",
    "network_outplants",
    "network_reef_surveys",
    "network_taxa",
    "network_warning_starts",
    "newest_days",
    "outplant_rows",
    "ratings",
    "red_list",
    "reef_cover_rows",
    "refused",
    "runs",
    "signable",
    "signable_ratings",
    "site",
    "site_alerts",
    "site_animals",
    "site_boundary",
    "site_cells",
    "site_days",
    "site_deployments",
    "site_effort",
    "site_fix_span",
    "site_fixes",
    "site_heat_stress",
    "site_hours",
    "site_incidents",
    "site_observation_types",
    "site_outplants",
    "site_places",
    "site_ratings",
    "site_records",
    "site_reef_stations",
    "site_reef_surveys",
    "site_species",
    "site_stations",
    "site_totals",
    "site_withheld",
    "sites",
    "sources",
    "supporters",
    "warning_since",
    "work_items",
]
