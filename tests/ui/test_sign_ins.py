"""What a process remembers of sign-ins: which state is new, and for how long."""

import pytest

from data.access_file import LONGEST_SESSION_S
from ui import sign_ins
from ui.sign_ins import SignIns


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test sets."""
    now = {"seconds": 1_000_000.0}
    monkeypatch.setattr(sign_ins.time, "monotonic", lambda: now["seconds"])
    return now


def test_a_state_is_new_once_and_again_after_another(clock):
    known = SignIns()
    states = ["staff", "staff", "partner", "partner", "staff"]
    assert [known.note("ana", state) for state in states] == [True, False, True, False, True]
    assert known.note("bo", "staff")


def test_a_state_is_forgotten_when_no_session_can_last_any_more(clock):
    known = SignIns()
    known.note("ana", "staff")
    clock["seconds"] += LONGEST_SESSION_S
    assert not known.note("ana", "staff")
    clock["seconds"] += LONGEST_SESSION_S + 1
    assert known.note("ana", "staff")
