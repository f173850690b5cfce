"""Camtrap DP packages, and their official validation: frictionless with profile and table schemas of the standard.

They are read from tests/payloads/camtrap_dp_schemas instead of the network; whatever else is asked for is an error.
"""

import io
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import frictionless
from frictionless import FrictionlessException, Package, system

from data.queries.merged import Choice
from exports import camtrap_dp
from exports.context import Context
from tests.exports.camera_network import members

SCHEMAS = Path(__file__).parents[1] / "payloads" / "camtrap_dp_schemas"
STANDARD = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2/"
Files = dict[str, bytes]
GEOJSON = Path(frictionless.__file__).parent / "assets" / "profiles" / "geojson.json"
PLACES = {
    "https://specs.frictionlessdata.io/schemas/data-package.json": SCHEMAS / "data-package.json",
    "http://json.schemastore.org/geojson.json": GEOJSON,
    **{STANDARD + path.name: path for path in SCHEMAS.glob("camtrap-dp-profile.json")},
    **{STANDARD + path.name: path for path in SCHEMAS.glob("*-table-schema.json")},
}


class _Session:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def get(self, address: str, **_: object) -> SimpleNamespace:
        self.asked.append(address)
        body = io.BytesIO(PLACES[address].read_bytes())
        return SimpleNamespace(raw=body, raise_for_status=lambda: None, close=lambda: None)


def problems(descriptor: Path) -> list[str]:
    """What frictionless finds wrong with a package; profile and all three schemas must have been asked for."""
    session = _Session()
    with system.use_context(http_session=session, trusted=True):
        try:
            report = Package.from_descriptor(str(descriptor)).validate()
        except FrictionlessException as wrong:
            return [str(reason.message) for reason in wrong.reasons or [wrong.error]]
    asked = {address.removeprefix(STANDARD) for address in session.asked}
    assert {path.name for path in SCHEMAS.glob("*-table-schema.json")} <= asked
    assert "camtrap-dp-profile.json" in asked
    found = report.flatten(["type", "rowNumber", "fieldName", "message"])
    return [str(problem) for problem in [*found, *report.errors, *report.warnings]]


def columns(resource: str) -> list[str]:
    """The columns of one table, in the order of the standard."""
    return [field["name"] for field in json.loads((SCHEMAS / f"{resource}-table-schema.json").read_text())["fields"]]


def zipped(context: Context, choice: Choice | None = None) -> bytes:
    return b"".join(camtrap_dp.chunks(choice or Choice(), context))


def packed(context: Context, choice: Choice | None = None) -> Files:
    return members(zipped(context, choice))


def unpacked(archive: bytes, folder: Path) -> Path:
    """The descriptor of a package whose files are put into a folder."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        opened.extractall(folder)
    return folder / "datapackage.json"


def told(files: Files) -> dict:
    return json.loads(files["datapackage.json"])
