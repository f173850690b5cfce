"""The page Movement over invented animals: what each viewer gets, and what nobody gets by accident."""

import json
import re

import pandas as pd
import pytest

from data.access import PARTNER_GRID_DEGREES
from tests.pages import invented, invented_movement
from tests.pages.invented_movement import SITE_ID
from tests.pages.reading import labels_of, layers_of, words_of
from ui import maps_tracks, movement


@pytest.fixture(autouse=True)
def _one_site_with_collars(answers):
    answers["monitored_sites"] = lambda *asked: invented_movement.monitored_sites()


def sent(app) -> str:
    """Everything that the map, the charts and the tables of a page hold, as text."""
    maps = [chart.proto.json for chart in app.get("deck_gl_json_chart")]
    charts = [chart.proto.spec for chart in app.get("plotly_chart")]
    return "\n".join([*maps, *charts, *(table.value.to_csv() for table in app.dataframe)])


def table(app, column: str) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if column in frame.value)


def test_staff_see_four_figures_with_their_samples(open_page):
    app = open_page("movement", role="staff")
    figures = labels_of(app)
    assert not app.exception
    assert figures["Animals followed"] == "3 of 3"
    # 90 and 86 local days, from 22:00 UTC of the day before to 17:00 UTC of the newest one
    hours = (89 * 24 + 20) + (85 * 24 + 20) + invented_movement.FEW_HOURS
    assert figures["Positions"] == f"{hours:,}"
    assert re.fullmatch(r"[\d.]+ km²", figures["Home range"])
    assert "Median, 95 % kernel · n = 2 animals" in words_of(app)
    assert re.search(r"n = \d+ animal days", words_of(app))


def test_map_holds_boundary_ranges_tracks_and_newest_positions(open_page):
    layers = layers_of(open_page("movement", role="staff"))
    assert list(layers)[:6] == ["boundary", "range", "core", "tracks", "newest-1", "newest-2"]
    assert len(layers["tracks"]) == 3
    assert [row["n"] for row in layers["newest-1"]] == ["Asha"]


def test_map_shows_only_what_is_chosen(open_page):
    app = open_page("movement", role="staff", show=["tracks", "core"])
    assert {"boundary", "range"}.isdisjoint(layers_of(app))
    assert {"tracks", "core"} <= set(layers_of(app))


def test_points_of_all_tracks_together_are_bounded(open_page):
    layers = layers_of(open_page("movement", role="staff"))
    assert 100 < sum(len(row["p"]) for row in layers["tracks"]) <= movement.MOST_POINTS


def test_page_stays_small_on_the_first_view(open_page):
    assert len(sent(open_page("movement", role="staff"))) < 250_000


def test_animal_with_too_few_positions_has_a_reason_and_no_area(open_page):
    ranges = table(open_page("movement", role="staff"), "kde95_km2").set_index("animal")
    assert ranges.loc["▲ @@=alert(1)", "missing"] == "fewer than 30 fixes (28)"
    assert pd.isna(ranges.loc["▲ @@=alert(1)", "kde95_km2"])
    assert ranges.loc["● Asha", "kde95_km2"] > ranges.loc["● Asha", "kde50_km2"]


def test_collars_come_worst_first_with_word_and_glyph(open_page):
    shown = table(open_page("movement", role="staff"), "light").set_index("animal_name")
    assert shown["light"].tolist() == [["◐ Late"], ["● Sending"], ["● Sending"]]
    assert shown.loc["Asha", "success"] == pytest.approx(1)
    assert pd.isna(shown.loc[invented.HOSTILE, "success"])
    assert shown.loc[invented.HOSTILE, "note"].startswith("Activity-biased")


def test_chosen_animals_decide_all_figures_and_stay_in_the_link(open_page):
    app = open_page("movement", role="staff", animal="1")
    assert labels_of(app)["Animals followed"] == "1 of 1"
    assert len(layers_of(app)["tracks"]) == 1
    assert len(json.loads(app.get("plotly_chart")[0].proto.spec)["data"]) == 2  # its dots, and the median
    app.pills(key="animal").set_value(["1", "3"]).run()
    assert app.query_params["animal"] == ["1", "3"]


def test_no_animal_chosen_says_so(open_page):
    app = open_page("movement", role="staff", animal="none")
    assert not app.exception
    assert "No animal is chosen" in words_of(app)


