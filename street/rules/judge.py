"""The judge: limits, silence, causes and the quality of readings together; readings and time in, moves out.

    reading ─▶ Quality.judge ─▶ its flags ─▶ (stored) ─▶ Rules.observe ─┐
    time    ─▶ Rules.tick, Silence, Quality.sweep ──────────────────────┴▶ Causes ─▶ Flapping ─▶ Shelves ─▶ alarms

Pure like its parts: it reads no clock and writes nothing, and the store is enough to make another.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from street.alarms import Alarm
from street.assets import Asset
from street.clock import SECOND_US
from street.quality import OLD_NEWS, STUCK_FAULT, Fault, Quality, standing_faults
from street.readings import NOT_LIVE, Reading
from street.rules import Rules
from street.rules.causes import OWN_RULES, CausedMove, Causes
from street.rules.flapping import QUIET, Flapping, Turn, quiet_of
from street.rules.gauges import Usual
from street.rules.repeats import Repeats
from street.rules.shelves import Shelves, ToldMove
from street.rules.silence import GRACE_US, Silence
from street.scenarios import Scenarios
from street.shelving import Shelving

SWEEP_US: Final = 10 * SECOND_US
UNTOLD: Final = int(NOT_LIVE)


class Listen(NamedTuple):
    """Nothing can have gone by unheard since then [µs UTC]."""

    since_us: int


JudgedMove = ToldMove | Fault | Listen


class LiveValue(NamedTuple):
    """What the store knows of one series: its live value, and its last hours where they matter."""

    asset_id: str
    quantity: str
    at_us: int
    received_us: int
    value: float | None
    flags: int
    hours: tuple[tuple[int, float, float], ...] = ()  # (begin [µs UTC], low, high), oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the store remembers, from which a judge begins.

    `alarms` are active and suppressed ones; `states` the delays and faults by asset id and their own id; `availability`
    what devices say of themselves; `listened_us` until when was listened last, 0 where nobody knows; `turns` how alarms
    changed in the last `flapping.WINDOW_US`, oldest first; `shelvings` those that are not over; `recent` and `usual`
    what rules look back to.
    """

    alarms: Iterable[Alarm] = ()
    states: Mapping[tuple[str, str], int] = field(default_factory=dict)
    live: Iterable[LiveValue] = ()
    availability: Mapping[str, tuple[bool, int]] = field(default_factory=dict)
    listening_since_us: int = 0
    listened_us: int = 0
    now_us: int = 0
    turns: Iterable[Turn] = ()
    shelvings: Iterable[Shelving] = ()
    recent: Iterable[Reading] = ()
    usual: Usual = field(default_factory=dict)


