"""New sessions a second that one process holds with p95 below 1 s, against an empty page; memory of a session."""

import asyncio
import sys
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from benchmarks import report
from benchmarks.fill import filled_store
from benchmarks.generate import Shape
from benchmarks.processes import in_child
from benchmarks.report import Measure
from benchmarks.servers import DASHBOARD, EMPTY, Server, no_sources, running
from benchmarks.st_driver import Client, Load, highest, load

ROWS = 1_000_000
BOUND_S = 1.0
SECONDS_PER_LEVEL = 6
LEAST_SHARE = 0.4
FEW, MANY = 10, 60
MOST_MB_PER_SESSION = 5.0


def main() -> int:
    options = report.arguments(__doc__).parse_args()
    store = in_child(filled_store, options.folder, Shape(ROWS, datetime.now(UTC).date())).result
    with running(EMPTY) as empty:
        limit = asyncio.run(_held(empty))
    with running(DASHBOARD, store, no_sources(options.folder)) as dashboard:
        held = asyncio.run(_held(dashboard))
        memory_mb = asyncio.run(_memory_per_session(dashboard))
    measures = [
        Measure("sessions held at p95 below 1 s, overview", held, "per s", limit, LEAST_SHARE, at_least=True),
        Measure("memory per further session", memory_mb, "MB", target=MOST_MB_PER_SESSION),
    ]
    return report.show("Sessions", measures, options.json)


async def _held(server: Server) -> float:
    def level(rate: float) -> Awaitable[Load]:
        return load(server.url, rate, max(SECONDS_PER_LEVEL, 20 / rate))

    await load(server.url, 1, 3)
    return await highest(level, BOUND_S)


async def _memory_per_session(server: Server) -> float:
    """Growth of the process from `FEW` open sessions to `MANY`, for each of them, in MB."""
    async with AsyncExitStack() as stack:
        for number in range(MANY):
            client = await stack.enter_async_context(Client(server.url))
            await client.run()
            if number == FEW - 1:
                before_mb = server.memory_mb
        return (server.memory_mb - before_mb) / (MANY - FEW)


if __name__ == "__main__":
    sys.exit(main())
