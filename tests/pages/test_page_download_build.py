"""What the page Download builds: the same bytes as the package, only when asked, and nothing left behind."""

import hashlib
import io
import zipfile

import pytest

from data.access import Viewer
from data.queries.merged import Choice
from exports import data_package
from exports.context import Context
from exports.spec import Spec, TableSpec
from tests.pages import invented, invented_merged
from tests.pages.reading import words_of
from ui import download_build
from ui.api.slots import SLOTS
from ui.api.tickets import TICKETS

FIRST, SECOND = invented_merged.FIRST, invented_merged.SECOND


@pytest.fixture(autouse=True)
def _no_file_stays():
    yield
    TICKETS.clear()
    assert SLOTS.taken == 0


def press(app, label: str):
    return next(button for button in app.button if button.label == label).click().run()


def built_file(app) -> bytes:
    (link,) = app.get("link_button")
    ticket = link.proto.url.rpartition("/")[2]
    return TICKETS.find(ticket).path.read_bytes()


def codes(app) -> str:
    return "\n".join(code.value for code in app.code)


def test_nothing_is_built_before_it_is_asked_for(open_page, monkeypatch):
    monkeypatch.setattr(data_package, "chunks", lambda *asked: pytest.fail("built without being asked"))
    app = open_page("download")
    assert not app.exception
    assert not app.get("link_button")
    assert download_build.KEY not in app.session_state


@pytest.mark.parametrize("role", ["public", "staff"])
def test_the_built_file_is_the_package_and_its_sum_is_shown(open_page, role):
    app = press(open_page("download", role=role, table=["sites", "detections_by_month"], site=SECOND), "Build package")
    assert not app.exception
    body = built_file(app)
    built = app.session_state[download_build.KEY]
    assert (built.sha256, built.size) == (hashlib.sha256(body).hexdigest(), len(body))
    assert built.sha256 in codes(app)
    assert built.name in words_of(app).replace("\\", "")
    context = Context(invented.VIEW, Viewer(role), True)
    spec = Spec.of(context, [TableSpec("sites"), TableSpec("detections_by_month")], "csv", Choice(sites=(SECOND,)))
    assert body == b"".join(data_package.chunks(spec, context))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.read("package.json").decode() == spec.to_json()
        assert archive.read("data/detections_by_month.csv").count(b"\r\n") == 1 + 6


def test_another_choice_does_not_show_the_file_of_the_former(open_page):
    app = press(open_page("download"), "Build package")
    assert app.get("link_button")
    app.multiselect(key="site").set_value([FIRST]).run()
    assert not app.get("link_button")
    assert "another choice" in words_of(app)
    app.multiselect(key="site").set_value([]).run()
    assert app.get("link_button"), "it is still there for the choice that it answers"


def test_a_file_that_is_gone_is_told(open_page):
    app = press(open_page("download"), "Build package")
    TICKETS.clear()
    assert "no longer kept" in words_of(app.run())


def test_too_many_at_once_is_told(open_page):
    held = [SLOTS.take(is_public=True) for _ in range(3)]
    try:
        app = press(open_page("download"), "Build package")
    finally:
        for slot in held:
            slot.release()
    assert "Too many downloads" in words_of(app).replace("\\", "")
    assert not app.get("link_button")


@pytest.mark.parametrize("error", [OSError("/srv/secret is full"), RuntimeError("broken")])
def test_a_file_that_cannot_be_built_leaves_nothing_behind(open_page, monkeypatch, error):
    app = open_page("download")
    placed = []
    place = TICKETS.place
    monkeypatch.setattr(TICKETS, "place", lambda name: placed.append(place(name)) or placed[-1])

    def broken(*asked):
        yield b"x"
        raise error

    monkeypatch.setattr(data_package, "chunks", broken)
    app = press(app, "Build package")
    assert [path.exists() for path in placed] == [False]
    assert "/srv/secret" not in words_of(app)


@pytest.mark.parametrize(
    ("kind", "role", "words"),
    [
        ("camtrap-dp", "public", "Camtrap DP holds single detections"),
        ("camtrap-dp", "staff", ""),
        ("darwin-core", "public", ""),
        ("darwin-core", "staff", ""),
    ],
)
def test_archives_are_offered_or_the_reason_is_told(open_page, kind, role, words):
    app = open_page("download", role=role, format=kind)
    assert not app.exception
    assert not app.checkbox
    if words:
        assert words in words_of(app).replace("\\", "")
        assert "Build package" not in [button.label for button in app.button]
    else:
        assert zipfile.ZipFile(io.BytesIO(built_file(press(app, "Build package")))).testzip() is None


def test_an_archive_of_nothing_is_told(open_page):
    app = open_page("download", format="darwin-core", site="990000003")
    assert "No animal that you may see was detected" in words_of(app)


def test_too_many_rows_for_a_workbook_are_told_before_they_are_built(open_page, answers):
    real = answers["merged_count"]
    answers["merged_count"] = lambda *asked: 200_000 if asked[2] == "sites" else real(*asked)
    app = open_page("download", format="xlsx")
    assert "at most 100,000 rows" in words_of(app).replace("\\", "")
    assert "Build package" not in [button.label for button in app.button]
