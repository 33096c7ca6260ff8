"""What we ship for a real street fits the programs it stands before, and the guide that tells how to use it."""

import os
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from bench.front import NGINX, Front
from dashboard.access import RULES
from dashboard.bodies import KINDS
from street.commands import COMMANDS
from street.config import Config, load
from street.config.sections import SECTIONS
from tests.house.checkout import ROOT, files, text

GUIDE = "docs/operations.md"
UNITS = files(".service", ".timer", ".conf", under=("deploy/systemd",))
OURS = [name for name in UNITS if "/sky-eye-" in name and name.endswith(".service")]
ANALYZE = shutil.which("systemd-analyze")
WORST_EXPOSURE = 2.0  # of 10, as systemd counts; 1.2 is reached

needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The configuration we ship, with its state in a folder that exists here."""
    path = tmp_path_factory.mktemp("etc") / "config.yaml"
    path.write_text(text("deploy/config.yaml").replace("/var/lib/sky-eye", str(path.parent)), encoding="utf-8")
    return load(path, {})


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A folder with our units, whose programs are this checkout's."""
    folder = tmp_path / "units"
    shutil.copytree(ROOT / "deploy/systemd", folder)
    for path in folder.rglob("*.*"):
        if path.is_file():
            path.write_text(path.read_text(encoding="utf-8").replace("/opt/sky-eye/current", str(ROOT)))
    return folder


# ------------------------------------------------------------------------------------------------ configuration


def test_the_configuration_can_be_used(config: Config) -> None:
    """As it is, on a fresh machine: one key wrong and nothing starts."""
    assert config.dashboard.https == "proxy"
    assert config.broker.tls
    assert not config.people.demo_accounts


def test_the_configuration_leaves_no_path_relative() -> None:
    """It would be meant from /etc/sky-eye, where the units may not write."""
    said = text("deploy/config.yaml")
    relative = [
        item.name
        for kind in SECTIONS.values()
        for item in fields(kind)
        if isinstance(item.default, Path) and not item.default.is_absolute()
    ]

    absolute = re.findall(r"^  (\w+): /(?:var/lib|opt|etc)/sky-eye/", said, re.MULTILINE)
    assert set(relative) <= set(absolute)
    assert "  url: sqlite:////var/lib/sky-eye/" in said


# ------------------------------------------------------------------------------------------------ nginx


def test_nginx_asks_where_the_dashboard_listens(config: Config) -> None:
    """Under the name that people typed, which the guard compares with where a button's page came from."""
    said = text("deploy/nginx.conf")

    assert f"server {config.dashboard.host}:{config.dashboard.port};" in said
    assert set(re.findall(r"server_name ([^;]+);", said)) == set(config.dashboard.names.split())
    assert re.findall(r"proxy_set_header Host ([^;]+);", said) == ["$http_host"]


