"""Land, coast, borders and country labels of the offline base map, from Natural Earth 1:50m (npm world-atlas).

Run from the project folder: `python -m ui.build.basemap <folder of world-atlas>`. Needs numpy and shapely.
"""

import json
import sys
from pathlib import Path

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import LineString, Polygon, box
from shapely.ops import polylabel

OUTPUT = Path(__file__).parents[1] / "static" / "basemap"
# Web Mercator ends at 85.05 degrees.
WORLD = box(-180, -85.05, 180, 85.05)
# About 1 km, the accuracy of a 1:50m map: finer detail would only be noise.
TOLERANCE_DEG = 0.01
DECIMALS = 2
# The edge of the map below Antarctica is one straight line; a longer one would look like a cutting error.
LONGEST_EDGE_DEG = 45
# Names that changed after this edition of Natural Earth, by ISO 3166 numeric code.
RENAMED = {"234": "Faroe Is.", "748": "Eswatini", "792": "Türkiye", "807": "North Macedonia"}


def unwrap(line: np.ndarray) -> np.ndarray:
    """Continue longitudes past 180 degrees where a line jumps across the antimeridian."""
    unwrapped = line.copy()
    unwrapped[1:, 0] -= 360 * np.cumsum(np.round(np.diff(line[:, 0]) / 360))
    return unwrapped


def decode_arcs(topology: dict) -> list[np.ndarray]:
    """Every TopoJSON arc as an array of longitude and latitude, simplified once so that land, coast and borders agree.

    TopoJSON stores differences of whole numbers (specification, section 2.1.4).
    """
    scale, origin = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        line = unwrap(np.cumsum(np.array(steps), axis=0) * scale + origin)
        simple = shapely.get_coordinates(shapely.simplify(LineString(line), TOLERANCE_DEG))
        # A closed arc of fewer points is not an island any more.
        arcs.append(np.round(simple if len(simple) >= 4 or not is_closed(line) else line, DECIMALS))
    return arcs


def is_closed(line: np.ndarray) -> bool:
    return np.allclose(line[0], line[-1])


def join(arcs: list[np.ndarray], indices: list[int]) -> np.ndarray:
    """One ring from its arcs; a negative index means the arc is walked backwards."""
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return unwrap(np.concatenate([parts[0], *(part[1:] for part in parts[1:])]))


def polygons_of(geometry: dict, arcs: list[np.ndarray]) -> list[Polygon]:
    """The polygons of a TopoJSON geometry, cut at the antimeridian and at the edge of Web Mercator."""
    members = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    parts = []
    for member in members:
        # The ring that runs along the South Pole collapses to a point.
        rings = [ring for ring in (join(arcs, indices) for indices in member) if len(ring) >= 4]
        parts += cut_polygon(*rings) if rings else []
    return parts


def cut_polygon(outer: np.ndarray, *holes: np.ndarray) -> list[Polygon]:
    if abs(outer[-1, 0] - outer[0, 0]) > 180:
        outer = close_at_pole(outer)
    middle = outer[:, 0].mean()
    near = [hole + [360 * np.round((middle - hole[:, 0].mean()) / 360), 0] for hole in holes]
    whole = shapely.make_valid(Polygon(outer, near))
    pieces = [translate(whole, offset).intersection(WORLD) for offset in (-360, 0, 360)]
    parts = shapely.get_parts(shapely.segmentize(shapely.union_all(pieces), LONGEST_EDGE_DEG))
    return [part for part in parts if part.geom_type == "Polygon" and part.area > 0]


def close_at_pole(ring: np.ndarray) -> np.ndarray:
    """A ring that runs once around the Earth encloses a pole: lead it there and back."""
    pole = np.copysign(90, ring[:, 1].mean())
    return np.vstack([ring, [ring[-1, 0], pole], [ring[0, 0], pole]])


def cut_lines(lines: list[np.ndarray]) -> list[LineString]:
    """Lines cut at the antimeridian, without the seams that lie on it."""
    pieces = [translate(LineString(line), offset) for line in lines for offset in (-360, 0, 360)]
    parts = shapely.get_parts(shapely.intersection(pieces, WORLD))
    return [part for part in parts if part.length > 0 and not shapely.covers(WORLD.exterior, part)]


def arc_numbers(geometry: dict) -> set[int]:
    """The arcs of a geometry, whichever way they are walked."""
    members = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return {i if i >= 0 else ~i for rings in members for ring in rings for i in ring}


def border_numbers(countries: list[dict]) -> set[int]:
    """The arcs that two countries share."""
    seen, shared = set(), set()
    for country in countries:
        numbers = arc_numbers(country)
        shared |= seen & numbers
        seen |= numbers
    return shared


def labels(countries: list[dict], arcs: list[np.ndarray]) -> list[dict]:
    """One point per ISO 3166 numeric code, deep inside the largest part of the country.

    Features without a code have no label: the map takes no side on what ISO 3166 does not list.
    """
    largest = {}
    for country in countries:
        if "id" not in country:
            continue
        part = max(polygons_of(country, arcs), key=lambda polygon: polygon.area)
        if country["id"] not in largest or part.area > largest[country["id"]][1].area:
            largest[country["id"]] = (country["properties"]["name"], part)
    features = []
    for code, (name, part) in sorted(largest.items()):
        properties = {"iso_numeric": code, "name": RENAMED.get(code, name), "area_deg2": part.area}
        features.append(feature(polylabel(part, TOLERANCE_DEG), properties))
    return features


def feature(geometry: shapely.Geometry, properties: dict | None = None) -> dict:
    return {"type": "Feature", "properties": properties or {}, "geometry": shapely.geometry.mapping(geometry)}


def rounded(value: object) -> object:
    """The same GeoJSON value with every number at the map's precision."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return value


def write(name: str, features: list[dict]) -> None:
    collection = rounded({"type": "FeatureCollection", "features": features})
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    (OUTPUT / f"{name}.geojson").write_text(text + "\n", encoding="utf-8")


def main(world_atlas: Path) -> None:
    topology = json.loads((world_atlas / "countries-50m.json").read_text(encoding="utf-8"))
    arcs = decode_arcs(topology)
    countries = topology["objects"]["countries"]["geometries"]
    land = topology["objects"]["land"]["geometries"]
    coast = sorted(set().union(*(arc_numbers(geometry) for geometry in land)))
    borders = sorted(border_numbers(countries))
    write("land", [feature(polygon) for geometry in land for polygon in polygons_of(geometry, arcs)])
    write("coast", [feature(shapely.MultiLineString(cut_lines([arcs[i] for i in coast])))])
    write("borders", [feature(shapely.MultiLineString(cut_lines([arcs[i] for i in borders])))])
    write("labels", labels(countries, arcs))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
