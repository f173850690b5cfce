"""The Green List assessments of the invented network, as sites have filled in the template: who rated what, and why."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

from data.settings import DEMO_JURISDICTIONS
from data.standards import GREEN_LIST, adapted, criterion_of, standard
from demo.assessment_history import Assessment, assessments
from demo.chance import pick, uniform
from demo.sites import Site
from demo.tampering import as_sent_today

PREFIX = "/assessments/"
PATH = f"{PREFIX}green_list_assessments.csv"
EVIDENCE = "https://example.org/demo/evidence"
TOOL = "green_list"
JURISDICTIONS = ("KEN", "MEX")
FACTS = (
    *("site_id", "iso3", "tool", "tool_version", "jurisdiction", "assessment_date", "phase", "committed_on"),
    *("supersedes", "status"),
)
RATED = ("indicator_id", "role", "rating", "rated_on", "note", "evidence_url", "evidence_sha256", "evidence_date")
NO_FACTS, NO_EVIDENCE = ("",) * len(FACTS), ("", "", "")
# How hard a criterion is to meet, from 0 to 1; what is written down comes before what is measured.
HARDNESS = {
    "1.1": 0.2, "1.2": 0.3, "1.3": 0.5, "2.1": 0.05, "2.2": 0.25, "2.3": 0.4, "2.4": 0.45, "3.1": 0.45, "3.2": 0.65,
    "3.3": 0.55, "3.4": 0.7, "3.5": 0.55, "3.6": 0.6, "3.7": 0.9, "4.1": 0.8, "4.2": 0.75, "4.3": 0.65,
}  # fmt: skip
HARDNESS_SPREAD = 0.35
# Indicators that do not apply to some sites, and to how many.
NOT_APPLICABLE = {"GLS-V1.1-1.1.3": 0.07, "GLS-V1.1-2.2.2": 0.05}
# Of the indicators in a criterion that is not met, how many nobody knows yet; of all, how many a first look rates.
UNKNOWN_SHARE = {"not_started": 0.4, "application": 0.18, "candidate": 0.07, "green_list": 0.03}
FIRST_LOOK_SHARE = 0.45
EVIDENCE_SHARE, OLDER_EVIDENCE_SHARE = 0.75, 0.25
# Evidence that is a page and no file has no SHA-256.
PAGE_SHARE = 0.2
NOTE_SHARE = 0.3
SELF_CRITICAL_SHARE = 0.12
EXPERT_MILDER_SHARE, REVIEWER_STRICTER_SHARE = 0.05, 0.05
NOTES = {
    "met": ("Minutes and maps are on file", "Seen during the visit", "Figures of three years are attached"),
    "partly": ("Done in two of three zones", "Agreed, but not yet written down", "Data of one year are missing"),
    "not_met": ("Planned for next year", "No method has been agreed so far", "Money was not granted this year"),
    "not_applicable": ("Does not apply here: see the description of the site",),
    "": ("Not known yet: a survey is planned", "Not known yet: records are being collected"),
}
EXPERT_NOTES = (
    "The visit found this in only a part of the site",
    "Evidence is older than three years",
    "Minutes do not show who took part",
    "Targets are named, thresholds are not",
)


# What is drawn for each indicator of each assessment, and for each indicator of a site.
DRAWN = ("noted", "note", "evidence", "age", "page", "first look", "milder", "stricter")
DRAWN_ONCE = ("rating", "unknown", "applies")
Chances = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Asked:
    """The indicators that one site rates, and the criterion of each by its place in the Standard."""

    indicators: tuple[str, ...]
    criterion: np.ndarray


def assessments_csv(today: date) -> str:
    """Every assessment of every site; what is said of it once stands in its first row."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("assessment_id", *FACTS, *RATED))
    for assessment in assessments(today):
        facts = _facts(assessment)
        for row in as_sent_today(assessment, rated_rows(assessment, today.replace(day=1))):
            writer.writerow((assessment.assessment_id, *facts, *row))
            facts = NO_FACTS
    return text.getvalue()


def jurisdiction_of(site: Site) -> str:
    """The jurisdiction whose adapted indicators a site rates, or nothing."""
    return site.country.iso3 if site.country.iso3 in JURISDICTIONS else ""


