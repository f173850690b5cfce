"""Another machine: a folder with the verifier's source code and the four packages that it needs, and nothing else."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[2]
ROOMS = ("exports", "ledger", "connectors")
PACKAGES = ("requests", "rfc8785", "cryptography", "base58")
ABSENT = ("pandas", "numpy", "pyarrow", "duckdb", "deltalake", "streamlit", "rich", "web3", "data")
SECONDS = 60


@dataclass(frozen=True)
class Elsewhere:
    """Where Python finds the source code and the packages there, and where a person works."""

    source: Path
    packages: Path
    home: Path

    def verify(self, *arguments: str | Path, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
        """Run the verifier there."""
        return self.python("-m", "exports.verify", *arguments, encoding=encoding)

    def python(self, *arguments: str | Path, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
        """Run Python there, without the packages of this machine and without its environment."""
        return subprocess.run(
            [sys.executable, "-S", *map(str, arguments)],
            cwd=self.home,
            env={
                "PATH": os.defpath,
                "PYTHONPATH": f"{self.source}{os.pathsep}{self.packages}",
                "PYTHONIOENCODING": encoding,
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            encoding=encoding,
            timeout=SECONDS,
            check=False,
        )


def another_machine(folder: Path) -> Elsewhere:
    """Such a machine below a folder."""
    places = Elsewhere(folder / "source", folder / "packages", folder / "home")
    for room in ROOMS:
        shutil.copytree(PROJECT / room, places.source / room, ignore=shutil.ignore_patterns("__pycache__"))
    places.home.mkdir()
    places.packages.mkdir()
    for name in _with_what_they_need(PACKAGES):
        installed = distribution(name)
        for top in {file.parts[0] for file in installed.files or () if file.parts[0] != ".."}:
            link = places.packages / top
            if not link.exists() and top != "__pycache__":
                link.symlink_to(Path(str(installed.locate_file(top))).resolve())
    return places


def _with_what_they_need(names: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower()
        if name not in found:
            found.add(name)
            needed = map(Requirement, distribution(name).requires or ())
            waiting += [one.name for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found
