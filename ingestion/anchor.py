"""Prepares an anchor: signs the records of assessments and writes the batch with the transaction that anchors it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.base import Source
from connectors.errors import SourceError
from connectors.json_rpc import Node
from connectors.secret import secret_of
from data.engine import View
from ingestion import anchor_node
from ingestion.anchor_files import BATCH, TRANSACTION, WrongFolder, has_batch, held, read_transaction, write
from ingestion.anchor_records import choose, signed
from ingestion.anchor_transaction import Transaction, checked_uri, to_anchor
from ingestion.network import Network, NetworkError
from ledger.batch import Batch, build
from ledger.keys import did_of, read_key
from ledger.trust import Issuer, Trust, read_trust

CONNECTOR = "ledger"


class NotTrusted(ValueError):
    """A key that the trust file does not trust today; the message says what to add."""


@dataclass(frozen=True)
class Prepared:
    """What lies in the folder now, and what somebody must know before it is sent or published."""

    batch: Batch
    transaction: Transaction
    warnings: tuple[str, ...]


def source_of(network: Network, name: str = "") -> Source:
    """The ledger that network.toml names, or the one of that name; raises NetworkError where it is not clear which."""
    found = [source for source in network.sources if source.connector == CONNECTOR and name in ("", source.name)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NetworkError("network.toml names no such source with the connector ledger; see docs/ledger.md")
    raise NetworkError(f"there are several ledgers; add --source with one of {', '.join(one.name for one in found)}")


def trust_of(source: Source) -> Trust:
    """The trust file of a ledger; raises NetworkError where it cannot be read, WrongTrust where it cannot be used."""
    path = source.options.get("trust")
    if not isinstance(path, str):
        raise NetworkError(f"{source.name}: the option `trust` names no trust file; see docs/ledger.md")
    try:
        return read_trust(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise NetworkError(f"{source.name}: {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise NetworkError(f"{source.name}: {path} is not UTF-8 text") from None


def node_of(source: Source) -> Node:
    """The node of a ledger, to be used as a context manager; raises NetworkError where none is named."""
    rpc = source.options.get("rpc")
    if not isinstance(rpc, str):
        raise NetworkError(f"{source.name}: the option `rpc` names no node; see docs/ledger.md")
    return Node(source.name, rpc, secret_of(source))


def prepare(
    folder: Path, key_path: Path, source: Source, view: View, named: Sequence[str] = (), uri: str = ""
) -> Prepared:
    """Sign the records of the assessments that wait for one, or of those named, and write batch and transaction.

    Nothing is sent. `uri` is where the batch will be published; it stands on the ledger. Raises ValueError with the
    reason, and then there is no batch in the folder.
    """
    at = datetime.now(UTC)
    trust, key = trust_of(source), read_key(key_path)
    issuer = _issuer(trust, key, at.date())
    with held(folder):
        _check_free(folder)
        chosen = choose(view, named, at)
        checked_uri(uri, chosen.names)
        batch = build(signed(chosen.claims, key, at), trust.chain_id, trust.contract)
        transaction = to_anchor(batch, uri, issuer.address, trust.chain_name)
        gas, problem = _gas(source, transaction)
        transaction = replace(transaction, gas=gas)
        write(folder, transaction, batch)
    return Prepared(batch, transaction, (*chosen.warnings, *problem))


def _check_free(folder: Path) -> None:
    if has_batch(folder):
        raise WrongFolder(f"there is a batch in {folder} already. Send it with --send, or take another folder")
    left = read_transaction(folder)
    if left is not None and (left.to is None or left.signed):
        raise WrongFolder(f"there is a {TRANSACTION} without its {BATCH} in {folder}; take another folder")


def _issuer(trust: Trust, key: Ed25519PrivateKey, today: date) -> Issuer:
    did = did_of(key.public_key())
    known = trust.of_key(did)
    for issuer in known:
        if issuer.is_valid_on(today):
            return issuer
    if known:
        raise NotTrusted(f"the trust file trusts the key of {known[0].name} on other days than {today}")
    raise NotTrusted(
        f"the trust file does not name this key, so its records would be refused. Add an issuer with {did}"
    )


def _gas(source: Source, transaction: Transaction) -> tuple[int, tuple[str, ...]]:
    """The gas that the node reckons with; where it does not answer, the most that is needed, and what is to be said."""
    try:
        with node_of(source) as node:
            return anchor_node.gas_estimate(node, transaction) or transaction.gas, ()
    except SourceError as error:
        return transaction.gas, (f"the gas is an upper bound, because no node could be asked: {error}",)
