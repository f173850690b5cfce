"""Adding a source writes a block that reads back as what was meant, or changes nothing."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestion.add import add
from ingestion.network import NetworkError, read_network

NOTHING = dict.fromkeys(("site", "site_name", "country", "licence", "secret"), "") | {
    "sharing": "private",
    "refresh": "1d",
}


def _add(path: Path, name: str = "north", location: str = "/exports/north", **given_: Any) -> Path:
    return add(path, "camtrap_dp", location, name, **{**NOTHING, **given_})


def test_a_first_source_makes_the_file(tmp_path: Path) -> None:
    said = {"site": "990000001", "licence": "CC0", "sharing": "public", "secret": "NORTH_TOKEN", "refresh": "6h"}
    path = _add(tmp_path / "network.toml", **said, site_name='The "Two" Valleys', country="XAA")
    network = read_network(path)
    (source,) = network.sources
    assert (source.name, source.location, source.site) == ("north", "/exports/north", "990000001")
    assert (source.licence, source.sharing, source.secret) == ("CC0", "public", "NORTH_TOKEN")
    assert network.sites == ({"id": "990000001", "name": 'The "Two" Valleys', "country": "XAA"},)


def test_what_the_file_said_before_stays(tmp_path: Path) -> None:
    path = _add(tmp_path / "network.toml")
    path.write_text("# ours\n" + path.read_text())
    _add(path, "south")
    assert path.read_text().startswith("# ours\n")
    assert [source.name for source in read_network(path).sources] == ["north", "south"]
    assert [file.name for file in tmp_path.iterdir()] == ["network.toml"]


def test_a_site_is_described_once(tmp_path: Path) -> None:
    for name in ("north", "south"):
        path = _add(tmp_path / "network.toml", name, site="990000001", site_name="Two Valleys")
    assert len(read_network(path).sites) == 1


def test_a_location_here_is_kept_whole_and_an_address_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = _add(tmp_path / "elsewhere.toml", location="exports/north")
    _add(path, "web", location="https://example.org/a.zip")
    locations = [source.location for source in read_network(path).sources]
    assert locations == [str(tmp_path / "exports" / "north"), "https://example.org/a.zip"]


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_characters="/\x00"), min_size=1, max_size=30))
@example(text='"\n[[source]]\nname = "second')
@example(text="\\")
@example(text="\x7f")
@example(text="\udcff")
def test_any_text_is_read_back_as_it_was_or_refused_with_the_file_untouched(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = _add(Path(folder) / "network.toml")
        before = path.read_bytes()
        try:
            _add(path, "hostile", location=f"/exports/{text}", licence=text, site="990000001", site_name=f"x{text}")
        except NetworkError:
            assert path.read_bytes() == before
            return
        network = read_network(path)
        assert [source.name for source in network.sources] == ["north", "hostile"]
        assert network.sources[1].licence == text
        assert network.sites[0]["name"] == f"x{text}"


@pytest.mark.parametrize(
    "wrong",
    [{"name": "north"}, {"name": 'a"b'}, {"name": ""}, {"secret": "hunter2"}, {"sharing": "open"}, {"refresh": "now"}],
)
def test_a_source_that_would_spoil_the_file_is_not_added(tmp_path: Path, wrong: dict[str, str]) -> None:
    path = _add(tmp_path / "network.toml")
    before = path.read_bytes()
    with pytest.raises(NetworkError, match="network.toml"):
        _add(path, **{"name": "south", **wrong})
    assert path.read_bytes() == before


def test_a_file_that_is_already_wrong_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "network.toml"
    path.write_text("not toml")
    with pytest.raises(NetworkError, match="not valid TOML"):
        _add(path)
    assert path.read_text() == "not toml"
