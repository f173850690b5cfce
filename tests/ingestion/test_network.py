"""network.toml: what it may say, and what is answered when it says something else."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from ingestion.network import MONTHLY, NetworkError, parse_network, read_network

LEAST = '[[source]]\nname = "north"\nconnector = "camtrap_dp"\nlocation = "north"\n'


def test_a_source_has_safe_defaults() -> None:
    (source,) = parse_network(LEAST).sources
    assert (source.name, source.connector, source.sharing, source.secret) == ("north", "camtrap_dp", "private", "")
    assert (source.refresh, source.embargo, source.site) == (timedelta(days=1), timedelta(0), "")


def test_everything_that_a_source_may_say_is_read() -> None:
    text = f"""{LEAST}
site = {{ "Block A" = "990000001", "*" = "990000002" }}
secret = "NORTH_TOKEN"
refresh = "6h"
licence = "CC-BY-4.0"
sharing = "public-summary"
embargo = "90d"
options = {{ time_zone = "Asia/Shanghai" }}

[[site]]
id = "990000001"
name = "Two Valleys"
country = "XAA"
latitude = 47
longitude = 11.5
"""
    network = parse_network(text)
    (source,) = network.sources
    assert source.site_of("Block A") == "990000001"
    assert source.site_of("elsewhere") == "990000002"
    assert (source.secret, source.licence, source.sharing) == ("NORTH_TOKEN", "CC-BY-4.0", "public-summary")
    assert (source.refresh, source.embargo) == (timedelta(hours=6), timedelta(days=90))
    assert source.options == {"time_zone": "Asia/Shanghai"}
    assert network.sites[0]["name"] == "Two Valleys"


@pytest.mark.parametrize(
    ("span", "length"), [("30m", timedelta(minutes=30)), ("6h", timedelta(hours=6)), ("monthly", MONTHLY)]
)
def test_a_span_is_written_in_minutes_hours_days_or_as_monthly(span: str, length: timedelta) -> None:
    assert parse_network(f'{LEAST}refresh = "{span}"').sources[0].refresh == length


def test_relative_locations_start_at_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    path = tmp_path / "network.toml"
    places = ["exports/north", "/data/north", "~/north", "https://example.org/north.zip"]
    blocks = [LEAST.replace('name = "north"', f'name = "{n}"') for n in range(len(places))]
    path.write_text(
        "\n".join(block.replace('n = "north"', f'n = "{at}"') for block, at in zip(blocks, places, strict=True))
    )
    assert [source.location for source in read_network(path).sources] == [
        str(tmp_path / "exports" / "north"),
        "/data/north",
        str(tmp_path / "home" / "north"),
        "https://example.org/north.zip",
    ]


def test_an_empty_file_is_a_network_without_sources() -> None:
    assert parse_network("").sources == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[source]\n", r"not valid TOML.*line 1"),
        ("[[sources]]\n", r"unknown block 'sources'; known are \[\[source\]\]"),
        ('[source]\nname = "north"\n', r"write each source as a block that starts with \[\[source\]\]"),
        ('site = "990000001"\n', r"write each site as a block that starts with \[\[site\]\]"),
        (LEAST.replace('name = "north"', ""), "source 1 has no name"),
        (LEAST.replace('"camtrap_dp"', '" "'), "source 1 has no connector"),
        (LEAST.replace('location = "north"', "location = 7"), "source 1 has no location"),
        (LEAST + LEAST, "names the source 'north' twice"),
        (LEAST.replace('"north"\nconn', '"a/b"\nconn'), "source 1 .*a name has at most 60 letters"),
        (LEAST.replace('"north"\nconn', '"network.toml"\nconn'), "this name is taken"),
        (
            LEAST.replace("camtrap_dp", "camtrap"),
            r"source 1 \(north\): there is no connector 'camtrap'; there are .*camtrap_dp",
        ),
        (f"{LEAST}token = 'x'", "source 1 has an unknown key 'token'; known are .*secret"),
        (f"{LEAST}sharing = 'open'", r"source 1 \(north\): sharing is 'open'; it can be private"),
        (f"{LEAST}secret = 7", r"source 1 \(north\): secret must be the name of an environment variable"),
        (f"{LEAST}refresh = 'daily'", r"source 1 \(north\): refresh is 'daily'; write it as 30m"),
        (f"{LEAST}refresh = '99999999999999d'", r"source 1 \(north\): refresh is"),
        (f"{LEAST}embargo = '-1d'", r"source 1 \(north\): embargo is '-1d'"),
        (f"{LEAST}site = 990000001", r"source 1 \(north\): site must be a site id in quotes"),
        (f"{LEAST}site = {{ a = 1 }}", r"source 1 \(north\): site must be a site id in quotes"),
        (f"{LEAST}options = 'fast'", r"source 1 \(north\): options must be a table"),
        (f"{LEAST}[[site]]\nid = 990000001\nname = 'x'", "site 1 has no id"),
        (f"{LEAST}[[site]]\nid = '990000001'", "site 1 has no name"),
        (f"{LEAST}[[site]]\nid = '1'\nname = 'x'\nlat = 4", "site 1 has an unknown key 'lat'"),
        (
            f"{LEAST}[[site]]\nid = '1'\nname = 'x'\nlatitude = 'N 4'",
            r"site 1 \(x\): latitude is 'N 4'; it must be a number",
        ),
        (f"{LEAST}[[site]]\nid = '1'\nname = 'x'\ncountry = 4", r"site 1 \(x\): country is 4; it must be text"),
    ],
)
def test_a_wrong_file_is_refused_with_block_key_and_what_to_write(text: str, message: str) -> None:
    with pytest.raises(NetworkError, match=message) as caught:
        parse_network(text, "network.toml")
    assert "network.toml" in str(caught.value)


@pytest.mark.parametrize("pasted", ["eyJhbGciOiJIUzI1NiJ9.e30.abc", "hunter2", "Bearer 123", "ABC-DEF-123"])
def test_a_pasted_secret_is_refused_and_not_repeated(pasted: str) -> None:
    with pytest.raises(NetworkError, match="not the secret itself") as caught:
        parse_network(f'{LEAST}secret = "{pasted}"')
    assert pasted not in str(caught.value)


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="absent.toml cannot be read: No such file"):
        read_network(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(NetworkError, match="latin.toml cannot be read: it is not UTF-8"):
        read_network(tmp_path / "latin.toml")


def test_supporters_and_contacts_are_read() -> None:
    network = parse_network(
        f"""{LEAST}
