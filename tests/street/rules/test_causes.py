"""One cause, one alarm: what is told, what is suppressed, and that all of it returns."""

from dataclasses import replace

import pytest

from street.alarms import Alarm, AlarmState
from street.assets import Asset
from street.clock import HOUR_US, SECOND_US
from street.readings import Reading
from street.rules import Clear, Pend, Raise
from street.rules.causes import Shift
from street.rules.judge import Judge, JudgedMove, LiveValue, Memory
from street.scenarios import load_scenarios

NIGHT_US = 1_795_492_800 * SECOND_US + 9 * HOUR_US  # 21:00 in Qingdao
SCENARIOS = load_scenarios()
GATEWAY = Asset(asset_id="GW", kind="gateway", name="GW", interval_s=60)
METERS = [Asset(asset_id=f"N-{n:02}", kind="noise_meter", name="N", interval_s=30, gateway_id="GW") for n in range(50)]
LAMPS = [Asset(asset_id=f"L-{n}", kind="streetlight", name="L", interval_s=300, circuit_id="LC") for n in range(10)]
BYSTANDER = Asset(asset_id="B", kind="noise_meter", name="B", interval_s=30)
STREET = {it.asset_id: it for it in (GATEWAY, *METERS, *LAMPS, BYSTANDER)}


