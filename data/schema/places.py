"""Tables of protected and conserved areas and their Green List status."""

from data.schema.fields import DAY, FLAG, LATITUDE, LONGITUDE, NUMBER, SITE_ID, TEXT, WHOLE, Field, Table

PHASES = ("not_started", "application", "candidate", "green_list")
MASK_LEVELS = ("hidden", "sensitive")
LISTING_STATUSES = ("Application", "Candidate", "Green Listed", "Relisted")

SITES = Table(
    "sites",
    "A protected or conserved area of the network",
    key=("site_id",),
    fields=(
        SITE_ID,
        Field("site_name", TEXT, "Name in English", required=True),
        Field("original_name", TEXT, "Name in the original language"),
        Field("country_iso3", TEXT, "ISO 3166 alpha-3 codes, separated by ';', the first one leading"),
        Field("realm", TEXT, "Environment of the site", allowed=("terrestrial", "coastal", "marine")),
        Field("is_oecm", FLAG, "Other effective area-based conservation measure rather than a protected area"),
        Field("iucn_category", TEXT, "IUCN management category"),
        Field("designation", TEXT, "Designation in English"),
        Field("governance", TEXT, "Governance type"),
        Field("status_year", WHOLE, "Year of the legal status", minimum=1, maximum=9999),
        Field("area_km2", NUMBER, "Reported area", "km2", minimum=0),
        Field("marine_area_km2", NUMBER, "Reported marine area", "km2", minimum=0),
        Field("latitude", meaning="Representative point of the site", **LATITUDE),
        Field("longitude", meaning="Representative point of the site", **LONGITUDE),
        Field(
            "boundary_kind",
            TEXT,
            "What the registry publishes of the boundary",
            required=True,
            allowed=("polygon", "point", "restricted"),
        ),
        Field("parcel_count", WHOLE, "Parcels that the registry holds under this site id", minimum=0),
        Field("registry_url", TEXT, "Page of the site in the registry"),
    ),
)


BOUNDARIES = Table(
    "boundaries",
    "Polygon of a site, simplified for display; absent where the registry restricts it",
    key=("site_id",),
    fields=(
        SITE_ID,
        Field("geojson", TEXT, "GeoJSON geometry in WGS84, at most 4 decimals", required=True),
        Field("is_redistributable", FLAG, "Whether the licence allows the polygon in an export", required=True),
    ),
)


SUPPORTERS = Table(
    "supporters",
    "Who supports a site, as network.toml says",
    key=("supporter", "site_id"),
    fields=(
        Field("supporter", TEXT, "Name of the organisation that supports the site", required=True),
        SITE_ID,
    ),
)


CONTACTS = Table(
    "contacts",
    "Where to ask about a site, as network.toml says",
    key=("site_id",),
    fields=(
        Field("site_id", TEXT, "Site; `*` for every site without a contact of its own", required=True),
        Field("address", TEXT, "Mail address or web page of an office, never of a person", required=True),
    ),
)


MASKS = Table(
    "masks",
    "A taxon that a site asks to protect, as network.toml says; never shown",
    key=("site_id", "scientific_name"),
    fields=(
        SITE_ID,
        Field("scientific_name", TEXT, "Taxon, with all within it and its genus", required=True),
        Field(
            "level",
            TEXT,
            "hidden: only staff and the site's managers learn of it; sensitive: as sensitive taxa are everywhere",
            required=True,
            allowed=MASK_LEVELS,
        ),
    ),
)


LISTINGS = Table(
    "listings",
    "Green List status of one site; several sites may share one listing",
    key=("listing_id", "site_id"),
    fields=(
        Field("listing_id", TEXT, "Listing that the site belongs to", required=True),
        SITE_ID,
        Field("status", TEXT, "Status, spelling unified", required=True, allowed=LISTING_STATUSES),
        Field("phase", TEXT, "Phase of the Green List process", required=True, allowed=PHASES[1:]),
        Field("expires_on", DAY, "Last day of the certificate"),
        Field("is_expiry_year_only", FLAG, "Only the year of the expiry is known (stored as 31 December)"),
        Field("parcels", TEXT, "Parcels named by the source, separated by ';'"),
        Field("link", TEXT, "Page of the listing"),
    ),
)
