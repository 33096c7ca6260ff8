"""Names and passwords for mosquitto: one for each device, and one for each program that speaks to the broker.

    python scripts/mosquitto_passwords.py FILE NAME …           a new password for each NAME
    python scripts/mosquitto_passwords.py FILE --register CSV   one for each native device of the list that has none
    python scripts/mosquitto_passwords.py FILE --remove NAME …  whose device is gone or stolen

Prints `name,password` for each, once: FILE keeps only hashes. mosquitto reads it anew on SIGHUP (`systemctl reload
mosquitto`); who is connected stays so until the line breaks, so after a theft restart it. What a name may say stands in
deploy/mosquitto.acl: a device only what begins with `street/NAME/`.
"""

import argparse
import base64
import csv
import hashlib
import os
import re
import secrets
import sys
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")  # one level of a topic: `/`, `+` and `#` would reach into other names
PROGRAMS = frozenset(
    {"ingest", "zigbee2mqtt", "ttn", "incidents"}
)  # deploy/mosquitto.acl gives them more than a device
SPEAKS_ITSELF = frozenset({None, "", "native"})
ROUNDS = 101  # mosquitto_passwd's own: 192 random bits need no slowing down
KIND = "$7$"  # PBKDF2 with SHA-512


def main(arguments: list[str] | None = None) -> int:
    """Change the file as asked; return the exit code: 1 where a name could not be taken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--register", type=Path, metavar="CSV", help="a list of assets, as register.assets_file")
    parser.add_argument("--remove", action="store_true", help="take the names out")
    options = parser.parse_intermixed_args(arguments)
    try:
        known = read(options.file)
        wanted = [*options.names, *(asset_names(options.register, known) if options.register else [])]
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"nothing was changed: {error}\n")
        return 1
    refused = [name for name in wanted if not NAME.fullmatch(name)]
    made = {} if options.remove else {name: secrets.token_urlsafe(24) for name in wanted if name not in refused}
    kept = {name: mark for name, mark in known.items() if not options.remove or name not in wanted}
    write(options.file, kept | {name: hashed(password) for name, password in made.items()})
    sys.stdout.writelines(f"{name},{password}\n" for name, password in made.items())
    sys.stderr.writelines(f"left out {name!r}: not 1 to 32 of A-Z a-z 0-9 _ -\n" for name in refused)
    return 1 if refused else 0


def asset_names(register: Path, known: dict[str, str]) -> list[str]:
    """Return the assets of a list that speak for themselves and have no password yet; a program's name is no asset's.

    Those of another dialect are spoken for by their gateway, or by Zigbee2MQTT or The Things Stack.
    """
    with register.open(encoding="utf-8-sig", newline="") as file:
        names = [row["id"] for row in csv.DictReader(file) if row.get("dialect") in SPEAKS_ITSELF]
    return [name for name in dict.fromkeys(names) if name not in known and name not in PROGRAMS]


def hashed(password: str) -> str:
    """Return what mosquitto 2.0 keeps of a password."""
    salt = secrets.token_bytes(12)
    mark = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS)
    return f"{KIND}{ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(mark).decode()}"


def read(file: Path) -> dict[str, str]:
    """Return name → hash; none where there is no file yet.

    Raises:
        ValueError: a line is none of mosquitto's.
    """
    lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    marks = dict(line.partition(":")[::2] for line in lines if line)
    if not all(name and mark.startswith("$") for name, mark in marks.items()):
        msg = f"{file} is no password file of mosquitto's"
        raise ValueError(msg)
    return marks


def write(file: Path, marks: dict[str, str]) -> None:
    """Put the file in place at once; who may read it stays as it was, at first only its owner."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.writelines(f"{name}:{mark}\n" for name, mark in marks.items())
    if file.exists():
        before = file.stat()
        os.chown(draft, before.st_uid, before.st_gid)
        draft.chmod(before.st_mode & 0o777)
    draft.replace(file)


if __name__ == "__main__":
    sys.exit(main())
