"""A street's month, quick: every asset speaks each ten minutes, and what goes wrong is drawn from seeded dice.

    draw ──▶ troubles ──▶ readings ──▶ Judge (rules, causes, silence, flapping, shelves) ──▶ store, once an hour

Trouble is at the level of limits: each has a place, a begin, an end. It goes round: no place has it twice before all
of its severity had it once, as on a street whose bad actors were mended. Beside troubles by the severity of their rules
there are flapping contacts, gateways that die, circuits that go dark, a storm, and maintenance every week. Only rules
that set a limit to a value take part: the others ask for courses that nobody draws here.
"""

import heapq
import itertools
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from ingest.applying import apply
from ingest.simulator.limits import beyond, limit_of, normal_values, plain_ones
from street.assets import Asset
from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from street.people import Actor
from street.readings import Reading
from street.rules.judge import Judge, JudgedMove, Memory
from street.scenarios import Rule, Scenarios
from street.scenarios.conditions import Limit
from street.shelving import Shelving, ShelvingKind, Weekly
from street.store import Store, Writer

EVERY_US: Final = 10 * MINUTE_US
TICK_US: Final = MINUTE_US
TOGGLE_US: Final = 10 * SECOND_US
FLAP_US: Final = 30 * MINUTE_US
A_DAY: Final = {(1,): 2.8, (2,): 8.5, (3, 4): 65.0}  # troubles, by severities
OPERATOR: Final = Actor.system("month")


class Trouble(NamedTuple):
    """Some quantities of some assets break their limits, flap, or are silent for a while."""

    begin_us: int
    end_us: int
    rule: Rule | None  # None: not heard
    asset_ids: tuple[str, ...]
    flaps: bool = False


