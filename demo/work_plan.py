"""The work plan of the invented pilots: priorities of each site, what it tries, and the milestones on the way.

Days run relative to the first of this month, so that some milestone is always late and some is always due soon.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from demo.chance import pick, uniform
from demo.communities import COMMUNITIES
from demo.herds import ANIMALS
from demo.reefs import PLANTED_REEF, REEFS
from demo.sites import CAMERA_AREAS, Site, camera_site

PREFIX = "/work-plan/"
PATH = f"{PREFIX}work_plan.csv"
HEADINGS = (
    *("item_id", "site_id", "kind", "title", "technology", "criterion", "solution_id", "starts_on", "due_on"),
    *("done_on", "owner", "note"),
)
OWNERS = ("Tallgrass Signal Lab", "Harbour and Hill Trust", "Fieldnote Cooperative", "Lantern Ridge Foundation")
STARTED_DAYS = (150, 430)
STEP_DAYS = (80, 140)
# Of the milestones whose day has passed: done by then, and done later; the others are open still.
IN_TIME_SHARE, DONE_SHARE = 0.58, 0.83
OPEN_NOTES = ("Waits for the permit", "Parts are held at customs", "Rains closed the track", "Staff are being trained")
OPEN_NOTE_SHARE = 0.6


@dataclass(frozen=True)
class Solution:
    """What a pilot tries, and the steps on the way."""

    key: str
    title: str
    technology: str
    criterion: str
    milestones: tuple[str, ...]


CAMERAS = Solution(
    "cameras", "Cameras that name what they see", "camera traps", "3.7",
    (
        "Camera places are drawn and agreed", "Cameras stand at all places", "Recognition is checked by people",
        "First year of detection rates is told", "Thresholds for action are set",
    ),
)  # fmt: skip
WARNING = Solution(
    "warning", "Early warning of elephants for villages", "early warning", "3.4",
    (
        "Villages agree who is warned and how", "Sensors stand on the usual paths", "Responders are trained",
        "Warnings reach responders within five minutes", "A year with and without warnings is compared",
    ),
)  # fmt: skip
COLLARS = Solution(
    "collars", "Collars that movement charges", "kinetic collars", "4.1",
    (
        "Permits to collar are granted", "First animals carry a collar", "Energy of a season is compared",
        "Home ranges are told to the managers",
    ),
)  # fmt: skip
PLANTING = Solution(
    "planting", "Coral nurseries and planting", "coral restoration", "3.2",
    (
        "Nurseries are stocked", "First cohort is planted", "Survival after a year is measured",
        "Heat-tolerant parents are chosen", "Second bank is planted",
    ),
)  # fmt: skip
IMAGES = Solution(
    "images", "Reef images labelled by machine", "image recognition", "3.7",
    ("Stations are marked", "Labels of people and machine are compared", "Cover of all stations is told each year"),
)  # fmt: skip
HEAT = Solution(
    "heat", "Heat alerts for the reef", "satellite heat stress", "2.3",
    (
        "Reef is in the daily feed", "Who acts at which level is agreed", "An alert is rehearsed",
        "Bleaching is surveyed after an alert",
    ),
)  # fmt: skip
LISTENING = Solution(
    "listening", "Recorders that hear saws and shots", "acoustic recorders", "3.4",
    ("Places for recorders are agreed", "Recorders send from all places", "Patrols act on what was heard"),
)  # fmt: skip
LEARNING = Solution(
    "learning", "Monitoring that changes the plan", "dashboard", "1.3",
    (
        "Sources of data are connected", "Managers meet over the figures", "Management plan names the thresholds",
        "Evidence of a year is filed",
    ),
)  # fmt: skip
PRIORITIES = (
    ("Keep the major natural values as they are", "4.1"),
    ("Fewer conflicts between people and wildlife", "3.4"),
    ("A plan that follows what is measured", "1.3"),
    ("Know the threats before they grow", "2.3"),
)


def pilots() -> Mapping[str, tuple[Site, tuple[Solution, ...]]]:
    """The sites that the plan is about by their site id, and the two or three solutions that each tries."""
    warned = {community.iso3 for community in COMMUNITIES}
    collared = {animal.iso3 for animal in ANIMALS}
    found = {}
    for iso3 in CAMERA_AREAS:
        own = [CAMERAS, *([WARNING] if iso3 in warned else []), *([COLLARS] if iso3 in collared else [])]
        own += [LEARNING] if iso3 in collared and iso3 not in warned else []
        own += [LISTENING, LEARNING] if len(own) == 1 else []
        found[camera_site(iso3).site_id] = (camera_site(iso3), tuple(own))
    for reef in REEFS:
        first = PLANTING if reef is PLANTED_REEF else LEARNING
        found[reef.site.site_id] = (reef.site, (first, IMAGES, HEAT) if reef.number % 2 else (IMAGES, HEAT))
    return found


def work_plan_csv(today: date) -> str:
    """Every item of every pilot: its priorities, then each solution with its milestones."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS)
    writer.writeheader()
    for site, solutions in pilots().values():
        writer.writerows(_priorities(site))
        for number, solution in enumerate(solutions):
            writer.writerows(_solution(site, solution, number, today.replace(day=1)))
    return text.getvalue()


