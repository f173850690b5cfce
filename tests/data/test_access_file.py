"""The access file: what it says of people, and what is refused with which words."""

from datetime import date, timedelta

import pytest

from data import access_file
from data.access import Viewer
from data.access_file import AccessError, Grant, address, read

PERSON = '[[person]]\nemail = "ana@example.org"\nrole = "site"\nsites = ["100"]\n'
DOMAIN = '[[domain]]\ndomain = "Example.ORG"\nrole = "partner"\nexpires = 2027-05-31\n'
CLAIM = '[[claim]]\nclaim = "groups"\nvalue = "Reviewers"\nrole = "reviewer"\nprovider = "entra"\n'


def test_each_block_becomes_a_grant_in_the_order_of_the_file():
    file = read(PERSON + DOMAIN + CLAIM + CLAIM.replace("Reviewers", "Staff"))
    assert file.grants == (
        Grant("person", "ana@example.org", "", "", Viewer("site", frozenset({"100"})), None),
        Grant("domain", "example.org", "", "", Viewer("partner"), date(2027, 5, 31)),
        Grant("claim", "groups", "Reviewers", "entra", Viewer("reviewer"), None),
        Grant("claim", "groups", "Staff", "entra", Viewer("reviewer"), None),
    )


def test_a_session_lasts_eight_hours_unless_the_file_says_otherwise():
    assert read("").session == timedelta(hours=8)
    assert read("[session]\nhours = 1.5\n").session == timedelta(minutes=90)


BROKEN = {
    "no address": (PERSON.replace("ana@example.org", "ana"), "person 1 needs email"),
    "two addresses": (PERSON.replace("ana@example.org", "ana@example.org, bo@example.org"), "person 1 needs email"),
    "an address in other letters": (PERSON.replace("a@ex", "\N{CYRILLIC SMALL LETTER A}@ex"), "in plain letters"),
    "an address that is no text": (PERSON.replace('"ana@example.org"', "1"), "person 1 needs email"),
    "a person twice": (PERSON + PERSON.replace("ana@", "ANA@"), "the same person"),
    "a domain with an @": (DOMAIN.replace("Example", "@example"), "domain 1 needs domain"),
    "a domain that is a pattern": (DOMAIN.replace("Example", "*.example"), "domain 1 needs domain"),
    "a domain of one word": (DOMAIN.replace("Example.ORG", "org"), "domain 1 needs domain"),
    "a domain in other letters": (DOMAIN.replace("Example", "\N{KELVIN SIGN}xample"), "in plain letters"),
    "no domain": ('[[domain]]\nrole = "partner"\n', "domain 1 needs domain"),
    "a claim that people set": (CLAIM.replace("groups", "email"), "people can set 'email' themselves"),
    "a claim that people set, in capitals": (CLAIM.replace("groups", "Name"), "people can set 'Name' themselves"),
    "a claim of the server": (CLAIM.replace("groups", "is_logged_in"), "or the server does"),
    "a value that is no text": (CLAIM.replace('"Reviewers"', "true"), "claim 1 needs value"),
    "an empty value": (CLAIM.replace("Reviewers", " "), "claim 1 needs value"),
    "an empty provider": (CLAIM.replace("entra", ""), "claim 1 needs provider"),
    "an unknown role": (PERSON.replace('"site"', '"admin"'), "person 1 needs a role"),
    "a manager of nothing": (PERSON.replace('["100"]', "[]"), "the role site needs sites"),
    "a partner with sites": (DOMAIN + 'sites = ["1"]\n', "no other role has any"),
    "an end in quotes": (DOMAIN.replace("2027-05-31", '"2027-05-31"'), "domain 1 needs expires"),
    "a misspelt key": (PERSON + "expire = 2027-05-31\n", "person 1 has an unknown key 'expire'"),
    "an unknown block": ("[[people]]\nx = 1\n", "something else"),
    "a block in place of several": (PERSON.replace("[[person]]", "[person]"), "something else"),
    "a session without end": ("[session]\nhours = inf\n", "hours of [session]"),
    "a session that is no number": ("[session]\nhours = nan\n", "hours of [session]"),
    "a session of no time": ("[session]\nhours = 0\n", "hours of [session]"),
    "a session that is true": ("[session]\nhours = true\n", "hours of [session]"),
    "a session of a month": ("[session]\nhours = 720\n", "hours of [session]"),
    "an unknown key of the session": ("[session]\nminutes = 5\n", "[session] holds something else"),
    "very deep": ("a = " + "[" * 5000, "not TOML"),
}


@pytest.mark.parametrize(("text", "why"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_is_refused_with_its_place(text, why):
    with pytest.raises(AccessError) as refused:
        read(text)
    assert why in str(refused.value)
    for quoted in ("example", "Reviewers", "entra", "ana"):
        assert quoted not in str(refused.value).replace("such as example.org", "")


def test_a_change_of_the_file_counts_at_once(tmp_path, monkeypatch):
    path = tmp_path / "access.toml"
    monkeypatch.setenv("T4N_ACCESS", str(path))
    path.write_text(PERSON)
    assert len(access_file.current().grants) == 1
    path.write_text("")
    assert access_file.current().grants == ()


def test_without_a_file_nobody_has_a_role(monkeypatch):
    monkeypatch.delenv("T4N_ACCESS", raising=False)
    assert access_file.current().grants == ()


@pytest.mark.parametrize("text", ["ana@example.org", "ANA@EXAMPLE.ORG", "Ana@Example.Org"])
def test_an_address_is_the_same_in_capitals(text):
    assert address(text) == "ana@example.org"


NO_ADDRESS = {
    "empty": "",
    "None": None,
    "a list": ["ana@example.org"],
    "no name": "@example.org",
    "two signs": "ana@evil.net@example.org",
    "a space": "ana@example.org ",
    "a line break": "ana@example.org\n",
    "a name before it": "Ana <ana@example.org>",
    "a quoted part": '"ana@evil.net"@example.org',
    "a Kelvin sign, whose small letter is k": "\N{KELVIN SIGN}im@example.org",
    "a long s, whose capital is S": "bo\N{LATIN SMALL LETTER LONG S}s@example.org",
    "wide letters": "\N{FULLWIDTH LATIN SMALL LETTER A}na@example.org",
    "a dot that looks like one": "ana@example\N{ONE DOT LEADER}org",
    "a Cyrillic letter": "ana@ex\N{CYRILLIC SMALL LETTER A}mple.org",
    "an invisible sign": "ana@example.org\N{ZERO WIDTH SPACE}",
    "a number for a domain": "ana@127.0.0.1",
    "a dot at the end": "ana@example.org.",
    "far too long": "a" * 10_000 + "@example.org",
}


@pytest.mark.parametrize("text", NO_ADDRESS.values(), ids=NO_ADDRESS)
def test_what_only_looks_like_an_address_is_none(text):
    assert address(text) == ""
