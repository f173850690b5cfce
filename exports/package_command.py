"""The command that makes a package again: `python -m exports.data_package --spec package.json`.

For who runs the dashboard: it builds the tier that the spec names, as whoever can run it can read the store anyway.
"""

import argparse
import hashlib
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from data import engine, settings
from exports import data_package
from exports.context import Context
from exports.csv_cells import one_line
from exports.spec import MOST_LETTERS, Spec

OK, FAILED = 0, 1
READ_BYTES = 1024 * 1024
errors = Console(stderr=True)


def main(arguments: list[str] | None = None) -> int:
    """Make one package and return the exit code; whatever goes wrong is told in one sentence."""
    options = _parser().parse_args(arguments)
    try:
        path = _made(options)
    except KeyboardInterrupt:
        return _failed("Stopped; nothing was kept.")
    except Exception as error:
        # The store, GDAL and the disk have errors of many kinds, and none of them is told better by a traceback.
        return _failed(one_line(error) or type(error).__name__)
    print(f"{_sha256(path)}  {path}")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m exports.data_package", description="Makes a data package again from the spec that lies in it."
    )
    parser.add_argument("--spec", type=Path, required=True, help="package.json of the package")
    parser.add_argument("--store", help="folder or URL of the store (else the one that the pages show)")
    parser.add_argument("-o", "--output", type=Path, help="file to write (else named after the package)")
    return parser


def _made(options: argparse.Namespace) -> Path:
    spec = Spec.from_json(_text_of(options.spec))
    store = options.store or settings.store_url()
    context = Context(engine.at(store, spec.data_version), spec.viewer, settings.is_demo())
    path = options.output or Path(data_package.file_name(spec, context))
    if path.exists():
        raise ValueError(f"there is a file {path} already; name another one with -o")
    partial = path.with_name(f"{path.name}.partial")
    try:
        with partial.open("wb") as file, _progress_bar() as show:
            file.writelines(data_package.chunks(spec, context, show))
        _verify(partial)
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def _text_of(path: Path) -> bytes:
    """The spec; of a file that is none, no more than it takes to see that."""
    with path.open("rb") as file:
        return file.read(MOST_LETTERS + 1)


def _verify(path: Path) -> None:
    """See that every file of the zip is what its checksum says."""
    with zipfile.ZipFile(path) as archive:
        sums = dict(reversed(line.split("  ", 1)) for line in archive.read(data_package.HASHES).decode().splitlines())
        if set(archive.namelist()) != {*sums, data_package.HASHES}:
            raise ValueError("the package does not hold the files that its checksums name")
        for name, expected in sums.items():
            with archive.open(name) as member:
                if _hashed(member) != expected:
                    raise ValueError(f"{name} is not what its checksum says")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return _hashed(file)


def _hashed(file: IO[bytes]) -> str:
    hashed = hashlib.sha256()
    while block := file.read(READ_BYTES):
        hashed.update(block)
    return hashed.hexdigest()


@contextmanager
def _progress_bar() -> Iterator[Callable[[int, int], None]]:
    """Shows the rows done when a person watches; says nothing into a file or a pipe."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Rows", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _failed(words: str) -> int:
    errors.print(f"[red]{escape(words)}[/red]", highlight=False, soft_wrap=True)
    return FAILED
