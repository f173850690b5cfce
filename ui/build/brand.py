"""The logo (a leaf in a node of a network, light and dark) and the favicon.

Run from the project folder: `python -m ui.build.brand`. Needs fonttools, brotli and Pillow. The words of the logo are
drawn as outlines: a picture cannot use the fonts of the page that shows it.
"""

from math import cos, radians, sin
from pathlib import Path

from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from PIL import Image, ImageDraw

UI = Path(__file__).parents[1]
WORDS = "Tech4Nature network"
WEIGHT = 650
COLOURS = {"light": {"mark": "#00695C", "words": "#08130F"}, "dark": {"mark": "#5FD6C0", "words": "#E8F0ED"}}

# The mark in a square of 32 units: a large node with the leaf, joined to three small ones.
SQUARE = 32
CENTRE = (15.0, 16.0)
NODE_RADIUS = 9.0
LINE_WIDTH = 1.8
SMALL_NODES = [(radians(angle), 12.2, 2.2) for angle in (-42, 62, 190)]
# Each side of the leaf is one cubic curve from its foot to its tip.
LEAF_FOOT, LEAF_TIP = (10.8, 20.6), (20.0, 11.1)
LEAF_SIDES = [((7.9, 13.7), (12.9, 10.4)), ((18.1, 23.4), (21.1, 17.6))]
VEIN = [(10.8, 20.6), (16.9, 14.3)]

WORDS_LEFT, WORDS_BASELINE, WORDS_SIZE = 34, 21.2, 14.5
FAVICON_PX = 64
# Share of the favicon that the mark takes; the rest is margin.
FAVICON_MARK = 0.9
OVERSAMPLING = 8


def small_nodes() -> list[tuple[float, float, float]]:
    """Centre x, centre y and radius of each small node."""
    x, y = CENTRE
    return [(x + reach * cos(angle), y + reach * sin(angle), radius) for angle, reach, radius in SMALL_NODES]


def mark_svg(colour: str) -> str:
    (a, b), (c, d) = LEAF_SIDES
    leaf = f"M{pair(LEAF_FOOT)}C{pair(a)} {pair(b)} {pair(LEAF_TIP)}C{pair(d)} {pair(c)} {pair(LEAF_FOOT)}Z"
    dots = "".join(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r}" fill="{colour}"/>' for x, y, r in small_nodes())
    # The vein is a gap in the leaf, so that the mark needs no background colour.
    vein = f"M{pair(VEIN[0])}L{pair(VEIN[1])}"
    return (
        f'<mask id="vein"><rect width="{SQUARE}" height="{SQUARE}" fill="#fff"/>'
        f'<path d="{vein}" stroke="#000" stroke-width="1.4" stroke-linecap="round"/></mask>'
        f'<circle cx="{CENTRE[0]}" cy="{CENTRE[1]}" r="{NODE_RADIUS}" fill="none" stroke="{colour}" '
        f'stroke-width="{LINE_WIDTH}"/>{dots}<path d="{leaf}" fill="{colour}" mask="url(#vein)"/>'
    )


def pair(point: tuple[float, float]) -> str:
    return f"{point[0]:g} {point[1]:g}"


def words_svg(colour: str) -> tuple[str, float]:
    """The words as one path, and the x at which they end."""
    font = instantiateVariableFont(TTFont(UI / "static/fonts/inter-latin-wght-normal.woff2"), {"wght": WEIGHT})
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    scale = WORDS_SIZE / font["head"].unitsPerEm
    outline, bounds, x = SVGPathPen(glyphs, lambda value: f"{value:.2f}"), BoundsPen(glyphs), float(WORDS_LEFT)
    for character in WORDS:
        glyph = glyphs[names[ord(character)]]
        place = (scale, 0, 0, -scale, x, WORDS_BASELINE)
        glyph.draw(TransformPen(outline, place))
        glyph.draw(TransformPen(bounds, place))
        x += glyph.width * scale
    return f'<path d="{outline.getCommands()}" fill="{colour}"/>', bounds.bounds[2]


def logo(mode: str) -> str:
    words, right = words_svg(COLOURS[mode]["words"])
    width = round(right) + 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {SQUARE}" width="{width}" height="{SQUARE}" '
        f'role="img"><title>{WORDS}</title>{mark_svg(COLOURS[mode]["mark"])}{words}</svg>\n'
    )


def curve(start: tuple, first: tuple, second: tuple, end: tuple, steps: int = 60) -> list[tuple[float, float]]:
    """Points along a cubic Bezier curve."""
    shares = [step / steps for step in range(steps + 1)]
    return [
        tuple(
            (1 - t) ** 3 * start[i] + 3 * (1 - t) ** 2 * t * first[i] + 3 * (1 - t) * t**2 * second[i] + t**3 * end[i]
            for i in (0, 1)
        )
        for t in shares
    ]


def favicon() -> Image.Image:
    """The mark in white on a rounded square, 64 x 64 pixels."""
    side = FAVICON_PX * OVERSAMPLING
    unit, margin = side / SQUARE * FAVICON_MARK, side * (1 - FAVICON_MARK) / 2
    ground, white = COLOURS["light"]["mark"], "#FFFFFF"
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, side - 1, side - 1), side * 0.22, fill=ground)

    def scaled(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x * unit + margin, y * unit + margin) for x, y in points]

    def disc(x: float, y: float, radius: float, colour: str) -> None:
        draw.ellipse([*scaled([(x - radius, y - radius)])[0], *scaled([(x + radius, y + radius)])[0]], fill=colour)

    disc(*CENTRE, NODE_RADIUS + LINE_WIDTH / 2, white)
    disc(*CENTRE, NODE_RADIUS - LINE_WIDTH / 2, ground)
    for x, y, radius in small_nodes():
        disc(x, y, radius, white)
    (a, b), (c, d) = LEAF_SIDES
    leaf = curve(LEAF_FOOT, a, b, LEAF_TIP) + curve(LEAF_TIP, d, c, LEAF_FOOT)
    draw.polygon(scaled(leaf), fill=white)
    draw.line(scaled(VEIN), fill=ground, width=round(1.4 * unit))
    return picture.resize((FAVICON_PX, FAVICON_PX), Image.Resampling.LANCZOS)


def main() -> None:
    assets = UI / "assets"
    for mode in COLOURS:
        (assets / f"logo-{mode}.svg").write_text(logo(mode), encoding="utf-8")
    favicon().save(assets / "favicon.png", optimize=True)


if __name__ == "__main__":
    main()