def test_nginx_lets_through_what_the_dashboard_takes() -> None:
    """A body that the guard would take must not end in nginx's 413."""
    kilobytes = [int(size) * {"k": 1, "m": 1024}[unit] for size, unit in _sizes()]
    ours = [(rule.pattern, KINDS[rule.body].most_bytes // 1024) for rule in RULES if "POST" in rule.methods]
    large = {pattern for pattern, most in ours if most > min(kilobytes)}

    named = re.findall(r"location ~ \^/api/\((\S+)\)/import\$ \{", text("deploy/nginx.conf"))

    assert large == {f"/api/{name}/import" for name in (*named[0].split("|"), "assets")}
    assert max(kilobytes) >= max(most for _, most in ours)


def _sizes() -> list[tuple[str, str]]:
    return re.findall(r"client_max_body_size (\d+)([km]);", text("deploy/nginx.conf"))


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_nginx_of_this_machine_understands_its_file() -> None:
    """Debian's is older than the newest directives."""
    front = Front(behind=1)
    (front.folder / "nginx.conf").write_text(front.configuration(), encoding="utf-8")

    done = _run(str(NGINX), "-t", "-c", str(front.folder / "nginx.conf"))

    front.close()
    assert done.returncode == 0, done.stderr


# ------------------------------------------------------------------------------------------------ systemd


@needs_systemd
def test_systemd_has_nothing_to_say_about_the_units(units: Path) -> None:
    """It names unknown keys and missing programs, and goes on: silence is what counts."""
    paths = sorted(str(it) for it in units.iterdir() if it.is_file())

    done = _run("systemd-analyze", "verify", *paths, SYSTEMD_UNIT_PATH=f"{units}:")

    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_a_misspelt_key_would_be_noticed(units: Path) -> None:
    """The check itself can fail."""
    path = units / "sky-eye-ingest.service"
    path.write_text(path.read_text(encoding="utf-8").replace("WatchdogSec", "WatchdogSecs"), encoding="utf-8")

    done = _run("systemd-analyze", "verify", str(path), SYSTEMD_UNIT_PATH=f"{units}:")

    assert "WatchdogSecs" in done.stderr


@needs_systemd
@pytest.mark.parametrize("name", OURS, ids=[Path(name).stem for name in OURS])
def test_a_unit_can_do_little_harm(units: Path, name: str) -> None:
    """What somebody gets who takes over one of our programs, by systemd's own count."""
    path = units / Path(name).name

    done = _run("systemd-analyze", "security", "--offline=true", "--no-pager", str(path), SYSTEMD_UNIT_PATH=f"{units}:")

    [exposure] = re.findall(r"Overall exposure level for .*?: ([\d.]+)", done.stdout)
    assert float(exposure) <= WORST_EXPOSURE


def test_what_runs_for_ever_is_watched_and_started_again() -> None:
    """The embedded broker is another's program, which tells systemd nothing."""
    for name in ("ingest", "duty", "dashboard", "broker"):
        unit = text(f"deploy/systemd/sky-eye-{name}.service")

        assert "\nRestart=always\n" in unit
        assert "\nRestartPreventExitStatus=78\n" in unit
        assert ("\nType=notify\n" in unit and "\nWatchdogSec=" in unit) or name == "broker"


def test_every_unit_reads_the_same_configuration_and_environment() -> None:
    """A port or password that only some of them know keeps them apart."""
    commands = re.findall(r"^ExecStart=.* -m \w+ (.*)$", "\n".join(text(name) for name in OURS), re.MULTILINE)

    assert len(commands) >= len(OURS)
    assert {it.split(" ")[0:2] == ["--config", "/etc/sky-eye/config.yaml"] for it in commands} == {True}
    assert "\nEnvironmentFile=-/etc/sky-eye/environment\n" in text("deploy/systemd/sky-eye-.service.d/all.conf")


def test_every_command_of_a_unit_exists() -> None:
    """A timer that calls what is no longer there fails at night."""
    said = "\n".join(text(name) for name in OURS)
    called = set(re.findall(r"-m street --config \S+ (\S+)", said))

    assert {"backup", "drill", "audit"} <= called
    assert called <= {module.__name__.rpartition(".")[2].replace("_", "-") for module in COMMANDS}


def test_every_timer_has_its_service_and_survives_a_night_off() -> None:
    """`Persistent`: what was missed is done when the machine is back."""
    timers = [name for name in UNITS if name.endswith(".timer")]

    assert len(timers) >= 4
    assert [name for name in timers if name.replace(".timer", ".service") not in UNITS] == []
    assert [name for name in timers if "\nPersistent=true\n" not in text(name)] == []


def test_logs_are_kept_as_long_as_the_law_wants() -> None:
    """Six months, with nginx and mosquitto in the same journal."""
    [days] = re.findall(r"^MaxRetentionSec=(\d+)day$", text("deploy/journald.conf"), re.MULTILINE)

    assert int(days) >= 184
    assert "access_log syslog:" in text("deploy/nginx.conf")
    assert "log_dest stderr" in text("deploy/mosquitto.conf")


# ------------------------------------------------------------------------------------------------ the guide


def test_the_guide_installs_everything_that_is_shipped() -> None:
    """A file that nobody is told to install protects nobody."""
    guide = text(GUIDE)
    shipped = [name for name in files("", under=("deploy",)) if not name.startswith("deploy/systemd/")]

    assert "deploy/systemd/." in guide
    assert [name for name in shipped if name not in guide] == []


def test_the_guide_names_real_units_and_scripts() -> None:
    """Copied by somebody at night."""
    guide = text(GUIDE)
    units = set(re.findall(r"\b((?:sky-eye-[a-z-]+|certificate-sky-eye)\.(?:service|timer))\b", guide))
    scripts = set(re.findall(r"\bscripts/[a-z_]+\.(?:py|sh)\b", guide))

    assert units
    assert units <= {Path(name).name for name in UNITS}
    assert scripts
    assert [name for name in scripts if not (ROOT / name).is_file()] == []


def _run(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=False, env={**os.environ, **environ}
    )
