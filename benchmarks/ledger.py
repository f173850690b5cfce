"""A pull that verifies 10,000 signed assessments, against what none can do without: hashes and signatures alone.

The limit reads the same records, brings each into the canonical form of RFC 8785, hashes it and checks its signature.
Batches, and the node of a chain, are on a loopback server in a process of its own.
"""

import json
import shutil
import sys
import time
from datetime import UTC, date, datetime
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from urllib.request import urlopen

import base58
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from benchmarks import report
from benchmarks.generate import FIRST_SITE
from benchmarks.processes import Silent, in_child, serving
from benchmarks.report import Measure
from connectors.base import Source
from data import engine
from data.standards import GREEN_LIST, standard
from demo.ledger_chain import CHAIN_ID, CONTRACT, Anchor, account_of, block_hash
from demo.ledger_rpc import Node
from ingestion.network import Network
from ingestion.pull import pull
from ledger import batch as batches
from ledger.credential import Claims, Rated, sign, unsigned
from ledger.keys import did_of
from ledger.trust import Issuer, Trust

RECORDS, RECORDS_PER_BATCH = 10_000, 100
ROLES = ("self", "expert_group")
MOST_TIME, MOST_REQUESTS, MOST_MB = 4.0, 10, 1_000
# Anyone can make this key again: it signs nothing but these records.
KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"Invented key of the benchmark").digest())
ISSUER = Issuer("Invented office", did_of(KEY.public_key()), account_of("account of the benchmark"), date(2020, 1, 1))
SIGNED_AT = datetime(2026, 1, 1, tzinfo=UTC)
RPC, COUNTS, INDEX, TRUST, ANCHORS = "/rpc", "/counts", "index.json", "trust.toml", "anchors.json"


def main() -> int:
    parser = report.arguments(__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    options = parser.parse_args()
    published = _published(options.folder, options.records)
    store = options.folder / "verified"
    shutil.rmtree(store, ignore_errors=True)
    with serving(_handler, published) as url:
        first = in_child(_pull, url, published, store, options.records)
        asked = _counts(url)
        again = in_child(_pull, url, published, store, options.records)
    limit = in_child(_hashes_and_signatures, published)
    share = 1000 / options.records
    measures = [
        Measure("first pull, a record", first.result * share, "ms", limit.result * share, MOST_TIME),
        Measure("pull with nothing new, a record", again.result * share, "ms", limit.result * share, MOST_TIME),
        Measure("requests to the node in one pull", asked["requests"], "requests", target=MOST_REQUESTS),
        Measure("calls in these requests", asked["calls"], "calls"),
        Measure("peak memory of the first pull", first.peak_mb, "MB", target=MOST_MB),
    ]
    title = f"{options.records:,} assessments verified on a ledger, in batches of {RECORDS_PER_BATCH}"
    return report.show(title, measures, options.json)


def _published(folder: Path, count: int) -> Path:
    """A folder with the batches, their index, the trust file and the anchors: made now, unless it was made before."""
    published = folder / f"ledger-{count}-{RECORDS_PER_BATCH}"
    index = published / INDEX
    if not index.exists():
        published.mkdir(parents=True, exist_ok=True)
        names, anchors = [], []
        for first in range(0, count, RECORDS_PER_BATCH):
            credentials = [_record(number) for number in range(first, min(count, first + RECORDS_PER_BATCH))]
            made = batches.build(credentials, CHAIN_ID, CONTRACT)
            block = 1000 + 10 * len(names)
            anchor = _anchor(made.root.hex(), len(credentials), block)
            made = batches.anchored(made, anchor.tx_hash, block, block_hash(block))
            names.append(f"{len(names):05}.json")
            anchors.append([made.root.hex(), len(credentials), block])
            (published / names[-1]).write_text(batches.as_json(made))
        (published / TRUST).write_text(Trust(CHAIN_ID, CONTRACT, (ISSUER,), confirmations=3).as_toml())
        (published / ANCHORS).write_text(json.dumps(anchors))
        index.write_text(json.dumps({"batches": names}))
    return published


def _record(number: int) -> dict:
    ratings = [
        Rated(indicator, role, ("met", "partly", "not_met")[(number + place) % 3], rated_on="2025-12-01")
        for role in ROLES
        for place, indicator in enumerate(standard(GREEN_LIST).indicators)
    ]
    site_id = str(FIRST_SITE + number)
    facts = {"tool": "green_list", "method": GREEN_LIST, "standard_version": GREEN_LIST, "phase": "candidate"}
    days = {"assessed_on": "2025-11-01", "assessed_year": "2025"}
    claims = Claims(f"{site_id}-1", site_id, **facts, **days, ratings=tuple(ratings))
    return sign(unsigned(claims, ISSUER.key, SIGNED_AT, sha256(site_id.encode()).digest()[:16]), KEY, SIGNED_AT)


def _anchor(root: str, count: int, block: int) -> Anchor:
    return Anchor(bytes.fromhex(root), count, "https://example.org/batch.json", ISSUER.address, block, block)


def _pull(url: str, published: Path, store: Path, count: int) -> float:
    """Seconds of a pull after which every record is verified."""
    options = {"rpc": f"{url}{RPC}", "trust": str(published / TRUST)}
    source = Source("ledger", "ledger", f"{url}/{INDEX}", sharing="public", options=options)
    start = time.perf_counter()
    (outcome,) = pull(Network((source,)), str(store))
    seconds = time.perf_counter() - start
    view = engine.latest(str(store))
    checks = view.table("anchor_checks")
    verified = view.run(checks.filter(checks.outcome == "verified").count())
    if verified != count:
        raise RuntimeError(f"{verified} of {count} records are verified: {outcome}")
    return seconds


def _hashes_and_signatures(published: Path) -> float:
    """Seconds to read, bring into canonical form, hash and check all records, by the libraries alone."""
    names = json.loads((published / INDEX).read_text())["batches"]
    key = Ed25519PublicKey.from_public_bytes(KEY.public_key().public_bytes_raw())
    start = time.perf_counter()
    for name in names:
        for entry in json.loads((published / name).read_bytes())["records"]:
            credential = entry["credential"]
            if f"0x{sha256(rfc8785.dumps(credential)).hexdigest()}" != entry["receipt"]["digest"]:
                raise RuntimeError(f"a record of {name} has another hash than its receipt")
            options = credential.pop("proof")
            signature = base58.b58decode(options.pop("proofValue")[1:])
            hashes = [sha256(rfc8785.dumps(part)).digest() for part in (options, credential)]
            key.verify(signature, b"".join(hashes))
    return time.perf_counter() - start


def _counts(url: str) -> dict[str, int]:
    """What the node was asked so far."""
    with urlopen(f"{url}{COUNTS}", timeout=30) as answer:
        return json.load(answer)


def _handler(published: Path) -> type[Silent]:
    """Answers with the files of the folder, and at `RPC` as the node of a chain with their anchors."""
    anchors = tuple(_anchor(*told) for told in json.loads((published / ANCHORS).read_text()))
    node = Node(anchors[-1].block + 100, anchors)
    counts = {"requests": 0, "calls": 0}

    class Handler(Silent):
        def do_GET(self) -> None:
            body = json.dumps(counts).encode() if self.path == COUNTS else (published / self.path[1:]).read_bytes()
            self._send(body)

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            counts["requests"] += 1
            counts["calls"] += asked.count(b'"method"')
            self._send(node.reply(asked).body)

        def _send(self, body: bytes) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


if __name__ == "__main__":
    sys.exit(main())
