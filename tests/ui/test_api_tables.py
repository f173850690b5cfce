"""What the API gives to whom: the same bytes everywhere, withheld tables to nobody, and problems in words."""

import io
import json
import shutil
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest

from data import queries
from data.access import PUBLIC, Viewer
from data.queries.merged import Choice
from data.refresh import rebuild
from data.settings import store_url
from data.store import Store
from exports import data_package
from exports.context import Context
from exports.spec import DECLARED, Spec, TableSpec
from tests.data.network import EVERYONE, FOX, OPEN_SITE, PRIVATE_SITE, STAFF
from tests.ui.asgi_client import ask, holds_a_secret, members
from tests.ui.conftest import as_role, serve
from ui import impact
from ui.scope import Scope

WITHHELD = ("deployments", "detections", "individuals", "collars", "fixes", "alerts", "incidents")
ENDINGS = ("csv", "parquet", "geoparquet", "xlsx", "gpkg")
ROLES = ("public", "partner", "site", "reviewer", "staff")


@pytest.mark.parametrize("role", ROLES)
def test_table_alone_in_the_package_and_in_the_built_file_has_the_same_bytes(served, role):
    alone = ask("/tables/detections_by_month.csv", headers=as_role(role))
    packed = ask("/package?table=sites&table=detections_by_month&format=csv", headers=as_role(role))
    assert alone.status == packed.status == 200
    assert alone.is_whole
    assert packed.is_whole
    assert members(packed.body)["data/detections_by_month.csv"] == alone.body
    viewer = next(one for one in EVERYONE if one.role == role)
    context = Context(served, viewer, False)
    spec = Spec.of(context, [TableSpec("sites"), TableSpec("detections_by_month")], "csv", Choice())
    assert b"".join(data_package.chunks(spec, context)) == packed.body


@pytest.mark.parametrize("role", ROLES)
def test_rows_of_a_table_are_as_many_as_the_list_of_tables_counts(served, role):
    told = ask("/tables?count=true", headers=as_role(role)).json
    for table in told["tables"]:
        answer = ask(f"/tables/{table['name']}.parquet", headers=as_role(role))
        found = pq.read_table(io.BytesIO(answer.body))
        assert len(found) == table["rows"], table["name"]
        assert found.column_names == [column["name"] for column in table["columns"]]


def test_package_json_sent_back_gives_the_same_package(served):
    first = ask(f"/package?table=listings&table=sites&column=sites.site_name&site={OPEN_SITE}&format=parquet")
    spec = members(first.body)["package.json"]
    again = ask("/package", "POST", body=spec)
    assert again.body == first.body
    assert again.headers["etag"] == first.headers["etag"]


def test_filters_choose_rows_and_columns(served):
    answer = ask(f"/tables/detections_by_month.csv?taxon={quote(FOX)}&site={OPEN_SITE}&column=detections")
    lines = answer.body.decode().splitlines()
    assert lines[0] == "source,site_id,month,scientific_name,detections,masking"
    assert [line.split(",")[2:5] for line in lines[1:]] == [["2026-06", FOX, "3"]]
    assert ask("/tables/detections_by_month.csv?first=2026-07-01").body.count(b"\r\n") == 1


@pytest.mark.parametrize("name", WITHHELD)
@pytest.mark.parametrize("ending", ENDINGS)
def test_public_gets_no_withheld_table_as_a_file(served, name, ending):
    answer = ask(f"/tables/{name}.{ending}")
    assert answer.status == 403
    assert answer.detail == queries.merged_withheld(served, PUBLIC)[name]


@pytest.mark.parametrize(
    "spelling",
    [
        "Detections.csv",
        "detections.CSV",
        "%64etections.csv",
        "detections.csv/",
        "/detections.csv",
        "sites%2F..%2Fdetections.csv",
        "..%2Ftables%2Fdetections.csv",
        "detections%00.csv",
        "detections.csv%20",
        "sites.csv;detections.csv",
        "detections.csv.csv",
        "data.detections.csv",
        "\uff44etections.csv",
        "detections.csv?tier=staff",
        "detections.csv?role=staff",
        "detections.csv?table=sites",
        "sites.csv?table=detections",
        "sites.csv?column=detections.detection_id",
        "detections_files.csv",
    ],
)
def test_public_gets_no_withheld_table_by_another_spelling(served, spelling):
    answer = ask(f"/tables/{quote(spelling, safe='/%?=&;.')}")
    assert answer.status in (400, 403, 404)
    assert not holds_a_secret(answer.body)


@pytest.mark.parametrize("name", WITHHELD)
def test_public_gets_no_withheld_table_in_a_package(served, name):
    for query in (f"table={name}", f"table=sites&table={name}", f"table=sites&column={name}.site_id"):
        assert ask(f"/package?{query}").status in (400, 403)
    assert ask("/camtrap-dp.zip").status == 403
    assert not holds_a_secret(ask("/darwin-core.zip").body)


@pytest.mark.parametrize("tier", ROLES)
@pytest.mark.parametrize("name", ["detections", "sites"])
def test_a_spec_of_another_tier_is_refused_whoever_sends_it(served, tier, name):
    spec = spec_of(served, Viewer(tier, frozenset({OPEN_SITE} if tier == "site" else ())), name)
    answer = ask("/package", "POST", body=json.dumps(spec).encode())
    assert answer.status == (200 if (tier, name) == ("public", "sites") else 403)
    assert not holds_a_secret(answer.body)


