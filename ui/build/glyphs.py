"""Letters of the base map: signed distance fields in the glyph format of Mapbox maps, drawn from Inter.

Run from the project folder: `python -m ui.build.glyphs`, after `ui.build.basemap`: only the ranges of 256 characters
that its labels use are written. Needs fonttools, brotli, Pillow, numpy and scipy.

Format: github.com/mapbox/node-fontnik, proto/glyphs.proto. A pixel is 192 on the outline of the letter, and 255 / 8
less with each pixel away from it.
"""

import io
import json
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import distance_transform_edt

STATIC = Path(__file__).parents[1] / "static"
NAME = "Inter-Medium"
WEIGHT = 500
SUBSETS = ("latin", "latin-ext", "cyrillic", "greek", "vietnamese")
SIZE_PX = 24
MARGIN_PX = 3
# Letters are drawn this much larger, measured there and averaged.
OVERSAMPLING = 8
FIELD_RADIUS_PX = 8
# The share of the field that lies inside the letter.
FIELD_CUTOFF = 0.25


class Face:
    """One subset of Inter at one weight: which characters it has, and each as a glyph message."""

    def __init__(self, subset: str) -> None:
        variable = TTFont(STATIC / "fonts" / f"inter-{subset}-wght-normal.woff2")
        variable.flavor = None
        static = instantiateVariableFont(variable, {"wght": WEIGHT})
        self.characters = set(static.getBestCmap())
        self.ascent_px = round(static["hhea"].ascent / static["head"].unitsPerEm * SIZE_PX)
        file = io.BytesIO()
        static.save(file)
        file.seek(0)
        self.font = ImageFont.truetype(file, SIZE_PX * OVERSAMPLING)

    def glyph(self, code: int) -> bytes:
        """The `glyph` message of one character: id, bitmap, width, height, left, top, advance."""
        advance = round(self.font.getlength(chr(code)) / OVERSAMPLING)
        box = np.array(self.font.getbbox(chr(code), anchor="ls")) / OVERSAMPLING
        left, top = np.floor(box[:2]).astype(int).tolist()
        right, bottom = np.ceil(box[2:]).astype(int).tolist()
        if right <= left or bottom <= top:
            return number(1, code) + number(3, 0) + number(4, 0) + signed(5, 0) + signed(6, 0) + number(7, advance)
        field = self.distance_field(chr(code), left, top, right - left, bottom - top)
        size = number(3, right - left) + number(4, bottom - top)
        place = signed(5, left) + signed(6, -top - self.ascent_px)
        return number(1, code) + message(2, field.tobytes()) + size + place + number(7, advance)

    def distance_field(self, character: str, left: int, top: int, width: int, height: int) -> np.ndarray:
        """Distance of each pixel from the outline, as bytes in (height + 2 margins, width + 2 margins)."""
        rows, columns = height + 2 * MARGIN_PX, width + 2 * MARGIN_PX
        picture = Image.new("L", (columns * OVERSAMPLING, rows * OVERSAMPLING), 0)
        origin = ((MARGIN_PX - left) * OVERSAMPLING, (MARGIN_PX - top) * OVERSAMPLING)
        ImageDraw.Draw(picture).text(origin, character, font=self.font, fill=255, anchor="ls")
        inside = np.asarray(picture) > 127
        distance_px = (distance_transform_edt(~inside) - distance_transform_edt(inside)) / OVERSAMPLING
        distance_px = distance_px.reshape(rows, OVERSAMPLING, columns, OVERSAMPLING).mean((1, 3))
        return np.clip(255 - 255 * (distance_px / FIELD_RADIUS_PX + FIELD_CUTOFF), 0, 255).astype(np.uint8)


def varint(value: int) -> bytes:
    """A whole number of the protocol buffer encoding: seven bits per byte, the lowest first."""
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    return bytes([*encoded, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def signed(field: int, value: int) -> bytes:
    return number(field, 2 * value if value >= 0 else -2 * value - 1)


def message(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def glyph_range(first: int, faces: list[Face]) -> bytes:
    """The `glyphs` message of 256 characters; characters that no face has are left out."""
    stack = message(1, NAME.encode()) + message(2, f"{first}-{first + 255}".encode())
    for code in range(first, first + 256):
        face = next((face for face in faces if code in face.characters), None)
        if face:
            stack += message(3, face.glyph(code))
    return message(1, stack)


def label_ranges() -> list[int]:
    """The first character of each range of 256 that the labels of the base map use."""
    collection = json.loads((STATIC / "basemap" / "labels.geojson").read_text(encoding="utf-8"))
    text = "".join(feature["properties"]["name"] for feature in collection["features"])
    return sorted({ord(character) // 256 * 256 for character in text})


def main() -> None:
    faces = [Face(subset) for subset in SUBSETS]
    folder = STATIC / "basemap" / "glyphs" / NAME
    folder.mkdir(parents=True, exist_ok=True)
    for first in label_ranges():
        (folder / f"{first}-{first + 255}.pbf").write_bytes(glyph_range(first, faces))


if __name__ == "__main__":
    main()
