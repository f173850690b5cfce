"""The Green List Standard as data: its published shape, and which ids belong to it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.standards import criterion_of, standard


def test_the_standard_has_its_published_shape():
    green_list = standard()
    assert len(green_list.components) == 4
    assert len(green_list.criteria) == 17
    assert green_list.indicator_count == 50
    by_component = [sum(one.component == number for one in green_list.criteria.values()) for number in "1234"]
    assert by_component == [3, 4, 7, 3]


def test_described_indicators_are_fewer_than_all_and_belong_to_their_criterion():
    green_list = standard()
    assert len(green_list.indicators) < green_list.indicator_count
    for indicator_id, indicator in green_list.indicators.items():
        assert indicator_id.startswith(f"GLS-V1.1-{indicator.criterion}.")
        assert len(indicator.text) <= 90


def test_counts_that_no_source_states_are_unknown():
    counts = {number: one.indicator_count for number, one in standard().criteria.items()}
    assert (counts["1.1"], counts["2.1"]) == (6, 4)
    assert counts["3.4"] is None


@pytest.mark.parametrize(
    ("indicator_id", "criterion", "is_known"),
    [
        ("GLS-V1.1-3.4.2", "3.4", True),
        ("GLS-V1.1-3.4.12", "3.4", True),
        ("GLS-V1.1-3.8.1", "3.8", False),
        ("GLS-V2.0-3.4.1", "3.4", False),
        ("GLS-V1.1-3.4", None, False),
        ("METT-4-legal_status", None, False),
        ("GLS-V1.1-3.4.2\n", None, False),
    ],
)
def test_an_id_names_its_criterion(indicator_id, criterion, is_known):
    assert criterion_of(indicator_id) == criterion
    assert standard().is_known(indicator_id) == is_known


@given(st.text(max_size=20))
def test_any_other_text_is_no_indicator(text):
    if not re.fullmatch(r"GLS-V\d+\.\d+-\d\.\d\.\d+", text):
        assert criterion_of(text) is None
