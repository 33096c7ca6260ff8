"""From an MQTT message to what it says: the dialect is chosen by topic filter, and nothing ever raises."""

import logging
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from types import ModuleType
from typing import Final, Protocol, runtime_checkable

from ingest.dialects import (
    chirpstack_v4,
    cloudevents,
    frigate,
    homeassistant,
    homie5,
    native,
    ngsi,
    owntracks,
    senml,
    sensorthings,
    shelly_gen1,
    shelly_gen2,
    sparkplug_b,
    tasmota,
    ttn_v3,
    ultralight,
    zigbee2mqtt,
)
from ingest.messages import Decoded, DecodedReading, Kind, Message, rejected
from ingest.refusals import INTERNAL, TOPIC_UNKNOWN, RefusedError
from ingest.topics import check, is_filter, literal_root, matches
from street.errors import ConfigError

__all__ = ["DIALECTS", "UNROUTED", "Decoded", "DecodedReading", "Decoder", "Kind", "Message", "default_routes"]

DIALECTS: Final[dict[str, ModuleType]] = {
    module.NAME: module
    for module in (
        native,
        ngsi,
        zigbee2mqtt,
        ttn_v3,
        chirpstack_v4,
        cloudevents,
        tasmota,
        frigate,
        sparkplug_b,
        homeassistant,
        owntracks,
        senml,
        sensorthings,
        ultralight,
        homie5,
        shelly_gen1,
        shelly_gen2,
    )
}
UNROUTED: Final = "none"  # the dialect's name of a topic that is malformed, or that no filter takes
_CACHED: Final = 50_000
_log = logging.getLogger(__name__)


class Dialect(Protocol):
    """What `ingest/dialects/<name>.py` offers."""

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says, or raise `RefusedError`."""


@runtime_checkable
class Learner(Protocol):
    """A dialect whose devices announce the topics that they speak on."""

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says, or raise `RefusedError`."""

    def learnt(self, topic: str) -> bool:
        """Return whether *topic* was announced."""

    def topics(self) -> Iterator[str]:
        """Yield all that were announced."""


def default_routes() -> list[tuple[str, str]]:
    """Return each dialect's own topic filters, for where no configuration says otherwise."""
    return [(topic_filter, name) for name, module in DIALECTS.items() for topic_filter in module.FILTERS]


class Decoder:
    """Decodes every message, whatever it holds; keeps the dialects' state (registries), so feed it in order.

    Not for use from several threads.
    """

    def __init__(self, routes: list[tuple[str, str]]) -> None:
        self._routes = _dialects(routes)
        self._by_topic: dict[str, tuple[str, Callable[[Message], Decoded]]] = {}
        self._learners = list({id(it): (name, it) for _, name, it in self._routes if isinstance(it, Learner)}.values())

    def learnt_topics(self) -> set[str]:
        """Return the topics outside the routes that devices have announced and that must be listened to."""
        return {topic for _, learner in self._learners for topic in learner.topics()}

    def decode(self, message: Message) -> tuple[str, Decoded]:
        """Return the dialect's name and what *message* says."""
        try:
            name, decode = self._by_topic.get(message.topic) or self._route(message.topic)
        except RefusedError as refused:
            return UNROUTED, rejected(refused)
        try:
            return name, decode(message)
        except RefusedError as refused:
            return name, rejected(refused)
        except Exception:  # noqa: BLE001 - the promise of this class: a message costs at most itself
            _log.exception(
                "decoding failed dialect=%s topic=%r bytes=%d", name, message.topic[:80], len(message.payload)
            )
            return name, rejected(RefusedError(INTERNAL))

    def _route(self, topic: str) -> tuple[str, Callable[[Message], Decoded]]:
        check(topic[self._is_rooted(topic) :])  # once a topic: only sound ones are remembered
        for topic_filter, name, dialect in self._routes:
            if matches(topic_filter, topic):
                if len(self._by_topic) >= _CACHED:
                    self._by_topic.clear()
                self._by_topic[topic] = name, dialect.decode
                return name, dialect.decode
        for name, learner in self._learners:
            if learner.learnt(topic):  # not remembered: what was learnt can be forgotten
                return name, learner.decode
        raise RefusedError(TOPIC_UNKNOWN)

    def _is_rooted(self, topic: str) -> bool:
        """Return whether *topic* begins with a slash because a filter wants it so: Ultralight's topics do."""
        return topic.startswith("/") and any(it[0] == "/" and matches(it, topic) for it, *_ in self._routes)


def _dialects(routes: list[tuple[str, str]]) -> list[tuple[str, str, Dialect]]:
    """Return the routes with their dialects; filters below one another share one: it is the same installation.

    So do all filters of a dialect that says `IS_ONE`: what it learns under one counts under the others.
    """
    roots: dict[str, set[str]] = {}
    for topic_filter, name in routes:
        if name not in DIALECTS:
            near = get_close_matches(name, DIALECTS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(DIALECTS))}"
            msg = f"ingest.routes: no dialect named {name!r}; {hint}"
            raise ConfigError(msg)
        if not is_filter(topic_filter):
            msg = f"ingest.routes: {topic_filter!r} is not a topic filter"
            raise ConfigError(msg)
        roots.setdefault(name, set()).add(literal_root(topic_filter))
    made: dict[tuple[str, str], Dialect] = {}
    found = []
    for topic_filter, name in routes:
        own = literal_root(topic_filter)
        root = (
            ""
            if getattr(DIALECTS[name], "IS_ONE", False)
            else min((it for it in roots[name] if matches(f"{it}/#" if it else "#", own)), key=len)
        )
        if (name, root) not in made:
            made[name, root] = DIALECTS[name].Dialect(root)
        found.append((topic_filter, name, made[name, root]))
    return found
