"""`support-dump`: a file that can be sent, readable by its owner alone."""

from pathlib import Path

import orjson
import pytest

from street.__main__ import EXIT_STORE, main
from street.store import open_store
from tests.street.store.makers import NOON_US


def test_a_dump_is_one_object_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Configuration and tables; passwords in addresses are covered."""
    open_store(f"sqlite:///{tmp_path}/street.db", lambda: NOON_US).close()
    (tmp_path / "config.yaml").write_text(f"store:\n  url: sqlite:///{tmp_path}/street.db\n")
    dump = tmp_path / "dump.jsonl"

    code = main(["--config", str(tmp_path / "config.yaml"), "support-dump", str(dump)])
    lines = [orjson.loads(line) for line in dump.read_bytes().splitlines()]

    assert code == 0
    assert dump.stat().st_mode & 0o777 == 0o600
    assert lines[1]["config"]["privacy"] == {"reveal_min": 10, "mask_names": True}
    assert {"table": "people", "rows": 0} in lines
    assert f"{len(lines)} lines" in capsys.readouterr().out


def test_without_a_store_nothing_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dump is a question."""
    (tmp_path / "config.yaml").write_text(f"store:\n  url: sqlite:///{tmp_path}/street.db\n")

    code = main(["--config", str(tmp_path / "config.yaml"), "support-dump", str(tmp_path / "dump.jsonl")])

    assert code == EXIT_STORE
    assert "no store" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]
