"""Make this checkout ready: virtual environment, Python packages, browser libraries, each from its lock.

    python3 scripts/setup.py          what `make demo` needs
    python3 scripts/setup.py test     what the tests need as well

Runs on the machine's own Python before anything is installed, so: standard library only, and nothing that an
older Python cannot at least read, or it could not say that it is too old. What is done is remembered by the hash
of its lock in a stamp file, so a second run takes a blink.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
VENV_NPM = VENV / "bin" / "npm"
STAMPS = VENV / "stamps"
LOG = ROOT / "var" / "setup.log"
MACHINE_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
OLDEST_PYTHON = (3, 11)
OLDEST_NPM = 7  # package-lock.json is of version 3
PIP = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "--no-color", "install"]
# wheels only: no compiler is needed; no resolving: the lock is whole, and an older pip trips over extras in it
FROM_LOCK = ["--require-hashes", "--only-binary=:all:", "--no-deps", "-r"]


class SetupError(Exception):
    """One line that says what to do."""


def main(wanted: str) -> int:
    """Bring the checkout to what *wanted* ("demo" or "test") needs; return the exit code."""
    try:
        check_python()
        make_venv()
        install_packages("test" if wanted == "test" else "runtime")
        install_browser_libraries()
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the next `make` goes on from here\n")
        return 130
    return 0


def check_python() -> None:
    """Refuse a Python that cannot run the product, or cannot make a virtual environment."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        msg = f"Python {found} is too old, 3.11 or newer is needed: make … PYTHON=/path/to/python3.11"
        raise SetupError(msg)
    if not VENV_PYTHON.exists() and not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        msg = "Python's venv module is missing: apt-get install python3-venv"
        raise SetupError(msg)


def make_venv() -> None:
    """Make .venv, or make it anew when it is broken: moved, or its Python is gone or too old."""
    if VENV_PYTHON.exists() and is_venv_usable():
        return
    say = Progress("virtual environment")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)], say)
    say.done()


def is_venv_usable() -> bool:
    """Return whether the environment starts, is of this folder and is new enough."""
    code = f"import sys, pip; print(sys.prefix); sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        answer = subprocess.run(
            [str(VENV_PYTHON), "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
        )
    except OSError:
        return False
    return answer.returncode == 0 and Path(answer.stdout.decode().strip()).resolve() == VENV.resolve()


def install_packages(name: str) -> None:
    """Install requirements/*name*.txt; test.txt holds all of runtime.txt and more."""
    lock = ROOT / "requirements" / f"{name}.txt"
    if is_stamped(lock) or (name == "runtime" and is_stamped(lock.with_name("test.txt"))):
        return
    total = len(re.findall(r"^[a-z0-9]", lock.read_text(encoding="utf-8"), re.MULTILINE))
    say = Progress("Python packages", total)
    run([*PIP, "--no-compile", *FROM_LOCK, str(lock)], say, counted="Collecting ")
    compile_packages()
    stamp(lock)
    say.done()


def compile_packages() -> None:
    """Compile what was installed, on all processors: pip does it on one, and not at all where bytecode is unwanted.

    Without it every start compiles anew wherever PYTHONDONTWRITEBYTECODE is set. A file that cannot be compiled (a
    template, another Python's) is none that we import.
    """
    command = [str(VENV_PYTHON), "-m", "compileall", "-qq", "-j", "0", "-x", r"/tests?/", str(VENV / "lib")]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def install_browser_libraries() -> None:
    """Fill node_modules from package-lock.json, by the machine's npm or, without one, by PyPI's."""
    lock = ROOT / "package-lock.json"
    if is_stamped(lock) and (ROOT / "node_modules").is_dir():
        return
    npm = usable_npm()
    say = Progress("browser libraries")
    run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], say, environ=beside(npm))
    stamp(lock)
    say.done()


def usable_npm() -> str:
    """Return the path of an npm that understands our lock; installs one into .venv where the machine has none."""
    for npm in (shutil.which("npm"), str(VENV_NPM)):
        if npm and npm_version(npm) >= OLDEST_NPM:
            return npm
    say = Progress("npm, from PyPI: this machine has none that is new enough")
    try:
        run([*PIP, *FROM_LOCK, str(ROOT / "requirements" / "node.txt")], say)
    except SetupError as error:
        msg = f"npm is missing: apt-get install npm (PyPI's could not be installed either: see {LOG})"
        raise SetupError(msg) from error
    say.done()
    return str(VENV_NPM)


def npm_version(npm: str) -> int:
    """Return *npm*'s major version, 0 where it does not start."""
    try:
        answer = subprocess.run(
            [npm, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=beside(npm), check=False
        )
        return int(answer.stdout.decode().split(".")[0])
    except (OSError, ValueError):
        return 0


def beside(program: str) -> dict[str, str]:
    """Return the environment with *program*'s folder first in PATH: npm finds its own node there.

    PyPI's node trusts only the authorities it was built with; an office's own is in the machine's list.
    """
    environ = dict(os.environ)
    environ["PATH"] = os.pathsep.join([str(Path(program).parent), environ.get("PATH", os.defpath)])
    if MACHINE_AUTHORITIES.exists():
        environ.setdefault("NODE_EXTRA_CA_CERTS", str(MACHINE_AUTHORITIES))
    return environ


def is_stamped(lock: Path) -> bool:
    """Return whether *lock*, as it is now, has been installed."""
    path = STAMPS / lock.name
    return path.exists() and path.read_text(encoding="utf-8") == fingerprint(lock)


def stamp(lock: Path) -> None:
    """Remember that *lock*, as it is now, has been installed."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / lock.name).write_text(fingerprint(lock), encoding="utf-8")


def fingerprint(lock: Path) -> str:
    """Return the hash of what *lock* says."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def run(command: list[str], say: Progress, *, counted: str = "", environ: dict[str, str] | None = None) -> None:
    """Run *command* quietly; every output line starting with *counted* moves the progress on.

    Raises:
        SetupError: it failed; the sentence holds its last line and where the rest is.
    """
    LOG.parent.mkdir(exist_ok=True)
    last = ""
    with LOG.open("a", encoding="utf-8") as log:
        log.write("\n$ {}\n".format(" ".join(command)))
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environ, cwd=str(ROOT)
        ) as child:
            for raw in child.stdout or ():
                line = raw.decode("utf-8", "replace")
                log.write(line)
                last = line.strip() or last
                if counted and line.startswith(counted):
                    say.step(re.split(r"[=\s]", line[len(counted) :])[0])
    if child.returncode != 0:
        say.failed()
        msg = f"{say.what}: {last} (all of it: {LOG})"
        raise SetupError(msg)


class Progress:
    """One line that moves on a terminal, and plain lines elsewhere."""

    def __init__(self, what: str, total: int = 0) -> None:
        self.what = what
        self.total = total
        self.count = 0
        self.began = time.monotonic()
        self.moves = sys.stdout.isatty()
        self._show(f"{what} …", end="" if self.moves else "\n")

    def step(self, name: str) -> None:
        """Count one more."""
        self.count += 1
        if self.moves:
            self._show(f"\r\033[K{self.what} … {min(self.count, self.total)} of {self.total}  {name}", end="")

    def done(self) -> None:
        """Say how long it took."""
        lead = "\r\033[K" if self.moves else ""
        self._show(f"{lead}{self.what}: done in {time.monotonic() - self.began:.0f} s")

    def failed(self) -> None:
        """Leave the moving line."""
        if self.moves:
            self._show("")

    def _show(self, text: str, end: str = "\n") -> None:
        sys.stdout.write(text + end)
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "demo"))
