"""A real dashboard behind Debian's nginx with our own deploy/nginx.conf: only its ports and its paths are ours."""

import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from bench.ingest_process import ROOT
from scripts import certificate
from street.clock import now_us
from street.config import load
from street.keys import load_keys
from street.people import Actor, Grant, Person, Role
from street.store import open_store

NAME = "sky-eye.example"  # the name that deploy/nginx.conf comes with
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
DISTRICT = "370202"
START_S = 30.0
CONFIG = """
store: {{url: "sqlite:///{folder}/street.db"}}
dashboard: {{names: {name}, https: proxy}}
people: {{keys_file: "{folder}/keys.json"}}
places: {{directory: "{root}/street/geo"}}
"""


class Front:
    """nginx and what stands behind it, in a folder that goes away with them.

    Attributes:
        port: where nginx speaks HTTPS, on 127.0.0.1.
        plain_port: where it speaks HTTP.
        behind: the port of the dashboard itself.
        tls: trusts this nginx and nobody else.
    """

    def __init__(self, *, behind: int | None = None) -> None:
        """Prepare; *behind* is the port of what shall stand behind, None starts a dashboard."""
        if NGINX is None:
            msg = "nginx is missing: apt-get install nginx (make test does it)"
            raise RuntimeError(msg)
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.folder.chmod(0o755)  # nginx's workers are www-data
        self.port, self.plain_port, self.behind = free_port(), free_port(), behind or free_port()
        self._needs_dashboard = behind is None
        self._processes: list[subprocess.Popen[bytes]] = []
        certificate.ensure(self.folder / "server.pem", self.folder / "server.key", [NAME, "127.0.0.1"])
        self.tls = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))

    def __enter__(self) -> Self:
        """Start both, and wait until a request goes through."""
        try:
            if self._needs_dashboard:
                self._start_dashboard()
            (self.folder / "nginx.conf").write_text(self.configuration(), encoding="utf-8")
            self._start([str(NGINX), "-c", str(self.folder / "nginx.conf"), "-g", "daemon off;"], {})
            self._wait()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End both."""
        for process in self._processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        self._folder.cleanup()

    def cookie(self, role: Role = Role.LEADER) -> str:
        """Return the session cookie of somebody new, who is *role* in the whole district."""
        config = load(self.folder / "config.yaml", {})
        store = open_store(config.store.url, now_us, audit_key=load_keys(config.people.keys_file).audit)
        by, login = Actor.system("front"), f"front-{secrets.token_hex(4)}"
        person = Person(person_id="", login=login, name=login, grants=(Grant(role, DISTRICT),))
        person_id = store.people().add(person, password_hash=None, by=by).person_id
        token, _ = store.sessions().begin(person_id, kind="person", address="127.0.0.1", name="front", by=by)
        store.close()
        return f"__Host-sid={token}"

    def client(self, **given: object) -> httpx.Client:
        """Return a client that speaks to nginx under the street's name."""
        return httpx.Client(base_url=f"https://{NAME}:{self.port}", transport=ByName(self, **given), timeout=10)

    def line(self, alpn: str = "http/1.1") -> ssl.SSLSocket:
        """Return a bare line to nginx, for requests that no client would send."""
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        context.set_alpn_protocols([alpn])
        bare = socket.create_connection(("127.0.0.1", self.port), timeout=15)
        return context.wrap_socket(bare, server_hostname=NAME)

    def said(self, name: str) -> str:
        """Return the end of a log: `errors`, `access` or `output`."""
        path = self.folder / name
        return path.read_text(encoding="utf-8", errors="replace")[-4_000:] if path.exists() else ""

    def configuration(self) -> str:
        """Return deploy/nginx.conf with this folder's paths and these ports."""
        text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
        text = "".join(line for line in text.splitlines(keepends=True) if "listen [::]" not in line)
        replacements = {
            "user www-data;\n": "" if os.geteuid() else "user www-data;\n",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "server 127.0.0.1:8050": f"server 127.0.0.1:{self.behind}",
            "/etc/sky-eye/tls": str(self.folder),
            "pid /run/nginx.pid": f"pid {self.folder}/pid",
            "error_log stderr": f"error_log {self.folder}/errors",
            "access_log syslog:server=unix:/dev/log,nohostname,tag=nginx": f"access_log {self.folder}/access",
            "    sendfile on;\n": "    sendfile on;\n" + "".join(
                f"    {kind}_temp_path {self.folder}/{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            ),
        }  # fmt: skip
        for ours, theirs in replacements.items():
            assert ours in text, ours
            text = text.replace(ours, theirs)
        return text

    def _start_dashboard(self) -> None:
        config = self.folder / "config.yaml"
        config.write_text(CONFIG.format(folder=self.folder, name=NAME, root=ROOT), encoding="utf-8")
        environ = {name: value for name, value in os.environ.items() if name not in {"HTTPS", "MQTT_PORT"}}
        self._start([sys.executable, "-m", "dashboard", "--config", str(config)], environ | {"PORT": str(self.behind)})

    def _start(self, command: list[str], environ: dict[str, str]) -> None:
        with (self.folder / "output").open("ab") as out:
            self._processes.append(
                subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=environ, start_new_session=True)
            )

    def _wait(self) -> None:
        until_s = time.monotonic() + START_S
        with self.client() as client:
            while time.monotonic() < until_s:
                try:
                    if client.get("/healthz").status_code != 502:
                        return
                except httpx.HTTPError:
                    pass
                time.sleep(0.05)
        msg = f"no answer within {START_S} s: {self.said('errors')} {self.said('output')}"
        raise RuntimeError(msg)


class ByName(httpx.HTTPTransport):
    """Reaches the street's name at 127.0.0.1, where a test's nginx is."""

    def __init__(self, front: Front, **given: object) -> None:
        super().__init__(verify=front.tls, **given)  # type: ignore[arg-type] # the transport's own options

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask the loopback address under the name that the certificate is for."""
        request.extensions["sni_hostname"] = NAME
        request.url = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(request)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
