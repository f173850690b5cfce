"""The API of the real app over the demo network: its description, its snippets, callers who leave, a base path."""

import gzip
import hashlib
import io
import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import duckdb
import jsonschema
import pandas as pd
import pytest

from data import access_tokens, engine
from data.access import Viewer
from data.queries.merged import Choice
from exports.spec import TableSpec
from tests.servers import running_app
from tests.ui.conftest import EXPIRES, TOKENS
from ui import download_snippets
from ui.api.addresses import ENDPOINTS
from ui.download import Wanted

CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"),
    *("response_headers_conformance", "negative_data_rejection", "unsupported_method"),
)
EXAMPLES = "12"


def get(address: str, headers: dict[str, str] | None = None):
    request = urllib.request.Request(address, headers=headers or {})
    try:
        answer = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return SimpleNamespace(status=answer.status, headers=answer.headers, body=answer.read())


@pytest.fixture(scope="module")
def description(app_url) -> dict:
    return json.loads(get(f"{app_url}/api/v1/openapi.json").body)


def test_description_names_every_address_and_no_other(description):
    def shape(address: str) -> str:
        return re.sub(r"\{[^}]*\}(\.\{[^}]*\})?", "*", address)

    described = {shape(path.removeprefix("/api/v1").replace("impact-report.{ending}", "impact-report.{format}"))
                 for path in description["paths"]}  # fmt: skip
    assert described == {shape(address) for address in ENDPOINTS if "rest" not in address}
    for path, told in description["paths"].items():
        address = path.removeprefix("/api/v1").replace("{table}.{ending}", "{file}").replace("{ending}", "{format}")
        assert {method.upper() for method in told} == set(ENDPOINTS[address].methods) - {"HEAD"}, path


