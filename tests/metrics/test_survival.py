"""Survival: the published table of a leukaemia trial, an independent estimate, and what a curve must never do."""

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from metrics.survival import kaplan_meier, product_limit

# Weeks in remission of 21 children who took 6-mercaptopurine (Freireich et al. 1963, Blood 21:699); those who were
# still well when last seen are apart.
RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
WELL = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
# At risk, survival and its standard error as printed by R's survfit for these data, and the limits on the scale
# log(-log) as printed by Stata's `sts list`.
PRINTED = {
    6: (21, 0.857, 0.0764, 0.6197, 0.9516),
    7: (17, 0.807, 0.0869, 0.5631, 0.9228),
    10: (15, 0.753, 0.0963, 0.5032, 0.8894),
    13: (12, 0.690, 0.1068, 0.4316, 0.8491),
    16: (11, 0.627, 0.1141, 0.3675, 0.8049),
    22: (7, 0.538, 0.1282, 0.2678, 0.7468),
    23: (6, 0.448, 0.1346, 0.1881, 0.6801),
}
ENTRIES = st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.integers(1, 6)), min_size=1, max_size=25)


def columns(entries: list[tuple[int, bool, int]]) -> tuple[list[int], list[bool], list[int]]:
    times, is_event, counts = zip(*entries, strict=True)
    return list(times), list(is_event), list(counts)


def test_the_published_table_of_the_leukaemia_trial():
    entries = RELAPSED + WELL, [True] * len(RELAPSED) + [False] * len(WELL)
    curve = kaplan_meier(*entries).set_index("time")
    errors = product_limit(*entries).set_index("time")
    assert curve.index[curve["events"] > 0].tolist() == list(PRINTED)
    for week, (at_risk, survival, error, low, high) in PRINTED.items():
        row = curve.loc[week]
        assert row["at_risk"] == at_risk
        assert row["survival"] == pytest.approx(survival, abs=0.0005)
        assert row["survival"] * errors.loc[week, "se_log"] == pytest.approx(error, abs=0.00005)
        assert (row["low"], row["high"]) == pytest.approx((low, high), abs=0.00005)


@given(ENTRIES)
def test_an_independent_estimate_agrees(entries):
    times, is_event, counts = columns(entries)
    ended, censored = (
        [time for time, event, count in entries for _ in range(count) if event == wanted] for wanted in (True, False)
    )
    other = scipy.stats.ecdf(scipy.stats.CensoredData(uncensored=ended, right=censored)).sf
    found = kaplan_meier(times, is_event, counts)
    assert found["survival"].to_numpy() == pytest.approx(other.evaluate(found["time"].to_numpy()))


@given(ENTRIES)
def test_counts_stand_for_single_entries(entries):
    times, is_event, counts = columns(entries)
    single = [np.repeat(column, counts) for column in (times, is_event)]
    pd.testing.assert_frame_equal(kaplan_meier(times, is_event, counts), kaplan_meier(*single))


@given(ENTRIES, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(entries, chance):
    shuffled = chance.sample(entries, len(entries))
    pd.testing.assert_frame_equal(kaplan_meier(*columns(entries)), kaplan_meier(*columns(shuffled)))


@given(ENTRIES)
def test_survival_never_rises_and_lies_between_its_limits(entries):
    curve = kaplan_meier(*columns(entries))
    assert curve["survival"].diff().dropna().le(0).all()
    assert curve["survival"].between(0, 1).all()
    is_open = (curve["survival"] > 0) & (curve["survival"] < 1)
    assert curve[["low", "high"]].notna().all(axis=1).equals(is_open)
    limited = curve[is_open]
    assert (limited["low"].ge(0) & limited["low"].lt(limited["survival"])).all()
    assert (limited["high"].le(1) & limited["high"].gt(limited["survival"])).all()


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30))
def test_when_all_are_followed_to_the_end_it_is_the_plain_share(times):
    curve = kaplan_meier(times, [True] * len(times))
    assert curve["survival"].tolist() == pytest.approx([np.mean(np.array(times) > time) for time in curve["time"]])


def test_without_entries_there_is_no_row():
    assert kaplan_meier([], []).empty