def test_unknown_animal_in_the_link_is_named_and_the_usual_view_shown(open_page):
    app = open_page("movement", role="staff", animal="77")
    assert "“77”" in app.error[0].value
    assert labels_of(app)["Animals followed"] == "3 of 3"


def test_period_is_the_last_90_days_and_can_be_all(open_page):
    app = open_page("movement", role="staff")
    first, last = app.slider(key="days").value
    assert (last - first).days == 89
    assert last == invented.TODAY
    app.slider(key="days").set_value((invented_movement.first_day(), last)).run()
    assert labels_of(app)["Positions"] == f"{2 * invented_movement.HOURS + invented_movement.FEW_HOURS:,}"


def test_excursions_are_told_to_full_viewers_only(open_page):
    staff, partner = (open_page("movement", role=role) for role in ("staff", "partner"))
    assert "Shown to the managers of the site and to staff only" not in words_of(staff)
    assert "Shown to the managers of the site and to staff only" in words_of(partner)
    assert not any("left_at" in frame.value for frame in partner.dataframe)


def test_excursion_over_the_boundary_is_listed_with_its_state(open_page, answers):
    strip = '{"type":"Polygon","coordinates":[[[36,-2],[37,-2],[37,0],[36,0],[36,-2]]]}'
    answers["site_boundary"] = lambda *asked: strip
    shown = table(open_page("movement", role="staff"), "left_at")
    assert set(shown["back"]) <= {"○ Outside", "● Returned"}
    assert shown["farthest_km"].gt(0).all()


def test_site_without_a_boundary_says_why_there_are_no_excursions(open_page, answers):
    answers["site_boundary"] = lambda *asked: None
    app = open_page("movement", role="staff")
    assert "No boundary of this site is stored" in words_of(app)
    assert app.pills(key="show").options == [maps_tracks.SHOWN[kind] for kind in ("tracks", "range", "core")]


@pytest.mark.parametrize("role", ["partner", "reviewer"])
def test_partners_get_positions_on_their_grid_alone(open_page, role):
    app = open_page("movement", role=role)
    layers = layers_of(app)
    places = [place for row in layers["tracks"] for place in row["p"]]
    places += [place for kind in ("range", "core") for row in layers[kind] for ring in row["p"] for place in ring]
    places += [row["x"] for row in layers["newest-1"]]
    halves = (pd.DataFrame(places) / PARTNER_GRID_DEGREES) % 1
    assert ((halves - 0.5).abs() < 1e-6).all(axis=None)
    assert "shown to about 1 km to protect the animals" in words_of(app)


@pytest.mark.parametrize("role", ["partner", "public"])
def test_names_and_models_are_for_managers_alone(open_page, role):
    app = open_page("movement", role=role)
    everything = sent(app) + words_of(app)
    assert not [name for name in ("Asha", "javascript", "Collar X") if name in everything]


def test_public_gets_areas_and_no_coordinate_day_or_distance(open_page):
    app = open_page("movement")
    assert not app.exception
    assert not app.get("deck_gl_json_chart")
    assert not app.get("plotly_chart")
    assert not app.slider
    assert list(app.dataframe[0].value) == [
        "common_name", "scientific_name", "animals", "range_km2", "core_km2", "effective_n",
    ]  # fmt: skip
    everything = sent(app) + words_of(app)
    assert not re.search(r"-?\d+\.\d{3,}", everything)
    assert not re.search(r"Aug 2026|Sep 2026|Oct 2026|2026-", everything)
    assert "withheld" in words_of(app)


def test_public_learns_no_number_below_five(open_page):
    app = open_page("movement")
    assert labels_of(app)["Animals followed"] == "at least 2", "the sum of two species would narrow both"
    assert app.dataframe[0].value["animals"].tolist() == ["fewer than 5", "fewer than 5"]


def test_public_without_a_released_month_is_told_so(open_page, answers):
    answers["site_fixes"] = lambda *asked: invented_movement.fixes().head(0)
    answers["site_fix_span"] = lambda *asked: None
    app = open_page("movement")
    assert not app.exception
    assert "No month of this site may be shown yet" in words_of(app)


def test_owner_who_shares_no_position_is_explained(open_page, answers):
    answers["site_fixes"] = lambda *asked: invented_movement.fixes().head(0)
    answers["site_fix_span"] = lambda *asked: None
    app = open_page("movement", role="partner")
    assert not app.exception
    assert "The owners of these data share totals only" in words_of(app)


