"""What the machine must offer for a configuration to be used: a folder for the store, and keys that are private.

What only one process needs, it checks itself: a certificate that expired must not stop readings from being stored.
"""

import os
import stat
from pathlib import Path
from typing import Final

from street.config.sections import Config

NETWORK_FILE_SYSTEMS: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs"})


def check_surroundings(config: Config) -> None:
    """Refuse what this machine cannot do, or not safely.

    Raises:
        ConfigError: with the line of the key that asks for it.
    """
    _check_store_folder(config)
    _check_private(config, "people.keys_file", config.people.keys_file)


def _check_store_folder(config: Config) -> None:
    """Refuse a store that could not be written, or that a network file system would corrupt."""
    path = config.store_path
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        config.fail("store.url", f"expected a folder that can be written, got {path.parent}: {error.strerror}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        config.fail("store.url", f"expected a folder that can be written, got {path.parent}")
    if path.is_dir():
        config.fail("store.url", f"expected a file, got the folder {path}")
    kind = file_system(path.parent.resolve())
    if kind in NETWORK_FILE_SYSTEMS:
        config.fail("store.url", f"expected a local disk (SQLite locks fail on {kind}), got {path.parent}")


def _check_private(config: Config, key: str, path: Path) -> None:
    """Refuse a file of secrets that others can read; one that is not there yet is fine."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return
    if mode & 0o077:
        config.fail(key, f"expected a file that nobody else can read (mode 600), got mode {mode:03o}: {path}")


def file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the file system kind *folder* lies on, "" where nobody knows."""
    try:
        rows = [line.split() for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return ""
    under = [(len(row[1]), row[2]) for row in rows if folder.is_relative_to(row[1])]
    return max(under, default=(0, ""))[1]
