"""The files of a folder that somebody else may fill: not too many, and none that is a link out of it."""

from collections.abc import Collection
from pathlib import Path

from connectors.base import Source
from connectors.errors import SourceRefused

# A file that Excel holds open has a companion with `~$` before its name.
LOCK = "~$"


def files_of(source: Source, endings: Collection[str], files_max: int) -> list[Path]:
    """The files at the location, a folder, whose names end so, in the order of their names.

    Raises SourceRefused where there are more than `files_max`, or the folder cannot be read.
    """
    folder = Path(source.location)
    where = f"{source.name}: {folder.name}"
    try:
        found = sorted(path for path in folder.iterdir() if _is_wanted(path, endings))
        if len(found) > files_max:
            raise SourceRefused(f"{where} holds {len(found):,} files, and {files_max:,} can be read")
        # Looked at only now, because a million links would take hours.
        outside = [path for path in found if not path.resolve().is_relative_to(folder.resolve())]
        files = [path for path in found if path.is_file()]
    except (OSError, RuntimeError, ValueError) as error:
        raise SourceRefused(f"{where} cannot be read ({type(error).__name__})") from error
    if outside:
        raise SourceRefused(f"{where} holds a link that leads out of the folder")
    return files


def _is_wanted(path: Path, endings: Collection[str]) -> bool:
    return path.suffix.lower() in endings and not path.name.startswith(LOCK)
