"""The network.toml of the demo: which invented systems there are, where they answer, and what may be shown of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from demo import (
    assessments,
    coralnet,
    earthranger,
    field_events,
    heat,
    ledger,
    ledger_rpc,
    mermaid,
    movebank,
    outplants,
    reefcloud,
    supporters,
    work_plan,
)
from demo.communities import COMMUNITIES, TAXA, Community
from demo.fauna import PROGRAMMES, Programme
from demo.herds import ENERGY_KEY, KINETIC_MODEL, herd
from demo.incidents import CONFLICTS
from demo.reefs import FIJIAN_REEF, PLANTED_REEF, REEFS, Reef
from demo.sites import camera_site

TOKEN_VARIABLE = "T4N_DEMO_TOKEN"  # noqa: S105
DOWN_SOURCE = "alpine-cameras"
REGISTRY_SOURCE = "registry"
GREEN_LIST_SOURCE = "green-list"
ASSESSMENT_SOURCE = "green-list-assessments"
WORK_PLAN_SOURCE = "work-plan"
LEDGER_SOURCE = "ledger"
SHARING = {
    "amur-cameras": "public-summary",
    "mexico-forest-cameras": "public-summary",
    "india-hills-cameras": "private",
    "kenya-savannah-warnings": "public-summary",
    "amur-big-cats": "private",
    "fiji-reef-model": "public-summary",
}
# What a partner asks for: nobody else is to learn of the lynx at its site.
MASKED = (("CHE", "Lynx lynx", "hidden"),)
EMBARGO = {"mexico-forest-cameras": "30d"}


@dataclass(frozen=True)
class DemoSource:
    """One source: `path` is what it answers to, `prefix` begins every path of its system.

    `site` is a site id, or a map from what the system calls its areas to site ids. `addresses` are options whose values
    are paths of the server.
    """

    name: str
    connector: str
    path: str
    prefix: str
    refresh: str
    licence: str
    site: str | Mapping[str, str] = ""
    secret: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)

    def toml(self, url: str) -> str:
        """Its `[[source]]` block, with the server at `url`."""
        values = {
            "name": self.name,
            "connector": self.connector,
            "location": f"{url}{self.path}",
            "site": self.site,
            "secret": self.secret,
            "refresh": self.refresh,
            "licence": self.licence,
            "sharing": SHARING.get(self.name, "public"),
            "embargo": EMBARGO.get(self.name, ""),
        }
        lines = [f"{key} = {_toml(value)}" for key, value in values.items() if value]
        options = {**self.options, **{option: f"{url}{path}" for option, path in self.addresses.items()}}
        lines += [f"options = {_toml(options)}"] if options else []
        return "\n".join(["[[source]]", *lines])


def _mask_toml(iso3: str, taxon: str, level: str) -> str:
    """A `[[mask]]` block for the camera site of a country."""
    site_id = camera_site(iso3).site_id
    return f'[[mask]]\nsite = "{site_id}"\nscientific_name = "{taxon}"\nlevel = "{level}"'


def _toml(value: Any) -> str:
    """A value of the options; texts are written the same in JSON and in TOML."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{json.dumps(key)} = {_toml(inner)}' for key, inner in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def _camera_source(programme: Programme) -> DemoSource:
    folder = f"/cameras/{programme.source}"
    path = f"{folder}.zip" if programme.form == "zip" else f"{folder}/datapackage.json"
    site_id = camera_site(programme.iso3).site_id
    return DemoSource(programme.source, "camtrap_dp", path, folder, "6h", "CC-BY-4.0", site=site_id)


def _warning_source(community: Community) -> DemoSource:
    """An EarthRanger server: which of its events are warnings and conflicts, and what its collars are."""
    options: dict[str, Any] = {
        "alerts": [field_events.SENSOR_TYPE],
        "alert_details": {
            "acknowledged_at": field_events.ACKNOWLEDGED,
            "arrived_at": field_events.ARRIVED,
            "animal_arrived_at": field_events.AT_FIELDS,
            "outcome": field_events.OUTCOME,
        },
        "incidents": {conflict.event_type: conflict.kind for conflict in CONFLICTS},
        "scientific_names": TAXA,
        **_collar_options(community.source, "energy_key"),
    }
    prefix = f"{earthranger.PREFIX}{community.source}/"
    return DemoSource(
        community.source,
        "earthranger",
        f"{prefix}api/v1.0",
        prefix,
        "1h",
        "CC-BY-NC-4.0",
        site=community.site.site_id,
        secret=TOKEN_VARIABLE,
        options=options,
    )


