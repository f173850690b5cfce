"""The source of what people hand in on the pages: it is there as soon as something was, without a [[source]] block."""

from dataclasses import replace
from pathlib import Path

from connectors.base import Source
from data.journal import SUBMISSIONS
from ingestion.network import Network

CONNECTOR = "assessments"


def submissions_folder(store_url: str) -> Path:
    """Where everything that people hand in is kept, below the folder of the store."""
    return Path(store_url) / SUBMISSIONS


def tables_folder(store_url: str) -> Path:
    """Where the source reads: one table for each site with all that was handed in for it."""
    return submissions_folder(store_url) / "sites"


def submissions_source(store_url: str) -> Source:
    """The source, as it is where network.toml does not say otherwise: the public learns of assessments, not of ratings.

    The location is absolute, because a watch and the pages may run in different folders.
    """
    location = str(tables_folder(store_url).absolute())
    return Source(SUBMISSIONS, CONNECTOR, location, licence="as the sites say", sharing="public-summary")


def with_submissions(network: Network, store_url: str) -> Network:
    """The network with what people have handed in, unless nobody has or network.toml names the source itself."""
    is_named = any(source.name == SUBMISSIONS for source in network.sources)
    if is_named or "://" in store_url or not any(tables_folder(store_url).glob("*.csv")):
        return network
    return replace(network, sources=(*network.sources, submissions_source(store_url)))
