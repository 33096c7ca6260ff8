"""Sparkplug B 3.0.

    spBv1.0/<group>/NBIRTH|NDATA|NDEATH/<node>             an edge node
    spBv1.0/<group>/DBIRTH|DDATA|DDEATH/<node>/<device>    a device behind it
    spBv1.0/<group>/NCMD|DCMD/…                            commands: not ours
    spBv1.0/STATE/<host>                                   a host application, as JSON

A birth names every metric with an alias and a datatype; what follows may carry aliases only. One sequence runs over a
node and its devices: a gap, or an alias that was never born, asks for a rebirth. Signed integers travel as two's
complement and are read by their declared type. The time of a death is the time of connecting.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf.message import DecodeError

from ingest.messages import Decoded, DecodedReading, Kind, Message, dropped_facts, measured
from ingest.refusals import (
    EMPTY,
    MISSING_FIELD,
    NOT_SCALAR,
    TOO_LARGE,
    TOPIC_MALFORMED,
    TOPIC_UNKNOWN,
    WRONG_TYPE,
    Ground,
    RefusedError,
)
from ingest.sparkplug_form import Payload
from ingest.sparkplug_metrics import BOOLEAN, reading_of, value_of, whole_of
from ingest.strict_json import PACKET_BYTES, parse_object
from ingest.texts import is_sound_name
from ingest.timestamps import epoch_ms_us, lenient_time, settle
from ingest.topics import below

ROOT: Final = "spBv1.0"
NOT_PROTOBUF: Final = Ground("not-json", "invalid protobuf")
NO_DEVICE: Final = Ground("topic-malformed", "DDATA without device_id")
UNBORN: Final = Ground("device-unknown", "unknown alias / no DBIRTH")

_NODE: Final = frozenset({"NBIRTH", "NDATA", "NDEATH", "NCMD"})
_DEVICE: Final = frozenset({"DBIRTH", "DDATA", "DDEATH", "DCMD"})
_TEXT_CHARACTERS: Final = 128
_MOST_METRICS: Final = 2_000
_MOST_NODES: Final = 5_000
_SEQUENCE: Final = 256
_CONTROLS: Final = ("Node Control/", "Device Control/")
_REBIRTH: Final = "publish NCMD Node Control/Rebirth=true"


@dataclass(slots=True)
class _Node:
    """What is known of one edge node since its birth."""

    birth: int | None = None  # bdSeq
    seq: int | None = None
    metrics: dict[str, dict[int | str, tuple[str, int]]] = field(default_factory=dict)  # device -> alias or name


class Dialect:
    """Decodes one group of edge nodes; keeps what was born, so feed it in order."""

    def __init__(self, root: str = ROOT) -> None:
        self._root = root
        self._nodes: dict[str, _Node] = {}

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says; `extra["command"]` holds [topic, payload] of a rebirth that should be asked for.

        Raises:
            RefusedError: topic or payload is not one of Sparkplug's forms.
        """
        levels = below(self._root, message.topic)
        if levels[0] == "STATE" and len(levels) == 2:
            return _host(levels[1], message)
        node_id, kind, device_id = _address(levels)
        if kind in {"NCMD", "DCMD"}:
            return Decoded(Kind.IGNORE, device_id)
        told = _Told(device_id, node_id, _payload(message.payload), message.received_us)
        if kind == "NDEATH":
            return self._node_died(told)
        node = self._known(node_id)
        if kind == "NBIRTH":
            node.metrics.clear()
            node.seq = None
        _follow(node, told)
        if kind == "DDEATH":
            node.metrics.pop(device_id, None)
            return Decoded(Kind.DEATH, device_id, told.time_us, [DecodedReading("online", False, None)], told.extra)
        return _born(node, told) if kind in {"NBIRTH", "DBIRTH"} else _said(node, told)

    def _node_died(self, told: "_Told") -> Decoded:
        birth = next((whole_of(metric) for metric in told.payload.metrics if metric.name == "bdSeq"), None)
        node = self._nodes.get(told.node_id)
        if node is not None and node.birth is not None and birth != node.birth:
            return Decoded(Kind.IGNORE, told.node_id, reason=f"bdSeq {birth} != current {node.birth}")
        extra: dict[str, Any] = {"time_source": "received_at (will payload timestamp is connect time)"}
        if birth is not None:
            extra["bdSeq"] = birth
        if node is not None:
            behind = [name for name in node.metrics if name != told.node_id]
            extra |= {"also": behind} if behind else {}
            node.metrics.clear()
            node.seq = None
        return Decoded(Kind.DEATH, told.node_id, None, [DecodedReading("online", False, None)], extra)

    def _known(self, node_id: str) -> _Node:
        if node_id not in self._nodes and len(self._nodes) >= _MOST_NODES:
            self._nodes.pop(next(iter(self._nodes)))
        return self._nodes.setdefault(node_id, _Node())


class _Told:
    """One message: whose, what, and when."""

    def __init__(self, device_id: str, node_id: str, payload: Any, received_us: int) -> None:  # noqa: ANN401 - protobuf's
        self.device_id = device_id
        self.node_id = node_id
        self.payload = payload
        self.received_us = received_us
        self.extra: dict[str, Any] = {}
        self.dropped: list[RefusedError] = []
        self.time_us = self.instant(payload.timestamp)

    def instant(self, said_ms: int) -> int | None:
        """Return the instant of an epoch in milliseconds; 0 is none, and one that cannot be is marked."""
        if not said_ms:
            return None
        try:
            return settle(epoch_ms_us(said_ms), self.received_us, self.extra)
        except RefusedError as refused:
            self.extra |= {"time_suspect": True, "time_code": refused.code}
            return None

    def ask(self, why: dict[str, Any]) -> dict[str, Any]:
        """Return *why* with the command that asks the node to be born again."""
        return {**why, "command": _command(self.node_id)}


