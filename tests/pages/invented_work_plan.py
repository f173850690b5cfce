"""An invented work plan of two pilots: 13 items in every state, one with a hostile title, one of a lost solution."""

from datetime import date, timedelta

import pandas as pd

from tests.pages import invented

FIRST, SECOND, WITHOUT_PLAN = "990000001", "990000002", "990000003"
FORMULA = "=HYPERLINK(1,2)"
HOSTILE_NOTE = "@SUM(1) *secret* note"
UNKNOWN_CRITERION = "2.7"
# Source, item, site, kind, title, criterion, solution, due and done in days from today.
ROWS = [
    ("plan-a", "p1", FIRST, "priority", "Hear the forest", "3.5", None, None, None),
    ("plan-a", "s1", FIRST, "solution", "Sound recorders", "3.5", None, 200, None),
    ("plan-a", "m1", FIRST, "milestone", "Buy recorders", None, "s1", -100, -80),
    ("plan-a", "m2", FIRST, "milestone", "Install recorders", None, "s1", -30, None),
    ("plan-a", "m3", FIRST, "milestone", "Train the model", None, "s1", 91, None),
    ("plan-a", "m4", FIRST, "milestone", "Publish sounds", "1.2", "s1", 92, None),
    ("plan-b", "s1", SECOND, "solution", invented.HOSTILE, "3.4", None, 20, None),
    ("plan-b", "m1", SECOND, "milestone", FORMULA, None, "s1", -7, None),
    ("plan-b", "m2", SECOND, "milestone", "Sign the plan", None, "s1", -10, -10),
    ("plan-b", "m3", SECOND, "milestone", "Without a day", None, "s1", None, None),
    ("plan-b", "m4", SECOND, "milestone", "Belongs to nothing", None, "lost", -400, -395),
    ("plan-b", "m5", SECOND, "milestone", "No such criterion", UNKNOWN_CRITERION, None, 500, None),
    ("plan-b", "m6", SECOND, "milestone", "Ready early", None, "s1", 5, -3),
]
COLUMNS = ["source", "item_id", "site_id", "kind", "title", "criterion", "solution_id", "due_on", "done_on"]


def work_items() -> pd.DataFrame:
    """All items, with days counted from the invented today."""
    frame = pd.DataFrame(ROWS, columns=COLUMNS).merge(invented.sites()[["site_id", "site_name"]])
    for name in ("due_on", "done_on"):
        frame[name] = pd.to_datetime(
            [None if pd.isna(days) else invented.TODAY + timedelta(days=int(days)) for days in frame[name]]
        )
    return frame.assign(
        starts_on=pd.Series(pd.NaT, frame.index, dtype=frame["due_on"].dtype),
        technology="acoustics",
        owner="Aldermere Trust",
        note=HOSTILE_NOTE,
    )


def seen(view, viewer, today: date) -> pd.DataFrame:
    """The items with their notes for those who work with the site."""
    found = work_items()
    is_told = [viewer.sees_species_of(site_id) for site_id in found["site_id"]]
    return found.assign(note=found["note"].where(is_told, None))


def answers() -> dict:
    """The invented answer of each query, with the query's own parameters."""
    return {"work_items": seen}
