"""The work plan of the pilots: what is done, late and due, by site and by the Green List criterion that it serves."""

from datetime import date

import pandas as pd

DUE_DAYS = 91
ITEM_STATES = ("done", "late", "due", "planned", "undated")


def item_states(work_items: pd.DataFrame, today: date) -> pd.DataFrame:
    """Where each item of a work plan stands today, in a copy with `state`, `days_late` and the criterion filled in.

    Takes `item_id`, `criterion`, `solution_id`, `due_on` and `done_on` of the items of one source, for another may use
    the same ids. An item is `done` when it was done by today,
    `late` when its day has passed without that, `due` within the next quarter (91 days), `planned` when later, and
    `undated` where no day was set. `days_late` counts from the day it was due until it was done, or until today; it is
    negative for what was done early, and empty for what is neither done nor late. A milestone that names no criterion
    has that of its solution.
    """
    due, done = (pd.to_datetime(work_items[name]) for name in ("due_on", "done_on"))
    now = pd.Timestamp(today)
    done = done.where(done <= now)
    days = (due - now).dt.days
    state = pd.Series("planned", work_items.index, dtype="str").mask(due.isna(), "undated")
    state = state.mask(days <= DUE_DAYS, "due").mask(days < 0, "late").mask(done.notna(), "done")
    late = (done.fillna(now) - due).dt.days.astype("Int64").where(state.isin(["done", "late"]))
    solutions = work_items.drop_duplicates("item_id").set_index("item_id")["criterion"]
    criterion = work_items["criterion"].fillna(work_items["solution_id"].map(solutions))
    return work_items.assign(criterion=criterion, state=state, days_late=late)


def plan_by_site(items: pd.DataFrame) -> pd.DataFrame:
    """Items of the work plan per pilot: how many are done, late, due within a quarter, planned and undated.

    Takes what `item_states` gives, all kinds of items or those that the caller leaves in. Gives `site_id`, a count for
    each state, `items` in all, `next_due_on` (the first day still to come) and `latest_days`, by how many days the item
    that is late longest is late; both empty where there is none.
    """
    return _by(items, "site_id")


def plan_by_criterion(items: pd.DataFrame) -> pd.DataFrame:
    """Items of the work plan per Green List criterion that they serve, counted as in `plan_by_site`.

    Gives `criterion` instead of `site_id`; items that serve none are left out. That work is done does not say that the
    criterion is met: only a rating does.
    """
    return _by(items.dropna(subset="criterion"), "criterion")


def _by(items: pd.DataFrame, column: str) -> pd.DataFrame:
    key, state = items[column], items["state"]
    counts = pd.DataFrame({name: state.eq(name).groupby(key).sum() for name in ITEM_STATES}).astype("int64")
    due = pd.to_datetime(items["due_on"]).where(state.isin(["due", "planned"]))
    return counts.assign(
        items=counts.sum(axis=1),
        next_due_on=due.groupby(key).min().dt.date,
        latest_days=items["days_late"].where(state.eq("late")).groupby(key).max(),
    ).reset_index()
