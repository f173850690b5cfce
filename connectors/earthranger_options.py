"""What a source says of its EarthRanger: which events are warnings or conflicts, and where their answers stand."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.base import Source
from connectors.collar_kinds import CollarKinds, collar_kinds
from connectors.errors import SourceRefused
from connectors.options import listed, mapped_texts, refused
from data.schema import INCIDENTS

ENERGY_KEY = "harvested_energy_j"
# Columns of an alert that people or devices fill in as details of the event, by default under the same name.
DETAILS = ("sent_at", "acknowledged_at", "arrived_at", "animal_arrived_at", "outcome")
INCIDENTS_EXAMPLE = '{ crop_raid = "crop" }'


@dataclass(frozen=True)
class Options:
    """The options of one source; `taxa` by the name of an animal in small letters, `alert_details` for each column."""

    taxa: Mapping[str, str]
    incidents: Mapping[str, str]
    alerts: frozenset[str]
    alert_details: Mapping[str, str]
    collars: CollarKinds
    energy_key: str
    needs_details: bool

    def taxon(self, name: str | None) -> str | None:
        return self.taxa.get((name or "").lower())


def options_of(source: Source) -> Options:
    """The options, checked. Raises SourceRefused naming the one that is wrong."""
    taxa = mapped_texts(source, "scientific_names", '{ elephant = "Loxodonta africana" }')
    collars = collar_kinds(source)
    return Options(
        {name.lower(): taxon for name, taxon in taxa.items()},
        _incidents(source),
        frozenset(listed(source, "alerts", '["camera_trap_elephant"]')),
        _alert_details(source),
        collars,
        _energy_key(source),
        bool(collars.models or collars.tags or "energy_key" in source.options),
    )


def _incidents(source: Source) -> Mapping[str, str]:
    incidents = mapped_texts(source, "incidents", INCIDENTS_EXAMPLE)
    kinds = INCIDENTS.field("kind").allowed
    if not set(incidents.values()) <= set(kinds):
        raise refused(source, "incidents", f"a map from event types to {', '.join(kinds)}", INCIDENTS_EXAMPLE)
    both = set(incidents) & set(listed(source, "alerts", "[]"))
    if both:
        raise SourceRefused(
            f"{source.name}: the options `alerts` and `incidents` both name the event type {min(both)}",
            "Say of each event type whether it warns of an animal or reports a loss.",
        )
    return incidents


def _alert_details(source: Source) -> Mapping[str, str]:
    example = '{ arrived_at = "ranger_arrived_at" }'
    given = mapped_texts(source, "alert_details", example)
    if not set(given) <= set(DETAILS):
        raise refused(source, "alert_details", f"a map from {', '.join(DETAILS)} to keys of event_details", example)
    return {column: given.get(column, column) for column in DETAILS}


def _energy_key(source: Source) -> str:
    key = source.options.get("energy_key", ENERGY_KEY)
    if not isinstance(key, str) or not key:
        raise refused(source, "energy_key", "a text", f'"{ENERGY_KEY}"')
    return key
