"""Tables as CSV that any spreadsheet may open, and text from outside as one line."""

import re

import pandas as pd

DEMO_LINE = "Demo data: these numbers are made up."
# What a spreadsheet takes for the start of a formula, full-width signs included.
SPREADSHEET_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Besides spaces: control signs, signs that turn the direction of writing, and what XML cannot hold.
NO_PART_OF_A_LINE = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+"
)


def csv_bytes(frame: pd.DataFrame, columns: list[str], is_demo: bool) -> bytes:
    """The columns as CSV (UTF-8 with byte-order mark, for spreadsheets); cells that would run are made inert."""
    texts = frame[columns].select_dtypes(include=["object", "str"]).columns
    safe = frame[columns].assign(**{column: frame[column].map(inert) for column in texts})
    head = f"# {DEMO_LINE}\r\n" if is_demo else ""
    return (head + safe.to_csv(index=False, lineterminator="\r\n")).encode("utf-8-sig")


def inert(cell: object) -> object:
    """The cell, with an apostrophe before text that a spreadsheet would run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(SPREADSHEET_STARTS) else cell


def one_line(text: object) -> str:
    """Text from outside on one line, without signs that are not seen; empty for what is missing."""
    return "" if pd.isna(text) else NO_PART_OF_A_LINE.sub(" ", str(text)).strip()
