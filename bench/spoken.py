"""What the devices of each dialect typically say: for `bench.decode`.

`MAKERS` makes message *n* of a dialect, `BEFORE` what must have been heard before.
"""

import json
from collections.abc import Callable

from ingest.sparkplug_form import Payload
from street import clock

DEVICES = 500
Maker = Callable[[int], tuple[str, bytes]]  # n -> topic of one of the devices, payload


def _at(n: int) -> str:
    return clock.iso(clock.now_us() - n * 1000)


def _json(topic: str, document: object) -> tuple[str, bytes]:
    return topic, json.dumps(document).encode()


def _z2m(n: int) -> tuple[str, bytes]:
    return _json(
        f"zigbee2mqtt/yard/lamp-{n % DEVICES}",
        {
            "brightness": 254,
            "current": 0.27,
            "energy": 812.37,
            "last_seen": _at(n),
            "linkquality": 138,
            "power": 61.4,
            "state": "ON",
            "voltage": 231,
            "update": {"state": "idle", "installed_version": 65570},
        },
    )


def _tasmota(n: int) -> tuple[str, bytes]:
    return _json(
        f"tele/pole-{n % DEVICES}/SENSOR",
        {
            "Time": "2026-11-24T10:15:00",
            "Epoch": clock.now_us() // 1_000_000 - 5,
            "BME280": {"Temperature": 6.9, "Humidity": 68.4, "DewPoint": 1.5, "Pressure": 1022.7},
            "ENERGY": {"TotalStartTime": "2026-01-01T00:00:00", "Total": 77.5, "Power": [120, 0, 88], "Voltage": 230},
            "PressureUnit": "hPa",
            "TempUnit": "C",
        },
    )


def _shelly2(n: int) -> tuple[str, bytes]:
    name = f"shellyplus1pm-{n % DEVICES}"
    return _json(
        f"{name}/events/rpc",
        {
            "src": name,
            "dst": f"{name}/events",
            "method": "NotifyStatus",
            "params": {
                "ts": clock.now_us() / 1e6,
                "switch:0": {
                    "id": 0,
                    "output": True,
                    "apower": 61.2,
                    "current": 0.269,
                    "voltage": 230.1,
                    "aenergy": {"total": 77500.1, "by_minute": [1, 2, 3], "minute_ts": 1},
                },
            },
        },
    )


def _ttn(n: int) -> tuple[str, bytes]:
    device = f"bin-{n % DEVICES}"
    return _json(
        f"v3/street@ttn/devices/{device}/up",
        {
            "end_device_ids": {
                "device_id": device,
                "application_ids": {"application_id": "street"},
                "dev_eui": "70B3D57ED0001A01",
                "dev_addr": "260B1A01",
            },
            "correlation_ids": ["as:up:01JD"],
            "received_at": _at(n),
            "uplink_message": {
                "session_key_id": "AZ0=",
                "f_port": 85,
                "f_cnt": n,
                "frm_payload": "AXVkA2dBAARoiA==",
                "decoded_payload": {"fill_level": 78, "temperature": 6.5, "battery_v": 3.58, "lid": "closed"},
                "rx_metadata": [
                    {"gateway_ids": {"gateway_id": "gw-1"}, "rssi": -103, "channel_rssi": -103, "snr": 5.2}
                ],
                "settings": {
                    "data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 7}},
                    "frequency": "486300000",
                },
                "received_at": _at(n),
                "consumed_airtime": "0.077056s",
            },
        },
    )


def _chirpstack(n: int) -> tuple[str, bytes]:
    eui = f"24e124535b{n % DEVICES:06x}"
    return _json(
        f"application/17c82e96/device/{eui}/event/up",
        {
            "deduplicationId": "3ac7e3c4",
            "time": _at(n),
            "deviceInfo": {
                "tenantName": "t",
                "applicationName": "a",
                "deviceProfileName": "geomag",
                "deviceName": f"bay {n}",
                "devEui": eui,
                "tags": {"asset": "02001"},
            },
            "devAddr": "01aa",
            "adr": True,
            "dr": 5,
            "fCnt": n,
            "fPort": 85,
            "data": "AQ==",
            "object": {"occupied": True, "battery": 97.0},
            "rxInfo": [{"gatewayId": "g1", "uplinkId": 1, "rssi": -97, "snr": 7.5}],
            "txInfo": {"frequency": 1},
        },
    )


def _frigate(n: int) -> tuple[str, bytes]:
    seen = {
        "id": f"1795486510.47-{n}",
        "camera": f"cam_{n % DEVICES}",
        "frame_time": clock.now_us() / 1e6,
        "label": "car",
        "sub_label": None,
        "top_score": 0.9,
        "score": 0.88,
        "false_positive": False,
        "start_time": clock.now_us() / 1e6 - 9,
        "end_time": None,
        "box": [1, 2, 3, 4],
        "area": 5,
        "ratio": 1.2,
        "region": [1, 2, 3, 4],
        "stationary": True,
        "current_zones": ["z1"],
        "entered_zones": ["z1"],
        "has_clip": True,
        "attributes": {},
    }
    return _json("frigate/events", {"type": "update", "before": seen, "after": seen})


