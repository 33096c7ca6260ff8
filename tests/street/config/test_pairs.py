"""What is impossible together is said at the start, by every process, in one line."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboard.__main__ import main as dashboard
from ingest.__main__ import main as ingest
from street.__main__ import main as street
from street.config.pairs import KNOWN_SECRETS, SHORTEST_SECRET, fault_of_secret

ROOT = Path(__file__).resolve().parents[3]
WRONG = yaml.safe_load(Path(__file__).with_name("wrong.yaml").read_text(encoding="utf-8"))
PROCESSES = [
    pytest.param(ingest, id="ingest"),
    pytest.param(dashboard, id="dashboard"),
    pytest.param(lambda options: street([*options, "check"]), id="street"),
]


@pytest.fixture(autouse=True)
def _no_ports_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "MQTT_PORT", "HTTPS", "SKY_EYE_MQTT_PASSWORD", "SKY_EYE_OIDC_SECRET"):
        monkeypatch.delenv(name, raising=False)


def expected_of(wrong: dict[str, Any], path: Path) -> str:
    """Return the line that a wrong configuration costs when it stands in the file at *path*."""
    line = str(wrong["line"]).replace("FOLDER", str(path.parent))
    return line if line.startswith("environment:") else f"{path}:{line}"


def written(folder: Path, text: str) -> Path:
    """Return the path of a configuration that says *text*."""
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("wrong", [pytest.param(it, id=it["is"]) for it in WRONG])
def test_a_wrong_configuration_costs_one_line_and_exit_78(
    wrong: dict[str, Any],
    process: Callable[[list[str]], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """File, line, key, what was expected, what was found; no traceback, and nothing was begun."""
    path = written(tmp_path, wrong["says"])
    for name, value in wrong.get("environment", {}).items():
        monkeypatch.setenv(name, value)

    code = process(["--config", str(path)])

    assert capsys.readouterr().err == expected_of(wrong, path) + "\n"
    assert code == 78
    assert [it for it in tmp_path.rglob("*") if it.is_file()] == [path]


def test_there_are_forty_and_more() -> None:
    """The promise of the third issue, and no two of them the same."""
    assert len({(it["says"], str(it.get("environment"))) for it in WRONG}) == len(WRONG) >= 40


@pytest.mark.parametrize("package", ["ingest", "dashboard"])
def test_a_process_of_its_own_ends_the_same_way(package: str, tmp_path: Path) -> None:
    """As a supervisor sees it: 78, and a log of one line."""
    wrong = WRONG[0]
    path = written(tmp_path, wrong["says"])

    ended = subprocess.run(
        [sys.executable, "-m", package, "--config", str(path)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ),
    )  # fmt: skip

    assert (ended.returncode, ended.stdout, ended.stderr) == (78, "", expected_of(wrong, path) + "\n")


@pytest.mark.parametrize("secret", sorted(KNOWN_SECRETS))
def test_no_secret_of_an_example_will_do(secret: str) -> None:
    """Whatever its letters' case; what is said does not repeat it."""
    said = fault_of_secret(secret.upper())

    assert "of your own" in said
    assert secret.upper() not in said


@pytest.mark.parametrize("secret", ["", "x" * SHORTEST_SECRET, "智慧街区智慧街区"])
def test_a_secret_of_ones_own_will_do(secret: str) -> None:
    """Also one that is not set: the embedded broker makes its own."""
    assert fault_of_secret(secret) == ""
