"""The page Work plan over invented answers: counts by hand, filters, links, roles, and hostile text.

By hand, of 13 items: 4 done, 2 late (30 and 7 days), 2 due within 91 days, 3 planned for later, 2 without a day.
"""

import json

import pytest

from tests.pages import invented, invented_work_plan
from tests.pages.reading import labels_of, words_of
from ui import tables_work_plan, work_plan

FIRST, SECOND = invented_work_plan.FIRST, invented_work_plan.SECOND
BY_STATE = {"Done": 4, "Late": 2, "Due soon": 2, "Planned": 3, "Undated": 2}


def tables_of(app) -> dict[str, object]:
    """The tables of the page by the sentence that describes them."""
    return {table.proto.alt: table.value for table in app.dataframe}


def table(app, words: str):
    return next(frame for alt, frame in tables_of(app).items() if words in alt)


def every_item(app):
    return table(app, "of the work plan")


def charts_of(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def everything_sent(app) -> str:
    frames = [frame.value.to_csv() for frame in app.dataframe]
    sent = [chart.proto.spec for chart in app.get("plotly_chart")]
    boxes = [str(box.options) for box in app.selectbox]
    return "\n".join([words_of(app), *frames, *sent, *boxes, *labels_of(app).values()])


def test_figures_of_the_plan_are_those_counted_by_hand(open_page):
    app = open_page("work_plan", role="staff")
    assert not app.exception
    assert app.title[0].value == "Work plan"
    figures = labels_of(app)
    assert figures["Done"] == "4 of 13"
    assert figures["Late"] == "2"
    assert figures["Due within a quarter"] == "2"
    assert figures["Criteria served"] == "3 of 17", "1.2, 3.4 and 3.5; 2.7 is no criterion of the Standard"
    words = words_of(app)
    assert "2 pilots · 13 items" in words
    assert "31 % · 1 priority, 2 solutions, 10 milestones" in words
    assert "The longest by 30 days · of 9 open items" in words
    assert "Next 12 Dec 2026 · 2 more without a day" in words
    assert "1 item names none" in words


def test_every_figure_of_the_plan_says_how_it_is_computed(open_page):
    app = open_page("work_plan")
    assert all(figure.help for figure in app.metric)


def test_late_and_due_starts_with_the_longest_late(open_page):
    found = table(open_page("work_plan", role="staff"), "are late or due")
    assert list(found["title"]) == [
        "Install recorders", invented_work_plan.FORMULA, invented.HOSTILE, "Train the model"
    ]  # fmt: skip
    assert [chips[0] for chips in found["light"]] == ["✕ Late"] * 2 + ["◐ Due soon"] * 2
    assert found["days_late"].dropna().tolist() == [30, 7]


def test_every_item_stands_once_with_a_named_state_and_the_undated_last(open_page):
    found = every_item(open_page("work_plan", role="staff"))
    names = [chips[0].split(" ", 1)[1] for chips in found["light"]]
    assert {name: names.count(name) for name in work_plan.STATE_WORDS.values()} == BY_STATE
    assert names[-2:] == ["Undated", "Undated"]
    assert found["due_on"].isna().tolist() == [False] * 11 + [True] * 2


def test_solutions_of_two_plans_with_one_number_are_not_mixed(open_page):
    found = every_item(open_page("work_plan", role="staff")).set_index("title")
    assert found.loc["Buy recorders", "solution"] == "Sound recorders"
    assert found.loc["Buy recorders", "criterion"] == "3.5"
    assert found.loc["Sign the plan", "solution"] == invented.HOSTILE
    assert found.loc["Sign the plan", "criterion"] == "3.4"
    assert found["solution"].isna().loc["Belongs to nothing"]


def test_criteria_are_named_counted_and_not_said_to_be_met(open_page):
    app = open_page("work_plan", role="staff")
    found = table(app, "with their items by state").set_index("criterion")
    assert list(found.index) == ["1.2", "3.4", "3.5", "2.7"]
    assert found.loc["3.5", ["done", "late", "due", "planned", "undated"]].tolist() == [1, 1, 1, 1, 1]
    assert found.loc["3.4", ["done", "late", "due", "planned", "undated"]].tolist() == [2, 1, 1, 0, 1]
    assert found.loc["2.7", "title"].startswith("Not a criterion")
    words = words_of(app)
    assert "does not mean that the criterion is met" in words
    assert "No item of the whole plan serves 1.1, 1.3" in words


def test_bars_by_pilot_carry_words_and_add_up(open_page):
    bars = charts_of(open_page("work_plan", role="staff"))[0]
    drawn = {trace["name"].split(" ", 1)[1]: sum(trace["x"]) for trace in bars["data"]}
    assert drawn == BY_STATE
    words = words_of(open_page("work_plan", role="staff"))
    assert "1 of 6 done · 1 late, the longest by 30 days · next due 21 Feb 2027" in words
    assert "3 of 7 done · 1 late, the longest by 7 days · next due 12 Dec 2026" in words


def test_months_ahead_hold_open_milestones_alone(open_page):
    squares = charts_of(open_page("work_plan", role="staff"))[1]["data"][0]
    assert [sum(row) for row in squares["z"]] == [2], "21 and 22 Feb 2027; one solution and what is later are left out"
    assert squares["z"][0][3] == 2


def test_solutions_say_how_many_of_their_milestones_are_done(open_page):
    labels = [box.label for box in open_page("work_plan", role="staff").expander]
    assert any("Sound recorders" in label and "○ Planned · 1 of 4 milestones done" in label for label in labels)
    assert any("◐ Due soon · 2 of 4 milestones done" in label for label in labels)


def test_last_quarter_tells_what_was_done_and_whether_on_its_day(open_page):
    found = table(open_page("work_plan", role="staff"), "done in the last quarter")
    assert list(zip(found["title"], found["on_time"], strict=True)) == [
        ("Ready early", "8 days early"),
        ("Sign the plan", "on its day"),
        ("Buy recorders", "20 days late"),
    ]


@pytest.mark.parametrize(
    ("link", "items"),
    [
        ({"site": FIRST}, 6),
        ({"site": SECOND}, 7),
        ({"criterion": "3.5"}, 5),
        ({"criterion": "2.7"}, 1),
        ({"state": ["late", "due"]}, 4),
        ({"kind": "milestone"}, 10),
        ({"site": SECOND, "criterion": "3.4", "state": "done", "kind": "milestone"}, 2),
    ],
)
def test_link_narrows_the_plan(open_page, link, items):
    app = open_page("work_plan", role="staff", **link)
    assert not app.exception
    assert len(every_item(app)) == items
    assert f"{items} of 13 items pass the filters" in words_of(app)
    assert labels_of(app)["Done"] == "4 of 13", "the figures are of the whole plan"


def test_reader_narrows_the_plan_and_the_address_follows(open_page):
    app = open_page("work_plan", role="staff")
    next(box for box in app.selectbox if box.label == "Pilot site").set_value(FIRST).run()
    assert set(every_item(app)["site_name"]) == {"Aldermere National Park"}
    assert app.query_params["site"] in (FIRST, [FIRST])
    app.button_group[0].set_value(["late"]).run()
    assert list(every_item(app)["title"]) == ["Install recorders"]
    assert app.query_params["state"] in ("late", ["late"])


def test_filters_that_leave_nothing_are_answered(open_page):
    app = open_page("work_plan", site=FIRST, criterion="2.7")
    assert not app.exception
    assert "No item matches these filters" in words_of(app)
    assert labels_of(app)["Done"] == "4 of 13"


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"site": "no-such-site"}, "asks for pilot site"),
        ({"site": invented_work_plan.WITHOUT_PLAN}, "Calder Hills has no work plan that you may see"),
        ({"criterion": "9.9"}, "asks for criterion"),
        ({"criterion": "<img src=x>"}, "asks for criterion"),
        ({"state": "asleep"}, "asks for state"),
        ({"kind": "1;drop"}, "asks for kind"),
    ],
)
def test_broken_link_to_the_plan_is_answered(open_page, link, words):
    app = open_page("work_plan", **link)
    assert not app.exception
    assert words in words_of(app)
    assert len(every_item(app)) == 13


