"""An invented network with a ledger on a real node: two sites, public, private and draft assessments, and an issuer."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

import ingest
from connectors import http
from connectors.ledger_rpc import ask
from ingestion.network import read_network
from ingestion.pull import pull
from ledger.batch import read_batch
from ledger.check import check
from ledger.keys import did_of, new_key, read_key, write_key
from ledger.trust import Issuer, Trust, read_trust
from tests.evm_node import ACCOUNTS, ANSWER_SECONDS, CHAIN_ID, FIRST_KEY, deploy, rpc
from tests.ingestion.submitted import FIRST, MARSH, SECOND, SITES, row, table

ROOT = Path(__file__).parents[2]
URI = "https://ledger.example.org/batches/2026-01.json"
# Nothing listens on the port "discard" of this machine.
NO_NODE = "http://127.0.0.1:9"
NO_CONTRACT = "0x" + "c0" * 20
PASSWORD = "invented pass phrase"
# No test waits for the costly derivation that real keystores use.
CHEAP = {"kdf": "pbkdf2", "iterations": 2}
PUBLIC_ROWS = (
    row(note="Seen by Ranger Achieng at 1.2345, 36.7890", role="self", rated_on="2026-03-02"),
    row(SECOND, "partly", role="self", rated_on="2026-03-03"),
    row(FIRST, "not_met", assessment_id="marsh-1", site_id=MARSH, supersedes="marsh-0"),
    row(FIRST, "met", assessment_id="marsh-0", site_id=MARSH, assessment_date="2025-03-01"),
    row(assessment_id="valley-draft", status="draft"),
)
PRIVATE_ROWS = (row(assessment_id="marsh-secret", site_id=MARSH), row(assessment_id="marsh-late", site_id=MARSH))


@dataclass(frozen=True)
class Office:
    """The folder of an issuer: network.toml, trust.toml, a signing key and the account that pays."""

    home: Path
    store: Path
    key: Path
    account: Path
    url: str
    contract: str

    @property
    def batch(self) -> Path:
        return self.home / "batch"

    @property
    def published(self) -> Path:
        return self.home / "published"

    def anchor(self, *arguments: str, folder: Path | None = None) -> int:
        return ingest.main(["anchor", "--batch", str(folder or self.batch), *arguments])

    def make(self, *arguments: str, folder: Path | None = None) -> int:
        return self.anchor("--key", str(self.key), *arguments, folder=folder)

    def send(self, *arguments: str, folder: Path | None = None) -> int:
        return self.anchor("--send", "--account", str(self.account), *arguments, folder=folder)

    def trust(self, address: str = ACCOUNTS[0], chain_id: int = CHAIN_ID, contract: str = "", key: str = "") -> None:
        """Write the trust file; whoever changes it says what is different."""
        issuer = Issuer("Invented office", key or did_of_file(self.key), address, date(2020, 1, 1))
        trust = Trust(chain_id, contract or self.contract, (issuer,))
        (self.home / "trust.toml").write_text(trust.as_toml(), encoding="utf-8")

    def network(self, url: str) -> None:
        sources = "".join(
            f'[[source]]\nname = "{name}"\nconnector = "assessments"\nlocation = "{name}.csv"\nsharing = "{sharing}"\n'
            for name, sharing in (("open", "public"), ("closed", "private"))
        )
        ledger = '[[source]]\nname = "ledger"\nconnector = "ledger"\nlocation = "published"\nsharing = "public"\n'
        options = f'options = {{ rpc = "{url}", trust = "trust.toml" }}\n'
        (self.home / "network.toml").write_text(SITES + sources + ledger + options, encoding="utf-8")

    def batch_json(self, folder: Path | None = None) -> dict[str, Any]:
        return json.loads(((folder or self.batch) / "batch.json").read_text(encoding="utf-8"))

    def transaction_json(self, folder: Path | None = None) -> dict[str, Any]:
        return json.loads(((folder or self.batch) / "transaction.json").read_text(encoding="utf-8"))

    def named(self, folder: Path | None = None) -> list[str]:
        """The assessments of the batch."""
        records = self.batch_json(folder)["records"]
        return [record["credential"]["credentialSubject"]["assessmentId"] for record in records]

    def outcomes(self) -> list[str]:
        """What a reader's own check says of each record of the batch."""
        trust = read_trust((self.home / "trust.toml").read_text(encoding="utf-8"))
        records = read_batch((self.batch / "batch.json").read_bytes())
        answers = ask("reader", self.url, None, trust, [receipt for _, receipt in records])
        return [check(credential, receipt, trust, answers, date.today()).outcome for credential, receipt in records]

    def sent_count(self) -> int:
        """How many transactions of the office's account the chain has taken."""
        return int(rpc(self.url, "eth_getTransactionCount", ACCOUNTS[0], "latest"), 16)

    def send_elsewhere(self) -> str:
        """Sign as docs/ledger.md tells it to whoever has only transaction.json and an account, and send it.

        Gives the hash once a block has it.
        """
        document = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
        program = document.split("```python\n")[1].split("```")[0]
        assert program.count('"nonce": 7') == 1
        keystore(self.batch / "account.json")
        done = subprocess.run(
            [sys.executable, "-c", program.replace('"nonce": 7', f'"nonce": {self.sent_count()}')],
            cwd=self.batch,
            input=f"{PASSWORD}\n",
            capture_output=True,
            text=True,
            check=True,
        )
        tx_hash = rpc(self.url, "eth_sendRawTransaction", done.stdout.removeprefix("Password: ").strip())
        end = time.monotonic() + ANSWER_SECONDS
        while rpc(self.url, "eth_getTransactionReceipt", tx_hash) is None:
            assert time.monotonic() < end
            time.sleep(0.01)
        return tx_hash

    def moved_to(self, url: str) -> "Office":
        """The same office with a contract on another node."""
        moved = replace(self, url=url, contract=deploy(url))
        moved.trust()
        moved.network(url)
        return moved

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Run the commands as in this office, without the waits between attempts to reach a node."""
        monkeypatch.setattr(http, "BACKOFF_S", 0)
        monkeypatch.setenv("T4N_STORE", str(self.store))
        monkeypatch.setenv("T4N_NETWORK", str(self.home / "network.toml"))

    def pull(self) -> None:
        pull(read_network(self.home / "network.toml"), str(self.store))


def did_of_file(path: Path) -> str:
    return did_of(read_key(path).public_key())


def private(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    return path


def keystore(path: Path) -> Path:
    """The first account of the node as Ethereum wallets keep it."""
    return private(path, json.dumps(Account.encrypt(FIRST_KEY, PASSWORD, **CHEAP)))


def office(
    home: Path,
    url: str,
    contract: str,
    store: Path | None = None,
    open_csv: bytes = table(*PUBLIC_ROWS),
    closed_csv: bytes = table(*PRIVATE_ROWS),
) -> Office:
    """An issuer whose ledger has no batch yet, and whose store is filled unless another is given."""
    write_key(home / "issuer.pem", new_key())
    account = private(home / "account.hex", FIRST_KEY)
    made = Office(home, store or home / "store", home / "issuer.pem", account, url, contract)
    (home / "open.csv").write_bytes(open_csv)
    (home / "closed.csv").write_bytes(closed_csv)
    made.published.mkdir()
    made.trust()
    made.network(url)
    if store is None:
        made.pull()
    return made
