"""The demo's MERMAID: reef surveys of three sites, in the answers of its public summary of sample events.

As from the real one, decimals are texts, what is not known is left out, and of a private method only the number of
sample units is sent. Its pages name their next one at another host, as behind a proxy.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from demo.answers import Reply, Request, json_reply
from demo.chance import normal, uniform
from demo.earthranger import OTHER_HOST
from demo.reefs import (
    DAYS_PER_YEAR,
    FIJIAN_REEF,
    HARD_CORAL,
    HOT_YEARS_AGO,
    KENYAN_REEF,
    PHILIPPINE_REEF,
    Reef,
    Station,
    bleached_pct,
    cover,
)

PREFIX = "/mermaid/"
EVENTS_PATH = f"{PREFIX}v1/summarysampleevents/"
PAGE_SIZE = 100
PAGE_SIZE_MAX = 5000
TRANSECTS = 4
# Between the transects of one survey, as a share of their mean.
SPREAD = 0.2
STATE_SHARES = {"20": 0.3, "50": 0.26, "80": 0.2, "100": 0.14, "dead": 0.1}
UNMAPPED_PROJECT = "Practice dives of an invented club"

Record = dict[str, Any]


@dataclass(frozen=True)
class Project:
    """One project of surveys: its methods of cover, the newer of them from `changed_years_ago` on."""

    number: int
    name: str
    reef: Reef
    methods: tuple[str, ...]
    changed_years_ago: int = 0
    is_fish_private: bool = False

    def method(self, day: date, today: date) -> str:
        """How cover is measured on a day."""
        return self.methods[-1] if day.year >= today.year - self.changed_years_ago else self.methods[0]


PROJECTS = (
    Project(1, "Sitakora reef watch", KENYAN_REEF, ("benthicpit",)),
    Project(2, "Reefs of Nuku Lavroa", FIJIAN_REEF, ("benthicpqt",)),
    Project(3, "Kelindu coral survey", PHILIPPINE_REEF, ("benthicpit", "benthicpqt"), 1, is_fish_private=True),
)


def reply(request: Request, today: date, token: str) -> Reply:
    """One page of the sample events of all projects; nothing of it needs a token."""
    if request.path != EVENTS_PATH:
        return json_reply(HTTPStatus.NOT_FOUND, {"detail": "Not found."})
    asked = request.parameters
    numbers = [asked.get("page", "1"), asked.get("limit", str(PAGE_SIZE))]
    if not all(re.fullmatch("[1-9][0-9]{0,8}", number) for number in numbers):
        return json_reply(HTTPStatus.NOT_FOUND, {"detail": "Invalid page."})
    page, size = int(numbers[0]), min(int(numbers[1]), PAGE_SIZE_MAX)
    found = sample_events(today)
    start = (page - 1) * size
    if start >= len(found):
        return json_reply(HTTPStatus.NOT_FOUND, {"detail": "Invalid page."})
    following = page + 1 if start + size < len(found) else None
    answer = {
        "count": len(found),
        "next": _address(asked, following),
        "previous": _address(asked, page - 1 or None),
        "results": found[start : start + size],
    }
    return json_reply(HTTPStatus.OK, answer)


def _address(asked: Mapping[str, str], page: int | None) -> str | None:
    return f"{OTHER_HOST}{EVENTS_PATH}?{urlencode({**asked, 'page': page})}" if page else None


@lru_cache(maxsize=2)
def sample_events(today: date) -> tuple[Record, ...]:
    """Every sample event, with one of a project that is no site of the network."""
    made = [
        _sample_event(project, station, day, today)
        for project in PROJECTS
        for station in project.reef.stations
        for day in project.reef.survey_days(station, today)
    ]
    stray = made[0] | {
        "sample_event_id": _uuid("5e", 0, 0),
        "project_id": _uuid("c0", 0, 0),
        "project_name": UNMAPPED_PROJECT,
    }
    return (*made, stray)


def _sample_event(project: Project, station: Station, day: date, today: date) -> Record:
    longitude, latitude = project.reef.position(station)
    return {
        "sample_event_id": _uuid("5e", station.number, day.year * 100 + day.month),
        "site_id": _uuid("b0", station.number, 0),
        "site_name": station.name,
        "latitude": latitude,
        "longitude": longitude,
        "project_id": _uuid("c0", project.number, 0),
        "project_name": project.name,
        "project_notes": "",
        "project_admins": [{"id": _uuid("d0", project.number, 0), "name": "Invented Diver"}],
        "tags": [],
        "country_id": _uuid("f0", project.number, 0),
        "country_name": project.reef.site.country.name,
        "reef_type": "fringing",
        "reef_zone": "fore reef",
        "sample_date": day.isoformat(),
        "management_id": _uuid("90", project.number, 0),
        "management_name": project.reef.site.site_name,
        "management_size": f"{project.reef.site.area_km2 * 100:.2f}",
        "observers": ["Invented Diver", "Another Diver"],
        **dict.fromkeys(
            (f"data_policy_{name}" for name in ("benthicpit", "benthicpqt", "bleachingqc", "habitatcomplexity")),
            "public summary",
        ),
        "data_policy_beltfish": "private" if project.is_fish_private else "public summary",
        "protocols": _protocols(project, station, day, today),
    }


def _uuid(kind: str, first: int, second: int) -> str:
    return f"{kind}000000-0000-4000-8000-{first:06d}{second:06d}"


def _protocols(project: Project, station: Station, day: date, today: date) -> Record:
    reef = project.reef
    keys = (station.number, today.year - day.year, day.month)
    found: Record = {
        project.method(day, today): _cover(reef, station, day, today),
        "beltfish": {"sample_unit_count": TRANSECTS - 1} if project.is_fish_private else _fish(reef, day, today, keys),
        "habitatcomplexity": {
            "sample_unit_count": 2,
            "score_avg_avg": round(1.6 + station.first_pct / 30 + 0.2 * float(normal("complexity", *keys)), 2),
            "score_avg_sd": round(0.3 + 0.3 * float(uniform("complexity sd", *keys)), 2),
        },
    }
    # Colonies are looked at in each warm season, and once more after the hot summer.
    if day.month == reef.survey_months[0] or day.year == today.year - HOT_YEARS_AGO:
        found |= _bleaching(reef, station, day, today)
    return found


def _cover(reef: Reef, station: Station, day: date, today: date) -> Record:
    """The mean and the spread over transects; one transect has no spread."""
    keys = (station.number, today.year - day.year, day.month)
    units = TRANSECTS if uniform("few divers", *keys) > 0.06 else 1
    true = cover(reef, station, day, today)
    seen = {name: pct * (1 + SPREAD / units**0.5 * float(normal(f"seen {name}", *keys))) for name, pct in true.items()}
    whole = sum(seen.values())
    part: Record = {
        "sample_unit_count": units,
        "percent_cover_benthic_category_avg": {name: _text(100 * pct / whole) for name, pct in seen.items()},
    }
    if units > 1:
        part["percent_cover_benthic_category_sd"] = {
            name: _text(SPREAD * pct * (0.7 + 0.6 * float(uniform(f"spread {name}", *keys))))
            for name, pct in seen.items()
        }
    return part


def _fish(reef: Reef, day: date, today: date, keys: tuple[int, ...]) -> Record:
    """Biomass rises slowly, and a little less of it is left where coral has died."""
    years = (day - date(today.year, 1, 1)).days / DAYS_PER_YEAR
    thinner = 0.85 if day > reef.peak(today) else 1.0
    kgha = reef.fish_kgha * thinner * (1 + 0.03 * years) * float(1 + 0.12 * normal("fish", *keys))
    return {
        "sample_unit_count": TRANSECTS - 1,
        "biomass_kgha_avg": _text(kgha),
        "biomass_kgha_sd": _text(kgha * (0.2 + 0.2 * float(uniform("fish sd", *keys)))),
        "biomass_kgha_trophic_group_avg": {"piscivore": _text(kgha / 5)},
    }


def _bleaching(reef: Reef, station: Station, day: date, today: date) -> Record:
    keys = (station.number, today.year - day.year, day.month)
    bleached = bleached_pct(reef, day, today) * float(1 + 0.1 * normal("bleached", *keys))
    states = {name: round(bleached * share, 2) for name, share in STATE_SHARES.items()}
    pale = round(4 + 0.3 * bleached * float(0.8 + 0.4 * uniform("pale", *keys)), 2)
    all_bleached = round(sum(states.values()), 2)
    percents = {"normal": round(100 - pale - all_bleached, 2), "pale": pale, **states, "bleached": all_bleached}
    hard = cover(reef, station, day, today)[HARD_CORAL] * float(1 + 0.1 * normal("quadrats", *keys))
    return {
        "colonies_bleached": {
            "sample_unit_count": TRANSECTS,
            "count_total_avg": 80 + int(60 * uniform("colonies", *keys)),
            **{f"percent_{name}_avg": _text(pct) for name, pct in percents.items()},
        },
        "quadrat_benthic_percent": {
            "sample_unit_count": TRANSECTS,
            "quadrat_count_avg": 10,
            "percent_hard_avg_avg": _text(hard),
            "percent_hard_avg_sd": _text(0.25 * hard),
        },
    }


def _text(number: float) -> str:
    return f"{number:.2f}"