[[supporter]]
name = "Lantern Fund"
sites = ["990000001", "990000002", "990000001"]

[[contact]]
address = "office@example.org"

[[contact]]
site = "990000001"
address = "https://example.org/contact"
"""
    )
    assert network.supporters == (("Lantern Fund", "990000001"), ("Lantern Fund", "990000002"))
    assert network.contacts == (("*", "office@example.org"), ("990000001", "https://example.org/contact"))


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ('[[supporter]]\nsites = ["1"]', "supporter 1 has no name"),
        ('[[supporter]]\nname = "Fund"\nsites = "1"', "a list of site ids"),
        ('[[supporter]]\nname = "Fund"\nsites = []', "a list of site ids"),
        ('[[supporter]]\nname = "Fund"\nsites = [1]', "a list of site ids"),
        ('[[supporter]]\nname = "Fund"\nsites = ["1"]\nmoney = 3', "unknown key 'money'"),
        ('[[contact]]\naddress = "javascript:alert(1)"', "starts with https://"),
        ('[[contact]]\naddress = "http://example.org"', "starts with https://"),
        ('[[contact]]\naddress = "call us"', "starts with https://"),
        ('[[contact]]\nsite = 7\naddress = "a@example.org"', "site id in quotes"),
    ],
    ids=["no name", "no list", "empty list", "numbers", "unknown key", "script", "not https", "words", "no text"],
)
def test_a_wrong_supporter_or_contact_is_named(block: str, words: str) -> None:
    with pytest.raises(NetworkError, match=re.escape(words)):
        parse_network(f"{LEAST}\n{block}\n")
