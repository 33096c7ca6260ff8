"""The duty process: what one turn does, and that killing it and setting its clock lose and repeat nothing."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.__main__ import main
from ingest.duty.service import Duty, boot_number, couriers_of, ladder_of, secrets_of, serve, steady_us
from street.clock import DAY_US, HOUR_US, MINUTE_US, now_us
from street.config import Config
from street.config.channels import Channel
from street.config.sections import DispatchConfig, NoticesConfig, PeopleConfig, StoreConfig
from street.errors import ConfigError
from street.incidents import Act, Order
from street.people import Actor, Grant, Role
from street.store import Store, open_store
from tests.ingest.duty import fast_duty
from tests.street.store.makers import KEY, NOON_US, Now, add_person, an_incident, deeds, rows

CELL = "370202007007003"
ROBOT = Channel(name="squad", kind="wecom", url="https://127.0.0.1:1/x", key_env="ROBOT_KEY", secret_env="ROBOT_SECRET")
DEADLINE_S = 60.0


class Street:
    """A store, and what duty is configured with."""

    def __init__(self, folder: Path) -> None:
        self.now, self.folder = Now(), folder
        self.config = Config(store=StoreConfig(url=f"sqlite:///{folder}/street.db"))
        self.store: Store = open_store(self.config.store.url, self.now, audit_key=KEY)

    def report(self, *numbers: int) -> None:
        """Report incidents of severity 1 at noon."""
        writer = self.store.writer()
        batch = writer.begin(NOON_US)
        for number in numbers:
            batch.report_incident(an_incident(f"rules/{number}", severity=1, grid_cell_id=CELL))
        batch.commit()
        writer.close()

    def duty(self, config: Config | None = None) -> Duty:
        """Return a duty as a new process has it."""
        return Duty(config or self.config, self.store, self.now, lambda: self.now.us - NOON_US)

    def steps(self) -> list[tuple[str, int]]:
        """Return which incident reached which level."""
        return [(name, level) for name, level in rows(self.store, "SELECT incident_id, level FROM escalation_steps")]


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    """A store with nothing in it."""
    made = Street(tmp_path)
    yield made
    made.store.close()


def test_a_turn_does_all_that_is_due(street: Street) -> None:
    """From the first level to the last, with its sign of life and its counts."""
    squad = add_person(street.store, "zhao", Role.SQUAD_LEADER)
    street.report(1)
    duty = street.duty()

    for _ in range(11 * 12):
        duty.turn()
        street.now.pass_by(seconds=5)

    assert street.steps() == [("rules/1", 1), ("rules/1", 2), ("rules/1", 3)]
    assert duty.counts["escalated"] == 3
    assert street.store.dispatch().heartbeat() == street.now.us - 5_000_000
    assert [it.notice.fields["level"] for it in street.store.notices().of(squad.person_id)] == ["3", "2", "1"]


def test_the_coordinator_is_a_leader_of_the_subdistrict_or_who_is_named(street: Street) -> None:
    """Not the district's; and not who has left."""
    for login, area_id in (("district", "370202"), ("lin", "370202007")):
        add_person(street.store, login, Role.LEADER, grants=(Grant(Role.LEADER, area_id),))
    named = add_person(street.store, "named", Role.SQUAD_LEADER)
    add_person(street.store, "gone", Role.LEADER, is_active=False)
    logins = {it.person_id: it.login for it in street.store.people().all()} | {"": ""}

    def coordinator(login: str) -> str:
        config = Config(store=street.config.store, dispatch=DispatchConfig(coordinator=login))
        return logins[street.duty(config)._coordinator_id()]

    assert (coordinator(""), coordinator("named"), coordinator("gone")) == ("lin", named.login, "")


def test_two_returns_are_handed_over_by_a_turn(street: Street) -> None:
    """The whole way: dispatched twice, returned twice, and then the coordinator's."""
    lin = add_person(street.store, "lin", Role.LEADER)
    wang = add_person(street.store, "wang")
    street.report(1)
    duty, acts = street.duty(), street.store.acts()
    orders = [Act.FILE, Act.DISPATCH, Act.RETURN, Act.DISPATCH, Act.RETURN]

    for number, act in enumerate(orders):
        duty.turn()
        street.now.pass_by(seconds=1)
        order = Order(
            action_id=f"tap-{number}", incident_id="rules/1", act=act, at_us=street.now.us, reason="not ours",
            officer_id=wang.person_id if act is Act.DISPATCH else "",
        )  # fmt: skip
        by = Actor(wang.person_id, "wang") if act is Act.RETURN else Actor.system("tests")
        acts.act(order, by=by, now_us=street.now.us)
    duty.turn()

    assert rows(street.store, "SELECT stage, handler_id FROM incidents") == [("dispatched", lin.person_id)]


