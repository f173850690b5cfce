"""Single cells of assessments: tools, roles, ratings, points, indicators, days and countries."""

import functools
import re
from collections.abc import Iterable, Mapping
from datetime import date

from connectors.values import YEARS, WrongValue, day_of, read_number
from data.schema import RATINGS_OF_INDICATORS

STANDARD = "GLS-1.1"
TOOLS = {
    "green_list": ("gls", "greenlist", "iucngreenlist", "greenliststandard"),
    "METT": ("mett", "managementeffectivenesstrackingtool"),
    "IMET": ("imet", "integratedmanagementeffectivenesstool"),
}
ROLES = {
    "self": ("self", "selfassessment", "site", "sitemanager", "parepresentative"),
    "expert_group": ("expertgroup", "expert", "experts", "eagl", "expertassessmentgroup"),
    "reviewer": ("reviewer", "independentreviewer", "review"),
}
WORDS = {
    "met": ("met", "fullymet"),
    "partly": ("partly", "partlymet", "partiallymet", "partial"),
    "not_met": ("notmet", "unmet"),
    "not_applicable": ("notapplicable", "na"),
}
POINTS_MAX = {"METT": 3.0, "IMET": 100.0}
LOWEST = {"METT": 0.0, "IMET": -100.0}
KNOWN_INDICATORS = re.compile(
    r"GLS-V\d+\.\d+-[1-4]\.[1-7]\.\d{1,2}|METT-[1-4]-[a-z0-9_]+|IMET-v\d-[A-Za-z_]+\d*|IMET-oecm-[A-Za-z_]+\d*"
)
_BARE = re.compile(r"(?:GLS-?)?(?:V?1\.1-)?([1-4]\.[1-7]\.\d{1,2})", re.IGNORECASE)


@functools.lru_cache(maxsize=4096)
def letters_of(text: str) -> str:
    """Letters and digits alone, in lower case: how spellings are compared."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def first_spellings(spellings: Mapping[str, tuple[str, ...]], headings: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Of the spellings of each column the first that the headings have, for tables that say a thing in two ways."""
    there = {letters_of(heading) for heading in headings}
    return {name: next(((known,) for known in ways if known in there), ()) for name, ways in spellings.items()}


def tool_of(*texts: str) -> str | None:
    """The family that the first text which is not blank names (`METT-4`, `GLS-1.1`); `other` for any else."""
    for text in texts:
        if letters := letters_of(text):
            starts = (tool for tool, names in TOOLS.items() if letters.startswith(names))
            return next(starts, "other")
    return None


def role_of(field: str, text: str) -> str:
    """The role in our words, `self` when blank; raises WrongValue for any other."""
    return _word(field, text, ROLES) or "self"


def choice_of(field: str, text: str, allowed: tuple[str, ...]) -> str | None:
    """One of the `allowed` words whatever its case and blanks, None when blank; raises WrongValue for any other."""
    return _word(field, text, {word: (letters_of(word),) for word in allowed})


def indicator_of(text: str, tool: str | None) -> str:
    """The indicator as the standard writes it; the bare number of a Green List one is completed.

    Raises WrongValue when blank. What has another form stays as it is: `is_indicator` tells.
    """
    indicator = " ".join(text.split())
    if not indicator:
        raise WrongValue("indicator_id", None, "it is missing")
    bare = _BARE.fullmatch(indicator) if tool in (None, "green_list") else None
    return f"GLS-V1.1-{bare[1]}" if bare else indicator


def is_indicator(indicator_id: str) -> bool:
    """Whether the id has the form of an indicator of a known tool."""
    return bool(KNOWN_INDICATORS.fullmatch(indicator_id))


def rating_of(cells: Mapping[str, str], tool: str) -> tuple[str | None, float | None, float | None]:
    """The rating in words, the points and the most points; a number as rating is points.

    Raises WrongValue for a word that is no rating, points of a Green List indicator, words other than
    "not applicable" where the tool gives points, and points outside of their limits.
    """
    text = cells["rating"].strip()
    is_number = bool(re.fullmatch(r"[+-]?\d+([.,]\d+)?", text, re.ASCII))
    word = None if is_number else _word("rating", text, WORDS)
    lowest = LOWEST.get(tool, 0.0)
    highest = _points("score_max", cells["score_max"], 0.0)
    score = _points("score", cells["score"], lowest)
    if is_number:
        given = _points("rating", text, lowest)
        if score is not None and score != given:
            raise WrongValue("score", cells["score"], "the rating of this row is another number")
        score = given
    if tool == "green_list" and score is not None:
        raise WrongValue("rating" if is_number else "score", text or cells["score"], _ONLY_WORDS)
    if tool in POINTS_MAX and word not in (None, "not_applicable"):
        raise WrongValue("rating", text, f"an indicator of {tool} is rated in points, or as not_applicable")
    if score is not None and word == "not_applicable":
        raise WrongValue("score", cells["score"], "an indicator that is not applicable has no points")
    if score is not None:
        highest = POINTS_MAX.get(tool) if highest is None else highest
        if highest is not None and score > highest:
            raise WrongValue("rating" if is_number else "score", f"{score:g}", f"it is more than {highest:g} points")
    return word, score, highest


def sha256_of(text: str) -> str | None:
    """A SHA-256 in hexadecimal, None when blank; raises WrongValue for anything else."""
    digits = text.strip().lower()
    if digits and not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise WrongValue("evidence_sha256", text, "it is not a SHA-256: 64 hexadecimal digits")
    return digits or None


def day_or_year(field: str, text: str) -> tuple[date | None, int | None]:
    """The day and its year, or a year alone; raises WrongValue for any other way to write it."""
    if re.fullmatch(r"\s*\d{4}(\.0+)?\s*", text, re.ASCII):
        return None, year_of(field, text)
    day = day_of(field, text)
    return day, day.year if day else None


def year_of(field: str, text: str) -> int | None:
    """A year, None when blank or 0; raises WrongValue for anything else."""
    match = re.fullmatch(r"(\d{1,4})(\.0+)?", text.strip(), re.ASCII)
    if not text.strip() or (match and int(match[1]) == 0):
        return None
    if not match or not YEARS[0] <= int(match[1]) <= YEARS[1]:
        raise WrongValue(field, text, f"it is not a year between {YEARS[0]} and {YEARS[1]}")
    return int(match[1])


def countries_of(text: str) -> list[str]:
    """The codes of a list with `;` or `,`, each once, in capitals."""
    codes = (code.strip().upper() for code in re.split(r"[;,]", text))
    return list(dict.fromkeys(code for code in codes if code))


def _points(field: str, text: str, lowest: float) -> float | None:
    return read_number(field, text.replace(",", "."), lowest)


def _word(field: str, text: str, spellings: Mapping[str, tuple[str, ...]]) -> str | None:
    letters = letters_of(text)
    if not letters:
        return None
    found = next((word for word, known in spellings.items() if letters in (*known, letters_of(word))), None)
    if found is None:
        raise WrongValue(field, text, f"it is not one of {', '.join(spellings)}")
    return found


_ONLY_WORDS = f"an indicator of the Green List is rated in words: {', '.join(RATINGS_OF_INDICATORS)}"
