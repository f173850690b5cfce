"""A real server process over a real store, for tests that need what only the running app does."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parent.parent
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_app(
    store_root: Path, log: Path, environment: Mapping[str, str] | None = None, port: int | None = None
) -> Iterator[str]:
    """`streamlit run dashboard.py` with its store below `store_root`; gives its address once it answers."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.headless=true"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, f"--server.port={port}"],
            cwd=PROJECT,
            env={
                **os.environ,
                "T4N_STORE": str(store_root),
                "T4N_NETWORK": str(log.parent / "none.toml"),
                **(environment or {}),
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/api/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def wait_for(url: str, process: subprocess.Popen) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the app did not answer at {url}")
