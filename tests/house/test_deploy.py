"""What we ship for a real street fits the program it stands before."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dashboard.guard import LOOPBACK_NAMES
from tests.house.checkout import text

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
