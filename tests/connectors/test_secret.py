"""Where a key comes from: the environment, or a file that is mounted; no message holds it."""

from pathlib import Path

import pytest

from connectors.base import Source
from connectors.errors import SourceRefused
from connectors.secret import KEY_MAX_BYTES, secret_of

SOURCE = Source("reefs", "mermaid", "https://example.org", secret="REEF_KEY")


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REEF_KEY", raising=False)
    monkeypatch.delenv("REEF_KEY_FILE", raising=False)


def test_a_source_without_a_secret_has_no_key() -> None:
    assert secret_of(Source("reefs", "mermaid", "https://example.org")) is None


def test_the_key_is_that_of_the_mounted_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    file.write_text("first\n")
    monkeypatch.setenv("REEF_KEY_FILE", str(file))
    assert secret_of(SOURCE) == "first"
    file.write_text("renewed")
    assert secret_of(SOURCE) == "renewed"


def test_the_variable_itself_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REEF_KEY", "of the environment")
    monkeypatch.setenv("REEF_KEY_FILE", str(tmp_path / "absent"))
    assert secret_of(SOURCE) == "of the environment"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe", b"k" * (KEY_MAX_BYTES + 1)])
def test_a_file_without_a_key_is_named_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("REEF_KEY_FILE", str(file))
    with pytest.raises(SourceRefused, match="the file that REEF_KEY_FILE names") as caught:
        secret_of(SOURCE)
    assert str(tmp_path) not in f"{caught.value} {caught.value.advice}"


def test_no_key_at_all_says_both_ways() -> None:
    with pytest.raises(SourceRefused, match="REEF_KEY") as caught:
        secret_of(SOURCE)
    assert "REEF_KEY_FILE" in caught.value.advice
