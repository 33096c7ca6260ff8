"""Whether a reading can be believed: what a sensor's own course tells of the sensor.

implausible   outside what its quantity can be, or above what its own asset can hold
stuck         the course has hardly moved for longer than its quantity can stand still
jumping       further from the last one than its quantity can move; believed once it stays there
repeated      the source has sent the one before again under its old stamp
clock         its stamps are more than 120 s ahead, or steadily behind
silent        its asset is heard, and this quantity is not

Such a reading is kept and flagged, and the fault stands on the keeper's worklist until the series has been good for a
while. A true change of level is none of these: it moves, and it stays.

Pure and bounded: one small course for each series that a scenario describes. The faults that stand are stored, so that
they survive a restart; a course begins anew from what the store remembers of its last days.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from street.assets import Asset
from street.clock import DAY_US, HOUR_US, SECOND_US
from street.courses import BEHIND_US, CLOCK_SKEW, IMPLAUSIBLE, JUMPING, NEVER, REPEATED, STUCK, Course, Still
from street.freshness import FACTORS, Factors, interval_s
from street.readings import Flag
from street.scenarios import Quantity, Scenarios

COURSES: Final = 100_000  # at most: beyond, a value has neither range nor course
CLOCK: Final = "clock"
SILENT: Final = "silent"
STUCK_FAULT: Final = "stuck"
FAULTS: Final = {IMPLAUSIBLE: "implausible", STUCK: STUCK_FAULT, JUMPING: "jumping", REPEATED: "repeated"}
FAULTY: Final = IMPLAUSIBLE | STUCK | JUMPING | REPEATED | CLOCK_SKEW
OLD_NEWS: Final = int(Flag.RETAINED | Flag.HISTORY | Flag.SIMULATED)  # tells nothing of the sensor as it is now
GOOD_US: Final = DAY_US  # so long without it until a fault is over; one of a clock an hour, a stuck one at once
CLOCK_GOOD_US: Final = HOUR_US
PREFIX: Final = "fault:"  # of what the store keeps among the rules' states; no rule has such an id


class Fault(NamedTuple):
    """A fault of one quantity ("": of the asset itself) began at `since_us` [µs UTC], or is over (None)."""

    asset_id: str
    quantity: str
    fault: str
    since_us: int | None

    @property
    def state_id(self) -> str:
        """Under which name the store keeps it."""
        return f"{PREFIX}{self.fault}:{self.quantity}"


def standing_faults(states: Mapping[tuple[str, str], int]) -> list[Fault]:
    """Return the faults among the store's rule *states*."""
    found = []
    for (asset_id, state_id), since_us in states.items():
        if state_id.startswith(PREFIX):
            _, fault, quantity = state_id.split(":", 2)
            found.append(Fault(asset_id, quantity, fault, since_us))
    return found


def form_of(scenarios: Scenarios, kind: str, quantity: str) -> Quantity | None:
    """Return what is known of *quantity*; a device's second channel is of the same kind as its first."""
    scenario = scenarios.by_kind.get(kind)
    return scenario.quantities.get(quantity.partition(".")[0]) if scenario else None


def _registered(asset: Asset, quantity: str) -> Quantity | None:
    """Return what the register alone says of a quantity that no scenario knows."""
    if not asset.ranges and not asset.intervals:
        return None
    name = quantity.partition(".")[0]
    is_known = name in asset.ranges or name in asset.intervals
    return Quantity(name=name, unit=None, low=-math.inf, high=math.inf) if is_known else None


def stillness_s(scenarios: Scenarios, kind: str, quantity: str) -> float:
    """Return how far back a series has to be recalled after a restart [s]; 0 where its past does not matter."""
    form = form_of(scenarios, kind, quantity)
    return max((still.over_s for still in form.stuck), default=0.0) if form else 0.0


