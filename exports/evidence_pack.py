"""The evidence pack: everything about one assessment as one zip, for a reviewer who cannot open the dashboard.

The same pack gives the same bytes. Names of members are fixed: text from outside never becomes one.
"""

import hashlib
import inspect
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import pandas as pd

from data.standards import Standard
from exports.csv_cells import DEMO_LINE, csv_bytes, one_line
from exports.evidence_charts import criteria_chart, history_chart
from exports.evidence_tables import (
    ROLE_WORDS,
    Judged,
    criteria_table,
    day,
    evidence_table,
    figures_table,
    mark_in_words,
    number_in_words,
    ratings_table,
    roles_in,
    verdict_in_words,
)
from metrics.readiness import ROLES, disagreements, readiness

__all__ = ["Judged", "Pack", "build"]

HASHES = "SHA256SUMS"
STANDARD = ("standard_id", "title", "version", "jurisdiction", "source")
README = """\
Evidence pack of one assessment against the {standard}

Site:         {site}
Assessment:   {assessment}
Indicators:   {indicators}
Data version: {version}, stored {committed}
Made:         {made}

WHAT THE ROLES FOUND
{found}
A criterion is met when every indicator that applies is met. No criterion makes up for another, and no figure here puts
several roles together. Not rated is not known, and never "not met". Not every indicator of the standard is published
in the open: a criterion can be met here while an indicator that is not listed is not. Compare with your own copy.

WHAT MONITORING SAYS
{monitoring}
Data never change a rating. A figure supports or questions it; people decide.

FILES
README.txt           this text
assessment.json      site, assessment, data version and what each role found, for programs
ratings.csv          one row per indicator and role: rating, justification, evidence
criteria.csv         one row per criterion and role: state, counts, first indicator in the way, oldest evidence
evidence.csv         each piece of evidence that a rating names, once; {pieces}
figures.csv          each monitoring figure beside the indicator or criterion that it speaks for
methods.md           how each figure is computed, and where its threshold comes from
charts/criteria.svg  criteria by role; opens in any browser
charts/history.svg   criteria met over time, by role
SHA256SUMS           the SHA-256 of every other file

The evidence itself is not in this pack. Get each piece from its title or address, and compare its SHA-256 with the one
in evidence.csv. Tables are UTF-8 with commas; days are YYYY-MM-DD. A cell that a spreadsheet would run as a formula
begins with an apostrophe that is not part of the text.

CHECK THE FILES
Unpack the zip, open a terminal in its folder and run
  sha256sum -c SHA256SUMS                       (Linux)
  shasum -a 256 -c SHA256SUMS                   (macOS)
  Get-ChildItem -Recurse -File | Get-FileHash   (Windows PowerShell; compare with SHA256SUMS)
This shows that no file changed since the pack was made; it does not show who made it.

SOURCES
{sources}
"""
METHODS = """\
# How the figures of this pack are computed

A figure *supports* the rating when it reaches its threshold, and *questions* it when it does not. It says neither when
its 95 % interval has the threshold inside, and nothing when its data are older than the limit or missing. A figure
that is missing has a reason and is never a zero. Data never change a rating.

## Criteria met

A criterion is met, as one role sees it, when every indicator that applies is met and at least one is rated. It is not
met as soon as one is met in part or not at all. Else it is not known. The site is ready when all {criteria} are met.
Source of the standard: {source}
"""


@dataclass(frozen=True)
class Pack:
    """What goes into an evidence pack: all of one assessment of one site, as one viewer may see it.

    `ratings` has the columns of `data.queries.site_ratings`; `states` those of `metrics.readiness.criterion_states` and
    `role`; `history` has `assessed_on`, `role` and `met`. Each of `sources` has `name`, `licence` and `newest_pull`.
    Raises ValueError where a row is of another assessment or of a role that nobody knows.
    """

    site: Mapping[str, Any]
    assessment: Mapping[str, Any]
    ratings: pd.DataFrame
    states: pd.DataFrame
    history: pd.DataFrame
    evidence: Sequence[Judged]
    standard: Standard
    data_version: int
    committed_at: datetime
    is_demo: bool
    made_at: datetime
    sources: Sequence[Mapping[str, Any]]

    def __post_init__(self) -> None:
        for frame in (self.ratings, self.states):
            if not frame["assessment_id"].eq(self.assessment["assessment_id"]).all():
                raise ValueError("an evidence pack holds one assessment; some rows are of another")
        for frame in (self.ratings, self.states, self.history):
            if not frame["role"].isin(ROLES).all():
                raise ValueError(f"a role must be one of {', '.join(ROLES)}")


def build(pack: Pack) -> bytes:
    """The pack as a zip with tables, methods, charts and the hash of every file."""
    demo = f"{DEMO_LINE}\n\n" if pack.is_demo else ""
    pieces = evidence_table(pack.ratings)
    tables = {
        "ratings.csv": ratings_table(pack.ratings, pack.standard),
        "criteria.csv": criteria_table(pack.states, pack.standard),
        "evidence.csv": pieces,
        "figures.csv": figures_table(pack.evidence, pack.ratings, pack.states, pack.standard),
    }
    heading = (_site(pack), f"Assessment {_assessment(pack)}; data version {pack.data_version}")
    files = {name: csv_bytes(table, list(table.columns), pack.is_demo) for name, table in tables.items()}
    files |= {
        "README.txt": (demo + _readme(pack, len(pieces))).encode(),
        "assessment.json": _json(pack),
        "methods.md": (demo + _methods(pack)).encode(),
        "charts/criteria.svg": criteria_chart(pack.standard, pack.states, heading, pack.is_demo),
        "charts/history.svg": history_chart(pack.history, len(pack.standard.criteria), heading, pack.is_demo),
    }
    hashes = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return _zip({**files, HASHES: hashes.encode()}, pack.made_at)


