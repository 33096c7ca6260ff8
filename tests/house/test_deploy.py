"""What we ship for a real street fits the program it stands before."""

import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from dashboard.guard import LOOPBACK_NAMES
from street.config.sections import SECTIONS
from tests.house.checkout import files, text

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")


def test_the_proxy_asks_under_a_name_that_the_dashboard_answers_to() -> None:
    """The guard refuses every other name with 421: the wall would never open behind the proxy."""
    names = re.findall(r"proxy_set_header Host ([^;]+);", text("deploy/nginx.conf"))

    assert names
    assert set(names) <= LOOPBACK_NAMES


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_the_proxy_of_this_machine_understands_its_file(tmp_path: Path) -> None:
    """Debian's nginx is older than the newest directives. Certificates and ports are left out: they are the site's."""
    shipped = re.sub(r"^\s*ssl_.*\n", "", text("deploy/nginx.conf"), flags=re.MULTILINE)
    (tmp_path / "sky-eye.conf").write_text(shipped.replace("443 ssl", f"unix:{tmp_path}/line"), encoding="utf-8")
    main = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{ access_log off; include sky-eye.conf; }}\n"
    (tmp_path / "nginx.conf").write_text(main, encoding="utf-8")

    done = subprocess.run(
        [str(NGINX), "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, timeout=10, check=False
    )

    assert done.returncode == 0, done.stderr


def test_every_unit_reads_the_same_configuration_and_environment() -> None:
    """A port or password that only two of three know keeps them apart."""
    units = [text(name) for name in files(".service")]

    assert len(units) == 3
    assert {tuple(re.findall(r"^EnvironmentFile=(.*)$", unit, re.MULTILINE)) for unit in units} == {
        ("-/etc/sky-eye/environment",)
    }
    assert {tuple(re.findall(r"--config (\S+)", unit)) for unit in units} == {("/etc/sky-eye/config.yaml",)}


def test_the_units_sample_configuration_leaves_no_path_relative() -> None:
    """It would be meant from /etc/sky-eye, where the units may not write."""
    [block] = re.findall(r"```yaml\n(.*?)```", text("docs/operations.md"), re.DOTALL)
    said = {(section, key): value for section, keys in yaml.safe_load(block).items() for key, value in keys.items()}
    relative = {
        (section, item.name)
        for section, kind in SECTIONS.items()
        for item in fields(kind)
        if isinstance(item.default, Path) and not item.default.is_absolute()
    }

    url = said.pop(("store", "url"))

    assert url.startswith("sqlite:////var/lib/sky-eye/")
    assert set(said) == relative
    assert all(path.startswith(("/var/lib/sky-eye/", "/opt/sky-eye/")) for path in said.values())
