"""How an asset's values become a message: one function a dialect, all alike."""

import base64
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import orjson

from ingest.simulator.behaviour import Values
from ingest.simulator.dice import fraction
from street.assets import Asset
from street.clock import STREET_ZONE, as_datetime, iso

TTN_APPLICATION: Final = "jsl-street"
TTN_TENANT: Final = "ttn"


class Posting(NamedTuple):
    """One message, and the instant it tells of [µs UTC], which is never later than when it is sent."""

    at_us: int
    topic: str
    payload: bytes
    retain: bool = False


def telemetry(asset: Asset, values: Values, at_us: int) -> Posting:
    """Return what the asset's device sends."""
    return SPEECH[asset.dialect](asset, values, at_us)


def availability(asset: Asset, *, online: bool, at_us: int) -> Posting | None:
    """Return the retained word on whether the device is there; None where its dialect has none."""
    word = "online" if online else "offline"
    if asset.dialect == "zigbee2mqtt":
        payload = orjson.dumps({"state": word})
        return Posting(at_us, f"zigbee2mqtt/{asset.device_id}/availability", payload, retain=True)
    if asset.dialect == "native":
        return Posting(at_us, f"street/{asset.device_id}/status", word.encode(), retain=True)
    return None


def registry(assets: list[Asset], at_us: int) -> list[Posting]:
    """Return what a Zigbee2MQTT bridge tells of its devices: which there are, and their units."""
    devices = [
        {
            "ieee_address": f"0x00158d00{int(fraction(asset.asset_id, 'ieee') * 2**32):08x}", "type": "EndDevice",
            "friendly_name": asset.device_id, "supported": True, "disabled": False, "power_source": "Battery",
            "interview_completed": True,
            "definition": {"model": "X-1", "vendor": "Example", "description": asset.kind, "exposes": _EXPOSES},
        }
        for asset in assets
        if asset.dialect == "zigbee2mqtt"
    ]  # fmt: skip
    if not devices:
        return []
    return [Posting(at_us, "zigbee2mqtt/bridge/devices", orjson.dumps(devices), retain=True)]


def snapshot(asset: Asset, jpeg: bytes, at_us: int) -> Posting:
    """Return one picture of a camera."""
    return Posting(at_us, f"street/{asset.asset_id}/snapshot", jpeg)


def incident(source: str, event: dict[str, Any], at_us: int) -> Posting:
    """Return one incident event."""
    return Posting(at_us, f"street/incidents/{source}", orjson.dumps(event))


def _native(asset: Asset, values: Values, at_us: int) -> Posting:
    # makers write time in different ways: with our zone, in UTC, in epoch milliseconds
    ways: tuple[Callable[[int], str | int], ...] = (
        lambda us: as_datetime(us).astimezone(STREET_ZONE).isoformat(timespec="milliseconds"),
        lambda us: iso(us // 1000 * 1000),
        lambda us: us // 1000,
    )
    ts = ways[int(fraction(asset.asset_id, "maker") * 3)](at_us)
    return Posting(at_us, f"street/{asset.device_id}/telemetry", orjson.dumps({"ts": ts, **values}))


def _zigbee2mqtt(asset: Asset, values: Values, at_us: int) -> Posting:
    fields: dict[str, Any] = dict(values)
    if "battery_voltage" in fields:
        fields["voltage"] = round(fields.pop("battery_voltage") * 1000)  # mV on battery devices
    if "link_quality" in fields:
        fields["linkquality"] = fields.pop("link_quality")
    fields["last_seen"] = iso(at_us // 1000 * 1000)
    return Posting(at_us, f"zigbee2mqtt/{asset.device_id}", orjson.dumps(fields))


def _ttn_v3(asset: Asset, values: Values, at_us: int) -> Posting:
    fields: dict[str, Any] = dict(values)
    if "battery_voltage" in fields:
        fields["battery_v"] = fields.pop("battery_voltage")
    ids = {
        "device_id": asset.device_id, "application_ids": {"application_id": TTN_APPLICATION},
        "dev_eui": f"70B3D57E{int(fraction(asset.asset_id, 'eui') * 2**32):08X}", "join_eui": "0000000000000000",
    }  # fmt: skip
    nanoseconds = f"{iso(at_us // 1_000_000 * 1_000_000)[:-1]}.{at_us % 1_000_000:06d}143Z"
    far = fraction(asset.asset_id, "far")
    heard = {
        "gateway_ids": {"gateway_id": f"jsl-{(asset.gateway_id or 'gw').lower()}"},
        "rssi": -72 - round(40 * far) - round(4 * fraction(asset.asset_id, at_us)), "snr": round(9.5 - 8 * far, 1),
    }  # fmt: skip
    uplink: dict[str, Any] = {
        "f_port": 85, "f_cnt": at_us // 1_000_000 // int(asset.interval_s or 60) % 65_536,
        "frm_payload": base64.b64encode(orjson.dumps(fields)[:24]).decode(), "decoded_payload": fields,
        "rx_metadata": [heard], "received_at": nanoseconds,
        "settings": {"data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 9}}, "frequency": "486300000"},
    }  # fmt: skip
    topic = f"v3/{TTN_APPLICATION}@{TTN_TENANT}/devices/{asset.device_id}/up"
    message = {"end_device_ids": ids, "received_at": nanoseconds, "uplink_message": uplink}
    return Posting(at_us, topic, orjson.dumps(message))


_EXPOSES: Final = [
    {"type": "numeric", "name": name, "property": name, "unit": unit, "access": 1}
    for name, unit in (("voltage", "mV"), ("battery", "%"), ("temperature", "°C"), ("linkquality", "lqi"))
]
SPEECH: Final[dict[str, Callable[[Asset, Values, int], Posting]]] = {
    "native": _native, "zigbee2mqtt": _zigbee2mqtt, "ttn_v3": _ttn_v3,
}  # fmt: skip
