"""The documents say what the code says."""

from pathlib import Path

import pytest

from connectors.registry import CONNECTORS
from docs import build

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("path", build.pages(), ids=lambda path: path.name)
def test_generated_page_is_up_to_date(path):
    assert path.read_text(encoding="utf-8") == build.pages()[path], "run `python -m docs.build` and commit the result"


@pytest.mark.parametrize("name", [connector.name for connector in CONNECTORS])
def test_readme_names_every_connector(name):
    assert f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted((ROOT / "pages").glob("*.py")), ids=lambda page: page.name)
def test_readme_names_every_page(page):
    assert f"pages/{page.name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_public_metric_says_what_it_computes():
    undocumented = [part for part in build.metrics_page().split("\n### ") if "\nNone\n" in part]
    assert not undocumented
