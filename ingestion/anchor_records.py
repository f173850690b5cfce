"""Chooses which assessments are signed, and makes the record of each."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data import queries
from data.access import Viewer
from data.engine import View
from ledger.credential import (
    FACTS,
    RATED,
    SALT_BYTES,
    Claims,
    Rated,
    WrongCredential,
    claims_of,
    sign,
    unsigned,
)
from ledger.keys import did_of

# Whoever can read the store signs; what may be published is decided by `is_open`.
STAFF = Viewer("staff")
GREEN_LIST = "green_list"


class NothingToSign(ValueError):
    """No record can be made; the message says of which assessment and why."""


@dataclass(frozen=True)
class Chosen:
    """The assessments to be signed, what somebody must know first, and names that must not stand on the ledger."""

    claims: tuple[Claims, ...]
    warnings: tuple[str, ...]
    names: frozenset[str]


def choose(view: View, named: Sequence[str], at: datetime) -> Chosen:
    """The assessments that are named, or else every Green List assessment that waits for a record.

    Those are no drafts, have a rating and no record yet, and the public may see all of them. Raises NothingToSign.
    """
    known = queries.signable(view, STAFF, at.date())
    if named:
        chosen = _named(known, named)
    else:
        waits = known["tool"].eq(GREEN_LIST) & known["ratings"].gt(0) & known["is_open"] & ~known["is_draft"]
        chosen = known[waits & ~known["is_anchored"]]
        if chosen.empty:
            raise NothingToSign(_why_none(known, waits))
    ratings = queries.signable_ratings(view, STAFF, set(chosen["assessment_id"]), at.date())
    rated = {name: rows.to_dict("records") for name, rows in ratings.groupby("assessment_id")}
    claims = [_claims(row, rated.get(row["assessment_id"], [])) for row in chosen.to_dict("records")]
    told = chosen[["assessment_id", "site_id", "site_name", "supersedes"]].melt()["value"].dropna()
    return Chosen(tuple(claims), tuple(_warnings(chosen)), frozenset(told.astype(str)))


def signed(claims: Sequence[Claims], key: Ed25519PrivateKey, at: datetime) -> list[dict[str, Any]]:
    """One signed record per assessment, each with a fresh salt; raises NothingToSign where one cannot be made."""
    issuer = did_of(key.public_key())
    records = []
    for one in claims:
        document = unsigned(one, issuer, at, secrets.token_bytes(SALT_BYTES))
        try:
            # A record that nobody could read again must not be signed.
            claims_of(document)
        except WrongCredential as wrong:
            raise NothingToSign(f"{one.assessment_id}: no record can be made, because its {wrong}") from None
        records.append(sign(document, key, at))
    return records


def _named(known: pd.DataFrame, named: Sequence[str]) -> pd.DataFrame:
    found = known[known["assessment_id"].isin(named)]
    if lost := [name for name in named if name not in set(found["assessment_id"])]:
        raise NothingToSign(f"the store holds no assessment {lost[0]!r}")
    drafts = found.loc[found["is_draft"], "assessment_id"]
    if not drafts.empty:
        raise NothingToSign(f"{drafts.iloc[0]} is a draft; publish it first, a record is for ever")
    return found


def _why_none(known: pd.DataFrame, waits: pd.Series) -> str:
    green = known[known["tool"].eq(GREEN_LIST) & ~known["is_draft"] & known["ratings"].gt(0)]
    hidden = int((~green["is_open"] & ~green["is_anchored"]).sum())
    told = f"no assessment waits for a record: {int(waits.sum())} that the public may see in full have one"
    return f"{told}, and {hidden} others must be named with --assessment" if hidden else told


def _warnings(chosen: pd.DataFrame) -> list[str]:
    told = [
        f"{name} is not public in full today. Its record tells every rating to whoever reads the batch."
        for name in chosen.loc[~chosen["is_open"], "assessment_id"]
    ]
    return told + [
        f"{name} has a record already. Where both are published, one of them will not be shown."
        for name in chosen.loc[chosen["is_anchored"], "assessment_id"]
    ]


def _claims(row: dict[str, Any], ratings: list[dict[str, Any]]) -> Claims:
    facts = {name: _text(row[name]) for name in FACTS}
    return Claims(**facts, ratings=tuple(Rated(**{name: _text(one[name]) for name in RATED}) for one in ratings))


def _text(value: Any) -> str | None:
    """A value as records have it: a day as its ISO text, a number so that it is read back as just this number."""
    if pd.isna(value):
        return None
    if hasattr(value, "isoformat"):
        return pd.Timestamp(value).date().isoformat()
    return repr(float(value)).removesuffix(".0") if isinstance(value, float) else str(value)
