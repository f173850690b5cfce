"""Staff may know all of it: an attack that finds nothing in what staff receive could find nothing anywhere."""

import re

import pytest

from data.access import Viewer, open_names
from data.engine import View
from tests.leak import counts, route
from tests.leak.attacks import Leaks, Search
from tests.leak.hidden import Hidden
from tests.leak.received import Received
from tests.leak.session import read_pages
from tests.leak.withheld import names_of_images, withheld, words_of_comparisons

MOST = 4
PAGES = ("site", "movement", "compare", "reefs", "work_plan", "wildlife", "assess")
DETECTIONS = re.compile(rb"n = ([\d,]+) detections")


@pytest.fixture(scope="class")
def received(app, view: View, viewer: Viewer) -> Received:
    """What staff receive of some of each page that shows what is hidden from others, and of all downloads."""
    links = [link for page in PAGES for link in [one for one in route.links(view, "staff") if one[0] == page][:MOST]]
    return route.drive(app[0], view, viewer, links)


@pytest.fixture(scope="class")
def hidden(view: View, viewers, store_url: str) -> Hidden:
    """What is hidden from the public, and not from staff."""
    return withheld(view, viewers["public"], store_url)


class TestStaff:
    role = "staff"

    def test_places_words_and_moments_are_found(self, received: Received, hidden: Hidden, leaks: Leaks) -> None:
        assert received.errors == []
        assert len({one for found in leaks.places.values() for one in found}) > len(hidden.places) / 3
        assert leaks.edges != {}
        assert len({one for found in leaks.words.values() for one in found}) > 1_000
        assert len({one for found in leaks.times.values() for one in found}) > 1_000

    @pytest.mark.parametrize("format", route.BUILT)
    def test_places_are_found_in_what_the_page_builds(self, leaks: Leaks, format: str) -> None:
        assert [where for where in leaks.places if where.startswith(f"page download?format={format}")] != []

    @pytest.mark.parametrize("name", ["site", "movement", "reefs"])
    def test_places_are_found_on_pages(self, leaks: Leaks, name: str) -> None:
        assert [where for where in leaks.places if where.startswith(f"page {name}")] != []

    @pytest.mark.parametrize("name", ["site", "movement", "reefs", "assess", "work_plan"])
    def test_words_are_found_on_pages(self, leaks: Leaks, name: str) -> None:
        assert [where for where in leaks.words if where.startswith(f"page {name}")] != []

    def test_small_counts_are_found(self, received: Received) -> None:
        assert counts.few(counts.cells(received.files("tables/")), open_names()) != []

    def test_staff_themselves_receive_no_name_of_an_image_and_no_word_where_nobody_does(
        self, view: View, received: Received
    ) -> None:
        pages = [part for name in ("reefs", "site") for part in received.of(f"page {name}")]
        assert Search(Hidden(words=names_of_images(view))).through(pages).words == {}
        assert Search(Hidden(words=words_of_comparisons(view))).through(received.of("page compare")).words == {}


def test_the_counts_of_staff_do_not_reach_the_public_after_them(app, view: View) -> None:
    for link in route.compared(route.sites(view, "deployments")):
        before, staff, after = (told(read_pages(app[0], [link], role)) for role in (None, "Staff", None))
        assert staff, "staff see what every camera site counts, so a search that finds none would find none anywhere"
        assert after == before
        assert staff.isdisjoint(before), "staff count sensitive species too"


def told(received: Received) -> set[bytes]:
    """The numbers of detections that the page says its rates rest on."""
    return {found for part in received.parts for found in DETECTIONS.findall(part.content)}
