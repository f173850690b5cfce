"""The impact report as files: self-contained, the same bytes each time, and nothing from outside is ever markup."""

import re
import shlex
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree import ElementTree

import impact_reports
import pytest
from impact_reports import HOSTILE, KEYS

from exports import impact_report
from exports.csv_cells import DEMO_LINE
from exports.impact_records import Filters
from tests.data import field_network
from tests.data.network import OPEN_SITE

SVG = "{http://www.w3.org/2000/svg}"
VOID = {"meta", "br", "img", "link", "input"}


class Outline(HTMLParser):
    """The elements of a page, and whether each that is opened is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.opened.append(tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def page() -> str:
    return impact_report.html(impact_reports.report()).decode()


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    return found


needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is absent")


@pytest.fixture(scope="module")
def pdf_text(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    path.write_bytes(impact_report.pdf(impact_reports.report()))
    done = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True)  # noqa: S607
    return " ".join(done.stdout.decode().split())


def test_page_is_whole_and_has_one_of_each_landmark(outline: Outline) -> None:
    assert outline.opened == []
    tags = [tag for tag, _ in outline.found]
    assert [tags.count(one) for one in ("html", "header", "main", "footer", "nav", "h1", "title")[:6]] == [1] * 6
    assert ("html", {"lang": "en"}) in outline.found
    names = [attributes["id"] for _, attributes in outline.found if "id" in attributes]
    assert len(names) == len(set(names)), "no two elements share an identifier"
    links = [attributes["href"][1:] for tag, attributes in outline.found if tag == "a"]
    assert set(links) <= set(names)


def test_page_asks_nobody_for_anything(page: str, outline: Outline) -> None:
    tags = {tag for tag, _ in outline.found}
    assert not tags & {"script", "link", "img", "iframe", "object", "form", "image", "foreignobject"}
    policy = next(one["content"] for tag, one in outline.found if one.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    addresses = re.findall(r'(?:href|src|url)\s*[=(]\s*["\']?([^"\')\s>]+)', page)
    assert addresses
    assert all(one.startswith("#") for one in addresses)
    assert "@import" not in page.replace("#import", "")


def test_words_from_outside_stay_words(page: str, outline: Outline) -> None:
    assert "<script" not in page
    assert "\u202e" not in page, "signs that turn the direction of writing"
    assert "<script>alert(1)</script>" in "".join(outline.words), "but they can be read"
    assert not [one for _, attributes in outline.found for one in attributes if one.startswith("on")]


def test_each_chart_is_an_image_with_words(page: str) -> None:
    charts = re.findall(r"<svg .*?</svg>", page, re.DOTALL)
    assert len(charts) == 1 + len(KEYS)
    for chart in charts:
        root = ElementTree.fromstring(chart)  # noqa: S314
        title, description = (root.find(f"{SVG}{name}") for name in ("title", "desc"))
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert title.text
        assert len(description.text) > len(title.text)
        assert root.get("viewBox"), "so that it fits any width"
    assert "Things: 1 in 2025-Q4, 2.5 in 2026-Q1" in page


@needs_poppler
def test_both_files_say_what_the_figures_say(page: str, pdf_text: str) -> None:
    made = impact_reports.report()
    read = {"html": " ".join(page.split()), "pdf": pdf_text}
    for section in made.sections:
        for words in (section.title, section.headline, section.sentence, section.sample):
            assert all(words in text for text in read.values()), words
    for words in ("Data version 12 of 2026-03-31 08:30 UTC", "CC-BY-4.0", "failed; read", DEMO_LINE):
        assert all(words in text for text in read.values()), words
    assert "Sites of which anything is on record until a day" in pdf_text, "the method, from its docstring"


@needs_poppler
def test_pdf_takes_no_word_as_markup(pdf_text: str) -> None:
    assert '#import "x" $ \\ *bold* [x](javascript:alert(1)) @@ &' in pdf_text


def test_pdf_is_tagged_and_names_its_charts() -> None:
    pdf = impact_report.pdf(impact_reports.report())
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid" in pdf, "it claims PDF/UA"
    assert pdf.count(b"/Alt") >= 1 + len(KEYS)


@needs_poppler
def test_pdf_has_no_empty_page_and_is_a4(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(impact_report.pdf(impact_reports.report()))
    done = subprocess.run(["pdfinfo", path], check=True, capture_output=True)  # noqa: S607
    facts = dict(line.split(":", 1) for line in done.stdout.decode().splitlines() if ":" in line)
    assert "A4" in facts["Page size"]
    for number in range(1, int(facts["Pages"]) + 1):
        words = subprocess.run(
            ["pdftotext", "-f", str(number), "-l", str(number), path, "-"], check=True, capture_output=True
        )  # noqa: S607
        assert len(words.stdout.split()) > 40, f"page {number} holds little more than header and footer"


@pytest.mark.parametrize("format_name", ["html", "pdf"])
def test_same_version_and_choice_give_the_same_bytes(format_name: str) -> None:
    make = impact_report.FORMATS[format_name]
    assert make(impact_reports.report()) == make(impact_reports.report())
    assert make(impact_reports.report()) != make(impact_reports.report(is_demo=False))


def test_bytes_are_the_same_in_another_process(page: str) -> None:
    code = (
        "import sys; sys.path[:0] = ['.', 'tests/exports']; import hashlib, impact_reports; "
        "from exports import impact_report as r; made = impact_reports.report(); "
        "print(hashlib.sha256(r.html(made) + r.pdf(made)).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        ).stdout
        for seed in ("1", "2")
    }  # noqa: S603
    assert len(seen) == 1


def test_real_data_are_not_called_invented() -> None:
    assert DEMO_LINE.encode() not in impact_report.html(impact_reports.report(is_demo=False))


def test_report_says_how_to_get_it_again() -> None:
    made = impact_reports.report()
    query = parse_qs(made.address.partition("?")[2])
    assert query == {"country": ["KEN"], "supporter": [HOSTILE], "until": ["2026-Q1"]}
    words = shlex.split(made.command)
    assert words[:3] == ["python", "-m", "exports.impact_report"]
    assert words[words.index("--supporter") + 1] == HOSTILE
    assert words[words.index("--version") + 1] == "12"


def test_report_of_the_newest_quarter_names_it() -> None:
    made = impact_reports.report(filters=Filters())
    assert made.address == "/impact?until=2026-Q1"


def test_no_site_gives_no_report() -> None:
    with pytest.raises(ValueError, match="no site"):
        impact_reports.report(places=impact_reports.places().head(0))


def test_command_makes_the_report_from_a_store(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    view = field_network.built(tmp_path)
    store, path = str(tmp_path / "store"), tmp_path / "impact.html"
    asked = ["--store", store, "--version", str(view.version), "--country", "THA", "--output", str(path)]
    assert impact_report.main(asked) == 0
    again = impact_report.report(view, Filters(country="THA"), True, tmp_path)
    assert path.read_bytes() == impact_report.html(again)
    assert f"Site {OPEN_SITE}" not in path.read_text(encoding="utf-8"), "single sites are dots"
    assert impact_report.main([*asked, "--until", "1999-Q1"]) == 2
    assert impact_report.main([*asked, "--country", "PER"]) == 2
    assert impact_report.main(["--store", store, "--version", "999", "--output", str(path)]) == 2
    told = capsys.readouterr().err
    assert "nothing is on record for a quarter 1999-Q1" in told
    assert "no site passes" in told
    assert "no data version 999" in told
