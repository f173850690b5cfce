"""Table of what is known of taxa, whatever the site."""

from data.schema.fields import DAY, TEXT, WHOLE, Field, Table

CATEGORIES = ("EX", "EW", "CR", "EN", "VU", "NT", "LC", "DD", "NE")

RED_LIST = Table(
    "red_list",
    "The global IUCN Red List category of a taxon; shown with the user's own token, never exported",
    key=("scientific_name",),
    fields=(
        Field("scientific_name", TEXT, "Taxon that was asked for", required=True),
        Field("category", TEXT, "Red List category, spelling unified", required=True, allowed=CATEGORIES),
        Field("year_published", WHOLE, "Year of the assessment", minimum=1900, maximum=2200),
        Field("population_trend", TEXT, "Trend of the population, as the Red List words it"),
        Field("link", TEXT, "Page of the assessment"),
        Field("asked_on", DAY, "Day on which the Red List was asked", required=True),
    ),
)
