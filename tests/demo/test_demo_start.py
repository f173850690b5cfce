"""When the demo's store is filled: at the first start, on a new day, and after a start that was cut off."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from data import settings
from demo import start


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[settings.Preparation]:
    """What the pages were told while the store was filled; the filling itself is left out."""
    told: list[settings.Preparation] = []
    monkeypatch.setattr(start, "fill", lambda store_url, on_progress: told.append(settings.preparation()))
    monkeypatch.setattr(settings, "_preparation", None)
    return told


def _holds(monkeypatch: pytest.MonkeyPatch, age: timedelta | None, is_complete: bool = True) -> None:
    view = SimpleNamespace(committed_at=datetime.now(UTC) - age, is_complete=is_complete) if age is not None else None
    monkeypatch.setattr(start.engine, "latest", lambda store_url: view)


def test_a_store_that_was_filled_today_is_shown_at_once(filled, monkeypatch: pytest.MonkeyPatch) -> None:
    _holds(monkeypatch, timedelta(0))
    assert start.ensure() is None
    assert filled == []


@pytest.mark.parametrize(
    ("age", "is_complete", "is_first"),
    [(None, True, True), (timedelta(days=1), True, False), (timedelta(0), False, True)],
    ids=["empty", "of yesterday", "cut off"],
)
def test_any_other_store_is_filled_behind_the_pages(filled, monkeypatch, age, is_complete, is_first) -> None:
    _holds(monkeypatch, age, is_complete)
    start.ensure().join(10)
    assert [told.is_first for told in filled] == [is_first]
    assert settings.preparation() is None


def test_a_demo_that_cannot_be_filled_says_why(filled, monkeypatch: pytest.MonkeyPatch) -> None:
    _holds(monkeypatch, None)

    def fails(store_url: str, on_progress: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(start, "fill", fails)
    start.ensure().join(10)
    assert "no space left" in settings.preparation().error
