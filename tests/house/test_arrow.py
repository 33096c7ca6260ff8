"""The import contracts are awake: each of these deliberate violations is caught, and what they promise is so."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import PACKAGES, ROOT, files

LINT = [
    sys.executable,
    "-c",
    "from importlinter.cli import lint_imports_command as run; run()",
    "--no-logo",
    "--no-cache",
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the contracts, to be spoiled."""
    folder = tmp_path_factory.mktemp("copy")
    for name in [*files(".py", under=PACKAGES), "pyproject.toml"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("street/clock.py", "import dash", "Street knows neither broker nor browser"),
        ("ingest/intake.py", "import pandas", "Ingest is small"),
        ("ingest/intake.py", "import street.frames", "Ingest is small"),
        ("ingest/intake.py", "import paho.mqtt", "Only ingest.client knows paho"),
        ("layouts/wall.py", "import street.store", "Layouts are pure"),
        ("dashboard/live.py", "import ingest.topics", "dashboard and ingest are strangers"),
        ("street/odds.py", "", "Inside street"),
    ],
)
def test_a_violation_is_caught(copy: Path, module: str, line: str, contract: str) -> None:
    """A contract that nothing can break is no contract."""
    path = copy / module
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")

    found = subprocess.run(LINT, cwd=copy, capture_output=True, check=False)

    path.unlink() if before is None else path.write_text(before, encoding="utf-8")
    broken = [it for it in found.stdout.decode().splitlines() if it.endswith("BROKEN")]
    assert found.returncode == 1
    assert any(contract in it for it in broken), broken


def test_ingest_runs_without_pandas_and_without_a_browser() -> None:
    """What stands in memory for months is what it needs; imports inside functions are counted too."""
    code = "import sys, ingest.service; print(*{it.split('.')[0] for it in sys.modules})"

    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout.decode()

    assert not {"pandas", "numpy", "dash", "plotly", "fastapi", "uvicorn"} & set(loaded.split())
