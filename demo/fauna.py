"""What the invented cameras see: eight camera programmes with their animals, rhythms of the day and seasons."""

from dataclasses import dataclass

# Each rhythm is a mix of bell curves over the local day: (peak hour, standard deviation in hours, share).
RHYTHMS = {
    "nocturnal": ((21.5, 2.2, 0.5), (3.0, 2.4, 0.5)),
    "diurnal": ((9.0, 2.0, 0.5), (15.5, 2.1, 0.5)),
    "crepuscular": ((5.8, 1.3, 0.45), (18.6, 1.5, 0.55)),
    "early": ((6.4, 1.4, 0.7), (17.5, 2.0, 0.3)),
    "evening": ((19.2, 1.8, 0.7), (4.5, 1.6, 0.3)),
    "any": ((0.0, 24.0, 1.0),),
    "office": ((10.5, 2.4, 1.0),),
}


@dataclass(frozen=True)
class Subject:
    """One kind of event: an animal taxon, or what a camera records besides.

    `per_100_nights` is the mean over stations and seasons; `occupied` the share of stations that see it at all;
    `season` the day of the year with the highest rate and by which share it exceeds the mean.
    """

    scientific_name: str
    vernacular_name: str
    per_100_nights: float
    rhythm: str = "nocturnal"
    occupied: float = 0.8
    season: tuple[int, float] = (180, 0.2)
    group_mean: float = 1.0
    individuals: int = 0
    observation_type: str = "animal"


@dataclass(frozen=True)
class Programme:
    """One camera source: where, since when silent, how it labels, and in which form it publishes.

    `form` is folder, gzip (tables compressed) or zip; `machine_share` the share of rows labelled by a machine;
    `decimals` and `uncertainty_m` say how the positions are published.
    """

    source: str
    title: str
    code: str
    iso3: str
    time_zone: str
    utc_offset_h: float
    stations: int
    habitats: tuple[str, ...]
    subjects: tuple[Subject, ...]
    machine_share: float = 0.15
    form: str = "folder"
    level: str = "event"
    decimals: int = 5
    uncertainty_m: int | None = 20
    silent_days: int = 0
    has_bad_rows: bool = False


BESIDES = (
    Subject("", "", 4.6, "diurnal", 1.0, (190, 0.4), observation_type="blank"),
    Subject("", "", 1.4, "office", 0.6, (200, 0.5), 1.6, observation_type="human"),
    Subject("", "", 0.6, "office", 0.3, (200, 0.3), observation_type="vehicle"),
    Subject("", "", 0.4, "any", 0.9, observation_type="unknown"),
    Subject("", "", 1.2, "any", 1.0, (330, 0.9), observation_type="unclassified"),
)

