"""Assessments of sites: our template, Protected Planet's PAME list, METT tables and IMET exports."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connectors.assessment_files import read_files
from connectors.assessment_found import rows_of
from connectors.assessment_values import is_indicator
from connectors.base import Connector, Fetched, Parsed, Payload, Read, Source
from connectors.filled_files import fetch_tables

OTHERS = (".json", ".zip")


class Assessments(Connector):
    """Reads one file, the file at a web address, or a folder of files; what each holds is told by its content.

    `site` may be a map from names of areas to site ids, for tables that do not give the ids.
    """

    name = "assessments"
    title = "Green List, METT and IMET assessments"
    tables = ("assessments", "ratings")
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        return fetch_tables(source, cursor, workspace, "green_list", OTHERS)

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        found = read_files(source, payloads)
        yield Read(found.rows_read)
        yield from found.refusals
        yield from found.notices
        yield rows_of("assessments", found.assessments.values())
        yield rows_of("ratings", found.ratings.values())

    def figures(self, source: Source, payloads: tuple[Payload, ...]) -> dict[str, Any]:
        """What the files hold in all.

        `sites` and `countries` (codes, after lists are split) are those of all rows; `duplicates` counts assessments
        beyond the first with the same id or, in lists without ids, the same site, method and year; `unknown_indicators`
        are ids that have not the form of a known tool. `imet` gives the scores of the steps and the index.
        """
        found = read_files(source, payloads)
        assessments = [item.values for item in found.assessments.values()]
        return {
            "assessments": len(assessments),
            "sites": len(found.sites),
            "countries": len(found.countries),
            "by_tool": dict(sorted(Counter(values["tool"] for values in assessments).items())),
            "by_method": dict(sorted(Counter(values["method"] for values in assessments).items())),
            "duplicates": found.duplicates,
            "ratings": len(found.ratings),
            "unknown_indicators": sorted({key[1] for key in found.ratings if not is_indicator(key[1])}),
            **({"imet": found.scores} if found.scores else {}),
        }