@cache
def asked(jurisdiction: str) -> Asked:
    """All indicators that are known, and the first one of each criterion of which none is known.

    Sites have the Standard and know all of them; the demo rates one for each such criterion, by its number alone.
    """
    generic = standard(GREEN_LIST)
    known = adapted(GREEN_LIST, jurisdiction, folder=DEMO_JURISDICTIONS).indicators
    described = {indicator.criterion for indicator in generic.indicators.values()}
    criteria = list(generic.criteria)
    first = [f"GLS-V{generic.version}-{number}.1" for number in criteria if number not in described]
    rated = sorted({*known, *first}, key=lambda one: (criteria.index(criterion_of(one)), int(one.rpartition(".")[2])))
    return Asked(tuple(rated), np.array([criteria.index(criterion_of(one)) for one in rated]))


def _facts(assessment: Assessment) -> tuple[object, ...]:
    """What stands in the columns `FACTS`."""
    site = assessment.site
    return (
        *(site.site_id, site.country.iso3, TOOL, GREEN_LIST, jurisdiction_of(site)),
        *(assessment.assessed_on, assessment.phase, assessment.committed_on or ""),
        *(assessment.supersedes, assessment.status),
    )


def rated_rows(assessment: Assessment, month: date) -> Iterator[tuple[Any, ...]]:
    """What stands in the columns `RATED`, for all roles, the site itself first; as it was when it was signed."""
    indicators = asked(jurisdiction_of(assessment.site)).indicators
    chances = _chances(assessment.site, DRAWN, assessment.version)
    by_role = _ratings(assessment, chances)
    own = by_role["self"]
    evidence = _evidence(assessment, chances)
    places = np.flatnonzero(_is_rated(assessment, chances["first look"])).tolist()
    is_noted = (chances["noted"] < NOTE_SHARE).tolist()
    notes = chances["note"].tolist()
    evaluated_on = min(assessment.assessed_on + timedelta(35 + assessment.site.number % 60), month - timedelta(1))
    for role, ratings in by_role.items():
        rated_on = assessment.assessed_on if role == "self" else evaluated_on
        for place in places:
            rating = ratings[place]
            is_stricter = role == "expert_group" and rating == "partly" and own[place] == "met"
            # A row without rating and note would say nothing.
            needs_note = is_noted[place] or is_stricter or not rating
            note = pick(EXPERT_NOTES if is_stricter else NOTES[rating], notes[place]) if needs_note else ""
            attached = evidence.get(place, NO_EVIDENCE) if role == "self" and rating else NO_EVIDENCE
            yield indicators[place], role, rating, rated_on, note, *attached


def _ratings(assessment: Assessment, chances: Chances) -> dict[str, list[str]]:
    """The ratings of every role by indicator; an empty one is not known."""
    by_role = {"self": _own_ratings(assessment)}
    if "expert_group" in assessment.roles:
        by_role["expert_group"] = _expert_ratings(assessment, chances["milder"], by_role["self"])
    if "reviewer" in assessment.roles:
        by_role["reviewer"] = _reviewer_ratings(chances["stricter"], by_role["expert_group"])
    if assessment.phase == "green_list" and _chance("self-critical", assessment) < SELF_CRITICAL_SHARE:
        place = _one_of(assessment, "self-critical", by_role["self"], "met")
        by_role["self"][place] = "partly"
    return by_role


def _own_ratings(assessment: Assessment) -> list[str]:
    """The criteria that are easiest for this site are met, and those after them less and less.

    The same chances hold for all versions, so that what changes is how many are met.
    """
    site = assessment.site
    asks = asked(jurisdiction_of(site))
    rank = _ranks(site)[asks.criterion]
    beyond = rank - assessment.met
    chances = _chances(site, DRAWN_ONCE)
    chance = chances["rating"]
    near = np.clip(0.75 - 0.08 * beyond, 0.1, 0.8)
    ratings = np.where(chance < near, "met", np.where(chance < near + 0.7 * (1 - near), "partly", "not_met"))
    # One indicator at least is in the way of a criterion that is not met: the one with the worst chance.
    worst = np.array([chance[asks.criterion == place].max() for place in range(len(HARDNESS))])[asks.criterion]
    ratings = np.where((chance == worst) & (ratings == "met"), "partly", ratings)
    unknown = chances["unknown"] < UNKNOWN_SHARE[assessment.phase]
    ratings = np.where(unknown, "", ratings)
    ratings = np.where(beyond < 0, "met", ratings)
    applies_not = np.array([NOT_APPLICABLE.get(indicator, 0.0) for indicator in asks.indicators])
    does_not_apply = chances["applies"] < applies_not
    return [str(rating) for rating in np.where(does_not_apply, "not_applicable", ratings)]


