"""What a store holds, in one line: equal before and after means that nothing was written."""

import hashlib
from collections.abc import Mapping
from typing import Final

from sqlalchemy import select

from street.store import Reader, schema

# Left out: what time alone moves (sessions noted as in use, heartbeats, readings), and what refusals are counted in.
KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "assets": (),
    "incidents": (),
    "incident_actions": (),
    "alarms": (),
    "snapshots": (),
    "people": (),
    "old_passwords": (),
    "grants": (),
    "subjects": (),
    "shifts": (),
    "sessions": ("seen_us",),
    "reveals": (),
    "replays": (),
}


def digest_of(reader: Reader) -> dict[str, str]:
    """Return a digest of every table that only a person's own deed may change, and of the audit's deeds."""
    digests = {}
    for name, without in KEPT.items():
        table = schema.metadata.tables[name]
        columns = [column for column in table.columns if column.name not in without]
        rows = reader.rows(select(*columns).order_by(*table.primary_key.columns))
        digests[name] = hashlib.sha256(repr(rows).encode()).hexdigest()[:16]
    audit = schema.audit.c  # that somebody took a file is written down, as it should be
    digests["deeds"] = str(
        len(reader.rows(select(audit.entry_no).where(audit.outcome == "done", audit.action.notlike("%.export"))))
    )
    return digests
