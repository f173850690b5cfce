"""Files that somebody hostile hands in as a filled workbook: the template made bad, and what is no workbook at all."""

import bz2
import io
import re
import struct
import zipfile
from collections.abc import Callable

from ingestion import submissions
from tests.security.hostile import ENTITIES, LAUGHS, nested, zipped

CONTENT_TYPES = "[Content_Types].xml"
SHEET = "xl/worksheets/sheet1.xml"
BZIP2 = 12
NAMES = (
    "<img src=x onerror=alert(1)>.csv",
    "../../../etc/passwd.csv",
    "..\\..\\evil.xlsx",
    "x" * 300 + ".csv",
    "exe\u202evsc.csv",
    "\r\nX-Injected: 1.csv",
    '";filename="x.csv',
    "[x](javascript:alert(1)).csv",
    "ana@example.org ranger Ana 06-12345678.csv",
    "\0.csv",
    ".csv",
    "",
)


def good() -> dict[str, bytes]:
    """The members of the empty template."""
    with zipfile.ZipFile(io.BytesIO(submissions.template())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def workbook(changes: dict[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """The template with other members, or with some of them changed."""
    members = good()
    for name, change in changes.items():
        members[name] = change(members[name]) if callable(change) else change
    return zipped(members)


def rows(xml: str) -> Callable[[bytes], bytes]:
    """A sheet with these rows in place of its own."""
    return lambda sheet: re.sub(
        rb"<sheetData>.*</sheetData>|<sheetData ?/>", f"<sheetData>{xml}</sheetData>".encode(), sheet, flags=re.S
    )


def cells(*texts: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


def bzip2_bomb(name: str = SHEET, megabytes: int = 300) -> bytes:
    """A workbook of which one member is packed with bzip2, which Python unpacks at once, and lies about its size."""
    packer = bz2.BZ2Compressor()
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()
    content = bytearray(zipped({CONTENT_TYPES: b"<x/>", name: packed}, zipfile.ZIP_STORED))
    entry = content.rindex(b"PK\x01\x02")
    local = struct.unpack_from("<I", content, entry + 42)[0]
    for place, at in ((entry, 10), (local, 8)):
        struct.pack_into("<H", content, place + at, BZIP2)
        struct.pack_into("<I", content, place + at + 14, 9_000_000)
    return bytes(content)


def lying_workbook() -> bytes:
    """A workbook whose sheet unpacks to more than it says."""
    content = workbook({SHEET: b"<x>" + b" " * 60_000_000})
    return content.replace(struct.pack("<I", 60_000_003), struct.pack("<I", 1_000))


def _doctype(document: bytes) -> Callable[[bytes], bytes]:
    declared = document[document.index(b"<!DOCTYPE") : document.index(b"]>") + 2]
    return lambda sheet: re.sub(rb"(<\?xml[^>]*\?>)?", lambda found: found[0] + declared, sheet, count=1)


def workbooks() -> dict[str, bytes]:
    """Zips of all kinds, most of them workbooks."""
    filled = "<row>" + cells("assessment_id", "indicator_id") + "</row><row>" + cells("a", "b") + "</row>"
    entities = f'<!DOCTYPE x [<!ENTITY a0 "ha">{ENTITIES}]>'.encode()
    return {
        "no workbook": zipped({"a.csv": b"x"}),
        "zip bomb": zipped({CONTENT_TYPES: b"<x/>", SHEET: bytes(200_000_000)}),
        "zip that lies": lying_workbook(),
        "bzip2 bomb": bzip2_bomb(),
        "nested zips": nested(),
        "zip that climbs": workbook({"../../../evil.xml": b"<x/>", "/tmp/evil": b"x"}),
        "macros": workbook({"xl/vbaProject.bin": b"x"}),
        "macros by another name": workbook({"xl/VBAPROJECT.BIN": b"x"}),
        "laughs": workbook({SHEET: _doctype(entities)}),
        "laughs in strings": workbook({"xl/sharedStrings.xml": LAUGHS}),
        "entity of a file": workbook({SHEET: _doctype(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')}),
        "external links": workbook({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
        "formulas": workbook(
            {
                SHEET: rows(
                    f'<row>{cells("assessment_id", "indicator_id")}</row><row><c><f>HYPERLINK("http://x")</f></c></row>'
                )
            }
        ),
        "a stated size without end": workbook(
            {
                SHEET: lambda sheet: rows(filled)(re.sub(rb"<dimension[^>]*>", b"", sheet)).replace(
                    b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>', 1
                )
            }
        ),
        "a cell far to the right": workbook(
            {
                SHEET: rows(
                    f'<row>{cells("assessment_id", "indicator_id")}</row><row r="2"><c r="XFD2"><v>1</v></c></row>'
                )
            }
        ),
        "a million columns": workbook({SHEET: rows('<row><c r="ZZZZZZ1"><v>1</v></c></row>')}),
        "a row far below": workbook(
            {SHEET: rows('<row r="1048576"><c r="A1048576"><v>1</v></c></row>' + '<row r="99999999999"/>')}
        ),
        "rows without end": workbook({SHEET: rows("<row/>" * 1_100_000)}),
        "a shared text in every cell": workbook(
            {
                "xl/sharedStrings.xml": b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
                + b"x" * 32_000
                + b"</t></si></sst>",
                SHEET: rows('<row><c t="s"><v>0</v></c></row>' * 90_000),
            }
        ),
        "a shared text that is not there": workbook({SHEET: rows('<row><c t="s"><v>99999</v></c></row>')}),
        "a number without end": workbook({SHEET: rows(f"<row><c><v>{'9' * 30_000}</v></c></row>")}),
        "a day of no calendar": workbook(
            {SHEET: rows('<row><c t="d"><v>99999-99-99</v></c><c s="1"><v>1e300</v></c></row>')}
        ),
        "deep XML": workbook({SHEET: b"<a>" * 200_000}),
        "half a file": workbook({})[:-500],
        "no sheets": workbook({"xl/workbook.xml": b"<workbook/>"}),
        "styles without end": workbook({"xl/styles.xml": b"<styleSheet>" + b"<x/>" * 3_000_000 + b"</styleSheet>"}),
        "sheets without end": workbook({f"xl/worksheets/sheet{n}.xml": b"<worksheet/>" for n in range(2, 3_000)}),
    }


def tables() -> dict[str, bytes]:
    """Texts, most of them tables."""
    heading = b"assessment_id,site_id,indicator_id,role,rating,assessment_date\n"
    row = b"GL-1,555500101,1.1.1,self,met,2026-01-01\n"
    return {
        "nothing": b"",
        "one byte": b"x",
        "an image": b"\x89PNG\r\n\x1a\n" + bytes(5_000),
        "an old workbook": b"\xd0\xcf\x11\xe0" + bytes(5_000),
        "HTML": b"<html><script>alert(1)</script></html>",
        "a PDF": b"%PDF-1.7\n" + bytes(range(256)) * 50,
        "NUL": heading + b"GL-1,\0,\0\n",
        "UTF-16": (heading + row).decode().encode("utf-16"),
        "UTF-32": (heading + row).decode().encode("utf-32"),
        "line ends of all kinds": heading.replace(b"\n", b"\r")
        + row.replace(b"\n", b"\r\n")
        + row
        + b"\x0b\x0c\xe2\x80\xa8",
        "a huge cell": heading + b"GL-1," + b"x" * 15_000_000 + b"\n",
        "many columns": b",".join(b"c%d" % n for n in range(100_000)) + b"\n" + b"," * 100_000 + b"\n",
        "a column twice": b"assessment_id,assessment_id,indicator_id\n1,2,3\n",
        "a quotation mark that never closes": heading + b'"' + b"x,\n" * 100_000,
        "quotation marks everywhere": heading + b'"""' * 1_000_000,
        "rows without end": heading + row * 400_000,
        "blank lines without end": heading + b"\n" * 15_000_000,
        "commas without end": heading + b"," * 19_000_000,
        "quotes without end": heading + b'"",' * 6_000_000,
        "formulas": heading + b"=cmd|' /C calc'!A0,+1,-1,@x,\t=1,%0A=1\n",
        "letters of no encoding": heading + b"\xff\xfe\xfa" * 1_000 + b"\n",
        "letters that are not seen": heading + "\u202eGL-1,\u2066,\ufeff,\u200b,met,\n".encode(),
        "a name without end": heading + b"G" * 5_000 + b",555500101,1.1.1,self,met,2026-01-01\n",
        "digits of another script": heading + "GL-1,٥٥٥٥,1.1.1,self,met,２０２６-01-01\n".encode(),
        "a site that climbs": heading + b"GL-1,../../etc/passwd,1.1.1,self,met,2026-01-01\n",
        "a year of no calendar": heading + b"GL-1,555500101,1.1.1,self,met,99999-01-01\n",
        "JSON": b"[" * 1_000_000,
        "XML": LAUGHS,
    }
