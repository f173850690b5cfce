"""Figures of tagged animals: outliers never count, and nothing followed is not a place."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from metrics.movement import fix_figures

ANIMALS = pd.DataFrame(
    {
        "individual_id": ["1", "2", "3"],
        "individual_name": ["Zola", None, "Amani"],
        "scientific_name": ["Panthera leo", "Panthera leo", None],
    }
)
POSITION = st.tuples(
    st.sampled_from(["1", "2", "3"]), st.integers(0, 10**6), st.floats(-90, 90), st.floats(-180, 180), st.booleans()
)


def frame(positions: list[tuple]) -> pd.DataFrame:
    fixes = pd.DataFrame(positions, columns=["individual_id", "fixed_at", "latitude", "longitude", "is_outlier"])
    fixes["fixed_at"] = pd.to_datetime(fixes["fixed_at"], unit="s", utc=True)
    return fixes


def test_an_animal_is_shown_by_its_name_else_by_its_identifier() -> None:
    figures = fix_figures(frame([("1", 0, 1.0, 2.0, False), ("2", 60, 3.0, -4.0, False)]), ANIMALS)
    assert figures == {
        "individuals": ["2", "Zola"],
        "taxa": ["Panthera leo"],
        "first": "1970-01-01T00:00:00Z",
        "last": "1970-01-01T00:01:00Z",
        "bbox": [-4.0, 1.0, 2.0, 3.0],
    }


def test_without_a_counted_fix_there_is_no_time_and_no_box() -> None:
    figures = fix_figures(frame([("1", 0, 1.0, 2.0, True)]), ANIMALS)
    assert figures == {"individuals": [], "taxa": [], "first": None, "last": None, "bbox": None}


@given(st.lists(POSITION, min_size=1, max_size=20))
def test_outliers_change_nothing(positions: list[tuple]) -> None:
    kept = [position for position in positions if not position[-1]]
    assert fix_figures(frame(positions), ANIMALS) == fix_figures(
        frame(kept) if kept else frame(positions).iloc[:0], ANIMALS
    )


@given(st.lists(POSITION, min_size=1, max_size=20))
def test_the_box_holds_every_counted_fix(positions: list[tuple]) -> None:
    bbox = fix_figures(frame(positions), ANIMALS)["bbox"]
    for _, _, latitude, longitude, is_outlier in positions:
        assert is_outlier or (bbox[0] <= longitude <= bbox[2] and bbox[1] <= latitude <= bbox[3])
