"""What it costs that sites ask to hide a species: the questions of pages, with masks at some sites and without any."""

import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from benchmarks import report
from benchmarks.fill import filled_store, stage
from benchmarks.generate import Shape, site_ids
from benchmarks.report import Measure
from data import engine, queries
from data.access import PUBLIC, Viewer
from data.engine import View
from data.journal import CONFIGURED_SITES
from data.schema import TABLES
from data.store import Store
from data.upsert import upsert

ROWS, SMALL = 10_000_000, 1_000_000
MASKED_SITES = 3
RUNS = 5
MOST_ADDED_S = 0.1
VIEWERS = (PUBLIC, Viewer("partner"))


def main() -> int:
    parser = report.arguments(__doc__)
    parser.add_argument("--small", action="store_true", help=f"measure at {SMALL:,} rows only")
    options = parser.parse_args()
    shape = Shape(SMALL if options.small else ROWS, datetime.now(UTC).date())
    plain = filled_store(options.folder, shape)
    views = engine.latest(str(plain)), engine.latest(str(_masked(plain, shape)))
    measures = []
    for viewer in VIEWERS:
        without, masked = (
            {name: _median(ask) for name, ask in _questions(view, viewer, shape).items()} for view in views
        )
        measures += [
            Measure(f"{viewer.role}: {name}", masked[name], "s", without[name], MOST_ADDED_S, is_added=True)
            for name in without
        ]
    return report.show(f"A species hidden at {MASKED_SITES} sites", measures, options.json)


def _masked(plain: Path, shape: Shape) -> Path:
    """The same store with the species that was seen most hidden at the first sites; made anew each time."""
    store = Store(str(plain.with_name(f"{plain.name}-masked")))
    shutil.rmtree(store.url, ignore_errors=True)
    shutil.copytree(plain, store.url)
    sites = site_ids(range(MASKED_SITES)).to_pylist()
    asked = (Viewer("staff"), sites[0], f"{shape.start:%Y-%m}", f"{shape.end:%Y-%m}", shape.end)
    seen = queries.site_species(engine.latest(str(plain)), *asked)
    taxon = seen.sort_values("detections")["scientific_name"].iloc[-1]
    rows = [{"site_id": one, "scientific_name": taxon, "level": "hidden"} for one in sites]
    with store.transaction() as transaction:
        staged = stage(pa.Table.from_pylist(rows), Path(store.url), TABLES["masks"])
        upsert(transaction, TABLES["masks"], CONFIGURED_SITES, staged, is_whole=True)
        transaction.publish()
    return Path(store.url)


def _questions(view: View, viewer: Viewer, shape: Shape) -> dict[str, Callable[[], object]]:
    """What the Overview and the pages of a masked site ask."""
    site, today = site_ids([0]).to_pylist()[0], shape.end
    months = (f"{shape.start:%Y-%m}", f"{today:%Y-%m}")
    year: tuple[date, date] = (today - timedelta(days=365), today)
    return {
        "days of the network": lambda: queries.network_days(view, viewer, today, 365),
        "taxa of the network": lambda: queries.network_taxa(view, viewer, today),
        "days of a site": lambda: queries.site_days(view, viewer, site, today),
        "totals of a site": lambda: queries.site_totals(view, viewer, site, today),
        "species of a site": lambda: queries.site_species(view, viewer, site, *months, today),
        "records of a site": lambda: queries.site_records(view, viewer, site, *year, today),
    }


def _median(ask: Callable[[], object]) -> float:
    """Seconds of a question that was asked once before, as of every visitor but the first."""
    ask()
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - start)
    return sorted(taken)[RUNS // 2]


if __name__ == "__main__":
    sys.exit(main())
