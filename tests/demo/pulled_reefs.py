"""The reef sources of the demo as the real connectors read them on one day."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from connectors.base import Fetched, Notice, Parsed, Refusal, Rows, Source
from connectors.registry import connector
from demo.network import network_toml
from demo.reefs import PLANTED_REEF, REEFS, Reef
from demo.server import DemoServer

TODAY = date(2026, 11, 22)
# Also the first days of a year, of which nothing has been surveyed, and a leap day.
DAYS = (TODAY, date(2027, 1, 2), date(2028, 2, 29))
SURVEYS, IMAGES, MODEL = "reef-surveys", "mauritius-reef-images", "fiji-reef-model"
OUTPLANTS = "mauritius-outplants"
HEAT = {reef.key: f"{reef.key}-reef-heat" for reef in REEFS}
NAMES = (SURVEYS, IMAGES, MODEL, OUTPLANTS, *HEAT.values())
every_reef = pytest.mark.parametrize("reef", REEFS, ids=lambda reef: reef.key)
every_day = pytest.mark.parametrize("today", DAYS, ids=str)


class Reefs:
    """What the connectors make of the reef sources as of one day, pulled once per source."""

    def __init__(self, server: DemoServer, workspace: Path) -> None:
        self.url = server.url
        self._workspace = workspace
        self._blocks = {block["name"]: block for block in tomllib.loads(network_toml(server.url))["source"]}
        self.pull = cache(self._pull)
        self.rows = cache(self._rows)

    def fetch(self, name: str, cursor: dict[str, Any]) -> tuple[Source, Fetched]:
        block = self._blocks[name]
        where = (block["location"], block.get("site", ""), block.get("secret", ""))
        source = Source(name, block["connector"], *where, options=block.get("options", {}))
        folder = self._workspace / f"{name}-{len(list(self._workspace.iterdir()))}"
        folder.mkdir()
        return source, connector(source.connector).fetch(source, cursor, folder)

    def _pull(self, name: str) -> list[Parsed]:
        source, fetched = self.fetch(name, {})
        return list(connector(source.connector).parse(source, fetched.payloads))

    def _rows(self, name: str) -> pd.DataFrame:
        return pd.concat([part.rows.to_pandas() for part in self.pull(name) if isinstance(part, Rows)])

    def refusals(self, name: str) -> list[Refusal]:
        return [part for part in self.pull(name) if isinstance(part, Refusal)]

    def notices(self, name: str) -> str:
        return "\n".join(part.text for part in self.pull(name) if isinstance(part, Notice))

    def cover(self, reef: Reef) -> pd.DataFrame:
        """Hard coral of every survey of a reef, by station and day; images as their mean."""
        rows = self.rows(IMAGES if reef is PLANTED_REEF else SURVEYS)
        rows = rows[rows["site_id"].eq(reef.site.site_id) & rows["metric"].eq("hard_coral_pct")]
        rows = rows[rows["method"].ne("quadrat_benthic_percent")]
        return rows.groupby(["station", "surveyed_on"], as_index=False)["value"].mean()
