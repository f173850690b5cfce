"""A camera programme as it is published: a Camtrap DP 1.0.2 package, plain, with compressed tables, or as a zip."""

import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from demo.cameras import camera_tables
from demo.faults import cut_off_lines, with_bad_deployments, with_bad_observations
from demo.fauna import Programme

DESCRIPTOR = "datapackage.json"
SCHEMAS = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2"


def package_files(programme: Programme, today: date) -> dict[str, bytes]:
    """The files of the package by their path; a zip is one file called `<source>.zip`."""
    tables = camera_tables(programme, today)
    descriptor = _descriptor(programme, tables, today)
    files = {DESCRIPTOR: json.dumps(descriptor, indent=1, ensure_ascii=False).encode()}
    for resource in descriptor["resources"]:
        text = _table_text(programme, resource["name"], tables[resource["name"]])
        # Without a time in the header, so that the same day gives the same bytes.
        files[resource["path"]] = (
            gzip.compress(text.encode(), 6, mtime=0) if programme.form == "gzip" else text.encode()
        )
    return {f"{programme.source}.zip": _zipped(files)} if programme.form == "zip" else files


def _table_text(programme: Programme, name: str, table: pd.DataFrame) -> str:
    if not programme.has_bad_rows:
        return table.to_csv(index=False, lineterminator="\n")
    if name == "deployments":
        table = with_bad_deployments(table)
    if name != "observations":
        return table.to_csv(index=False, lineterminator="\n")
    text = with_bad_observations(table).to_csv(index=False, lineterminator="\n")
    return text + cut_off_lines(text)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=(2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _descriptor(programme: Programme, tables: Mapping[str, pd.DataFrame], today: date) -> dict[str, Any]:
    """The descriptor with the properties that the standard requires."""
    deployments = tables["deployments"]
    return {
        "resources": [_resource(programme, name) for name in ("deployments", "media", "observations")],
        "profile": f"{SCHEMAS}/camtrap-dp-profile.json",
        "name": programme.source,
        "id": f"https://cameras.example/{programme.source}",
        "created": f"{today.isoformat()}T00:00:00Z",
        "title": f"{programme.title} (demo data)",
        "description": "Invented records: no animal, place or person of this package exists.",
        "version": today.strftime("%Y.%m.%d"),
        "contributors": [{"title": "Demo network", "role": "rightsHolder", "path": "https://cameras.example"}],
        "licenses": [
            {"name": "CC-BY-4.0", "scope": "data"},
            {"path": "https://creativecommons.org/licenses/by/4.0/", "scope": "media"},
        ],
        "project": {
            "id": programme.code,
            "title": programme.title,
            "acronym": programme.code,
            "samplingDesign": "systematicRandom",
            "captureMethod": ["activityDetection"],
            "individualAnimals": any(subject.individuals for subject in programme.subjects),
            "observationLevel": [programme.level],
        },
        "coordinatePrecision": 10**-programme.decimals,
        "spatial": _extent(deployments),
        "temporal": {
            "start": str(deployments["deploymentStart"].min())[:10],
            "end": str(deployments["deploymentEnd"].max())[:10],
        },
        "taxonomic": [
            {
                "scientificName": subject.scientific_name,
                "taxonRank": "species",
                "vernacularNames": {"eng": subject.vernacular_name},
            }
            for subject in programme.subjects
        ],
    }


def _resource(programme: Programme, name: str) -> dict[str, str]:
    resource = {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": f"{SCHEMAS}/{name}-table-schema.json",
    }
    if programme.form == "gzip":
        resource |= {"path": f"{name}.csv.gz", "compression": "gz"}
    return resource


def _extent(deployments: pd.DataFrame) -> dict[str, Any]:
    west, east = float(deployments["longitude"].min()), float(deployments["longitude"].max())
    south, north = float(deployments["latitude"].min()), float(deployments["latitude"].max())
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
