"""Runs of every page, warm, against an empty page of the same kind of server; at several sizes of the store.

A run is a new session on a server that has shown the page before: the time from the request until the script has
finished, and the bytes that a browser receives.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks import report
from benchmarks.fill import filled_store
from benchmarks.generate import Shape
from benchmarks.processes import in_child
from benchmarks.report import Measure
from benchmarks.servers import DASHBOARD, EMPTY, Server, no_sources, running
from benchmarks.st_driver import Client, quantile

RUNS = 15
SIZES = (1_000_000, 10_000_000)
LARGE_SIZE = 100_000_000
MANY_SITES = 300_000
FIXES, CAMERAS, IMAGES = 2_000_000, 100, 10_000
MOST_ADDED_S = 0.06
MOST_FIRST_KB, MOST_CHANGE_KB = 600, 100
MOST_GROWTH = 1.2
MOST_MANY_SITES_TIME, MOST_MANY_SITES_KB = 3.0, 1000


@dataclass(frozen=True)
class Page:
    """A page, by its name in the address, and a widget of it with the choices that a reader changes between."""

    name: str
    address: str
    label: str
    choices: tuple[str | list[str], str | list[str]]


PAGES = (
    Page("overview", "", "Green List phase", (["green_list"], ["green_list", "candidate"])),
    Page("site", "site", "Site", ("900000007", "900000011")),
    Page("sources", "sources", "Source", ("cameras-005", "cameras-009")),
)


FIELD_PAGES = (
    Page("wildlife", "wildlife", "Period", (["24 months"], ["12 months"])),
    Page("movement", "movement", "Show", (["Tracks"], ["Tracks", "95 % range"])),
    Page("early warning", "early_warning", "Period", (["90 days"], ["12 months"])),
    Page("readiness", "readiness", "Order", ("fewest", "name")),
    Page("assess", "assess", "Component", (["3"], ["4"])),
    Page("compare", "compare", "Area at most larger or smaller", (["2 times"], ["10 times"])),
    Page("impact", "impact", "Theme", ("wildlife", "reefs")),
    Page("download", "download", "Format", (["parquet"], ["csv"])),
    Page("reefs", "reefs", "Station", ("Reef 03", "Reef 07")),
)


@dataclass(frozen=True)
class Timing:
    """Medians of the runs of one page."""

    first_s: float
    first_kb: float
    change_s: float = 0.0
    change_kb: float = 0.0


def main() -> int:
    parser = report.arguments(__doc__)
    parser.add_argument("--large", action="store_true", help=f"measure at {LARGE_SIZE:,} rows too; takes long to fill")
    parser.add_argument("--small", action="store_true", help=f"measure at {SIZES[0]:,} rows only")
    options = parser.parse_args()
    sizes = SIZES[:1] if options.small else SIZES + ((LARGE_SIZE,) if options.large else ())
    measures: list[Measure] = []
    at_smallest: dict[str, Timing] = {}
    for size in sizes:
        empty, timings = _timed(options.folder, Shape(size, _today()), PAGES)
        for name, timing in timings.items():
            measures += _beside_empty(f"{name}, {size:,} rows", timing, empty)
            smallest = at_smallest.setdefault(name, timing)
            if smallest is not timing:
                what = f"{name}: {size:,} rows beside {sizes[0]:,}"
                measures.append(Measure(what, timing.first_s, "s", smallest.first_s, MOST_GROWTH))
    measures += _field(options.folder)
    measures += _many_sites(options.folder, at_smallest["overview"])
    return report.show("Pages", measures, options.json)


def _beside_empty(what: str, timing: Timing, empty: Timing) -> list[Measure]:
    return [
        Measure(f"{what}: first view", timing.first_s, "s", empty.first_s, MOST_ADDED_S, is_added=True),
        Measure(f"{what}: first view", timing.first_kb, "kB", target=MOST_FIRST_KB),
        Measure(f"{what}: filter change", timing.change_s, "s", empty.first_s, MOST_ADDED_S, is_added=True),
        Measure(f"{what}: filter change", timing.change_kb, "kB", target=MOST_CHANGE_KB),
    ]


def _field(folder: Path) -> list[Measure]:
    """The pages of a site with 100 cameras, 2 million positions and 10,000 reef images, and of all sites assessed."""
    parts = {"equipped_sites": 32, "cameras_per_site": CAMERAS, "sources": 4, "fixes": FIXES, "reef_images": IMAGES}
    shape = Shape(SIZES[0], _today(), **parts)
    empty, timings = _timed(folder, shape, FIELD_PAGES, "staff")
    what = f"{CAMERAS} cameras, {FIXES:,} positions, {IMAGES:,} reef images"
    return [measure for name, timing in timings.items() for measure in _beside_empty(f"{name}, {what}", timing, empty)]


def _many_sites(folder: Path, few: Timing) -> list[Measure]:
    _, timings = _timed(folder, Shape(SIZES[0], _today(), sites=MANY_SITES), PAGES[:1])
    many, what = timings["overview"], f"overview, {MANY_SITES:,} sites"
    return [
        Measure(f"{what} beside 320", many.first_s, "s", few.first_s, MOST_MANY_SITES_TIME),
        Measure(f"{what}: first view", many.first_kb, "kB", target=MOST_MANY_SITES_KB),
    ]


def _timed(
    folder: Path, shape: Shape, pages: Sequence[Page], viewer: str = "public"
) -> tuple[Timing, dict[str, Timing]]:
    """The empty page and the others over a store, taken in turns so that a busy moment hits both."""
    store = in_child(filled_store, folder, shape).result
    with running(EMPTY) as empty, running(DASHBOARD, store, no_sources(folder), viewer) as dashboard:
        return asyncio.run(_time_in_turns(empty, dashboard, pages))


async def _time_in_turns(empty: Server, dashboard: Server, pages: Sequence[Page]) -> tuple[Timing, dict[str, Timing]]:
    nothing: list[Timing] = []
    found: dict[str, list[Timing]] = {page.name: [] for page in pages}
    for page in pages:
        await _visit(dashboard, page)
    for _ in range(RUNS):
        async with Client(empty.url) as client:
            run = await client.run()
        nothing.append(Timing(run.seconds, run.bytes / 1000))
        for page in pages:
            found[page.name].append(await _visit(dashboard, page))
    return _median(nothing[1:]), {name: _median(timings) for name, timings in found.items()}


async def _visit(server: Server, page: Page) -> Timing:
    """A new session that opens the page and changes a filter there and back."""
    async with Client(server.url) as client:
        first = await client.run(page.address)
        for choice in page.choices:
            client.choose(page.label, choice)
            change = await client.run(page.address)
    return Timing(first.seconds, first.bytes / 1000, change.seconds, change.bytes / 1000)


def _median(timings: Sequence[Timing]) -> Timing:
    names = ("first_s", "first_kb", "change_s", "change_kb")
    return Timing(**{name: quantile([getattr(timing, name) for timing in timings], 0.5) for name in names})


def _today() -> date:
    return datetime.now(UTC).date()


if __name__ == "__main__":
    sys.exit(main())