def _sparkplug(n: int) -> tuple[str, bytes]:
    payload = Payload(timestamp=clock.now_us() // 1000, seq=n % 256)
    for alias in range(4):
        payload.metrics.add(alias=alias, timestamp=clock.now_us() // 1000, float_value=1.5 + n)
    return "spBv1.0/g/NDATA/gw", payload.SerializeToString()


def _sparkplug_birth() -> list[tuple[str, bytes]]:
    payload = Payload(timestamp=clock.now_us() // 1000, seq=0)
    for alias, name in enumerate(("Level", "Temperature", "Running Hours", "Flow")):
        payload.metrics.add(name=name, alias=alias, datatype=9, float_value=1.5)
    return [("spBv1.0/g/NBIRTH/gw", payload.SerializeToString())]


def _senml(n: int) -> tuple[str, bytes]:
    return _json(
        f"senml/env-{n % DEVICES}",
        [
            {
                "bn": f"urn:dev:mac:{n % DEVICES:012x}:",
                "bt": clock.now_us() // 1_000_000,
                "bu": "%RH",
                "n": "humidity",
                "v": 69.5,
            },
            {"n": "temperature", "u": "Cel", "v": 6.7},
            {"n": "laeq", "u": "dB", "v": 61.0, "t": -5},
        ],
    )


def _homeassistant() -> list[tuple[str, bytes]]:
    return [
        _json(
            f"homeassistant/sensor/n{n}/{name}/config",
            {
                "uniq_id": f"{n}{name}",
                "dev_cla": name,
                "stat_t": f"lab/{n}",
                "val_tpl": f"{{{{ value_json.{name} | float }}}}",
                "dev": {"ids": [f"n{n}"]},
            },
        )
        for n in range(DEVICES)
        for name in ("temperature", "humidity")
    ]


def _ngsi(n: int) -> tuple[str, bytes]:
    at = {"type": "Property", "observedAt": _at(n)}
    return _json(
        "ngsi/x",
        {
            "metadata": {"Content-Type": "application/json"},
            "body": {
                "type": "Notification",
                "subscriptionId": "s",
                "data": [
                    {
                        "id": f"urn:ngsi-ld:Streetlight:{n % DEVICES}",
                        "type": "Streetlight",
                        "status": {**at, "value": "ok"},
                        "powerState": {**at, "value": "on"},
                        "illuminanceLevel": {**at, "value": 0.8},
                        "powerConsumption": {**at, "value": 61.2, "unitCode": "WTT"},
                        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [120.3, 36.1]}},
                    }
                ],
            },
        },
    )


def _cloudevent(n: int) -> tuple[str, bytes]:
    return _json(
        "yard/ce",
        {
            "specversion": "1.0",
            "id": f"e-{n}",
            "source": "/gw/1",
            "type": "cn.x.sensor.reading",
            "subject": f"lamp-{n % DEVICES}",
            "time": _at(n),
            "datacontenttype": "application/json",
            "data": {"power_w": 60.5, "voltage": 230.1},
        },
    )


def _owntracks(n: int) -> tuple[str, bytes]:
    return _json(
        f"owntracks/li/t{n % DEVICES}",
        {
            "_type": "location",
            "lat": 36.06721,
            "lon": 120.32634,
            "acc": 8,
            "alt": 31,
            "vel": 4,
            "cog": 275,
            "batt": 76,
            "bs": 1,
            "t": "t",
            "tid": "z3",
            "tst": clock.now_us() // 1_000_000 - 9,
            "conn": "m",
            "inregions": ["cell 1"],
            "SSID": "x",
        },
    )


BEFORE: dict[str, Callable[[], list[tuple[str, bytes]]]] = {
    "sparkplug_b": _sparkplug_birth,
    "homeassistant": _homeassistant,
}
MAKERS: dict[str, Maker] = {
    "native": lambda n: _json(f"street/NM-{n % DEVICES}/telemetry", {"ts": _at(n), "noise_laeq": 61.5, "battery": 93}),
    "zigbee2mqtt": _z2m,
    "tasmota": _tasmota,
    "shelly_gen1": lambda n: (f"shellies/s-{n % DEVICES}/relay/0/power", b"61.25"),
    "shelly_gen2": _shelly2,
    "homeassistant": lambda n: _json(f"lab/{n % DEVICES}", {"temperature": 6.5, "humidity": "70"}),
    "ttn_v3": _ttn,
    "chirpstack_v4": _chirpstack,
    "frigate": _frigate,
    "sparkplug_b": _sparkplug,
    "senml": _senml,
    "sensorthings": lambda n: _json(
        f"v1.1/Datastreams({n % DEVICES})/Observations", {"@iot.id": n, "phenomenonTime": _at(n), "result": 61.9}
    ),
    "ngsi": _ngsi,
    "cloudevents": _cloudevent,
    "ultralight": lambda n: (f"/ul/key/pole-{n % DEVICES}/attrs", b"t|6.5|h|70|bat_v|3.6"),
    "homie5": lambda n: (f"homie/5/lamp{n % DEVICES}/lamp/temperature", b"6.5"),
    "owntracks": _owntracks,
}
