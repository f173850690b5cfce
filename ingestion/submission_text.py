"""Text that people hand in, without letters that cannot be seen or that turn the others round."""

import re

# Controls but tab and line feed, and the marks that reverse the order of what follows.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str) -> str:
    """The text with line feeds alone between its lines, and nothing that UTF-8 cannot hold."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNSEEN.sub("", lines).encode("utf-8", "replace").decode("utf-8").strip()
