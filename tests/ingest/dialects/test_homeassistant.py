"""Home Assistant discovery: what is announced is listened to, and nothing of a broker is ever evaluated."""

from typing import Any

import pytest

from ingest.dialects.homeassistant import Dialect
from ingest.messages import Decoded, Kind
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import facts, hear, values

TEMPERATURE = {
    "uniq_id": "n_t",
    "dev_cla": "temperature",
    "unit_of_meas": "°F",
    "stat_t": "lab/n/t",
    "dev": {"ids": ["n"]},
}


def _announce(dialect: Dialect, fields: dict[str, Any], topic: str = "sensor/n/t") -> Decoded:
    return hear(dialect, f"homeassistant/{topic}/config", fields, retain=True)


def test_an_announced_topic_is_read_as_announced() -> None:
    """A number that comes as text; Fahrenheit becomes Celsius."""
    dialect = Dialect()
    told = _announce(dialect, TEMPERATURE)

    assert (told.kind, told.device_id) == (Kind.DISCOVERY, "n")
    assert list(dialect.topics()) == ["lab/n/t"]
    assert facts(hear(dialect, "lab/n/t", "44.6")) == {("temperature", 7.0, "°C", None)}


@pytest.mark.parametrize("payload", ["None", "unknown", "unavailable", "null"])
def test_words_for_nothing_are_gaps(payload: str) -> None:
    """Never zero, never the last value."""
    dialect = Dialect()
    _announce(dialect, TEMPERATURE)

    decoded = hear(dialect, "lab/n/t", payload)

    assert [(one.value, one.quality) for one in decoded.readings] == [(None, "missing")]


def test_several_entities_share_a_topic() -> None:
    """Of one device, and of another one."""
    dialect = Dialect()
    for name, quantity, device in (("t", "temperature", "n"), ("h", "humidity", "n"), ("x", "illuminance", "other")):
        fields = {"uniq_id": name, "dev_cla": quantity, "stat_t": "lab/all", "dev": {"ids": device}}
        _announce(dialect, {**fields, "val_tpl": f"{{{{ value_json.env.{name} | float }}}}"}, f"sensor/{name}")

    decoded = hear(dialect, "lab/all", {"env": {"t": "6.5", "h": 70, "x": 12}})

    assert values(decoded) == {"temperature": 6.5, "humidity": 70.0}
    assert [(it.device_id, values(it)) for it in decoded.others] == [("other", {"illuminance": 12.0})]


@pytest.mark.parametrize(
    "template", ["{{ ''.__class__ }}", "{% set x = 1 %}", "{{ value | eval }}", "{{ states('x') }}", 5]
)
def test_a_template_that_computes_is_never_evaluated(template: object) -> None:
    """The entity is known, says so, and stays silent."""
    dialect = Dialect()

    told = _announce(dialect, {**TEMPERATURE, "val_tpl": template})

    assert (told.reason, told.extra["rejected"], told.extra["entities"]) == ("unsupported template", ["n_t"], [])
    assert list(dialect.topics()) == []


def test_an_entity_that_is_no_sensor_is_no_fault() -> None:
    """A button has no state; a camera none that we read."""
    told = _announce(Dialect(), {"uniq_id": "b", "cmd_t": "lab/b", "dev": {"ids": ["n"]}}, "button/b")

    assert (told.kind, told.reason, told.extra) == (Kind.DISCOVERY, None, {"entities": []})


@pytest.mark.parametrize(
    ("device_class", "payload", "fact"),
    [
        ("opening", "OPEN", ("cover_open", True, None, None)),
        ("door", "OPEN", ("contact_closed", False, None, None)),
        ("window", "SHUT", ("contact_closed", True, None, None)),
        ("moisture", "OPEN", ("water_leak", True, None, None)),
        ("battery", "SHUT", ("battery_low", False, None, None)),
    ],
)
def test_on_and_off_mean_what_the_class_says(device_class: str, payload: str, fact: tuple[object, ...]) -> None:
    """In the payloads that the device has chosen; a door that is on is open."""
    dialect = Dialect()
    _announce(
        dialect,
        {
            "~": "lab/7",
            "uniq_id": "c",
            "dev_cla": device_class,
            "stat_t": "~/state",
            "pl_on": "OPEN",
            "pl_off": "SHUT",
            "dev": {"ids": "7"},
        },
        "binary_sensor/c",
    )

    assert facts(hear(dialect, "lab/7/state", payload)) == {fact}


