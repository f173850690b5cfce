"""What a process remembers of sign-ins: what is new, what has ended, and for how long."""

import pytest

from ui import sign_ins
from ui.sign_ins import SECONDS_KEPT, SignIns


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


def test_what_has_ended_stays_ended_as_long_as_a_session_may_last(clock):
    known = SignIns()
    known.end("ana")
    assert (known.is_ended("ana"), known.is_ended("bo")) == (True, False)
    clock["seconds"] += SECONDS_KEPT
    known.note("bo", "staff")
    assert known.is_ended("ana")
    clock["seconds"] += 1
    known.note("bo", "staff")
    assert not known.is_ended("ana")
