"""The broker's line: the only place that knows paho.

There is no paho thread. paho is driven by our own loop through its public external-loop calls (`loop_read`,
`loop_write`, `loop_misc`, `want_write`), so nothing can die behind our back: an exception in paho ends up in our own
stack, and a loop that stands still is seen by the watchdog (`ingest.watch`).

    settings ──▶ Session (connect, wait, read, write) ──┬─▶ Link: what comes, held until it is acknowledged
    Wire (one recv for thousands of packets) ───────────┘─▶ Publisher: what goes, kept until it is confirmed
"""

from ingest.client.link import Link
from ingest.client.publisher import Publisher
from ingest.client.settings import LinkSettings, settings_of

__all__ = ["Link", "LinkSettings", "Publisher", "settings_of"]