def test_a_contact_may_say_false_for_open() -> None:
    """As Zigbee2MQTT announces its doors."""
    dialect = Dialect()
    _announce(
        dialect,
        {"uniq_id": "d", "dev_cla": "door", "stat_t": "lab/d", "pl_on": False, "pl_off": True,
         "val_tpl": "{{ value_json.contact }}", "dev": {"ids": "d"}},
        "binary_sensor/d",
    )  # fmt: skip

    assert values(hear(dialect, "lab/d", {"contact": False})) == {"contact_closed": False}
    assert values(hear(dialect, "lab/d", {"contact": True})) == {"contact_closed": True}


def test_a_device_announces_several_entities_at_once() -> None:
    """With shared fields; a component of nothing but its platform is taken away."""
    dialect = Dialect()
    told = hear(
        dialect,
        "homeassistant/device/n/config",
        {
            "dev": {"ids": ["n"]},
            "o": {"name": "x"},
            "stat_t": "lab/n",
            "cmps": {
                "t": {"p": "sensor", "dev_cla": "temperature", "val_tpl": "{{ value_json['t'] }}", "uniq_id": "n_t"},
                "old": {"p": "sensor"},
            },
        },
    )

    assert [it["metric"] for it in told.extra["entities"]] == ["temperature"]
    assert told.extra["removed_components"] == ["old"]
    assert values(hear(dialect, "lab/n", {"t": None})) == {"temperature": None}


@pytest.mark.parametrize(
    ("mode", "said", "is_there"),
    [("all", ["online", "down"], False), ("any", ["online", "down"], True), ("latest", ["down", "online"], True)],
)
def test_presence_from_two_topics(mode: str, said: list[str], is_there: bool) -> None:
    """All, any, or the latest of them."""
    dialect = Dialect()
    listed = [{"topic": "lab/n/a"}, {"topic": "lab/gw", "pl_avail": "online", "pl_not_avail": "down"}]
    _announce(dialect, {**TEMPERATURE, "avty": listed, "avty_mode": mode})

    for topic, word in zip(("lab/n/a", "lab/gw") if mode != "latest" else ("lab/gw", "lab/gw"), said, strict=True):
        decoded = hear(dialect, topic, word)

    assert (decoded.kind, values(decoded)) == (Kind.AVAILABILITY, {"online": is_there})


def test_presence_may_stand_in_json() -> None:
    """As Zigbee2MQTT has it."""
    dialect = Dialect()
    _announce(dialect, {**TEMPERATURE, "avty": [{"t": "lab/b", "val_tpl": "{{ value_json.state }}"}]})

    assert values(hear(dialect, "lab/b", {"state": "offline"})) == {"online": False}


def test_an_empty_announcement_takes_it_back() -> None:
    """And its topic is no longer listened to."""
    dialect = Dialect()
    _announce(dialect, TEMPERATURE)
    before = dialect.version

    removed = hear(dialect, "homeassistant/sensor/n/t/config", "", retain=True)

    assert (removed.kind, removed.device_id) == (Kind.REMOVAL, "n")
    assert (list(dialect.topics()), dialect.version != before) == ([], True)


def test_announcements_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of them does not fill the memory."""
    monkeypatch.setattr("ingest.dialects.homeassistant._MOST_ENTITIES", 5)
    dialect = Dialect()

    for n in range(20):
        _announce(dialect, {**TEMPERATURE, "stat_t": f"lab/{n}", "avty_t": f"lab/{n}/a"}, f"sensor/n{n}")

    assert len(list(dialect.topics())) <= 10


def test_home_assistants_own_state_is_not_ours() -> None:
    """Ignored."""
    assert hear(Dialect(), "homeassistant/status", "online").kind is Kind.IGNORE


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("homeassistant/sensor/config", {}),
        ("homeassistant/a/b/c/d/config", {}),
        ("homeassistant/sensor/x/state", "1"),
        ("homeassistant/sensor/x/config", []),
        ("homeassistant/device/x/config", {"dev": {"ids": "x"}}),
        ("homeassistant/device/x/config", {"cmps": {"a": 5}}),
    ],
)
def test_what_is_no_announcement_is_refused(topic: str, payload: object) -> None:
    """With a reason."""
    with pytest.raises(RefusedError):
        hear(Dialect(), topic, payload)


def test_a_state_that_is_no_number_is_dropped() -> None:
    """Where the announcement promised one."""
    dialect = Dialect()
    _announce(dialect, TEMPERATURE)

    assert hear(dialect, "lab/n/t", "warm").code == "type"
