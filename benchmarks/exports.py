"""Data packages of 10 M detections, as CSV and as Parquet, against reading the same rows alone.

The limit is what no export can do without: the masked rows in their order, as `data.queries` gives them. Nothing is
kept of the packages, so that the disk is not measured.
"""

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks import report
from benchmarks.fill import filled_store
from benchmarks.generate import Shape
from benchmarks.processes import Step, in_child
from benchmarks.report import Measure
from data import engine, queries
from data.access import Viewer
from data.queries.merged import Choice
from exports import data_package
from exports.context import Context
from exports.spec import Spec, TableSpec

ROWS = 10_000_000
END = date(2026, 1, 1)
TABLE = "detections"
MOST_TIME = {"csv": 4.0, "parquet": 4.0}
MOST_MEMORY_MB = 500


@dataclass(frozen=True)
class Sent:
    """What a package was: rows in it, and bytes sent."""

    rows: int
    size: int


def main() -> int:
    parser = report.arguments(__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    store = in_child(filled_store, options.folder, Shape(options.rows, END), False).result
    limit = in_child(_read, store)
    measures = [Measure("peak memory of reading the rows", limit.peak_mb, "MB")]
    for format, most_time in MOST_TIME.items():
        package = in_child(_send, store, format)
        _check(package, limit.result, format)
        measures += [
            Measure(f"{format} package", package.seconds, "s", limit.seconds, most_time),
            Measure(f"peak memory of the {format} package", package.peak_mb, "MB", target=MOST_MEMORY_MB),
            Measure(f"size of the {format} package", package.result.size / 1e6, "MB"),
        ]
    return report.show(f"Export of {options.rows:,} detections", measures, options.json)


def _check(package: Step, rows: int, format: str) -> None:
    if package.result.rows != rows:
        raise RuntimeError(f"the {format} package has {package.result.rows:,} of {rows:,} rows")


def _read(store: Path) -> int:
    context = _context(store)
    batches = queries.merged_batches(context.view, context.viewer, TABLE, Choice(), context.today)
    return sum(map(len, batches))


def _send(store: Path, format: str) -> Sent:
    context = _context(store)
    spec = Spec.of(context, [TableSpec(TABLE)], format)
    done = [0]
    size = sum(map(len, data_package.chunks(spec, context, lambda rows, total: done.append(rows))))
    return Sent(done[-1], size)


def _context(store: Path) -> Context:
    return Context(engine.latest(str(store)), Viewer("staff"), is_demo=False)


if __name__ == "__main__":
    sys.exit(main())
