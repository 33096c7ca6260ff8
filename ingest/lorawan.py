"""What network servers of LoRaWAN have in common: several gateways hear one uplink; the best one's figures are kept."""

from typing import Any

from ingest.messages import DecodedReading
from ingest.quantities import reading


def link_readings(heard_by: Any, path: str, extra: dict[str, Any]) -> list[DecodedReading]:  # noqa: ANN401 - a payload field
    """Return RSSI and SNR of the gateway that heard best, by SNR, then RSSI; its name and the count go into *extra*.

    Zero is not on the wire: a figure that is absent beside the other is zero.
    """
    heard = []
    for place, gateway in enumerate(heard_by if type(heard_by) is list else []):
        if type(gateway) is not dict:
            continue
        rssi, snr = gateway.get("rssi", gateway.get("channel_rssi")), gateway.get("snr")
        if snr is None and (rssi is None or _is_fragment(gateway)):
            continue
        if type(rssi or 0) in (int, float) and type(snr or 0) in (int, float):
            heard.append((snr or 0, rssi or 0, -place))
    if type(heard_by) is list and heard_by:
        extra["gateways"] = len(heard_by)
    if not heard:
        return []
    snr, rssi, place = max(heard)
    name = _gateway_name(heard_by[-place])
    if name:
        extra["gateway_id"] = name
    return [reading("rssi", rssi, f"{path}[{-place}].rssi"), reading("snr", snr, f"{path}[{-place}].snr")]


def _is_fragment(gateway: dict[str, Any]) -> bool:
    """Return whether *gateway* is no whole record of ChirpStack's, where an absent figure is unknown and not zero."""
    return "gatewayId" in gateway and "uplinkId" not in gateway


def _gateway_name(gateway: dict[str, Any]) -> str:
    """Return the name under which The Things Stack or ChirpStack knows a gateway."""
    ids = gateway.get("gateway_ids")
    name = ids.get("gateway_id") if type(ids) is dict else gateway.get("gatewayId")
    return name[:64] if type(name) is str else ""
