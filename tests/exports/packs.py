"""An invented assessment of three roles, as the pages hand it to the evidence pack."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd

from data.standards import standard
from data.standards.evidence import evidence_links
from exports.evidence_pack import Judged, Pack, build
from metrics.readiness import ROLES, criterion_states
from metrics.result import Result, nothing

STANDARD = standard()
HASH = "0123456789abcdef" * 4
# Indicator, role, rating, note, evidence, hash, day of the evidence.
RATED = [
    ("2.1.1", "self", "met", "first of 2.1", "Register", HASH, "2024-02-01"),
    ("2.1.2", "self", "met", "second of 2.1", "Register", HASH, "2024-03-01"),
    ("2.1.3", "self", "met", "third of 2.1", "Plan", None, "2023-05-06"),
    ("2.1.4", "self", "not_applicable", None, None, None, None),
    ("3.4.1", "self", "partly", "fence is not ready", "https://a.example/fence", "abc", "2025-01-01"),
    ("3.4.1", "expert_group", "not_met", "seen on the visit", "Plan", HASH.upper(), "2025-06-01"),
    ("2.1.1", "expert_group", "met", None, None, None, None),
    ("3.4.1", "reviewer", "met", None, None, None, None),
    ("1.1.10", "reviewer", None, "will look", None, None, None),
    ("1.1.9", "reviewer", "met", None, None, None, None),
]
COLUMNS = ["indicator_id", "role", "rating", "note", "evidence", "evidence_sha256", "evidence_on"]


def ratings(rated: list[tuple] = RATED) -> pd.DataFrame:
    frame = pd.DataFrame(rated, columns=COLUMNS)
    return frame.assign(
        assessment_id="wide-valley-2026",
        site_id="7",
        criterion=frame["indicator_id"].str[:3],
        indicator_id="GLS-V1.1-" + frame["indicator_id"],
        rated_on=pd.Timestamp("2026-01-02"),
        evidence_on=pd.to_datetime(frame["evidence_on"]),
        score=None,
        score_max=None,
        source="wide-valley",
    )


def states(rated: pd.DataFrame, roles: tuple[str, ...] = ROLES) -> pd.DataFrame:
    """What each role found, of the indicators that anybody listed."""
    every = [criterion_states(rated, list(STANDARD.criteria), role).assign(role=role) for role in roles]
    return pd.concat(every, ignore_index=True)


def judged() -> list[Judged]:
    """The first figure is there, of the others each is missing."""
    first, *others = evidence_links()
    there = Result(62.5, "%", 8, "warnings", (50.5, 74.5), datetime(2025, 12, 24, 5, tzinfo=UTC), 0.25)
    return [
        Judged(first, there, "supports", "Share of the warnings\n    that anybody answered."),
        *(
            Judged(link, nothing(link.unit, "records", f"no sensor for {number}"), "missing", f"Method {number}.")
            for number, link in enumerate(others)
        ),
    ]


def pack(**changes: object) -> Pack:
    rated = ratings()
    whole = Pack(
        site={"site_id": "7", "site_name": "Wide Valley", "country": "Nowhere", "region": "Asia"},
        assessment={
            "assessment_id": "wide-valley-2026",
            "assessed_on": pd.Timestamp("2026-01-02"),
            "assessed_year": pd.NA,
            "jurisdiction": None,
            "supersedes": float("nan"),
        },
        ratings=rated,
        states=states(rated),
        history=pd.DataFrame(
            [(date(2024, 1, 5), "self", 3), (date(2026, 1, 2), "self", 1), (date(2026, 1, 2), "reviewer", 2)],
            columns=["assessed_on", "role", "met"],
        ),
        evidence=judged(),
        standard=STANDARD,
        data_version=12,
        committed_at=datetime(2026, 2, 1, 8, 30, tzinfo=UTC),
        is_demo=False,
        made_at=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        sources=[{"name": "wide-valley", "licence": "CC-BY-4.0", "newest_pull": datetime(2026, 2, 1, tzinfo=UTC)}],
    )
    return replace(whole, **changes)


def members(packed: Pack) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(build(packed))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    """The rows of a CSV without the line that tells of invented data."""
    words = files[name].decode("utf-8-sig")
    lines = io.StringIO(words, newline="")
    if words.startswith("#"):
        lines.readline()
    return list(csv.DictReader(lines))