class Street:
    """A judge, a clock, and a store of alarms as a batch would keep them."""

    def __init__(self, assets: dict[str, Asset] = STREET) -> None:
        self.assets = assets
        self.now_us = NIGHT_US
        self.up_since_us = NIGHT_US - HOUR_US
        self.alarms: dict[str, Alarm] = {}
        self.states: dict[tuple[str, str], int] = {}
        self.live: dict[tuple[str, str], LiveValue] = {}
        self.listening_since_us = 0
        self.judge = self._judge()

    def _judge(self, listened_us: int = 0) -> Judge:
        standing = [it for it in self.alarms.values() if it.state is not AlarmState.CLEARED]
        memory = Memory(alarms=standing, states=self.states, live=self.live.values(), now_us=self.now_us,
                        listening_since_us=self.listening_since_us, listened_us=listened_us)  # fmt: skip
        return Judge(SCENARIOS, self.assets, memory)

    def restart(self, away_s: int = 0) -> None:
        """End ingest, be away, and begin again from what is stored."""
        listened_us = self.now_us
        self.now_us += away_s * SECOND_US
        self.up_since_us = self.now_us
        self.judge = self._judge(listened_us)

    def keep(self, moves: list[JudgedMove]) -> None:
        """Store moves."""
        for move in moves:
            match move:
                case Raise(alarm=alarm):
                    assert alarm.alarm_id not in self.alarms
                    self.alarms[alarm.alarm_id] = alarm
                case Clear(alarm_id=alarm_id):
                    assert self.alarms[alarm_id].state is not AlarmState.CLEARED
                    self.alarms[alarm_id] = replace(self.alarms[alarm_id], state=AlarmState.CLEARED)
                case Shift(alarm_id=alarm_id, to=to):
                    self.alarms[alarm_id] = replace(self.alarms[alarm_id], state=to)
                case Pend(asset_id=asset_id, rule_id=rule_id, since_us=since_us):
                    self.states.pop((asset_id, rule_id), None)
                    self.states |= {} if since_us is None else {(asset_id, rule_id): since_us}
                case _:
                    self.listening_since_us = getattr(move, "since_us", None) or self.listening_since_us

    def say(self, asset: Asset, quantity: str, value: float) -> None:
        """Hear one reading."""
        reading = Reading(asset.asset_id, quantity, self.now_us, self.now_us, value)
        self.live[reading[:2]] = LiveValue(*reading[:2], self.now_us, self.now_us, value, 0)
        self.keep(list(self.judge.observe(asset, reading)))

    def run(self, seconds: int, *, without: frozenset[str] = frozenset(), dark: frozenset[str] = frozenset()) -> None:
        """Let time pass: each asset speaks at its interval, but for those *without*; *dark* lamps have no supply."""
        for _ in range(seconds // 5):
            self.now_us += 5 * SECOND_US
            for number, asset in enumerate(self.assets.values()):
                every_us = int(asset.interval_s or 60) * SECOND_US
                is_due = (self.now_us - number * 7 * SECOND_US) % every_us < 5 * SECOND_US
                if is_due and asset.asset_id not in without:
                    self.say(asset, *self._said(asset, asset.asset_id in dark))
            self.keep(list(self.judge.tick(self.now_us, listening_since_us=self.up_since_us)))

    def _said(self, asset: Asset, is_dark: bool) -> tuple[str, float]:
        if asset.kind == "streetlight":
            return "voltage", 0.0 if is_dark else 223.0
        return ("cpu_temperature", 40.0) if asset.kind == "gateway" else ("noise_laeq", 45.0)

    def active(self) -> list[str]:
        """Return (rule, asset) of what calls somebody."""
        return sorted(f"{it.rule_id} {it.asset_id}" for it in self.alarms.values() if it.state is AlarmState.ACTIVE)

    def count(self, state: AlarmState) -> int:
        """Return how many alarms are in *state*."""
        return sum(it.state is state for it in self.alarms.values())

    def ever(self) -> set[str]:
        """Return the rules that ever raised anything."""
        return {it.rule_id for it in self.alarms.values()}


@pytest.fixture
def street() -> Street:
    """Give a street of 62 assets that has spoken for a while."""
    made = Street()
    made.run(600)
    assert made.alarms == {}
    return made


BEHIND = frozenset(it.asset_id for it in METERS)
LIT = frozenset(it.asset_id for it in LAMPS)
EIGHT = frozenset(f"L-{n}" for n in range(8))


def test_a_gateway_that_dies_is_one_alarm_with_fifty_victims(street: Street) -> None:
    """They fall silent before it does; none of them is ever told."""
    street.run(900, without=BEHIND | {"GW"})

    assert street.active() == ["gateway-silent GW"]
    assert street.count(AlarmState.SUPPRESSED) == 50


def test_all_of_it_returns(street: Street) -> None:
    """Nothing is left standing."""
    street.run(900, without=BEHIND | {"GW"})

    street.run(300)

    assert (street.active(), street.count(AlarmState.SUPPRESSED)) == ([], 0)
    assert street.count(AlarmState.CLEARED) == 51


def test_what_does_not_return_stands_for_itself(street: Street) -> None:
    """The gateway is back, one meter is really broken."""
    street.run(900, without=BEHIND | {"GW"})

    street.run(300, without=frozenset({"N-07"}))

    assert street.active() == ["silent N-07"]


def test_one_silent_asset_is_one_alarm(street: Street) -> None:
    """Told as soon as its gateway has proved that it lives, at the severity of its kind."""
    street.run(180, without=frozenset({"N-07"}))

    assert street.active() == ["silent N-07"]
    assert [it.severity for it in street.alarms.values()] == [SCENARIOS["noise_meter"].silent_severity]


def test_a_gateway_whose_members_all_fall_silent_is_the_cause_though_it_speaks(street: Street) -> None:
    """Its radio is dead, its processor is not."""
    street.run(600, without=BEHIND)

    assert street.active() == ["gateway-silent GW"]


def test_eight_of_ten_lamps_dark_are_one_circuit(street: Street) -> None:
    """And no lamp."""
    street.run(1800, dark=EIGHT)

    assert street.active() == ["circuit-out LC"]
    assert {it.rule_id for it in street.alarms.values() if it.state is AlarmState.SUPPRESSED} == {"lamp-no-supply"}


def test_four_of_ten_are_four_lamps(street: Street) -> None:
    """Most of the circuit burns."""
    street.run(1800, dark=frozenset(f"L-{n}" for n in range(4)))

    assert street.active() == [f"lamp-no-supply L-{n}" for n in range(4)]


def test_a_circuit_whose_controllers_die_with_it_is_one_circuit(street: Street) -> None:
    """Half of them can still say that they have no supply."""
    street.run(2400, without=frozenset(f"L-{n}" for n in range(5, 10)), dark=frozenset(f"L-{n}" for n in range(5)))

    assert street.active() == ["circuit-out LC"]


def test_a_circuit_returns_lamp_by_lamp_without_another_alarm(street: Street) -> None:
    """They report over five minutes."""
    street.run(1800, dark=LIT)

    street.run(900)

    assert (street.active(), street.count(AlarmState.SUPPRESSED)) == ([], 0)
    assert len([it for it in street.alarms.values() if it.rule_id == "circuit-out"]) == 1


def test_the_lamps_that_stay_dark_are_told_when_the_circuit_is_back(street: Street) -> None:
    """Two bulbs did not survive it."""
    street.run(1800, dark=LIT)

    street.run(1200, dark=frozenset({"L-3", "L-4"}))

    assert street.active() == ["lamp-no-supply L-3", "lamp-no-supply L-4"]


def test_nothing_at_all_is_the_brokers_alarm(street: Street) -> None:
    """Not sixty-two, and no gateway's."""
    street.run(3600, without=frozenset(STREET))

    assert street.active() == ["broker-silent broker"]

    street.run(900)
    assert (street.active(), street.count(AlarmState.SUPPRESSED)) == ([], 0)
    assert "gateway-silent" not in street.ever()


def test_a_line_that_is_down_is_the_brokers_alarm(street: Street) -> None:
    """After a minute; nobody is called silent over what was not heard."""
    down_us = street.now_us
    for second in range(0, 600, 5):
        street.keep(list(street.judge.link_lost(down_us + second * SECOND_US, down_us)))
    before = street.active()

    street.now_us = street.up_since_us = down_us + 600 * SECOND_US
    street.run(600)

    assert before == ["broker-silent broker"]
    assert street.active() == []
    assert street.ever() == {"broker-silent"}


@pytest.mark.parametrize("away_s", [5, 250, 7200])
def test_a_restart_in_the_middle_changes_nothing(street: Street, away_s: int) -> None:
    """Root and victims are rebuilt from the store; none is raised twice, none is released."""
    street.run(900, without=BEHIND | {"GW"})
    before = set(street.alarms)

    street.restart(away_s)
    street.run(300, without=BEHIND | {"GW"})

    assert set(street.alarms) == before
    assert street.active() == ["gateway-silent GW"]
    street.run(600)
    assert (street.active(), street.count(AlarmState.SUPPRESSED)) == ([], 0)


def test_a_restart_while_a_circuit_is_dark_changes_nothing(street: Street) -> None:
    """The lamps' own alarms are known to the rules again."""
    street.run(1800, dark=EIGHT)
    before = set(street.alarms)

    street.restart(30)
    street.run(900, dark=EIGHT)

    assert set(street.alarms) == before
    street.run(900)
    assert (street.active(), street.count(AlarmState.SUPPRESSED)) == ([], 0)


def test_an_ingest_that_was_away_for_hours_raises_no_flood(street: Street) -> None:
    """What was not heard meanwhile was not listened to."""
    street.restart(away_s=6 * 3600)

    street.run(900)

    assert street.alarms == {}


def test_a_single_lamp_waits_for_its_circuit_no_longer_than_it_must(street: Street) -> None:
    """As soon as every other lamp has spoken; at most an interval and a half."""
    street.run(900, dark=frozenset({"L-0"}))

    assert street.active() == ["lamp-no-supply L-0"]


def test_a_gateway_that_speaks_rarely_holds_nobody_back_for_long() -> None:
    """Half an hour at most; an alarm that was told before its cause goes under it then."""
    meter = Asset(asset_id="N", kind="noise_meter", name="N", interval_s=30, gateway_id="GW")
    street = Street({"N": meter, "GW": replace(GATEWAY, interval_s=3600.0)})
    street.run(3600)

    street.run(1700, without=frozenset({"N", "GW"}))
    before = street.active()
    street.run(300, without=frozenset({"N", "GW"}))
    told = street.active()
    street.run(10_800, without=frozenset({"N", "GW"}))

    assert (before, told) == ([], ["silent N"])
    assert street.active() == ["gateway-silent GW"]


def test_a_small_street_has_no_broker_alarm() -> None:
    """One sensor in a test set-up is silent by itself."""
    street = Street({"B": BYSTANDER})
    street.run(120)

    street.run(300, without=frozenset({"B"}))

    assert street.active() == ["silent B"]


def test_a_new_register_makes_new_groups(street: Street) -> None:
    """Somebody assigns a gateway while we run."""
    moved = {it.asset_id: replace(it, gateway_id="") for it in STREET.values()}
    street.judge.learn(moved)

    street.run(300, without=frozenset({"N-01", "N-02"}))

    assert street.active() == ["silent N-01", "silent N-02"]


def test_a_call_for_help_waits_for_nobody() -> None:
    """Only limits with a cause are held."""
    button = Asset(asset_id="E", kind="elder_button", name="E", gateway_id="GW")
    street = Street({"E": button, "GW": GATEWAY})

    street.say(button, "button_pressed", 1.0)

    assert street.active() == ["elder-calls E"]