class Month:
    """One month of *assets*.

    Args:
        assets: who plays, each with an interval of ten minutes here.
        scenarios: what the rules are.
        begin_us: a local midnight [µs UTC].
        days: how long it is.
        seed: which of all possible months.
    """

    def __init__(
        self, assets: Iterable[Asset], scenarios: Scenarios, *, begin_us: int, days: int = 30, seed: int = 7
    ) -> None:
        self.assets = {it.asset_id: replace(it, interval_s=EVERY_US / SECOND_US) for it in assets}
        self.scenarios = plain_ones(scenarios)
        self.begin_us, self.end_us = begin_us, begin_us + days * DAY_US
        self._dice = random.Random(seed)
        self._rules = [rule for it in self.scenarios.values() for rule in it.rules]
        self._by_kind: dict[str, list[str]] = {}
        for asset in self.assets.values():
            self._by_kind.setdefault(asset.kind, []).append(asset.asset_id)
        self._normal = {kind: normal_values(it) for kind, it in self.scenarios.items()}
        self._broken: dict[tuple[str, str], Limit] = {}
        self._silent: set[str] = set()
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._now_us = begin_us
        self._moves: list[JudgedMove] = []
        self.readings = 0

    def play(
        self,
        store: Store,
        writer: Writer,
        make_judge: Callable[[Scenarios, Mapping[str, Asset], Memory], Judge] = Judge,
    ) -> None:
        """Play it into *store*, whose clock must show `now_us` of this month."""
        store.register_assets(list(self.assets.values()))
        shelvings = [
            store.alarm_desk().put_shelving(it, by=OPERATOR, action_id=f"month-{number}")
            for number, it in enumerate(self._maintenance())
        ]
        judge = make_judge(self.scenarios, self.assets, Memory(now_us=self.begin_us, shelvings=shelvings))
        self._plan_all(judge)
        next_commit_us = self.begin_us + HOUR_US
        while self._now_us < self.end_us:
            self._now_us += TICK_US
            while self._due and self._due[0][0] <= self._now_us:
                heapq.heappop(self._due)[2]()
            self._moves += judge.tick(self._now_us, listening_since_us=self.begin_us - HOUR_US)
            if self._now_us >= next_commit_us:
                next_commit_us += HOUR_US
                batch = writer.begin(self._now_us)
                apply(self._moves, batch)
                batch.commit()
                self._moves.clear()

    def now_us(self) -> int:
        """Return how far it has come [µs UTC]."""
        return self._now_us

    # -- what happens ---------------------------------------------------------------------------------------------

    def _plan(self, at_us: int, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (at_us, next(self._order), act))

    def _plan_all(self, judge: Judge) -> None:
        for asset in self.assets.values():
            self._speak_regularly(judge, asset, self.begin_us + int(self._dice.random() * EVERY_US))
        for trouble in self.troubles():
            self._plan(trouble.begin_us, lambda it=trouble: self._begin(judge, it))  # type: ignore[misc]  # bound early
            self._plan(trouble.end_us, lambda it=trouble: self._end(judge, it))  # type: ignore[misc]  # bound early

    def _speak_regularly(self, judge: Judge, asset: Asset, at_us: int) -> None:
        def speak() -> None:
            self._speak(judge, asset, at_us)
            self._speak_regularly(judge, asset, at_us + EVERY_US)

        self._plan(at_us, speak)

    def _speak(self, judge: Judge, asset: Asset, at_us: int) -> None:
        if asset.asset_id in self._silent:
            return
        for quantity, normal in self._normal.get(asset.kind, {}).items():
            limit = self._broken.get((asset.asset_id, quantity))
            value = normal if limit is None else beyond(limit)
            self.readings += 1
            self._moves += judge.observe(asset, Reading(asset.asset_id, quantity, at_us, at_us, value))

    def _begin(self, judge: Judge, trouble: Trouble) -> None:
        if trouble.flaps:
            self._flap(judge, trouble, self._now_us, is_on=True)
            return
        for asset_id in trouble.asset_ids:
            if trouble.rule is None:
                self._silent.add(asset_id)
                continue
            self._broken[asset_id, trouble.rule.quantity] = limit_of(trouble.rule)
            self._speak(judge, self.assets[asset_id], self._now_us)

    def _end(self, judge: Judge, trouble: Trouble) -> None:
        for asset_id in trouble.asset_ids:
            self._silent.discard(asset_id)
            if trouble.rule is not None:
                self._broken.pop((asset_id, trouble.rule.quantity), None)
            self._speak(judge, self.assets[asset_id], self._now_us)

    def _flap(self, judge: Judge, trouble: Trouble, at_us: int, *, is_on: bool) -> None:
        """Break and heal a limit every ten seconds."""
        if at_us >= trouble.end_us:
            return
        assert trouble.rule is not None
        [asset_id] = trouble.asset_ids
        key = asset_id, trouble.rule.quantity
        if is_on:
            self._broken[key] = limit_of(trouble.rule)
        else:
            self._broken.pop(key, None)
        self._speak(judge, self.assets[asset_id], at_us)
        self._plan(at_us + TOGGLE_US, lambda: self._flap(judge, trouble, at_us + TOGGLE_US, is_on=not is_on))

    # -- what is drawn --------------------------------------------------------------------------------------------

    def troubles(self) -> list[Trouble]:
        """Return all that goes wrong, the first first."""
        found = [it for severities, a_day in A_DAY.items() for it in self._of_severity(severities, a_day)]
        found += self._flapping() + self._causes() + self._storm() + self._works()
        return sorted(found, key=lambda it: it.begin_us)

    def _of_severity(self, severities: tuple[int, ...], a_day: float) -> Iterable[Trouble]:
        places = [
            (rule, asset_id)
            for rule in self._rules
            if rule.severity in severities and not rule.cause
            for asset_id in self._by_kind.get(rule.kind, ())
        ]
        at_us, deck = float(self.begin_us), list[tuple[Rule, str]]()
        while places and (at_us := at_us + self._dice.expovariate(a_day) * DAY_US) < self.end_us - HOUR_US:
            if not deck:
                deck = self._dice.sample(places, len(places))
            rule, asset_id = deck.pop()
            delay_us = int(rule.levels[0].on_delay_s * SECOND_US)
            lasts_us = delay_us + int(self._dice.uniform(10, 50) * MINUTE_US)
            if rule.schedule.holds(int(at_us)) and rule.schedule.holds(int(at_us) + delay_us):
                yield Trouble(int(at_us), int(at_us) + lasts_us, rule, (asset_id,))

    def _some_time(self) -> int:
        return self.begin_us + int(self._dice.random() * (self.end_us - self.begin_us - DAY_US))

    def _flapping(self) -> list[Trouble]:
        """Return contacts that flap for half an hour: two a week."""
        quick = [it for it in self._rules if not it.levels[0].on_delay_s and it.severity > 1 and not it.cause]
        quick = [
            it for it in quick if it.kind in self._by_kind and not it.schedule.hours and not it.levels[0].off_delay_s
        ]
        found = []
        for _ in range((self.end_us - self.begin_us) * 2 // (7 * DAY_US)):
            rule, at_us = self._dice.choice(quick), self._some_time()
            asset_id = self._dice.choice(self._by_kind[rule.kind])
            found.append(Trouble(at_us, at_us + FLAP_US, rule, (asset_id,), flaps=True))
        return found

    def _causes(self) -> list[Trouble]:
        """Return gateways that die with all behind them, and circuits that go dark."""
        found = []
        behind: dict[str, list[str]] = {}
        for asset in self.assets.values():
            if asset.gateway_id in self.assets:
                behind.setdefault(asset.gateway_id, [asset.gateway_id]).append(asset.asset_id)
        for gateway_id in self._dice.sample(sorted(behind), min(4, len(behind))):
            at_us = self._some_time()
            found.append(Trouble(at_us, at_us + 2 * HOUR_US, None, tuple(behind[gateway_id])))
        dark = next((it for it in self._rules if it.cause), None)
        lamps: dict[str, list[str]] = {}
        for asset in self.assets.values():
            if dark is not None and asset.kind == dark.kind and asset.circuit_id:
                lamps.setdefault(asset.circuit_id, []).append(asset.asset_id)
        for circuit_id in self._dice.sample(sorted(lamps), min(3, len(lamps))):
            at_us = self._some_time()
            found.append(Trouble(at_us, at_us + HOUR_US, dark, tuple(lamps[circuit_id])))
        return found

    def _storm(self) -> list[Trouble]:
        """Return one evening on which water stands in several places within an hour."""
        at_us = self.begin_us + 17 * DAY_US + 19 * HOUR_US
        wet = [
            (it, asset_id)
            for it in self._rules
            if "water" in it.quantity
            for asset_id in self._by_kind.get(it.kind, ())
        ]
        hit = self._dice.sample(wet, min(8, len(wet))) if at_us < self.end_us else []
        begins = [at_us + int(self._dice.uniform(0, 60) * MINUTE_US) for _ in hit]
        return [Trouble(it, it + 2 * HOUR_US, rule, (name,)) for it, (rule, name) in zip(begins, hit, strict=True)]

    def _works(self) -> list[Trouble]:
        """Return covers that are opened for the works of each week, during their maintenance."""
        rule = next((it for it in self._rules if it.rule_id == "manhole-open"), None)
        names = self._by_kind.get("manhole", [])[:10] if rule else []
        mornings = range(self.begin_us + 9 * HOUR_US, self.end_us - DAY_US, 7 * DAY_US)
        return [
            Trouble(at_us + place * MINUTE_US, at_us + HOUR_US + place * MINUTE_US, rule, (name,))
            for at_us in mornings
            for place, name in enumerate(names)
        ]

    def _maintenance(self) -> Sequence[Shelving]:
        """Return the weekly hours in which covers may be open."""
        weekday = 1 + (self.begin_us + 8 * HOUR_US) // DAY_US % 7
        day = (weekday + 2) % 7 + 1  # 1970-01-01 was a Thursday
        return [
            Shelving(
                kind=ShelvingKind.MAINTENANCE, asset_kind="manhole", from_us=self.begin_us, until_us=self.end_us,
                weekly=Weekly((day,), 8 * 60, 12 * 60), reason="works of the week",
            )
        ]  # fmt: skip
