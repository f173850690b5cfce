"""The demo's ReefCloud: what a model makes of the reefs around one site, in the answers of its public dashboard."""

from datetime import date
from http import HTTPStatus
from typing import Any

import numpy as np

from demo.answers import Reply, Request, json_reply
from demo.chance import normal
from demo.reefs import FIJIAN_REEF, HARD_CORAL, YEARS_SURVEYED, cover

PREFIX = "/reefcloud/"
BASE = f"{PREFIX}dashboard-api"
TIER = 990300
TIER_LEVEL = 4
# Shallow reefs have more coral; the model is less sure of the deep ones (half of the interval, of the value).
DEPTHS = {"deep_lt_5m": (1.05, 0.18), "deep_gt_5m": (0.85, 0.3)}
TYPES = {
    "HARD CORAL": HARD_CORAL,
    "SOFT CORAL": "Soft coral",
    "MACROALGAE": "Macroalgae",
    "TURF ALGAE": "Turf algae",
    "CRUSTOSE CORALLINE ALGAE": "Crustose coralline algae",
    "SAND": "Sand",
}


def reply(request: Request, today: date, token: str) -> Reply:
    """The tier or its surveys; the dashboard is public, so nothing needs a token."""
    answers = {f"{BASE}/tiers/{TIER}": _tier, f"{BASE}/surveys/{TIER}": _surveys}
    if request.path not in answers:
        return json_reply(HTTPStatus.NOT_FOUND, {"detail": "Not found"})
    return json_reply(HTTPStatus.OK, {"data": answers[request.path](today)})


def _tier(today: date) -> dict[str, Any]:
    positions = [FIJIAN_REEF.position(station) for station in FIJIAN_REEF.stations]
    longitude, latitude = np.mean(positions, axis=0).round(5).tolist()
    return {
        "tier_id": TIER,
        "tier_level": TIER_LEVEL,
        "name": f"{FIJIAN_REEF.name} reefs",
        "site_count": len(FIJIAN_REEF.stations),
        "image_count": 1840,
        "contributors": ["An invented institute"],
        "site_id": [station.number for station in FIJIAN_REEF.stations],
        "site_latitude": latitude,
        "site_longitude": longitude,
    }


def _surveys(today: date) -> list[dict[str, Any]]:
    """One survey a year and depth; the newest is not public yet at depth."""
    return [
        {
            "id": 10 * year + place,
            "element_id": TIER,
            "date": f"{year}-01-01",
            "depth": depth,
            "tier_level": TIER_LEVEL,
            "public": not (year == today.year and depth == "deep_gt_5m"),
            "compositions": _compositions(year, place, depth, today),
        }
        for year in range(today.year - YEARS_SURVEYED, today.year + 1)
        for place, depth in enumerate(DEPTHS)
    ]


def _compositions(year: int, place: int, depth: str, today: date) -> list[dict[str, Any]]:
    """The mean of the stations as the model has it, with its credible interval."""
    covers = [cover(FIJIAN_REEF, station, date(year, 1, 1), today) for station in FIJIAN_REEF.stations]
    ratio, spread = DEPTHS[depth]
    found = []
    for number, (kind, category) in enumerate(TYPES.items()):
        noise = 1 + 0.05 * float(normal("modelled", today.year - year, place, number))
        median = ratio * noise * float(np.mean([one[category] for one in covers]))
        low, high = median * (1 - spread), median * (1 + 1.2 * spread)
        figures = {"low": low, "mean": 1.01 * median, "median": median, "high": high}
        found.append({"type": kind, **{name: round(figure, 2) for name, figure in figures.items()}})
    return found