def _expert_ratings(assessment: Assessment, chances: np.ndarray, own: list[str]) -> list[str]:
    """As the site rates, but for one criterion that a candidate rates too well and a few that it rates too badly."""
    if assessment.phase == "green_list":
        return own.copy()
    milder = chances < EXPERT_MILDER_SHARE
    found = ["partly" if mild and rating == "not_met" else rating for mild, rating in zip(milder, own, strict=True)]
    criterion = asked(jurisdiction_of(assessment.site)).criterion
    place = _one_of(assessment, "expert stricter", own, "met")
    others = [other for other in np.flatnonzero(criterion == criterion[place]) if own[other] == "met"]
    for other in others[: 1 + assessment.site.number % 2] if _chance("expert agrees", assessment) < 0.7 else ():
        found[other] = "partly"
    return found


def _reviewer_ratings(chances: np.ndarray, experts: list[str]) -> list[str]:
    """As the experts rate; what they find partly met the reviewer sometimes finds not met."""
    stricter = chances < REVIEWER_STRICTER_SHARE
    return ["not_met" if strict and one == "partly" else one for strict, one in zip(stricter, experts, strict=True)]


def _one_of(assessment: Assessment, topic: str, ratings: list[str], rating: str) -> int:
    """The place of one of the indicators with this rating."""
    return pick([place for place, one in enumerate(ratings) if one == rating], _chance(f"{topic} at", assessment))


@cache
def _ranks(site: Site) -> np.ndarray:
    """For each criterion how many others are easier to meet at this site."""
    hardness = np.array([HARDNESS[number] for number in standard(GREEN_LIST).criteria])
    hardness = hardness + HARDNESS_SPREAD * uniform("assessments: hardness", site.number, np.arange(len(hardness)))
    return np.argsort(np.argsort(hardness))


def _is_rated(assessment: Assessment, chances: np.ndarray) -> np.ndarray:
    """Which indicators have a row: a first look before a site applies leaves out many."""
    is_first_look = assessment.phase == "not_started"
    return (chances < FIRST_LOOK_SHARE) | (chances == chances.min()) if is_first_look else chances >= 0


def _evidence(assessment: Assessment, chances: Chances) -> dict[int, tuple[object, ...]]:
    """What the site attaches by the place of the indicator; most ratings of older versions have nothing any more."""
    asks = asked(jurisdiction_of(assessment.site))
    share = EVIDENCE_SHARE if assessment.is_newest else OLDER_EVIDENCE_SHARE
    ages = (12 + 900 * chances["age"] ** 2).astype(int).tolist()
    is_page = (chances["page"] < PAGE_SHARE).tolist()
    found: dict[int, tuple[object, ...]] = {}
    for place in np.flatnonzero(chances["evidence"] < share).tolist():
        day = assessment.assessed_on - timedelta(ages[place])
        name = f"{assessment.site.site_id}/{asks.indicators[place].rpartition('-')[2]}-{day:%Y%m%d}"
        if is_page[place]:
            found[place] = (f"{EVIDENCE}/{name}", "", day)
        else:
            digest = hashlib.sha256(f"Invented evidence {name}".encode()).hexdigest()
            found[place] = (f"{EVIDENCE}/{name}.pdf", digest, day)
    return found


def _chances(site: Site, topics: tuple[str, ...], *keys: int) -> Chances:
    """For each topic a chance for each indicator that the site rates."""
    numbers = np.arange(len(asked(jurisdiction_of(site)).indicators))
    topic = np.arange(len(topics))[:, None]
    return dict(zip(topics, uniform(f"assessments: {topics[0]}", site.number, *keys, topic, numbers), strict=True))


def _chance(topic: str, assessment: Assessment) -> float:
    return float(uniform(f"assessments: {topic}", assessment.site.number, assessment.version))