def _zip(files: Mapping[str, bytes], made_at: datetime) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _utc(made_at).timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            # As on Linux on every machine: a plain file that all may read.
            member.create_system, member.external_attr = 3, 0o100644 << 16
            archive.writestr(member, files[name], compresslevel=9)
    return written.getvalue()


def _readme(pack: Pack, pieces: int) -> str:
    given = one_line(pack.assessment.get("jurisdiction"))
    used = pack.standard.jurisdiction
    indicators = f"as adapted in {one_line(used)}" if used else "the generic ones"
    if given and given != used:
        indicators += f"; the assessment names {given}, whose own ones we do not hold"
    return README.format(
        standard=f"{pack.standard.title}, version {pack.standard.version}",
        site=_site(pack),
        assessment=_assessment(pack),
        indicators=indicators,
        version=pack.data_version,
        committed=_moment(pack.committed_at),
        made=_moment(pack.made_at),
        found="\n".join(_found(pack)),
        monitoring="\n".join(f"- {line}" for line in _said(pack)),
        pieces=f"{pieces:,} here" if pieces else "none here, as no rating of this pack names any",
        sources="\n".join(_sources(pack)) or "None is named.",
    )


def _found(pack: Pack) -> list[str]:
    """What each role found, a line each, and where the roles disagree."""
    lines = []
    for role in roles_in(pack.states):
        found = readiness(pack.states[pack.states["role"].eq(role)])
        blocker = f"; first in the way: {found.next_blocker}" if found.next_blocker else ""
        oldest = f"; oldest evidence: {day(found.oldest_evidence_on)}" if found.oldest_evidence_on else ""
        counts = f"{found.met} of {found.criteria} criteria met, {found.not_met} not met, {found.unknown} not known"
        lines.append(f"- {ROLE_WORDS[role]}: {counts}{blocker}{oldest}")
    if silent := [ROLE_WORDS[role] for role in ROLES if role not in roles_in(pack.ratings)]:
        lines.append(f"- Has not rated: {', '.join(silent)}")
    wide = disagreements(pack.ratings)
    if apart := list(wide.loc[wide["is_disagreed"], "indicator_id"]):
        lines.append(f"- The roles disagree on {', '.join(apart)}")
    return lines


def _said(pack: Pack) -> list[str]:
    lines = [
        f"{judged.link.indicator_id or judged.link.criterion}, {number_in_words(judged)}: {verdict_in_words(judged)}"
        for judged in pack.evidence
    ]
    return lines or ["No figure stands beside this assessment."]


def _sources(pack: Pack) -> list[str]:
    return [
        f"- {one_line(one['name'])}: licence {one_line(one.get('licence')) or 'not stated'}, "
        f"newest pull {_moment(one.get('newest_pull')) or 'not known'}"
        for one in pack.sources
    ]


def _methods(pack: Pack) -> str:
    """Each figure once, with every mark that it is held against."""
    parts = [METHODS.format(criteria=len(pack.standard.criteria), source=pack.standard.source)]
    by_figure: dict[str, list[Judged]] = {}
    for judged in pack.evidence:
        by_figure.setdefault(judged.link.figure, []).append(judged)
    for figure, judgements in by_figure.items():
        parts.append(f"## `{figure}`\n\n{inspect.cleandoc(judgements[0].how)}\n")
        parts.extend(f"- {mark_in_words(judged, pack.standard)}\n" for judged in judgements)
    return "\n".join(parts)


def _json(pack: Pack) -> bytes:
    standard = pack.standard
    found = {role: readiness(pack.states[pack.states["role"].eq(role)]) for role in roles_in(pack.states)}
    told = {
        **({"demo": DEMO_LINE} if pack.is_demo else {}),
        "site": _plain(pack.site),
        "assessment": _plain(pack.assessment),
        "standard": {name: getattr(standard, name) for name in STANDARD},
        "criteria_found_by_role": {role: _plain(asdict(one)) for role, one in found.items()},
        "data_version": pack.data_version,
        "committed_at": _plain_value(pack.committed_at),
        "made_at": _plain_value(pack.made_at),
        "sources": [_plain(one) for one in pack.sources],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(values[name]) for name in sorted(values)}


def _plain_value(value: Any) -> Any:
    """The value as JSON has it; None for what is missing."""
    if isinstance(value, list | tuple):
        return [_plain_value(one) for one in value]
    if pd.isna(value):
        return None
    if isinstance(value, datetime) and (value.tzinfo or value.time() != time()):
        return f"{_utc(value):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return day(value)
    return value.item() if hasattr(value, "item") else value


def _site(pack: Pack) -> str:
    country = one_line(pack.site.get("country"))
    name = one_line(pack.site["site_name"])
    return f"{name} ({', '.join(filter(None, [country, 'site ' + one_line(pack.site['site_id'])]))})"


def _assessment(pack: Pack) -> str:
    told = pack.assessment
    when = day(told.get("assessed_on")) or one_line(told.get("assessed_year")) or "a day that is not known"
    return f"{one_line(told['assessment_id'])} of {when}"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment


def _moment(moment: datetime | None) -> str:
    return "" if pd.isna(moment) else f"{_utc(moment):%Y-%m-%d %H:%M} UTC"
