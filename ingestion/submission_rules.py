"""Who may hand in what, and what of a file is new: the rules of the page where assessments are handed in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from data import settings
from data.access import Viewer
from data.standards import adapted, standards
from ingestion.submission_known import Known
from ingestion.submission_reading import Line, Reading

GREEN_LIST = "green_list"
REVIEWER = "reviewer"
MOST_ASSESSMENTS = 100
SHOWN = 8
FACTS = {
    "site_id": "site_id",
    "tool": "tool",
    "standard_version": "tool_version",
    "jurisdiction": "jurisdiction",
    "country_iso3": "iso3",
    "assessed_on": "assessment_date",
    "assessed_year": "assessment_date",
    "phase": "phase",
    "committed_on": "committed_on",
    "supersedes": "supersedes",
    "status": "status",
}
SAID = ("rating", "note", "evidence", "evidence_sha256", "evidence_on")
NEW_ID = "every version is kept: give this one its own assessment_id and name the old one in supersedes"
CLOSED = "its assessment is not taken"
MAY_NOT = "You may hand in no assessment. Managers of a site, reviewers and staff may."


@dataclass
class Judged:
    """What becomes of a file: why it cannot be stored, what is odd, the reason for each refused row, and of the others
    the ratings that are `new` and the rows that are stored `already`."""

    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    new: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    already: set[int] = field(default_factory=set)


def may_hand_in(viewer: Viewer) -> bool:
    """Whether this viewer may hand in anything at all."""
    return viewer.role in ("staff", REVIEWER) or (viewer.role == "site" and bool(viewer.sites))


def judge(reading: Reading, known: Known, viewer: Viewer, today: date) -> Judged:
    """What becomes of each row of a file that this viewer hands in, and why the whole may not be stored."""
    judged = Judged([*reading.problems], [*reading.notices])
    if not may_hand_in(viewer):
        judged.problems = [MAY_NOT]
        return judged
    if len(reading.assessments) > MOST_ASSESSMENTS:
        judged.problems.append(f"The file holds more than {MOST_ASSESSMENTS} assessments; hand in fewer at once.")
        return judged
    closed = {name: _closed(facts, known, viewer) for name, facts in reading.assessments.items()}
    for line in reading.lines:
        if reason := line.reason or (line.values and _why_refused(line, known, viewer, today, closed)):
            judged.reasons[line.row] = reason
    for name, facts in reading.assessments.items():
        lines = [line for line in reading.lines if line.values and line.values["assessment_id"] == name]
        if closed[name]:
            judged.problems.append(closed[name])
            continue
        judged.problems += _problems(facts, known, viewer, reading, today)
        judged.notices += _unknown_indicators(facts, lines)
        if facts["assessed_on"] and facts["assessed_on"] > today:
            judged.notices.append(f"{name} is shown from {facts['assessed_on']} on, its date.")
        _sort_rows(name, lines, known, today, judged)
    if not judged.problems and not judged.new and not judged.already:
        judged.problems.append("No row holds a rating that can be stored.")
    return judged


def _closed(facts: Mapping[str, Any], known: Known, viewer: Viewer) -> str:
    """Why a viewer may learn nothing of what is stored under a name, neither that it is nor what it says; or empty."""
    name, site_id = facts["assessment_id"], facts["site_id"]
    stored = known.assessments.get(name)
    if viewer.role == "site" and site_id in known.sites and site_id not in viewer.sites:
        return f"{name} is of site {site_id}, which is not yours."
    if viewer.role == "site" and stored and stored["site_id"] not in viewer.sites:
        return f"{name}: this assessment_id is taken; choose another one."
    if viewer.role == REVIEWER and name not in known.seen:
        return f"{name} is not stored, or you may not see it; reviewers rate assessments that the site has handed in."
    return ""


def _problems(facts: Mapping[str, Any], known: Known, viewer: Viewer, reading: Reading, today: date) -> Iterator[str]:
    """Why an assessment cannot be stored, whatever its rows say."""
    name, site_id, stored = facts["assessment_id"], facts["site_id"], known.assessments.get(facts["assessment_id"])
    if facts["tool"] != GREEN_LIST:
        yield f"{name} is an assessment by {facts['tool']}; only those by the Green List are taken here."
    if site_id not in known.sites:
        yield f"{name}: there is no site {site_id} in this network."
    if facts["assessed_year"] and facts["assessed_year"] > today.year:
        yield f"{name}: its year {facts['assessed_year']} has not come yet."
    if stored and (other := _others(facts, stored)):
        yield f"{name} is stored already with another {', '.join(other)}; {NEW_ID}."
    if viewer.role == "site" and facts["status"] == "verified" and not stored:
        yield f"{name}: its status is verified, which only staff may say; write submitted."
    yield from _replaced(facts, known, reading)


def _replaced(facts: Mapping[str, Any], known: Known, reading: Reading) -> Iterator[str]:
    name, replaced = facts["assessment_id"], facts["supersedes"]
    seen = known.assessments.get(replaced) if replaced in known.seen else None
    older = seen or reading.assessments.get(replaced)
    if replaced == name:
        yield f"{name} names itself in supersedes."
    elif older and older["site_id"] != facts["site_id"]:
        yield f"{name}: supersedes names {replaced}, which is not an assessment of site {facts['site_id']}."


def _others(facts: Mapping[str, Any], stored: Mapping[str, Any]) -> list[str]:
    """The columns in which a file says otherwise than what is stored; what it leaves empty it does not say."""
    named = (FACTS[name] for name in FACTS if facts[name] is not None and facts[name] != stored[name])
    return list(dict.fromkeys(named))


def _why_refused(line: Line, known: Known, viewer: Viewer, today: date, closed: Mapping[str, str]) -> str:
    """Why one readable row is not taken from this viewer; empty when it is."""
    values = line.values
    if closed[values["assessment_id"]]:
        return CLOSED
    if viewer.role == "site" and line.role != "self":
        return "role: a site hands in its self-assessment alone; this row is of others"
    if viewer.role == REVIEWER and line.role != REVIEWER:
        return "role: a reviewer hands in rows with the role reviewer alone"
    # A day more, because it is tomorrow already for half of the world.
    if values["rated_on"] and values["rated_on"] > today + timedelta(days=1):
        return "rated_on: this day has not come yet"
    stored = known.ratings.get((values["assessment_id"], line.indicator_id, line.role))
    if line.role == REVIEWER and stored and not _is_same(values, stored) and _day(values, today) < _day(stored):
        return f"rated_on: a newer rating of {stored['rated_on']} is stored"
    return ""


def _sort_rows(assessment_id: str, lines: list[Line], known: Known, today: date, judged: Judged) -> None:
    """Tell the new rows of an assessment from those that are stored already.

    Of a self-assessment or the expert group all ratings are one content; of reviewers each rating is its own.
    """
    lines = [line for line in lines if line.row not in judged.reasons]
    for role in dict.fromkeys(line.role for line in lines):
        mine = [line for line in lines if line.role == role]
        stored = known.ratings_by(assessment_id, role)
        same = {line.row for line in mine if _is_same(line.values, stored.get(line.indicator_id))}
        judged.already |= same
        new = [line for line in mine if line.row not in same]
        if role != REVIEWER and stored and (new or len(mine) < len(stored)):
            judged.problems.append(f"{assessment_id} is stored already with other ratings by {role}; {NEW_ID}.")
        for line in new:
            day = line.values["rated_on"] or (today if role == REVIEWER else None)
            judged.new[line.row] = {**line.values, "rated_on": day and min(day, today)}
    if not lines:
        judged.notices.append(f"{assessment_id} holds no rating that can be stored, and is left out.")


def _is_same(values: Mapping[str, Any], stored: Mapping[str, Any] | None) -> bool:
    if stored is None or any(values[name] != stored[name] for name in SAID):
        return False
    return values["rated_on"] in (None, stored["rated_on"])


def _day(values: Mapping[str, Any], otherwise: date = date.min) -> date:
    return values["rated_on"] or otherwise


def _unknown_indicators(facts: Mapping[str, Any], lines: list[Line]) -> Iterator[str]:
    """Which rated indicators the standard, as the jurisdiction has adapted it, does not have."""
    name, version, jurisdiction = (facts[key] for key in ("assessment_id", "standard_version", "jurisdiction"))
    if version not in standards():
        yield f"{name}: the standard {version} is not known here, so its indicators could not be looked up."
        return
    known = adapted(version, jurisdiction or "", facts["assessed_on"], settings.jurisdictions_folder())
    if jurisdiction and not known.jurisdiction:
        yield f"{name}: no adapted indicators of {jurisdiction} are known; they were compared with the generic ones."
    unknown = list(dict.fromkeys(line.indicator_id for line in lines if not known.is_known(line.indicator_id)))
    if unknown:
        shown = ", ".join(unknown[:SHOWN]) + (", …" if len(unknown) > SHOWN else "")
        yield f"{name}: {len(unknown)} indicators are not of {version}, and are stored as they are: {shown}."
