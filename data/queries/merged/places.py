"""Tables of the merged dataset that describe the sites; they are the same for everybody."""

from collections.abc import Iterator
from datetime import date

import ibis.expr.types as ir
import pandas as pd

from data.access import Viewer
from data.engine import View
from data.queries import network
from data.queries.merged.table import EXACT, MASKING, SOURCE, Choice, Merged, fields
from data.queries.shared import registry_rows
from data.schema import DAY, TEXT, Field

DESCRIBED = (
    "site_id", "site_name", "original_name", "country_iso3", "realm", "is_oecm", "iucn_category", "designation",
    "governance", "status_year", "area_km2", "marine_area_km2", "latitude", "longitude", "boundary_kind",
    "registry_url",
)  # fmt: skip
LISTED = ("listing_id", "site_id", "status", "phase", "expires_on", "is_expiry_year_only", "parcels", "link")
STATUS = (
    Field("country", TEXT, "Name of the leading country"),
    Field("region", TEXT, "Region of the leading country"),
    Field("position_kind", TEXT, "Whose point it is: of the registry, of the country, or none"),
    Field("phase", TEXT, "Phase of the Green List process by its best listing"),
    Field("expires_on", DAY, "Last day of the certificate"),
)


def _sites(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[pd.DataFrame]:
    frame = network.sites(view, viewer, today)
    of = view.run(_sources_of(registry_rows(view, "sites")))
    frame = frame.merge(of, on="site_id", how="left")
    yield frame.assign(masking="")


def _sources_of(t: ir.Table) -> ir.Table:
    t = t.select("site_id", "source").distinct()
    return t.group_by("site_id").aggregate(source=t.source.group_concat(sep=";", order_by=t.source))


def _boundaries(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    t = registry_rows(view, "boundaries")
    yield t.filter(t.is_redistributable).mutate(masking=EXACT)


def _listings(view: View, viewer: Viewer, choice: Choice, today: date) -> Iterator[ir.Table]:
    yield registry_rows(view, "listings").mutate(masking=EXACT)


TABLES = (
    Merged(
        "sites",
        "Sites",
        "A protected or conserved area of the network, with its Green List phase",
        (*fields("sites", *DESCRIBED), *STATUS, SOURCE, MASKING),
        ("site_id",),
        _sites,
        geometry="point",
    ),
    Merged(
        "boundaries",
        "Boundaries",
        "Polygon of a site, where the registry's terms allow it to be passed on",
        (*fields("boundaries", "site_id", "geojson"), SOURCE, MASKING),
        ("site_id", "source"),
        _boundaries,
        geometry="polygon",
    ),
    Merged(
        "listings",
        "Green List listings",
        "Green List status of one site by one source; several sites may share a listing",
        (*fields("listings", *LISTED), SOURCE, MASKING),
        ("listing_id", "site_id", "source"),
        _listings,
    ),
)
