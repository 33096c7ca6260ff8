"""Sparkplug B 3.0.

    spBv1.0/<group>/NBIRTH|NDATA|NDEATH/<node>             an edge node
    spBv1.0/<group>/DBIRTH|DDATA|DDEATH/<node>/<device>    a device behind it
    spBv1.0/<group>/NCMD|DCMD/…                            commands: not ours
    spBv1.0/STATE/<host>                                   a host application, as JSON

A birth names every metric with an alias and a datatype; what follows may carry aliases only. One sequence runs over a
node and its devices: a gap, or an alias that was never born, asks for a rebirth. Signed integers travel as two's
complement and are read by their declared type. The time of a death is the time of connecting.
"""

import math
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf.message import DecodeError

from ingest.field_names import identify
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.quantities import BOOLEANS, canonical
from ingest.refusals import (
    EMPTY,
    MISSING_FIELD,
    TOO_LARGE,
    TOPIC_MALFORMED,
    TOPIC_UNKNOWN,
    WRONG_TYPE,
    Ground,
    RefusedError,
)
from ingest.sparkplug_form import VALUES, Payload
from ingest.strict_json import PACKET_BYTES, parse_object
from ingest.texts import is_sound_name
from ingest.timestamps import epoch_ms_us, settle
from ingest.topics import below, literal_root
from street.readings import UNITS

NAME: Final = "sparkplug_b"
FILTERS: Final = ("spBv1.0/#",)
NOT_PROTOBUF: Final = Ground("not-json", "invalid protobuf")
NO_DEVICE: Final = Ground("topic-malformed", "DDATA without device_id")
UNBORN: Final = Ground("device-unknown", "unknown alias / no DBIRTH")

_NODE: Final = frozenset({"NBIRTH", "NDATA", "NDEATH", "NCMD"})
_DEVICE: Final = frozenset({"DBIRTH", "DDATA", "DDEATH", "DCMD"})
_TEXT_CHARACTERS: Final = 128
_MOST_METRICS: Final = 2_000
_MOST_NODES: Final = 5_000
_SEQUENCE: Final = 256
_SIGNED: Final = {1: 8, 2: 16, 3: 32, 4: 64}  # datatype -> bits
_UNSIGNED: Final = {5: 8, 6: 16, 7: 32, 8: 64}
_BOOLEAN: Final = 11
_DATETIME: Final = 13
_STALE, _BAD = 500, 0
_REBIRTH: Final = "publish NCMD Node Control/Rebirth=true"
# What plant metrics are called; other names go by the general table.
_NAMES: Final = {
    "level": ("water_level", "m"), "running": ("running", None), "cpu temp": ("cpu_temperature", "°C"),
    "cpu temperature": ("cpu_temperature", "°C"), "flow": ("water_flow", "m³/s"),
}  # fmt: skip


@dataclass(slots=True)
class _Node:
    """What is known of one edge node since its birth."""

    birth: int | None = None  # bdSeq
    seq: int | None = None
    metrics: dict[str, dict[int | str, tuple[str, int]]] = field(default_factory=dict)  # device -> alias or name


