"""The countries of the invented network, and boxes of real land and sea in which an invented area may lie."""

from dataclasses import dataclass

AFRICA = "Africa"
ASIA = "Asia"
EUROPE_CENTRAL_ASIA = "Europe & Central Asia"
LATIN_AMERICA = "Latin America & Caribbean"
NORTH_AMERICA = "North America"
OCEANIA = "Oceania"
WEST_ASIA_NORTH_AFRICA = "West Asia & North Africa"

# These countries restrict their areas in the public registry: it publishes the record and no polygon.
RESTRICTED = ("CHN", "IND", "TUR")

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Country:
    """One country: how many invented areas it has, how their names sound, and where they may lie.

    Boxes are (west, south, east, north) in degrees; `sea` is None where the invented areas are all on land.
    """

    iso3: str
    name: str
    region: str
    site_count: int
    sound: str
    land: Box
    sea: Box | None = None


COUNTRIES = tuple(
    Country(*row)
    for row in (
        ("KEN", "Kenya", AFRICA, 8, "east_africa", (36.2, -1.8, 38.8, 2.2), (40.6, -3.6, 41.2, -2.6)),
        ("TZA", "Tanzania", AFRICA, 8, "east_africa", (32.2, -8.2, 37.2, -4.0), (39.8, -9.6, 40.6, -7.6)),
        ("ZAF", "South Africa", AFRICA, 7, "southern_africa", (21.2, -31.2, 26.6, -27.2), (24.0, -35.2, 27.5, -34.3)),
        ("NAM", "Namibia", AFRICA, 5, "southern_africa", (15.6, -25.2, 19.2, -18.2), (13.2, -23.2, 14.1, -22.2)),
        ("BWA", "Botswana", AFRICA, 4, "southern_africa", (21.4, -23.8, 25.2, -19.2)),
        ("ZMB", "Zambia", AFRICA, 5, "southern_africa", (24.2, -15.8, 27.6, -12.8)),
        ("MDG", "Madagascar", AFRICA, 5, "malagasy", (45.2, -23.2, 47.2, -18.2), (42.6, -21.8, 43.2, -20.0)),
        ("MOZ", "Mozambique", AFRICA, 5, "southern_africa", (35.8, -17.0, 38.6, -13.2), (37.6, -19.2, 39.4, -18.4)),
        ("GAB", "Gabon", AFRICA, 4, "central_africa", (10.6, -1.8, 13.4, 0.8), (8.6, -2.2, 9.0, -1.2)),
        ("SEN", "Senegal", AFRICA, 4, "west_africa", (-15.6, 14.2, -13.4, 15.8), (-17.6, 13.8, -17.1, 14.3)),
        ("ETH", "Ethiopia", AFRICA, 4, "east_africa", (37.2, 6.2, 41.2, 11.6)),
        ("UGA", "Uganda", AFRICA, 4, "east_africa", (31.0, 1.8, 33.6, 3.2)),
        ("GHA", "Ghana", AFRICA, 3, "west_africa", (-2.2, 6.6, -0.8, 10.2), (-1.6, 4.3, -0.2, 4.9)),
        ("CIV", "Côte d'Ivoire", AFRICA, 3, "west_africa", (-7.2, 6.4, -4.2, 9.2)),
        ("CMR", "Cameroon", AFRICA, 4, "central_africa", (11.2, 2.8, 14.6, 6.2)),
        ("MUS", "Mauritius", AFRICA, 3, "malagasy", (57.50, -20.38, 57.65, -20.22), (57.2, -20.9, 57.9, -20.6)),
        ("RWA", "Rwanda", AFRICA, 2, "east_africa", (29.5, -2.3, 30.3, -1.8)),
        ("CHN", "China", ASIA, 14, "china", (102.5, 26.0, 114.0, 36.5), (111.5, 18.6, 112.4, 20.2)),
        ("IND", "India", ASIA, 10, "south_asia", (75.8, 14.2, 79.5, 25.0), (71.6, 14.0, 73.2, 17.8)),
        ("THA", "Thailand", ASIA, 8, "mekong", (99.4, 14.6, 101.2, 18.4), (99.8, 9.9, 101.2, 12.0)),
        ("LAO", "Laos", ASIA, 4, "mekong", (101.6, 19.0, 103.6, 20.4)),
        ("VNM", "Viet Nam", ASIA, 7, "vietnam", (104.6, 20.6, 106.0, 22.2), (109.4, 12.0, 110.2, 15.4)),
        ("IDN", "Indonesia", ASIA, 8, "malay", (112.2, -1.8, 115.4, 0.8), (118.2, -5.0, 119.0, -2.6)),
        ("MYS", "Malaysia", ASIA, 5, "malay", (101.6, 3.8, 102.9, 5.4), (103.8, 4.0, 104.6, 5.6)),
        ("PHL", "Philippines", ASIA, 5, "malay", (124.4, 7.2, 125.5, 8.3), (120.4, 9.2, 121.6, 11.0)),
        ("NPL", "Nepal", ASIA, 4, "himalaya", (81.4, 28.3, 83.8, 29.0)),
        ("BTN", "Bhutan", ASIA, 2, "himalaya", (89.6, 27.1, 91.4, 27.7)),
        ("MNG", "Mongolia", ASIA, 4, "steppe", (98.5, 45.2, 110.5, 49.0)),
        ("JPN", "Japan", ASIA, 4, "japan", (137.2, 35.4, 139.0, 36.6), (131.8, 31.3, 133.0, 32.4)),
        ("KOR", "Republic of Korea", ASIA, 4, "korea", (127.2, 35.4, 128.8, 37.4), (125.4, 34.8, 126.0, 36.2)),
        ("KHM", "Cambodia", ASIA, 3, "mekong", (103.8, 12.2, 106.6, 13.8)),
        ("LKA", "Sri Lanka", ASIA, 3, "south_asia", (80.3, 6.6, 81.3, 8.4), (79.2, 7.0, 79.6, 7.9)),
        ("FRA", "France", EUROPE_CENTRAL_ASIA, 5, "romance", (0.2, 44.2, 5.6, 47.8), (-3.4, 44.8, -1.8, 46.6)),
        ("ESP", "Spain", EUROPE_CENTRAL_ASIA, 5, "romance", (-5.8, 38.4, -1.4, 42.2), (-0.2, 37.4, 1.0, 39.0)),
        ("ITA", "Italy", EUROPE_CENTRAL_ASIA, 4, "romance", (8.2, 44.8, 11.6, 45.6), (9.4, 42.2, 10.6, 43.4)),
        ("CHE", "Switzerland", EUROPE_CENTRAL_ASIA, 3, "alpine", (7.4, 46.4, 9.3, 47.2)),
        ("DEU", "Germany", EUROPE_CENTRAL_ASIA, 4, "alpine", (8.4, 48.4, 11.8, 53.0), (6.8, 54.0, 8.2, 54.9)),
        ("POL", "Poland", EUROPE_CENTRAL_ASIA, 3, "slavic", (16.6, 50.8, 22.6, 53.6)),
        ("SWE", "Sweden", EUROPE_CENTRAL_ASIA, 3, "nordic", (14.2, 60.2, 16.8, 65.8), (17.8, 60.9, 18.6, 61.9)),
        ("ROU", "Romania", EUROPE_CENTRAL_ASIA, 2, "slavic", (23.2, 45.2, 26.4, 47.2)),
        ("GRC", "Greece", EUROPE_CENTRAL_ASIA, 3, "greek", (21.0, 39.2, 22.2, 40.4), (24.2, 38.9, 25.2, 39.8)),
        ("RUS", "Russia", EUROPE_CENTRAL_ASIA, 3, "slavic", (134.6, 44.8, 136.0, 46.6)),
        ("KAZ", "Kazakhstan", EUROPE_CENTRAL_ASIA, 3, "steppe", (67.0, 44.8, 78.0, 50.2)),
        ("UZB", "Uzbekistan", EUROPE_CENTRAL_ASIA, 2, "steppe", (60.6, 41.8, 65.2, 42.8)),
        ("KGZ", "Kyrgyzstan", EUROPE_CENTRAL_ASIA, 2, "steppe", (73.6, 41.2, 77.6, 42.2)),
        ("GEO", "Georgia", EUROPE_CENTRAL_ASIA, 3, "caucasus", (42.4, 41.7, 45.2, 42.3)),
        ("TUR", "Türkiye", EUROPE_CENTRAL_ASIA, 5, "anatolia", (31.2, 37.6, 40.6, 40.2), (30.7, 36.2, 31.4, 36.7)),
        ("MEX", "Mexico", LATIN_AMERICA, 10, "spanish", (-104.2, 20.4, -99.2, 25.6), (-110.9, 25.2, -110.2, 26.2)),
        ("BRA", "Brazil", LATIN_AMERICA, 9, "portuguese", (-60.5, -16.5, -45.5, -4.0), (-38.4, -16.8, -37.6, -14.4)),
        ("COL", "Colombia", LATIN_AMERICA, 7, "spanish", (-75.4, 1.6, -70.2, 6.4), (-78.6, 3.6, -77.8, 5.4)),
        ("PER", "Peru", LATIN_AMERICA, 6, "andes", (-76.4, -12.2, -74.0, -5.6), (-78.8, -11.4, -78.0, -10.0)),
        ("CRI", "Costa Rica", LATIN_AMERICA, 5, "spanish", (-84.4, 9.9, -83.6, 10.6), (-86.2, 8.9, -84.9, 9.5)),
        ("ECU", "Ecuador", LATIN_AMERICA, 5, "andes", (-79.0, -2.0, -77.0, -0.2), (-81.6, -1.8, -81.0, -0.6)),
        ("ARG", "Argentina", LATIN_AMERICA, 4, "spanish", (-68.8, -38.5, -60.5, -26.5), (-64.4, -43.6, -63.0, -43.0)),
        ("CHL", "Chile", LATIN_AMERICA, 4, "andes", (-72.4, -39.4, -71.8, -37.2), (-74.6, -40.2, -73.9, -37.8)),
        ("BOL", "Bolivia", LATIN_AMERICA, 3, "andes", (-67.2, -17.8, -62.4, -13.6)),
        ("BLZ", "Belize", LATIN_AMERICA, 2, "caribbean", (-88.9, 16.7, -88.6, 17.6), (-88.0, 16.7, -87.7, 17.4)),
        (
            "DOM",
            "Dominican Republic",
            LATIN_AMERICA,
            2,
            "caribbean",
            (-71.2, 18.7, -70.2, 19.3),
            (-69.0, 17.6, -68.2, 18.0),
        ),
        ("CUB", "Cuba", LATIN_AMERICA, 2, "caribbean", (-78.2, 21.2, -77.4, 21.6), (-81.4, 21.0, -79.8, 21.5)),
        ("GTM", "Guatemala", LATIN_AMERICA, 3, "spanish", (-90.3, 15.3, -89.6, 17.4)),
        ("PAN", "Panama", LATIN_AMERICA, 3, "spanish", (-82.4, 8.3, -80.6, 8.6), (-79.4, 7.8, -78.6, 8.6)),
        ("USA", "United States", NORTH_AMERICA, 6, "anglo", (-118.5, 34.5, -95.5, 46.5), (-121.9, 33.6, -120.8, 34.2)),
        ("CAN", "Canada", NORTH_AMERICA, 5, "anglo", (-122.5, 50.5, -107.5, 57.5), (-131.4, 51.0, -129.4, 53.0)),
        ("AUS", "Australia", OCEANIA, 6, "anglo", (144.5, -37.2, 149.0, -30.0), (152.0, -23.9, 153.4, -22.2)),
        ("NZL", "New Zealand", OCEANIA, 3, "pacific", (175.4, -39.2, 176.8, -38.0), (173.6, -38.9, 174.4, -38.1)),
        ("FJI", "Fiji", OCEANIA, 2, "pacific", (177.75, -18.02, 178.30, -17.65), (177.6, -19.0, 178.6, -18.5)),
        ("PNG", "Papua New Guinea", OCEANIA, 2, "pacific", (142.4, -6.8, 145.2, -4.8), (149.6, -5.0, 150.8, -4.2)),
        ("JOR", "Jordan", WEST_ASIA_NORTH_AFRICA, 3, "arabic", (35.9, 30.4, 36.9, 32.0)),
        (
            "SAU",
            "Saudi Arabia",
            WEST_ASIA_NORTH_AFRICA,
            3,
            "arabic",
            (40.5, 20.5, 47.5, 28.5),
            (36.0, 25.0, 36.7, 25.8),
        ),
        ("MAR", "Morocco", WEST_ASIA_NORTH_AFRICA, 3, "maghreb", (-6.6, 31.6, -3.4, 34.0), (-10.8, 30.2, -10.0, 31.0)),
        ("EGY", "Egypt", WEST_ASIA_NORTH_AFRICA, 2, "arabic", (27.0, 25.2, 31.5, 29.4), (34.4, 26.2, 35.2, 27.0)),
        ("LBN", "Lebanon", WEST_ASIA_NORTH_AFRICA, 2, "arabic", (35.80, 33.85, 36.05, 34.25)),
        ("ARE", "United Arab Emirates", WEST_ASIA_NORTH_AFRICA, 1, "arabic", (54.0, 23.2, 55.4, 24.2)),
        ("OMN", "Oman", WEST_ASIA_NORTH_AFRICA, 2, "arabic", (55.8, 19.0, 57.4, 22.2), (58.2, 19.8, 58.9, 20.2)),
        ("TUN", "Tunisia", WEST_ASIA_NORTH_AFRICA, 2, "maghreb", (8.8, 33.6, 9.6, 36.4), (11.0, 35.6, 11.8, 37.0)),
    )
)
