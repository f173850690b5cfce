"""Packages of npm that tests run: installed once in the cache of this machine and kept between runs."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

INSTALL_SECONDS = 180


def installed(package: str, version: str) -> Path:
    """The folder `node_modules` that holds a package; skips the test where npm cannot install it."""
    folder, problem = _install(package, version)
    if problem:
        pytest.skip(problem)
    return folder / "node_modules"


@functools.cache
def _install(package: str, version: str) -> tuple[Path, str]:
    """Where a package is, and why it is not there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "tech4nature-tests" / f"{package.replace('/', '-')}-{version}"
    npm = shutil.which("npm")
    if npm is None:
        return folder, f"npm, which installs {package}, is not on this machine"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "install.lock"):
        if not (folder / "node_modules" / package / "package.json").is_file():
            command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"{package}@{version}"]
            try:
                subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS, check=True)
            except subprocess.SubprocessError as error:
                return folder, f"npm could not install {package}: {type(error).__name__}"
    return folder, ""