def test_a_manager_cannot_ask_as_the_manager_of_other_sites(served):
    spec = spec_of(served, Viewer("site", frozenset({OPEN_SITE, PRIVATE_SITE, "200"})), "detections")
    assert ask("/package", "POST", as_role("site"), json.dumps(spec).encode()).status == 403
    spec["tier_sites"] = [PRIVATE_SITE, OPEN_SITE]
    assert ask("/package", "POST", as_role("site"), json.dumps(spec).encode()).status == 200


def spec_of(view, viewer: Viewer, name: str) -> dict:
    return {
        "spec_version": 1,
        "data_version": view.version,
        "format": "csv",
        "tier": viewer.role,
        "tier_sites": sorted(viewer.sites),
        "tables": [{"name": name}],
    }


def test_staff_gets_what_is_withheld_from_others(served):
    answer = ask("/tables/detections.csv", headers=as_role("staff"))
    assert answer.status == 200
    assert holds_a_secret(answer.body)
    assert answer.body.count(b"\r\n") - 1 == queries.merged_count(served, STAFF, "detections", Choice(), served.day)


@pytest.mark.parametrize("role", ["public", "staff"])
def test_index_says_who_asks_and_what_there_is(served, role):
    told = ask("", headers=as_role(role)).json
    assert (told["tier"]["role"], told["data_version"]) == (role, served.version)
    assert told["day"] == served.day.isoformat()
    assert "notice" not in told
    tables = ask("/tables", headers=as_role(role)).json
    offered, withheld = ({one["name"] for one in tables[part]} for part in ("tables", "withheld"))
    assert (offered | withheld, offered & withheld) == (set(DECLARED), set())
    assert withheld == (set() if role == "staff" else set(WITHHELD))


def test_demo_says_that_its_numbers_are_made_up(small_store, monkeypatch, tmp_path):
    store = tmp_path / "root"
    shutil.copytree(small_store, store / "demo")
    monkeypatch.setenv("T4N_STORE", str(store))
    monkeypatch.setenv("T4N_NETWORK", str(tmp_path / "none.toml"))
    assert ask("").json["notice"] == "Demo data: these numbers are made up."
    answer = ask("/tables/sites.csv")
    assert 'filename="demo-sites-' in answer.headers["content-disposition"]
    assert answer.body.splitlines()[0].endswith(b",is_demo")


def test_mark_changes_with_all_that_decides_the_bytes_and_with_nothing_else(served):
    addresses = [
        *("/tables/sites.csv", "/tables/sites.parquet", "/tables/listings.csv", "/tables/sites.csv?column=site_name"),
        *(f"/tables/sites.csv?site={OPEN_SITE}", "/tables/sites.csv?site=200", "/package?table=sites", "/tables"),
        *("/tables?count=true", "/openapi.json", "", "/darwin-core.zip"),
    ]
    marks = [ask(address, "HEAD", as_role(role)).headers["etag"] for address in addresses for role in ROLES]
    assert len(set(marks)) == len(marks)
    assert marks == [ask(address, "HEAD", as_role(role)).headers["etag"] for address in addresses for role in ROLES]
    assert all(mark.startswith('"') for mark in marks), "a strong mark"
    one, other = (f"/tables/sites.csv?{query}" for query in ("site=200&site=100", "site=100&site=200&site=100"))
    assert ask(one, "HEAD").headers["etag"] == ask(other, "HEAD").headers["etag"]


def test_mark_and_version_change_with_the_data(small_store, tmp_path, monkeypatch):
    shutil.copytree(small_store, tmp_path / "store")
    serve(tmp_path / "store", tmp_path, monkeypatch)
    before = ask("/tables/sites.csv")
    spec = members(ask("/package?table=sites").body)["package.json"]
    version = rebuild(Store(str(tmp_path / "store"))).number
    after = ask("/tables/sites.csv", headers={"If-None-Match": before.headers["etag"]})
    assert (after.status, after.headers["x-data-version"]) == (200, str(version))
    assert after.headers["etag"] != before.headers["etag"]
    assert after.body == before.body
    older = ask("/package", "POST", body=spec)
    assert (older.status, older.headers["x-data-version"]) == (200, before.headers["x-data-version"])
    gone = json.loads(spec) | {"data_version": 999}
    assert ask("/package", "POST", body=json.dumps(gone).encode()).status == 410


@pytest.mark.parametrize("address", ["", "/tables", "/tables/sites.csv", "/package?table=sites", "/darwin-core.zip"])
def test_who_has_it_already_gets_no_bytes(served, address):
    first = ask(address)
    for known in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = ask(address, headers={"If-None-Match": known})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert ask(address, headers={"If-None-Match": '"x"'}).body == first.body
    assert first.headers["vary"] == "Authorization"
    assert first.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("address", ["", "/tables", "/tables/sites.xlsx", "/package?table=sites&format=gpkg"])
def test_head_has_the_headers_of_get_and_no_bytes(served, address):
    head, get = ask(address, "HEAD"), ask(address)
    assert head.status == 200
    names = ("etag", "content-type", "content-disposition", "x-data-version", "link")
    assert {name: head.headers.get(name) for name in names} == {name: get.headers.get(name) for name in names}
    if "." in address or "package" in address:
        assert head.body == b""
        assert "content-length" not in head.headers


@pytest.mark.parametrize("role", ["public", "staff"])
def test_impact_report_is_that_of_the_page_and_public_whoever_asks(served, role):
    scope = Scope(store_url(), served, PUBLIC, served.committed_at, is_demo=False)
    answer = ask("/impact-report.html", headers=as_role(role))
    assert answer.body == impact.report(scope, impact.Filters(), "html")
    assert answer.headers["content-disposition"] == 'attachment; filename="impact-report.html"'
    assert not holds_a_secret(answer.body)
