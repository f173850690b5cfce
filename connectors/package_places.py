"""Where a data package lies on this machine: a folder, or a zip of which only the members asked for are unpacked.

Nothing that a package says is trusted: its paths stay below its descriptor, and its zip is unpacked within limits.
"""

import re
import shutil
import stat
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path, PurePosixPath

from connectors.errors import SourceChanged, SourceRefused, words_of
from connectors.zip_members import is_bounded

DESCRIPTOR = "datapackage.json"
ZIP_MAX_MEMBERS = 200_000
# All members of a zip together.
UNPACKED_MAX_BYTES = 20_000_000_000
# Tables compress 5 to 30 times; far more is a file made to fill the disk.
MEMBER_MAX_RATIO = 300
UNSUSPICIOUS_BYTES = 100_000_000
CHUNK_BYTES = 1_000_000
# What Python's zip reader raises for zips that are broken or made to break it.
ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, OverflowError,
    IndexError, struct.error,
)  # fmt: skip


def is_url(text: str) -> bool:
    return bool(re.match(r"https?://", text, re.IGNORECASE))


# An absolute path, a drive or scheme, a home folder, a way up, or the separator of another system.
_LEADS_OUT = re.compile(r"^/|^\w+:|^~|(^|/)\.\.(/|$)|\\")


class Place(ABC):
    """Where a package lies; `where` names it in messages."""

    where: str

    @abstractmethod
    def descriptor(self) -> Path:
        """Its descriptor as a file; raises SourceRefused when there is none."""

    @abstractmethod
    def file(self, key: str, path: str) -> Path | None:
        """The file at a path that the descriptor names, None when there is none.

        `key` is unlike that of any other file. Raises SourceRefused when the path leads out of the package.
        """


class Folder(Place):
    """A folder with a descriptor, or the descriptor itself."""

    def __init__(self, where: str, location: Path) -> None:
        self.where = where
        self._location = location

    def descriptor(self) -> Path:
        if self._location.is_file():
            return self._location
        if not self._location.is_dir():
            raise SourceRefused(f"{self.where} does not exist", "Check `location` of this source in network.toml.")
        return self._location / _only_descriptor([path.name for path in self._location.iterdir()], self.where)

    def file(self, key: str, path: str) -> Path | None:
        root = self.descriptor().parent.resolve()
        try:
            full = (root / path_inside(path, self.where)).resolve()
            is_there = full.is_file()
        except (OSError, RuntimeError):
            return None
        if not full.is_relative_to(root):
            raise SourceRefused(f"{self.where} names a file outside of the package: {path!r}")
        return full if is_there else None


class Zip(Place):
    """A zip, with the descriptor of a package at its top or in one folder; only the members asked for are unpacked."""

    def __init__(self, where: str, archive: zipfile.ZipFile, workspace: Path) -> None:
        self.where = where
        self._zip = archive
        self._workspace = workspace
        self._left_bytes = UNPACKED_MAX_BYTES
        self.names = {name for name in archive.namelist() if not name.startswith("__MACOSX/")}
        if len(self.names) > ZIP_MAX_MEMBERS:
            raise SourceRefused(f"{where} has more than {ZIP_MAX_MEMBERS:,} files")

    @cached_property
    def _descriptor(self) -> str:
        return _only_descriptor([name for name in self.names if name.count("/") <= 1], self.where)

    def descriptor(self) -> Path:
        return self.unpacked(self._descriptor, DESCRIPTOR)

    def file(self, key: str, path: str) -> Path | None:
        name = str(PurePosixPath(self._descriptor).parent / path_inside(path, self.where))
        return self.unpacked(name, key) if name in self.names else None

    def unpacked(self, name: str, key: str) -> Path:
        """One member as the file `key` of the workspace; raises SourceRefused for a link, a bomb or a password."""
        member = self._zip.getinfo(name)
        is_bomb = member.file_size > max(UNSUSPICIOUS_BYTES, MEMBER_MAX_RATIO * member.compress_size)
        self._left_bytes -= member.file_size
        if is_bomb or self._left_bytes < 0 or stat.S_ISLNK(member.external_attr >> 16):
            raise SourceRefused(f"{self.where}: {name} is a link or inflates beyond all measure, and is not unpacked")
        if member.flag_bits & 1:
            raise SourceRefused(f"{self.where}: {name} needs a password", "Send the zip without one.")
        if not is_bounded(member):
            raise SourceRefused(
                f"{self.where}: {name} is compressed in an unusual way", "Make the zip anew, with the method Deflate."
            )
        into = self._workspace / key
        try:
            with self._zip.open(member) as packed, into.open("wb") as file:
                shutil.copyfileobj(packed, file, CHUNK_BYTES)
        except ZIP_ERRORS as error:
            raise SourceChanged(f"{self.where}: {name} cannot be unpacked: {words_of(error)}") from error
        return into


def _only_descriptor(names: list[str], where: str) -> str:
    """The one name that can be the descriptor's: `datapackage.json` at the top, in a folder, or a name like it."""
    exact = [name for name in names if PurePosixPath(name).name == DESCRIPTOR]
    similar = [name for name in names if re.search(r"datapackage[^/]*\.json$", name, re.IGNORECASE)]
    for candidates in ([name for name in exact if "/" not in name], exact, similar):
        if len(candidates) == 1:
            return candidates[0]
    problem = "more than one" if similar else "no"
    raise SourceRefused(f"{where} has {problem} {DESCRIPTOR}", "Set `location` to the descriptor itself.")


def path_inside(path: str, where: str) -> PurePosixPath:
    """A relative path as the specification allows it; raises SourceRefused for any other."""
    relative = PurePosixPath(path)
    if is_url(path):
        raise SourceRefused(f"{where} names a file on the web; only a package that comes from the web may do that")
    if _LEADS_OUT.search(path) or not path.isprintable() or not relative.parts:
        raise SourceRefused(f"{where} names a file outside of the package: {path!r}")
    return relative
