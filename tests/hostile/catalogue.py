"""The catalogue of hostile input, `hostile.jsonl`: what is sent, through which door, and what must come of it.

A case is {id, row, door, what, sent, expected}. `row` is the kind of attack (B50 to B106, A01 to A05), `door` says
which runner sends it. Long things are written short: a text may be a list of [text, times] pairs under a key that ends
in `_parts`, and `$NAME` stands for what only the run knows.
"""

import json
from pathlib import Path
from typing import Any, Final

Case = dict[str, Any]

PATH: Final = Path(__file__).with_name("hostile.jsonl")
CASES: Final[list[Case]] = [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]


def through(*doors: str) -> list[Case]:
    """Return the cases of these doors."""
    return [case for case in CASES if case["door"] in doors]


def named(case: Case) -> str:
    """Return how pytest calls a case."""
    return str(case["id"])


def whole(sent: Any, known: dict[str, Any]) -> Any:
    """Return *sent* with its `$NAMES` replaced by what is *known* and its parts joined."""
    if isinstance(sent, dict):
        return {
            key.removesuffix("_parts"): _joined(value) if key.endswith("_parts") else whole(value, known)
            for key, value in sent.items()
        }
    if isinstance(sent, list):
        return [whole(one, known) for one in sent]
    if isinstance(sent, str):
        if sent.startswith("$") and sent[1:] in known:
            return known[sent[1:]]
        for name, value in known.items():
            sent = sent.replace(f"${name}", str(value))
    return sent


def _joined(parts: list[list[Any]]) -> str:
    return "".join(text * times for text, times in parts)
