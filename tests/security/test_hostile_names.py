"""Names that are scripts and formulas, pulled as any others: shown as text, and a hostile source stops alone."""

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import ingest
from data import engine, queries
from data.access import Viewer
from tests.browser.conftest import chromium, visit  # noqa: F401 (fixtures)
from tests.connectors.test_conformance import PAYLOADS
from tests.security.hostile import FORMULA, contents
from tests.servers import running_app

SCRIPT = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
MARKDOWN = "[x](javascript:window.ran=1) ![x](http://evil.invalid/x.png) $\\href{javascript:window.ran=1}{x}$"
SITES = ("555500401", "555500101", "555500102")
PAGES = (
    "/",
    "/site?site=555500401",
    "/wildlife?site=555500101",
    "/movement?site=555500401",
    "/early_warning?site=555500401",
    "/readiness",
    "/compare?site=555500401",
    "/impact",
    "/download",
    "/assess?site=555500401",
    "/work_plan",
    "/sources",
)


def changed(file: Path, **columns: str) -> None:
    """Put a text behind what stands in some columns of a CSV file."""
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    places = {rows[0].index(name): text for name, text in columns.items()}
    for row in rows[1:]:
        for place, text in places.items():
            if place < len(row):
                row[place] = f"{row[place]} {text}" if text is not FORMULA else text
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)


def network_of(folder: Path) -> Path:
    """Sources on this machine with hostile names, and one that is hostile as a whole."""
    names = ("camtrap_dp", "programme", "assessments", "cap", "movebank")
    for name in names:
        shutil.copytree(PAYLOADS / name, folder / name)
    changed(folder / "camtrap_dp/package/deployments.csv", locationName=SCRIPT, cameraModel=MARKDOWN, habitat=FORMULA)
    changed(
        folder / "camtrap_dp/package/observations.csv",
        observationComments=SCRIPT,
        classifiedBy=MARKDOWN,
        scientificName=SCRIPT,
        individualID=FORMULA,
    )
    changed(folder / "programme/plan.csv", title=SCRIPT, technology=MARKDOWN, owner=FORMULA, note=SCRIPT)
    changed(folder / "assessments/files/valley.csv", note=SCRIPT)
    alert = folder / "cap/alert-1.xml"
    text = alert.read_text().replace("Elephants near the village", SCRIPT.replace("&", "&amp;").replace("<", "&lt;"))
    alert.write_text(text)
    sites = [f"{site},{SCRIPT} {MARKDOWN},BEL,{SCRIPT}".replace('"', "'") for site in SITES]
    (folder / "sites.csv").write_text("\n".join(["site_id,site_name,country_iso3,designation", *sites]))
    (folder / "bomb.zip").write_bytes(contents()["zip bomb"])
    file = folder / "network.toml"
    file.write_text(
        source("site list", "site_list", "sites.csv")
        + source("cameras", "camtrap_dp", "camtrap_dp/package", '{ "Reed Bay" = "555500101", "*" = "555500102" }')
        + source("plan", "programme", "programme/plan.csv")
        + source("assessments", "assessments", "assessments/files", '{ "*" = "555500401" }')
        + source("warnings", "cap", "cap/alert-1.xml", '"555500401"')
        + source("bomb", "camtrap_dp", "bomb.zip", '"555500401"')
        + f"[[supporter]]\nname = '{SCRIPT} {MARKDOWN}'\nsites = [\"555500401\"]\n"
    )
    return file


def source(name: str, connector: str, location: str, site: str = "") -> str:
    told = f'[[source]]\nname = "{name}"\nconnector = "{connector}"\nlocation = "{location}"\nsharing = "public"\n'
    return told + (f"site = {site}\n" if site else "")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a network whose sources were pulled once."""
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("T4N_NETWORK", str(network_of(folder)))
        patch.setenv("T4N_STORE", str(folder / "store"))
        assert ingest.main(["pull"]) == ingest.SOURCE_TROUBLE
        yield folder


def test_a_hostile_source_stops_alone_and_is_told(filled: Path) -> None:
    view = engine.latest(str(filled / "store"))
    sources = queries.sources(view, Viewer("staff"), view.committed_at.date()).set_index("source")
    assert sources["outcome"].to_dict() == dict.fromkeys(
        ("site list", "cameras", "plan", "assessments", "warnings"), "stored"
    ) | {"bomb": "refused"}
    assert "inflates beyond all measure" in sources.loc["bomb", "error"]
    assert str(filled) not in sources.loc["bomb", "error"]


@pytest.mark.browser
def test_no_page_runs_what_stands_in_a_name(filled: Path, tmp_path: Path, visit) -> None:  # noqa: F811
    environment = {"T4N_NETWORK": str(filled / "network.toml"), "T4N_VIEWER": "staff"}
    shown = ""
    with running_app(filled / "store", tmp_path / "app.log", environment) as url:
        for path in PAGES:
            seen = visit(url, path)
            assert seen.page.evaluate("() => window.ran") is None, path
            assert seen.page.locator("img[src=x], a[href^='javascript' i]").count() == 0, path
            assert seen.outside_requests() == [], path
            shown += seen.page.locator("[data-testid=stMain]").inner_text()
            seen.page.close()
    assert "onerror=" in shown, "the names were shown, as text"
    assert "Traceback" not in (tmp_path / "app.log").read_text()
