"""Lines of pandas, R and DuckDB that open the files of a package where they lie after unpacking."""

from collections.abc import Sequence

import pyarrow as pa

from exports.package_geometry import written_fields
from exports.package_rows import TableRows, type_name

PANDAS_TYPES = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean"}
READR_TYPES = {"string": "c", "integer": "d", "number": "d", "boolean": "l", "date": "D", "datetime": "T"}
DUCKDB_TYPES = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMPTZ",
}
PANDAS_CSV = f"""\
import json
from pathlib import Path
import pandas as pd

package = json.loads(Path("datapackage.json").read_text(encoding="utf-8"))
schemas = {{each["name"]: each["schema"]["fields"] for each in package["resources"]}}
kinds = {PANDAS_TYPES!r}

def read(name):
    types = {{each["name"]: each["type"] for each in schemas[name]}}
    return pd.read_csv(
        f"data/{{name}}.csv",
        dtype={{column: kinds[kind] for column, kind in types.items() if kind in kinds}},
        parse_dates=[column for column, kind in types.items() if kind not in kinds],
        date_format="ISO8601",
        keep_default_na=False,
        na_values=[""],
    )

"""
R_PLACES = """\

# Rows with a place as simple features:
places <- function(table) {
  table <- table[!vapply(table$geometry, is.null, logical(1)), ]
  table$geometry <- sf::st_as_sfc(structure(as.list(table$geometry), class = "WKB"), crs = 4326)
  sf::st_sf(table)
}
"""
Snippets = dict[str, tuple[str, str]]


def snippets(tables: Sequence[TableRows], format: str) -> Snippets:
    """By the name of the tool, the language of the snippet and its text."""
    return {"csv": _csv, "parquet": _parquet, "geoparquet": _geoparquet, "geopackage": _geopackage, "xlsx": _xlsx}[
        format
    ](tables)


def _csv(tables: Sequence[TableRows]) -> Snippets:
    pandas = PANDAS_CSV + "\n".join(f'{rows.name} = read("{rows.name}")' for rows in tables)
    r = ["library(readr)", ""]
    duckdb = []
    for rows in tables:
        types = [type_name(one.type) for one in rows.fields]
        letters = "".join(READR_TYPES[kind] for kind in types)
        r.append(f'{rows.name} <- read_csv("data/{rows.name}.csv", col_types = "{letters}", na = "")')
        columns = ", ".join(
            f"'{one.name}': '{DUCKDB_TYPES[kind]}'" for one, kind in zip(rows.fields, types, strict=True)
        )
        duckdb.append(
            f"CREATE TABLE {rows.name} AS FROM read_csv(\n"
            f"  'data/{rows.name}.csv', header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '',\n"
            f"  allow_quoted_nulls = false, new_line = '\\r\\n', columns = {{{columns}}}\n);"
        )
    return {"pandas": ("python", pandas), "R": ("r", "\n".join(r)), "DuckDB": ("sql", "\n".join(duckdb))}


def _parquet(tables: Sequence[TableRows]) -> Snippets:
    return {
        "pandas": ("python", "\n".join(["import pandas as pd", "", *(_read_parquet("pd", rows) for rows in tables)])),
        "R": ("r", "\n".join(["library(arrow)", "", *map(_r_parquet, tables)])),
        "DuckDB": ("sql", _duckdb_parquet(tables)),
    }


def _geoparquet(tables: Sequence[TableRows]) -> Snippets:
    kinds = {rows.name: "gpd" if rows.table.geometry else "pd" for rows in tables}
    imports = {"pd": "import pandas as pd", "gpd": "import geopandas as gpd"}
    python = [line for kind, line in imports.items() if kind in kinds.values()]
    python += ["", *(_read_parquet(kinds[rows.name], rows) for rows in tables)]
    r = ["library(arrow)", "", *map(_r_parquet, tables)]
    if placed := [rows.name for rows in tables if rows.table.geometry]:
        r += [R_PLACES, *(f"{name} <- places({name})" for name in placed)]
    return {
        "pandas": ("python", "\n".join(python)),
        "R": ("r", "\n".join(r)),
        "DuckDB": ("sql", _duckdb_parquet(tables)),
    }


def _geopackage(tables: Sequence[TableRows]) -> Snippets:
    python = ["import geopandas as gpd", ""]
    python += [f'{rows.name} = gpd.read_file("data/data.gpkg", layer="{rows.name}")' for rows in tables]
    r = ["library(sf)", "", *(f'{rows.name} <- st_read("data/data.gpkg", "{rows.name}")' for rows in tables)]
    duckdb = ["import duckdb", "import pyogrio", ""]
    for rows in tables:
        duckdb.append(
            f'{rows.name} = pyogrio.read_dataframe("data/data.gpkg", layer="{rows.name}", read_geometry=False)'
        )
    duckdb += [_count_line(rows) for rows in tables]
    return {
        "pandas": ("python", "\n".join(python)),
        "R": ("r", "\n".join(r)),
        "DuckDB": ("python", "\n".join(duckdb)),
    }


def _xlsx(tables: Sequence[TableRows]) -> Snippets:
    python, r = ["import pandas as pd", ""], ["library(readxl)", ""]
    for rows in tables:
        texts = {one.name: "str" for one in written_fields(rows, "xlsx") if one.type == pa.string()}
        python.append(
            f'{rows.name} = pd.read_excel(\n    "data/data.xlsx", sheet_name="{rows.name}", keep_default_na=False,\n'
            f'    na_values=[""], dtype={texts!r},\n)'
        )
        r.append(f'{rows.name} <- read_excel("data/data.xlsx", "{rows.name}", guess_max = 100000)')
    duckdb = [*python, "", "import duckdb", "", *map(_count_line, tables)]
    return {
        "pandas": ("python", "\n".join(python)),
        "R": ("r", "\n".join(r)),
        "DuckDB": ("python", "\n".join(duckdb)),
    }


def _read_parquet(library: str, rows: TableRows) -> str:
    return f'{rows.name} = {library}.read_parquet("data/{rows.name}.parquet")'


def _r_parquet(rows: TableRows) -> str:
    return f'{rows.name} <- read_parquet("data/{rows.name}.parquet")'


def _duckdb_parquet(tables: Sequence[TableRows]) -> str:
    return "\n".join(f"CREATE TABLE {rows.name} AS FROM 'data/{rows.name}.parquet';" for rows in tables)


def _count_line(rows: TableRows) -> str:
    return f'print(duckdb.sql("FROM {rows.name} SELECT count(*)"))'
