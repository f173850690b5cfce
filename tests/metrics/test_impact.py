"""What a network has reached by a day: examples counted by hand, and laws."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import impact, outplants

END = date(2026, 6, 30)
LATER = date(2026, 7, 1)
days = st.dates(date(2020, 1, 1), date(2026, 12, 31))


def dated(name: str, *rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame([row[:2] for row in rows], columns=["site_id", name])
    return frame.assign(**{name: pd.to_datetime(frame[name])})


def planted(*rows: tuple) -> pd.DataFrame:
    names = ["cohort", "planted_on", "observed_on", "fragment_count", "alive_count", "dead_count", "lost_count"]
    frame = pd.DataFrame(rows, columns=names).assign(station="Reef 1", scientific_name=None)
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("planted_on", "observed_on")})


def test_quarters_end_on_their_last_day():
    ends = impact.quarter_ends(date(2025, 11, 3), date(2026, 7, 1))
    assert ends == [date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)]


def test_a_day_has_come_until_its_end_and_an_unknown_one_never():
    moments = pd.Series(pd.to_datetime(["2026-06-30 23:59:59", "2026-07-01 00:00:00", None], utc=True))
    assert impact.has_come(moments, END).tolist() == [True, False, False]


def test_a_site_is_known_from_its_first_record():
    records = dated("first_on", ("a", END), ("a", LATER), ("b", LATER), ("c", date(2020, 1, 1)))
    found = impact.sites_known(records, 5, END)
    assert (found.value, found.n, found.newest) == (2, 5, END)
    assert impact.sites_known(records, 5, date(2019, 1, 1)).value is None


def test_area_is_the_sum_of_what_is_reported_and_never_zero_for_nothing():
    sites = pd.DataFrame({"area_km2": [10.5, None, 4.0], "marine_area_km2": [None, None, None]})
    assert impact.reported_area(sites).value == 14.5
    assert impact.reported_area(sites).n == 2
    assert impact.marine_area(sites).value is None


def test_warnings_in_time_are_those_sent_before_the_animal_came():
    start = pd.Timestamp("2026-05-01", tz="UTC")
    sent = [start, start, start, pd.NaT]
    came = [start + pd.Timedelta(minutes=5), start - pd.Timedelta(minutes=1), pd.NaT, start]
    alerts = pd.DataFrame({"detected_at": start, "sent_at": sent, "animal_arrived_at": came})
    alerts = alerts.astype(dict.fromkeys(alerts.columns, "datetime64[us, UTC]"))
    in_time = impact.sent_in_time(alerts)
    assert (in_time.value, in_time.n) == (50, 2)
    # Wilson's limits of 1 of 2, by hand.
    assert in_time.interval == pytest.approx((9.45, 90.55), abs=0.01)
    assert impact.warnings_sent(alerts, END).value == 3, "one of four was never sent"
    assert impact.warnings_sent(alerts, date(2026, 4, 30)).value is None


def test_taxa_of_two_sites_count_once_and_sites_each():
    taxa = dated("first_on", ("a", END), ("b", END), ("a", END), ("a", LATER)).assign(
        scientific_name=["Vulpes vulpes", "Vulpes vulpes", "Lynx lynx", "Meles meles"]
    )
    found = impact.taxa_seen(taxa, END)
    assert (found.value, found.n, found.of) == (2, 2, "sites with cameras")
    assert impact.taxa_seen(taxa, date(2026, 1, 1)).value is None


def test_tagged_animals_add_up_over_sites():
    animals = dated("known_on", ("a", END), ("b", END), ("b", LATER)).assign(animals=[5, 7, 9])
    assert impact.animals_tagged(animals, END).value == 12
    assert impact.animals_tagged(animals.head(0), END).value is None


VISITS = planted(
    ("1", "2025-01-01", "2025-03-01", 100, 90, 8, 2),
    ("1", "2025-01-01", "2026-08-01", 100, 60, 30, 10),
    ("2", "2025-02-01", "2026-08-01", 50, 40, 5, 5),
    ("3", "2026-08-01", "2026-08-01", 70, 70, 0, 0),
)


def test_corals_alive_are_those_of_the_last_visit_until_the_day():
    found = impact.corals_alive(VISITS, END)
    assert (found.value, found.n) == (90, 150), "cohort 2 is planted and nobody has come back yet"
    assert found.newest == date(2025, 3, 1)
    later = impact.corals_alive(VISITS, date(2026, 12, 31))
    assert (later.value, later.n) == (100, 220)
    totals = outplants.totals(VISITS)
    assert (totals.alive, totals.planted) == (later.value, later.n)


def test_corals_that_nobody_saw_again_are_no_zero():
    found = impact.corals_alive(VISITS, date(2025, 2, 1))
    assert found.value is None
    assert found.n == 150
    assert impact.corals_alive(VISITS, date(2024, 1, 1)).n == 0


@st.composite
def cohorts(draw) -> pd.DataFrame:
    rows = []
    for cohort in range(draw(st.integers(1, 4))):
        day, count = draw(days), draw(st.integers(1, 50))
        for gap in sorted(draw(st.sets(st.integers(0, 900), min_size=1, max_size=4))):
            alive = draw(st.integers(0, count))
            dead = draw(st.integers(0, count - alive))
            rows.append((str(cohort), day, day + timedelta(days=gap), count, alive, dead, count - alive - dead))
    return planted(*rows)


@given(cohorts(), st.lists(days, min_size=1, max_size=5))
def test_many_days_at_once_say_what_each_day_says(visits, ends):
    by_day = impact.corals_by(visits, sorted(ends))
    for end, row in by_day.iterrows():
        one = impact.corals_alive(visits, end)
        assert (row["planted"], row["alive"]) == (one.n, one.value or 0)


def seen(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["site_id", "phase", "seen_on"])
    return frame.assign(seen_on=pd.to_datetime(frame["seen_on"]))


LOOKS = seen(
    ("up", "application", "2024-01-01"),
    ("up", "candidate", "2025-01-01"),
    ("same", "candidate", "2024-01-01"),
    ("same", "candidate", "2025-01-01"),
    ("back", "candidate", "2024-01-01"),
    ("back", "green_list", "2025-01-01"),
    ("back", "candidate", "2026-01-01"),
    ("once", "green_list", "2024-01-01"),
    ("late", "application", "2024-01-01"),
    ("late", "green_list", "2026-12-01"),
)


def test_a_site_has_advanced_when_it_stands_further_than_at_first():
    found = impact.sites_advanced(LOOKS, END)
    assert (found.value, found.n) == (1, 3), "one fell back, one was seen once, one moved later"
    assert impact.advanced_sites(LOOKS, END) == {"up"}
    assert impact.sites_advanced(LOOKS, date(2025, 6, 30)).value == 2
    assert impact.advanced_sites(LOOKS, date(2026, 12, 31)) == {"up", "late"}
    assert impact.sites_advanced(LOOKS, date(2024, 6, 30)).value is None


def test_phases_of_a_day_are_those_of_the_newest_look():
    by_phase = impact.sites_by_phase(LOOKS, [date(2024, 6, 30), END])
    assert by_phase.loc[date(2024, 6, 30)].to_dict() == {
        "not_started": 0, "application": 2, "candidate": 2, "green_list": 1,
    }  # fmt: skip
    assert by_phase.loc[END].to_dict() == {"not_started": 0, "application": 1, "candidate": 3, "green_list": 1}


def test_criteria_gained_are_the_newest_less_the_first():
    history = dated(
        "assessed_on",
        ("a", "2024-01-01"), ("a", "2025-01-01"), ("b", "2024-01-01"), ("b", "2025-01-01"), ("c", "2025-01-01"),
    ).assign(met=[5, 9, 8, 6, 17])  # fmt: skip
    found = impact.criteria_gained(history, END)
    assert (found.value, found.n) == (2, 2), "4 gained, 2 lost; a site rated once compares with nothing"
    assert impact.criteria_gained(history, date(2024, 6, 30)).value is None


@given(st.lists(st.tuples(days, st.integers(0, 100))), st.lists(days, min_size=1, max_size=6))
def test_what_was_reached_never_shrinks_and_ends_with_everything(rows, ends):
    frame = pd.DataFrame(rows, columns=["day", "weight"])
    found = impact.reached(frame["day"], sorted(ends), frame["weight"])
    assert found == sorted(found)
    assert found == [sum(weight for day, weight in rows if day <= end) for end in sorted(ends)]
