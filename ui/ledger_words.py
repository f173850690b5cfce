"""Words, glyphs, icons and colours of what a check on the ledger found, and what each step of it means."""

# Problems first: this is the order of every list.
OUTCOMES = (
    "content_changed",
    "wrong_issuer",
    "removed_by_reorganisation",
    "not_on_ledger",
    "ledger_unreachable",
    "pending",
    "verified",
)
OUTCOME_WORDS = {
    "verified": "Verified",
    "content_changed": "Content changed",
    "not_on_ledger": "Not on the ledger",
    "wrong_issuer": "Wrong issuer",
    "removed_by_reorganisation": "Removed by reorganisation",
    "pending": "Pending",
    "ledger_unreachable": "Ledger unreachable",
}
OUTCOME_GLYPHS = {
    "verified": "✓",
    "content_changed": "✕",
    "not_on_ledger": "∅",
    "wrong_issuer": "!",
    "removed_by_reorganisation": "↺",
    "pending": "◐",
    "ledger_unreachable": "?",
}
OUTCOME_ICONS = {
    "verified": ":material/verified_user:",
    "content_changed": ":material/difference:",
    "not_on_ledger": ":material/link_off:",
    "wrong_issuer": ":material/person_off:",
    "removed_by_reorganisation": ":material/undo:",
    "pending": ":material/hourglass_top:",
    "ledger_unreachable": ":material/cloud_off:",
}
OUTCOME_BADGES = {
    "verified": "green",
    "content_changed": "red",
    "not_on_ledger": "orange",
    "wrong_issuer": "red",
    "removed_by_reorganisation": "orange",
    "pending": "blue",
    "ledger_unreachable": "gray",
}
OUTCOME_CHIPS = {
    "verified": "#0B6B3A",
    "content_changed": "#B3382C",
    "not_on_ledger": "#9A5B00",
    "wrong_issuer": "#B3382C",
    "removed_by_reorganisation": "#9A5B00",
    "pending": "#2A78B5",
    "ledger_unreachable": "#5F6E69",
}
OUTCOME_MEANS = {
    "verified": "The assessment is word for word what its issuer signed, and its fingerprint stands on the ledger.",
    "content_changed": "It is not, word for word, what its issuer signed. Ask the issuer which version is right.",
    "not_on_ledger": "Nothing on the ledger backs this assessment. It may be right, but nobody can prove when it was "
    "made or that it is unchanged.",
    "wrong_issuer": "Somebody signed or anchored it who is not on the list of trusted issuers, or was not at the time.",
    "removed_by_reorganisation": "It was on the ledger, and the ledger then dropped that block. The issuer has to "
    "anchor it again.",
    "pending": "It is signed and on its way to the ledger. Nothing is wrong; look again later.",
    "ledger_unreachable": "The ledger did not answer, so nobody knows today. This says nothing against the assessment.",
}
# One clause per outcome, for one assessment and for several.
OUTCOME_CLAUSES = {
    "content_changed": ("differs from what was signed", "differ from what was signed"),
    "wrong_issuer": ("is by nobody on the trust file", "are by nobody on the trust file"),
    "removed_by_reorganisation": ("was removed by a reorganisation", "were removed by a reorganisation"),
    "not_on_ledger": ("is not on the ledger", "are not on the ledger"),
    "ledger_unreachable": ("could not be checked", "could not be checked"),
    "pending": ("waits for the ledger", "wait for the ledger"),
}
STATE_WORDS = {"passed": "Passed", "failed": "Failed here", "not_done": "Not done"}
STATE_ICONS = {
    "passed": ":green[:material/check_circle:]",
    "failed": ":red[:material/cancel:]",
    "not_done": ":gray[:material/do_not_disturb_on:]",
}
# What each step means to somebody who never heard of hashes.
STEP_MEANS = {
    "record": "Only a file that says which site was assessed, by which method and with which ratings can be checked.",
    "fingerprint": "The fingerprint is computed from every letter of the record. If both are alike, not one letter "
    "differs from the record that was put into the batch.",
    "signature": "Only the owner of the key can make this signature, and it fits this one text and no other.",
    "issuer": "The trust file names who may publish, with which key and from when to when. The dashboard's "
    "operator keeps it; neither the ledger nor a bundle can change it.",
    "batch": "Records are put on the ledger together. With a few fingerprints of its neighbours a record proves that "
    "it was among them.",
    "ledger": "There are many ledgers, and anybody can write to one. Only the trusted contract on the trusted chain "
    "counts.",
    "anchor": "The ledger itself is asked whether it holds the fingerprint of the batch, in a block that still is "
    "part of it.",
    "account": "Anybody may write a fingerprint to the ledger, so it must have been an account of the signer.",
    "confirmations": "The newest blocks of a chain may still be dropped. What has enough blocks on top stays.",
    "held": "The signed record is compared, rating by rating, with what this dashboard shows of the assessment.",
}
HOW_IT_WORKS = (
    "Whoever publishes an assessment signs it with a key that only they have.",
    "From each signed assessment a fingerprint is computed, a number that becomes another one when a single letter "
    "changes.",
    "The fingerprints of a batch are combined into one, and that one alone is written to a public ledger that nobody "
    "can rewrite: no rating, no place and no name stands there.",
    "At every pull the dashboard computes the fingerprints anew, asks the ledger for what was written, and compares: "
    "nothing is believed because somebody stored that it was fine.",
    "You need not trust us either: take the proof bundle of an assessment to any computer, and check it there with "
    "any node of the ledger.",
)


def chip(outcome: str) -> str:
    """An outcome as glyph and word."""
    return f"{OUTCOME_GLYPHS[outcome]} {OUTCOME_WORDS[outcome]}"


def clause(outcome: str, number: int) -> str:
    """How many assessments have an outcome that is not the good one, in words."""
    one, many = OUTCOME_CLAUSES[outcome]
    return f"{number:,} {one if number == 1 else many}"


def coloured(outcome: str) -> str:
    """An outcome as a word on its colour, as Markdown."""
    return f":{OUTCOME_BADGES[outcome]}-badge[{OUTCOME_WORDS[outcome]}]"
