"""One cause, one alarm: what breaks at many assets at once is told once, where it broke.

    broker ──▶ gateway ──▶ assets that speak through it
           ──▶ circuit ──▶ lamps on it

A group's own alarm is its root: a gateway that is silent, a circuit most of whose lamps are dark or silent, a broker
through which nothing comes at all. While it stands, its members' alarms of the same kind are suppressed: stored, listed
under it, calling nobody. Where a root may be about to come, an alarm waits until that is decided. When the cause is
over, what does not return within its interval and a half stands for itself.

Everything here can be rebuilt: roots and suppressed alarms from the store, silence from when assets were heard.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from street.alarms import Alarm, AlarmState
from street.assets import Asset
from street.clock import MINUTE_US
from street.rules.moves import Clear, Move, Pend, Raise
from street.rules.silence import Silence
from street.scenarios import Scenarios

SILENT: Final = "silent"
GATEWAY: Final = "gateway-silent"
CIRCUIT: Final = "circuit-out"
BROKER: Final = "broker-silent"
OWN_RULES: Final = frozenset({SILENT, GATEWAY, CIRCUIT, BROKER})
BROKER_ID: Final = "broker"  # the asset id of the broker's own alarm
ROOT_SEVERITY: Final = 3
MOST: Final = 0.8  # this share of a group makes its root
LESS: Final = 0.5  # below this share the root is over
FEWEST: Final = 3  # members of a circuit or gateway that can make its root by themselves
PATIENCE_US: Final = 30 * MINUTE_US  # at most so long an alarm waits for its cause
LINK_US: Final = MINUTE_US  # a broker that is away for less is not told


class Shift(NamedTuple):
    """An alarm goes under the alarm of its cause (suppressed), or stands for itself again (active)."""

    alarm_id: str
    to: AlarmState
    at_us: int


CausedMove = Move | Shift


@dataclass(slots=True)
class Group:
    """What one cause can break; `root` is its alarm while it stands, `over_us` when it was last over."""

    rule_id: str
    asset_id: str
    members: set[str] = field(default_factory=set)
    root: Alarm | None = None
    over_us: int = 0


@dataclass(slots=True)
class Trouble:
    """An alarm that a cause may explain; `state` is None while it waits and is not stored.

    `begin_us` is when the asset was last well [µs UTC]: a sibling heard after it is well itself.
    """

    alarm: Alarm
    state: AlarmState | None
    begin_us: int


class Causes:
    """Puts alarms under their causes.

    Args:
        scenarios: which rules have a cause, and how grave silence is.
        assets: by id, as registered.
        silence: who is silent.
        pending: (asset id, rule id) of running delays, as stored.
    """

    def __init__(
        self,
        scenarios: Scenarios,
        assets: Mapping[str, Asset],
        silence: Silence,
        pending: Iterable[tuple[str, str]] = (),
    ) -> None:
        self._scenarios = scenarios
        self._silence = silence
        self._assets = assets
        self.rules = frozenset(rule.rule_id for it in scenarios.values() for rule in it.rules if rule.cause)
        self._pending = {key for key in pending if key[1] in self.rules}
        self._troubles: dict[tuple[str, str], Trouble] = {}
        self._groups: dict[tuple[str, str], Group] = {}
        self._groups_of: dict[str, list[Group]] = {}
        self._broker = Group(BROKER, BROKER_ID)
        self._is_hushed = False  # nobody at all is heard: it may be the broker
        self._breached: set[str] = set()  # who is in breach of a limit with a cause, as of this tick
        self.learn(assets)

    def take_up(self, alarms: Iterable[Alarm]) -> None:
        """Take up what stands, as stored: active and suppressed alarms, of which those with a cause matter here."""
        for alarm in alarms:
            if alarm.rule_id in OWN_RULES or alarm.rule_id in self.rules:
                self._take_up(alarm)

    def learn(self, assets: Mapping[str, Asset]) -> None:
        """Know *assets* as they are registered now."""
        self._assets = assets
        for group in self._groups.values():
            group.members.clear()
        self._groups_of.clear()
        for asset in assets.values():
            for rule_id, root_id in ((GATEWAY, asset.gateway_id), (CIRCUIT, asset.circuit_id)):
                if root_id and root_id != asset.asset_id and asset.asset_id in self._silence.expected:
                    group = self._groups.setdefault((rule_id, root_id), Group(rule_id, root_id))
                    group.members.add(asset.asset_id)
                    self._groups_of.setdefault(asset.asset_id, []).append(group)

    def take(self, move: Move) -> Iterator[CausedMove]:
        """Yield what becomes of a move of the limits' rules; an alarm with a possible cause waits for the next tick."""
        if isinstance(move, Raise):
            alarm = move.alarm
            if alarm.rule_id in self.rules:
                self._troubles[alarm.asset_id, alarm.rule_id] = Trouble(alarm, None, alarm.raised_us)
                return
        elif isinstance(move, Clear):
            key = next((key for key, it in self._troubles.items() if it.alarm.alarm_id == move.alarm_id), None)
            if key is not None and self._troubles.pop(key).state is None:
                return
        elif isinstance(move, Pend) and move.rule_id in self.rules:
            (self._pending.discard if move.since_us is None else self._pending.add)((move.asset_id, move.rule_id))
        yield move

    def tick(self, now_us: int) -> Iterator[CausedMove]:
        """Yield what the passing of time moves: silence, roots, and alarms that have waited for one."""
        for asset_id, since_us in self._silence.tick(now_us):
            yield from self._hear(asset_id, since_us, now_us)
        self._breached = {it for it, rule_id in (*self._pending, *self._troubles) if rule_id in self.rules}
        yield from self._judge_broker(now_us)
        troubled = {asset_id for asset_id, _ in self._troubles}
        for group in self._groups.values():
            yield from self._judge(group, troubled, now_us)
        for trouble in tuple(self._troubles.values()):
            yield from self._settle(trouble, now_us)

    def link_lost(self, now_us: int, since_us: int) -> Iterator[CausedMove]:
        """Yield what it moves that the broker has not been heard since *since_us*."""
        if self._broker.root is None and now_us - since_us >= LINK_US:
            yield self._raise_root(self._broker, since_us + LINK_US, len(self._silence.heard))

    def _take_up(self, alarm: Alarm) -> None:
        silence, asset_id = self._silence, alarm.asset_id
        if alarm.rule_id == BROKER:
            self._broker.root = alarm
            return
        if alarm.rule_id in (GATEWAY, CIRCUIT):
            key = alarm.rule_id, asset_id
            self._groups.setdefault(key, Group(*key)).root = alarm
        else:
            self._troubles[asset_id, alarm.rule_id] = Trouble(alarm, alarm.state, alarm.raised_us)
        if alarm.rule_id in (SILENT, GATEWAY) and silence.heard.get(asset_id, alarm.raised_us + 1) <= alarm.raised_us:
            silence.silent[asset_id] = alarm.raised_us

    # -- one asset ----------------------------------------------------------------------------------------------

    def _hear(self, asset_id: str, since_us: int | None, now_us: int) -> Iterator[CausedMove]:
        """Yield what it moves that an asset is silent since then, or heard again."""
        key = asset_id, SILENT
        if since_us is None:
            trouble = self._troubles.pop(key, None)
            if trouble is not None and trouble.state is not None:
                at_us = max(self._silence.heard.get(asset_id, now_us), trouble.alarm.raised_us)
                yield Clear(trouble.alarm.alarm_id, at_us, None, None)
        elif key not in self._troubles and (GATEWAY, asset_id) not in self._groups:  # a gateway's own is its root
            asset = self._assets.get(asset_id)
            scenario = self._scenarios.get(asset.kind) if asset else None
            alarm = _alarm(SILENT, asset_id, since_us, scenario.silent_severity if scenario else 4)
            self._troubles[key] = Trouble(alarm, None, self._silence.heard[asset_id])

    def _settle(self, trouble: Trouble, now_us: int) -> Iterator[CausedMove]:
        """Yield what the causes as they stand make of one alarm."""
        groups = self._causes_of(trouble)
        if any(group.root is not None for group in groups):
            state = AlarmState.SUPPRESSED
        elif trouble.state is AlarmState.ACTIVE or self._is_decided(trouble, groups, now_us):
            state = AlarmState.ACTIVE
        else:
            return
        if state is trouble.state:
            return
        if trouble.state is None:
            yield Raise(replace(trouble.alarm, state=state), None)
        else:
            yield Shift(trouble.alarm.alarm_id, state, now_us)
        trouble.state = state

    def _causes_of(self, trouble: Trouble) -> list[Group]:
        """Return the groups whose root would explain *trouble*; a gateway's does not explain a dark lamp."""
        own = self._groups_of.get(trouble.alarm.asset_id, [])
        if trouble.alarm.rule_id == SILENT:
            return [*own, self._broker]
        return [group for group in own if group.rule_id == CIRCUIT]

    def _is_decided(self, trouble: Trouble, groups: Iterable[Group], now_us: int) -> bool:
        """Return whether no root is about to come, or just over: what it broke has its time to return."""
        late_us = self._late_us(trouble.alarm.asset_id)
        for group in groups:
            if trouble.begin_us < group.over_us and now_us < group.over_us + late_us:
                return False
            if self._is_hushed if group is self._broker else not self._is_spared(group, trouble, now_us):
                return False
        return True

    def _is_spared(self, group: Group, trouble: Trouble, now_us: int) -> bool:
        """Return whether *group* is not broken, as far as can be told from who was heard since."""
        heard, is_silence = self._silence.heard, trouble.alarm.rule_id == SILENT
        well_us = trouble.begin_us + (self._late_us(trouble.alarm.asset_id) if is_silence else 0)
        if group.rule_id == GATEWAY and group.asset_id in self._silence.expected and group.asset_id in heard:
            return heard[group.asset_id] >= well_us or now_us >= trouble.alarm.raised_us + PATIENCE_US
        if len(group.members) < FEWEST:
            return True
        patience_us = min(max(self._late_us(it) for it in group.members), PATIENCE_US)
        others = group.members - self._broken(group)
        return now_us >= trouble.alarm.raised_us + patience_us or all(
            heard.get(it, well_us) >= well_us for it in others
        )

    def _late_us(self, asset_id: str) -> int:
        expected = self._silence.expected.get(asset_id)
        return expected.late_us if expected else 0

    # -- one group ----------------------------------------------------------------------------------------------

    def _broken(self, group: Group) -> set[str]:
        """Return who of *group* is silent, or in breach of a limit that its cause can break."""
        broken = group.members & self._silence.silent.keys()
        return broken | (group.members & self._breached) if group.rule_id == CIRCUIT else broken

    def _judge(self, group: Group, troubled: set[str], now_us: int) -> Iterator[CausedMove]:
        """Yield the group's root where it begins or ends."""
        broken = self._broken(group)
        share = len(broken) / len(group.members) if group.members else 0.0
        is_gone = group.rule_id == GATEWAY and group.asset_id in self._silence.silent
        if group.root is not None:
            if not is_gone and share < LESS:
                yield self._clear_root(group, now_us)
            return
        is_most = share >= MOST and len(group.members) >= FEWEST and not troubled.isdisjoint(broken)
        if (is_gone or is_most) and not self._is_excused(group, now_us):
            yield self._raise_root(group, now_us, len(broken))

    def _is_excused(self, group: Group, now_us: int) -> bool:
        """Return whether the broker explains it, may be about to, or did until a moment ago."""
        late_us = self._late_us(group.asset_id) or max(map(self._late_us, group.members), default=0)
        return self._is_hushed or self._broker.root is not None or now_us < self._broker.over_us + late_us

    def _judge_broker(self, now_us: int) -> Iterator[CausedMove]:
        """Yield the broker's root: nothing at all has come for as long as makes the most talkative asset silent."""
        group = self._broker
        self._is_hushed, is_lost = self._silence.hush(now_us)
        if group.root is not None:
            if not is_lost:
                yield self._clear_root(group, now_us)
        elif is_lost:
            yield self._raise_root(group, now_us, len(self._silence.heard))

    def _raise_root(self, group: Group, at_us: int, victims: int) -> Raise:
        group.root = _alarm(group.rule_id, group.asset_id, at_us, ROOT_SEVERITY, float(victims))
        return Raise(group.root, None)

    def _clear_root(self, group: Group, now_us: int) -> Clear:
        assert group.root is not None
        root, group.root, group.over_us = group.root, None, now_us
        return Clear(root.alarm_id, max(now_us, root.raised_us), None, None)


def _alarm(rule_id: str, asset_id: str, at_us: int, severity: int, value: float | None = None) -> Alarm:
    return Alarm(
        alarm_id=f"{rule_id}:{asset_id}:{at_us}", asset_id=asset_id, rule_id=rule_id, quantity="", severity=severity,
        state=AlarmState.ACTIVE, value=value, raised_us=at_us,
    )  # fmt: skip
