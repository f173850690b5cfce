"""Steps and servers in processes of their own, so that the time and peak memory of each are its alone."""

import contextlib
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any


@dataclass(frozen=True)
class Step:
    """What a step returned, how long it took and the most memory that its process held."""

    result: Any
    seconds: float
    peak_mb: float


class Silent(BaseHTTPRequestHandler):
    """A handler that keeps connections open and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def in_child(step: Callable, *arguments: Any) -> Step:
    """Run a function of a module in a fresh Python process; raises what it raises."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, step, arguments).result()


@contextlib.contextmanager
def serving(handler_of: Callable[..., type[Silent]], *arguments: object) -> Iterator[str]:
    """The address of a server that answers by the handler that a function of a module gives for these arguments."""
    ours, theirs = multiprocessing.Pipe()
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=_serve, args=(handler_of, arguments, theirs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


def _measured(step: Callable, arguments: tuple) -> Step:
    start = time.perf_counter()
    result = step(*arguments)
    seconds = time.perf_counter() - start
    return Step(result, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _serve(handler_of: Callable[..., type[Silent]], arguments: tuple, ready: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(*arguments))
    ready.send(server.server_address[1])
    server.serve_forever()
