"""Brings the pilot systems' data into the store: pull, check, add, status, watch, rebuild.

Exit code 0 when all went well, 1 when a source is in trouble, 2 when the command was used wrongly.
"""

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from connectors.errors import SourceError, SourceUnavailable
from connectors.registry import CONNECTORS
from data import engine, queries, settings
from data.access import Viewer
from data.refresh import rebuild
from data.store import Store
from ingestion import add, pull, report, watch
from ingestion.check import check
from ingestion.network import Network, NetworkError, read_network

OK, SOURCE_TROUBLE, WRONG_USE = 0, 1, 2
console = Console()
errors = Console(stderr=True)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (NetworkError, ValueError) as error:
        errors.print(f"[red]{escape(str(error))}[/red]", highlight=False)
        return WRONG_USE


def run_pull(options: argparse.Namespace) -> int:
    network = _network(options.network)
    if options.source and options.source not in [source.name for source in network.sources]:
        names = ", ".join(source.name for source in network.sources)
        raise NetworkError(f"there is no source {options.source!r}; there are {names}")
    with _progress_bar() as show:
        outcomes = pull.pull(
            network,
            settings.network_store_url(),
            options.source,
            show,
            accept_loss=options.accept_loss,
            again=options.again,
        )
    report.show_pull(console, outcomes)
    return SOURCE_TROUBLE if any(outcome.is_trouble for outcome in outcomes) else OK


def run_check(options: argparse.Namespace) -> int:
    try:
        found = check(options.connector, options.location, options.today, options.secret)
    except SourceError as error:
        if options.json:
            print(json.dumps({"connector": options.connector, "location": options.location, "error": str(error)}))
        advice = "Try again later." if isinstance(error, SourceUnavailable) else "Correct this, then check again."
        errors.print(f"[red]{escape(str(error))}[/red]\n{advice}", highlight=False)
        return SOURCE_TROUBLE
    if options.json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        report.show_check(console, found)
    return OK


def run_add(options: argparse.Namespace) -> int:
    added = add.add(
        options.network or settings.network_path(),
        options.connector,
        options.location,
        options.name,
        site=options.site,
        site_name=options.site_name,
        country=options.country,
        sharing=options.sharing,
        licence=options.licence,
        secret=options.secret,
        refresh=options.refresh,
    )
    console.print(f"{options.name} is now in {added}. Next: python ingest.py pull", highlight=False, markup=False)
    return OK


def run_status(options: argparse.Namespace) -> int:
    view = engine.latest(_filled_store())
    if view is None:
        errors.print("Nothing is stored yet. Run: python ingest.py pull")
        return SOURCE_TROUBLE
    sources = queries.sources(view, Viewer("staff"))
    report.show_status(console, sources)
    return SOURCE_TROUBLE if (~sources["outcome"].isin(["stored", "unchanged"])).any() else OK


def run_watch(options: argparse.Namespace) -> int:
    path = options.network or settings.network_path()
    read_network(path)
    watch.watch(path, settings.network_store_url(), lambda line: print(line, flush=True))
    return OK


def run_rebuild(options: argparse.Namespace) -> int:
    store = Store(_filled_store())
    if store.latest() is None:
        errors.print("Nothing is stored yet. Run: python ingest.py pull")
        return SOURCE_TROUBLE
    with console.status("Recomputing the rollups"):
        version = rebuild(store)
    console.print(f"The rollups were recomputed; this is data version {version.number}.")
    return OK


def _filled_store() -> str:
    """The store of the real network if it holds anything, else the one that the pages show."""
    real = settings.network_store_url()
    return real if engine.latest(real) is not None else settings.store_url()


def _network(path: Path | None) -> Network:
    path = path or settings.network_path()
    if not path.is_file():
        raise NetworkError(f"there is no {path}. Add a first source: python ingest.py add --help")
    return read_network(path)


@contextmanager
def _progress_bar():
    """Shows the pull's progress when a person watches; says nothing into a file or a pipe."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Pulling", total=None)
        yield lambda at: bar.update(
            task, completed=at.done, total=at.total, description=f"Pulled {at.label}" if at.label else "Pulling"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ingest.py", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    names = ", ".join(connector.name for connector in CONNECTORS)

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    pulling = command("pull", run_pull, "Pull every source of network.toml, or one of them, into the store.")
    pulling.add_argument("--source", metavar="NAME", help="only this source")
    pulling.add_argument("--network", type=Path, metavar="FILE", help="another file than network.toml")
    pulling.add_argument("--again", action="store_true", help="read everything, even what the source calls unchanged")
    pulling.add_argument("--accept-loss", action="store_true", help="accept that most rows of a source vanished")

    checking = command("check", run_check, "Read an export or an API without storing it, and say what would be stored.")
    checking.add_argument("connector", metavar="CONNECTOR", help=f"one of {names}")
    checking.add_argument("location", metavar="LOCATION", help="folder, file, zip or URL")
    checking.add_argument("--json", action="store_true", help="print the report as JSON")
    checking.add_argument(
        "--today", type=date.fromisoformat, default=date.today(), help="judge expiry on this day, YYYY-MM-DD"
    )
    checking.add_argument("--secret", default="", metavar="VARIABLE", help="environment variable that holds the key")

    adding = command("add", run_add, "Add a source to network.toml.")
    adding.add_argument("connector", metavar="CONNECTOR", help=f"one of {names}")
    adding.add_argument("location", metavar="LOCATION", help="folder, file, zip or URL")
    adding.add_argument("--name", required=True, help="name of the source, shown to people")
    adding.add_argument("--site", default="", metavar="ID", help="WDPA site id that the data belong to")
    adding.add_argument(
        "--site-name", default="", metavar="TEXT", help="name of the site, where no registry is configured"
    )
    adding.add_argument(
        "--country", default="", metavar="ISO3", help="country of the site, where no registry is configured"
    )
    adding.add_argument(
        "--sharing", default="private", choices=("private", "public-summary", "public"), help="what the public sees"
    )
    adding.add_argument("--licence", default="", metavar="NAME", help="licence of the data")
    adding.add_argument("--secret", default="", metavar="VARIABLE", help="environment variable that holds the key")
    adding.add_argument("--refresh", default="1d", metavar="SPAN", help="how often to pull: 30m, 6h, 1d, monthly")
    adding.add_argument("--network", type=Path, metavar="FILE", help="another file than network.toml")

    command("status", run_status, "Show freshness, rows and the last error of each source.")
    watching = command("watch", run_watch, "Pull each source at its own rhythm until stopped.")
    watching.add_argument("--network", type=Path, metavar="FILE", help="another file than network.toml")
    command("rebuild", run_rebuild, "Recompute all rollups from the stored rows.")
    return parser


if __name__ == "__main__":
    sys.exit(main())
