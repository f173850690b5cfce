"""A proof bundle handed in on the page Ledger: whole, changed, forged, damaged, and with a trust file of its own."""

import dataclasses
import io
import zipfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ingestion import ledger_now
from ledger import batch, bundle, check
from ledger.credential import Claims, Rated, sign, unsigned
from ledger.keys import did_of
from tests.pages import invented, invented_ledger
from tests.pages.reading import words_of
from ui import ledger_words as words

OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
OTHER_TRUST = dataclasses.replace(
    invented_ledger.TRUST,
    issuers=(dataclasses.replace(invented_ledger.TRUST.issuers[0], key=did_of(OTHER_KEY.public_key())),),
)


def handed_in(open_page, content: bytes):
    app = open_page("ledger")
    app.file_uploader[0].set_value(("../proof.zip", content, "application/zip")).run()
    assert not app.exception
    return app


def failed_step(app) -> str | None:
    """The question of the step at which the check stopped."""
    lines = [one.value for one in app.markdown if one.value.endswith(words.STATE_WORDS["failed"])]
    assert len(lines) <= 1
    return lines[0].split("**")[1].split(". ", 1)[1] if lines else None


def repacked(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The bundle with a piece of one of its files changed, and its checksums right."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(written, "w") as after:
        for member in before.namelist():
            told = before.read(member)
            if member == name:
                assert old in told
                told = told.replace(old, new, 1)
            after.writestr(member, told)
    return written.getvalue()


def forged() -> bytes:
    """A record that somebody else signed, with a trust file that trusts them."""
    claims = Claims(
        "990000001-2025", "990000001", "green_list", "Green List", ratings=(Rated("GLS-V1.1-1.1.1", "self"),)
    )
    when = invented_ledger.SIGNED_AT
    record = sign(unsigned(claims, did_of(OTHER_KEY.public_key()), when, bytes(16)), OTHER_KEY, when)
    made = batch.anchored(batch.build([record], 295, invented_ledger.CONTRACT), invented_ledger.TX)
    return bundle.write_bundle(record, made.records[0][1], OTHER_TRUST, invented.TODAY, False)


def test_whole_bundle_passes_every_step_with_the_trust_file_of_the_dashboard(open_page):
    app = handed_in(open_page, invented_ledger.proof_bundle())
    said = words_of(app)
    assert words.OUTCOME_MEANS["verified"] in said
    assert failed_step(app) is None
    assert "this dashboard's own trust file, 22 Nov 2026, 18:00 UTC: Test chain, chain 295" in said
    assert "brings another trust file" not in said
    assert "nothing of it is stored" in said


@pytest.mark.parametrize(
    ("name", "old", "new", "question"),
    [
        ("credential.json", b"not_met", b"not_mat", "Is this the record that the receipt was made for?"),
        ("credential.json", b"990000001-2025", b"990000001-2024", "Is this the record that the receipt was made for?"),
        ("receipt.json", b'"index": 0', b'"index": 1', "Does the record belong to the batch that was anchored?"),
        ("receipt.json", b'"chain_id": 295', b'"chain_id": 296', "Did the right ledger answer?"),
    ],
)
def test_changed_byte_is_found_at_its_step_with_what_was_compared(open_page, name, old, new, question):
    app = handed_in(open_page, repacked(invented_ledger.proof_bundle(), name, old, new))
    assert failed_step(app) == question
    assert app.code


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK no zip", "not a zip"),
        (b"", "not a zip"),
        (invented_ledger.proof_bundle()[:-30], "not a zip"),
        (repacked(invented_ledger.proof_bundle(), "credential.json", b'"type"', b'"type'), "credential"),
        (repacked(invented_ledger.proof_bundle(), "receipt.json", b"0x", b"0y"), "receipt"),
    ],
)
def test_file_that_is_no_bundle_is_refused_with_its_reason(open_page, content, said):
    app = handed_in(open_page, content)
    (error,) = app.error
    assert "This is no proof bundle, or it was damaged" in error.value
    assert said in error.value.replace("\\", "")
    assert failed_step(app) is None


def test_bundle_cannot_say_whom_to_trust(open_page):
    app = handed_in(open_page, forged())
    assert failed_step(app) == "Did somebody sign whom we trust?"
    assert words.OUTCOME_MEANS["wrong_issuer"] in words_of(app)
    assert "brings another trust file. It was not used" in words_of(app)


def test_silent_ledger_leaves_a_bundle_unchecked_and_not_failed(open_page, monkeypatch):
    def silent(record, receipt):
        return check.check(record, receipt, invented_ledger.TRUST, None, invented.TODAY, "the node did not answer")

    monkeypatch.setattr(ledger_now, "check_now", silent)
    app = handed_in(open_page, invented_ledger.proof_bundle())
    assert failed_step(app) is None
    assert words.OUTCOME_MEANS["ledger_unreachable"] in words_of(app)
    assert "the node did not answer" in words_of(app)


def test_same_file_is_asked_about_once_until_the_reader_asks_again(open_page, monkeypatch):
    asked = []
    monkeypatch.setattr(
        ledger_now, "check_now", lambda *record: asked.append(record) or invented_ledger.check_now(*record)
    )
    app = handed_in(open_page, invented_ledger.proof_bundle())
    app.run()
    assert len(asked) == 1
    app.button(key="bundle_again").click().run()
    assert len(asked) == 2


def test_hostile_bundle_stays_text(open_page):
    app = handed_in(open_page, repacked(forged(), "credential.json", b"990000001-2025", b"[x](javascript:alert(1))"))
    assert "[x](" not in words_of(app)
    assert failed_step(app)


def test_dashboard_without_a_ledger_takes_no_bundle(open_page, monkeypatch):
    monkeypatch.setattr(ledger_now, "ledgers", list)
    app = open_page("ledger")
    assert not app.file_uploader
    assert "nothing to check it against" in words_of(app)
