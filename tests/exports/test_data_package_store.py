"""Packages of a real store: their totals are those of the data layer, for each tier, and nothing hidden gets out."""

import functools
import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import frictionless
import pandas as pd
import pyarrow as pa
import pytest

from data import queries
from data.access import Viewer
from data.engine import View
from data.queries.merged import Choice
from exports import data_package
from exports.context import Context
from exports.spec import Spec, TableSpec
from exports.tables import estimate
from tests.data import field_network, network
from tests.data.network import MANAGER, OPEN_SITE, PARTNER, PUBLIC, STAFF, TIGER

PROJECT = Path(__file__).parents[2]
TIERS = [PUBLIC, PARTNER, MANAGER, STAFF]
CHOICE = Choice((OPEN_SITE,), date(2026, 4, 1), date(2026, 5, 31), (TIGER,))
each_tier = pytest.mark.parametrize("viewer", TIERS, ids=lambda viewer: viewer.role)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cameras")


@pytest.fixture(scope="module")
def cameras(folder: Path) -> View:
    return network.built(folder)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> View:
    return field_network.built(tmp_path_factory.mktemp("field"))


def spec_of(view: View, viewer: Viewer, format: str = "csv", choice: Choice | None = None) -> tuple[Spec, Context]:
    """Everything that this viewer may download."""
    context = Context(view, viewer, is_demo=False)
    tables = [TableSpec(name) for name in queries.merged_tables(view, viewer)]
    return Spec.of(context, tables, format, choice), context


def members(spec: Spec, context: Context) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(data_package.chunks(spec, context)))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(context: Context, name: str, choice: Choice) -> pa.Table:
    batches = queries.merged_batches(context.view, context.viewer, name, choice, context.today)
    return pa.Table.from_batches(batches, queries.merged_tables(context.view, context.viewer)[name].arrow_schema)


@functools.cache
def everything(view: View, viewer: Viewer) -> dict[str, bytes]:
    """The CSV package of all that this viewer may download; made once, as tests only read it."""
    return members(*spec_of(view, viewer))


def check_totals(found: dict[str, bytes], spec: Spec, context: Context) -> None:
    descriptor = json.loads(found["datapackage.json"])
    told = {one["name"]: one["rows"] for one in descriptor["resources"] if "rows" in one}
    assert list(told) == [table.name for table in spec.tables]
    for name, count in told.items():
        expected = rows(context, name, spec.choice)
        table = pd.read_csv(io.BytesIO(found[f"data/{name}.csv"]), dtype={"site_id": str})
        assert len(table) == len(expected) == count
        for column in expected.column_names:
            if pa.types.is_integer(expected[column].type) or pa.types.is_floating(expected[column].type):
                total = expected[column].to_pandas().astype(float).sum()
                assert table[column].astype(float).sum() == pytest.approx(total), (name, column)
        masked = expected["masking"].to_pandas().replace("", None).value_counts().to_dict()
        assert descriptor["masked"][name] == masked


@each_tier
def test_totals_are_those_of_the_data_layer(cameras: View, field: View, viewer: Viewer) -> None:
    for view in (cameras, field):
        check_totals(everything(view, viewer), *spec_of(view, viewer))


def test_totals_of_a_choice_are_those_of_its_rows(cameras: View) -> None:
    spec, context = spec_of(cameras, PARTNER, "csv", CHOICE)
    found = members(spec, context)
    check_totals(found, spec, context)
    detections = pd.read_csv(io.BytesIO(found["data/detections.csv"]), dtype={"site_id": str})
    assert list(detections["scientific_name"].unique()) == [TIGER]
    assert len(detections) == 12, "6 of April and 6 of May"


def test_an_estimate_counts_the_rows_that_a_package_then_has(cameras: View) -> None:
    spec, context = spec_of(cameras, PARTNER)
    told = {one["name"]: one for one in json.loads(everything(cameras, PARTNER)["datapackage.json"])["resources"]}
    for estimated in estimate(spec, context):
        assert estimated.rows == told[estimated.table]["rows"]
        assert estimated.size_bytes < 2 * told[estimated.table]["bytes"] + 1_000


@each_tier
def test_every_package_of_every_tier_is_valid(cameras: View, field: View, viewer: Viewer, tmp_path: Path) -> None:
    for number, view in enumerate((cameras, field)):
        for name, content in everything(view, viewer).items():
            path = tmp_path / str(number) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        report = frictionless.Package(str(tmp_path / str(number) / "datapackage.json")).validate()
        assert report.valid, report.flatten(["name", "type", "note"])


def test_what_the_public_gets_holds_no_name_or_position_that_is_hidden(cameras: View, field: View) -> None:
    """In the two formats that are not packed, so that what is searched for could be found."""
    words = [*("Tiger spring", "serial 7", "ask the ranger"), *field_network.SECRET_WORDS]
    numbers = [47.123456, 11.654321, field_network.LATITUDE, field_network.LONGITUDE]
    hidden = [*(word.encode() for word in words), *(str(number).encode() for number in numbers)]
    hidden += [struct.pack(f"{order}d", number) for number in numbers for order in "<>"]
    for view in (cameras, field):
        packages = everything(view, PUBLIC), members(*spec_of(view, PUBLIC, "geopackage"))
        content = b"".join(one for package in packages for one in package.values())
        assert not [secret for secret in hidden if secret in content]
    seen = everything(field, STAFF)
    assert b"Lawan" in seen["data/individuals.csv"], "the search finds what is there"
    assert str(field_network.LONGITUDE).encode() in seen["data/fixes.csv"]


def test_the_readme_names_the_sources_that_were_down(cameras: View) -> None:
    text = everything(cameras, PUBLIC)["README.md"].decode()
    down = text.split("## Sources that were down")[1].split("##")[0]
    assert "- open cameras: unavailable; last pulled with success on 2026-06-14." in down
    assert "- registry" not in down


@pytest.mark.parametrize("viewer", [PUBLIC, MANAGER], ids=lambda viewer: viewer.role)
def test_the_command_makes_the_same_package_again(cameras: View, folder: Path, viewer: Viewer, tmp_path: Path) -> None:
    spec, context = spec_of(cameras, viewer, "geopackage")
    spec = replace(spec, tables=spec.tables[:6])
    first = b"".join(data_package.chunks(spec, context))
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        archive.extract("package.json", tmp_path)
    (tmp_path / "network.toml").touch()
    arguments = [sys.executable, "-m", "exports.data_package", "--spec", "package.json", "--store", folder / "store"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    environment |= {"T4N_NETWORK": "network.toml"}
    ran = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ran.stderr == ""
    told, name = ran.stdout.rstrip("\n").split("  ")
    assert name == data_package.file_name(spec, context)
    assert (tmp_path / name).read_bytes() == first
    assert told == hashlib.sha256(first).hexdigest()
