"""One answer of the Red List: which of the assessments of a species counts, and what it says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import SourceChanged
from connectors.values import WrongValue, read_link
from data.schema import CATEGORIES

CATEGORY = "red_list_category_code"
GLOBAL = "1"
# Categories of version 2.3, of which lower risk was split in three.
OLDER = {"LR/LC": "LC", "LR/NT": "NT", "LR/CD": "NT"}

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Assessment:
    """An assessment as it came, and what is read of it; a value that cannot be stored raises WrongValue."""

    record: Record

    @property
    def number(self) -> str | None:
        """What the API calls this assessment."""
        text = _text(self.record.get("assessment_id"))
        return text if re.fullmatch(r"[0-9]{1,15}", text) else None

    @property
    def category(self) -> str:
        text = _text(self.record.get(CATEGORY))
        code = OLDER.get(text.upper(), text.upper())
        if code not in CATEGORIES:
            raise WrongValue(CATEGORY, text, f"it is none of {', '.join(CATEGORIES)}")
        return code

    @property
    def year_published(self) -> int | None:
        text = _text(self.record.get("year_published"))
        return int(text) if re.fullmatch(r"(19|20|21)[0-9]{2}", text) else None

    @property
    def link(self) -> str | None:
        return read_link("url", _text(self.record.get("url")))

    @property
    def age(self) -> tuple[bool, int, str]:
        """Greater for a newer assessment."""
        is_latest = _text(self.record.get("latest")).lower() == "true"
        return is_latest, self.year_published or 0, _text(self.record.get("assessment_date"))


def latest_global(answer: Any, where: str) -> Assessment | None:
    """The newest assessment of a species for the whole world; None where there are regional ones alone.

    Raises SourceChanged when the answer holds no list of assessments, or none of them a category.
    """
    records = answer.get("assessments") if isinstance(answer, Mapping) else None
    if not isinstance(records, list) or not all(isinstance(record, Mapping) for record in records):
        raise SourceChanged(f"{where} has no list `assessments`")
    if records and not any(CATEGORY in record for record in records):
        raise SourceChanged(f"{where}: no assessment has the field {CATEGORY}")
    found = [Assessment(record) for record in records if _is_global(record)]
    return max(found, key=lambda assessment: assessment.age, default=None)


def population_trend(answer: Any) -> str | None:
    """The trend that an assessment tells, in the words of the Red List."""
    for name in ("population_trend", "description", "en"):
        answer = answer.get(name) if isinstance(answer, Mapping) else None
    return _text(answer) or None


def _is_global(record: Record) -> bool:
    scopes = record.get("scopes")
    scopes = scopes if isinstance(scopes, list) else []
    return any(_text(scope.get("code")) == GLOBAL for scope in scopes if isinstance(scope, Mapping))


def _text(value: Any) -> str:
    """A value as text; numbers are often sent as such."""
    return str(value).strip() if isinstance(value, str | int | float) else ""
