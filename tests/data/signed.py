"""A store with one signed assessment at a site of each way of sharing, that a test may change before it is built."""

import json
from datetime import timedelta
from pathlib import Path

from data import journal
from data.engine import View, latest
from data.store import Store
from tests.data.invented import Row, configured, filled, moment, run, site
from tests.data.network import EMBARGOED_SITE, OPEN_SITE, PRIVATE_SITE, SUMMARY_SITE, TODAY

SHARED = {OPEN_SITE: "public", SUMMARY_SITE: "public-summary", PRIVATE_SITE: "private", EMBARGOED_SITE: "public"}
OLD, NEW = TODAY - timedelta(days=200), TODAY - timedelta(days=10)
REACHED, LAST_PULL = moment("2026-06-14T08:00:00"), moment("2026-06-15T06:00:00")
CHECKED = {"outcome": "verified", "reason": "The record is what was signed.", "issuer": "Invented office"}


def assessment(name: str, site_id: str, **fields) -> Row:
    return {
        "assessment_id": name,
        "site_id": site_id,
        "tool": "green_list",
        "method": "Green List",
        "standard_version": "GLS-1.1",
        "phase": "candidate",
        "assessed_on": OLD,
        "assessed_year": OLD.year,
        "status": "verified",
        **fields,
    }


def rating(name: str, site_id: str, indicator: str = "1.1.1", **fields) -> Row:
    return {
        "assessment_id": name,
        "site_id": site_id,
        "indicator_id": f"GLS-V1.1-{indicator}",
        "role": "self",
        "rating": "met",
        "rated_on": OLD,
        **fields,
    }


def anchor(told: Row, **fields) -> Row:
    """The record as it was signed when the assessment said what `told` says."""
    facts = {name: value for name, value in told.items() if name != "status"}
    return facts | {
        "issuer_key": "did:key:z6MkInvented",
        "issued_at": moment("2026-01-01T00:00:00"),
        "digest": f"0x{told['assessment_id']}",
        "root": "0xroot",
        "tx_hash": "0xtx",
        "credential": json.dumps({"signed": told["assessment_id"]}),
        "receipt": "{}",
        **fields,
    }


def signed(told: Row) -> Row:
    number = {name: str(told[name]) for name in ("score", "score_max") if told.get(name) is not None}
    return {**told, **number}


def check(told: Row, **fields) -> Row:
    return {"assessment_id": told["assessment_id"], "site_id": told["site_id"], "digest": f"0x{told['assessment_id']}",
            **CHECKED, **fields}  # fmt: skip


def a_ledger(**fields) -> Row:
    facts = {"ledger_id": "31337:0xc0", "chain_id": "31337", "contract": "0xc0", "confirmations": 1}
    return {**facts, "reached_at": REACHED, **fields}


class Signed:
    """A store with one assessment per site, each signed; a test changes what lies in it before it is built."""

    def __init__(self) -> None:
        told = {site_id: assessment(f"a{site_id}", site_id) for site_id in SHARED}
        self.papers = {
            site_id: {"assessments": [one], "ratings": [rating(f"a{site_id}", site_id)]}
            for site_id, one in told.items()
        }
        self.anchors = {one["assessment_id"]: anchor(one) for one in told.values()}
        self.ratings = [signed(rating(f"a{site_id}", site_id)) for site_id in SHARED]
        self.checks = {one["assessment_id"]: check(one) for one in told.values()}
        self.ledger = a_ledger()
        self.sharing = "public"

    def built(self, folder: Path, last_run: str = "stored") -> View:
        sources = [
            configured(f"papers {site_id}", connector="assessments", site_ids=site_id, sharing=level,
                       embargo_days=60 if site_id == EMBARGOED_SITE else 0)
            for site_id, level in SHARED.items()
        ]  # fmt: skip
        sources += [configured("registry", connector="protected_planet", site_ids=None)]
        sources += [configured("ledger", connector="ledger", site_ids=None, sharing=self.sharing)]
        rows = {f"papers {site_id}": self.papers[site_id] for site_id in SHARED}
        rows["registry"] = {"sites": [site(site_id) for site_id in SHARED]}
        rows["ledger"] = {
            "ledgers": [self.ledger],
            "anchors": list(self.anchors.values()),
            "anchored_ratings": self.ratings,
            "anchor_checks": list(self.checks.values()),
        }
        store = Store(str(folder / "store"))
        filled(store, folder, sources, rows)
        with store.transaction() as transaction:
            journal.add_runs(transaction, [run("ledger", REACHED), run("ledger", LAST_PULL, outcome=last_run)])
            transaction.publish()
        return latest(store.url)
