"""The work plan: each item in one state, and none lost when they are counted."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.work_plan import ITEM_STATES, item_states, plan_by_criterion, plan_by_site

TODAY = date(2026, 11, 22)
laws = settings(deadline=None, max_examples=60)
days = st.one_of(st.none(), st.integers(-400, 400))
ITEMS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["3.4", "3.7", None]), days, days), max_size=15)


def plan(rows: list[tuple]) -> pd.DataFrame:
    """Items from site, criterion, and the days from today on which they are due and were done."""
    in_days = [[None if one is None else TODAY + timedelta(one) for one in row[2:]] for row in rows]
    return pd.DataFrame(
        {
            "item_id": [f"i{number}" for number in range(len(rows))],
            "site_id": [row[0] for row in rows],
            "criterion": [row[1] for row in rows],
            "solution_id": None,
            "due_on": [due for due, _ in in_days],
            "done_on": [done for _, done in in_days],
        }
    )


@pytest.mark.parametrize(
    ("due", "done", "state", "days_late"),
    [
        (-10, -12, "done", -2),
        (-10, -3, "done", 7),
        (-10, 3, "late", 10),
        (-1, None, "late", 1),
        (0, None, "due", None),
        (91, None, "due", None),
        (92, None, "planned", None),
        (None, None, "undated", None),
        (None, -1, "done", None),
        (30, 0, "done", -30),
    ],
)
def test_an_item_is_in_one_state(due, done, state, days_late):
    found = item_states(plan([("a", None, due, done)]), TODAY).iloc[0]
    assert found["state"] == state
    assert (None if pd.isna(found["days_late"]) else found["days_late"]) == days_late


def test_a_milestone_serves_the_criterion_of_its_solution():
    rows = plan([("a", "3.4", None, None), ("a", None, 5, None), ("a", "1.1", 5, None), ("a", None, 5, None)])
    rows["solution_id"] = [None, "i0", "i0", "lost"]
    assert item_states(rows, TODAY)["criterion"].tolist()[:3] == ["3.4", "3.4", "1.1"]
    assert plan_by_criterion(item_states(rows, TODAY))["items"].tolist() == [1, 2]


@laws
@given(ITEMS)
def test_every_item_is_counted_once(rows):
    items = item_states(plan(rows), TODAY)
    by_site, by_criterion = plan_by_site(items), plan_by_criterion(items)
    for found, of in ((by_site, len(rows)), (by_criterion, sum(row[1] is not None for row in rows))):
        assert found["items"].sum() == of
        assert found[list(ITEM_STATES)].sum(axis=1).eq(found["items"]).all()
    for row in by_site.to_dict("records"):
        own = [one for one in rows if one[0] == row["site_id"]]
        is_open = [due for _, _, due, done in own if due is not None and (done is None or done > 0)]
        coming, gone = [due for due in is_open if due >= 0], [-due for due in is_open if due < 0]
        assert (row["next_due_on"] - TODAY).days == min(coming) if coming else pd.isna(row["next_due_on"])
        assert row["latest_days"] == max(gone) if gone else pd.isna(row["latest_days"])


@laws
@given(ITEMS, st.integers(1, 300))
def test_time_alone_never_makes_a_late_item_due_again(rows, later):
    now, then = (item_states(plan(rows), TODAY + timedelta(wait))["state"] for wait in (0, later))
    order = {"undated": 0, "planned": 1, "due": 2, "late": 3, "done": 4}
    assert (then.map(order) >= now.map(order)).all()


@laws
@given(ITEMS, st.randoms(use_true_random=False))
def test_the_order_of_items_says_nothing(rows, chance):
    items = plan(rows)
    shuffled = items.iloc[chance.sample(range(len(items)), len(items))]
    for count in (plan_by_site, plan_by_criterion):
        pd.testing.assert_frame_equal(count(item_states(items, TODAY)), count(item_states(shuffled, TODAY)))


def test_days_may_come_as_moments():
    rows = plan([("a", "3.4", -5, None), ("b", None, 20, -3)])
    moments = rows.assign(**{name: pd.to_datetime(rows[name]) for name in ("due_on", "done_on")})
    assert item_states(rows, TODAY)["state"].tolist() == item_states(moments, TODAY)["state"].tolist()
