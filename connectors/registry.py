"""Every connector, listed by hand: a new one is one line here."""

from connectors.assessments import Assessments
from connectors.base import Connector
from connectors.camtrap_dp import CamtrapDP
from connectors.cap import Cap
from connectors.coral_reef_watch import CoralReefWatch
from connectors.coralnet import CoralNet
from connectors.earthranger import EarthRanger
from connectors.green_list import GreenList
from connectors.ledger import Ledger
from connectors.megadetector import MegaDetector
from connectors.mermaid import Mermaid
from connectors.movebank import Movebank
from connectors.programme import Programme
from connectors.protected_planet import ProtectedPlanet
from connectors.red_list import RedList
from connectors.reefcloud import ReefCloud
from connectors.restoration import Restoration
from connectors.site_list import SiteList
from connectors.wildlife_insights import WildlifeInsights

CONNECTORS: tuple[Connector, ...] = (
    CamtrapDP(),
    WildlifeInsights(),
    MegaDetector(),
    EarthRanger(),
    Movebank(),
    Cap(),
    CoralNet(),
    Mermaid(),
    ReefCloud(),
    CoralReefWatch(),
    Restoration(),
    ProtectedPlanet(),
    GreenList(),
    Assessments(),
    Programme(),
    Ledger(),
    RedList(),
    SiteList(),
)


def connector(name: str) -> Connector:
    """The connector that network.toml calls `name`; raises ValueError with the known names."""
    for candidate in CONNECTORS:
        if candidate.name == name:
            return candidate
    known = ", ".join(candidate.name for candidate in CONNECTORS)
    raise ValueError(f"There is no connector called {name!r}; the known ones are {known}.")
