"""How ingest speaks to a person at a terminal: tables, colours where they help, words for what to do."""

from collections.abc import Sequence
from datetime import UTC, datetime
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
    """The table at the end of a pull, and a line for each source that needs somebody."""
    table = Table("Source", "Outcome", box=None, pad_edge=False, header_style="bold")
    for name in ("Read", "Stored", "Unchanged", "Retired", "Refused", "Seconds"):
        table.add_column(name, justify="right")
    table.add_column("What to do", overflow="fold")
    for outcome in outcomes:
        table.add_row(
            escape(outcome.source.name),
            _coloured(outcome.outcome),
            f"{outcome.rows_read:,}",
            f"{outcome.stored:,}",
            f"{outcome.unchanged:,}",
            f"{outcome.retired:,}",
            f"{outcome.refused:,}",
            f"{outcome.seconds:.1f}",
            escape(_what_to_do(outcome)),
        )
    console.print(table)


def show_check(console: Console, report: Report) -> None:
    """A check as a partner reads it: what would be stored, the figures, warnings, and why rows are refused."""
    console.print(f"[bold]{report.connector}[/bold] read {escape(report.location)}", highlight=False)
    console.print()
    for name, count in report.rows.items():
        console.print(f"  {count:>10,}  {name.replace('_', ' ')} would be stored", highlight=False)
    if report.figures:
        console.print("\n[bold]Figures[/bold]")
        for name, value in report.figures.items():
            console.print(f"  {name.replace('_', ' '):<16} {_figure(value)}", highlight=False, markup=False)
    if report.warnings:
        console.print("\n[bold yellow]Warnings[/bold yellow]")
        for warning in report.warnings:
            console.print(f"  - {warning}", highlight=False, markup=False)
    _show_refused(console, report)


def show_status(console: Console, sources: pd.DataFrame) -> None:
    """Freshness, rows and last error of each source."""
    table = Table("Source", "State", "Last pull", "Newest record", box=None, pad_edge=False, header_style="bold")
    table.add_column("Refused", justify="right")
    table.add_column("Last error and what to do", overflow="fold")
    now = datetime.now(UTC)
    for row in sources.to_dict("records"):
        state = coverage.freshness(
            _moment(row["newest_record_at"]),
            _moment(row["last_success_at"]),
            row["outcome"] or "",
            row["refresh_hours"],
            now,
        )
        trouble = " ".join(str(row[name]) for name in ("error", "advice") if isinstance(row[name], str))
        table.add_row(
            escape(row["source"]),
            _coloured(state.state),
            _moment_text(row["last_run_at"]),
            _day_text(row["newest_record_at"]),
            f"{row['rows_refused']:,.0f}",
            escape(trouble or state.sentence),
        )
    console.print(table)


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
    if outcome.error:
        return f"{outcome.error} {outcome.advice}"
    if outcome.refused:
        return "See why rows were refused: page Sources."
    words = "1 warning" if len(outcome.warnings) == 1 else f"{len(outcome.warnings)} warnings"
    return f"{words}: page Sources." if outcome.warnings else ""


def _coloured(word: str) -> str:
    colour = COLOURS.get(word, "red")
    return f"[{colour}]{word}[/{colour}]"


def _figure(value: Any) -> str:
    if isinstance(value, list) and len(value) > 6 and isinstance(value[0], str):
        return f"{len(value)}: {', '.join(value[:6])}, …"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {count:,}" for key, count in value.items())
    return f"{value:,}" if isinstance(value, int | float) else "–" if value is None else str(value)


def _moment(value: Any) -> datetime | None:
    if value is None or pd.isna(value):
        return None
    moment = pd.Timestamp(value)
    return (moment.tz_localize("UTC") if moment.tzinfo is None else moment).to_pydatetime()


def _moment_text(value: Any) -> str:
    moment = _moment(value)
    return moment.strftime("%d %b %Y, %H:%M UTC") if moment else "–"


def _day_text(value: Any) -> str:
    moment = _moment(value)
    return moment.strftime("%d %b %Y") if moment else "–"
