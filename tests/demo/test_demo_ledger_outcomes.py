"""What the whole demo tells of its ledger: one assessment was changed, one batch waits, all else is verified."""

from collections import Counter
from datetime import UTC, date
from pathlib import Path

import pandas as pd
import pytest

from data import engine, queries
from data.access import Viewer
from data.engine import View
from demo import ledger, tampering
from demo.network import LEDGER_SOURCE
from ledger.batch import read_batch
from ledger.canonical import parse

EVERY_VIEWER = (Viewer("public"), Viewer("site", frozenset({tampering.SITE_ID})), Viewer("staff"))


@pytest.fixture(scope="module")
def view(demo_store: Path) -> View:
    return engine.latest(str(demo_store / "demo"))


@pytest.fixture(scope="module")
def today(view: View) -> date:
    """The day that the store was filled on, which may have ended meanwhile."""
    runs = view.table("runs")
    started_at = view.run(runs.filter(runs.source == LEDGER_SOURCE).aggregate(last=runs.started_at.max()))["last"].iloc[
        0
    ]
    return started_at.to_pydatetime().astimezone(UTC).date()


@pytest.mark.parametrize("viewer", EVERY_VIEWER, ids=lambda viewer: viewer.role)
def test_one_assessment_was_changed_one_batch_waits_and_all_else_is_verified(view: View, today, viewer: Viewer) -> None:
    found = queries.anchors(view, viewer, today)
    waiting = [one.count for one in ledger.published(today).anchors if one.block is None]
    signed = sum(one.count for one in ledger.published(today).anchors)
    assert Counter(found["outcome"]) == {
        "content_changed": 1,
        "pending": sum(waiting),
        "verified": signed - 1 - sum(waiting),
    }
    assert found.loc[found["outcome"] == "content_changed", "site_id"].tolist() == [tampering.SITE_ID]


def test_the_changed_assessment_shows_the_one_rating_that_is_not_as_it_was_signed(view: View, today) -> None:
    found = queries.anchors(view, Viewer("public"), today).set_index("site_id")
    told = queries.anchor(view, Viewer("public"), found.loc[tampering.SITE_ID, "assessment_id"], today)
    (row,) = told["differences"].to_dict("records")
    assert (row["role"], row["field"]) == (tampering.ROLE, "rating")
    assert (row["signed"], row["held"]) == (tampering.SIGNED_RATING, tampering.TODAYS_RATING)
    batches = [text for path, text in ledger.published(today).files.items() if path != ledger.PATH]
    assert parse(told["credential"]) in [credential for text in batches for credential, _ in read_batch(text)]


def test_the_signed_records_themselves_are_all_sound(view: View) -> None:
    """So the change lies in what the source sends, and it is the comparison that finds it."""
    checks = view.run(view.table("anchor_checks"))
    assert set(checks["outcome"]) == {"verified", "pending"}
    assert checks["failed_step"].isna().all()


def test_every_office_has_records_and_only_the_newest_of_one_wait(view: View, today) -> None:
    found = queries.anchors(view, Viewer("staff"), today)
    assert found.groupby("issuer")["outcome"].agg(lambda of: "verified" in set(of)).to_dict() == {
        office.name: True for office in ledger.OFFICES
    }
    waiting = found[found["outcome"] == "pending"]
    assert waiting["root"].nunique() == 1
    assert waiting["block_number"].isna().all()
    assert waiting["tx_hash"].notna().all()
    assert waiting["issued_at"].min() >= found["issued_at"].max()


def test_the_ledger_was_reached_and_its_newest_block_is_of_today(view: View, today) -> None:
    (row,) = queries.ledgers(view, Viewer("public"), today).to_dict("records")
    assert pd.isna(row["problem"]) or not row["problem"]
    assert row["head_at"] == pd.Timestamp(today, tz="UTC")
    assert row["issuers"].split("; ") == [office.name for office in ledger.OFFICES]
