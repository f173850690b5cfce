"""From starting the server to the first page: with a store, against an empty app; and the first start of the demo."""

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import report
from benchmarks.fill import filled_store
from benchmarks.generate import Shape
from benchmarks.processes import in_child
from benchmarks.report import Measure
from benchmarks.servers import DASHBOARD, EMPTY, no_sources, running
from benchmarks.st_driver import Client, quantile

STARTS = 3
ROWS = 1_000_000
MOST_BESIDE_EMPTY = 2.0
MOST_DEMO_S = 30.0
MAP = "deck_gl_json_chart"


def main() -> int:
    options = report.arguments(__doc__).parse_args()
    store = in_child(filled_store, options.folder, Shape(ROWS, datetime.now(UTC).date())).result
    network = no_sources(options.folder)
    starts = [(_first_page(EMPTY), _first_page(DASHBOARD, store, network)) for _ in range(STARTS)]
    empty, dashboard = (quantile(list(seconds), 0.5) for seconds in zip(*starts, strict=True))
    measures = [
        Measure("first page, with a store", dashboard, "s", empty, MOST_BESIDE_EMPTY),
        Measure("first start of the demo, until the map is there", _first_demo(), "s", target=MOST_DEMO_S),
    ]
    return report.show("Start", measures, options.json)


def _first_page(app: Path, store: Path | None = None, network: Path | None = None) -> float:
    with running(app, store, network) as server:
        server.first_run()
        return time.perf_counter() - server.started_at


def _first_demo() -> float:
    with tempfile.TemporaryDirectory() as folder:
        absent = Path(folder) / "network.toml"
        with running(DASHBOARD, Path(folder) / "store", absent) as server:
            asyncio.run(_until_map(server.url))
            return time.perf_counter() - server.started_at


async def _until_map(url: str) -> None:
    """Look again and again, as the waiting page does, until the map of the Overview is there."""
    async with Client(url) as client:
        while not (await client.run()).has(MAP):
            await asyncio.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