class Dialect:
    """Decodes one group of edge nodes; keeps what was born, so feed it in order."""

    def __init__(self, root: str = literal_root(FILTERS[0])) -> None:
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
        payload = _payload(message.payload)
        extra: dict[str, Any] = {}
        if kind == "NDEATH":
            return self._node_died(node_id, payload, extra)
        node = self._known(node_id)
        if kind == "NBIRTH":
            node.metrics.clear()
            node.seq = None
        self._follow(node, payload, extra, node_id)
        time_us = settle(epoch_ms_us(payload.timestamp), message.received_us, extra) if payload.timestamp else None
        if kind == "DDEATH":
            node.metrics.pop(device_id, None)
            return Decoded(Kind.DEATH, device_id, time_us, [DecodedReading("online", False, None)], extra)
        if kind in {"NBIRTH", "DBIRTH"}:
            return self._born(node, device_id, payload, time_us, extra, message)
        return self._told(node, node_id, device_id, payload, time_us, extra, message)

    def _known(self, node_id: str) -> _Node:
        if node_id not in self._nodes and len(self._nodes) >= _MOST_NODES:
            self._nodes.pop(next(iter(self._nodes)))
        return self._nodes.setdefault(node_id, _Node())

    def _follow(self, node: _Node, payload: Any, extra: dict[str, Any], node_id: str) -> None:  # noqa: ANN401 - protobuf's
        """Note the sequence number; a gap means that something was lost, and a rebirth tells all of it anew."""
        if not payload.HasField("seq"):
            return
        seq = payload.seq % _SEQUENCE
        extra["seq"] = payload.seq
        if node.seq is not None and seq != (node.seq + 1) % _SEQUENCE:
            extra |= {"seq_gap": True, "action": "request rebirth", "command": _command(node_id)}
        node.seq = seq

    def _node_died(self, node_id: str, payload: Any, extra: dict[str, Any]) -> Decoded:  # noqa: ANN401 - protobuf's
        birth = next((_integer(metric) for metric in payload.metrics if metric.name == "bdSeq"), None)
        node = self._nodes.get(node_id)
        current = node.birth if node else None
        if current is not None and birth != current:
            return Decoded(Kind.IGNORE, node_id, reason=f"bdSeq {birth} != current {current}")
        extra |= {"bdSeq": birth, "time_source": "received_at (will payload timestamp is connect time)"}
        if node:
            extra["also"] = [name for name in node.metrics if name != node_id]
            node.metrics.clear()
            node.seq = None
        extra = {name: value for name, value in extra.items() if value not in (None, [])}
        return Decoded(Kind.DEATH, node_id, None, [DecodedReading("online", False, None)], extra)

    def _born(
        self,
        node: _Node,
        device_id: str,
        payload: Any,  # noqa: ANN401 - protobuf's
        time_us: int | None,
        extra: dict[str, Any],
        message: Message,
    ) -> Decoded:
        known: dict[int | str, tuple[str, int]] = {}
        readings = []
        aliases = {}
        for metric in payload.metrics[:_MOST_METRICS]:
            name = metric.name
            if not 0 < len(name) <= _TEXT_CHARACTERS or not is_sound_name(name):
                continue
            if name == "bdSeq":
                node.birth = _integer(metric)
                extra["bdSeq"] = node.birth
                continue
            known[name] = name, metric.datatype
            if metric.HasField("alias"):
                known[metric.alias] = name, metric.datatype
                aliases[str(metric.alias)] = name
            if not name.startswith("Node Control/"):
                readings.append(_reading(metric, name, metric.datatype, None, extra))
        node.metrics[device_id] = known
        extra["aliases"] = aliases
        return Decoded(Kind.BIRTH, device_id, time_us, readings, extra)

    def _told(  # noqa: PLR0913 - what was told and whom it is about
        self,
        node: _Node,
        node_id: str,
        device_id: str,
        payload: Any,  # noqa: ANN401 - protobuf's
        time_us: int | None,
        extra: dict[str, Any],
        message: Message,
    ) -> Decoded:
        known = node.metrics.get(device_id)
        readings = []
        instants = set()
        for metric in payload.metrics[:_MOST_METRICS]:
            born = known.get(metric.alias if metric.HasField("alias") else metric.name) if known else None
            if born is None:
                refusal = {"action": _REBIRTH, "command": _command(node_id), "policy": "drop"}
                return Decoded(Kind.REJECT, device_id, extra=refusal, code=UNBORN.code, reason=UNBORN.reason)
            at_us = epoch_ms_us(metric.timestamp) if metric.timestamp else time_us
            instants.add(at_us)
            readings.append(_reading(metric, *born, at_us, extra))
        if len(instants) == 1 and None not in instants:
            told_us = instants.pop()
            if told_us != time_us:
                extra["time_source"] = "metric.timestamp"
                time_us = settle(told_us or 0, message.received_us, extra)
            readings = [one._replace(time_us=None) for one in readings]
        if any(one.quality == "historical" for one in readings):
            extra["historical"] = True
        return Decoded(Kind.TELEMETRY, device_id, time_us, readings, extra)


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
    time_us = settle(epoch_ms_us(stamp), message.received_us, extra) if type(stamp) is int else None
    return Decoded(Kind.AVAILABILITY, f"host:{host}", time_us, [DecodedReading("online", body["online"], None)], extra)


def _integer(metric: Any) -> int:  # noqa: ANN401 - protobuf's
    return int(metric.long_value if metric.HasField("long_value") else metric.int_value)


def _reading(metric: Any, name: str, datatype: int, at_us: int | None, extra: dict[str, Any]) -> DecodedReading:  # noqa: ANN401 - protobuf's
    """Return one metric's reading; names that mean nothing to us are kept with the value, as they are."""
    leaf = name.rpartition("/")[2]
    quantity, unit = _NAMES.get(leaf.lower()) or identify(leaf)
    is_known = quantity != leaf or quantity in UNITS
    quantity = quantity if is_known else name
    value = None if metric.is_null else _value(metric, datatype)
    quality = _quality(metric)
    path: str | None = name if is_known or "/" not in name else None
    ours = UNITS.get(quantity) or unit
    if value is None:
        return DecodedReading(quantity, None, ours, path, at_us, None, "null")
    if isinstance(value, float | int) and not isinstance(value, bool) and is_known and quantity not in BOOLEANS:
        value, ours = canonical(value, unit, ours)
    return DecodedReading(quantity, value, ours, path, at_us, None, quality)


def _quality(metric: Any) -> str | None:  # noqa: ANN401 - protobuf's
    if metric.is_historical:
        return "historical"
    for key, said in zip(metric.properties.keys, metric.properties.values, strict=False):
        if key == "Quality":
            code = said.long_value if said.HasField("long_value") else said.int_value
            return {_STALE: "stale", _BAD: "bad"}.get(code)
    return None


def _value(metric: Any, datatype: int) -> float | bool | str | None:  # noqa: ANN401 - protobuf's
    """Return the value by its declared datatype; None where there is none, or where it is no finite number."""
    told = next((name for name in VALUES if metric.HasField(name)), None)
    if told is None or told == "bytes_value":
        return None
    value = getattr(metric, told)
    if told == "string_value":
        return str(value)[:_TEXT_CHARACTERS] if is_sound_name(value) else ""
    if told == "boolean_value" or datatype == _BOOLEAN:
        return bool(value)
    if told in {"float_value", "double_value"}:
        if not math.isfinite(value):
            return None
        return _short(value) if told == "float_value" else float(value)
    bits = _SIGNED.get(datatype)
    if bits is not None:
        value &= (1 << bits) - 1
        return int(value - (1 << bits) if value >> (bits - 1) else value)
    return int(value)


def _short(value: float) -> float:
    """Return a 32-bit float as the shortest decimal that means it: 6.7 and not 6.699999809."""
    return float(f"{value:.7g}")


def _command(node_id: str) -> list[str]:
    """Return topic and payload (hexadecimal) that ask *node_id* to be born again."""
    group, _, node = node_id.partition("/")
    payload = Payload()
    payload.metrics.add(name="Node Control/Rebirth", datatype=_BOOLEAN, boolean_value=True)
    return [f"spBv1.0/{group}/NCMD/{node}", payload.SerializeToString().hex()]
