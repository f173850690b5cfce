"""The figures and the report from a store: filters, time, totals that agree with other questions, honest words."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from data import queries
from data.access import PUBLIC
from data.engine import View
from data.queries.merged import Choice
from exports.impact import STATES, Impact, impact
from exports.impact_figure import Chart, Span, sources_down
from exports.impact_records import Filters, Records, chosen, in_words, records
from exports.impact_words import sample, short
from metrics.result import Result, nothing
from tests.data import field_network
from tests.data.network import OPEN_SITE, PRIVATE_SITE, SUMMARY_SITE


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    return field_network.built(tmp_path_factory.mktemp("field"))


@pytest.fixture(scope="module")
def every(view: View, tmp_path_factory: pytest.TempPathFactory) -> Records:
    return records(view, tmp_path_factory.mktemp("jurisdictions"))


@pytest.fixture(scope="module")
def found(every: Records) -> Impact:
    return impact(every, Filters())


def value(found: Impact, key: str, place: int = 0) -> float | None:
    return found.figure(key).results[place][1].value


def merged(view: View, name: str) -> pd.DataFrame:
    batches = queries.merged_batches(view, PUBLIC, name, Choice(), view.day)
    return pd.concat([batch.to_pandas() for batch in batches])


def test_totals_are_those_that_the_public_may_download(view: View, every: Records, found: Impact) -> None:
    rows = {name: merged(view, name) for name in ("alerts_by_month", "incidents_by_quarter", "sites")}
    assert value(found, "warned") == rows["alerts_by_month"]["alerts"].sum()
    assert every.incidents["incidents"].sum() == rows["incidents_by_quarter"]["incidents"].sum()
    assert found.sites == len(rows["sites"])


def test_nothing_private_is_in_it(every: Records, found: Impact) -> None:
    assert PRIVATE_SITE not in set(every.alerts["site_id"])
    states = found.places.set_index("site_id")["state"].to_dict()
    assert states == {OPEN_SITE: "field", SUMMARY_SITE: "field", PRIVATE_SITE: "unknown"}
    assert set(states.values()) <= set(STATES)


@pytest.mark.parametrize(
    ("filters", "sites"),
    [
        (Filters(), {OPEN_SITE, SUMMARY_SITE, PRIVATE_SITE}),
        (Filters(country="THA"), {OPEN_SITE, SUMMARY_SITE, PRIVATE_SITE}),
        (Filters(country="THA", pilot=OPEN_SITE), {OPEN_SITE}),
        (Filters(theme="warning"), {OPEN_SITE, SUMMARY_SITE}),
        (Filters(theme="reefs"), set()),
        (Filters(theme="certification"), set()),
        (Filters(country="PER", pilot=OPEN_SITE), set()),
        (Filters(supporter="nobody"), set()),
    ],
    ids=["all", "country", "and", "warning", "reefs", "certification", "nowhere", "supporter"],
)
def test_filters_hold_together(every: Records, filters: Filters, sites: set[str]) -> None:
    assert set(chosen(every, filters).sites["site_id"]) == sites
    made = impact(every, filters)
    assert made.sites == len(sites)
    assert bool(made.figures) is bool(sites)


def test_a_part_is_never_more_than_the_whole(every: Records, found: Impact) -> None:
    parts = [impact(every, Filters(pilot=site_id)) for site_id in (OPEN_SITE, SUMMARY_SITE, PRIVATE_SITE)]
    assert sum(value(part, "warned") or 0 for part in parts) == value(found, "warned")


def test_time_never_takes_back_what_was_reached(every: Records) -> None:
    series = {"sites": [], "warned": []}
    for quarter in every.quarters:
        made = impact(every, Filters(until=quarter))
        for key, told in series.items():
            told.append(value(made, key) or 0)
    assert all(told == sorted(told) for told in series.values())
    newest = impact(every, Filters())
    assert [told[-1] for told in series.values()] == [value(newest, key) or 0 for key in series]


def test_headline_chart_and_sentence_tell_the_same(found: Impact) -> None:
    sites = found.figure("sites")
    assert sites.headline == "2 of 3"
    assert "2 of 3 sites" in sites.sentence
    assert [one for one in sites.chart.series[0][1] if one is not None][-1] == 2
    warned = found.figure("warned")
    assert sum(one or 0 for one in warned.chart.series[0][1]) == value(found, "warned")


def test_nobody_is_said_to_be_warned(found: Impact) -> None:
    warned = found.figure("warned")
    assert "people" not in warned.sentence
    assert "How many people were warned is not known" in warned.caveat


def test_nothing_measured_says_why(found: Impact) -> None:
    reef = found.figure("reef")
    assert reef.headline == "–"
    assert reef.sentence.startswith("No planted coral is on record by then")
    assert reef.chart.is_empty


def test_what_is_not_on_record_is_refused_in_words(every: Records) -> None:
    with pytest.raises(LookupError, match="quarter 1999-Q1"):
        impact(every, Filters(until="1999-Q1"))
    with pytest.raises(LookupError, match="no theme"):
        impact(every, Filters(theme="gold"))


def test_filters_are_told_by_name(every: Records) -> None:
    assert in_words(every, Filters()) == ("All sites of the network",)
    told = in_words(every, Filters(country="THA", theme="reefs", pilot=OPEN_SITE, supporter="A fund"))
    assert told == ("Country: Thailand", "Theme: Reefs", f"Pilot: Site {OPEN_SITE}", "Supported by: A fund")


def test_sources_that_failed_are_named_where_they_matter() -> None:
    sources = pd.DataFrame(
        {
            "source": ["cameras", "corals", "plan", "new"],
            "connector": ["camtrap_dp", "restoration", "programme", "of a new kind"],
            "outcome": ["unavailable", "refused", "failed", "changed"],
        }
    )
    assert sources_down(sources, "animals") == ["cameras", "new"]
    assert sources_down(sources, "reef") == ["corals", "new"]
    assert sources_down(sources, "sites") == ["cameras", "corals", "new"]
    assert sources_down(sources.assign(outcome="stored"), "sites") == []


def test_sample_tells_n_period_and_the_newest_record() -> None:
    one = Result(2.0, "things", 1_200, "sites", newest=date(2026, 3, 5))
    none = nothing("things", "reefs", "none was found")
    told = sample((one, none), date(2025, 1, 2), date(2026, 3, 31), ["cameras"])
    assert told == "n = 1,200 sites · 2 Jan 2025 to 31 Mar 2026 · newest record 5 Mar 2026 · sources down: cameras"
    assert (
        sample((none,), date(2027, 1, 1), date(2026, 3, 31), [])
        == "nothing measured · until 31 Mar 2026 · no source down"
    )
    assert "newest month Mar 2026" in sample((one,), None, date(2026, 3, 31), [], is_by_month=True)


def test_numbers_are_told_briefly() -> None:
    assert [short(one) for one in (0.0, 12.0, 12.34, 1_234.5)] == ["0", "12", "12.3", "1,234"]


def test_chart_says_in_words_what_it_shows() -> None:
    chart = Chart("lines", "Taxa", "Taxa", ("2025-Q4", "2026-Q1"), (("Seen", (None, 7.0)), ("Heard", (None, None))))
    assert chart.alt == "Taxa. Seen: 7 in 2026-Q1, 7 in 2026-Q1."
    assert replace(chart, series=(("Seen", (None, None)),)).alt == "Taxa. Nothing measured."


def test_time_after_the_chosen_quarter_is_not_drawn() -> None:
    span = Span({"2025-Q4": date(2025, 12, 31), "2026-Q1": date(2026, 3, 31)}, date(2025, 12, 31))
    assert span.series([3, 9]) == (3.0, None)
    assert span.grown([0, 9]) == (None, None), "before the first record nothing is known"
