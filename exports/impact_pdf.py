"""The impact report as a tagged PDF on A4, set by Typst with the fonts that come with matplotlib; nothing is fetched.

Letters that these fonts lack, such as Chinese ones, show as empty boxes: the HTML report shows them.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst

from exports.csv_cells import DEMO_LINE, one_line
from exports.impact_document import AGAIN, MAP, NO_CAUSE, TIER, Report, Section
from exports.impact_html import SOURCE_HEADINGS

TEMPLATE = Path(__file__).parent / "impact_report.typ"
STANDARD = "ua-1"


def pdf(report: Report) -> bytes:
    """The report as PDF/UA-1, with alternative words for each chart; the same report gives the same bytes."""
    return typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")],
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(_data(report), ensure_ascii=False)},
        pdf_standards=[STANDARD],
        timestamp=report.committed_at.replace(microsecond=0),
    )


def _data(report: Report) -> dict[str, Any]:
    """Everything that the template shows, as plain words."""
    made = report.committed_at
    return {
        "title": one_line(report.title),
        "date": {"year": made.year, "month": made.month, "day": made.day},
        "running": " · ".join(["Impact report", *([DEMO_LINE] if report.is_demo else [])]),
        "made_of": report.made_of,
        "demo": DEMO_LINE if report.is_demo else "",
        "filters": f"{' · '.join(map(one_line, report.filters))} · until {report.until}",
        "tier": TIER,
        "no_cause": NO_CAUSE,
        "again": AGAIN,
        "figures": [_section(one) for one in report.figures],
        "comparisons": [_section(one) for one in report.comparisons],
        "source_headings": SOURCE_HEADINGS,
        "sources": [[*map(one_line, asdict(one).values())] for one in report.sources],
        "methods": [[name, [" ".join(part.split()) for part in words.split("\n\n")]] for name, words in report.methods],
        "address": one_line(report.address),
        "command": one_line(report.command),
    }


def _section(section: Section) -> dict[str, Any]:
    words = {name: one_line(getattr(section, name)) for name in ("title", "headline", "sentence", "caveat", "sample")}
    rows = [[*map(one_line, row)] for row in section.rows]
    alt = one_line(section.alt)
    lists = {"methods": section.methods, "headings": section.headings, "rows": rows}
    return words | lists | {"svg": section.svg, "alt": alt, "is_wide": section.key == MAP}
