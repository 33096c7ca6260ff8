"""One file a dialect, all with the same face: `Dialect(root).decode(message)`.

The *root* is what stands before the dialect's own levels in a topic; topics have passed `ingest.topics.check`. `decode`
returns what the message says or raises `RefusedError`; whatever else it raises is our own mistake, and `ingest.decode`
turns both into a dead letter. A dialect is chosen by topic filter, never by looking at payloads; its module is loaded
with the first message that needs it.
"""
