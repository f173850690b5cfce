"""Fills the demo's store: starts the loopback server and pulls it through the real connectors.

Another such server goes on answering while the pages are shown, for what they ask a system at that moment.
"""

import logging
import os
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

import pandas as pd

from data import engine, settings
from demo.network import DOWN_SOURCE, TOKEN_VARIABLE, network_toml
from demo.server import DEMO_TOKEN, DemoServer
from ingestion.network import parse_network
from ingestion.pull import Progress, pull

log = logging.getLogger(__name__)
_server: DemoServer | None = None


def ensure() -> threading.Thread | None:
    """Begin to fill the demo's store in the background, unless it was wholly filled today.

    A store of an earlier day is shown while the new day is pulled. Returns the thread, or None when nothing is to do.
    """
    _go_on_answering()
    view = engine.latest(settings.store_url())
    if view is not None and view.is_complete and _was_filled_on(view, datetime.now(UTC).date()):
        return None
    is_first = view is None or not view.is_complete
    settings.note_preparation(settings.Preparation(0, 1, "the invented network", is_first=is_first))
    thread = threading.Thread(target=_fill_quietly, args=[is_first], name="demo-start", daemon=True)
    thread.start()
    return thread


def _go_on_answering() -> None:
    """Let the invented systems answer as long as this process lives; what they send is made when it is asked for."""
    global _server
    if _server is None:
        _server = DemoServer().__enter__()
        settings.note_demo_network(network_toml(_server.url))


def _was_filled_on(view: engine.View, day: date) -> bool:
    """Whether the last source of the demo was pulled on a day; what people handed in since does not count."""
    runs = view.table("runs")
    newest = view.run(runs.filter(runs.source == DOWN_SOURCE).aggregate(newest=runs.started_at.max()))["newest"].iloc[0]
    return not pd.isna(newest) and newest.date() == day


def fill(store_url: str, on_progress: Callable[[Progress], None] = lambda progress: None) -> None:
    """Pull the whole demo network into a store, then once more the one source that has gone down since."""
    os.environ.setdefault(TOKEN_VARIABLE, DEMO_TOKEN)
    with DemoServer() as server:
        network = parse_network(network_toml(server.url))
        pull(network, store_url, on_progress=on_progress)
        server.take_down(DOWN_SOURCE)
        pull(network, store_url, only=DOWN_SOURCE)


def _fill_quietly(is_first: bool) -> None:
    def show(progress: Progress) -> None:
        label = progress.label or "the registry"
        settings.note_preparation(settings.Preparation(progress.done, progress.total, label, is_first=is_first))

    try:
        fill(settings.store_url(), show)
        settings.note_preparation(None)
    except Exception as error:  # the thread's last word: the page shows it
        log.exception("the demo network could not be pulled")
        settings.note_preparation(settings.Preparation(0, 1, "", error=f"{type(error).__name__}: {error}"))
