"""What the browser gets from this server alone: base map, fonts, logo, and the colours of the theme."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

PROJECT = Path(__file__).parents[1]
UI = PROJECT / "ui"
BASEMAP = UI / "static" / "basemap"
CONFIG = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
THEME = CONFIG["theme"]
STYLES = [f"{mode}-{kind}" for mode in ("light", "dark") for kind in ("world", "site")]
SHAPES = ("land", "coast", "borders")


def style(name: str) -> dict:
    return json.loads((BASEMAP / f"{name}.json").read_text(encoding="utf-8"))


def served(url: str) -> Path:
    """The file that Streamlit serves under a relative address, with ui/shell.py as main script."""
    assert url.startswith("app/static/"), f"{url} leaves this server"
    assert ".." not in url
    return UI / "static" / url.removeprefix("app/static/")


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def lines(coordinates: list) -> Iterator[list]:
    """Every line or ring in a GeoJSON coordinate tree."""
    if isinstance(coordinates[0][0], int | float):
        yield coordinates
    else:
        for part in coordinates:
            yield from lines(part)


def shapes(name: str) -> Iterator[list]:
    collection = json.loads((BASEMAP / f"{name}.geojson").read_text(encoding="utf-8"))
    for feature in collection["features"]:
        yield from lines(feature["geometry"]["coordinates"])


def labels() -> dict[str, str]:
    collection = json.loads((BASEMAP / "labels.geojson").read_text(encoding="utf-8"))
    return {feature["properties"]["iso_numeric"]: feature["properties"]["name"] for feature in collection["features"]}


@pytest.mark.parametrize("name", STYLES)
def test_a_map_style_asks_only_this_server(name):
    assert [text for text in texts(style(name)) if "://" in text or text.startswith(("//", "/"))] == []


@pytest.mark.parametrize("name", STYLES)
def test_every_source_of_a_map_style_is_a_committed_file(name):
    sources = [source["data"] for source in style(name)["sources"].values()]
    assert len(sources) == 4
    assert [url for url in sources if not served(url).is_file()] == []


@pytest.mark.parametrize("name", STYLES)
def test_every_layer_of_a_map_style_has_its_source(name):
    document = style(name)
    assert {layer.get("source") for layer in document["layers"]} - {None} == set(document["sources"])


@pytest.mark.parametrize("name", STYLES)
def test_letters_of_every_label_are_served(name):
    document = style(name)
    (fonts,) = [layer["layout"]["text-font"] for layer in document["layers"] if layer["type"] == "symbol"]
    firsts = {ord(character) // 256 * 256 for character in "".join(labels().values())}
    for first in firsts:
        url = document["glyphs"].replace("{fontstack}", fonts[0]).replace("{range}", f"{first}-{first + 255}")
        assert served(url).is_file(), url


def test_glyph_addresses_need_no_escaping():
    assert [path.name for path in (BASEMAP / "glyphs").iterdir() if not re.fullmatch(r"[\w-]+", path.name)] == []


@pytest.mark.parametrize("name", SHAPES)
def test_no_line_of_the_base_map_crosses_the_whole_map(name):
    longest = max(abs(a[0] - b[0]) for line in shapes(name) for a, b in zip(line, line[1:], strict=False))
    assert longest < 300


@pytest.mark.parametrize("name", SHAPES)
def test_the_base_map_stays_within_the_world(name):
    points = [point for line in shapes(name) for point in line]
    assert len(points) > 1000
    assert all(-180 <= longitude <= 180 and -85.06 <= latitude <= 85.06 for longitude, latitude in points)


def test_russia_and_fiji_are_cut_at_the_antimeridian_without_a_seam_along_it():
    for low, high in ((64, 72), (-18, -15)):
        near = [line for line in shapes("land") if any(low < point[1] < high and abs(point[0]) > 178 for point in line)]
        assert any(point[0] > 178 for line in near for point in line)
        assert any(point[0] < -178 for line in near for point in line)
    seams = [
        (a, b)
        for line in shapes("coast")
        for a, b in zip(line, line[1:], strict=False)
        if abs(a[0]) == abs(b[0]) == 180 and abs(a[1] - b[1]) > 0.1
    ]
    assert seams == []


def test_labels_use_names_that_are_current():
    names = labels()
    assert (names["792"], names["807"], names["748"]) == ("Türkiye", "North Macedonia", "Eswatini")
    assert {"Turkey", "Macedonia", "Swaziland"}.isdisjoint(names.values())


def test_the_world_map_stays_light_enough_for_a_phone():
    assert sum((BASEMAP / f"{name}.geojson").stat().st_size for name in (*SHAPES, "labels")) < 2_000_000


def test_every_font_of_the_theme_is_a_committed_woff2():
    faces = THEME["fontFaces"]
    assert len(faces) == 5
    for face in faces:
        assert served(face["url"]).read_bytes()[:4] == b"wOF2", face["url"]


@pytest.mark.parametrize("character", "aéğЖλếŵ—’")
def test_one_font_covers_each_script_of_the_interface(character):
    ranges = [
        part.strip().removeprefix("U+") for face in THEME["fontFaces"] for part in face["unicodeRange"].split(",")
    ]
    bounds = [(int(part.split("-")[0], 16), int(part.split("-")[-1], 16)) for part in ranges]
    assert any(low <= ord(character) <= high for low, high in bounds)


def test_the_font_licence_is_shipped_with_the_fonts():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (UI / "static/fonts/OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_logo_is_a_picture_that_loads_nothing(mode):
    text = (UI / f"assets/logo-{mode}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "Tech4Nature network"
    tags = {element.tag.split("}")[1] for element in root.iter()}
    assert tags.isdisjoint({"script", "image", "foreignObject", "style", "text", "use"})
    assert "href" not in text


def test_the_favicon_is_a_square_png():
    with Image.open(UI / "assets/favicon.png") as picture:
        assert (picture.format, picture.size) == ("PNG", (64, 64))


def test_nothing_is_sent_to_others_and_no_error_text_is_shown():
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"] == {
        "toolbarMode": "viewer",
        "showErrorDetails": "none",
        "showErrorLinks": False,
        "disableDataExport": True,
    }
    assert CONFIG["server"]["enableStaticServing"] is True


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(front: str, back: str, share: float) -> str:
    """The colour seen where `front` covers `back` with the given opacity."""
    pairs = [(int(front[i : i + 2], 16), int(back[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02X}" for a, b in pairs)


def test_contrast_agrees_with_published_pairs():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    # The grey that WebAIM's guide gives as the lightest to pass on white.
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


TEXT = ("textColor", "linkColor", "greenColor", "redColor", "orangeColor", "yellowColor", "blueColor", "violetColor")


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", [*TEXT, "primaryColor", "grayColor"])
def test_text_in_every_theme_colour_can_be_read(mode, name):
    colours = THEME[mode]
    assert contrast(colours[name], colours["backgroundColor"]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read_on_panels_tables_and_in_the_sidebar(mode):
    colours, sidebar = THEME[mode], THEME[mode]["sidebar"]
    pairs = [
        (colours["textColor"], colours["secondaryBackgroundColor"]),
        (colours["linkColor"], colours["secondaryBackgroundColor"]),
        (colours["dataframeHeaderTextColor"], colours["dataframeHeaderBackgroundColor"]),
        (colours["textColor"], colours["codeBackgroundColor"]),
        (sidebar["textColor"], sidebar["backgroundColor"]),
        (sidebar["textColor"], sidebar["secondaryBackgroundColor"]),
        (sidebar["linkColor"], sidebar["backgroundColor"]),
    ]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_captions_can_be_read(mode):
    # Streamlit draws a caption in the text colour at 60 % opacity.
    for colours in (THEME[mode], THEME[mode]["sidebar"]):
        back = colours["backgroundColor"]
        assert contrast(mixed(colours["textColor"], back, 0.6), back) >= 4.5


@pytest.mark.parametrize("name", STYLES)
def test_country_names_can_be_read_on_land_and_sea(name):
    layers = {layer["id"]: layer["paint"] for layer in style(name)["layers"]}
    text = layers["labels"]["text-color"]
    assert contrast(text, layers["land"]["fill-color"]) >= 4.5
    assert contrast(text, layers["ocean"]["background-color"]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_chart_lines_stand_out_from_the_page(mode):
    colours = THEME[mode]
    faint = [c for c in colours["chartCategoricalColors"] if contrast(c, colours["backgroundColor"]) < 3]
    assert len(set(colours["chartCategoricalColors"])) == 6
    assert faint == []
