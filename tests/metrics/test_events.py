"""Independent events and what is counted in them, against loops that do one record after the other."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import community, events
from tests.metrics.field_frames import deployments, records

visits = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["Lynx", "Sus", None]), st.integers(0, 400)), max_size=25
)
lengths = st.lists(st.integers(0, 80), min_size=25, max_size=25)


def lasting(rows, minutes) -> pd.DataFrame:
    seen = records(*rows)
    return seen.assign(ended_at=seen["started_at"] + pd.to_timedelta(pd.Series(minutes[: len(rows)]), unit="min"))


def counted_one_by_one(rows, minutes, gap: float, compared_to: str) -> set[tuple]:
    """Place, taxon and start of what counts: the definition of camtrapR and wiutils, read word by word."""
    last: dict[tuple, float] = {}
    counted = set()
    for (place, taxon, start), length in sorted(zip(rows, minutes, strict=False), key=lambda row: (row[0][2], -row[1])):
        before = last.get((place, taxon))
        is_counted = before is None or start - before >= gap
        if is_counted:
            counted.add((place, taxon, start))
            last[(place, taxon)] = start + length
        elif compared_to == "last_record":
            last[(place, taxon)] = max(before, start + length)
    return counted


@pytest.mark.parametrize("compared_to", events.COMPARED_TO)
@settings(deadline=None)
@given(rows=visits, minutes=lengths, gap=st.integers(1, 90))
def test_the_records_that_count_are_those_found_one_by_one(compared_to, rows, minutes, gap):
    marked = events.mark_independent(lasting(rows, minutes), gap, compared_to)
    counted = [row for row, is_new in zip(rows, marked, strict=True) if is_new]
    assert len(counted) == len(set(counted))
    assert set(counted) == counted_one_by_one(rows, minutes, gap, compared_to)


@pytest.mark.parametrize("compared_to", events.COMPARED_TO)
@settings(deadline=None)
@given(rows=visits, minutes=lengths, chance=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_number_of_events(compared_to, rows, minutes, chance):
    seen = lasting(rows, minutes)
    order = list(range(len(seen)))
    chance.shuffle(order)
    shuffled = events.mark_independent(seen.iloc[order], compared_to=compared_to)
    assert shuffled.index.tolist() == order
    assert shuffled.sum() == events.mark_independent(seen, compared_to=compared_to).sum()


def test_a_long_chain_is_one_event_or_one_every_half_hour_by_the_rule_chosen():
    chain = records(*(("A", "Lynx", 10 * n) for n in range(10)))
    assert events.mark_independent(chain).tolist() == [True] + [False] * 9
    every_half_hour = events.mark_independent(chain, compared_to="last_independent_record")
    assert every_half_hour[every_half_hour].index.tolist() == [0, 3, 6, 9]


def test_an_unknown_rule_is_refused_by_name():
    with pytest.raises(ValueError, match="last_record, last_independent_record"):
        events.mark_independent(records(), compared_to="previous")


@settings(deadline=None)
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


@settings(deadline=None)
@given(rows=visits, hours=st.sampled_from([3, 12, 480]))
def test_events_of_all_taxa_add_up_and_shares_agree_with_the_single_figures(rows, hours):
    seen, cameras = records(*rows), deployments(("A", 0, hours), ("B", 0, hours))
    table = events.species_figures(seen, cameras)
    total = events.independent_events(seen, camera="deployment")
    assert table["events"].sum() == (total.value or 0)
    for row in table[table["scientific_name"].notna()].itertuples():
        own = seen[seen["scientific_name"].eq(row.scientific_name)]
        assert row.occupancy == pytest.approx(community.naive_occupancy(own, cameras).value)
        assert row.active_day_share == pytest.approx(community.active_day_share(own, cameras).value)


def test_a_day_and_a_half_of_work_on_three_days_is_no_more_than_all_of_its_nights():
    seen = records(("A", "Lynx", 60 * 20), ("A", "Lynx", 60 * 30), ("A", "Lynx", 60 * 50))
    cameras = deployments(("A", 18, 36))
    assert events.species_figures(seen, cameras)["active_day_share"].tolist() == [1.0]
    assert community.active_day_share(seen, cameras).value == 1.0


def test_a_table_without_effort_has_counts_and_no_rates():
    row = events.species_figures(records(("A", "Lynx", 0)), deployments()).iloc[0]
    assert (row.detections, row.events, row.individuals, row.places) == (1, 1, 1, 0)
    assert row[["rate", "rate_low", "rate_high", "occupancy", "active_day_share"]].isna().all()


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
    table = events.species_figures(records(), deployments(("A", 0, 240)))
    assert table.empty
    assert table.columns.tolist() == events.species_figures(records(("A", "Lynx", 0)), deployments()).columns.tolist()
    assert events.species_figures(records(), deployments()).empty
    assert events.events_by_month(records(), date(2025, 1, 1), date(2025, 2, 1)).empty
    assert events.mark_independent(records()).empty
