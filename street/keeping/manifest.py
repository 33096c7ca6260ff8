"""What a backup says of itself: one JSON file, written last, by which everything else in it is checked."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

from street.errors import StoreError

NAME: Final = "manifest.json"
FORM: Final = 1
BLOCK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a backup, before it went through the pipe, if it did."""

    bytes: int
    sha256: str
    is_piped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What was saved, when, by which program, and how a restored copy can be told to be whole.

    `begun_us` is the state's own instant; `newest_us` when the newest reading in it came in. `audit_no` and
    `audit_hash` are the audit's end: noted here, outside the database, they tell if somebody cuts it off.
    """

    engine: str
    begun_us: int
    took_s: float
    program: str
    revision: str
    sequence: int
    newest_us: int
    audit_no: int
    audit_hash: str
    rows: Mapping[str, int]
    files: Mapping[str, File] = field(default_factory=dict)
    form: int = FORM

    def write(self, folder: Path) -> None:
        """Write it into *folder*."""
        text = orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)
        (folder / NAME).write_bytes(text + b"\n")


def read(folder: Path) -> Manifest:
    """Return what the backup in *folder* says of itself.

    Raises:
        StoreError: it is no backup, or of another form.
    """
    try:
        said: dict[str, Any] = orjson.loads((folder / NAME).read_bytes())
        if said.get("form") != FORM:
            msg = f"{folder} is a backup of form {said.get('form')}, and this program knows {FORM}"
            raise StoreError(msg)
        files = {_plain_name(name): File(**file) for name, file in said.pop("files").items()}
        return Manifest(**said, files=files)
    except OSError as error:
        msg = f"{folder} is no backup: {NAME}: {error.strerror}"
        raise StoreError(msg) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        msg = f"{folder}: {NAME} is damaged: {error}"
        raise StoreError(msg) from error


def digest_of(path: Path) -> File:
    """Return size and SHA-256 of the file at *path*."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return File(bytes=path.stat().st_size, sha256=digest.hexdigest())


def copy(source: Path, target: Path) -> File:
    """Write *source* to the new file *target*, its owner's only; return size and SHA-256 of what was written."""
    target.touch(mode=0o600, exist_ok=False)
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as stream, target.open("wb") as copied:
        while block := stream.read(BLOCK):
            digest.update(block)
            size += copied.write(block)
    return File(bytes=size, sha256=digest.hexdigest())


@cache
def program_version() -> str:
    """Return the version of this program, as its pyproject.toml says."""
    path = Path(__file__).resolve().parents[2] / "pyproject.toml"
    return str(tomllib.loads(path.read_text(encoding="utf-8"))["project"]["version"])


def _plain_name(name: str) -> str:
    if name != Path(name).name or name.startswith("."):
        msg = f"a file name that leads elsewhere: {name!r}"
        raise ValueError(msg)
    return name
