"""Of several gateways the best by SNR, then RSSI, is kept; what is absent beside the other is zero."""

from typing import Any

import pytest

from ingest.lorawan import link_readings


@pytest.mark.parametrize(
    ("heard", "rssi", "snr", "name"),
    [
        ([{"gatewayId": "a", "rssi": -60, "snr": -7}, {"gatewayId": "b", "rssi": -97, "snr": 7.5}], -97, 7.5, "b"),
        (
            [{"gateway_ids": {"gateway_id": "a"}, "rssi": -90}, {"gateway_ids": {"gateway_id": "b"}, "rssi": -80}],
            -80,
            0,
            "b",
        ),
        ([{"snr": 3}], 0, 3, None),
        ([5, {"channel_rssi": -70, "snr": 1}], -70, 1, None),
    ],
)
def test_the_best_gateway_is_kept(heard: list[Any], rssi: float, snr: float, name: str | None) -> None:
    """Of both network servers."""
    extra: dict[str, Any] = {}

    readings = link_readings(heard, "rx", extra)

    assert [(one.quantity, one.value) for one in readings] == [("rssi", rssi), ("snr", snr)]
    assert (extra.get("gateway_id"), extra["gateways"]) == (name, len(heard))


@pytest.mark.parametrize(
    "heard", [None, 5, [], [5], [{}], [{"rssi": "x", "snr": 1}], [{"gatewayId": "a", "rssi": -90}]]
)
def test_no_gateway_no_readings(heard: object) -> None:
    """ChirpStack leaves out nothing of a whole record: a lone figure there is a fragment."""
    assert link_readings(heard, "rx", {}) == []
