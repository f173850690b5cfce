"""A data package: chosen tables of the merged dataset with all that is needed to understand and repeat them.

It is a zip that is sent while it is made. The same spec of the same data version gives the same bytes.

    python -m exports.data_package --spec package.json [--store URL] [-o FILE]
"""

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from exports.context import Context
from exports.package_csv import csv_chunks
from exports.package_descriptor import DataFile, descriptor
from exports.package_readme import readme, sources_rows
from exports.package_rows import TableRows
from exports.package_words import Made, dictionary
from exports.package_xlsx import check_size
from exports.spec import Spec, check
from exports.streamed_zip import LARGE_BYTES, STORED_LEVEL, TEXT_LEVEL, Member, zip_chunks
from exports.tables import count, file_chunks, file_of, is_one_file, rows_of, suffix, written

__all__ = ["Context", "chunks", "file_name"]

README, DESCRIPTOR, SPEC, HASHES = "README.md", "datapackage.json", "package.json", "SHA256SUMS"
DICTIONARY, SOURCES = "dictionary.csv", "sources.csv"
# Generous, as a member may be called large that is not, but never the other way round.
MOST_BYTES_OF_A_ROW = {"": 2_000, "point": 2_000, "polygon": 200_000}
OTHER_FILES = [
    (DICTIONARY, "every column with its type, unit and meaning"),
    (SOURCES, "every source of the network: licence, citation, and how its last pull went"),
    (SPEC, "what was asked, for programs; with it this package can be made again"),
    (DESCRIPTOR, "all of this for programs (Frictionless Data Package)"),
    (HASHES, "the SHA-256 of every other file"),
]
OnProgress = Callable[[int, int], None]


def file_name(spec: Spec, context: Context) -> str:
    """The name of the zip: what is in it, of which data version, and a few letters that tell specs apart."""
    what = spec.tables[0].name if len(spec.tables) == 1 else "data"
    mark = hashlib.sha256(spec.to_json().encode()).hexdigest()[:8]
    return f"{context.prefix}tech4nature-{what}-{spec.format}-v{spec.data_version}-{mark}.zip"


def chunks(spec: Spec, context: Context, on_progress: OnProgress | None = None) -> Iterator[bytes]:
    """The package as a zip, piece by piece; `on_progress` is told the rows done and the rows in all.

    Raises, before the first piece, ValueError where the spec is of another data version, and NotOffered where this
    viewer cannot have it; both with a sentence.
    """
    check(spec, context)
    tables = rows_of(spec, context)
    counts = [count(one, spec, context) for one in spec.tables]
    if spec.format == "xlsx":
        check_size(sum(counts))
    if on_progress is not None:
        _report(tables, sum(counts), on_progress)
    package = _Package(Made(spec, context, tables), counts)
    return zip_chunks(package.members(), context.view.committed_at)


def _report(tables: tuple[TableRows, ...], total: int, on_progress: OnProgress) -> None:
    def passed(rows: int) -> None:
        on_progress(sum(one.tally.rows for one in tables), total)

    for one in tables:
        one.passed = passed


@dataclass
class _Package:
    """The members of one package, in the order in which they can be known."""

    made: Made
    counts: list[int]
    data: list[DataFile] = field(default_factory=list)
    sent: list[Member] = field(default_factory=list)

    def members(self) -> Iterator[Member]:
        made, name = self.made, file_name(self.made.spec, self.made.context).removesuffix(".zip")
        for member, tables in self._data_files():
            self.data.append((member, tables))
            yield self._kept(member)
        small = []
        for title, name_of, lines in (
            ("Dictionary", DICTIONARY, dictionary(made.tables, made.spec.format)),
            ("Sources", SOURCES, sources_rows(made)),
        ):
            small.append((Member(name_of, _csv(lines)), title, lines[0]))
            yield self._kept(small[-1][0])
        yield self._kept(Member(SPEC, [made.spec.to_json().encode()]))
        yield self._kept(Member(README, [readme(made, [*self._listed(), *OTHER_FILES])]))
        yield self._kept(Member(DESCRIPTOR, [descriptor(made, name, self.data, small)]))
        yield Member(HASHES, ["".join(f"{one.sha256}  {one.name}\n" for one in self.sent).encode()])

    def _data_files(self) -> Iterator[DataFile]:
        made, format = self.made, self.made.spec.format
        level = TEXT_LEVEL if format in ("csv", "geopackage") else STORED_LEVEL
        if is_one_file(format):
            with file_of(made, made.tables) as path:
                is_large = path.stat().st_size >= LARGE_BYTES
                yield Member(f"data/data.{suffix(format)}", file_chunks(path), level, is_large), made.tables
            return
        for rows, total in zip(made.tables, self.counts, strict=True):
            is_large = total * MOST_BYTES_OF_A_ROW[rows.table.geometry] >= LARGE_BYTES
            name = f"data/{rows.name}.{suffix(format)}"
            yield Member(name, written(made, [rows]), level, is_large), (rows,)

    def _kept(self, member: Member) -> Member:
        self.sent.append(member)
        return member

    def _listed(self) -> list[tuple[str, str]]:
        """The data files with what is in them."""
        return [
            (member.name, ", ".join(f"{rows.table.title} ({rows.tally.rows:,} rows)" for rows in tables))
            for member, tables in self.data
        ]


def _csv(lines: Sequence[Sequence[str]]) -> Iterator[bytes]:
    """A small table of texts, the header first."""
    header, *rows = lines
    columns = [pa.array([row[place] or None for row in rows], pa.string()) for place in range(len(header))]
    return csv_chunks(header, [pa.RecordBatch.from_arrays(columns, names=list(header))])


if __name__ == "__main__":
    from exports.package_command import main

    sys.exit(main())
