"""One way to show what was measured: beside its limit, taken in the same run, and its target."""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Measure:
    """One figure and its limit in `unit`; `target` is the most (or, with `at_least`, the least) of `compared`.

    Compared with the target is the ratio to the limit; without a limit the figure itself; with `is_added` how much
    the figure is above the limit. Without a target it is shown for information.
    """

    what: str
    measured: float
    unit: str
    limit: float | None = None
    target: float | None = None
    at_least: bool = False
    is_added: bool = False

    @property
    def compared(self) -> float:
        if self.limit is None:
            return self.measured
        return self.measured - self.limit if self.is_added else self.measured / self.limit

    @property
    def is_met(self) -> bool | None:
        if self.target is None:
            return None
        return self.compared >= self.target if self.at_least else self.compared <= self.target


def arguments(about: str) -> argparse.ArgumentParser:
    """The options that all benchmarks have."""
    parser = argparse.ArgumentParser(description=about)
    folder = Path(tempfile.gettempdir()) / "tech4nature-benchmarks"
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--folder", type=Path, default=folder, help="where invented data are kept between runs")
    return parser


def show(title: str, measures: Sequence[Measure], as_json: bool) -> int:
    """Print the measures; the exit code is 0 when no target was missed."""
    if as_json:
        rows = [{**asdict(each), "compared": each.compared, "is_met": each.is_met} for each in measures]
        print(json.dumps({"benchmark": title, "measures": rows}, indent=1))
    else:
        Console().print(_table(title, measures))
    return int(any(each.is_met is False for each in measures))


def _table(title: str, measures: Sequence[Measure]) -> Table:
    table = Table("", "measured", "limit", "compared", "target", "met", title=title)
    for each in measures:
        limit = "" if each.limit is None else f"{each.limit:.4g} {each.unit}"
        table.add_row(each.what, f"{each.measured:.4g} {each.unit}", limit, *_verdict(each))
    return table


def _verdict(each: Measure) -> tuple[str, str, str]:
    sign = "≥" if each.at_least else "≤"
    unit, plus = ("x", "") if each.limit is not None and not each.is_added else (f" {each.unit}", "+" * each.is_added)
    compared = "" if each.limit is None else f"{plus}{each.compared:.3g}{unit}"
    if each.target is None:
        return compared, "", ""
    return compared, f"{sign} {plus}{each.target:g}{unit}", "yes" if each.is_met else "NO"
