"""Records that anyone can verify: what is signed, hashed and anchored on a ledger, and how it is checked.

Pure: no network and no store. A record is a W3C Verifiable Credential 2.0 signed with eddsa-jcs-2022; the SHA-256 of
its canonical form (RFC 8785) is a leaf of a Merkle tree (RFC 9162), and the root of that tree is one event on an
EVM chain. See docs/verifying.md.
"""
