"""The descriptor of a package, for programs that read it.

It follows Data Package v1, and for CSV Tabular Data Package v1 (https://specs.frictionlessdata.io).
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC
from pathlib import PurePosixPath
from typing import Any

from data.schema import Field
from exports.csv_cells import DEMO_LINE, one_line
from exports.package_geometry import written_fields
from exports.package_rows import TableRows, type_name
from exports.package_words import NOT_STATED, Made, masked, title
from exports.streamed_zip import Member
from exports.tables import is_one_file, media_type, suffix

NO_PART_OF_A_NAME = re.compile(r"[^-a-zA-Z0-9._]+")
LICENCE_PATHS = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}
DIALECT = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}
DataFile = tuple[Member, Sequence[TableRows]]
TextFile = tuple[Member, str, Sequence[str]]


def descriptor(made: Made, name: str, data: Sequence[DataFile], texts: Sequence[TextFile]) -> bytes:
    """datapackage.json: `data` are the files that were sent with the tables in each, `texts` the small tables beside.

    A small table is told with its title and its columns.
    """
    spec, view = made.spec, made.context.view
    demo = f"{DEMO_LINE} " if made.context.is_demo else ""
    is_csv = spec.format == "csv"
    told = {
        "profile": "tabular-data-package" if is_csv else "data-package",
        "name": name,
        "title": demo + title(made),
        "description": f"{demo}{made.version}; what was asked, made coarser and left out is told in README.md",
        "created": f"{view.committed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "version": f"{view.version}.0.0",
        "licenses": _licences(made),
        "sources": [{"title": one_line(one)} for one in _used(made)],
        "resources": [*(_resource(made, *one) for one in data), *(_small_table(*one) for one in texts)],
        "dataVersion": view.version,
        "tier": spec.tier,
        "query": json.loads(spec.to_json()),
        "masked": {rows.name: dict(sorted(rows.tally.masked.items())) for rows in made.tables},
        "aboutMasking": masked(made),
        "sourcesDown": sorted(made.sources.loc[made.sources["is_down"], "source"].map(one_line)),
        "isDemo": made.context.is_demo,
    }
    if not told["licenses"]:
        del told["licenses"]
    return (json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def _used(made: Made) -> list[str]:
    return list(made.sources.loc[made.sources["is_used"], "source"])


def _licences(made: Made) -> list[dict[str, str]]:
    """The licences of the sources that gave rows; what is not stated is told, for it is no freedom."""
    found = {}
    for one in made.sources[made.sources["is_used"]].to_dict("records"):
        words = one_line(one["licence"])
        name = NO_PART_OF_A_NAME.sub("-", words).strip("-") or "not-stated"
        found[name] = {"name": name, "title": words or NOT_STATED}
        if words in LICENCE_PATHS:
            found[name]["path"] = LICENCE_PATHS[words]
    return [found[name] for name in sorted(found)]


def _resource(made: Made, member: Member, tables: Sequence[TableRows]) -> dict[str, Any]:
    """One data file; several tables in one file are told apart under `tables`, which is no word of the standard."""
    format = made.spec.format
    told = {**_file(member, PurePosixPath(member.name).stem, format)}
    if is_one_file(format):
        return {**told, "title": title(made), "tables": [_about(rows, format) for rows in tables]}
    (rows,) = tables
    told |= {**_about(rows, format), "sources": [{"title": one_line(name)} for name in sorted(rows.tally.sources)]}
    if not told["sources"]:
        del told["sources"]
    return told


def _file(member: Member, name: str, format: str) -> dict[str, Any]:
    told = {
        "name": name,
        "path": member.name,
        "profile": "tabular-data-resource" if format == "csv" else "data-resource",
        "format": suffix(format),
        "mediatype": media_type(format).split(";")[0],
        "bytes": member.size,
        "hash": f"sha256:{member.sha256}",
    }
    return {**told, "encoding": "utf-8", "dialect": DIALECT} if format == "csv" else told


def _about(rows: TableRows, format: str) -> dict[str, Any]:
    return {
        "name": rows.name,
        "title": rows.table.title,
        "description": f"{rows.table.meaning}.",
        "rows": rows.tally.rows,
        "schema": _schema(rows, format),
    }


def _schema(rows: TableRows, format: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(one) for one in written_fields(rows, format)], "missingValues": [""]}
    return schema | ({"primaryKey": list(rows.table.key)} if rows.table.key else {})


def _field(one: Field) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": one.name,
        "type": type_name(one.type),
        "title": one.name.replace("_", " ").capitalize(),
        "description": one.meaning,
    }
    if one.unit:
        told["unit"] = one.unit
    limits = {"minimum": one.minimum, "maximum": one.maximum, "enum": list(one.allowed) or None}
    if limits := {name: limit for name, limit in limits.items() if limit is not None}:
        told["constraints"] = limits
    return told


def _small_table(member: Member, about: str, columns: Sequence[str]) -> dict[str, Any]:
    fields = [{"name": column, "type": "string"} for column in columns]
    schema = {"fields": fields, "missingValues": [""]}
    return {**_file(member, PurePosixPath(member.name).stem, "csv"), "title": about, "schema": schema}
