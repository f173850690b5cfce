"""Who is who, when a month is released, and how positions are made coarse."""

from collections.abc import Iterator
from datetime import date, timedelta
from math import floor

import ibis
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data import access
from data.access import (
    PARTNER_GRID_DEGREES,
    PUBLIC,
    ROLES,
    Viewer,
    newest_released_month,
    snap,
    viewer_from_environment,
)
from data.engine import connect


@pytest.fixture(scope="module")
def con() -> Iterator[ibis.BaseBackend]:
    opened = connect()
    yield opened
    opened.disconnect()


def test_a_role_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no role 'admin'"):
        Viewer("admin")


def test_nobody_in_particular_is_public() -> None:
    assert Viewer() == PUBLIC == Viewer("public")


def test_a_manager_sees_all_of_their_own_sites_only() -> None:
    manager = Viewer("site", frozenset({"1"}))
    assert manager.sees_all_of("1")
    assert not manager.sees_all_of("2")
    assert not manager.sees_species_of("2")


def test_sites_give_nothing_to_another_role() -> None:
    for role in ("public", "partner", "reviewer"):
        assert not Viewer(role, frozenset({"1"})).sees_all_of("1")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
@pytest.mark.parametrize("role", ROLES)
def test_a_person_alone_on_their_machine_chooses_a_role(
    monkeypatch: pytest.MonkeyPatch, address: str, role: str
) -> None:
    monkeypatch.setenv("T4N_VIEWER", role)
    assert viewer_from_environment(address) == Viewer(role)


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "::", "", None, "192.168.1.7", "10.0.0.1", "example.org", "localhost.example.org"]
)
def test_a_server_that_others_can_reach_shows_what_is_public(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    monkeypatch.setenv("T4N_VIEWER", "staff")
    assert viewer_from_environment(address) == PUBLIC


@pytest.mark.parametrize("role", ["", "admin", "Staff"])
def test_an_unknown_role_in_the_environment_is_public(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    monkeypatch.setenv("T4N_VIEWER", role)
    assert viewer_from_environment("127.0.0.1") == PUBLIC


def test_without_a_word_in_the_environment_everyone_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("T4N_VIEWER", raising=False)
    assert viewer_from_environment("127.0.0.1") == PUBLIC


def _end(month: str) -> date:
    """The first day after a month."""
    return (date.fromisoformat(f"{month}-28") + timedelta(days=4)).replace(day=1)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
@example(date(2026, 6, 30))
@example(date(2026, 7, 1))
@example(date(2024, 3, 1))
def test_a_month_is_released_when_it_ended_30_days_ago(today: date) -> None:
    released = newest_released_month(today)
    following = _end(released).strftime("%Y-%m")
    assert _end(released) + timedelta(days=30) <= today
    assert _end(following) + timedelta(days=30) > today


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(-180, 180), min_size=1, max_size=50))
@example([-180.0, -0.000001, 0.0, 0.009999, 179.999999])
def test_a_position_is_moved_to_the_middle_of_its_cell(con: ibis.BaseBackend, positions: list[float]) -> None:
    t = ibis.memtable({"degrees": positions, "at": list(range(len(positions)))})
    frame = con.execute(t.select("degrees", "at", coarse=snap(t.degrees)).order_by("at"))
    assert ((frame["coarse"] - frame["degrees"]).abs() <= PARTNER_GRID_DEGREES / 2 + 1e-9).all()
    # What differs from a border by less than a millimetre lies on it.
    cells = frame["degrees"].map(lambda degrees: floor(round(degrees / PARTNER_GRID_DEGREES, 6)))
    assert (frame["coarse"].groupby(cells).nunique() == 1).all()
    half_steps = frame["coarse"] / PARTNER_GRID_DEGREES - 0.5
    assert (abs(half_steps - half_steps.round()) < 1e-6).all()


def test_a_name_that_nobody_has_judged_is_sensitive(con: ibis.BaseBackend) -> None:
    t = ibis.memtable(
        {"scientific_name": ["Vulpes vulpes", "Invented beast", None], "candidate_names": [None, None, None]},
        schema={"scientific_name": "string", "candidate_names": "string"},
    )
    assert con.execute(access.is_sensitive(t).name("is_sensitive")).tolist() == [False, True, True]