def test_network_without_a_plan_says_so(open_page, answers):
    answers["work_items"] = lambda *asked: invented_work_plan.work_items().head(0)
    app = open_page("work_plan", site=FIRST)
    assert not app.exception
    assert "No work plan yet" in words_of(app)
    assert not app.metric


def test_plan_without_a_day_is_undated_and_nothing_is_late(open_page, answers):
    bare = invented_work_plan.work_items().query("item_id == 'p1'").assign(criterion=None)
    answers["work_items"] = lambda *asked: bare
    app = open_page("work_plan")
    assert not app.exception
    assert labels_of(app)["Late"] == "0"
    words = words_of(app)
    for sentence in (
        "Nothing is late",
        "Nothing that you chose is late or due",
        "No item that you chose names a criterion",
        "No open milestone that you chose is due",
        "Nothing that you chose was done in the last quarter",
        "No solution is planned",
    ):
        assert sentence in words


@pytest.mark.parametrize(
    ("role", "told"),
    [("public", set()), ("site", {FIRST}), ("partner", {FIRST, SECOND}), ("reviewer", {FIRST, SECOND})]
    + [("staff", {FIRST, SECOND})],
)
def test_notes_are_for_those_who_work_with_the_site(open_page, role, told):
    app = open_page("work_plan", role=role)
    assert not app.exception
    found = every_item(app)
    assert len(found) == 13
    names = {FIRST: "Aldermere National Park", SECOND: "Brant Bay Reserve"}
    with_note = set(found.loc[found["note"].notna(), "site_name"]) if "note" in found else set()
    assert with_note == {names[site_id] for site_id in told}
    assert ("secret" in everything_sent(app)) == bool(told)
    assert ("Notes are for those who work with the site" in words_of(app)) == (len(told) < 2)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hostile_titles_of_the_plan_stay_text(open_page, theme):
    app = open_page("work_plan", role="staff", theme=theme)
    assert not app.exception
    label = next(box.label for box in app.expander if "javascript" in box.label)
    assert "[x](" not in label
    assert "<img" not in label.replace("\\<", "")
    assert ":red[" not in label
    assert "<img" not in "".join(json.dumps(chart) for chart in charts_of(app))


def test_download_of_the_plan_holds_the_chosen_items_and_no_formula(open_page):
    plan = work_plan.compose(invented_work_plan.work_items(), invented.TODAY)
    text = tables_work_plan.items_csv(plan, is_demo=True).decode("utf-8-sig")
    assert text.startswith("# Demo data")
    lines = text.splitlines()
    assert len(lines) == 2 + 13
    assert f"'{invented_work_plan.FORMULA}" in text
    assert ",=HYPERLINK" not in text
    assert '"=HYPERLINK' not in text
    assert f"'{invented_work_plan.HOSTILE_NOTE}" in text
    assert open_page("work_plan").get("download_button")