AMUR = (
    Subject("Panthera tigris", "tiger", 0.9, "evening", 0.7, (20, 0.35), individuals=9),
    Subject("Panthera pardus", "leopard", 1.1, "crepuscular", 0.6, (350, 0.3), individuals=11),
    Subject("Cervus nippon", "sika deer", 7.5, "crepuscular", 0.95, (290, 0.5), 1.8),
    Subject("Capreolus pygargus", "Siberian roe deer", 4.2, "crepuscular", 0.9, (140, 0.4), 1.3),
    Subject("Sus scrofa", "wild boar", 3.6, "evening", 0.85, (300, 0.5), 2.9),
    Subject("Ursus thibetanus", "Asiatic black bear", 1.0, "diurnal", 0.6, (225, 1.0)),
    Subject("Nyctereutes procyonoides", "raccoon dog", 2.1, "nocturnal", 0.7, (230, 0.8), 1.2),
    Subject("Meles leucurus", "Asian badger", 1.9, "nocturnal", 0.75, (215, 1.0)),
    Subject("Vulpes vulpes", "red fox", 1.6, "nocturnal", 0.7, (30, 0.3)),
)
MEKONG = (
    Subject("Elephas maximus", "Asian elephant", 1.9, "evening", 0.55, (90, 0.5), 3.2),
    Subject("Panthera tigris", "tiger", 0.5, "evening", 0.5, (10, 0.3), individuals=5),
    Subject("Panthera pardus", "leopard", 0.7, "any", 0.55, (40, 0.2), individuals=6),
    Subject("Rusa unicolor", "sambar", 4.0, "nocturnal", 0.9, (120, 0.3), 1.2),
    Subject("Muntiacus vaginalis", "northern red muntjac", 3.9, "early", 0.95, (330, 0.2)),
    Subject("Sus scrofa", "wild boar", 2.4, "diurnal", 0.8, (200, 0.3), 2.4),
    Subject("Macaca leonina", "northern pig-tailed macaque", 1.8, "diurnal", 0.6, (150, 0.3), 4.0),
    Subject("Hystrix brachyura", "Malayan porcupine", 1.7, "nocturnal", 0.7),
)
MEXICO = (
    Subject("Panthera onca", "jaguar", 1.2, "evening", 0.6, (100, 0.3), individuals=7),
    Subject("Puma concolor", "puma", 1.4, "crepuscular", 0.7, (60, 0.2)),
    Subject("Leopardus pardalis", "ocelot", 2.6, "nocturnal", 0.8, (300, 0.2), individuals=12),
    Subject("Odocoileus virginianus", "white-tailed deer", 5.2, "early", 0.85, (220, 0.4), 1.3),
    Subject("Dicotyles tajacu", "collared peccary", 4.1, "diurnal", 0.85, (170, 0.3), 3.1),
    Subject("Cuniculus paca", "lowland paca", 2.7, "nocturnal", 0.7, (280, 0.3)),
    Subject("Nasua narica", "white-nosed coati", 3.4, "diurnal", 0.8, (130, 0.4), 2.6),
    Subject("Meleagris ocellata", "ocellated turkey", 2.2, "diurnal", 0.6, (110, 0.6), 2.0),
    Subject("Tapirella bairdii", "Baird's tapir", 0.8, "nocturnal", 0.4, (90, 0.4)),
)
KENYA = (
    Subject("Equus quagga", "plains zebra", 8.5, "diurnal", 0.9, (210, 0.6), 4.2),
    Subject("Loxodonta africana", "African savanna elephant", 3.1, "any", 0.8, (240, 0.6), 4.8),
    Subject("Panthera leo", "lion", 0.9, "nocturnal", 0.6, (230, 0.3), 2.2),
    Subject("Panthera pardus", "leopard", 0.7, "nocturnal", 0.6, (60, 0.2), individuals=8),
    Subject("Crocuta crocuta", "spotted hyena", 3.0, "nocturnal", 0.85, (220, 0.2), 1.5),
    Subject("Aepyceros melampus", "impala", 6.3, "diurnal", 0.85, (130, 0.3), 5.5),
    Subject("Giraffa camelopardalis", "giraffe", 2.2, "diurnal", 0.7, (320, 0.3), 1.9),
    Subject("Canis mesomelas", "black-backed jackal", 2.0, "crepuscular", 0.75),
)
ALPS = (
    Subject("Lynx lynx", "Eurasian lynx", 0.8, "crepuscular", 0.5, (70, 0.6), individuals=6),
    Subject("Cervus elaphus", "red deer", 6.8, "crepuscular", 0.9, (265, 0.6), 1.7),
    Subject("Rupicapra rupicapra", "chamois", 4.4, "diurnal", 0.6, (180, 0.5), 2.1),
    Subject("Vulpes vulpes", "red fox", 5.1, "nocturnal", 0.95, (25, 0.3)),
    Subject("Capreolus capreolus", "roe deer", 4.9, "early", 0.85, (140, 0.4), 1.2),
    Subject("Lepus timidus", "mountain hare", 1.9, "nocturnal", 0.5, (120, 0.3)),
    Subject("Martes martes", "pine marten", 1.5, "nocturnal", 0.7, (190, 0.3)),
    Subject("Meles meles", "European badger", 2.3, "nocturnal", 0.6, (190, 0.9)),
)
FLOODPLAIN = (
    Subject("Panthera onca", "jaguar", 1.6, "any", 0.75, (250, 0.5), individuals=13),
    Subject("Tapirus terrestris", "lowland tapir", 3.8, "nocturnal", 0.85, (240, 0.4)),
    Subject("Hydrochoerus hydrochaeris", "capybara", 7.0, "crepuscular", 0.8, (230, 0.6), 3.9),
    Subject("Tayassu pecari", "white-lipped peccary", 2.2, "early", 0.6, (200, 0.4), 6.5),
    Subject("Cerdocyon thous", "crab-eating fox", 4.1, "nocturnal", 0.85, (180, 0.2), 1.3),
    Subject("Myrmecophaga tridactyla", "giant anteater", 1.5, "evening", 0.6, (200, 0.3)),
    Subject("Leopardus pardalis", "ocelot", 1.9, "nocturnal", 0.7),
    Subject("Mazama americana", "red brocket", 2.0, "crepuscular", 0.7, (160, 0.2)),
)
HILLS = (
    Subject("Panthera tigris", "tiger", 1.0, "evening", 0.65, (60, 0.4), individuals=8),
    Subject("Panthera pardus", "leopard", 1.4, "nocturnal", 0.8, (30, 0.2), individuals=12),
    Subject("Rusa unicolor", "sambar", 5.8, "nocturnal", 0.9, (80, 0.4), 1.4),
    Subject("Elephas maximus", "Asian elephant", 2.9, "any", 0.75, (100, 0.6), 3.6),
    Subject("Axis axis", "chital", 7.2, "diurnal", 0.7, (120, 0.5), 4.4),
    Subject("Bos gaurus", "gaur", 2.7, "crepuscular", 0.7, (90, 0.4), 2.8),
    Subject("Melursus ursinus", "sloth bear", 1.2, "nocturnal", 0.6, (150, 0.3)),
    Subject("Cuon alpinus", "dhole", 1.0, "early", 0.5, (340, 0.3), 3.3),
)
GUM_FOREST = (
    Subject("Vombatus ursinus", "common wombat", 8.6, "nocturnal", 0.95, (190, 0.4)),
    Subject("Notamacropus rufogriseus", "red-necked wallaby", 9.4, "crepuscular", 0.95, (20, 0.3), 1.3),
    Subject("Wallabia bicolor", "swamp wallaby", 7.5, "crepuscular", 0.9, (300, 0.2)),
    Subject("Vulpes vulpes", "red fox", 3.8, "nocturnal", 0.85, (150, 0.4)),
    Subject("Tachyglossus aculeatus", "short-beaked echidna", 1.5, "diurnal", 0.6, (280, 0.8)),
    Subject("Trichosurus cunninghami", "mountain brushtail possum", 4.2, "nocturnal", 0.8),
    Subject("Menura novaehollandiae", "superb lyrebird", 3.9, "early", 0.7, (190, 0.5)),
    Subject("Felis catus", "feral cat", 1.8, "nocturnal", 0.7, (60, 0.2)),
)

