"""Text of strangers as a screen can bear it: nothing invisible, nothing that turns the direction, nothing endless."""

import unicodedata
from typing import Final

UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
KEPT: Final = frozenset("\n\t")
LONGEST_NAME: Final = 120


def seen(text: str) -> str:
    r"""Return *text* with `\uXXXX` for what cannot be seen or turns the direction of what follows."""
    return "".join(
        one if one in KEPT or unicodedata.category(one) not in UNSEEN else f"\\u{ord(one):04x}" for one in text
    )


def shown_name(text: str) -> str:
    """Return a name as it is shown: in one line, and cut where nobody reads on."""
    line = seen(" ".join(text[: LONGEST_NAME + 1].split()))
    return line if len(text) <= LONGEST_NAME else f"{line[:LONGEST_NAME]}…"
