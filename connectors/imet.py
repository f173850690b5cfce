"""IMET assessments as the tool exports them: one JSON file, or a zip of many; scores are computed, as in the tool.

Nothing that a zip says of its members is trusted, and nothing of it is unpacked onto the disk. Names of people (in the
module of encoders and in comments) are not read.
"""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connectors import imet_scores
from connectors.assessment_found import Found, Item
from connectors.assessment_values import countries_of, year_of
from connectors.base import Notice, Source, raw_json
from connectors.errors import SourceChanged, words_of
from connectors.json_text import decode
from connectors.package_places import ZIP_ERRORS
from connectors.values import WrongValue, read_site_id
from connectors.zip_members import is_bounded

HEADER = "Imet"
VERSIONS = ("v1", "v2", "oecm")
SCORED = "v2"
SCORE_MAX = 100.0
FILE_MAX_BYTES = 50_000_000
MEMBERS_MAX = 1_000
ZIP_MAX_BYTES = 500_000_000
MEMBER_MAX_RATIO = 300
UNSUSPICIOUS_BYTES = 1_000_000


def read_json_file(path: Path, where: str, name: str, source: Source, found: Found) -> None:
    """Add the assessment of a JSON file to `found`; raises SourceChanged when it is none."""
    if path.stat().st_size > FILE_MAX_BYTES:
        raise SourceChanged(f"{where} is larger than {FILE_MAX_BYTES / 1e6:.0f} MB: too large for an assessment")
    _read(_parsed(path.read_bytes(), where), name, source, found)


def read_zip(path: Path, where: str, name: str, source: Source, found: Found) -> None:
    """Add each assessment of a zip of JSON files to `found`; a member that is none is refused, the others stay.

    Raises SourceChanged when it is no zip, holds no JSON file, or is too large when unpacked.
    """
    count = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for member, content in _members(archive, where, found):
                count += 1
                label = f"{name}: {member}"
                try:
                    _read(_parsed(content, label), label, source, found)
                except SourceChanged as changed:
                    found.rows_read += 1
                    wrong = WrongValue("(row)", None, "it is no export of IMET")
                    found.refuse("assessments", 1, wrong, str(changed)[:200], label)
    except ZIP_ERRORS as error:
        raise SourceChanged(f"{where} is not a readable zip: {words_of(error)}") from error
    if not count:
        raise SourceChanged(f"{where} holds no JSON file with an assessment of IMET")


def _members(archive: zipfile.ZipFile, where: str, found: Found) -> Iterator[tuple[str, bytes]]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MEMBERS_MAX:
        raise SourceChanged(f"{where} holds {len(members):,} files, and {MEMBERS_MAX:,} can be read")
    chosen = [member for member in members if member.filename.lower().endswith(".json")]
    found.tell(
        [_shown(member) for member in members if member not in chosen], f"files of {where} are no JSON and not read"
    )
    left = ZIP_MAX_BYTES
    for member in chosen:
        if member.flag_bits & 1:
            raise SourceChanged(f"{where} is locked with a password", "Send it without one.")
        if not is_bounded(member):
            raise SourceChanged(f"{where} is compressed in an unusual way", "Make it anew, with the method Deflate.")
        limit = min(FILE_MAX_BYTES, left, max(UNSUSPICIOUS_BYTES, MEMBER_MAX_RATIO * member.compress_size))
        with archive.open(member) as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise SourceChanged(f"{where} is too large when unpacked", "Send its files in several zips.")
        left -= len(content)
        yield _shown(member), content


def _shown(member: zipfile.ZipInfo) -> str:
    """The name of a member for messages, never for a path."""
    last = member.filename.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(letter if letter.isprintable() else "?" for letter in last)[:100]


def _parsed(content: bytes, where: str) -> dict[str, Any]:
    try:
        answer = decode(content)
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{where} is not JSON: {error}") from error
    header = answer.get(HEADER) if isinstance(answer, dict) else None
    if not isinstance(header, dict):
        raise SourceChanged(f"{where} is no export of IMET: it has no object called {HEADER}")
    return answer


def _read(answer: Mapping[str, Any], name: str, source: Source, found: Found) -> None:
    """Add the assessment to `found`, or the reason why not."""
    found.rows_read += 1
    header = {key: " ".join(str(value).split()) for key, value in answer[HEADER].items() if value is not None}
    shown = {key: header[key] for key in ("wdpa_id", "name", "Country", "Year", "version") if key in header}
    raw = raw_json(shown)[:2_000]
    try:
        values = _assessment(header, "NonWdpaProtectedArea" in answer, source, found)
        if values["assessment_id"] in found.assessments:
            found.duplicates += 1
            raise WrongValue("wdpa_id", header.get("wdpa_id"), "an earlier file holds this site and year already")
    except WrongValue as wrong:
        found.refuse("assessments", 1, wrong, raw, name)
        return
    found.assessments[values["assessment_id"]] = Item(values, 1, raw)
    if header.get("version") == SCORED:
        _add_scores(answer, values, raw, found)
    else:
        found.notices.append(Notice(f"{name}: scores are computed for IMET v2 alone, so this one has none"))


def _assessment(header: Mapping[str, str], is_outside_wdpa: bool, source: Source, found: Found) -> dict[str, Any]:
    version = header.get("version", "")
    if version not in VERSIONS:
        raise WrongValue("version", version or None, f"it is not one of {', '.join(VERSIONS)}")
    countries = countries_of(header.get("Country", ""))
    found.countries.update(countries)
    year = year_of("Year", header.get("Year", ""))
    if year is None:
        raise WrongValue("Year", None, "it is missing")
    site_id = source.site_of(header.get("name")) if is_outside_wdpa else _wdpa_id(header)
    if not site_id:
        raise WrongValue("wdpa_id", header.get("wdpa_id"), "it is no WDPA site, and its name has no configured site")
    found.sites.add(site_id)
    return {
        "assessment_id": f"IMET-{version}-{site_id}-{year}",
        "site_id": site_id,
        "country_iso3": ";".join(countries) or None,
        "tool": "IMET",
        "method": "IMET",
        "standard_version": f"IMET-{version}",
        "assessed_year": year,
    }


def _wdpa_id(header: Mapping[str, str]) -> str:
    return read_site_id("wdpa_id", header.get("wdpa_id", ""))[0]


def _add_scores(answer: Mapping[str, Any], assessment: Mapping[str, Any], raw: str, found: Found) -> None:
    """Keep the score of each indicator, step and the index that has one, as ratings of the site itself."""
    context, evaluation = (
        modules if isinstance(modules := answer.get(name), Mapping) else {} for name in ("Context", "Evaluation")
    )
    steps = imet_scores.scores(context, evaluation)
    for name, score in steps["global"].items():
        if score is not None:
            found.scores[f"{assessment['assessment_id']} {name}"] = score
    for indicators in steps.values():
        for name, score in indicators.items():
            if score is not None:
                values = {
                    "assessment_id": assessment["assessment_id"],
                    "indicator_id": f"{assessment['standard_version']}-{name}",
                    "role": "self",
                    "site_id": assessment["site_id"],
                    "score": score,
                    "score_max": SCORE_MAX,
                }
                found.rate(Item(values, 1, raw))
