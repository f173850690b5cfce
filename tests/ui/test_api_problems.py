"""What the API says of questions that are wrong, odd or hostile, and of addresses."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.servers import PROJECT
from tests.ui.asgi_client import ask, holds_a_secret
from ui.api import API
from ui.api.addresses import ENDPOINTS

any_text = st.text(st.characters(codec="utf-8"), max_size=30)
some_json = st.recursive(
    st.none() | st.integers() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
)
parameters = st.tuples(st.sampled_from(["site", "first", "last", "taxon", "column", "x"]), any_text)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/tables/nothing.csv", 404, "there are sites, boundaries"),
        ("/tables/sites.docx", 404, ".csv, .parquet"),
        ("/tables/sites", 404, ".csv, .parquet"),
        ("/nothing/here", 404, "begin at /api/v1"),
        ("/tables/sites.csv?sites=1", 400, "'sites'"),
        ("/tables/sites.csv?site=", 400, "site is empty"),
        ("/tables/sites.csv?first=2026-02-30", 400, "first is a day"),
        ("/tables/sites.csv?first=20260201", 400, "first is a day"),
        ("/tables/sites.csv?first=2026-01-01&first=2026-01-02", 400, "first stands 2 times"),
        ("/tables/sites.csv?first=2026-01-02&last=2026-01-01", 400, "comes after"),
        ("/tables/sites.csv?column=latitud", 400, "no column 'latitud'"),
        ("/tables/sites.csv?site=%00", 400, "can be printed"),
        ("/tables?count=yes", 400, "count is true or false"),
        ("/package", 400, "parameter table"),
        ("/package?table=sites&table=sites", 400, "named twice"),
        ("/package?table=sites&format=pdf", 400, "no format 'pdf'"),
        ("/package?table=sites&column=listings.link", 400, "table.column"),
        ("/darwin-core.zip?site=nowhere", 422, "choose others"),
        ("/impact-report.docx", 404, ".html, .pdf"),
        ("/impact-report.html?theme=fun", 400, "theme is one of"),
        ("/impact-report.html?until=2000-Q1", 400, "quarter"),
        ("/impact-report.html?country=XXX", 422, "No site passes"),
        ("/files/guessed", 404, "no longer here"),
        ("?x=1", 400, "'x'"),
    ],
)
def test_what_is_wrong_is_named_in_a_sentence(served, address, status, words):
    answer = ask(address)
    assert answer.status == status
    assert words in answer.detail
    assert answer.detail.endswith((".", "?"))
    assert answer.headers["cache-control"] == "no-store"


@settings(max_examples=25)
@given(query=st.lists(parameters, max_size=4))
def test_nothing_in_an_address_breaks_it_or_opens_what_is_withheld(served_once, query):
    for address in ("/tables/sites.csv", "/package?table=sites", "/tables/detections.csv"):
        sign = "&" if "?" in address else "?"
        answer = ask(f"{address}{sign}{urlencode(query)}" if query else address)
        assert answer.status in (200, 400, 403)
        assert not holds_a_secret(answer.body)


@settings(max_examples=25)
@given(body=st.binary(max_size=200) | some_json.map(lambda told: json.dumps(told).encode()))
def test_no_body_breaks_it(served_once, body):
    assert ask("/package", "POST", body=body).status == 400


@pytest.mark.parametrize(
    "body", [b"", b"[" * 100_000, b"\xff", b'{"spec_version": 1e999}', b"NaN", b'{"tables": []}', b"null"]
)
def test_odd_bodies_are_told_in_words(served, body):
    assert "no spec of a package" in ask("/package", "POST", body=body).detail


def test_body_that_is_too_large_is_refused_before_it_is_read(served):
    assert ask("/package", "POST", {"Content-Length": "2000000"}, b"{}").status == 413
    assert ask("/package", "POST", body=b" " * 2_000_000).status == 413


@pytest.mark.parametrize(
    ("address", "method", "allowed"),
    [("/tables", "POST", "GET, HEAD"), ("/package", "DELETE", "GET, POST, HEAD"), ("/files/x", "PUT", "GET, HEAD")],
)
def test_other_methods_are_told_which_there_are(served, address, method, allowed):
    answer = ask(address, method)
    assert (answer.status, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("base", ["", "/greenlist", "/a/b"])
def test_links_lead_where_the_dashboard_is(served, base):
    told = ask("", base=base).json
    assert told["links"]["tables"] == f"{base}/api/v1/tables"
    (files, *_) = (table["files"] for table in ask("/tables", base=base).json["tables"])
    assert ask(files["csv"].removeprefix(f"{base}/api/v1"), base=base).status == 200
    assert ask("/openapi.json", base=base).json["servers"] == [{"url": base or "/"}]


def test_names_of_files_hold_no_sign_that_means_something(served):
    for address in ("/tables/sites.csv", "/package?table=sites", "/darwin-core.zip"):
        disposition = ask(address, "HEAD").headers["content-disposition"]
        name = disposition.removeprefix('attachment; filename="').removesuffix('"')
        assert name
        assert all(sign.isalnum() or sign in "._-" for sign in name)


@pytest.mark.parametrize("address", [one for one in ENDPOINTS if "rest" not in one])
def test_the_guide_names_every_address(address):
    start = f"{API}{address}".partition("{")[0]
    assert f" {start}" in (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
