"""Tables of reefs: what surveys measured, what became of planted corals, and how hot the water was."""

from data.schema.fields import DAY, LATITUDE, LONGITUDE, NUMBER, SITE_ID, TEXT, WHOLE, Field, Table

METRICS = (
    *("hard_coral_pct", "soft_coral_pct", "macroalgae_pct", "turf_algae_pct", "coralline_algae_pct", "other_cover_pct"),
    *("bleached_pct", "normal_pct", "pale_pct", "bleached_20_pct", "bleached_50_pct", "bleached_80_pct"),
    *("bleached_100_pct", "recently_dead_pct", "fish_biomass_kgha", "habitat_complexity_score"),
)
LABELLED_BY = ("human", "machine", "both", "model")

REEF_SURVEYS = Table(
    "reef_surveys",
    "One figure of one reef survey: a station on a day by one method, or one image of it",
    key=("survey_id", "method", "metric"),
    fields=(
        Field("survey_id", TEXT, "Identifier of the survey or image given by the source", required=True),
        SITE_ID,
        Field("station", TEXT, "Reef station, by the source's own name or identifier", required=True),
        Field("surveyed_on", DAY, "Day of the survey; empty where the source does not say"),
        Field("method", TEXT, "How it was measured, as the source names it", required=True),
        Field("metric", TEXT, "What was measured, with its unit", required=True, allowed=METRICS),
        Field("value", NUMBER, "The figure, in the unit that `metric` names", required=True, minimum=0),
        Field("value_sd", NUMBER, "Standard deviation between sample units", minimum=0),
        Field("value_low", NUMBER, "Lower bound that the source gives; of modelled values the credible one", minimum=0),
        Field("value_high", NUMBER, "Upper bound that the source or unmatched labels leave open", minimum=0),
        Field("sample_units", WHOLE, "Transects, quadrat sets or images that the figure is the mean of", minimum=1),
        Field("points", WHOLE, "Annotated points that it rests on", minimum=1),
        Field(
            "labelled_by", TEXT, "Who gave the labels; `model` where the figure is no measurement", allowed=LABELLED_BY
        ),
        Field("depth_m", NUMBER, "Depth of the survey", "m", minimum=0),
        Field("latitude", meaning="Position of the station", **LATITUDE),
        Field("longitude", meaning="Position of the station", **LONGITUDE),
    ),
)

OUTPLANTS = Table(
    "outplants",
    "One planted coral, or a cohort planted together, as found on one visit",
    key=("fragment_id", "observed_on"),
    fields=(
        Field("fragment_id", TEXT, "Identifier of the fragment or cohort given by the source", required=True),
        Field("observed_on", DAY, "Day of the visit; the day of planting where nobody has come back", required=True),
        SITE_ID,
        Field("station", TEXT, "Reef station where it was planted, called as in the surveys", required=True),
        Field("planted_on", DAY, "Day on which it was planted out", required=True),
        Field("scientific_name", TEXT, "Taxon of the coral"),
        Field("nursery", TEXT, "Nursery that it was raised in"),
        Field("fragment_count", WHOLE, "Fragments that were planted; 1 for a single one", required=True, minimum=1),
        Field("alive_count", WHOLE, "Of these, found alive on the visit", required=True, minimum=0),
        Field(
            "dead_count", WHOLE, "Of these, found dead by the visit, earlier ones included", required=True, minimum=0
        ),
        Field(
            "lost_count",
            WHOLE,
            "Of these, not found any more by the visit: detached, or without tag",
            required=True,
            minimum=0,
        ),
    ),
)

HEAT_STRESS = Table(
    "heat_stress",
    "Heat stress at one reef station on one day, from satellites",
    key=("station", "day"),
    month_of="day",
    fields=(
        Field("station", TEXT, "Reef station or virtual station", required=True),
        SITE_ID,
        Field("day", DAY, "Day of the satellite product", required=True),
        Field("sst_c", NUMBER, "Sea surface temperature that the product reports", "degC", minimum=-3, maximum=45),
        Field("hotspot_c", NUMBER, "HotSpot: temperature above the warmest monthly mean", "degC", minimum=0),
        Field("dhw_c_weeks", NUMBER, "Degree heating weeks; empty before its first valid day", "degC-weeks", minimum=0),
        Field(
            "alert_level",
            WHOLE,
            "Bleaching alert level on the named scale; empty before its first valid day",
            minimum=0,
        ),
        Field("scale", TEXT, "Name of the scale of the alert level"),
        Field("latitude", meaning="Position of the station or of the sea cell that was read", **LATITUDE),
        Field("longitude", meaning="Position of the station or of the sea cell that was read", **LONGITUDE),
        Field(
            "cell_distance_km",
            NUMBER,
            "Distance from the asked position to the sea cell that was read",
            "km",
            minimum=0,
        ),
    ),
)
