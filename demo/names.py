"""Invented place names that sound like their part of the world, and the designations that go with them."""

from itertools import product

from demo.chance import pick, uniform
from demo.countries import Country

# First halves | second halves: any two make one name; none is the name of a real protected area.
SOUNDS = {
    "east_africa": ("Kilem Olom Ndwar Wamb Sitak Mbirw Elgosh Turam Nyamel Lokor Ushen", "baro eti usha ingo ora abwe"),
    "southern_africa": ("Thabel Mokwen Khutse Nalish Zambul Lesor Gwand Ohamb Chital", "ane owa ingwe ula etsi orane"),
    "central_africa": ("Ndokel Mbinz Ogoul Lekem Bassoul", "emba ouka ingui adja"),
    "west_africa": ("Sokor Bandou Kpell Tamas Niokel", "odi akro engou ambi"),
    "malagasy": ("Ambarol Vohiman Andras Tsimal Riveroul", "ampy intsoa elona ivory"),
    "china": ("Qinglu Heyun Baishe Luoxi Yunta Shuanglo Meicha Tongwu", "lan yuan zhai feng shui"),
    "south_asia": ("Chandrul Velimal Sonakh Bhadrek Karimp Nilavar Devagh", "alli oti ura andi ekha"),
    "mekong": ("Phu Sarn|Nam Khael|Doi Luem|Xe Bolan|Huai Thom|Khao Senn|Phnum Roka", " Ngai| Wen| Tao| Lomphat"),
    "vietnam": ("Ba Linh|Suoi Van|Nui Chao|Cu Lanh", " Thuong| Mo| Khe"),
    "malay": ("Bukit Sel|Tanjung Mer|Gunung Lerab|Teluk Ran|Hutan Kel|Sibul", "awan indu opang asari"),
    "himalaya": ("Dhaulim Langsor Tsirap Jomkha", "ling tse kuna"),
    "steppe": ("Altanb Karatog Bayand Ulkensh Sarykem Jetib", "oreg uyat ersh etau"),
    "japan": ("Kirisaw Asamor Tsukiok Hinok", "ano abe ahara"),
    "korea": ("Baekryun Seolgok Hwangmu Cheongda", "san gang ryeong"),
    "romance": ("Valmor Sierrel Montefar Roquel Campver Lagard Belloc", "anza ède osa ilha eno"),
    "alpine": ("Hochwend Lauterst Grünsch Steinal Birkenm", "tal ried horn egg"),
    "slavic": ("Borzav Lipovar Zelenog Dubrosh Svetlom", "ina ka ets yansk"),
    "nordic": ("Storfjäll Lappträn Björkvatt", "et sjön ahed"),
    "greek": ("Pelagon Kalavr Thymar Lithor", "issos ia ona"),
    "caucasus": ("Khevtol Mtirash Alazgor", "eti uri ani"),
    "anatolia": ("Karaçam Akgöz Yelded Bozkay", "beli ören alan"),
    "spanish": (
        "Cerro Alz|Laguna Mir|Sierra Chant|Selva Tul|Cañada Bel|Cuenca Tamar|Bahía Calor|Río Verg",
        "ema anga ulco ojal enque",
    ),
    "portuguese": ("Serra do Itam|Rio Jurap|Chapada Guar|Lagoa Tapir|Mata do Caj", "iúva anema urá ocal"),
    "andes": ("Apu Warm|Qocha Pill|Yana Sull|Wayra Tamp|Puna Chink", "ari uyo aqa isni"),
    "caribbean": ("Cayo Luz|Punta Cor|Monte Jag|Pine Tab", "ella aní ona"),
    "anglo": (
        "Hollow Pine|Wirrab|Three Herons|Redgum Kall|Elkmeadow|Larkspur|Tamarack Bend|Saltbush",
        " Ridge| Basin| Creek| Lakes",
    ),
    "pacific": ("Motu Hiwa|Waikerem|Nuku Lav|Kaimor", "roa eka ura"),
    "arabic": ("Wadi Sahm|Jabal Nuw|Rawdat Khur|Shaib Ghaz|Hazm Turab", "ira ayd an"),
    "maghreb": ("Aït Zoum|Oued Tesl|Jebel Aghr|Chott Melz", "it ane our"),
}

TERRESTRIAL = ("National Park", "Nature Reserve", "Forest Reserve", "Wetland Park", "Wildlife Sanctuary")
AFRICAN = (*TERRESTRIAL[:4], "Game Reserve", "Community Conservancy")
EUROPEAN = ("National Park", "Nature Park", "Nature Reserve", "Forest Reserve", "Wetland Park")
MARINE = ("Marine Reserve", "Marine Park", "Marine National Park")
COASTAL = ("Coastal Reserve", "Mangrove Reserve", "Coastal Park")
CONSERVED_LAND = ("Community Conserved Area", "Community Forest", "Private Conservation Area")
CONSERVED_SEA = ("Locally Managed Marine Area", "Community Fishing Ground")

LOCAL_DESIGNATIONS = {
    "spanish": {"National Park": "Parque Nacional", "Nature Reserve": "Reserva Natural"},
    "andes": {"National Park": "Parque Nacional", "Marine Reserve": "Reserva Marina"},
    "portuguese": {"National Park": "Parque Nacional", "Nature Reserve": "Reserva Natural"},
    "alpine": {"Nature Park": "Naturpark", "Nature Reserve": "Naturschutzgebiet", "National Park": "Nationalpark"},
    "nordic": {"National Park": "Nationalpark", "Nature Reserve": "Naturreservat"},
    "anatolia": {"National Park": "Milli Parkı", "Nature Park": "Tabiat Parkı"},
}  # fmt: skip


def place_names(sound: str) -> list[str]:
    """Every name that a sound can make, in an order drawn once."""
    first, second = (half.split("|" if "|" in half else " ") for half in SOUNDS[sound])
    names = [start + end for start, end in product(first, second)]
    order = uniform(f"names:{sound}", range(len(names))).argsort()
    return [names[position] for position in order]


def designation_of(country: Country, realm: str, is_oecm: bool, number: int) -> str:
    """A designation that fits the country, the realm and the kind of area."""
    if realm == "terrestrial":
        kinds = {"Africa": AFRICAN, "Europe & Central Asia": EUROPEAN}.get(country.region, TERRESTRIAL)
        options = CONSERVED_LAND if is_oecm else kinds
    elif is_oecm:
        options = CONSERVED_SEA
    else:
        options = MARINE if realm == "marine" else COASTAL
    return pick(options, uniform("designation", number))


def original_name(sound: str, place: str, designation: str) -> str:
    """The name as the country writes it: its own word for the designation, where we have one."""
    local = LOCAL_DESIGNATIONS.get(sound, {}).get(designation)
    if not local:
        return f"{place} {designation}"
    return f"{place} {local}" if sound == "anatolia" else f"{local} {place}"
