"""Terms that a source asks a person to accept: shown, accepted once by a person, remembered beside network.toml."""

import io
import json
from pathlib import Path

import pytest

import ingest
from connectors.base import Source
from connectors.movebank import Movebank
from ingestion.licences import accept
from ingestion.network import read_network

STUDY = """
[[source]]
name = "collars"
connector = "movebank"
location = "https://movebank.example.org"
options = { study_id = 1 }
"""


class Terminal(io.StringIO):
    """Stands for a person at a terminal who types this."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "network.toml"
    path.write_text(STUDY)
    monkeypatch.setattr(Movebank, "licence_terms", lambda self, source: ("Cite the owner.", "a1b2"))
    return path


def _answer(monkeypatch: pytest.MonkeyPatch, network: Path, stdin: io.StringIO) -> int:
    monkeypatch.setattr("sys.stdin", stdin)
    return ingest.main(["accept-licence", "collars", "--network", str(network)])


def test_accepted_terms_are_shown_and_given_to_the_source_from_then_on(network, monkeypatch, capsys) -> None:
    assert _answer(monkeypatch, network, Terminal("yes\n")) == ingest.OK
    assert "Cite the owner." in capsys.readouterr().out
    (source,) = read_network(network).sources
    assert json.loads(Path(source.options["licences"]).read_text()) == {"collars": "a1b2"}


@pytest.mark.parametrize("typed", ["no\n", "\n", "y\n"])
def test_anything_but_yes_accepts_nothing(network, monkeypatch, typed: str) -> None:
    assert _answer(monkeypatch, network, Terminal(typed)) == ingest.SOURCE_TROUBLE
    assert sorted(file.name for file in network.parent.iterdir()) == ["network.toml"]


def test_no_script_can_accept_terms(network, monkeypatch) -> None:
    assert _answer(monkeypatch, network, io.StringIO("yes\n")) == ingest.WRONG_USE
    assert sorted(file.name for file in network.parent.iterdir()) == ["network.toml"]


def test_terms_of_other_sources_stay_accepted_and_older_ones_of_the_same_do_not(tmp_path: Path) -> None:
    network = tmp_path / "network.toml"
    for name, mark in (("a", "1"), ("b", "2"), ("a", "3")):
        file = accept(network, Source(name, "movebank", "https://movebank.example.org"), mark)
    assert json.loads(file.read_text()) == {"a": "3", "b": "2"}


def test_a_source_without_terms_says_so(tmp_path: Path, capsys) -> None:
    network = tmp_path / "network.toml"
    network.write_text(STUDY.replace("movebank", "green_list").replace("options = { study_id = 1 }", ""))
    assert ingest.main(["accept-licence", "collars", "--network", str(network)]) == ingest.SOURCE_TROUBLE
    assert "asks for no licence" in capsys.readouterr().err
