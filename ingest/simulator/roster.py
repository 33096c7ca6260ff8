"""The assets that the simulator plays, and the dialect each one speaks here."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ingest.register import read_assets
from ingest.simulator.speech import SPEECH
from street.assets import Asset
from street.errors import ConfigError


def read_roster(path: Path) -> list[Asset]:
    """Return the assets that *path* lists, each in a dialect the simulator speaks.

    Raises:
        ConfigError: the file, or a row of it, cannot be read.
    """
    assets, faults = read_assets(path, is_demo=True)
    for fault in faults:
        msg = f"{path}:{fault.line}: {fault.field}: {fault.rule}"
        raise ConfigError(msg)
    return list(players(assets))


def players(assets: Iterable[Asset]) -> Iterable[Asset]:
    """Return *assets* as they speak here: natively where their dialect is not spoken yet."""
    for asset in assets:
        is_device = asset.dialect in SPEECH and asset.kind != "gateway"  # a network is not a device of itself
        spoken = asset.dialect if is_device else "native"
        own = asset.asset_id if spoken == "native" else asset.device_id or asset.asset_id
        # The Things Stack knows device ids in lower case only
        yield replace(asset, dialect=spoken, device_id=own.lower() if spoken == "ttn_v3" else own)
