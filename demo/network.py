"""The network.toml of the demo: which invented systems there are, where they answer, and what may be shown of them."""

from dataclasses import dataclass

from demo.fauna import PROGRAMMES, Programme
from demo.sites import camera_site

TOKEN_VARIABLE = "T4N_DEMO_TOKEN"  # noqa: S105
DOWN_SOURCE = "alpine-cameras"
REGISTRY_SOURCE = "registry"
GREEN_LIST_SOURCE = "green-list"
SHARING = {
    "amur-cameras": "public-summary",
    "mexico-forest-cameras": "public-summary",
    "india-hills-cameras": "private",
}
EMBARGO = {"mexico-forest-cameras": "30d"}


@dataclass(frozen=True)
class DemoSource:
    """One source: `path` is what it answers to, `prefix` begins every path of its system."""

    name: str
    connector: str
    path: str
    prefix: str
    refresh: str
    licence: str
    site: str = ""
    secret: str = ""

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
        return "\n".join(["[[source]]", *(f'{key} = "{value}"' for key, value in values.items() if value)])


def _camera_source(programme: Programme) -> DemoSource:
    folder = f"/cameras/{programme.source}"
    path = f"{folder}.zip" if programme.form == "zip" else f"{folder}/datapackage.json"
    site_id = camera_site(programme.iso3).site_id
    return DemoSource(programme.source, "camtrap_dp", path, folder, "6h", "CC-BY-4.0", site=site_id)


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
)


def network_toml(url: str) -> str:
    """The demo's network.toml, for a `DemoServer` that answers at `url` (such as http://127.0.0.1:41234)."""
    return "\n\n".join(source.toml(url) for source in SOURCES) + "\n"
