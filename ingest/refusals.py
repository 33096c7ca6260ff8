"""Why a message, or one reading of it, can be refused: one table from the situation to its code and its sentence.

The code is what is stored (`street.readings.DEAD_LETTER_CODES`), the sentence is what a person sees.
"""

from typing import Final, NamedTuple

from street.errors import PayloadError


class Ground(NamedTuple):
    """One ground for refusing."""

    code: str
    reason: str


EMPTY: Final = Ground("empty", "empty")
TOO_LARGE: Final = Ground("too-large", "too large")
NOT_UTF8: Final = Ground("not-utf8", "invalid UTF-8")
BOM: Final = Ground("bom", "BOM")
NOT_JSON: Final = Ground("not-json", "invalid JSON")
NOT_FINITE: Final = Ground("not-json", "non-finite number")
DEPTH: Final = Ground("depth", "nesting depth")
DUPLICATE_KEY: Final = Ground("dup-key", "duplicate key")
NOT_OBJECT: Final = Ground("not-object", "expected object")
NOT_UNICODE: Final = Ground("charset", "string is not valid Unicode")
NUL_IN_TEXT: Final = Ground("charset", "NUL in text")
FORBIDDEN_CHARACTER: Final = Ground("charset", "control or direction character in text")
NOT_NUMERIC: Final = Ground("type", "non-numeric value for numeric metric")
NOT_BOOLEAN: Final = Ground("type", "expected true or false")
NOT_SCALAR: Final = Ground("type", "expected number, true, false or null")
WRONG_TYPE: Final = Ground("type", "wrong type")
NOT_JPEG: Final = Ground("type", "not a JPEG")
OUT_OF_RANGE: Final = Ground("range", "out of range")
UNKNOWN_WORD: Final = Ground("enum", "word not in the list")
LENGTH: Final = Ground("length", "blank or too long")
MISSING_FIELD: Final = Ground("schema-missing", "required field missing")
UNKNOWN_FIELD: Final = Ground("schema-unknown", "unknown field")
UNKNOWN_VERSION: Final = Ground("version-unsupported", "schema_version not supported")
PERSONAL: Final = Ground("pii-forbidden", "personal data is not accepted")
SEQ_TYPE: Final = Ground("seq-type", "seq is not an integer")
SEQ_RANGE: Final = Ground("seq-range", "seq out of range")
TS_FORMAT: Final = Ground("ts-format", "time is not RFC 3339")
TS_EPOCH: Final = Ground("ts-format", "epoch unit: not milliseconds")
TS_SECONDS: Final = Ground("ts-format", "epoch unit: value > 1e11 in a seconds field")
TS_NAIVE: Final = Ground("ts-naive", "time without zone")
TS_FUTURE: Final = Ground("ts-future", "clock skew > limit")
TS_OLD: Final = Ground("ts-old", "time before 2000")
LATITUDE: Final = Ground("geo-range", "lat out of range")
LONGITUDE: Final = Ground("geo-range", "lon out of range")
POSITION: Final = Ground("type", "position is not two numbers")
TOPIC_MALFORMED: Final = Ground("topic-malformed", "malformed topic")
TOPIC_RESERVED: Final = Ground("topic-malformed", "source name is reserved")
TOPIC_UNKNOWN: Final = Ground("topic-unknown", "unknown topic")
TOPIC_MISMATCH: Final = Ground("topic-payload-mismatch", "topic and payload name different devices")
INTERNAL: Final = Ground("internal-error", "internal error")

NO_READINGS: Final = "no readings: counts as sign of life only"
ESCAPE_NAME: Final = "legal topic: keep as text, escape when shown"
NEUTRALISE_NAME: Final = "legal topic: keep as text, neutralise in CSV/XLSX export"


class RefusedError(PayloadError):
    """A message, or one reading, that is refused on a known ground.

    Attributes:
        field: the payload field at fault, or "" where it is the whole.
        device_id: whose topic it came on, where the topic can be believed though the payload can't.
    """

    def __init__(self, ground: Ground, field: str = "") -> None:
        super().__init__(ground.code, ground.reason)
        self.ground = ground
        self.field = field[:64]
        self.device_id: str | None = None

    def of(self, device_id: str) -> "RefusedError":
        """Return itself, as the refusal of a message on *device_id*'s own topic."""
        self.device_id = device_id
        return self
