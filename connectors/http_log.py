"""What the network libraries write into the log, without the queries of addresses, because a key may be in them."""

import logging
import re

LOGGERS = ("urllib3.connectionpool", "urllib3.util.retry")


def without_queries(text: str) -> str:
    """A text without the query of any address in it."""
    return re.sub(r"\?\S*", "?...", text)


class _WithoutQuery(logging.Filter):
    """Removes the query of every address from a log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_queries(record.getMessage()), ()
        return True


_WITHOUT_QUERY = _WithoutQuery()


def hide_queries() -> None:
    """Let no query reach the log from now on; may be called again."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_WITHOUT_QUERY)
