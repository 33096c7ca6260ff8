"""A machine that cannot carry what the configuration asks for is told at the start."""

from pathlib import Path

import pytest

from street.config import load
from street.config.surroundings import file_system
from street.errors import ConfigError


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_keys_that_others_can_read_are_refused(tmp_path: Path, mode: int) -> None:
    """They seal second factors and sign the audit."""
    path = tmp_path / "config.yaml"
    path.write_text("people:\n  keys_file: keys.json\n", encoding="utf-8")
    keys = tmp_path / "keys.json"
    keys.write_text("{}", encoding="utf-8")
    keys.chmod(mode)

    with pytest.raises(ConfigError, match=rf"config\.yaml:2: people\.keys_file: .* \(mode 600\), got mode {mode:o}"):
        load(path, {})


def test_keys_of_their_owner_are_taken(tmp_path: Path) -> None:
    """One that is not there yet is made."""
    path = tmp_path / "config.yaml"
    path.write_text("people:\n  keys_file: keys.json\n", encoding="utf-8")
    keys = tmp_path / "keys.json"
    keys.write_text("{}", encoding="utf-8")
    keys.chmod(0o600)

    assert load(path, {}).people.keys_file == keys


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        pytest.param("/srv/street/var", "nfs4", id="the nearest mount decides"),
        pytest.param("/srv/other", "ext4", id="a neighbour's mount does not"),
        pytest.param("/home", "ext4", id="the root is every folder's"),
    ],
)
def test_the_file_system_of_a_folder_is_known(tmp_path: Path, folder: str, kind: str) -> None:
    """SQLite's locks fail on network file systems, silently."""
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nserver:/x /srv/street nfs4 rw 0 0\n", encoding="utf-8")

    assert file_system(Path(folder), mounts) == kind


def test_nobody_knows_where_there_are_no_mounts(tmp_path: Path) -> None:
    """Then nothing is refused."""
    assert file_system(Path("/"), tmp_path / "none") == ""