class Quality:
    """Watches the course of every series.

    Args:
        scenarios: what can be true.
        faults: what stands, as stored.
        now_us: when this begins [µs UTC].
    """

    def __init__(self, scenarios: Scenarios, faults: Iterable[Fault] = (), now_us: int = 0) -> None:
        self._scenarios = scenarios
        self._courses: dict[tuple[str, str], Course] = {}
        self._moved: list[Fault] = []
        self._stored: dict[tuple[str, str], dict[str, int]] = {}
        self._stuck_since: dict[tuple[str, str], int] = {}
        self._clocks: dict[str, int] = {}  # asset -> when its clock was last seen to be wrong
        for asset_id, quantity, fault, since_us in faults:
            if fault == CLOCK:
                self._clocks[asset_id] = now_us
                continue
            self._stored.setdefault((asset_id, quantity), {})[fault] = now_us
            if fault == STUCK_FAULT and since_us is not None:
                self._stuck_since[asset_id, quantity] = since_us

    def judge(self, asset: Asset, quantity: str, at_us: int, received_us: int, value: float, flags: int) -> int:
        """Return *flags* with what the value's course adds: the hot path, under a microsecond."""
        course = self._courses.get((asset.asset_id, quantity)) or self._begin(asset, quantity)
        if course is None:
            return flags
        if not course.low <= value <= course.high:
            flags |= IMPLAUSIBLE
        if flags & OLD_NEWS:
            return flags
        if at_us <= course.at_us:
            course.is_repeated = course.is_repeated or at_us == course.at_us
            return flags
        course.at_us = at_us
        course.heard_us = received_us
        if course.lag_us or course.is_repeated or received_us - at_us > BEHIND_US:
            flags |= course.stamped(at_us, received_us)
        if not course.is_plain:
            flags |= course.follow(at_us, value, flags)
        if flags & FAULTY or course.standing or course.asset_id in self._clocks:
            self._note(course, at_us, received_us, flags)
        return flags

    def recall(
        self, asset: Asset, quantity: str, heard_us: int, value: float | None, hours: Iterable[tuple[int, float, float]]
    ) -> None:
        """Take up what the store remembers of a series.

        Args:
            asset: whose it is.
            quantity: which.
            heard_us: when it was last heard [µs UTC].
            value: its live value.
            hours: (begin [µs UTC], low, high) of its last hours, oldest first; only where `stillness_s` asks for them.
        """
        key = asset.asset_id, quantity
        course = self._courses.get(key) or self._begin(asset, quantity)
        if course is None:
            return
        course.heard_us = heard_us
        since_us = self._stuck_since.pop(key, None)
        if since_us is not None and value is not None:
            course.resume_still(since_us, value)
            return
        for begin_us, low, high in hours:
            for still in course.stills:
                still.take(begin_us, low)
                still.take(begin_us, high)

    def sweep(
        self, now_us: int, *, listening_since_us: int = 0, silent: Iterable[str] = (), factors: Factors = FACTORS
    ) -> None:
        """Note which quantities are stale though their asset is heard, and which are heard again.

        Args:
            now_us: the present.
            listening_since_us: silence before it says nothing.
            silent: assets that are not heard at all: their quantities are no fault of their own.
            factors: where stale begins.
        """
        away, stale_us, moved = frozenset(silent), factors.stale * SECOND_US, self._moved
        for course in self._courses.values():
            since_us, every_s = course.heard_us, course.every_s
            if every_s is None or since_us == NEVER:
                is_silent = False
            else:
                oldest_us = now_us - stale_us * every_s
                is_silent = since_us < oldest_us and listening_since_us < oldest_us and course.asset_id not in away
            if is_silent and SILENT not in course.standing:
                course.standing[SILENT] = now_us
                moved.append(Fault(course.asset_id, course.quantity, SILENT, since_us))
            elif not is_silent and SILENT in course.standing:
                self._end(course, SILENT)

    def learn(self, assets: Mapping[str, Asset]) -> None:
        """Know *assets* as they are registered now."""
        for key, course in tuple(self._courses.items()):
            asset = assets.get(course.asset_id)
            if asset is None or asset.kind != course.kind:
                del self._courses[key]
                for fault in tuple(course.standing):
                    self._end(course, fault)
            else:
                course.low, course.high = asset.ranges.get(course.form.name, (course.form.low, course.form.high))
                course.every_s = interval_s(asset, self._scenarios.get(asset.kind), course.form)

    def take(self) -> list[Fault]:
        """Return the faults that began or ended since the last call."""
        moved, self._moved = self._moved, []
        return moved

    def _begin(self, asset: Asset, quantity: str) -> Course | None:
        form = form_of(self._scenarios, asset.kind, quantity) or _registered(asset, quantity)
        if form is None or len(self._courses) >= COURSES:
            return None
        key = asset.asset_id, quantity
        scenario = self._scenarios.get(asset.kind)
        is_ceiling = scenario is not None and any(it.at_most == form.name for it in scenario.quantities.values())
        is_believed = is_ceiling or not math.isinf(form.jump)
        is_plain = not (form.stuck or form.at_most or is_believed)
        low, high = asset.ranges.get(form.name, (form.low, form.high))
        course = Course(*key, asset.kind, form, interval_s(asset, scenario, form), low, high, is_plain, is_believed)
        course.stills = [Still(limit) for limit in form.stuck]
        course.standing = self._stored.pop(key, {})
        self._courses[key] = course
        if form.at_most:
            course.ceiling = self._courses.get((key[0], form.at_most)) or self._begin(asset, form.at_most)
        return course

    def _note(self, course: Course, at_us: int, received_us: int, flags: int) -> None:
        """Begin and end the faults that one reading tells of."""
        self._note_clock(course.asset_id, received_us, is_wrong=bool(flags & CLOCK_SKEW))
        standing = course.standing
        for flag, fault in FAULTS.items():
            if flags & flag:
                if fault not in standing:
                    since_us = course.stuck_since(at_us) if flag == STUCK else None
                    self._moved.append(Fault(course.asset_id, course.quantity, fault, since_us or at_us))
                standing[fault] = received_us
            elif fault in standing:
                is_over = (
                    course.stuck_since(at_us) is None if flag == STUCK else received_us - standing[fault] > GOOD_US
                )
                if is_over:
                    self._end(course, fault)

    def _note_clock(self, asset_id: str, received_us: int, *, is_wrong: bool) -> None:
        if is_wrong:
            if asset_id not in self._clocks:
                self._moved.append(Fault(asset_id, "", CLOCK, received_us))
            self._clocks[asset_id] = received_us
        elif asset_id in self._clocks and received_us - self._clocks[asset_id] > CLOCK_GOOD_US:
            del self._clocks[asset_id]
            self._moved.append(Fault(asset_id, "", CLOCK, None))

    def _end(self, course: Course, fault: str) -> None:
        course.standing.pop(fault, None)
        self._moved.append(Fault(course.asset_id, course.quantity, fault, None))
