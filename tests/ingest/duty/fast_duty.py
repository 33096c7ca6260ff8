"""A duty process whose clock runs 300 times as fast: to be killed. Usage: fast_duty.py FOLDER BEGAN [GONE_US]."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from ingest.duty.service import Duty  # only now can the checkout's packages be found
from street.config import Config
from street.config.sections import StoreConfig
from street.store import open_store
from tests.street.store.makers import KEY, NOON_US

SPEED = 300


def fast_us(began_s: float) -> int:
    """Return the fast clock's time, which began at noon when the monotonic clock said *began_s*."""
    return NOON_US + int((time.monotonic() - began_s) * SPEED * 1_000_000)


def main(folder: str, began: str, gone_us: str = "0") -> None:
    """Do duty until killed; *gone_us* is how far the settable clock has been set."""

    def now_us() -> int:
        return fast_us(float(began)) + int(gone_us)

    config = Config(store=StoreConfig(url=f"sqlite:///{folder}/street.db"))
    store = open_store(config.store.url, now_us, audit_key=KEY)
    duty = Duty(config, store, now_us, lambda: fast_us(float(began)))
    sys.stdout.write("up\n")
    sys.stdout.flush()
    while True:
        duty.turn()


if __name__ == "__main__":
    main(*sys.argv[1:])
