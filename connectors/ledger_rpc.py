"""Asks a node of an EVM chain what it knows of receipts: their roots, transactions and blocks, in few requests.

https://ethereum.org/developers/docs/apis/json-rpc/. Public nodes look for events in a few thousand blocks at a time, so
they are asked for the block that a receipt names first, and for the whole chain only where the root is not there.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.errors import SourceRefused
from connectors.json_rpc import Call, Node, NotAnswered
from ledger.abi import TOPIC, quantity, read_event
from ledger.canonical import NotCanonical
from ledger.chain import Block, ChainAnswers, Event
from ledger.receipt import Receipt
from ledger.trust import Trust
from ledger.values import hash32, hash_text

ROOTS_PER_CALL = 50
# Where a node refuses to look through the whole chain, this much before the newest block is looked through.
WINDOW_BLOCKS = 2_000
WINDOWS = 20
# A reader may be waiting for the answer about one receipt; each further one may take a second more.
PATIENCE_S = 60

# The root, the transaction and the height that a receipt names.
Named = tuple[str, str | None, int | None]


def ask(source_name: str, rpc_url: str, token: str | None, trust: Trust, receipts: Iterable[Receipt]) -> ChainAnswers:
    """What a node says of those of the receipts that name the trusted ledger.

    A node of another chain is asked for no more than its number and its newest block. Raises SourceUnavailable,
    SourceRefused or SourceChanged, with a message that holds no key.
    """
    asked_at, receipts = datetime.now(UTC), list(receipts)
    with Node(source_name, rpc_url, token, all_s=PATIENCE_S + len(receipts)) as node:
        chain_id, newest = node.results([("eth_chainId", []), ("eth_getBlockByNumber", ["latest", False])])
        look = _Look(node, trust, newest)
        number = look.read(quantity, chain_id, "eth_chainId")
        if number == trust.chain_id:
            wanted = (trust.chain_id, trust.contract)
            look.ask_about([one for one in receipts if (one.chain_id, one.contract.lower()) == wanted])
        answers = look.answers(asked_at, number)
        try:
            answers.as_json()
        except NotCanonical:
            raise node.changed("the node answered with a number that no chain has") from None
    return answers


class _Look:
    """One look at a chain, and what it has found so far."""

    def __init__(self, node: Node, trust: Trust, newest: Any) -> None:
        self._node, self._trust = node, trust
        self._head_number = self.read(quantity, _field(newest, "number"), "the newest block")
        self._head = self._block(newest, self._head_number)
        self._accounts = {issuer.address for issuer in trust.issuers}
        # Of each root once, in the order in which they came.
        self._events: dict[str, dict[Event, None]] = {}
        self._statuses: dict[str, int] = {}
        self._waiting: set[str] = set()
        self._blocks: dict[int, Block] = {}
        self._heights: dict[str, int] = {}

    def answers(self, asked_at: datetime, chain_id: int) -> ChainAnswers:
        """All that was found."""
        return ChainAnswers(
            asked_at=asked_at,
            chain_id=chain_id,
            head_number=self._head_number,
            head_at=self._head.at,
            events={root: tuple(found) for root, found in self._events.items()},
            statuses=self._statuses,
            waiting=frozenset(self._waiting),
            blocks=self._blocks,
        )

    def ask_about(self, receipts: Sequence[Receipt]) -> None:
        """Ask for everything that the receipts name, and then where else the roots that were not there may be."""
        batches = {(hash_text(one.root), one.tx_hash, one.block_number) for one in receipts}
        transactions = sorted({tx_hash for _, tx_hash, _ in batches if tx_hash})
        self._ask_all(_by_height((root, height) for root, _, height in batches), transactions)
        missing = self._missing(batches)
        self._ask_all(_by_height((root, self._heights.get(tx_hash or "")) for root, tx_hash, _ in missing))
        self._ask_whether_waiting(sorted({tx_hash for _, tx_hash, _ in missing if tx_hash} - set(self._statuses)))
        self._search(sorted({root for root, _, _ in self._missing(batches)}))
        anchors = [event for found in self._events.values() for event in found]
        self._ask_all({}, sorted({event.tx_hash for event in anchors} - set(transactions)))
        self._ask_blocks(sorted({event.block_number for event in anchors} - set(self._blocks)))

    def _missing(self, batches: Iterable[Named]) -> list[Named]:
        """The batches of which no anchor by a trusted account was found yet."""
        found = {
            root for root, events in self._events.items() if self._accounts & {one.issuer_address for one in events}
        }
        return [batch for batch in batches if batch[0] not in found]

    def _ask_all(self, roots: Mapping[int, list[str]], transactions: Sequence[str] = ()) -> None:
        """Events at heights, the blocks there, and what became of transactions."""
        heights = [height for height in sorted(roots) if height <= self._head_number]
        lookups = [(height, part) for height in heights for part in _parts(roots[height])]
        found = iter(
            self._node.results(
                [
                    *(self._logs(part, hex(height), hex(height)) for height, part in lookups),
                    *(("eth_getTransactionReceipt", [tx_hash]) for tx_hash in transactions),
                    *(_block_at(height) for height in heights),
                ]
            )
        )
        for height, part in lookups:
            self._take_events(next(found), part, range(height, height + 1))
        for tx_hash in transactions:
            self._take_status(tx_hash, next(found))
        for height in heights:
            self._take_block(height, next(found))

    def _ask_whether_waiting(self, transactions: Sequence[str]) -> None:
        """Which of the transactions that are in no block the node knows all the same."""
        found = self._node.results([("eth_getTransactionByHash", [tx_hash]) for tx_hash in transactions])
        for tx_hash, transaction in zip(transactions, found, strict=True):
            if transaction is not None:
                self.read(_same_hash, _field(transaction, "hash"), "eth_getTransactionByHash", tx_hash)
                self._waiting.add(tx_hash)

    def _ask_blocks(self, heights: Sequence[int]) -> None:
        for height, found in zip(heights, self._node.results([_block_at(n) for n in heights]), strict=True):
            self._take_block(height, found)

    def _search(self, roots: Sequence[str]) -> None:
        """Anchors of roots by the trusted accounts anywhere: a root that was mined again may be in another transaction.

        Only those accounts, so that nobody can fill the answer with anchors of their own.
        """
        for part in _parts(roots):
            whole = range(self._head_number + 1)
            if self._search_in(part, [whole]):
                continue
            first = max(0, self._head_number + 1 - WINDOWS * WINDOW_BLOCKS)
            starts = range(first, self._head_number + 1, WINDOW_BLOCKS)
            windows = [range(start, min(start + WINDOW_BLOCKS, self._head_number + 1)) for start in starts]
            if not self._search_in(part, windows):
                raise SourceRefused(
                    f"{self._node.source}: the node does not look for events in {WINDOW_BLOCKS:,} blocks",
                    "Set `rpc` of this source in network.toml to a node that shows the logs of a contract.",
                )

    def _search_in(self, roots: Sequence[str], windows: Sequence[range]) -> bool:
        """Whether the node looked through all of these stretches of the chain; then what was there is taken."""
        accounts = sorted(f"0x{account.removeprefix('0x').zfill(64)}" for account in self._accounts)
        try:
            found = self._node.try_all(
                [self._logs(roots, hex(window.start), hex(window.stop - 1), accounts) for window in windows]
            )
        except SourceRefused:
            return False
        if any(isinstance(logs, NotAnswered) for logs in found):
            return False
        for window, logs in zip(windows, found, strict=True):
            self._take_events(logs, roots, window)
        return True

    def _logs(self, roots: Sequence[str], first: str, last: str, accounts: Sequence[str] = ()) -> Call:
        topics = [TOPIC, list(roots), *([list(accounts)] if accounts else [])]
        asked = {"address": self._trust.contract, "topics": topics, "fromBlock": first, "toBlock": last}
        return "eth_getLogs", [asked]

    def _take_events(self, logs: Any, roots: Sequence[str], heights: range) -> None:
        if not isinstance(logs, list):
            raise self._node.changed("the node answered eth_getLogs with something else than a list")
        for log in logs:
            if not isinstance(log, Mapping):
                raise self._node.changed("the node answered eth_getLogs with something else than events")
            event = self.read(lambda value, _: read_event(value), log, "eth_getLogs")
            if event.contract != self._trust.contract or event.root not in roots or event.block_number not in heights:
                raise self._node.changed("the node answered eth_getLogs with an event that was not asked for")
            self._events.setdefault(event.root, {})[event] = None

    def _take_status(self, tx_hash: str, receipt: Any) -> None:
        if receipt is None:
            return
        name = "eth_getTransactionReceipt"
        self.read(_same_hash, _field(receipt, "transactionHash"), name, tx_hash)
        status = self.read(quantity, _field(receipt, "status"), name)
        if status not in (0, 1):
            raise self._node.changed(f"the node answered {name} with the status {status}")
        self._statuses[tx_hash] = status
        if status == 1:
            height = self.read(quantity, _field(receipt, "blockNumber"), name)
            self._heights[tx_hash] = height
            # A block may have come since the newest one was asked for.
            self._head_number = max(self._head_number, height)

    def _take_block(self, height: int, block: Any) -> None:
        if block is not None:
            self._blocks[height] = self._block(block, height)

    def _block(self, block: Any, height: int) -> Block:
        name = "eth_getBlockByNumber"
        if self.read(quantity, _field(block, "number"), name) != height:
            raise self._node.changed(f"the node answered {name} with another block")
        block_hash = self.read(hash32, _field(block, "hash"), name)
        return Block(hash_text(block_hash), self.read(_time, _field(block, "timestamp"), name))

    def read(self, reader: Callable[..., Any], value: Any, where: str, *more: Any) -> Any:
        """A value of an answer; raises SourceChanged where it is not what its reader takes."""
        try:
            return reader(value, where, *more)
        except ValueError as error:
            raise self._node.changed(f"the node's answer cannot be read: {error}") from None


def _block_at(height: int) -> Call:
    return "eth_getBlockByNumber", [hex(height), False]


def _by_height(pairs: Iterable[tuple[str, int | None]]) -> dict[int, list[str]]:
    """The roots to look for at each height; those without a height are left out."""
    found: dict[int, set[str]] = defaultdict(set)
    for root, height in pairs:
        if height is not None:
            found[height].add(root)
    return {height: sorted(roots) for height, roots in found.items()}


def _parts(roots: Sequence[str]) -> list[Sequence[str]]:
    return [roots[first : first + ROOTS_PER_CALL] for first in range(0, len(roots), ROOTS_PER_CALL)]


def _field(answer: Any, name: str) -> Any:
    return answer.get(name) if isinstance(answer, Mapping) else None


def _same_hash(value: Any, where: str, expected: str) -> None:
    if hash_text(hash32(value, where)) != expected:
        raise ValueError(f"{where} is about another transaction")


def _time(value: Any, where: str) -> datetime:
    try:
        return datetime.fromtimestamp(quantity(value, where), UTC)
    except (OverflowError, OSError):
        raise ValueError(f"{where} has a time that no calendar has") from None
