"""Words for people, and text from outside that must stay text."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import text

JOINER = "\u2060"


@given(st.text(max_size=60))
def test_text_from_outside_shows_as_itself_in_markdown(words):
    escaped = text.plain(words)
    unescaped_marks = re.sub(r"\\[!-/:-@\[-`{-~]", "", escaped)
    assert not re.search(r"[!-/:-@\[-`{-~]", unescaped_marks)
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped)
    assert shown.replace(JOINER, "") == " ".join(words.split()).replace(JOINER, "")


@pytest.mark.parametrize("address", ["http://a.example", "HTTPS://a.example", "www.a.example", "me@a.example"])
def test_address_in_a_name_is_not_recognised_as_a_link(address):
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text.plain(f"see {address} now"))
    assert not re.search(r"https?://|www\.|[\w.]@[\w]", unescaped, re.IGNORECASE)


def test_moment_always_carries_its_zone():
    kyiv = timezone(timedelta(hours=2))
    assert text.moment(datetime(2026, 11, 22, 20, 0, tzinfo=kyiv)) == "22 Nov 2026, 18:00 UTC"


def test_moment_without_zone_is_refused():
    with pytest.raises(TypeError):
        text.moment(datetime(2026, 11, 22, 20, 0))


@pytest.mark.parametrize("nothing", [None, pd.NA, pd.NaT, float("nan")])
def test_missing_is_a_dash(nothing):
    assert {text.number(nothing), text.day(nothing), text.moment(nothing)} == {"–"}


def test_days_months_and_numbers_are_written_for_people():
    assert text.day(date(2026, 2, 3)) == "3 Feb 2026"
    assert text.month(date(2026, 2, 3)) == "Feb 2026"
    assert text.number(1234567.4) == "1,234,567"
    assert (text.count(1, "country", "countries"), text.count(2, "site")) == ("1 country", "2 sites")


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://a.example", "http://", None, pd.NA, 3]
)
def test_only_web_addresses_may_become_links(value):
    assert text.web_address(value) is None


def test_web_address_is_kept_as_it_is():
    assert text.web_address("https://example.org/x?y=1") == "https://example.org/x?y=1"


def test_moment_in_utc_stays_the_same():
    assert text.moment(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)) == "2 Jan 2026, 03:04 UTC"