def _collar_options(source: str, energy_option: str) -> Mapping[str, Any]:
    """What is said of the collars of a source: how often each model sends, and which are kinetic."""
    animals = herd(source)
    intervals = {animal.model: animal.interval_h for animal in animals if animal.interval_h}
    options: dict[str, Any] = {"fix_interval_h": intervals} if intervals else {}
    if any(animal.is_kinetic for animal in animals):
        options |= {"kinetic_models": [KINETIC_MODEL], energy_option: ENERGY_KEY}
    return options


def _study_source(study: movebank.Study) -> DemoSource:
    """A Movebank study whose licence, where it asks for one, somebody has accepted."""
    options: dict[str, Any] = {"study_id": study.study_id, **_collar_options(study.source, "energy_attribute")}
    if study.asks_licence:
        options["accepted_licence_md5"] = movebank.LICENCE_MD5
    prefix = f"{movebank.PREFIX}{study.source}/"
    return DemoSource(
        study.source,
        "movebank",
        f"{prefix}service/direct-read",
        prefix,
        "1d",
        "CC-BY-4.0",
        site=herd(study.source)[0].site.site_id,
        secret=TOKEN_VARIABLE,
        options=options,
    )


def _heat_source(reef: Reef) -> DemoSource:
    path = heat.path(reef)
    licence = "Invented, as public domain"
    return DemoSource(f"{reef.key}-reef-heat", "coral_reef_watch", path, path, "1d", licence, site=reef.site.site_id)


REEF_SOURCES = (
    DemoSource(
        "reef-surveys",
        "mermaid",
        f"{mermaid.PREFIX}v1",
        mermaid.PREFIX,
        "1d",
        "CC-BY-4.0",
        site={project.name: project.reef.site.site_id for project in mermaid.PROJECTS},
        options={"limit": 50},
    ),
    DemoSource(
        "mauritius-reef-images",
        "coralnet",
        coralnet.PATH,
        coralnet.PREFIX,
        "7d",
        "CC-BY-4.0",
        site=PLANTED_REEF.site.site_id,
        options={"labels": str(coralnet.LABELS)},
    ),
    DemoSource(
        "fiji-reef-model",
        "reefcloud",
        reefcloud.BASE,
        reefcloud.PREFIX,
        "7d",
        "CC-BY-4.0",
        site=FIJIAN_REEF.site.site_id,
        options={"tiers": [reefcloud.TIER]},
    ),
    DemoSource(
        "mauritius-outplants",
        "restoration",
        outplants.PATH,
        outplants.PREFIX,
        "7d",
        "CC-BY-4.0",
        site=PLANTED_REEF.site.site_id,
    ),
    *(_heat_source(reef) for reef in REEFS),
)

SOURCES = (
    DemoSource(
        REGISTRY_SOURCE,
        "protected_planet",
        "",
        "/v4/",
        "30d",
        "Invented, as the registry's own terms",
        secret=TOKEN_VARIABLE,
    ),
    DemoSource(GREEN_LIST_SOURCE, "green_list", "/green-list/green_list_sites.csv", "/green-list/", "7d", "CC-BY-4.0"),
    *(_camera_source(programme) for programme in PROGRAMMES),
    *(_warning_source(community) for community in COMMUNITIES),
    *(_study_source(study) for study in movebank.STUDIES),
    *REEF_SOURCES,
    DemoSource(ASSESSMENT_SOURCE, "assessments", assessments.PATH, assessments.PREFIX, "7d", "CC-BY-4.0"),
    DemoSource(WORK_PLAN_SOURCE, "programme", work_plan.PATH, work_plan.PREFIX, "7d", "CC-BY-4.0"),
    DemoSource(
        LEDGER_SOURCE,
        "ledger",
        ledger.PATH,
        ledger.PREFIX,
        "1d",
        "CC-BY-4.0",
        options={"trust": str(ledger.TRUST_FILE)},
        addresses={"rpc": ledger_rpc.PATH},
    ),
)


def network_toml(url: str) -> str:
    """The demo's network.toml, for a `DemoServer` that answers at `url` (such as http://127.0.0.1:41234)."""
    blocks = [*(source.toml(url) for source in SOURCES), supporters.supporters_toml(), supporters.contacts_toml()]
    return "\n\n".join([*blocks, *(_mask_toml(*mask) for mask in MASKED)]) + "\n"
