"""From an MQTT message to what it says: the dialect is chosen by topic filter, and nothing ever raises."""

import logging
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from importlib import import_module
from typing import Final, Protocol, runtime_checkable

from ingest.messages import Decoded, DecodedReading, Kind, Message, rejected
from ingest.profiles import load_profiles
from ingest.refusals import INTERNAL, TOPIC_UNKNOWN, RefusedError
from ingest.topics import check, is_filter, literal_root, matches
from street.config.sections import IngestConfig
from street.errors import ConfigError

__all__ = ["DIALECTS", "UNROUTED", "Decoded", "DecodedReading", "Decoder", "Kind", "Message", "default_routes"]

DIALECTS: Final = (
    "native", "zigbee2mqtt", "tasmota", "shelly_gen1", "shelly_gen2", "homeassistant", "ttn_v3", "chirpstack_v4",
    "frigate", "sparkplug_b", "senml", "sensorthings", "ngsi", "cloudevents", "ultralight", "homie5", "owntracks",
)  # fmt: skip
# What these learn on one topic counts on all of theirs, whatever the filters are.
# These ask `profiles.yaml`: a fault in it is told at the start.
_PROFILED: Final = frozenset({"ttn_v3", "chirpstack_v4", "sensorthings"})
_ONE_OF_A_KIND: Final = frozenset({"tasmota", "shelly_gen2", "homeassistant", "ngsi", "cloudevents", "ultralight"})
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

    version: int  # another one: `topics` yields something else

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says, or raise `RefusedError`."""

    def learnt(self, topic: str) -> bool:
        """Return whether *topic* was announced."""

    def topics(self) -> Iterator[str]:
        """Yield all that were announced."""


class _Route:
    """One topic filter and its dialect, whose module is loaded with the first message that needs it."""

    def __init__(self, topic_filter: str, name: str, root: str) -> None:
        self.filter = topic_filter
        self.name = name
        self.root = root


def default_routes() -> list[tuple[str, str]]:
    """Return the routes that hold where no configuration says otherwise."""
    return list(IngestConfig().routes)


class Decoder:
    """Decodes every message, whatever it holds; keeps the dialects' state (registries), so feed it in order.

    Not for use from several threads.
    """

    def __init__(self, routes: list[tuple[str, str]]) -> None:
        self._routes = _checked(routes)
        if not _PROFILED.isdisjoint(name for _, name in routes):
            load_profiles()
        self._made: dict[tuple[str, str], Dialect] = {}
        self._by_topic: dict[str, tuple[str, Callable[[Message], Decoded]]] = {}
        self._learners: list[tuple[str, Learner]] = []
        self._learnt_by_topic: dict[str, tuple[str, Callable[[Message], Decoded]]] = {}
        self._learnt_by_topic_version = 0

    def inherit(self, other: "Decoder") -> None:
        """Know what *other* has learnt, where a dialect and its root are the same."""
        for route in self._routes:
            key = route.name, route.root
            if key in other._made and key not in self._made:
                self._made[key] = other._made[key]
        mine = {id(made) for made in self._made.values()}
        self._learners = [(name, it) for name, it in other._learners if id(it) in mine]

    @property
    def learnt_version(self) -> int:
        """Return a number that changes with `learnt_topics`: cheap to ask after each batch."""
        return sum(learner.version for _, learner in self._learners)

    def learnt_topics(self) -> set[str]:
        """Return the topics outside the routes that devices have announced and that must be listened to."""
        announced = {topic for _, learner in self._learners for topic in learner.topics()}
        heads = {route.filter.partition("/")[0] for route in self._routes}
        filters = [route.filter for route in self._routes]
        anywhere = [it for it in filters if it[0] in "+#"]
        return {
            topic
            for topic in announced
            if not any(matches(it, topic) for it in (filters if topic.partition("/")[0] in heads else anywhere))
        }

    def decode(self, message: Message) -> tuple[str, Decoded]:
        """Return the dialect's name and what *message* says."""
        name = UNROUTED
        try:
            name, decode = (
                self._by_topic.get(message.topic) or self._learnt(message.topic) or self._route(message.topic)
            )
            return name, decode(message)
        except RefusedError as refused:
            return name, rejected(refused)
        except Exception:  # noqa: BLE001 - the promise of this class: a message costs at most itself
            _log.exception(
                "decoding failed dialect=%s topic=%r bytes=%d", name, message.topic[:80], len(message.payload)
            )
            return name, rejected(RefusedError(INTERNAL))

    def _learnt(self, topic: str) -> tuple[str, Callable[[Message], Decoded]] | None:
        """Return who speaks on an announced topic, if it was asked for since the last announcement."""
        version = self.learnt_version
        if version != self._learnt_by_topic_version:
            self._learnt_by_topic.clear()
            self._learnt_by_topic_version = version
        return self._learnt_by_topic.get(topic)

    def _route(self, topic: str) -> tuple[str, Callable[[Message], Decoded]]:
        check(topic[self._is_rooted(topic) :])  # once a topic: only sound ones are remembered
        for route in self._routes:
            if matches(route.filter, topic):
                if len(self._by_topic) >= _CACHED:
                    self._by_topic.clear()
                decode = self._dialect(route).decode
                self._by_topic[topic] = route.name, decode
                return route.name, decode
        for name, learner in self._learners:
            if learner.learnt(topic):
                self._learnt_by_topic[topic] = name, learner.decode
                return name, learner.decode
        raise RefusedError(TOPIC_UNKNOWN)

    def _is_rooted(self, topic: str) -> bool:
        """Return whether *topic* begins with a slash because a filter wants it so: Ultralight's topics do."""
        return topic.startswith("/") and any(it.filter[0] == "/" and matches(it.filter, topic) for it in self._routes)

    def _dialect(self, route: _Route) -> Dialect:
        key = route.name, route.root
        if key not in self._made:
            made: Dialect = import_module(f"ingest.dialects.{route.name}").Dialect(route.root)
            self._made[key] = made
            if isinstance(made, Learner):
                self._learners.append((route.name, made))
        return self._made[key]


def _checked(routes: list[tuple[str, str]]) -> list[_Route]:
    """Return the routes with the root of their dialect: filters below one another share one, as one installation."""
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
    return [_Route(topic_filter, name, _root(name, literal_root(topic_filter), roots)) for topic_filter, name in routes]


def _root(name: str, own: str, roots: dict[str, set[str]]) -> str:
    if name in _ONE_OF_A_KIND:
        return ""
    return min((it for it in roots[name] if matches(f"{it}/#" if it else "#", own)), key=len)
