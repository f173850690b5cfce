"""`ingest.py audit`: shows the newest lines of the audit log, or checks that none was changed or taken out."""

from collections.abc import Callable

from data import audit

Say = Callable[[str], None]
SHOWN_LINES = 20
NOT_A_FACT = {"at", "event", "account", "previous", "hash"}
# What no terminal should be told to do by a name in the log.
CONTROL = {code: "?" for code in (*range(32), *range(127, 160))}


def show(say: Say) -> None:
    """The newest lines, one below the other."""
    found = list(audit.entries(audit.folder()))
    for entry in found[-SHOWN_LINES:]:
        facts = ", ".join(f"{name} {_told(value)}" for name, value in entry.items() if name not in NOT_A_FACT)
        parts = [str(entry.get(name, "")) for name in ("at", "event", "account")]
        say("  ".join(filter(None, [*parts, facts])).translate(CONTROL))
    say(f"{len(found):,} lines in {audit.folder()}")


def check(say: Say, warn: Say) -> bool:
    """Say what the check of the whole log found; gives whether nothing is wrong."""
    found = audit.check(audit.folder())
    for problem in found.problems:
        warn(problem)
    if found.is_cut:
        say("The log begins after earlier lines that are not here, as where old months were deleted.")
    if not found.problems:
        say(f"{found.lines:,} lines, each follows the one before it.")
    say(f"Hash of the newest line: {found.newest}")
    say("Write this hash down elsewhere: lines taken from the end show only when it is no longer in the log.")
    return not found.problems


def _told(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
