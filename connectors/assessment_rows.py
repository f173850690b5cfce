"""The rules of the assessment template: what each row says, and whether the rows of an assessment agree."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.assessment_found import Found, Item
from connectors.assessment_template import HELD_BY, INDICATOR
from connectors.assessment_values import (
    STANDARD,
    choice_of,
    countries_of,
    day_or_year,
    indicator_of,
    is_indicator,
    rating_of,
    role_of,
    sha256_of,
    tool_of,
)
from connectors.base import Notice, Source
from connectors.filled_template import Filled, raw_of
from connectors.small_csv import Row
from connectors.values import WrongValue, day_of, read_site_id
from data.schema import ASSESSMENT_STATUSES, PHASES

FACTS = (
    "site_id",
    "site_name",
    "iso3",
    "tool",
    "tool_version",
    "jurisdiction",
    "assessment_date",
    "phase",
    "committed_on",
    "supersedes",
    "status",
    HELD_BY,
)
PREFILLED = ("tool", "tool_version", INDICATOR, "indicator_text")
SAYS_A_RATING = ("rating", "score", "note", "evidence_url", "evidence_sha256", "evidence_date", "rated_on")


@dataclass
class _Written:
    """All rows of one assessment, and what the first of them that says so states."""

    where: str
    assessment_id: str
    facts: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


def read_rows(tables: Iterable[Filled], source: Source, found: Found) -> None:
    """Add every assessment of the filled tables to `found`, with its ratings and what is refused.

    What an assessment is (site, tool, date and so on) is taken from the first row that says so; a later row that says
    otherwise is refused. Rows without assessment_id belong to the only assessment of their table.
    """
    tables = [table for table in tables if any(says_more(row.cells) for row in table.rows)]
    written: dict[str, _Written] = {}
    for table in tables:
        found.rows_read += len(table.rows)
        where = table.where if len(tables) > 1 else ""
        known = {name for row in table.rows if (name := row.cells["assessment_id"].strip())}
        alone = next(iter(known)) if len(known) == 1 else "" if known else _derived_id(table.rows)
        for row in table.rows:
            try:
                _add(row, alone, where, written)
            except WrongValue as wrong:
                found.refuse("ratings", row.line, wrong, raw_of(row), where)
    for assessment in written.values():
        _read_assessment(assessment, source, found)
    _tell_unrated(written.values(), found)
    _tell_versions(written, found)


def _derived_id(rows: Iterable[Row]) -> str:
    """A name for the only assessment of a table that names none: its site, tool version and date."""
    said = {name: {text for row in rows if (text := row.cells[name].strip())} for name in FACTS}
    parts = [said["site_id"] or said["site_name"], said["tool_version"] or said["tool"], said["assessment_date"]]
    return "-".join(next(iter(part)) for part in parts) if all(len(part) == 1 for part in parts) else ""


def _add(row: Row, alone: str, where: str, written: dict[str, _Written]) -> None:
    """Put the row to its assessment; raises WrongValue when it cannot be told or contradicts an earlier row."""
    if row.surplus:
        raise WrongValue("(row)", None, f"it has {len(row.surplus)} more cells than the heading")
    assessment_id = row.cells["assessment_id"].strip() or alone
    if not assessment_id:
        raise WrongValue("assessment_id", None, "it is missing, and the table does not hold just one assessment")
    assessment = written.setdefault(assessment_id, _Written(where, assessment_id))
    said = {name: " ".join(row.cells[name].split()) for name in FACTS if row.cells[name].strip()}
    for name, text in said.items():
        if text.casefold() != assessment.facts.get(name, text).casefold():
            stated = assessment.facts[name]
            raise WrongValue(name, row.cells[name], f"an earlier row of this assessment says {stated}")
    assessment.facts = said | assessment.facts
    assessment.rows.append(row)


def _read_assessment(written: _Written, source: Source, found: Found) -> None:
    facts = dict.fromkeys(FACTS, "") | written.facts
    first = written.rows[0]
    found.countries.update(countries_of(facts["iso3"]))
    try:
        values = _assessment(written.assessment_id, facts, first, source, found)
    except WrongValue as wrong:
        for row in written.rows:
            found.refuse("assessments", row.line, wrong, raw_of(row), written.where)
        return
    if written.assessment_id in found.assessments:
        found.duplicates += 1
        wrong = WrongValue("assessment_id", written.assessment_id, "another file holds this assessment already")
        for row in written.rows:
            found.refuse("assessments", row.line, wrong, raw_of(row), written.where)
        return
    if not facts[HELD_BY]:
        found.assessments[written.assessment_id] = Item(values, first.line, raw_of(first))
    for row in written.rows:
        try:
            if rating := _rating(row.cells, values):
                found.rate(Item(rating, row.line, raw_of(row)))
        except WrongValue as wrong:
            found.refuse("ratings", row.line, wrong, raw_of(row), written.where)


def _assessment(
    assessment_id: str, facts: Mapping[str, str], first: Row, source: Source, found: Found
) -> dict[str, Any]:
    tool = tool_of(facts["tool"], facts["tool_version"], first.cells[INDICATOR])
    if tool is None:
        raise WrongValue("tool", None, "no row of this assessment says it")
    version = facts["tool_version"] or (STANDARD if tool == "green_list" else None)
    assessed_on, year = day_or_year("assessment_date", facts["assessment_date"])
    if year is None:
        raise WrongValue("assessment_date", None, "no row of this assessment says it")
    site_id = _site_of(facts, source)
    found.sites.add(site_id)
    return {
        "assessment_id": assessment_id,
        "site_id": site_id,
        "country_iso3": ";".join(countries_of(facts["iso3"])) or None,
        "tool": tool,
        "method": facts["tool_version"] or facts["tool"] or tool,
        "standard_version": version,
        "jurisdiction": facts["jurisdiction"] or None,
        "phase": _optional(lambda: choice_of("phase", facts["phase"], PHASES), assessment_id, found),
        "assessed_on": assessed_on,
        "assessed_year": year,
        "status": _optional(lambda: choice_of("status", facts["status"], ASSESSMENT_STATUSES), assessment_id, found),
        "supersedes": facts["supersedes"] or None,
        "committed_on": _optional(lambda: day_of("committed_on", facts["committed_on"]), assessment_id, found),
    }


def _optional(read: Callable[[], Any], assessment_id: str, found: Found) -> Any:
    """What can be done without: a value that cannot be read is told and left empty."""
    try:
        return read()
    except WrongValue as wrong:
        text = f"{assessment_id}: {wrong.field} {str(wrong.value)[:40]!r} is left empty, because {wrong.reason}"
        found.notices.append(Notice(text))
        return None


def _site_of(facts: Mapping[str, str], source: Source) -> str:
    """The site that the rows name by its id, or that the source's map has for its name."""
    if facts["site_id"]:
        return read_site_id("site_id", facts["site_id"])[0]
    site_id = source.site_of(facts["site_name"])
    if not site_id:
        raise WrongValue("site_id", None, "no row of this assessment says it, and its name has no configured site")
    return site_id


