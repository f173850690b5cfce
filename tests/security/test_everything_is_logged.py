"""Whatever a reader takes out of the running app is a line of the audit log, one each time, and tells of no machine."""

import asyncio
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from data import audit
from tests.security.uploading import Page

# A form and a guide, which hold no data.
NO_DATA = {"Empty workbook", "How to check by yourself"}
PAGES = ("", "site", "wildlife", "movement", "early_warning", "reefs", "readiness", "compare", "impact", "assess",
         "work_plan", "ledger", "sources")  # fmt: skip
ADDRESSES = ("tables/sites.csv", "tables/effort_by_month.parquet", "darwin-core.zip",
             "package?table=sites&format=csv", "impact-report.html", "impact-report.pdf")  # fmt: skip
REFUSED = ("tables/detections.csv", "camtrap-dp.zip", "package?table=detections&format=Ana%20Maria%20Example")
HEADERS = {"User-Agent": "browser of Ana", "X-Forwarded-For": "203.0.113.9", "Cookie": "name=Ana-Example"}


def lines(place: Path) -> list[dict]:
    return [dict(entry) for entry in audit.entries(place / "audit")]


def ask(app: str, address: str, body: bytes | None = None, method: str | None = None) -> int:
    request = urllib.request.Request(f"{app}/api/v1/{address}", body, HEADERS, method=method)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_every_button_of_every_page_that_gives_data_is_a_line(app: str, place: Path) -> None:
    async def taken(name: str) -> dict[str, list[dict]]:
        found = {}
        async with Page(app, name, role="staff") as page:
            for button, label in page.buttons.items():
                before = len(lines(place))
                await page.take(button)
                found[label] = lines(place)[before:]
        return found

    labels = set()
    for name in PAGES:
        for label, told in asyncio.run(taken(name)).items():
            labels.add(label)
            kept = [(line["event"], line["account"], line["role"], line["outcome"]) for line in told]
            expected = [] if label in NO_DATA else [("download", "public", "staff", "given")]
            assert kept == expected, f"{name}: {label}"
            assert all(line.get("tables") or line.get("format") for line in told), f"{name}: {label}"
    assert len(labels - NO_DATA) >= 8
    assert labels >= NO_DATA


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_file_of_the_api_is_a_line(app: str, place: Path, address: str) -> None:
    before = len(lines(place))
    assert ask(app, address) == 200
    (line,) = lines(place)[before:]
    assert (line["event"], line["account"], line["outcome"]) == ("download", "public", "given")


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_given_is_a_line_too(app: str, place: Path, address: str) -> None:
    before = len(lines(place))
    assert ask(app, address) == 403
    (line,) = lines(place)[before:]
    assert (line["event"], line["outcome"]) == ("download", "refused")


def test_a_package_that_is_asked_for_by_its_spec_is_a_line(app: str, place: Path) -> None:
    with urllib.request.urlopen(f"{app}/api/ready", timeout=30) as answer:
        version = json.load(answer)["version"]
    spec = {"spec_version": 1, "tables": [{"name": "sites", "columns": ["site_id"]}], "format": "csv", "tier": "public",
            "data_version": version}  # fmt: skip
    before = len(lines(place))
    status = ask(app, "package", json.dumps(spec).encode(), "POST")
    (line,) = lines(place)[before:]
    assert (status, line["event"], line["tables"], line["outcome"]) == (200, "download", ["sites"], "given")


@pytest.mark.parametrize(
    "question", ["site=Ana%20Maria%20Example", "site=203.0.113.9&site=ana@example.org", "site=%22%7D%0A%7B%00"]
)
def test_what_somebody_writes_into_an_address_is_not_kept(app: str, place: Path, question: str) -> None:
    before = len(lines(place))
    for table in ("sites", "detections"):
        ask(app, f"tables/{table}.csv?{question}")
    assert len(lines(place)) > before
    written = b"".join(file.read_bytes() for file in (place / "audit").glob("*.jsonl"))
    for word in (b"Ana", b"Maria", b"ana@", b"203.0.113.9", b"127.0.0.1", b"browser of"):
        assert word not in written


def test_the_chain_holds(app: str, place: Path) -> None:
    """Pages write from threads, the API from others."""
    assert lines(place)
    assert audit.check(place / "audit").problems == ()
