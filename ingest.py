"""Brings the pilot systems' data into the store: pull, check, add, accept-licence, status, watch, template, rebuild.

`anchor` signs assessments and anchors them on a ledger, and `token` makes a token for scripts.

Exit code 0 when all went well, 1 when a source is in trouble, 2 when the command was used wrongly.
"""

import argparse
import json
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from connectors import registry
from connectors.base import Source
from connectors.errors import SourceError, SourceUnavailable
from data import access_tokens, engine, queries, settings
from data.access import Viewer
from data.refresh import rebuild
from data.store import Store
from ingestion import add, anchor_command, audit_command, command_line, licences, pull, report, templates, watch
from ingestion.check import check
from ingestion.network import Network, NetworkError, read_network
from ingestion.submission_source import with_submissions

OK, SOURCE_TROUBLE, WRONG_USE = 0, 1, 2
# Without emoji, for a key such as did:key:z6Mk is none.
console = Console(emoji=False)
errors = Console(stderr=True, emoji=False)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = command_line.parse(RUN, arguments)
    try:
        return RUN[options.command](options)
    except (NetworkError, ValueError) as error:
        errors.print(f"[red]{escape(str(error))}[/red]", highlight=False, soft_wrap=True)
        return WRONG_USE


def run_pull(options: argparse.Namespace) -> int:
    network = _network(options.network)
    if options.source:
        _named(network, options.source)
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
        found = check(
            options.connector,
            options.location,
            options.today,
            options.secret,
            dict(options.option),
            options.boundary,
        )
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
    sources = queries.sources(view, Viewer("staff"), datetime.now(UTC).date())
    report.show_status(console, sources)
    return SOURCE_TROUBLE if (~sources["outcome"].isin(["stored", "unchanged"])).any() else OK


def run_watch(options: argparse.Namespace) -> int:
    path = options.network or settings.network_path()
    read_network(path)
    watch.watch(path, settings.network_store_url(), lambda line: print(line, flush=True))
    return OK


def run_template(options: argparse.Namespace) -> int:
    templates.write_template(templates.TEMPLATES[options.connector], options.output)
    console.print(f"{options.output} is ready to be filled in.", highlight=False, markup=False)
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


def run_accept_licence(options: argparse.Namespace) -> int:
    path = options.network or settings.network_path()
    source = _named(_network(options.network), options.source)
    try:
        terms, mark = registry.connector(source.connector).licence_terms(source)
    except SourceError as error:
        errors.print(f"[red]{escape(str(error))}[/red]\n{escape(error.advice)}", highlight=False)
        return SOURCE_TROUBLE
    console.print(terms, highlight=False, markup=False)
    if not sys.stdin.isatty():
        errors.print("A person must read and accept these terms: run this command in a terminal.")
        return WRONG_USE
    if input("\nDo you accept these terms? Type yes: ").strip().lower() != "yes":
        console.print("Not accepted; nothing was changed.")
        return SOURCE_TROUBLE
    console.print(f"Noted in {licences.accept(path, source, mark)}.", highlight=False, markup=False)
    return OK


def run_token(options: argparse.Namespace) -> int:
    token = access_tokens.fresh_token()
    viewer = Viewer(options.role, frozenset(options.site))
    block = access_tokens.block(token, options.name, viewer, options.expires)
    advice = f"The token, shown this once; give it to {options.name} over a safe way:"
    console.print(f"{advice}\n\n{token}\n", highlight=False, markup=False, soft_wrap=True)
    console.print(f"Add to the file that {access_tokens.ACCESS_VARIABLE} names:\n", highlight=False, markup=False)
    console.print(block, highlight=False, markup=False, soft_wrap=True, end="")
    return OK


def run_anchor(options: argparse.Namespace) -> int:
    places = anchor_command.Places(
        network=lambda: _network(options.network), view=lambda: engine.latest(settings.network_store_url())
    )
    try:
        is_finished = anchor_command.run(options, places, _say, _warn)
    except SourceError as error:
        errors.print(f"[red]{escape(str(error))}[/red]\n{escape(error.advice)}", highlight=False, soft_wrap=True)
        return SOURCE_TROUBLE
    return OK if is_finished else SOURCE_TROUBLE


def run_audit(options: argparse.Namespace) -> int:
    if not options.check:
        audit_command.show(_say)
        return OK
    return OK if audit_command.check(_say, _warn) else SOURCE_TROUBLE


def _say(line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def _warn(line: str) -> None:
    errors.print(line, style="yellow", highlight=False, markup=False, soft_wrap=True)


def _named(network: Network, name: str) -> Source:
    for source in network.sources:
        if source.name == name:
            return source
    names = ", ".join(source.name for source in network.sources)
    raise NetworkError(f"there is no source {name!r}; there are {names}")


def _network(path: Path | None) -> Network:
    path = path or settings.network_path()
    if not path.is_file():
        raise NetworkError(f"there is no {path}. Add a first source: python ingest.py add --help")
    return with_submissions(read_network(path), settings.network_store_url())


@contextmanager
def _progress_bar():
    """Shows the pull's progress when a person watches; says nothing into a file or a pipe."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Pulling", total=None)
        yield lambda at: bar.update(
            task, completed=at.done, total=at.total, description=f"Pulled {at.label}" if at.label else "Pulling"
        )


RUN = {
    "pull": run_pull,
    "check": run_check,
    "add": run_add,
    "accept-licence": run_accept_licence,
    "status": run_status,
    "watch": run_watch,
    "template": run_template,
    "rebuild": run_rebuild,
    "anchor": run_anchor,
    "token": run_token,
    "audit": run_audit,
}


if __name__ == "__main__":
    sys.exit(main())
