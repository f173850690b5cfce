"""What can go wrong with a source, named by what the reader must do.

SourceError
├── SourceUnavailable   try again later (timeout, 429, 5xx)
├── SourceRefused       a person must act (401, 403, a missing key or file)
│   └── NothingThere    nothing is at this address (404), which some sources mean as an answer
└── SourceChanged       the answer has a new shape: the connector needs a fix, or the file is not what it says
"""

# A source may choose what a message quotes of it.
LONGEST_MESSAGE = 2_000


class SourceError(Exception):
    """A source could not be read; the message says which, why, and carries no secret."""

    outcome = "failed"
    advice = "Report this with the message above."

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message[:LONGEST_MESSAGE])
        self.advice = advice or type(self).advice


class SourceUnavailable(SourceError):
    """The source did not answer; the last good data stay."""

    outcome = "unavailable"
    advice = "Nothing to do: it is tried again at the next pull."


class SourceRefused(SourceError):
    """The source answered, but a person must act before it can be read."""

    outcome = "refused"
    advice = "Check the address and the key of this source in network.toml."


class NothingThere(SourceRefused):
    """The source has nothing at the address that was asked."""


class SourceChanged(SourceError):
    """The source answered in a shape that the connector does not know."""

    outcome = "changed"
    advice = "Run `python ingest.py check` on it and report the field named above."


def words_of(error: Exception) -> str:
    """What an error says, for a message; of one that the system raised its reason alone, for the rest is a path."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
