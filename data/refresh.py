"""Recomputes the rollups of whatever a transaction has touched."""

import ibis

from data import engine
from data.rollups import ROLLUPS, Rollup
from data.store import Store, Transaction, Version


def refresh(transaction: Transaction) -> None:
    """Bring every rollup up to the raw tables as this transaction sees them; only stale months are recomputed."""
    con = engine.connect()
    try:
        for rollup in ROLLUPS.values():
            months = transaction.stale.get(rollup.made_from)
            if months:
                _refresh(con, transaction, rollup, [month for month in months if month])
    finally:
        con.disconnect()
    transaction.clear_stale()


def rebuild(store: Store) -> Version:
    """Recompute all rollups from all raw rows, as one data version."""
    con = engine.connect()
    with store.transaction() as transaction:
        for rollup in ROLLUPS.values():
            raw = engine.open_table(con, rollup.made_from, transaction.files(rollup.made_from))
            months = set(con.execute(raw.select("month").distinct())["month"]) if rollup.by_month else {""}
            transaction.mark_stale(rollup.made_from, months)
        con.disconnect()
        refresh(transaction)
        return transaction.publish()


def _refresh(con: ibis.BaseBackend, transaction: Transaction, rollup: Rollup, months: list[str]) -> None:
    raw = engine.open_table(con, rollup.made_from, transaction.files(rollup.made_from))
    if rollup.by_month:
        raw = raw.filter(raw.month.isin(months))
    rows = rollup.rows(raw)
    rows = rows.order_by([name for name in ("month", "site_id") if name in rollup.schema.names])
    transaction.overwrite(rollup.name, con.to_pyarrow(rows), months=months if rollup.by_month else None)