def test_an_incident_that_cannot_be_moved_holds_up_no_other(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """One row that is damaged must not silence the street; it is said once."""
    street.report(1, 2)
    duty = street.duty()
    duty.turn()
    street.now.pass_by(minutes=3)
    true_go_up = duty._escalations.go_up

    def go_up(due: object, *args: object) -> bool:
        if getattr(due, "incident_id", "") == "rules/1":
            msg = "damaged"
            raise ConfigError(msg)
        return true_go_up(due, *args)  # type: ignore[arg-type]  # handed on as they come

    monkeypatch.setattr(duty._escalations, "go_up", go_up)
    duty.turn()

    assert street.steps() == [("rules/2", 1)]


# ------------------------------------------------------------------------------------------------ killed


def _run(street: Street, began_s: float, gone_us: int = 0) -> subprocess.Popen[bytes]:
    script = str(Path(fast_duty.__file__))
    command = [sys.executable, script, str(street.folder), repr(began_s), str(gone_us)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(fast_duty.__file__).parents[3])
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.mark.faults
@pytest.mark.timeout(240)
@pytest.mark.parametrize("jump_us", [0, HOUR_US, -HOUR_US, DAY_US], ids=["steady", "+1 h", "-1 h", "+1 d"])
def test_killed_at_random_it_skips_nothing_and_repeats_nothing(street: Street, jump_us: int) -> None:
    """SIGKILL again and again, while the clock is set back and forth: three steps for each of ten incidents."""
    squad = add_person(street.store, "zhao", Role.SQUAD_LEADER)
    street.report(*range(10))
    dice, began_s, kills = random.Random(f"duty {jump_us}"), time.monotonic(), 0

    while len(street.steps()) < 30 and time.monotonic() < began_s + DEADLINE_S:
        process = _run(street, began_s, jump_us if kills % 2 else 0)
        try:
            process.wait(dice.uniform(0.05, 1.0))
        except subprocess.TimeoutExpired:
            kills += 1
        process.kill()
        process.communicate()

    steps, told = street.steps(), street.store.notices().of(squad.person_id)
    assert kills >= 2
    assert sorted(steps) == sorted((f"rules/{number}", level) for number in range(10) for level in (1, 2, 3))
    assert len(deeds(street.store, "incident.escalate")) == 30
    assert set(Counter(it.notice.notice_id for it in told).values()) == {1}
    assert len([it for it in told if it.notice.kind == "unanswered"]) == 30
    for number in range(10):
        done = [it.reason for it in street.store.acts().timeline(f"rules/{number}") if it.act == "escalate"]
        assert done == ["unanswered"] * 3
    assert rows(street.store, "SELECT DISTINCT escalation FROM incidents") == [(3,)]


# ------------------------------------------------------------------------------------------------ put together


def test_the_ladder_is_what_the_configuration_says() -> None:
    """An empty one never goes up."""
    ladder = ladder_of(DispatchConfig())

    assert ladder.levels == {1: (2, 5, 10), 2: (5, 15, 30), 3: (30, 120, 480)}
    assert (ladder.no_progress_min, ladder.claim_min) == ({1: 5, 2: 15, 3: 120, 4: 480}, 30)


def test_a_channel_without_its_key_stops_the_start() -> None:
    """Rather than a night in which nothing arrives."""
    config = Config(notices=NoticesConfig(channels=(ROBOT,)))

    with pytest.raises(ConfigError, match=r"notices\.channels: expected squad's secret .* ROBOT_SECRET, got nothing"):
        secrets_of(config, ROBOT, {"ROBOT_KEY": "a-key-of-its-own"})


def test_each_channel_gets_a_courier_with_its_secrets(street: Street) -> None:
    """And without channels there is nobody to send anything."""
    environ = {"ROBOT_KEY": "a-key-of-its-own", "ROBOT_SECRET": "a-secret-of-its-own"}
    config = Config(notices=NoticesConfig(channels=(ROBOT,)))

    assert [it.channel.name for it in couriers_of(config, street.store, street.now, environ)] == ["squad"]
    assert couriers_of(Config(), street.store, street.now, {}) == []


def test_it_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """On a store that ingest makes a moment later; it says that it lives."""
    config = Config(
        store=StoreConfig(url=f"sqlite:///{tmp_path}/street.db"), people=PeopleConfig(keys_file=tmp_path / "keys.json")
    )
    asked: list[int] = []

    def should_stop() -> bool:
        asked.append(1)
        if len(asked) == 2:
            open_store(config.store.url, now_us).close()
        return len(asked) > 8

    serve(config, should_stop)

    store = open_store(config.store.url, now_us)
    beat_us = store.dispatch().heartbeat()
    store.close()
    assert beat_us is not None
    assert now_us() - beat_us < MINUTE_US


def test_told_to_stop_before_there_is_a_store_it_stops(tmp_path: Path) -> None:
    """Nothing is made in its place: that is ingest's business."""
    serve(Config(store=StoreConfig(url=f"sqlite:///{tmp_path}/street.db")), lambda: True)

    assert list(tmp_path.iterdir()) == []


def test_the_command_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m ingest duty`."""
    with pytest.raises(SystemExit) as left:
        main(["duty", "--help"])

    assert left.value.code == 0
    assert "usage" in capsys.readouterr().out


def test_the_steady_clock_only_goes_on() -> None:
    """And a start of the machine has a name."""
    first, second = steady_us(), steady_us()

    assert 0 < first <= second
    assert boot_number() == boot_number() != 0
