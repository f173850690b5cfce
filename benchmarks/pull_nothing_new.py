"""A pull that finds nothing new at 320 sources, against the HTTP requests that it cannot do without.

Each source is a Camtrap DP package on a loopback server in a process of its own that answers 304 where it can.
"""

import json
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import requests

from benchmarks import report
from benchmarks.package import written_package
from benchmarks.processes import Silent, in_child, serving
from benchmarks.report import Measure
from connectors.base import Source
from ingestion.network import Network
from ingestion.pull import AT_ONCE, pull

SOURCES = 320
ROWS = 200
MOST_TIME = 1.5
FILES = ("datapackage.json", "deployments.csv", "observations.csv")
DESCRIPTOR = FILES[0]
ETAG = '"1"'


def main() -> int:
    parser = report.arguments(__doc__)
    parser.add_argument("--sources", type=int, default=SOURCES)
    parser.add_argument("--latency-ms", type=float, default=0.0, help="how long the server takes for each answer")
    options = parser.parse_args()
    package = written_package(options.folder, ROWS, sites=1)[0]
    store = options.folder / "pulled"
    shutil.rmtree(store, ignore_errors=True)
    with serving(_handler, package, options.latency_ms / 1000) as url:
        first = in_child(_pull, url, options.sources, store, "stored")
        again = in_child(_pull, url, options.sources, store, "unchanged")
        limit = in_child(_requests_alone, url, options.sources)
    measures = [
        Measure("pull with nothing new", again.result, "s", limit.result, MOST_TIME),
        Measure(f"first pull, {ROWS} rows each", first.result, "s"),
    ]
    title = f"Pull of {options.sources} sources, {options.latency_ms:g} ms an answer"
    return report.show(title, measures, options.json)


def _pull(url: str, count: int, store: Path, expected: str) -> float:
    site = "900000000"
    sources = tuple(Source(f"cameras-{n}", "camtrap_dp", f"{url}/{n}/{DESCRIPTOR}", site) for n in range(count))
    start = time.perf_counter()
    outcomes = pull(Network(sources), str(store))
    seconds = time.perf_counter() - start
    others = [outcome for outcome in outcomes if outcome.outcome != expected]
    if others:
        raise RuntimeError(f"{len(others)} of {count} sources were not {expected}: {others[0]}")
    return seconds


def _requests_alone(url: str, count: int) -> float:
    """The same requests, as many at once, each source over a connection of its own."""

    def ask(number: int) -> None:
        with requests.Session() as session:
            for name in FILES:
                headers = {} if name == DESCRIPTOR else {"If-None-Match": ETAG}
                session.get(f"{url}/{number}/{name}", headers=headers, timeout=30).raise_for_status()

    start = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as workers:
        list(workers.map(ask, range(count)))
    return time.perf_counter() - start


def _handler(package: Path, latency_s: float) -> type[Silent]:
    """Answers for every source with the files of one package; the name of its package tells the sources apart."""
    bodies = {name: (package / name).read_bytes() for name in FILES}
    descriptor = json.loads(bodies[DESCRIPTOR])

    class Handler(Silent):
        def do_GET(self) -> None:
            time.sleep(latency_s)
            _, number, name = self.path.split("/")
            if name != DESCRIPTOR and self.headers.get("If-None-Match") == ETAG:
                self.send_response(HTTPStatus.NOT_MODIFIED)
                self.send_header("ETag", ETAG)
                self.end_headers()
                return
            body = bodies[name] if name != DESCRIPTOR else json.dumps({**descriptor, "name": number}).encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("ETag", ETAG)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


if __name__ == "__main__":
    sys.exit(main())
