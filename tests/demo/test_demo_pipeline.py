"""The Green List process of the invented network, and the published list with its small faults."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from demo.pipeline import Listing, green_list_csv, listings
from demo.sites import sites

TODAY = date(2026, 11, 22)
DAYS = [TODAY, date(2026, 12, 31), date(2027, 1, 1), date(2027, 6, 15), date(2028, 2, 29)]


def _certificates(today: date) -> list[date]:
    """One expiry per listing: sites that share a link share the certificate."""
    by_link: dict[str, Listing] = {listing.link: listing for listing in listings(today)}
    return [listing.expires_on for listing in by_link.values() if listing.expires_on]


def test_about_a_quarter_is_listed_and_about_a_third_has_not_started() -> None:
    count = Counter(listing.status for listing in listings(TODAY))
    shares = {status: number / len(sites()) for status, number in count.items()}
    assert shares["Green Listed"] + shares["Relisted"] == pytest.approx(0.26, abs=0.02)
    assert shares["Candidate"] == pytest.approx(0.20, abs=0.02)
    assert shares["Application"] == pytest.approx(0.22, abs=0.02)
    assert count["Relisted"] >= 5


@pytest.mark.parametrize("today", DAYS)
def test_on_any_day_some_certificates_are_overdue_and_some_end_within_a_year(today: date) -> None:
    certificates = _certificates(today)
    assert sum(day < today for day in certificates) == 4
    assert sum(today <= day < today + timedelta(days=365) for day in certificates) == 10


def test_some_certificates_name_only_their_year_and_others_the_day() -> None:
    year_only = [(day.month, day.day) == (12, 31) for day in _certificates(TODAY)]
    assert 0.2 < sum(year_only) / len(year_only) < 0.8


def test_two_listings_cover_several_sites_of_one_country_each() -> None:
    by_link: dict[str, list[Listing]] = {}
    for listing in listings(TODAY):
        by_link.setdefault(listing.link, []).append(listing)
    shared = [group for group in by_link.values() if len(group) > 1]
    assert sorted(len(group) for group in shared) == [2, 3]
    for group in shared:
        assert len({(one.site.country.iso3, one.status, one.expires_on) for one in group}) == 1


def test_only_listed_areas_have_a_certificate() -> None:
    assert all(
        listing.expires_on is None for listing in listings(TODAY) if listing.status in ("Candidate", "Application")
    )


def test_the_published_list_has_the_faults_of_the_real_one_in_small_doses() -> None:
    lines = green_list_csv(TODAY).splitlines()
    assert lines[0] == "site_id,status,expiry_date,url"
    cells = [line.split(",") for line in lines[1:]]
    forms = Counter(re.sub(r"\d", "9", row[2]) for row in cells)
    assert set(forms) == {"", "99999999", "9999-99-99", "99-99-9999"}
    assert {"Green Listed ", "Re-Listed"} < {row[1] for row in cells}
    assert sum(row[0].endswith("_A") for row in cells) == 1
    assert sum(len(row) == 5 for row in cells) == 1
    assert all(len(row) in (4, 5) for row in cells)


def test_the_same_day_gives_the_same_list() -> None:
    first = green_list_csv(TODAY)
    listings.cache_clear()
    assert green_list_csv(TODAY) == first