def test_days_without_a_position_say_what_to_change(open_page):
    app = open_page("movement", role="staff", animal="3")
    first = invented_movement.first_day()
    app.slider(key="days").set_value((first, first)).run()
    assert not app.exception
    assert "No position in these days" in words_of(app)


def test_site_without_collars_is_named_and_another_one_shown(open_page):
    app = open_page("movement", role="staff", site="990000002")
    assert "Brant Bay Reserve has no tagged animals that you may see" in app.info[0].value
    assert app.selectbox(key="site").value == SITE_ID


def test_unknown_site_in_the_link_says_so(open_page):
    app = open_page("movement", site="S9999")
    assert "There is no site with the code “S9999”" in app.error[0].value
    assert not app.exception


def test_network_without_collars_has_a_page_that_says_so(open_page, answers):
    answers["monitored_sites"] = lambda *asked: invented_movement.monitored_sites().tail(1)
    app = open_page("movement")
    assert not app.exception
    assert "No tagged animals yet" in words_of(app)


def test_hostile_names_stay_text_on_the_map_in_the_chart_and_in_the_pills(open_page):
    app = open_page("movement", role="staff")
    assert all(not str(value).startswith("@@=alert") for rows in layers_of(app).values() for row in rows for value in (
        row.values() if isinstance(row, dict) else []
    ))  # fmt: skip
    traces = json.loads(app.get("plotly_chart")[0].proto.spec)["data"]
    assert not any("<img" in trace["name"] + trace["hovertemplate"].replace("<extra>", "") for trace in traces)
    assert r"\[x\]\(javascript" in app.pills(key="animal").options[1]


def test_animals_beyond_six_are_grey_and_have_no_range(open_page, answers):
    one, names = invented_movement.track("1", 24 * 60, pd.Timestamp(invented.NOW), 1), [str(n) for n in range(1, 9)]
    herd = pd.concat([one.assign(animal=pd.Series(name, index=one.index, dtype="str")) for name in names])
    answers["site_fixes"] = lambda *asked: herd.reset_index(drop=True)
    animals = invented_movement.site_animals
    answers["site_animals"] = lambda view, viewer, site_id, today: pd.concat(
        [animals(viewer, site_id).head(1).assign(animal=name, animal_name=f"No {name}") for name in names]
    )
    app = open_page("movement", role="staff")
    layers = layers_of(app)
    assert len(layers["newest-others"]) == 2
    assert len({tuple(row["c"]) for row in layers["range"]}) == 6
    assert sum(len(row["p"]) for row in layers["tracks"]) <= movement.MOST_POINTS
    app.multiselect(key="animal").set_value(["7", "8"]).run()
    assert {"newest-7", "newest-8"} <= set(layers_of(app))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_follow_the_theme(open_page, theme):
    app = open_page("movement", role="staff", theme=theme)
    assert f"{theme}-site.json" in app.get("deck_gl_json_chart")[0].proto.json


def test_manager_sees_the_own_site_exactly(open_page):
    assert "Positions are exact" in words_of(open_page("movement", role="site"))


def test_another_site_starts_with_all_its_animals(open_page, answers):
    both = invented_movement.monitored_sites().assign(has_collars=True)
    answers["monitored_sites"] = lambda *asked: both
    ask = answers["site_animals"]
    answers["site_animals"] = lambda view, viewer, site_id, today: ask(view, viewer, SITE_ID, today)
    answers["site_fixes"] = lambda view, viewer, site_id, first, last, today: invented_movement.site_fixes(
        viewer, SITE_ID, first, last
    )
    span = answers["site_fix_span"]
    answers["site_fix_span"] = lambda view, viewer, site_id, today: span(view, viewer, SITE_ID, today)
    app = open_page("movement", role="staff", animal="3")
    app.selectbox(key="site").set_value("990000002").run()
    assert app.title[0].value == "Movement at Brant Bay Reserve"
    assert app.pills(key="animal").value == ["1", "2", "3"]
    assert "animal" not in app.query_params


def test_days_in_the_link_are_the_days_shown(open_page):
    app = open_page("movement", role="staff", days=["2026-10-01", "2026-10-10"])
    assert [str(day) for day in app.slider(key="days").value] == ["2026-10-01", "2026-10-10"]
    assert labels_of(app)["Positions"] == f"{2 * 10 * 24:,}"
