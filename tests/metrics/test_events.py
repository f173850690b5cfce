"""Independent events and what is counted in them, against loops that do one record after the other."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import community, events
from tests.metrics.field_frames import deployments, records

visits = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["Lynx", "Sus", None]), st.integers(0, 400)), max_size=25
)


def counted_one_by_one(rows, gap: float, compared_to: str) -> list[bool]:
    """Which rows count, for instants: the definition of camtrapR and wiutils, read word by word."""
    last: dict[tuple, float] = {}
    order = sorted(range(len(rows)), key=lambda n: rows[n][2])
    counts = [False] * len(rows)
    for n in order:
        place, taxon, minute = rows[n]
        before = last.get((place, taxon))
        counts[n] = before is None or minute - before >= gap
        if counts[n] or compared_to == "last_record":
            last[(place, taxon)] = minute
    return counts


@pytest.mark.parametrize("compared_to", events.COMPARED_TO)
@given(rows=visits, gap=st.integers(1, 90))
def test_as_many_records_count_as_one_by_one(compared_to, rows, gap):
    marked = events.mark_independent(records(*rows), gap, compared_to)
    assert marked.sum() == sum(counted_one_by_one(rows, gap, compared_to))


def test_a_long_chain_is_one_event_or_one_every_half_hour_by_the_rule_chosen():
    chain = records(*(("A", "Lynx", 10 * n) for n in range(10)))
    assert events.mark_independent(chain).tolist() == [True] + [False] * 9
    every_half_hour = events.mark_independent(chain, compared_to="last_independent_record")
    assert every_half_hour[every_half_hour].index.tolist() == [0, 3, 6, 9]


def test_an_unknown_rule_is_refused_by_name():
    with pytest.raises(ValueError, match="last_record, last_independent_record"):
        events.mark_independent(records(), compared_to="previous")


@given(rows=visits.filter(len), pick=st.integers(0, 24), minutes=st.integers(0, 29))
def test_another_record_within_the_window_adds_no_event(rows, pick, minutes):
    place, taxon, minute = rows[pick % len(rows)]
    before = int(events.mark_independent(records(*rows)).sum())
    assert int(events.mark_independent(records(*rows, (place, taxon, minute + minutes))).sum()) <= before


def test_twice_the_effort_halves_the_abundance_index():
    once, twice = events.relative_abundance(12, 100), events.relative_abundance(12, 200)
    assert (once.value, once.unit) == (12.0, "events per 100 trap nights")
    assert twice.value == once.value / 2
    assert twice.interval == pytest.approx(tuple(edge / 2 for edge in once.interval))
    assert events.relative_abundance(1, 5).missing.startswith("fewer than 10 trap nights")


def test_the_table_of_species_holds_each_figure_of_its_taxon():
    cameras = deployments(("A", 0, 240), ("B", 0, 240), ("C", 0, 0))
    seen = records(
        ("A", "Lynx", 0), ("A", "Lynx", 20), ("B", "Lynx", 60), ("A", "Sus", 0), ("C", "Sus", 5), ("A", None, 9)
    )
    seen = seen.assign(
        individual_count=pd.array([2, pd.NA, 1, 3, 1, pd.NA], "Int64"),
        is_machine=[True, False, False, False, True, False],
    )
    table = events.species_figures(seen, cameras).set_index("scientific_name")
    assert table.index.tolist()[:2] == ["Lynx", "Sus"]
    lynx, boar = table.loc["Lynx"], table.loc["Sus"]
    assert (lynx.detections, lynx.events, lynx.individuals, lynx.machine_only) == (3, 2, 4, 1)
    assert (lynx.places, lynx.occupancy, lynx.rate) == (2, 1.0, 10.0)
    assert (boar.places, boar.occupancy) == (1, 0.5), "a station without effort is no station"
    assert boar.newest == date(2025, 3, 1)


@given(rows=visits)
def test_events_of_all_taxa_add_up_and_shares_agree_with_the_single_figures(rows):
    seen, cameras = records(*rows), deployments(("A", 0, 480), ("B", 0, 480))
    table = events.species_figures(seen, cameras)
    total = events.independent_events(seen, camera="deployment")
    assert table["events"].sum() == (total.value or 0)
    for row in table[table["scientific_name"].notna()].itertuples():
        own = seen[seen["scientific_name"].eq(row.scientific_name)]
        assert row.occupancy == pytest.approx(community.naive_occupancy(own, cameras).value)
        assert row.active_day_share == pytest.approx(community.active_day_share(own, cameras).value)


def test_months_without_an_event_are_zeros_between_those_with_one():
    seen = records(("A", "Lynx", 0), ("A", "Lynx", 60 * 24 * 70), ("A", None, 0))
    months = events.events_by_month(seen, date(2025, 2, 10), date(2025, 5, 31))
    assert months["scientific_name"].unique().tolist() == ["Lynx"]
    assert dict(zip(months["month"], months["events"], strict=True)) == {
        date(2025, 2, 1): 0,
        date(2025, 3, 1): 1,
        date(2025, 4, 1): 0,
        date(2025, 5, 1): 1,
    }


def test_nothing_recorded_gives_empty_tables():
    assert events.species_figures(records(), deployments(("A", 0, 240))).empty
    assert events.events_by_month(records(), date(2025, 1, 1), date(2025, 2, 1)).empty
    assert events.mark_independent(records()).empty
