"""What holds for every role, and what holds for those who are told no more of other sites than the public is."""

from data.access import Viewer, open_names
from data.engine import View
from tests.leak import counts, route
from tests.leak.attacks import Leaks, Search
from tests.leak.counts import Cell
from tests.leak.hidden import Hidden
from tests.leak.received import Received
from tests.leak.withheld import names_of_images, words_of_comparisons


class NothingLeaks:
    """Everything that a `role` receives, searched for what it must not receive."""

    role: str

    def test_every_page_is_drawn_and_every_button_gives_its_file(self, received: Received) -> None:
        assert received.errors == []

    def test_no_place_is_finer_than_the_role_may_know(self, hidden: Hidden, leaks: Leaks) -> None:
        assert len(hidden.places) > 1_000
        assert leaks.places == {}

    def test_no_map_is_fitted_to_true_places(self, hidden: Hidden, leaks: Leaks) -> None:
        assert len(hidden.edges) > 100
        assert leaks.edges == {}

    def test_no_name_and_no_identifier_joins_what_is_told_to_what_is_not(self, hidden: Hidden, leaks: Leaks) -> None:
        assert len(hidden.words) > 5_000
        assert leaks.words == {}

    def test_comparing_tells_no_camera_no_comment_and_no_sensitive_taxon(self, view: View, received: Received) -> None:
        compared = received.of("page compare")
        assert len(compared) > len(route.sites(view, "deployments")) / 2
        assert Search(Hidden(words=words_of_comparisons(view))).through(compared).words == {}

    def test_no_image_survey_or_coral_is_named_on_a_page(self, view: View, received: Received) -> None:
        pages = [part for name in ("reefs", "site") for part in received.of(f"page {name}")]
        assert Search(Hidden(words=names_of_images(view))).through(pages).words == {}


class NothingOfFew:
    """Moments and small counts, of which those who see no single record are told nothing."""

    role: str

    def test_no_moment_of_a_sensitive_animal_or_of_people_is_told(self, hidden: Hidden, leaks: Leaks) -> None:
        assert len(hidden.times) > 1_000
        assert leaks.times == {}

    def test_no_cell_counts_few(self, received: Received, viewer: Viewer) -> None:
        told = cells_of_others(received.files("tables/"), viewer)
        assert len(told) > 50
        assert counts.few(told, open_names()) == []


def cells_of_others(tables: dict[str, bytes], viewer: Viewer) -> list[Cell]:
    """The counts in some tables that are not of the viewer's own sites."""
    return [cell for cell in counts.cells(tables) if cell.of[0] not in viewer.sites]
