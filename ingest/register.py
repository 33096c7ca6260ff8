"""The register: which asset a device speaks for, how newcomers are met, and how a list of assets is read."""

import csv
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from ingest.decode import DIALECTS
from ingest.texts import is_sound_name
from street.assets import Asset
from street.errors import ConfigError
from street.logs import quoted

log = logging.getLogger(__name__)

UNKNOWN: Final = "unknown"  # the kind of a device that nobody has registered
NATIVE: Final = "native"
CASELESS: Final = frozenset({"ttn_v3"})  # its device ids are lower case on the wire, whatever the register says
COLUMNS: Final = ("id", "kind", "name", "lon", "lat", "community_code", "grid_id", "street", "gateway", "interval_s")
ASSET_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)  # float() takes more
MAX_FILE_BYTES: Final = 64 * 1024 * 1024


class Register:
    """Device → asset, by dialect and the device's own name; every asset also answers to its id in native topics.

    Args:
        assets: all that are known.
        newcomers: how many unregistered devices may become assets of kind "unknown"; 0 accepts none.
        add: stores new assets.
        waits: whether an unregistered device waits, with what it says, until a person decides; none is accepted then.
    """

    def __init__(
        self,
        assets: Iterable[Asset],
        *,
        newcomers: int,
        add: Callable[[list[Asset]], None],
        waits: bool = False,
    ) -> None:
        self.waits = waits
        self.by_id: dict[str, Asset] = {}
        self._by_device: dict[tuple[str, str], Asset] = {}
        self._newcomers = self._room = newcomers
        self._add = add
        self.refresh(assets)

    def welcome(self, newcomers: int, *, waits: bool = False) -> None:
        """Let so many unregistered devices in from now on, those who are here counted; or let them wait."""
        self.waits = waits
        self._room += newcomers - self._newcomers
        self._newcomers = newcomers

    def refresh(self, assets: Iterable[Asset]) -> None:
        """Know *assets* instead of what was known: somebody may have registered some."""
        self.by_id.clear()
        self._by_device.clear()
        self._room = self._newcomers
        for asset in assets:
            self._enter(asset)

    def find(self, dialect: str, device_id: str) -> Asset | None:
        """Return the asset that *device_id* of *dialect* speaks for."""
        return self._by_device.get((dialect, device_id.casefold() if dialect in CASELESS else device_id))

    def meet(self, dialect: str, device_id: str) -> Asset | None:
        """Return the new asset of an unregistered device, None where there is no room for another, or it must wait.

        It has no place and no expectations: its readings are kept until somebody registers it.
        """
        asset_id = device_id if dialect == NATIVE else f"{dialect}:{device_id}"
        if self.waits or self._room <= 0 or asset_id in self.by_id:
            return None
        asset = Asset(asset_id=asset_id, kind=UNKNOWN, name=device_id, dialect=dialect, device_id=device_id)
        self._add([asset])
        self._enter(asset)
        log.info("newcomer dialect=%s device=%s room=%d", dialect, quoted(device_id), self._room)
        return asset

    def _enter(self, asset: Asset) -> None:
        dialect, device_id = speaks_as(asset)
        self.by_id[asset.asset_id] = asset
        self._by_device.setdefault((NATIVE, asset.asset_id), asset)
        self._by_device[(dialect, device_id.casefold() if dialect in CASELESS else device_id)] = asset
        if asset.kind == UNKNOWN:
            self._room -= 1


def speaks_as(asset: Asset) -> tuple[str, str]:
    """Return (dialect, device id) of *asset*'s device: native where we do not know its dialect yet."""
    if asset.dialect not in DIALECTS:
        return NATIVE, asset.asset_id
    return asset.dialect, asset.device_id or asset.asset_id


class RowFault(NamedTuple):
    """A row of an asset list that could not be taken."""

    line: int
    field: str
    rule: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field}: {self.rule}"


def read_assets(path: Path, *, is_demo: bool = False) -> tuple[list[Asset], list[RowFault]]:
    """Return the assets that a CSV file lists, and what is wrong with the rows that were left out.

    Args:
        path: UTF-8, with the columns of street/geo/demo_assets.csv; `device_id` and `circuit` may be missing.
        is_demo: whether the assets are examples.

    Raises:
        ConfigError: the file cannot be read, or lacks a column.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            msg = f"{path}:1: expected at most {MAX_FILE_BYTES // 2**20} MiB"
            raise ConfigError(msg)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}:1: expected a UTF-8 CSV file of assets: {error}"
        raise ConfigError(msg) from error
    rows = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        msg = f"{path}:1: {missing[0]}: expected the columns {', '.join(COLUMNS)}"
        raise ConfigError(msg)
    assets: list[Asset] = []
    faults: list[RowFault] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        taken = _asset_in(row, rows.line_num, is_demo=is_demo)
        fault = taken if isinstance(taken, RowFault) else _clash(taken, seen, rows.line_num)
        if fault is not None:
            faults.append(fault)
        elif isinstance(taken, Asset):
            assets.append(taken)
    return assets, faults


def _asset_in(row: Mapping[str | None, str | list[str] | None], line: int, *, is_demo: bool) -> Asset | RowFault:
    said = {str(key): (value or "").strip() for key, value in row.items() if not isinstance(value, list)}
    for name in ("id", "kind", "name"):
        if not said[name] or len(said[name]) > 200:
            return RowFault(line, name, "expected 1 to 200 characters")
    if not ASSET_ID.fullmatch(said["id"]):
        return RowFault(line, "id", f"expected letters, digits, '.', '_' and '-', got {quoted(said['id'])}")
    unsound = next((name for name, text in said.items() if not is_sound_name(text)), None)
    if unsound is not None:
        return RowFault(line, unsound, "expected one line without control and direction characters")
    numbers: dict[str, float | None] = {}
    for name, low, high in (("lon", -180.0, 180.0), ("lat", -90.0, 90.0), ("interval_s", 0.001, 31_536_000.0)):
        number = _number(said[name])
        if said[name] and (number is None or not low <= number <= high):
            return RowFault(line, name, f"expected a number from {low:g} to {high:g}, got {quoted(said[name])}")
        numbers[name] = number
    return Asset(
        asset_id=said["id"], kind=said["kind"], name=said["name"], lon=numbers["lon"], lat=numbers["lat"],
        community_id=said["community_code"], grid_cell_id=said["grid_id"], road=said["street"],
        gateway_id=said["gateway"], circuit_id=said.get("circuit", ""), dialect=said.get("dialect") or NATIVE,
        device_id=said.get("device_id") or said["id"], interval_s=numbers["interval_s"], is_demo=is_demo,
    )  # fmt: skip


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _clash(asset: Asset, seen: dict[tuple[str, ...], int], line: int) -> RowFault | None:
    """Refuse an id, or a device, that an earlier row has taken: two assets would share one voice."""
    dialect, device_id = speaks_as(asset)
    for field, key in (("id", ("id", asset.asset_id)), ("device_id", (dialect, device_id))):
        if key in seen:
            return RowFault(line, field, f"already taken in line {seen[key]}")
    seen[("id", asset.asset_id)] = seen[(dialect, device_id)] = line
    return None
