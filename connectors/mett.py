"""Tables of METT scores: one row for each assessment, one column for each question, 0 to 3 points."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.assessment_found import Found, Item
from connectors.assessment_values import WORDS, countries_of, day_or_year, first_spellings, letters_of
from connectors.base import Notice, Source, raw_json
from connectors.mett_questions import NUMBERED, QUESTIONS_MAX, question_of, version_by_questions, version_of
from connectors.small_csv import Row, name_columns
from connectors.values import WrongValue, read_site_id

SPELLINGS = {
    "assessment_id": ("assessmentid", "id", "evaluationid", "asmtid"),
    "site_id": ("wdpaid", "siteid", "wdpa", "wdpacode"),
    "site_name": ("sitename", "name", "protectedarea", "protectedareaname", "nameofprotectedarea", "paname"),
    "iso3": ("iso3", "country", "countries"),
    "date": ("assessmentdate", "date", "dateofassessment", "year", "assessmentyear", "yrass"),
    "version": ("mettversion", "toolversion", "version"),
    "status": ("status",),
}
QUESTIONS_MIN = 8
POINTS_MAX = 3
NOT_ANSWERED = ("", "-99", "null")
PLACEHOLDER = "999999999"
RAW_CHARACTERS = 2_000


@dataclass(frozen=True)
class MettTable:
    """A table of scores: the rows, and the questions by the place of their column; `version` where the table tells."""

    where: str
    rows: tuple[Row, ...]
    columns: frozenset[str]
    questions: Mapping[str, str]
    version: str | None


def mett_table(records: Sequence[tuple[int, str, list[str]]], where: str, sheet: str) -> MettTable | None:
    """The records as a table of scores, None when their headings ask too few known questions.

    The version is told by the name of the sheet or by the questions that moved. Raises SourceChanged when a question
    is asked twice.
    """
    headings = records[0][2] if records else []
    asked = [question_of(heading) for heading in headings]
    version = version_of(sheet)
    named = {name: number for name, number in asked if name}
    if len(named) >= QUESTIONS_MIN:
        version = version or version_by_questions(named)
        spellings = {name: (letters_of(heading),) for heading, (name, _) in zip(headings, asked, strict=True) if name}
    elif version == NUMBERED and len({number for _, number in asked if number}) >= QUESTIONS_MIN:
        spellings = {
            f"q{number}": (letters_of(heading),)
            for heading, (_, number) in zip(headings, asked, strict=True)
            if number and number <= QUESTIONS_MAX[NUMBERED]
        }
    else:
        return None
    table = name_columns(records, where, {**first_spellings(SPELLINGS, headings), **spellings}, ())
    columns = frozenset(column for column in table.columns if column)
    return MettTable(where, table.rows, columns, {name: name for name in spellings}, version)


def site_list(records: Sequence[tuple[int, str, list[str]]], where: str) -> dict[str, dict[str, str]]:
    """What another sheet says of each assessment (its site, country, date), by the id of the assessment."""
    table = name_columns(records, where, first_spellings(SPELLINGS, records[0][2] if records else ()), ())
    if not {"assessment_id", "site_id"} <= set(table.columns):
        return {}
    return {row.cells["assessment_id"].strip(): dict(row.cells) for row in table.rows if row.cells["assessment_id"]}


def read_scores(table: MettTable, sites: Mapping[str, Mapping[str, str]], source: Source, found: Found) -> None:
    """Add every assessment of the table to `found`; `sites` is what other sheets say of them by their id."""
    found.rows_read += len(table.rows)
    if not table.version and "version" not in table.columns:
        text = f"{table.where} does not say which version of the METT it is; its scores are stored as METT-3"
        found.notices.append(Notice(text))
    seen: set[tuple[str, ...]] = set()
    for row in table.rows:
        said = {name: text for name, text in sites.get(row.cells.get("assessment_id", "").strip(), {}).items() if text}
        cells = {name: row.cells.get(name, "").strip() or said.get(name, "").strip() for name in SPELLINGS}
        found.countries.update(countries_of(cells["iso3"]))
        raw = raw_json({name: text for name, text in row.cells.items() if text})[:RAW_CHARACTERS]
        own_id = cells["assessment_id"]
        key = (own_id,) if own_id else (cells["site_id"] or cells["site_name"], cells["version"], cells["date"])
        try:
            if key in seen:
                found.duplicates += 1
                raise WrongValue("assessment_id", own_id or None, "an earlier row holds this assessment already")
            seen.add(key)
            values = _assessment(cells, table, source, found)
            if values["assessment_id"] in found.assessments:
                found.duplicates += 1
                raise WrongValue("assessment_id", values["assessment_id"], "another table holds it already")
        except WrongValue as wrong:
            found.refuse("assessments", row.line, wrong, raw, table.where)
            continue
        found.assessments[values["assessment_id"]] = Item(values, row.line, raw)
        _read_answers(row, table, values, raw, found)


def _assessment(cells: Mapping[str, str], table: MettTable, source: Source, found: Found) -> dict[str, Any]:
    version = version_of(cells["version"]) or table.version or "METT-3"
    site_id = read_site_id("site_id", cells["site_id"])[0] if cells["site_id"] else source.site_of(cells["site_name"])
    if site_id is None:
        raise WrongValue("site_id", None, "it is missing, and its name has no configured site")
    if site_id == PLACEHOLDER:
        raise WrongValue("site_id", site_id, "it is a placeholder for sites without an id")
    found.sites.add(site_id)
    assessed_on, year = day_or_year("date", cells["date"])
    return {
        "assessment_id": cells["assessment_id"] or "-".join(filter(None, (version, site_id, cells["date"]))),
        "site_id": site_id,
        "country_iso3": ";".join(countries_of(cells["iso3"])) or None,
        "tool": "METT",
        "method": "METT",
        "standard_version": version,
        "assessed_on": assessed_on,
        "assessed_year": year,
    }


def _read_answers(row: Row, table: MettTable, assessment: Mapping[str, Any], raw: str, found: Found) -> None:
    for question in table.questions:
        text = row.cells[question].strip()
        try:
            if answer := _answer(question, text):
                score, word = answer
                values = {
                    "assessment_id": assessment["assessment_id"],
                    "indicator_id": f"{assessment['standard_version']}-{question}",
                    "role": "self",
                    "site_id": assessment["site_id"],
                    "rating": word,
                    "score": score,
                    "score_max": float(POINTS_MAX) if score is not None else None,
                    "rated_on": assessment["assessed_on"],
                }
                found.rate(Item(values, row.line, raw))
        except WrongValue as wrong:
            found.refuse("ratings", row.line, wrong, raw, table.where)


def _answer(question: str, text: str) -> tuple[float | None, str | None] | None:
    """Points or "not applicable", None where the question was not answered."""
    if text.lower() in NOT_ANSWERED:
        return None
    if letters_of(text) in WORDS["not_applicable"]:
        return None, "not_applicable"
    match = re.fullmatch(r"(\d)([.,]0+)?", text, re.ASCII)
    if not match or int(match[1]) > POINTS_MAX:
        raise WrongValue(question, text, f"it is not a score from 0 to {POINTS_MAX}, or N/A")
    return float(match[1]), None
