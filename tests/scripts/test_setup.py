"""What `make setup` says on a machine that lacks something, and what it does not do twice."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with folders of its own."""
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "scripts" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "setup_script", module)
    spec.loader.exec_module(module)
    for name, path in {"VENV": "venv", "VENV_PYTHON": "venv/bin/python", "STAMPS": "stamps", "LOG": "var/log"}.items():
        monkeypatch.setattr(module, name, tmp_path / path)
    return module


def test_an_old_python_is_told_so(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the way to choose another."""
    monkeypatch.setattr(setup.sys, "version_info", (3, 10, 4, "final", 0))

    with pytest.raises(setup.SetupError, match=r"Python 3\.10\.4 is too old, 3\.11 or newer.*PYTHON="):
        setup.check_python()


def test_a_missing_venv_module_is_told(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian ships it in a package of its own."""
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(setup.SetupError, match="apt-get install python3-venv"):
        setup.check_python()


def test_what_is_installed_is_not_installed_again(setup: ModuleType, tmp_path: Path) -> None:
    """Until the lock says something else."""
    lock = tmp_path / "some.txt"
    lock.write_text("a==1\n", encoding="utf-8")
    setup.STAMPS.mkdir()

    setup.stamp(lock)
    first = setup.is_stamped(lock)
    lock.write_text("a==2\n", encoding="utf-8")

    assert first
    assert not setup.is_stamped(lock)


def test_a_failing_step_is_one_line_with_its_log(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """The last thing the program said, and where the rest is."""
    command = [sys.executable, "-c", "print('first'); print('no such package'); raise SystemExit(2)"]

    with pytest.raises(setup.SetupError, match=r"^packages: no such package .*log"):
        setup.run(command, setup.Progress("packages"))

    assert "first" in setup.LOG.read_text(encoding="utf-8")


def test_a_broken_environment_is_noticed(setup: ModuleType, tmp_path: Path) -> None:
    """A Python in the right place that is not an environment of this folder would install into another."""
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").symlink_to(sys.executable)

    assert not setup.is_venv_usable()


def test_a_missing_npm_has_no_version(setup: ModuleType) -> None:
    """So that PyPI's is taken."""
    assert setup.npm_version("/nowhere/npm") == 0


def test_what_is_installed_is_compiled_even_where_bytecode_is_unwanted(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or every start would compile anew; the tests of libraries are of no use, and a broken file is no obstacle."""
    monkeypatch.setattr(setup, "VENV_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    library = tmp_path / "venv" / "lib" / "library"
    for name in ("used.py", "broken.py", "tests/unused.py"):
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        (library / name).write_text("1 +" if name == "broken.py" else "", encoding="utf-8")

    setup.compile_packages()

    assert [path.name.split(".")[0] for path in library.rglob("*.pyc")] == ["used"]
