"""The two keys that the database must not hold: of the audit's chain, and of what is sealed at rest."""

import base64
import json
import os
import secrets
import stat
from pathlib import Path
from typing import Final, NamedTuple

from street.errors import ConfigError

KEY_BYTES: Final = 32


class Keys(NamedTuple):
    """Secrets of one installation; losing them makes the audit unverifiable and second factors void."""

    audit: bytes
    seal: bytes

    def __repr__(self) -> str:
        """Return a text that may stand in a log."""
        return "Keys(…)"


def load_keys(path: Path) -> Keys:
    """Return the keys in the file at *path*; made, readable by its owner only, where there is none yet.

    Two processes may call it at once: both get the same keys.

    Raises:
        ConfigError: the file can be read by others, is no keys file, or cannot be made.
    """
    try:
        if not path.exists():
            _make(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            msg = f"{path}: others can read it: chmod 600 {path}, and make new keys if somebody may have"
            raise ConfigError(msg)
        return _read(path)
    except OSError as error:
        msg = f"{path}: cannot be read or made: {error.strerror}"
        raise ConfigError(msg) from error


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = {name: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() for name in Keys._fields}
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(json.dumps(content) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # whole or not at all, and never over one that is there
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read(path: Path) -> Keys:
    try:
        content = json.loads(path.read_bytes())
        keys = Keys(*(base64.b64decode(content[name], validate=True) for name in Keys._fields))
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path}: is no keys file: restore it from its backup"
        raise ConfigError(msg) from error
    if any(len(key) != KEY_BYTES for key in keys):
        msg = f"{path}: a key has not {KEY_BYTES} bytes: restore the file from its backup"
        raise ConfigError(msg)
    return keys
