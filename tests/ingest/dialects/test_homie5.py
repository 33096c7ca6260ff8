"""Homie 5: text read by the datatype that the description tells; a lost device takes its children along."""

import pytest

from ingest.dialects.homie5 import Dialect
from ingest.messages import Kind
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import facts, hear, values

PROPERTIES = {
    "power": {"datatype": "boolean"},
    "level": {"datatype": "integer", "unit": "%"},
    "watt": {"datatype": "float", "unit": "W"},
    "mode": {"datatype": "enum"},
    "temperature": {"datatype": "float", "unit": "°F"},
    "note": {"datatype": "string"},
    "turn": {"datatype": "enum", "format": "left,right"},
}


@pytest.fixture
def lamp() -> Dialect:
    """Return a dialect that knows a lamp."""
    dialect = Dialect()
    told = {"homie": "5.0", "version": 7, "nodes": {"lamp": {"properties": PROPERTIES}}, "children": ["meter"]}
    hear(dialect, "homie/5/lamp7/$description", told, retain=True)
    return dialect


@pytest.mark.parametrize(
    ("name", "payload", "fact"),
    [
        ("watt", "6.125e1", ("power", 61.25, "W", None)),
        ("power", "true", ("switch_on", True, None, None)),
        ("level", "80", ("brightness", 80, "%", None)),
        ("mode", "manual", ("mode", "manual", None, None)),
        ("temperature", "44.6", ("temperature", 7.0, "°C", None)),
        ("note", b"\0", ("note", "", None, None)),
        ("note", "12", ("note", "12", None, None)),
    ],
)
def test_a_text_is_read_by_its_datatype(
    lamp: Dialect, name: str, payload: str | bytes, fact: tuple[object, ...]
) -> None:
    """One byte 0 is the empty text; 12 is a word where words are expected."""
    assert facts(hear(lamp, f"homie/5/lamp7/lamp/{name}", payload)) == {fact}


@pytest.mark.parametrize(
    ("name", "payload"),
    [("power", "TRUE"), ("power", "1"), ("level", "80.5"), ("watt", "nan"), ("watt", "x"), ("watt", "1e999")],
)
def test_a_text_of_another_datatype_is_refused(lamp: Dialect, name: str, payload: str) -> None:
    """And says whose it was."""
    with pytest.raises(RefusedError) as refused:
        hear(lamp, f"homie/5/lamp7/lamp/{name}", payload)

    assert refused.value.device_id == "lamp7"


def test_without_a_description_a_text_is_what_it_looks_like() -> None:
    """A device may speak before it is described."""
    assert values(hear(Dialect(), "homie/5/d/n/humidity", "61.5")) == {"humidity": 61.5}
    assert values(hear(Dialect(), "homie/5/d/n/motion", "true")) == {"motion": True}


@pytest.mark.parametrize(
    ("state", "is_there"),
    [("init", False), ("ready", True), ("sleeping", True), ("disconnected", False), ("lost", False)],
)
def test_each_state_says_whether_it_is_there(state: str, is_there: bool) -> None:
    """A device that is being set up is not ready."""
    assert values(hear(Dialect(), "homie/5/d/$state", state)) == {"online": is_there}


def test_a_lost_device_takes_its_children_along(lamp: Dialect) -> None:
    """And theirs; one that only sleeps does not."""
    hear(lamp, "homie/5/meter/$description", {"nodes": {}, "children": ["probe", "lamp7"]})

    assert hear(lamp, "homie/5/lamp7/$state", "lost").extra["also"] == ["meter", "probe"]
    assert "also" not in hear(lamp, "homie/5/lamp7/$state", "sleeping").extra


@pytest.mark.parametrize(
    ("topic", "payload", "kind"),
    [
        ("d/$state", "", Kind.REMOVAL),
        ("d/$description", "", Kind.REMOVAL),
        ("d/n/p", "", Kind.REMOVAL),
        ("d/n/p/set", "80", Kind.IGNORE),
        ("d/n/p/$target", "80", Kind.IGNORE),
        ("$broadcast/x", "y", Kind.IGNORE),
        ("d/$log/warn", "hot", Kind.LOG),
        ("d/$alert/battery", "low", Kind.ALARM),
        ("d/$alert/battery", "", Kind.ALARM),
    ],
)
def test_other_forms_are_known(topic: str, payload: str, kind: Kind) -> None:
    """What somebody wants is no reading; an alert that is empty is over."""
    decoded = hear(Dialect(), f"homie/5/{topic}", payload)

    assert decoded.kind is kind
    assert decoded.readings == []


def test_an_alert_that_is_over_says_so() -> None:
    """By its id."""
    assert hear(Dialect(), "homie/5/d/$alert/battery", "").extra == {"alert_id": "battery", "cleared": True}


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("d", "x"),
        ("D/n/p", "1"),
        ("d/$state", "gone"),
        ("d/$what", "x"),
        ("d/n/p/q", "1"),
        ("d/N/p", "1"),
        ("d/$log/loud", "x"),
        ("d/$alert/A B", "x"),
        ("d/$description", []),
        ("d/$description", {"nodes": 5}),
        ("d/$description", {"children": 5}),
        ("d/n/p", b"\xff"),
        ("d/n/p", "a\u202eb"),
    ],
)
def test_what_is_none_of_its_forms_is_refused(topic: str, payload: object) -> None:
    """With a reason."""
    with pytest.raises(RefusedError):
        hear(Dialect(), f"homie/5/{topic}", payload)


def test_descriptions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of devices does not fill the memory."""
    monkeypatch.setattr("ingest.dialects.homie5._MOST_DEVICES", 5)
    dialect = Dialect()
    for n in range(20):
        hear(dialect, f"homie/5/d{n}/$description", {"nodes": {}})

    assert len(dialect._properties) == 5


@pytest.mark.parametrize(
    ("unit", "quantity"), [("%", "brightness"), (None, "brightness"), ("m", "water_level"), ("cm", "water_level")]
)
def test_a_level_is_what_its_unit_says(unit: str | None, quantity: str) -> None:
    """Of light, or of water."""
    dialect = Dialect()
    properties = {"level": {"datatype": "float", **({"unit": unit} if unit else {})}}
    hear(dialect, "homie/5/d/$description", {"nodes": {"n": {"properties": properties}}})

    assert list(values(hear(dialect, "homie/5/d/n/level", "1.5"))) == [quantity]


@pytest.mark.parametrize("word", ["Left", "LEFT", "up"])
def test_a_word_that_is_not_declared_is_refused(lamp: Dialect, word: str) -> None:
    """An enumeration tells its words, in their case."""
    assert values(hear(lamp, "homie/5/lamp7/lamp/turn", "left", retain=True)) == {"turn": "left"}

    with pytest.raises(RefusedError) as refused:
        hear(lamp, "homie/5/lamp7/lamp/turn", word, retain=True)

    assert refused.value.code == "enum"
