"""Tables of the ledger: records that were signed and anchored, and what the last look at the ledger found."""

from data.schema.assessments import RATINGS_OF_INDICATORS, ROLES, TOOLS
from data.schema.fields import DAY, MOMENT, SITE_ID, TEXT, WHOLE, Field, Table
from data.schema.places import PHASES

ANCHOR_OUTCOMES = (
    "verified",
    "content_changed",
    "not_on_ledger",
    "wrong_issuer",
    "removed_by_reorganisation",
    "pending",
    "ledger_unreachable",
)
ASSESSMENT_ID = Field("assessment_id", TEXT, "Assessment that the record is of", required=True)
DIGEST = Field("digest", TEXT, "SHA-256 of the record's canonical form (RFC 8785), in hexadecimal", required=True)

LEDGERS = Table(
    "ledgers",
    "One ledger that records are anchored on, and the last look at it",
    key=("ledger_id",),
    fields=(
        Field("ledger_id", TEXT, "Chain and contract, such as 295:0x12...", required=True),
        Field("chain_id", TEXT, "Number of the EVM chain (EIP-155)", required=True),
        Field("chain_name", TEXT, "Name of the chain in the trust file"),
        Field("contract", TEXT, "Address of the contract whose events count", required=True),
        Field("confirmations", WHOLE, "Blocks that must lie on top of an anchor", required=True, minimum=0),
        Field("explorer", TEXT, "Address of a block explorer for people"),
        Field("issuers", TEXT, "Names of the issuers that are trusted, separated by ';'"),
        Field("head_block", TEXT, "Number of the newest block at the last answer"),
        Field("head_at", MOMENT, "Time of the newest block at the last answer", "UTC"),
        Field("reached_at", MOMENT, "When the ledger answered last; empty when it never did", "UTC"),
        Field("problem", TEXT, "Why it did not answer at the last pull; empty when it did"),
    ),
)

ANCHORS = Table(
    "anchors",
    "The signed record of one assessment and the receipt that says where it is anchored",
    key=("assessment_id",),
    fields=(
        ASSESSMENT_ID,
        SITE_ID,
        Field("issuer_key", TEXT, "Key that signed the record, as did:key", required=True),
        Field("issued_at", MOMENT, "From when on the record is valid, as it says", "UTC", required=True),
        Field("valid_until", MOMENT, "Until when the record is valid, as it says", "UTC"),
        Field("tool", TEXT, "Family of the method, as signed", required=True, allowed=TOOLS),
        Field("method", TEXT, "Method, as signed", required=True),
        Field("standard_version", TEXT, "Version of the standard, as signed"),
        Field("jurisdiction", TEXT, "Jurisdiction, as signed"),
        Field("phase", TEXT, "Green List phase, as signed", allowed=PHASES),
        Field("assessed_on", DAY, "Day of the assessment, as signed"),
        Field("assessed_year", WHOLE, "Year of the assessment, as signed", minimum=1900, maximum=2100),
        Field("supersedes", TEXT, "Assessment that this one replaces, as signed"),
        DIGEST,
        Field("root", TEXT, "Root of the batch (RFC 9162), in hexadecimal; empty without a receipt"),
        Field("tx_hash", TEXT, "Transaction that anchors the batch; empty while it was not sent"),
        Field("block_number", TEXT, "Block that holds the transaction, as the receipt says"),
        Field("credential", TEXT, "The record as it was published, JSON", required=True),
        Field("receipt", TEXT, "The receipt as it was published, JSON"),
    ),
)

ANCHORED_RATINGS = Table(
    "anchored_ratings",
    "One rating as it stands in a signed record",
    key=("assessment_id", "indicator_id", "role"),
    fields=(
        ASSESSMENT_ID,
        Field("indicator_id", TEXT, "Indicator of the standard", required=True),
        Field("role", TEXT, "Who rated", required=True, allowed=ROLES),
        SITE_ID,
        Field("rating", TEXT, "The rating in words, as signed", allowed=RATINGS_OF_INDICATORS),
        Field("score", TEXT, "The rating as points, as signed"),
        Field("score_max", TEXT, "The most points, as signed"),
        Field("rated_on", DAY, "Day of the rating, as signed"),
    ),
)

ANCHOR_CHECKS = Table(
    "anchor_checks",
    "What the last check of a record found; it is made anew at every pull in which the ledger answers",
    key=("assessment_id",),
    fields=(
        ASSESSMENT_ID,
        SITE_ID,
        DIGEST,
        Field("outcome", TEXT, "What was found", required=True, allowed=ANCHOR_OUTCOMES),
        Field("failed_step", TEXT, "The step that failed; empty when none did"),
        Field("reason", TEXT, "What was found, as a sentence", required=True),
        Field("notes", TEXT, "What else is to be said, a line each"),
        Field("issuer", TEXT, "Name of the issuer in the trust file"),
        Field("anchored_at", MOMENT, "Time of the block that anchors the record", "UTC"),
    ),
)
