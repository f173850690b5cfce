"""The tables of the page Compare: the peers, the figures behind each chart, and what peers did for a criterion."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from exports.csv_cells import csv_bytes
from ui import compare_words, tables, theme, work_plan
from ui.compare import Comparison
from ui.compare_criteria import Criterion
from ui.compare_figures import FIGURES, Figure
from ui.text import DASH, count, is_true

MOST_PX = 388
CSV_COLUMNS = ["figure", "unit", "site_id", "site_name", "is_this_site", "value", "low", "high", "n", "of", "missing"]
PROGRESS_WORDS = {"done": "● Done", "under_way": "◐ Under way", "late": "✕ Late"}
PROGRESS_CHIPS = [work_plan.STATE_CHIPS[state] for state in ("done", "planned", "late")]
WITHOUT_SCHEME = r"^(?:mailto:|https?://)?(.*)$"


def peers(found: Comparison) -> None:
    """The peers with what the rules look at."""
    frame = found.listed.assign(
        kind=["OECM" if is_true(one) else "Protected area" for one in found.listed["is_oecm"]],
        stage=[theme.PHASE_WORDS[phase] for phase in found.listed["phase"]],
        area=found.listed["area_km2"].round(1),
    )
    headings = {"site_name": "Site", "country": "Country", "region": "Region", "realm": "Realm", "kind": "Type"}
    headings |= {"iucn_category": "IUCN category", "area": "Area, km²", "stage": "Phase"}
    tables.plain_table(frame, headings, f"Table of {count(len(frame), 'peer')}")


def values(found: Comparison, figures: tuple[Figure, ...]) -> None:
    """The figures of the site, then those of its peers, each with its interval and sample."""
    names = [figure.name for figure in figures]
    rows = found.rows[found.rows["figure"].isin(names) & found.rows["value"].notna()]
    sites = rows.drop_duplicates("site_id")
    is_peer = sites["site_id"].ne(found.site["site_id"])
    sites = sites.assign(is_peer=is_peer).sort_values(["is_peer", "site_name", "site_id"])
    frame = pd.DataFrame({"Site": list(sites["site_name"])}, index=list(sites["site_id"]))
    for figure in figures:
        own = rows[rows["figure"].eq(figure.name)].set_index("site_id")
        label = f"{figure.short}, {figure.unit}"
        # A digit more than in words, so that order is not lost.
        frame[label] = own["value"].round(figure.decimals + 1).reindex(frame.index)
        if not (own["low"].eq(own["high"]) | own["low"].isna()).all():
            frame[f"{figure.short}, low"] = own["low"].round(figure.decimals + 1).reindex(frame.index)
            frame[f"{figure.short}, high"] = own["high"].round(figure.decimals + 1).reindex(frame.index)
        if not figure.is_counted:
            frame[f"{figure.short}, n"] = own["n"].reindex(frame.index)
    alt = f"Table of {count(len(frame), 'site')}: {', '.join(figure.label for figure in figures)}"
    tables.plain_table(frame, {name: name for name in frame.columns}, alt)


def too_few(found: Comparison, figures: Sequence[Figure]) -> None:
    """The figures that too few peers measure: those of the site, with what they rest on."""
    rows = [(figure.label, *compare_words.alone(found, figure)) for figure in figures]
    frame = pd.DataFrame(rows, columns=["Figure", "This site", "Interval", "Rests on", "Peers that measure it"])
    tables.plain_table(frame, {name: name for name in frame.columns}, f"Table of {count(len(frame), 'figure')}")


def met_by(one: Criterion) -> None:
    """The peers that meet a criterion, those that worked for it first, and how to ask them."""
    frame = one.met_by.head(tables.MOST_ROWS)
    st.dataframe(
        frame,
        hide_index=True,
        height=min(MOST_PX, 40 + tables.ROW_HEIGHT * max(len(frame), 1)),
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(frame), 'peer')} that meet criterion {one.number}",
        column_order=["site_name", "country", "assessed_on", "items", "address", "route"],
        column_config={
            "site_name": st.column_config.TextColumn("Site", width=240),
            "country": st.column_config.TextColumn("Country", width=130),
            "assessed_on": st.column_config.DateColumn("Assessed", format="D MMM YYYY", width=100),
            "items": st.column_config.NumberColumn("Work items", width=90),
            "address": st.column_config.LinkColumn("Ask here", display_text=WITHOUT_SCHEME, width=260),
            "route": st.column_config.TextColumn("Which is", width=150),
        },
    )


def work(one: Criterion) -> None:
    """What these peers did, or do, for a criterion; what is done first."""
    frame = one.work.assign(light=[[PROGRESS_WORDS[name]] for name in one.work["progress"]])
    st.dataframe(
        frame,
        hide_index=True,
        height=min(MOST_PX, 40 + tables.ROW_HEIGHT * max(len(frame), 1)),
        row_height=tables.ROW_HEIGHT,
        placeholder=DASH,
        alt=f"Table of {count(len(frame), 'work item')} of peers for criterion {one.number}",
        column_order=["site_name", "title", "light", "done_on", "technology", "solution", "kind", "starts_on"],
        column_config={
            "site_name": st.column_config.TextColumn("Site", width=210),
            "title": st.column_config.TextColumn("What", width=260),
            "light": st.column_config.MultiselectColumn(
                "State", options=list(PROGRESS_WORDS.values()), color=PROGRESS_CHIPS, width=115
            ),
            "done_on": st.column_config.DateColumn("Done", format="D MMM YYYY", width=95),
            "technology": st.column_config.TextColumn("Technology", width=140),
            "solution": st.column_config.TextColumn("Part of solution", width=200),
            "kind": st.column_config.TextColumn("Kind", width=90),
            "starts_on": st.column_config.DateColumn("Begun", format="D MMM YYYY", width=95),
        },
    )


def figures_csv(found: Comparison, is_demo: bool) -> bytes:
    """Every figure of the site and its peers as CSV."""
    rows = found.rows.assign(
        figure=[FIGURES[name].label for name in found.rows["figure"]],
        unit=[FIGURES[name].unit for name in found.rows["figure"]],
        is_this_site=found.rows["site_id"].eq(found.site["site_id"]),
    )
    rows = rows.sort_values(["figure", "is_this_site", "site_name", "site_id"], ascending=[True, False, True, True])
    return csv_bytes(rows, CSV_COLUMNS, is_demo)