def _rating(cells: Mapping[str, str], assessment: Mapping[str, Any]) -> dict[str, Any] | None:
    """The rating of a row, None when it says nothing yet; raises WrongValue when it cannot be read."""
    if not is_rated(cells):
        return None
    role = next((name for name in ("role", "reviewed_by", "assessor_role") if cells[name].strip()), "role")
    word, score, score_max = rating_of(cells, assessment["tool"])
    return {
        "assessment_id": assessment["assessment_id"],
        "indicator_id": indicator_of(cells[INDICATOR], assessment["tool"]),
        "role": role_of(role, cells[role]),
        "site_id": assessment["site_id"],
        "rating": word,
        "score": score,
        "score_max": score_max,
        "rated_on": day_of("rated_on", cells["rated_on"]),
        "note": cells["note"].strip() or None,
        "evidence": cells["evidence_url"].strip() or None,
        "evidence_sha256": sha256_of(cells["evidence_sha256"]),
        "evidence_on": day_of("evidence_date", cells["evidence_date"]),
    }


def says_more(cells: Mapping[str, str]) -> bool:
    """Whether a row says anything that did not stand in the template before."""
    return any(cell.strip() for name, cell in cells.items() if name not in PREFILLED)


def is_rated(cells: Mapping[str, str]) -> bool:
    """Whether a row says anything about its indicator."""
    return any(cells[name].strip() for name in SAYS_A_RATING)


def _tell_unrated(written: Iterable[_Written], found: Found) -> None:
    rows = [row for assessment in written for row in assessment.rows]
    unrated = [row.cells[INDICATOR].strip() for row in rows if not is_rated(row.cells)]
    found.tell(dict.fromkeys(filter(None, unrated)), "indicators are not rated in some row and stay unknown")
    unknown = dict.fromkeys(key[1] for key in found.ratings if not is_indicator(key[1]))
    found.tell(unknown, "indicators are of no standard that is known and are stored as they are")


def _tell_versions(written: Mapping[str, _Written], found: Found) -> None:
    """Which replaced assessments are not here, and which sites have two that are current."""
    own = {name: item.values for name, item in found.assessments.items() if name in written}
    named = [values["supersedes"] for values in own.values() if values["supersedes"]]
    found.tell([name for name in named if name not in found.assessments], "replaced assessments are not in these files")
    current: dict[tuple[str, str], list[str]] = {}
    for assessment_id, values in own.items():
        if values["status"] != "superseded" and assessment_id not in named:
            current.setdefault((values["site_id"], values["tool"]), []).append(assessment_id)
    several = [f"{site_id} ({', '.join(ids)})" for (site_id, _), ids in current.items() if len(ids) > 1]
    found.tell(several, "sites have more than one current assessment with the same tool; name the older in supersedes")
