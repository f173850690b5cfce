"""Tokens of scripts: who they stand for, how long, and what becomes of a file that is broken."""

import hashlib
import logging
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

import ingest
from data import access_tokens
from data.access import ROLES, Viewer
from data.access_file import AccessError, read
from data.access_tokens import viewer_of

TODAY = date(2026, 6, 15)
TOKEN = "t4n_a-token-of-this-test"
HASH = hashlib.sha256(TOKEN.encode()).hexdigest()
GOOD = f'[[token]]\nname = "Reefs"\nsha256 = "{HASH}"\nrole = "partner"\nexpires = 2026-06-15\n'


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes the file of tokens."""
    path = tmp_path / "access.toml"
    monkeypatch.setenv("T4N_ACCESS", str(path))

    def write(text: str | bytes) -> None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    return write


def test_a_token_stands_for_its_role_through_its_last_day_and_not_longer(put):
    put(GOOD)
    assert viewer_of(TOKEN, TODAY) == Viewer("partner")
    assert viewer_of(TOKEN, TODAY + timedelta(days=1)) is None


def test_a_manager_has_the_sites_of_the_token(put):
    put(GOOD.replace('"partner"', '"site"') + 'sites = ["100", "7-x"]\n')
    assert viewer_of(TOKEN, TODAY) == Viewer("site", frozenset({"100", "7-x"}))


@pytest.mark.parametrize(
    "wrong", ["", TOKEN[:-1], TOKEN.upper(), f"{TOKEN} ", HASH, "é", "\ud800", "\x00", TOKEN * 10_000]
)
def test_what_is_no_token_stands_for_nobody(put, wrong):
    put(GOOD)
    assert viewer_of(wrong, TODAY) is None


def test_without_a_file_no_token_is_known(monkeypatch):
    monkeypatch.delenv("T4N_ACCESS", raising=False)
    assert viewer_of(TOKEN, TODAY) is None


def test_a_token_ends_as_soon_as_it_is_taken_out_of_the_file(put):
    put(GOOD)
    assert viewer_of(TOKEN, TODAY)
    put("")
    assert viewer_of(TOKEN, TODAY) is None


BROKEN = {
    "no TOML": (GOOD + "[[", "not TOML"),
    "no text": (b"\xff\xfe", "not text in UTF-8"),
    "a value in place of blocks": ("token = 1", "something else"),
    "a list in place of blocks": ("token = [1]", "something else"),
    "another block": (GOOD + "[other]\nx = 1\n", "something else"),
    "an unknown key": (GOOD + "rights = 1\n", "unknown key 'rights'"),
    "an unknown role": (GOOD.replace("partner", "admin"), "needs a role"),
    "a role that is no text": (GOOD.replace('"partner"', "[]"), "needs a role"),
    "the token in place of its hash": (GOOD.replace(HASH, TOKEN), "needs sha256"),
    "a hash in capitals": (GOOD.replace(HASH, HASH.upper()), "needs sha256"),
    "no end": (GOOD.replace("expires = 2026-06-15\n", ""), "needs expires"),
    "an end in quotes": (GOOD.replace("2026-06-15", '"2026-06-15"'), "needs expires"),
    "an end that is a moment": (GOOD.replace("2026-06-15", "2026-06-15T12:00:00Z"), "needs expires"),
    "no name": (GOOD.replace("Reefs", " "), "needs a name"),
    "the name of nobody": (GOOD.replace("Reefs", "Public"), "needs another name"),
    "the name of the person alone": (GOOD.replace("Reefs", "this machine"), "needs another name"),
    "a manager without sites": (GOOD.replace("partner", "site"), "the role site needs sites"),
    "a partner with sites": (GOOD + 'sites = ["1"]\n', "no other role has any"),
    "sites that are numbers": (GOOD.replace("partner", "site") + "sites = [1]\n", "list of site ids"),
    "one token twice": (GOOD + GOOD.replace("Reefs", "Others"), "the same sha256"),
    "one name twice": (GOOD + GOOD.replace(HASH, "0" * 64), "the same name"),
}


@pytest.mark.parametrize(("text", "why"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_refuses_every_token_and_the_log_says_why(put, caplog, text, why):
    put(text)
    with caplog.at_level(logging.ERROR):
        assert viewer_of(TOKEN, TODAY) is None
    assert why in caplog.text
    for secret in (TOKEN, HASH, "access.toml"):
        assert secret not in caplog.text


def test_a_file_that_is_not_there_refuses_every_token(put, caplog):
    assert viewer_of(TOKEN, TODAY) is None
    assert "cannot be read" in caplog.text


def test_all_hashes_are_compared_whichever_fits(put, monkeypatch):
    compared = []
    real = access_tokens.hmac.compare_digest
    monkeypatch.setattr(access_tokens.hmac, "compare_digest", lambda *both: compared.append(both) or real(*both))
    put(GOOD + GOOD.replace("Reefs", "Others").replace(HASH, "0" * 64))
    assert viewer_of(TOKEN, TODAY)
    assert len(compared) == 2


def test_a_token_says_nothing_secret_when_it_is_shown():
    (token,) = read(GOOD).tokens
    assert HASH not in repr(token)


def test_fresh_tokens_are_long_and_never_the_same():
    tokens = {access_tokens.fresh_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(token.startswith("t4n_") and len(token) >= 4 + 43 for token in tokens)


@pytest.mark.parametrize("role", ROLES)
def test_the_command_prints_a_token_and_a_block_that_accepts_it(put, capsys, role):
    name = 'Reefs "north" \\ [bold]'
    sites = ["--site", "100", "--site", "200"] if role == "site" else []
    assert ingest.main(["token", "--name", name, "--role", role, "--expires", "2026-06-15", *sites]) == ingest.OK
    shown = capsys.readouterr().out
    (token,) = (line for line in shown.splitlines() if line.startswith("t4n_"))
    block = shown[shown.index("[[token]]") :]
    assert token not in block
    assert tomllib.loads(block)["token"][0]["name"] == name
    put(block)
    assert viewer_of(token, TODAY) == Viewer(role, frozenset(sites[1::2]))


@pytest.mark.parametrize("options", [["--role", "site"], ["--role", "staff", "--site", "1"]], ids=" ".join)
def test_the_command_makes_no_token_that_would_break_the_file(capsys, options):
    assert ingest.main(["token", "--name", "x", *options]) == ingest.WRONG_USE
    assert "t4n_" not in capsys.readouterr().out


def test_a_block_is_never_made_that_cannot_be_read():
    with pytest.raises(AccessError):
        access_tokens.block(TOKEN, "two\nlines", Viewer("staff"), TODAY)