def _follow(node: _Node, told: _Told) -> None:
    """Note the sequence number; a gap means that something was lost, and a rebirth tells all of it anew."""
    if not told.payload.HasField("seq"):
        return
    seq = told.payload.seq % _SEQUENCE
    told.extra["seq"] = told.payload.seq
    if node.seq is not None and seq != (node.seq + 1) % _SEQUENCE:
        told.extra |= told.ask({"seq_gap": True, "action": "request rebirth"})
    node.seq = seq


def _born(node: _Node, told: _Told) -> Decoded:
    known: dict[int | str, tuple[str, int]] = {}
    readings: list[DecodedReading] = []
    aliases = {}
    for metric in told.payload.metrics[:_MOST_METRICS]:
        name = metric.name
        if name == "bdSeq":
            told.extra["bdSeq"] = node.birth = whole_of(metric)
            continue
        if type(name) is not str or not 0 < len(name) <= _TEXT_CHARACTERS or not is_sound_name(name):  # bytes: no UTF-8
            continue
        known[name] = name, metric.datatype
        if metric.HasField("alias"):
            known[metric.alias] = name, metric.datatype
            aliases[str(metric.alias)] = name
        if not name.startswith(_CONTROLS):
            _take(metric, name, metric.datatype, None, readings, told)
    node.metrics[told.device_id] = known
    told.extra["aliases"] = aliases
    return Decoded(Kind.BIRTH, told.device_id, told.time_us, readings, _with_dropped(told))


def _said(node: _Node, told: _Told) -> Decoded:
    known = node.metrics.get(told.device_id, {})
    readings: list[DecodedReading] = []
    for metric in told.payload.metrics[:_MOST_METRICS]:
        born = known.get(metric.alias) if metric.HasField("alias") else None
        born = born or known.get(metric.name)
        if born is None:
            refusal = told.ask({"action": _REBIRTH, "policy": "drop"})
            return Decoded(Kind.REJECT, told.device_id, extra=refusal, code=UNBORN.code, reason=UNBORN.reason)
        at_us = told.instant(metric.timestamp) or told.time_us
        _take(metric, *born, at_us, readings, told)
    return _timed(readings, told)


def _timed(readings: list[DecodedReading], told: _Told) -> Decoded:
    """Return the telemetry; where all metrics are of one instant, that is the message's."""
    instants = {one.time_us for one in readings}
    if len(instants) == 1:
        at_us = instants.pop()
        if at_us != told.time_us:
            told.extra["time_source"] = "metric.timestamp"
            told.time_us = at_us
        readings = [one._replace(time_us=None) for one in readings]
    if any(one.quality == "historical" for one in readings):
        told.extra["historical"] = True
    return measured(told.device_id, told.time_us, readings, told.extra, told.dropped)


def _with_dropped(told: _Told) -> dict[str, Any]:
    return {**told.extra, "dropped": dropped_facts(told.dropped)} if told.dropped else told.extra


def _address(levels: list[str]) -> tuple[str, str, str]:
    if len(levels) < 3:
        raise RefusedError(TOPIC_UNKNOWN)
    group, kind, node = levels[:3]
    if kind not in _NODE | _DEVICE:
        raise RefusedError(TOPIC_UNKNOWN)
    if kind in _DEVICE and len(levels) != 4:
        raise RefusedError(NO_DEVICE if kind == "DDATA" else TOPIC_MALFORMED)
    if kind in _NODE and len(levels) != 3:
        raise RefusedError(TOPIC_MALFORMED)
    if not all(is_sound_name(level) for level in levels):
        raise RefusedError(TOPIC_MALFORMED)
    return f"{group}/{node}", kind, "/".join([group, *levels[2:]])


def _payload(raw: bytes) -> Any:  # noqa: ANN401 - protobuf's
    if not raw:
        raise RefusedError(EMPTY)
    if len(raw) > PACKET_BYTES:
        raise RefusedError(TOO_LARGE)
    payload = Payload()
    try:
        payload.ParseFromString(raw)
    except (DecodeError, RecursionError, ValueError):
        raise RefusedError(NOT_PROTOBUF) from None
    return payload


def _host(host: str, message: Message) -> Decoded:
    body = parse_object(message.payload)
    if type(body.get("online")) is not bool:
        raise RefusedError(MISSING_FIELD if "online" not in body else WRONG_TYPE, "online")
    extra: dict[str, Any] = {}
    stamp = body.get("timestamp")
    time_us = lenient_time(stamp, message.received_us, extra) if type(stamp) is int else None
    return Decoded(Kind.AVAILABILITY, f"host:{host}", time_us, [DecodedReading("online", body["online"], None)], extra)


def _take(
    metric: Any,  # noqa: ANN401 - protobuf's
    name: str,
    datatype: int,
    at_us: int | None,
    readings: list[DecodedReading],
    told: _Told,
) -> None:
    """Take one metric; data sets, templates, arrays and bytes are no readings."""
    try:
        value = None if metric.is_null else value_of(metric, datatype)
        readings.append(reading_of(metric, name, value, at_us))
    except RefusedError as refused:
        if refused.ground != NOT_SCALAR:
            told.dropped.append(RefusedError(refused.ground, name))


def _command(node_id: str) -> list[str]:
    """Return topic and payload (hexadecimal) that ask *node_id* to be born again."""
    group, _, node = node_id.partition("/")
    payload = Payload()
    payload.metrics.add(name="Node Control/Rebirth", datatype=BOOLEAN, boolean_value=True)
    return [f"spBv1.0/{group}/NCMD/{node}", payload.SerializeToString().hex()]