def test_schemas_of_the_description_are_schemas(description):
    for schema in description["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_running_app_does_what_its_description_says(app_url, tmp_path):
    """Schemathesis makes good and bad requests of the description; the reports take too long to be made so often."""
    command = [
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"),
        *(f"{app_url}/api/v1/openapi.json", "--checks", ",".join(CHECKS), "--max-examples", EXAMPLES, "--seed", "1"),
        *("--phases", "fuzzing", "--exclude-path-regex", "impact-report", "--request-timeout", "120"),
        *("--no-color", "--suppress-health-check", "all", "--generation-database", "none"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=600)
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-2_000:]
    assert "Tested: 8" in done.stdout


@pytest.mark.parametrize("ending", ["html", "pdf"])
def test_the_impact_report_is_what_its_description_says(app_url, description, ending):
    answer = get(f"{app_url}/api/v1/impact-report.{ending}")
    told = description["paths"]["/api/v1/impact-report.{ending}"]["get"]["responses"]["200"]
    assert answer.status == 200
    assert answer.headers.get_content_type() in told["content"]
    assert all(answer.headers[name] for name in told["headers"])
    assert answer.body.startswith({"html": b"<!doctype html>", "pdf": b"%PDF"}[ending]) or b"<html" in answer.body[:200]


def test_answers_are_never_compressed_on_their_way(app_url):
    plain = get(f"{app_url}/api/v1/tables/sites.csv")
    asked = get(f"{app_url}/api/v1/tables/sites.csv", {"Accept-Encoding": "gzip, br"})
    assert "content-encoding" not in asked.headers
    assert asked.body == plain.body
    assert asked.headers["etag"] == plain.headers["etag"]
    assert len(gzip.compress(plain.body)) < len(plain.body) / 2, "it could have been"
    assert asked.headers["x-content-type-options"] == "nosniff"


def test_pages_do_not_answer_addresses_of_the_api_that_are_misspelt(app_url):
    for address in ("/api/v1/", "/api/v1/table/sites.csv", "/api/v1/tables/", "/api/v1/files/"):
        answer = get(f"{app_url}{address}")
        assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


def test_callers_who_leave_make_room_for_others(app_url):
    parts = urlsplit(app_url)
    for _ in range(6):
        with socket.create_connection((parts.hostname, parts.port)) as caller:
            caller.sendall(b"GET /api/v1/tables/ratings.csv HTTP/1.1\r\nHost: localhost\r\n\r\n")
            caller.recv(1000)
    end = time.monotonic() + 30
    while (answer := get(f"{app_url}/api/v1/tables/sites.csv")).status == 503 and time.monotonic() < end:
        time.sleep(0.2)
    assert answer.status == 200


def _wanted(kind: str = "parquet", **choice) -> Wanted:
    tables = (
        ()
        if kind in ("camtrap-dp", "darwin-core")
        else (TableSpec("sites"), TableSpec("heat_stress", ("dhw_c_weeks",)))
    )
    return Wanted(kind, tables, Choice(**choice))


def _run_python(text: str, token: str = "") -> dict:
    scope: dict = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(download_snippets.VARIABLE, token)
        exec(compile(text, "snippet", "exec"), scope)
    return scope


def test_lines_for_pandas_fetch_what_the_package_holds(app_url):
    wanted = _wanted()
    language, text = download_snippets.snippets(f"{app_url}/api/v1", wanted, needs_token=False)["pandas"]
    assert language == "python"
    found = _run_python(text)
    packed = get(f"{app_url}/api/v1{wanted.question()}")
    with zipfile.ZipFile(io.BytesIO(packed.body)) as archive:
        for name in ("sites", "heat_stress"):
            expected = pd.read_parquet(io.BytesIO(archive.read(f"data/{name}.parquet")))
            pd.testing.assert_frame_equal(found[name], expected)


@pytest.mark.parametrize("kind", ["darwin-core"])
def test_lines_for_pandas_open_an_archive(app_url, kind):
    found = _run_python(download_snippets.snippets(f"{app_url}/api/v1", _wanted(kind), False)["pandas"][1])
    assert len(found["occurrence"]) > 100
    assert "scientificName" in found["occurrence"]


def test_lines_for_the_shell_run_and_duckdb_reads_what_they_fetch(app_url, tmp_path):
    told = download_snippets.snippets(f"{app_url}/api/v1", _wanted(), needs_token=False)
    fetched = "\n".join(line for line in told["DuckDB"][1].splitlines() if not line.startswith("duckdb "))
    for script in (fetched, told["curl"][1]):
        done = subprocess.run(["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
    with duckdb.connect() as con:
        assert con.sql(f"SELECT count(*) FROM '{tmp_path}/sites.parquet'").fetchall() == [(320,)]
    (package,) = tmp_path.glob("demo-*.zip")
    (tmp_path / "package.json").write_bytes(zipfile.ZipFile(package).read("package.json"))
    before = hashlib.sha256(package.read_bytes()).hexdigest()
    package.unlink()
    again = download_snippets.again(f"{app_url}/api/v1", needs_token=False).split("\n\n")[0]
    subprocess.run(["bash", "-euc", again], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert hashlib.sha256(package.read_bytes()).hexdigest() == before


def test_a_token_opens_its_tier_and_a_base_path_moves_everything(demo_store, tmp_path):
    block = access_tokens.block(TOKENS["staff"], "test", Viewer("staff"), EXPIRES)
    (tmp_path / "access.toml").write_text(block)
    moved = {"STREAMLIT_SERVER_BASE_URL_PATH": "/greenlist/", "T4N_ACCESS": str(tmp_path / "access.toml")}
    with running_app(demo_store, tmp_path / "app.log", moved) as url:
        api = f"{url}/greenlist/api/v1"
        assert json.loads(get(api).body)["links"]["tables"] == "/greenlist/api/v1/tables"
        assert json.loads(get(f"{api}/openapi.json").body)["servers"] == [{"url": "/greenlist"}]
        assert get(f"{api}/tables/detections.csv").status == 403
        lines = download_snippets.snippets(api, Wanted("csv", (TableSpec("fixes"),), Choice()), needs_token=True)
        found = _run_python(lines["pandas"][1], TOKENS["staff"])
        view = engine.latest(str(demo_store / "demo"))
        told = json.loads(get(f"{api}/tables?count=true", {"Authorization": f"Bearer {TOKENS['staff']}"}).body)
        assert told["data_version"] == view.version
        assert len(found["fixes"]) == next(one["rows"] for one in told["tables"] if one["name"] == "fixes")
        lines = download_snippets.snippets(api, _wanted("camtrap-dp"), needs_token=True)
        assert len(_run_python(lines["pandas"][1], TOKENS["staff"])["observations"]) > 1000
        wrong = {"Authorization": "Bearer t4n_not-known-here"}
        assert get(api, wrong).status == 401
    log = Path(tmp_path / "app.log").read_text()
    for secret in (TOKENS["staff"], "t4n_not-known-here", "Traceback"):
        assert secret not in log