class Judge:
    """Everything that readings, words of presence and the passing of time mean for alarms and faults.

    Args:
        scenarios: what the rules are.
        assets: by id, as registered.
        memory: what the store knows.
    """

    def __init__(self, scenarios: Scenarios, assets: Mapping[str, Asset], memory: Memory) -> None:
        faults = standing_faults(memory.states)
        delays = {key: it for key, it in memory.states.items() if not key[1].startswith(("fault:", QUIET))}
        stored, live = list(memory.alarms), list(memory.live)
        self._flapping = Flapping(stored, memory.turns, quiet_of(memory.states))
        self._shelves = Shelves(scenarios, assets, stored, memory.shelvings)
        alarms = [alarm for alarm in stored if not self._flapping.is_quiet(alarm)]  # what is only held is over to rules
        self._repeats = Repeats(scenarios, alarms)
        seen = {
            (it.asset_id, it.quantity): min(it.at_us, it.received_us)
            for it in live
            if it.value is not None and not it.flags & UNTOLD
        }
        self.quality = Quality(scenarios, faults, memory.now_us)
        self.heard: dict[str, int] = {}
        for it in live:
            if not it.flags & OLD_NEWS:
                self.heard[it.asset_id] = max(it.received_us, self.heard.get(it.asset_id, 0))
                if it.asset_id in assets:
                    self.quality.recall(assets[it.asset_id], it.quantity, it.received_us, it.value, it.hours)
        offline = {asset_id: at_us for asset_id, (is_there, at_us) in memory.availability.items() if not is_there}
        limits = [it for it in alarms if it.rule_id not in OWN_RULES]
        self._rules = Rules(scenarios, limits, delays, assets, seen, recent=memory.recent, usual=memory.usual)
        self._silence = Silence(
            scenarios, assets, self.heard, offline,
            listening_since_us=memory.listening_since_us, listened_us=memory.listened_us,
        )  # fmt: skip
        self._causes = Causes(scenarios, assets, self._silence, delays)
        self._causes.take_up(alarms)
        self._told_since_us = memory.listening_since_us
        self._next_sweep_us = 0

    def learn(self, assets: Mapping[str, Asset]) -> None:
        """Know *assets* as they are registered now."""
        self._rules.learn(assets)
        self._silence.learn(assets)
        self._causes.learn(assets)
        self._shelves.learn(assets)
        self.quality.learn(assets)

    def learn_usual(self, usual: Usual) -> None:
        """Know what is usual now."""
        self._rules.learn_usual(usual)

    def shelve(self, shelvings: Iterable[Shelving]) -> None:
        """Know *shelvings* as they are now."""
        self._shelves.shelve(shelvings)

    def observe(self, asset: Asset, reading: Reading, *, in_doubt: bool = False) -> list[ToldMove]:
        """Return what *reading* of *asset* moves; it must be fresh (never seen before).

        *in_doubt*: it is late, and may be live by a clock that is wrong.
        """
        if not reading.flags & OLD_NEWS:
            self.heard[reading.asset_id] = reading.received_us
        standing = self._repeats.standing
        repeats: list[ToldMove] = []
        if standing and (reading.asset_id, reading.quantity) in standing:
            repeats += self._repeats.of(reading)
        moves = self._rules.observe(asset, reading, in_doubt=in_doubt)
        if not moves:
            return repeats
        caused = [caused for move in moves for caused in self._causes.take(move)]
        return [*repeats, *self._told(caused, reading.received_us)]

    def note_presence(self, asset_id: str, at_us: int, *, is_there: bool) -> None:
        """Take in what a device, or the broker for it, says of itself."""
        if is_there:
            self._silence.offline.pop(asset_id, None)
        else:
            self._silence.offline[asset_id] = at_us

    def faults(self) -> Iterator[JudgedMove]:
        """Yield the faults that began or ended; what stands at a value that is stuck ends, for nothing else would."""
        for fault in self.quality.take():
            yield fault
            if fault.fault == STUCK_FAULT and fault.since_us is not None:
                for move in self._rules.distrust(fault.asset_id, fault.quantity, fault.since_us):
                    yield from self._told(self._causes.take(move), fault.since_us)

    def tick(self, now_us: int, *, listening_since_us: int) -> Iterator[JudgedMove]:
        """Yield what the passing of time moves.

        Args:
            now_us: the present.
            listening_since_us: since when every message would have come here, without a break.
        """
        silence = self._silence
        silence.listen(now_us, listening_since_us)
        if silence.listening_since_us != self._told_since_us:
            self._told_since_us = silence.listening_since_us
            yield Listen(self._told_since_us)
        for move in self._rules.tick(now_us, listening_since_us=listening_since_us):
            yield from self._told(self._causes.take(move), now_us)
        yield from self._told(self._causes.tick(now_us), now_us)
        if now_us >= max(self._next_sweep_us, listening_since_us + GRACE_US):
            self._next_sweep_us = now_us + SWEEP_US
            self.quality.sweep(now_us, listening_since_us=silence.listening_since_us, silent=silence.silent)
        yield from self.faults()
        yield from self._pass(now_us)

    def link_lost(self, now_us: int, since_us: int) -> Iterator[JudgedMove]:
        """Yield what it moves that the broker has not been heard since *since_us*."""
        yield from self._told(self._causes.link_lost(now_us, since_us), now_us)
        yield from self._pass(now_us)

    def _pass(self, now_us: int) -> Iterator[ToldMove]:
        """Yield what ends by itself: what was held because it flapped, or because somebody shelved it."""
        for move in self._flapping.tick(now_us):
            yield self._shelves.take(move, now_us)
        yield from self._shelves.tick(now_us)

    def _told(self, moves: Iterable[CausedMove], at_us: int) -> Iterator[ToldMove]:
        """Yield what becomes of *moves*, which are told at *at_us*, for people."""
        for move in moves:
            for flapped in self._flapping.take(move):
                yield self._shelves.take(flapped, at_us)
            self._repeats.note(move, self._flapping.stored_id)
