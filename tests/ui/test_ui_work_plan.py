"""The work plan as the page tells it: order, filters, sentences, and charts that lose and add nothing."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pages import invented, invented_work_plan
from ui import charts_work_plan, work_plan
from ui.work_plan import EVERY, KIND_WORDS, ORDER

TODAY = invented.TODAY
days = st.one_of(st.none(), st.integers(-400, 400))


def plan(rows: list[tuple] | None = None) -> work_plan.Plan:
    """The invented plan, or one of milestones with these days of due and done, counted from today."""
    items = invented_work_plan.work_items()
    if rows is None:
        return work_plan.compose(items, TODAY)
    bare = items.iloc[[2] * len(rows)].assign(item_id=[f"i{place}" for place in range(len(rows))], solution_id=None)
    for column, place in (("due_on", 0), ("done_on", 1)):
        told = [pd.NaT if row[place] is None else pd.Timestamp(TODAY) + pd.Timedelta(days=row[place]) for row in rows]
        bare[column] = pd.Series(told, bare.index, dtype="datetime64[us]")
    return work_plan.compose(bare.reset_index(drop=True), TODAY)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(days, days), max_size=12))
def test_items_are_put_in_order_of_urgency_and_none_is_lost(rows):
    items = plan(rows).items
    assert sorted(items["item_id"]) == sorted(f"i{place}" for place in range(len(rows)))
    places = [ORDER.index(state) for state in items["state"]]
    assert places == sorted(places)
    for state in ("late", "due", "planned"):
        assert items.loc[items["state"].eq(state), "due_on"].is_monotonic_increasing
    assert items.loc[items["state"].eq("done"), "done_on"].is_monotonic_decreasing


def test_filters_of_the_plan_part_it_without_rest():
    whole, kinds = plan(), tuple(KIND_WORDS)
    parts = [work_plan.narrowed(whole, EVERY, EVERY, (state,), kinds) for state in ORDER]
    assert sum(len(part.items) for part in parts) == len(whole.items) == 13
    assert {state: len(part.items) for state, part in zip(ORDER, parts, strict=True)} == whole.states


def test_solutions_keep_their_milestones_whatever_state_is_chosen():
    found = work_plan.narrowed(plan(), EVERY, EVERY, ("late",), ("priority",))
    assert found.items.empty
    assert found.solutions[["title", "milestones", "milestones_done"]].to_numpy().tolist() == [
        [invented.HOSTILE, 4, 2],
        ["Sound recorders", 4, 1],
    ]


def test_milestones_of_a_solution_come_by_day():
    whole = plan()
    assert list(whole.milestones_of("plan-a s1")["item_id"]) == ["m1", "m2", "m3", "m4"]
    assert list(whole.milestones_of("plan-b s1")["item_id"]) == ["m2", "m1", "m6", "m3"], "without a day: last"


def test_quarter_of_what_was_done_has_both_its_ends():
    assert len(plan([(0, -91), (0, -92), (0, 0), (0, 1)]).done_lately) == 2


@pytest.mark.parametrize(
    ("late", "words"),
    [(0, "on its day"), (1, "1 day late"), (-8, "8 days early"), (1200, "1,200 days late"), (pd.NA, "")],
)
def test_lateness_is_told_in_words(late, words):
    assert work_plan.lateness(late) == words


def test_criteria_that_no_item_serves_are_the_others_of_the_standard():
    whole = plan()
    assert whole.served == ["1.2", "3.4", "3.5"]
    assert len(whole.not_served) == 14
    assert "2.7" not in whole.not_served


def test_a_year_of_months_starts_with_this_one():
    months = work_plan.months_ahead(date(2026, 11, 30))
    assert (months[0], months[-1], len(months)) == (date(2026, 11, 1), date(2027, 10, 1), 12)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_bars_of_the_plan_add_up_and_name_their_states(mode):
    whole = plan()
    figure = charts_work_plan.by_site(whole, mode)
    assert {bar.name: sum(bar.x) for bar in figure.data} == {
        work_plan.chip(state): amount for state, amount in whole.states.items() if amount
    }
    assert [note.text for note in figure.layout.annotations] == ["Aldermere National Park", "Brant Bay Reserve"]


def test_states_of_the_plan_differ_in_glyph_word_and_colour():
    for told in (work_plan.STATE_GLYPHS, work_plan.STATE_WORDS, work_plan.colours("light"), work_plan.colours("dark")):
        assert len(set(told.values())) == len(ORDER) == len(told)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_squares_of_the_months_hold_each_open_milestone_once(mode):
    rows = [(due, None) for due in (0, 5, 30, 340, 380, -5)]
    squares = charts_work_plan.ahead(plan(rows), mode).data[0]
    counts = [sum(column) for column in zip(*squares.z, strict=True)]
    # 22 and 27 Nov 2026, 22 Dec 2026, 28 Oct 2027; 7 Dec 2027 is too far and 17 Nov 2026 is late.
    assert counts == [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert squares.customdata[0][0] == "Aldermere National Park, Nov 2026: 2 milestones"


def test_names_of_pilots_stay_text_in_the_charts():
    items = invented_work_plan.work_items().assign(site_name="<img src=x> pilot")
    whole = work_plan.compose(items, TODAY)
    for figure in (charts_work_plan.by_site(whole, "light"), charts_work_plan.ahead(whole, "light")):
        assert "<img" not in figure.to_json().replace("\\u003c", "<")


def test_plan_of_nothing_is_nothing():
    nothing = work_plan.compose(invented_work_plan.work_items().head(0), TODAY)
    assert nothing.items.empty
    assert nothing.solutions.empty
    assert sum(nothing.states.values()) == 0
