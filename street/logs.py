"""Logs: one set-up, one line an event, `key=value`, UTC.

Say the change, not the state. ERROR: a person must act. WARNING: we lost or refused something. INFO: start, stop,
connect, lose. DEBUG: the rest.

Logs are read by people who may not know whose phone number, plate or password it is: every line is masked.
"""

import logging
import sys
import time
from typing import TextIO

from street.masking import masked

CONTROL = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, 0x85, 0x2028, 0x2029)}


class OneLineFormatter(logging.Formatter):
    """Formats a record as one line whatever its message holds, so that outside text cannot forge a second one.

    Personal data and secrets are covered, in tracebacks too.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line; a traceback is folded into it with ` | ` between its lines."""
        text = super().format(record)
        return masked(text).replace("\n", " | ").translate(CONTROL)


def set_up(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send every log line to *stream* (stderr by default); called once, by a `__main__`."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(OneLineFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(max(level, logging.WARNING))  # it tells of each part it loads
    logging.captureWarnings(capture=True)


def quoted(text: str, limit: int = 120) -> str:
    """Return outside text as a log value: quoted, at most *limit* characters, controls escaped."""
    short = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return repr(short)
