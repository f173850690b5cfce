"""Real server processes on this machine, for tests that need what only a running server does."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
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
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.headless=true"]
    files = {"T4N_STORE": str(store_root), "T4N_NETWORK": str(log.parent / "none.toml")}
    with running([*command, f"--server.port={port}"], f"{url}/api/health", log, files | dict(environment or {})):
        yield url


@contextmanager
def running(
    command: Sequence[str], url: str, log: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """A process that lives as long as the block, which begins once the process answers at its address."""
    with (log or Path(os.devnull)).open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(url, process)
            yield
        finally:
            process.terminate()
            process.wait(20)


def wait_for(url: str, process: subprocess.Popen) -> None:
    """Return when a process answers, be it with a refusal."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"nothing answered at {url}")
