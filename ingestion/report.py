"""How ingest speaks to a person at a terminal: tables, colours where they help, words for what to do."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingestion.check import Report
from ingestion.pull import Outcome
from metrics import coverage

REFUSED_LINES = 20
COLOURS = {"stored": "green", "unchanged": "green", "fresh": "green", "late": "yellow", "stale": "yellow"}


def show_pull(console: Console, outcomes: Sequence[Outcome]) -> None:
    """The table at the end of a pull, and beneath it what each source wants somebody to know."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Source", no_wrap=True)
    table.add_column("Outcome", no_wrap=True)
    for name in ("Read", "Stored", "Unchanged", "Refused", "Seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("What to do")
    for outcome in outcomes:
        numbers = (outcome.rows_read, outcome.stored, outcome.unchanged, outcome.refused)
        seconds = f"{outcome.seconds:.1f}"
        counts = [f"{number:,}" for number in numbers]
        table.add_row(outcome.source.name, _coloured(outcome.outcome), *counts, seconds, _what_to_do(outcome))
    console.print(table)
    for outcome in outcomes:
        for line in _details(outcome):
            console.print(f"\n{outcome.source.name}: {line}", highlight=False, markup=False)


def show_check(console: Console, report: Report) -> None:
    """A check as a partner reads it: what would be stored, the figures, warnings, and why rows are refused."""
    console.print(f"[bold]{report.connector}[/bold] read {escape(report.location)}", highlight=False)
    console.print()
    for name, count in report.rows.items():
        console.print(f"  {count:>10,}  {name.replace('_', ' ')} would be stored", highlight=False)
    if report.figures:
        console.print("\n[bold]Figures[/bold]")
        for name, value in report.figures.items():
            console.print(f"  {name.replace('_', ' '):<23} {_figure(value)}", highlight=False, markup=False)
    if report.warnings:
        console.print("\n[bold yellow]Warnings[/bold yellow]")
        for warning in report.warnings:
            console.print(f"  - {warning}", highlight=False, markup=False)
    _show_refused(console, report)


def show_status(console: Console, sources: pd.DataFrame) -> None:
    """Freshness, rows and last error of each source."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Source", "State", "Last pull", "Newest record"):
        table.add_column(name, no_wrap=True)
    for name in ("Stored", "Refused"):
        table.add_column(name, justify="right", no_wrap=True)
    lines = []
    for row in sources.to_dict("records"):
        state = judge(row)
        moment, newest = _moment_text(row["last_run_at"]), _day_text(row["newest_record_on"])
        counts = [f"{row[name]:,.0f}" if row[name] == row[name] else "–" for name in ("rows_held", "rows_refused")]
        table.add_row(row["source"], _coloured(state.state), moment, newest, *counts)
        trouble = " ".join(str(row[name]) for name in ("error", "advice") if isinstance(row[name], str))
        lines.append(f"{row['source']}: {trouble or state.sentence}")
    console.print(table)
    for line in lines:
        console.print(f"\n{line}", highlight=False, markup=False)


def judge(source: Mapping[str, Any]) -> coverage.Freshness:
    """The state of one row of `queries.sources` at this moment."""
    newest, success = _day(source["newest_record_on"]), _moment(source["last_success_at"])
    return coverage.freshness(newest, success, source["outcome"] or "", source["refresh_hours"], datetime.now(UTC))


def _show_refused(console: Console, report: Report) -> None:
    if not report.refusals:
        console.print("\nNo row was refused.", style="green")
        return
    console.print(f"\n[bold red]{len(report.refusals):,} refused[/bold red]", highlight=False)
    for refusal in report.refusals[:REFUSED_LINES]:
        value = "empty" if refusal.value is None else repr(refusal.value)
        console.print(
            f"  {refusal.table}, row {refusal.row}: {refusal.field} {value} {refusal.reason}",
            highlight=False,
            markup=False,
        )
    if len(report.refusals) > REFUSED_LINES:
        console.print(f"  … and {len(report.refusals) - REFUSED_LINES:,} more; --json lists them", highlight=False)


def _what_to_do(outcome: Outcome) -> str:
    if outcome.is_trouble:
        return "see below"
    if outcome.refused:
        return "look at refused rows"
    return "read the warnings" if outcome.warnings else "nothing"


def _details(outcome: Outcome) -> Iterator[str]:
    if outcome.error:
        yield f"{outcome.error}. {outcome.advice}".replace("..", ".")
    if outcome.retired:
        yield f"{outcome.retired:,} rows are no longer sent and were retired."
    if outcome.refused:
        yield f"{outcome.refused:,} rows were refused; the page Sources lists them with their reasons."
    yield from outcome.warnings


def _coloured(word: str) -> str:
    colour = COLOURS.get(word, "red")
    return f"[{colour}]{word}[/{colour}]"


def _figure(value: Any) -> str:
    if isinstance(value, list) and len(value) > 6 and isinstance(value[0], str):
        return f"{len(value)}: {', '.join(value[:6])}, …"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_figure(part)}" for key, part in value.items())
    return f"{value:,}" if isinstance(value, int | float) else "–" if value is None else str(value)


def _moment(value: Any) -> datetime | None:
    return None if pd.isna(value) else pd.Timestamp(value).to_pydatetime()


def _moment_text(value: Any) -> str:
    moment = _moment(value)
    return moment.strftime("%d %b %Y, %H:%M UTC") if moment else "–"


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _day_text(value: Any) -> str:
    day = _day(value)
    return day.strftime("%d %b %Y") if day else "–"
