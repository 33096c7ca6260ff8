"""The keys file: made once, read by its owner only, refused when it is not what it was."""

import subprocess
import sys
from pathlib import Path

import pytest

from street.errors import ConfigError
from street.keys import load_keys


def test_keys_are_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    """And stay what they are."""
    path = tmp_path / "var" / "keys.json"

    made = load_keys(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert load_keys(path) == made
    assert (len(made.audit), len(made.seal)) == (32, 32)
    assert made.audit != made.seal
    assert load_keys(tmp_path / "other.json") != made
    assert [it.name for it in path.parent.iterdir()] == ["keys.json"]


def test_processes_that_start_together_get_the_same_keys(tmp_path: Path) -> None:
    """The dashboard and a command on the first day."""
    program = (
        "import sys; from pathlib import Path; from street.keys import load_keys;"
        "print(load_keys(Path(sys.argv[1])).audit.hex())"
    )
    run = [sys.executable, "-c", program, str(tmp_path / "keys.json")]
    four = [subprocess.Popen(run, stdout=subprocess.PIPE, cwd=Path.cwd()) for _ in range(4)]

    assert len({each.communicate(timeout=30)[0] for each in four}) == 1


def test_keys_do_not_show_in_a_log(tmp_path: Path) -> None:
    """Nor in a traceback's locals."""
    keys = load_keys(tmp_path / "keys.json")

    assert str(keys) == repr(keys) == "Keys(…)"
    assert keys.audit.hex() not in f"{keys!r} {keys}"


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Whoever read it can write an audit."""
    load_keys(tmp_path / "keys.json")
    (tmp_path / "keys.json").chmod(0o640)

    with pytest.raises(ConfigError, match="chmod 600"):
        load_keys(tmp_path / "keys.json")


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"audit": 5, "seal": 5}', '{"audit": "YQ==", "seal": "YQ=="}', "\ud800", "null"]
)
def test_a_damaged_file_is_told_and_never_replaced(tmp_path: Path, content: str) -> None:
    """New keys would make the whole audit look tampered with."""
    path = tmp_path / "keys.json"
    path.write_text(content, encoding="utf-8", errors="surrogatepass")
    path.chmod(0o600)
    before = path.read_bytes()

    with pytest.raises(ConfigError, match="backup"):
        load_keys(path)

    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """With the path, in one line."""
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match="cannot be read or made"):
        load_keys(tmp_path / "file" / "keys.json")
