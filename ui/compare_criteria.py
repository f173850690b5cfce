"""The criteria that a site does not meet: which of its peers do, what they did for them, and whom to ask."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from data.standards import standard
from metrics.peers import Peers
from ui import work_plan
from ui.readiness import CRITERIA, Network
from ui.text import web_address

MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
ROUTE_WORDS = {
    "own": "Office of the site",
    "programme": "Programme office",
    "listing": "Green List page",
    "registry": "Registry entry",
    "none": "No contact known",
}
PROGRESS = ("done", "under_way", "late")
DID = ["site_id", "site_name", "kind", "title", "technology", "solution", "progress", "starts_on", "done_on"]


@dataclass(frozen=True)
class Criterion:
    """One criterion that the site does not meet, and its peers beside it.

    `met_by` are the peers that meet it with the day of their assessment, the number of their `items` that serve it and
    the way to ask them (`address`, `route`); those with work come first. `work` are these items, done or under way.
    """

    number: str
    title: str
    met_by: pd.DataFrame
    not_met: int
    unknown: int
    work: pd.DataFrame


@dataclass(frozen=True)
class Criteria:
    """The criteria of one site as one role rates them: how many it meets, which it does not, which are not known."""

    is_rated: bool
    met: int
    missed: tuple[Criterion, ...]
    unknown: tuple[str, ...]

    @property
    def to_learn(self) -> int:
        """Criteria that the site does not meet and a peer does."""
        return sum(len(one.met_by) > 0 for one in self.missed)


def compose(
    network: Network,
    items: pd.DataFrame,
    sites: pd.DataFrame,
    contacts: pd.DataFrame,
    site_id: str,
    peers: Peers,
    today: date,
) -> Criteria:
    """The criteria of one site beside its peers; takes what the pages Readiness and Work plan show."""
    cells = network.cells.reindex(columns=list(CRITERIA)).astype("object")
    own = cells.reindex([site_id]).iloc[0].fillna("unknown")
    of_peers = cells.reindex([one for one in peers.site_ids if one in cells.index])
    facts = _facts(network, sites, contacts, list(peers.site_ids))
    work = _work(items[items["site_id"].isin(peers.site_ids)], today)
    missed = [_criterion(one, of_peers, facts, work) for one in CRITERIA if own[one] == "not_met"]
    return Criteria(
        is_rated=bool(own.ne("unknown").any()),
        met=int(own.eq("met").sum()),
        missed=tuple(missed),
        unknown=tuple(one for one in CRITERIA if own[one] == "unknown"),
    )


def route(site: Mapping[str, Any], contacts: Mapping[str, str]) -> tuple[str, str | None]:
    """How to ask about a site and at which address: its own office, the programme's, or a public page about it.

    `contacts` are addresses by site, that of the programme under the empty id.
    """
    ways = {
        "own": contact_address(contacts.get(site["site_id"])),
        "programme": contact_address(contacts.get("")),
        "listing": web_address(site["link"]),
        "registry": web_address(site["registry_url"]),
    }
    return next(((way, address) for way, address in ways.items() if address), ("none", None))


def contact_address(address: object) -> str | None:
    """An address that a link may lead to: a page, or a mail address as a mailto link; None for anything else."""
    if isinstance(address, str) and MAIL.fullmatch(address):
        return f"mailto:{address}"
    return web_address(address)


def _criterion(number: str, of_peers: pd.DataFrame, facts: pd.DataFrame, work: pd.DataFrame) -> Criterion:
    states = of_peers[number].fillna("unknown")
    met = states.index[states.eq("met")]
    serving = work[work["criterion"].eq(number) & work["site_id"].isin(met)]
    met_by = facts[facts["site_id"].isin(met)]
    items = met_by["site_id"].map(serving["site_id"].value_counts()).fillna(0).astype("int64")
    met_by = met_by.assign(items=items).sort_values(["items", "site_name"], ascending=[False, True], ignore_index=True)
    return Criterion(
        number=number,
        title=standard().criteria[number].title,
        met_by=met_by,
        not_met=int(states.eq("not_met").sum()),
        unknown=len(facts) - len(met) - int(states.eq("not_met").sum()),
        work=serving[DID].reset_index(drop=True),
    )


def _facts(network: Network, sites: pd.DataFrame, contacts: pd.DataFrame, site_ids: list[str]) -> pd.DataFrame:
    """Each peer with the day of its assessment and how to ask it."""
    addresses = dict(zip(contacts["site_id"], contacts["address"], strict=True))
    days = network.sites.set_index("site_id")["day"]
    rows = sites[sites["site_id"].isin(site_ids)]
    ways = [route(row, addresses) for row in rows[["site_id", "link", "registry_url"]].to_dict("records")]
    return pd.DataFrame(
        {
            "site_id": rows["site_id"],
            "site_name": rows["site_name"],
            "country": rows["country"],
            "assessed_on": rows["site_id"].map(days),
            "route": [ROUTE_WORDS[way] for way, _ in ways],
            "address": [address for _, address in ways],
        }
    )


def _work(items: pd.DataFrame, today: date) -> pd.DataFrame:
    """Items that are done or under way, the done first; what has not begun teaches nobody yet.

    Under way is what has begun, and what is late: its day has passed, whether or not somebody told that it had begun.
    """
    is_done, is_late = items["state"].eq("done"), items["state"].eq("late")
    has_begun = items["starts_on"].le(pd.Timestamp(today))
    progress = pd.Series("under_way", items.index, dtype="str").mask(is_late, "late").mask(is_done, "done")
    shown = items.assign(
        progress=progress,
        kind=[work_plan.KIND_WORDS.get(kind, kind) for kind in items["kind"]],
        place=progress.map({name: place for place, name in enumerate(PROGRESS)}),
    )[is_done | is_late | has_begun]
    return shown.sort_values(["place", "site_name", "done_on", "item_id"], kind="stable").drop(columns="place")
