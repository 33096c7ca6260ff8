"""Which Sparkplug nodes are asked to be born again: each once a minute at most, however much of theirs is not known."""

from collections.abc import Iterable, Iterator
from typing import Final

from ingest.filing import Item

EVERY_S: Final = 60.0
_MOST_NODES: Final = 5_000


class Rebirths:
    """Remembers who was asked, and when."""

    def __init__(self) -> None:
        self._asked_s: dict[str, float] = {}  # topic of the command -> when

    def due(self, items: Iterable[Item], now_s: float) -> Iterator[tuple[str, bytes]]:
        """Yield topic and payload of each command that *items* call for and that was not given within the minute.

        Args:
            items: filed messages; a retained copy asks for nothing.
            now_s: the present [s, monotonic].
        """
        for item in items:
            command = item.decoded.extra.get("command")
            if command is None or item.message.retain:
                continue
            topic, coded = command
            if now_s - self._asked_s.get(topic, -EVERY_S) < EVERY_S:
                continue
            if len(self._asked_s) >= _MOST_NODES:
                self._asked_s.clear()
            self._asked_s[topic] = now_s
            yield topic, bytes.fromhex(coded)
