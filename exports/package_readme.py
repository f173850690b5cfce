"""README.md of a package, and the list of sources beside it: what people read first."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

import pandas as pd

from exports.csv_cells import one_line
from exports.package_snippets import snippets
from exports.package_words import Made, citation, markdown, sections, title

SOURCE_COLUMNS = (
    *("source", "title", "connector", "licence", "sharing", "last_pull", "newest_record_on", "last_success_at"),
    *("is_in_package", "is_down", "citation"),
)
ABOUT_CSV = """\
Tables are UTF-8 with commas (RFC 4180). An empty cell is missing, `""` is an empty text. A cell that a spreadsheet
would run as a formula begins with an apostrophe that is not part of the text."""
ABOUT_TIMES = "Times in a GeoPackage are to the millisecond."
ABOUT_EXCEL = (
    "Moments are in UTC. Texts of more than 32,767 letters are cut, and signs that XML cannot hold are spaces."
)
AGAIN = """\
`package.json` says what was asked. Who runs the dashboard gets the same package again, to the byte, with

```sh
python -m exports.data_package --spec package.json
```

as long as the store keeps the data version, which is at least a week after there is a newer one."""
CHECK = """\
Every file was written with its SHA-256 in `SHA256SUMS`. In the folder where you unpacked the zip run

```sh
sha256sum -c SHA256SUMS
```

(`shasum -a 256 -c SHA256SUMS` on macOS)."""


def readme(made: Made, files: Sequence[tuple[str, str]]) -> bytes:
    """README.md. `files` are the names of all files with what is in them."""
    parts = [f"# {title(made)}"]
    for heading, lines in sections(made, markdown):
        parts.append(f"## {heading}\n\n" + "\n".join(f"- {line}" for line in lines))
    listed = "\n".join(f"- `{name}`: {words}" for name, words in files)
    about = {"csv": f"\n\n{ABOUT_CSV}", "geopackage": f"\n\n{ABOUT_TIMES}", "xlsx": f"\n\n{ABOUT_EXCEL}"}.get(
        made.spec.format, ""
    )
    parts.append(f"## Files\n\n{listed}{about}")
    parts.append("## Open the tables\n\nIn the folder where you unpacked the zip:")
    for tool, (language, text) in snippets(made.tables, made.spec.format).items():
        parts.append(f"### {tool}\n\n```{language}\n{text.rstrip()}\n```")
    parts += [f"## Get this again\n\n{AGAIN}", f"## Check the files\n\n{CHECK}"]
    return ("\n\n".join(parts) + "\n").encode()


def sources_rows(made: Made) -> list[list[str]]:
    """sources.csv: every configured source with licence, citation and how its last pull went; the header first."""
    demo = {"is_demo": "true"} if made.context.is_demo else {}
    told = [
        {
            **{column: one_line(one[column]) for column in ("source", "title", "connector", "licence", "sharing")},
            "last_pull": one_line(one["outcome"]),
            "newest_record_on": _day(one["newest_record_on"]),
            "last_success_at": _moment(one["last_success_at"]),
            "is_in_package": str(bool(one["is_used"])).lower(),
            "is_down": str(bool(one["is_down"])).lower(),
            "citation": citation(made, one),
            **demo,
        }
        for one in made.sources.to_dict("records")
    ]
    return [[*SOURCE_COLUMNS, *demo], *(list(one.values()) for one in told)]


def _day(value: Any) -> str:
    return "" if pd.isna(value) else f"{value:%Y-%m-%d}"


def _moment(value: Any) -> str:
    return "" if pd.isna(value) else f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
