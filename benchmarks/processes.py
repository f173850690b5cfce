"""Runs a step in a process of its own, so that its time and peak memory are its alone."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """What a step returned, how long it took and the most memory that its process held."""

    result: Any
    seconds: float
    peak_mb: float


def in_child(step: Callable, *arguments: Any) -> Step:
    """Run a function of a module in a fresh Python process; raises what it raises."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, step, arguments).result()


def _measured(step: Callable, arguments: tuple) -> Step:
    start = time.perf_counter()
    result = step(*arguments)
    seconds = time.perf_counter() - start
    return Step(result, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
