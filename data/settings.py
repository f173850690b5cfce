"""What the environment decides: where the store is, which network is read, and whether this is the demo."""

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_STORE = ".store"
DEFAULT_NETWORK = "network.toml"
DEMO_JURISDICTIONS = Path(__file__).resolve().parent.parent / "demo" / "jurisdictions"


def network_path() -> Path:
    """The file that lists the sources: `T4N_NETWORK`, or network.toml in the working folder."""
    return Path(os.environ.get("T4N_NETWORK") or DEFAULT_NETWORK)


def is_demo() -> bool:
    """Whether no real source is configured, so that the invented network is shown."""
    return not network_path().is_file()


def store_url() -> str:
    """Folder or URL of the store that the pages show; the demo lies apart so that it never mixes with real data."""
    return f"{network_store_url()}/demo" if is_demo() else network_store_url()


def network_store_url() -> str:
    """Folder or URL of the store of a real network, whichever file describes it: `T4N_STORE`."""
    return (os.environ.get("T4N_STORE") or DEFAULT_STORE).rstrip("/")


def jurisdictions_folder() -> Path:
    """Where the indicator sets that jurisdictions have adapted lie: beside network.toml, or those of the demo."""
    return DEMO_JURISDICTIONS if is_demo() else network_path().parent / "jurisdictions"


@dataclass(frozen=True)
class Preparation:
    """A pull that goes on behind the pages: sources done, sources in all, the one at hand, and what went wrong.

    During the first one there is nothing whole to show yet.
    """

    done: int
    total: int
    label: str
    error: str = ""
    is_first: bool = False


_preparation: Preparation | None = None


def preparation() -> Preparation | None:
    """The pull that this process does in the background, or None when there is none."""
    return _preparation


def note_preparation(now: Preparation | None) -> None:
    """Tell the pages how far the background pull is."""
    global _preparation
    _preparation = now


_demo_network: str | None = None


def demo_network() -> str | None:
    """The text of the network.toml of the invented systems, while they answer in this process."""
    return _demo_network


def note_demo_network(text: str | None) -> None:
    """Tell where the invented systems answer from now on."""
    global _demo_network
    _demo_network = text