def _priorities(site: Site) -> Iterator[dict[str, object]]:
    """One or two wishes of the site, that have no day."""
    first = int(len(PRIORITIES) * _chance("priority", site))
    for place in range(1 + site.number % 2):
        title, criterion = PRIORITIES[(first + place) % len(PRIORITIES)]
        yield {
            "item_id": f"{site.site_id}-priority-{place + 1}",
            "site_id": site.site_id,
            "kind": "priority",
            "title": title,
            "criterion": criterion,
            "owner": pick(OWNERS, _chance("priority owner", site, place)),
        }


def _solution(site: Site, solution: Solution, number: int, month: date) -> list[dict[str, object]]:
    """The row of the solution, which lasts from its first milestone to its last, and those of the milestones."""
    solution_id = f"{site.site_id}-{solution.key}"
    told = {
        "site_id": site.site_id,
        "technology": solution.technology,
        "criterion": solution.criterion,
        "owner": pick(OWNERS, _chance("owner", site, number)),
    }
    milestones = [
        {"item_id": f"{solution_id}-{place + 1}", "kind": "milestone", "solution_id": solution_id, **told, **milestone}
        for place, milestone in enumerate(_milestones(site, solution, number, month))
    ]
    done = [milestone["done_on"] for milestone in milestones]
    whole = {
        "item_id": solution_id,
        "kind": "solution",
        "title": solution.title,
        "starts_on": milestones[0]["starts_on"],
        "due_on": milestones[-1]["due_on"],
        "done_on": max(done) if all(done) else "",
    }
    return [{**told, **whole}, *milestones]


def _milestones(site: Site, solution: Solution, number: int, month: date) -> Iterator[dict[str, object]]:
    """One after the other: as long as one is open, none after it is done."""
    starts_on = month - timedelta(_between(STARTED_DAYS, _chance("start", site, number)))
    is_open = False
    for place, title in enumerate(solution.milestones):
        due_on = starts_on + timedelta(_between(STEP_DAYS, _chance("step", site, number, place)))
        done_on = None if is_open else _done_on(site, (number, place), due_on, month)
        is_open = done_on is None
        has_note = is_open and due_on < month and _chance("has note", site, number, place) < OPEN_NOTE_SHARE
        yield {
            "title": title,
            "starts_on": starts_on,
            "due_on": due_on,
            "done_on": done_on or "",
            "note": pick(OPEN_NOTES, _chance("note", site, number, place)) if has_note else "",
        }
        starts_on = due_on


def _done_on(site: Site, keys: tuple[int, int], due_on: date, month: date) -> date | None:
    """The day on which a milestone was done, before this month; None while it is open."""
    fate, days = _chance("fate", site, *keys), _chance("done days", site, *keys)
    if fate >= DONE_SHARE:
        return None
    done_on = due_on + timedelta(-int(25 * days) if fate < IN_TIME_SHARE else 5 + int(60 * days))
    return done_on if done_on < month else None


def _between(limits: tuple[int, int], chance: float) -> int:
    low, high = limits
    return low + int(chance * (high - low + 1))


def _chance(topic: str, site: Site, *keys: int) -> float:
    return float(uniform(f"work plan: {topic}", site.number, *keys))
