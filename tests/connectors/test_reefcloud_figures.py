"""Figures of the dashboard of ReefCloud: fractions or percent, odd intervals, and words that nobody knows."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Refusal
from connectors.reefcloud_api import Asked, Modelled
from tests.conftest import Serve
from tests.connectors.test_reefcloud import Dashboard, Pull, part, survey


@pytest.mark.parametrize(
    ("field", "value"),
    [("depth", wrong) for wrong in ("deep_gt_50m", "inventor@example.org", True, ["no_depth"], 5, "")]
    + [("tier_level", wrong) for wrong in ("inventor", 4.5, True, [4], {"level": 4}, -4, "inf")],
)
def test_an_unknown_depth_or_tier_level_is_refused(serve: Serve, tmp_path: Path, field: str, value: Any) -> None:
    pulled = Pull(serve(Dashboard(survey(**{field: value}))), tmp_path)
    assert (pulled.rows, pulled.refused) == ([], [field])


def test_a_missing_depth_is_no_depth_and_a_missing_level_is_not_told(serve: Serve, tmp_path: Path) -> None:
    levels = [4, "4", 4.0, None]
    surveys = [survey(tier_level=level, date=f"{2020 + place}-01-01") for place, level in enumerate(levels)]
    methods = [row["method"] for row in Pull(serve(Dashboard(*surveys)), tmp_path / "a").rows]
    assert methods == ["ReefCloud model, tier 4"] * 3 + ["ReefCloud model"]
    without, with_it = survey(depth=None), survey()
    ids = [
        Pull(serve(Dashboard(each)), tmp_path / name).rows[0]["survey_id"]
        for name, each in (("b", without), ("c", with_it))
    ]
    assert ids[0] == ids[1]


def test_fractions_become_percent_and_are_told(serve: Serve, tmp_path: Path) -> None:
    parts = [part("HARD CORAL", 0.25, 0.2, 0.3), part("OTHER", 0.75, 0.7, 0.8)]
    pulled = Pull(serve(Dashboard(survey(*parts))), tmp_path)
    row = pulled.rows[0]
    assert [row[name] for name in ("value", "value_low", "value_high")] == pytest.approx([25, 20, 30])
    assert "multiplied by 100" in pulled.notices


def test_a_small_percentage_beside_the_rest_of_the_whole_is_no_fraction(serve: Serve, tmp_path: Path) -> None:
    parts = [part("HARD CORAL", 0.5, 0.1, 0.9), part("OTHER", 99.5)]
    pulled = Pull(serve(Dashboard(survey(*parts))), tmp_path)
    assert [row["value"] for row in pulled.rows] == [0.5]
    assert pulled.notices.count("multiplied") == 0


def test_each_survey_says_for_itself_whether_it_holds_fractions(serve: Serve, tmp_path: Path) -> None:
    odd = [part("TEXT", "many"), part("FLAG", True), part("ENDLESS", "1e999"), part("NO NUMBER", "NaN")]
    fractions = survey(part("HARD CORAL", 0.25, 0.2, 0.3), part("OTHER", 0.75, 0.7, 0.8), *odd)
    percents = survey(part("HARD CORAL", 0.25, 0.2, 0.3), part("OTHER", 99.75), *odd, date="2024-01-01")
    pulled = Pull(serve(Dashboard(fractions, percents)), tmp_path)
    assert {row["surveyed_on"].year: row["value"] for row in pulled.rows} == pytest.approx({2023: 25, 2024: 0.25})
    assert "1 surveys have parts that add up to one at most" in pulled.notices


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=5))
def test_parts_of_one_and_parts_of_a_hundred_give_the_same_figures(sizes: list[int]) -> None:
    kinds = ["HARD CORAL", "SOFT CORAL", "MACROALGAE", "TURF ALGAE", "OTHER"]

    def values(whole: int) -> list[float]:
        shares = [whole * size / sum(sizes) for size in sizes]
        parts = [part(kind, share, share, share) for kind, share in zip(kinds, shares, strict=False)]
        return [row["value"] for row in Modelled().rows(Asked("tiers", "1"), "Reef", {}, survey(*parts))]

    assert values(1) == pytest.approx(values(100))


@pytest.mark.parametrize(
    ("low", "high", "refused"),
    [(33.1, 40, ["HARD CORAL.low"]), (20, 32.9, ["HARD CORAL.high"]), (40, 20, ["HARD CORAL.low"]), (33, 33, [])],
)
def test_a_figure_outside_its_interval_is_refused(
    serve: Serve, tmp_path: Path, low: float, high: float, refused: list[str]
) -> None:
    pulled = Pull(serve(Dashboard(survey(part("HARD CORAL", 33, low, high)))), tmp_path)
    assert pulled.refused == refused
    assert len(pulled.rows) + len(refused) == 1


def test_a_refused_value_can_be_stored_whatever_its_letters(serve: Serve, tmp_path: Path) -> None:
    wrong = [survey(part("HARD CORAL", "\ud800")), survey(tier_level="\ud800" * 9000, date="2024-01-01")]
    refusals = [item for item in Pull(serve(Dashboard(*wrong)), tmp_path).parsed if isinstance(item, Refusal)]
    assert [refusal.field for refusal in refusals] == ["HARD CORAL.median", "tier_level"]
    assert all(len(refusal.value.encode()) < 5000 for refusal in refusals)