PROGRAMMES = (
    Programme(
        "amur-cameras", "Tiger and leopard forest, Russian Far East", "AMU", "RUS", "Asia/Vladivostok", 10, 24,
        ("Korean pine and broadleaf forest", "oak slope", "river terrace"), AMUR, form="gzip",
    ),
    Programme(
        "thai-forest-cameras", "Elephant forest, western Thailand", "THF", "THA", "Asia/Bangkok", 7, 18,
        ("dry evergreen forest", "bamboo", "salt lick"), MEKONG, machine_share=0.3, level="media", decimals=3,
        uncertainty_m=187,
    ),
    Programme(
        "mexico-forest-cameras", "Jaguar forest, southern Mexico", "MXF", "MEX", "America/Merida", -6, 20,
        ("semi-deciduous forest", "waterhole", "old logging road"), MEXICO, machine_share=0.86, form="zip",
    ),
    Programme(
        "kenya-savannah-cameras", "Savannah, northern Kenya", "KES", "KEN", "Africa/Nairobi", 3, 22,
        ("acacia savannah", "riverine woodland", "open grassland"), KENYA, machine_share=0.25, silent_days=9,
    ),
    Programme(
        "alpine-cameras", "Mountain forest, eastern Swiss Alps", "ALP", "CHE", "Europe/Zurich", 1, 18,
        ("spruce forest", "alpine meadow", "mixed mountain forest"), ALPS, decimals=3, uncertainty_m=None,
    ),
    Programme(
        "brazil-floodplain-cameras", "Floodplain, western Brazil", "BRF", "BRA", "America/Cuiaba", -4, 20,
        ("gallery forest", "seasonally flooded grassland", "forest island"), FLOODPLAIN, has_bad_rows=True,
    ),
    Programme(
        "india-hills-cameras", "Forest hills, southern India", "INH", "IND", "Asia/Kolkata", 5.5, 20,
        ("moist deciduous forest", "evergreen forest", "teak plantation"), HILLS, decimals=3, uncertainty_m=187,
    ),
    Programme(
        "australia-forest-cameras", "Gum forest, south-eastern Australia", "AUF", "AUS", "Australia/Melbourne", 10, 14,
        ("wet gum forest", "heathland", "fern gully"), GUM_FOREST, machine_share=0.4, silent_days=45,
    ),
)  # fmt: skip
