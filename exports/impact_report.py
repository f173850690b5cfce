"""The impact report for donors: what the network has reached, from one data version, in the public tier always.

`python -m exports.impact_report --help` makes one without the dashboard.
"""

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd

from data import engine, settings
from data.engine import View
from exports import impact_words as words
from exports.impact import STATES, Impact, impact
from exports.impact_before_after import Comparison
from exports.impact_charts import chart_svg, map_svg
from exports.impact_document import MAP, Report, Section, SourceLine
from exports.impact_figure import FAILED, Figure
from exports.impact_html import html
from exports.impact_pdf import pdf
from exports.impact_records import Filters, records

__all__ = ["Report", "compose", "html", "pdf", "report"]

FORMATS = {"html": html, "pdf": pdf}
TITLE = "What the network has reached"


def report(view: View, filters: Filters, is_demo: bool, folder: Path) -> Report:
    """The report of a data version and a choice of sites; `folder` holds the indicator sets of jurisdictions.

    Raises LookupError for a quarter that is not on record, and ValueError where no site passes the filters.
    """
    return compose(impact(records(view, folder), filters), view, is_demo)


def compose(found: Impact, view: View, is_demo: bool) -> Report:
    """The report of what was found of a data version. Raises ValueError where no site passes the filters."""
    if not found.sites:
        raise ValueError("no site passes these filters")
    filters = found.filters if found.filters.until else _until_the_end(found)
    metrics = [metric for one in (*found.figures, *found.comparisons) for metric in one.methods]
    return Report(
        title=TITLE,
        filters=found.words,
        until=words.day(found.span.until),
        figures=(_map(found), *(_figure(one) for one in found.figures)),
        comparisons=tuple(_comparison(one) for one in found.comparisons),
        methods=words.methods(list(dict.fromkeys(metrics))),
        sources=tuple(_source(row) for row in found.sources.to_dict("records")),
        data_version=view.version,
        committed_at=view.committed_at,
        is_demo=is_demo,
        address=f"/impact?{urlencode(filters.as_query())}",
        command=command(filters, view.version),
    )


def command(filters: Filters, version: int) -> str:
    """The command that makes the report again."""
    options = [part for name, value in filters.as_query().items() for part in (f"--{name}", value)]
    parts = ["python", "-m", "exports.impact_report", "--version", str(version), *options]
    return f"{shlex.join(parts)} --format pdf --output impact.pdf"


def file_name(format_name: str, is_demo: bool) -> str:
    """The name of the file; one with invented numbers says so."""
    return f"{'demo-' if is_demo else ''}impact-report.{format_name}"


def _until_the_end(found: Impact) -> Filters:
    newest = list(found.span.quarters)[-1]
    return Filters(**(found.filters.as_query() | {"until": newest}))


def _map(found: Impact) -> Section:
    known = len(found.places) - int(found.places["state"].eq("unknown").sum())
    title = "The sites on the map"
    by_country = int(found.places["position_kind"].eq("country").sum())
    caveat = "Land: Natural Earth, public domain."
    if by_country:
        caveat += f" {words.count(by_country, 'site')} without a published point stand at the middle of their country."
    svg = map_svg(found.places, STATES, f"{title}, {words.day(found.span.until)}", MAP)
    counts = found.places["state"].value_counts()
    alt = "; ".join(f"{text}: {int(counts.get(state, 0)):,}" for state, text in STATES.items())
    sentence = f"By {words.day(found.span.until)}, {words.number(known)} of {words.count(found.sites, 'site')} shown "
    sentence += "had anything on record; each is drawn by the furthest that it had come."
    return Section(MAP, title, "", sentence, caveat, svg, f"Map of the world. {alt}.", "", ())


def _figure(one: Figure) -> Section:
    names = tuple(name for name, _ in words.methods(one.methods))
    svg = "" if one.chart.is_empty else chart_svg(one.chart, one.key)
    return Section(one.key, one.title, one.headline, one.sentence, one.caveat, svg, one.chart.alt, one.sample, names)


def _comparison(one: Comparison) -> Section:
    names = tuple(name for name, _ in words.methods(one.methods))
    rows = tuple(tuple(str(cell) for cell in row) for row in one.table.itertuples(index=False))
    headings = tuple(map(str, one.table.columns))
    key = f"{one.key}-before-after"
    return Section(key, one.title, "", one.sentence, "", "", "", one.sample, names, headings, rows)


def _source(row: dict) -> SourceLine:
    newest, pulled = row["newest_record_on"], row["last_success_at"]
    state = "failed" if row["outcome"] in FAILED else "worked"
    return SourceLine(
        name=str(row["source"]),
        title=str(row["title"]),
        licence=words.DASH if pd.isna(row["licence"]) else str(row["licence"]),
        newest=words.DASH if pd.isna(newest) else words.day(pd.Timestamp(newest).date()),
        state=state if pd.isna(pulled) else f"{state}; read {words.day(pd.Timestamp(pulled).date())}",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one report; 0 where it is written, 2 where the request cannot be met."""
    parser = argparse.ArgumentParser(prog="python -m exports.impact_report", description=__doc__.splitlines()[0])
    parser.add_argument("--store", default=settings.store_url(), help="folder or URL of the store")
    parser.add_argument("--version", type=int, help="data version; the newest where it is left out")
    for field in fields(Filters):
        parser.add_argument(f"--{field.name}", default="")
    parser.add_argument("--format", choices=FORMATS, default="html")
    parser.add_argument("--output", type=Path, required=True)
    asked = parser.parse_args(arguments)
    filters = Filters(**{field.name: getattr(asked, field.name) for field in fields(Filters)})
    try:
        view = engine.latest(asked.store) if asked.version is None else engine.at(asked.store, asked.version)
        if view is None:
            raise LookupError(f"nothing is stored in {asked.store}")
        made = report(view, filters, settings.is_demo(), settings.jurisdictions_folder())
    except (LookupError, ValueError) as error:
        print(f"No report: {error}", file=sys.stderr)
        return 2
    asked.output.write_bytes(FORMATS[asked.format](made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
