"""The instructions in a proof bundle: how to verify it with our program, and how without."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from ledger.abi import TOPIC
from ledger.credential import WrongCredential, claims_of
from ledger.receipt import Receipt
from ledger.trust import Trust
from ledger.values import hash_text, one_line

DEMO = "Demo data: this assessment and its ledger are made up, and prove nothing.\n\n"
HEAD = """\
PROOF BUNDLE OF ONE ASSESSMENT

{about}
Bundle made on {made_on}.

credential.json   the assessment as it was signed: a W3C Verifiable Credential 2.0
                  with the proof eddsa-jcs-2022, written in its canonical form (RFC 8785)
receipt.json      where it stands on the ledger; not there while it was not anchored
trust.toml        whom the maker of this bundle trusts to sign and to anchor

Anyone could make a bundle with a trust.toml of their own. Compare the keys, the
accounts and the contract in it with what the issuers publish elsewhere, or use a
trust file of your own.


VERIFY WITH THE PROGRAM OF THE DASHBOARD

Take the source code of the dashboard, Python 3.11 or later, and four packages:

  pip install requests rfc8785 cryptography base58
  python -m exports.verify BUNDLE.zip --rpc https://NODE

NODE is a node of {chain} that you trust;
it is asked by plain JSON-RPC. Each step is shown with what was compared. Without --rpc all is checked that needs
no ledger. With --trust FILE your own trust file is used.


"""
BY_HAND = """\
VERIFY BY HAND

Unpack the bundle, and do this in its folder: each part between two lines of ~~~ is to be
pasted into a terminal.

1. The fingerprint. This must print the "digest" of receipt.json, without 0x
   (macOS: shasum -a 256; Windows: certutil -hashfile credential.json SHA256):

~~~
sha256sum credential.json
~~~

2. The batch. This must print the "root" of receipt.json twice (RFC 9162, 2.1.3.2):

~~~
python3 - <<'END'
import hashlib, json
r = json.load(open("receipt.json"))
h = lambda text: hashlib.sha256(bytes.fromhex(text)).hexdigest()
reached, place, last = h("00" + r["digest"][2:]), r["index"], r["size"] - 1
for step in (one[2:] for one in r["proof"]):
    if place % 2 or place == last:
        reached = h("01" + step + reached)
        while place and place % 2 == 0:
            place, last = place // 2, last // 2
    else:
        reached = h("01" + reached + step)
    place, last = place // 2, last // 2
print("0x" + reached, r["root"])
END
~~~

3. The signature. This must print "Signature Verified Successfully" (OpenSSL 3), and
   the key before the # in "verificationMethod" of credential.json must be the one in
   its "issuer" and stand in trust.toml:

~~~
python3 - <<'END'
import hashlib, json
record = json.load(open("credential.json", encoding="utf-8"))
proof = record.pop("proof")
signature, did = proof.pop("proofValue"), proof["verificationMethod"].split("#")[0]
def base58(text, size):
    number = 0
    for sign in text:
        letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
        number = number * 58 + letters.index(sign)
    return number.to_bytes(size, "big")
def hashed(part):
    text = json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()
key = bytes.fromhex("302a300506032b6570032100") + base58(did[len("did:key:z"):], 34)[2:]
open("key.der", "wb").write(key)
open("signature.bin", "wb").write(base58(signature[1:], 64))
open("signed.bin", "wb").write(hashed(proof) + hashed(record))
END
openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in signed.bin -sigfile signature.bin
~~~

4. The ledger. Open the transaction "tx_hash" of receipt.json in any block explorer of
   {chain}{explorer}.
   It must have succeeded, and have logged one event:
   - address of the log: the "contract" of trust.toml,
     {contract}
   - topic 0 (which event): {topic}
   - topic 1 (the root): the "root" of receipt.json
   - topic 2 (the account that anchored): the "address" of the signer in trust.toml
   - count in the data: the "size" of receipt.json
   At least {confirmations} blocks must lie on top of its block. A node of the chain tells the same event:

~~~
curl -s https://NODE -H 'Content-Type: application/json' -d '{question}'
~~~

5. The days. The signer must have been valid by trust.toml on the day in "validFrom" of
   credential.json, and on the day of the block.

The whole format is told in docs/verifying.md of the source code.
"""


def readme(credential: Mapping[str, Any], receipt: Receipt | None, trust: Trust, made_on: date, is_demo: bool) -> str:
    """The instructions for the bundle of a record."""
    chain = f"chain {trust.chain_id}" + (f" ({one_line(trust.chain_name)})" if trust.chain_name else "")
    by_hand = BY_HAND.format(
        chain=chain,
        explorer=f", such as {one_line(trust.explorer)}" if trust.explorer else "",
        contract=trust.contract,
        topic=TOPIC,
        confirmations=trust.confirmations,
        question=_question(receipt, trust),
    )
    head = HEAD.format(about=_about(credential), made_on=made_on, chain=chain)
    return (DEMO if is_demo else "") + head + by_hand


def _question(receipt: Receipt | None, trust: Trust) -> str:
    """What to ask a node for the event of the batch; without a block, in all blocks, which not every node allows."""
    block = hex(receipt.block_number) if receipt and receipt.block_number is not None else None
    root = hash_text(receipt.root) if receipt else "ROOT"
    asked = {
        "address": trust.contract,
        "fromBlock": block or "earliest",
        "toBlock": block or "latest",
        "topics": [TOPIC, root],
    }
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_getLogs", "params": [asked]}, indent=1)


def _about(credential: Mapping[str, Any]) -> str:
    try:
        claims = claims_of(credential)
    except WrongCredential as error:
        return f"What credential.json holds is not the record of an assessment: {one_line(str(error))}."
    assessment, site = one_line(claims.assessment_id), one_line(claims.site_id)
    return f"Assessment {assessment} of site {site}, {len(claims.ratings)} ratings."
