"""Starts a Streamlit app as `streamlit run` does, in a process of its own, and stops it."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.st_driver import Client, Run

PROJECT = Path(__file__).resolve().parent.parent
DASHBOARD = PROJECT / "dashboard.py"
EMPTY = Path(__file__).resolve().parent / "apps" / "empty.py"
START_TIMEOUT_S = 120


@dataclass(frozen=True)
class Server:
    """A running app; `started_at` is when its process was started, by `time.perf_counter`."""

    url: str
    pid: int
    started_at: float

    @property
    def memory_mb(self) -> float:
        """Memory held now, after Linux's /proc."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def first_run(self) -> Run:
        """The first full run of the start page, as soon as the server answers."""

        async def run() -> Run:
            async with Client(self.url) as client:
                return await client.run()

        return asyncio.run(run())


@contextlib.contextmanager
def running(
    app: Path, store: Path | None = None, network: Path | None = None, viewer: str = "public"
) -> Iterator[Server]:
    """An app that listens on loopback, with the store and the network.toml given; raises TimeoutError."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("T4N_", "STREAMLIT_"))}
    env |= {"T4N_STORE": str(store), "T4N_NETWORK": str(network), "T4N_VIEWER": viewer}
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}"]
    started_at = time.perf_counter()
    process = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = Server(f"http://127.0.0.1:{port}", process.pid, started_at)
        _await(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def no_sources(folder: Path) -> Path:
    """A network.toml without sources: with one in place, the store is shown as it is and no demo is made."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "network.toml"
    path.touch()
    return path


def _await(server: Server, process: subprocess.Popen) -> None:
    while True:
        try:
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2).read()
            return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                raise RuntimeError(f"the app ended at once with exit code {process.returncode}") from None
            if time.perf_counter() - server.started_at > START_TIMEOUT_S:
                raise TimeoutError(f"the app did not answer within {START_TIMEOUT_S} s") from None
            time.sleep(0.02)
