"""Shelly of the second generation: only what changed is told, null is unknown, energy comes in watt-hours."""

import pytest

from ingest.dialects.shelly_gen2 import Dialect
from ingest.messages import Decoded, Kind
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import facts, hear, instant, values

S = "shellyplus1pm-a8032ab12345"


def _status(method: str = "NotifyStatus", **params: object) -> Decoded:
    return hear(Dialect(), f"{S}/events/rpc", {"src": S, "dst": f"{S}/events", "method": method, "params": params})


def test_only_what_changed_is_told() -> None:
    """An absent key is unchanged, and no zero."""
    decoded = _status(ts=1795486529.32, **{"switch:0": {"id": 0, "apower": 61.2}})

    assert facts(decoded) == {("power", 61.2, "W", "switch:0")}
    assert decoded.time_us == instant("2026-11-24T02:15:29.320Z")


def test_null_is_unknown() -> None:
    """A sensor that could not be read."""
    decoded = _status(ts=1795486200.0, **{"temperature:0": {"tC": None, "tF": None, "errors": ["read"]}})

    assert [(one.quantity, one.value, one.quality) for one in decoded.readings] == [("temperature", None, "missing")]


@pytest.mark.parametrize("ts", [None, "soon", 1795486529320, -5, True])
def test_without_a_clock_the_value_is_still_heard(ts: object) -> None:
    """Null before the first time server; milliseconds are another unit."""
    decoded = _status(ts=ts, **{"humidity:0": {"rh": 66.3}})

    assert decoded.time_us is None
    assert decoded.extra.get("time_suspect", False) is (ts is not None)
    assert values(decoded) == {"humidity": 66.3}


def test_energy_is_kilowatt_hours_and_history_is_left_out() -> None:
    """`by_minute` is the device's own history, in milliwatt-hours."""
    switch = {
        "output": True,
        "aenergy": {"total": 77500, "by_minute": [1, 2, 3], "minute_ts": 1},
        "temperature": {"tC": 48.2, "tF": 118.8},
    }

    assert facts(_status(**{"switch:0": switch})) == {
        ("switch_on", True, None, "switch:0"),
        ("energy", 77.5, "kWh", "switch:0"),
        ("device_temperature", 48.2, "°C", "switch:0"),
    }


def test_a_meters_channels_are_its_phases() -> None:
    """Also what is missing on one of them; a returned current is a negative power."""
    em = {"a_voltage": 229.0, "a_act_power": 375.5, "c_act_power": -12.7, "n_current": None, "total_act_power": 533.3}

    assert facts(hear(Dialect(), f"{S}/status/em:0", em)) == {
        ("voltage", 229.0, "V", "a"),
        ("power", 375.5, "W", "a"),
        ("power", -12.7, "W", "c"),
        ("current", None, "A", "n"),
        ("power", 533.3, "W", "total"),
    }
    assert facts(hear(Dialect(), f"{S}/status/emdata:0", {"a_total_act_energy": 5000, "total_act": 9000})) == {
        ("energy", 5.0, "kWh", "a"),
        ("energy", 9.0, "kWh", "total"),
    }


def test_a_component_by_itself_has_no_time_and_belongs_to_its_prefix() -> None:
    """A prefix may have several levels."""
    decoded = hear(Dialect(), "yard/lamp/17/status/switch:0", {"id": 0, "output": True, "apower": 0, "voltage": 232.8})

    assert (decoded.device_id, decoded.time_us) == ("yard/lamp/17", None)
    assert values(decoded) == {"switch_on": True, "power": 0, "voltage": 232.8}


def test_one_device_is_one_device_on_all_its_topics() -> None:
    """A site may have given it another prefix than its name: state and presence must meet."""
    notified = hear(
        Dialect(), "hall/events/rpc", {"src": S, "method": "NotifyStatus", "params": {"humidity:0": {"rh": 5}}}
    )

    assert notified.device_id == hear(Dialect(), "hall/online", "true").device_id == "hall"


def test_a_battery_has_volts_and_percent() -> None:
    """In one component."""
    assert facts(
        _status(**{"devicepower:0": {"battery": {"V": 5.41, "percent": 77}, "external": {"present": False}}})
    ) == {("battery_voltage", 5.41, "V", "devicepower:0"), ("battery", 77, "%", "devicepower:0")}


@pytest.mark.parametrize(
    ("component", "fields", "quantity", "value"),
    [
        ("flood:0", {"alarm": True}, "water_leak", True),
        ("smoke:0", {"alarm": False}, "smoke", False),
        ("illuminance:0", {"lux": 12}, "illuminance", 12),
        ("wifi", {"rssi": -61}, "rssi", -61),
        ("input:1", {"state": None}, "input_on", None),
        ("voltmeter:100", {"voltage": 3.3}, "voltage", 3.3),
        ("em1:0", {"act_power": 5.5}, "power", 5.5),
        ("em1data:0", {"total_act_energy": 1500}, "energy", 1.5),
    ],
)
def test_each_component_means_its_own(component: str, fields: dict[str, object], quantity: str, value: object) -> None:
    """By the maker's list of components."""
    assert values(_status(**{component: fields})) == {quantity: value}


def test_events_are_events() -> None:
    """A press of a button is no reading."""
    decoded = _status("NotifyEvent", ts=1795486522.51, events=[{"component": "input:0", "event": "single_push"}, 5])

    assert (decoded.kind, decoded.readings) == (Kind.EVENT, [])
    assert decoded.extra["events"] == [{"component": "input:0", "event": "single_push"}]


@pytest.mark.parametrize(
    ("topic", "payload", "kind"),
    [
        (f"{S}/online", "false", Kind.AVAILABILITY),
        (f"{S}/online", "", Kind.REMOVAL),
        ("dashboard/rpc", {"id": 4}, Kind.IGNORE),
        (f"{S}/events/rpc", {"src": S, "result": {}}, Kind.IGNORE),
        (f"{S}/status/sys", {"uptime": 5}, Kind.LOG),
    ],
)
def test_other_forms_are_known(topic: str, payload: object, kind: Kind) -> None:
    """Questions and answers are not ours."""
    assert hear(Dialect(), topic, payload).kind is kind


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (f"{S}/events/rpc", {"method": "NotifyWhatever", "params": {}}),
        (f"{S}/events/rpc", {"method": "NotifyStatus"}),
        (f"{S}/events/rpc", {"method": "NotifyEvent", "params": {"events": 5}}),
        (f"{S}/events/rpc", []),
        (f"{S}/online", "maybe"),
        (f"{S}/status/Switch 0", {}),
        ("events/rpc", {}),
        ("a/b/c", {}),
    ],
)
def test_what_is_none_of_its_forms_is_refused(topic: str, payload: object) -> None:
    """With a reason."""
    with pytest.raises(RefusedError):
        hear(Dialect(), topic, payload)


def test_a_bad_value_costs_itself() -> None:
    """The good ones beside it are kept."""
    decoded = _status(**{"switch:0": {"apower": "61", "voltage": 230}})

    assert values(decoded) == {"voltage": 230}
    assert decoded.extra["dropped"][0]["field"] == "switch:0.apower"
