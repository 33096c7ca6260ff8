"""CSV for spreadsheets: what a cell holds is shown as it is, and never runs.

Excel, WPS and LibreOffice take a text that begins with `=`, `+`, `-` or `@` for a formula, quoted or not. Such a text
gets an apostrophe in front, which makes it literal. Numbers stay numbers; give them as numbers.
"""

import re
from collections.abc import Iterable
from typing import Final

BOM: Final = "\ufeff"  # begins the file: else Excel takes Chinese for the local code page
END: Final = "\r\n"

# Also behind blanks, quotes and separators: some programs split or strip first. The last four are full-width.
_RUNS: Final = re.compile("[\\s\x00-\x20\"',;|\ufeff]*+[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\x00]")


def cell(value: str | float | None) -> str:
    """Return one cell as it stands in the file: a text always quoted, None empty."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(int(value)) if isinstance(value, bool) else str(value)
    literal = f"'{value}" if _RUNS.match(value) else value
    return '"' + literal.replace('"', '""') + '"'


def row(values: Iterable[str | float | None]) -> str:
    """Return one row with its end."""
    return ",".join(map(cell, values)) + END
