"""Pulls each source at its own rhythm until it is told to stop."""

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data import engine, queries
from data.access import Viewer
from ingestion.network import Network, NetworkError, read_network
from ingestion.pull import Outcome, pull
from ingestion.submission_source import with_submissions

RETRY_AFTER_TROUBLE = timedelta(minutes=10)
LONGEST_SLEEP = timedelta(minutes=5)
STAFF = Viewer("staff")


def watch(path: Path, store_url: str, say: Callable[[str], None]) -> None:
    """Pull what is due, again and again; errors are said and survived, SIGTERM and SIGINT end it between pulls."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    while not stop.is_set():
        try:
            network = with_submissions(read_network(path), store_url)
        except NetworkError as error:
            say(f"{error}. Trying again in {LONGEST_SLEEP.seconds // 60} minutes.")
            stop.wait(LONGEST_SLEEP.total_seconds())
            continue
        seconds = _pull_due(network, store_url, stop, say).total_seconds()
        stop.wait(max(1.0, min(seconds, LONGEST_SLEEP.total_seconds())))
    say("Stopped.")


def due_times(network: Network, store_url: str) -> dict[str, datetime]:
    """When each source is to be pulled next: after its refresh time, sooner when the last pull failed."""
    view = engine.latest(store_url)
    today = datetime.now(UTC).date()
    known = {} if view is None else queries.sources(view, STAFF, today).set_index("source").to_dict("index")
    return {source.name: _due(known.get(source.name), source.refresh) for source in network.sources}


def _due(last: dict | None, refresh: timedelta) -> datetime:
    if last is None or last["last_run_at"] is None or last["last_run_at"] != last["last_run_at"]:
        return datetime.now(UTC)
    succeeded = last["last_run_at"] == last["last_success_at"]
    return last["last_run_at"].to_pydatetime() + (refresh if succeeded else min(refresh, RETRY_AFTER_TROUBLE))


def _pull_due(network: Network, store_url: str, stop: threading.Event, say: Callable[[str], None]) -> timedelta:
    """Pull what is due; returns how long nothing else is. A full disk or a lost store must not end the watch."""
    try:
        times, now = due_times(network, store_url), datetime.now(UTC)
        due = [name for name, moment in times.items() if moment <= now]
        went_well = [_pull(network, store_url, name, say) for name in due if not stop.is_set()]
        waiting = min(due_times(network, store_url).values(), default=now + LONGEST_SLEEP)
    except Exception as error:
        say(f"{type(error).__name__}: {error}")
        return LONGEST_SLEEP
    return waiting - datetime.now(UTC) if all(went_well) else LONGEST_SLEEP


def _pull(network: Network, store_url: str, name: str, say: Callable[[str], None]) -> bool:
    """Whether the pull of one source could be stored, if only as trouble with the source."""
    try:
        for outcome in pull(network, store_url, only=name):
            say(_line(outcome))
    except Exception as error:
        say(f"{name}: {type(error).__name__}: {error}")
        return False
    return True


def _line(outcome: Outcome) -> str:
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    counts = f"{outcome.stored:,} rows stored, {outcome.refused:,} refused"
    text = f"{moment}  {outcome.source.name}: {outcome.outcome}, {counts}"
    return f"{text}. {outcome.error}" if outcome.error else text
