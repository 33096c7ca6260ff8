"""What can go wrong, named by what the caller should do.

StreetError ─┬─ ConfigError             do not start
             ├─ PayloadError            costs one message
             ├─ StoreError              keep what you hold, try again later
             ├─ IllegalTransitionError  a sentence for the officer
             ├─ SupersededError         look again: somebody was quicker
             ├─ UnknownIncidentError    there is none of this id
             ├─ UnknownAlarmError       there is none of this id
             ├─ NotAllowedError         a sentence for who asked: this may not be done
             ├─ LoginTakenError         choose another login
             ├─ FieldError              a field of what was given holds what it may not
             └─ FrameError              a frame is not what `frames` promises: our own mistake
"""


class StreetError(Exception):
    """Anything this product foresees."""


class ConfigError(StreetError):
    """The configuration cannot be used; its message begins with `file:line: key`."""


class PayloadError(StreetError):
    """One message cannot be decoded.

    Attributes:
        code: one of `street.readings.DEAD_LETTER_CODES`; what is stored.
        reason: a short English sentence; what a person sees.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class StoreError(StreetError):
    """The store could not take or give something; nothing of the batch was kept."""


class IllegalTransitionError(StreetError):
    """A step that the state machine does not know.

    Attributes:
        current: what it was asked of, as it stands, where the store knows.
        by: the login of who moved it last, where the store knows.
    """

    def __init__(self, message: str, current: object = None, by: str = "") -> None:
        super().__init__(message)
        self.current = current
        self.by = by


class SupersededError(StreetError):
    """The caller acted on an older version.

    Attributes:
        current: what there is now, where the store knows.
        by: the login of who was quicker, where the store knows.
    """

    def __init__(self, message: str, current: object = None, by: str = "") -> None:
        super().__init__(message)
        self.current = current
        self.by = by


class UnknownIncidentError(StreetError):
    """There is no incident of this id."""


class UnknownAlarmError(StreetError):
    """There is no alarm, or no shelving, of this id."""


class UnknownSightingError(StreetError):
    """There is no sighting of this id."""


class NotAllowedError(StreetError):
    """A step that would break a promise, whoever asks.

    Attributes:
        code: a short word for why; the sentence for it is the screen's.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LoginTakenError(StreetError):
    """Somebody has this login already."""


class FieldError(StreetError):
    """A field holds what it may not.

    Attributes:
        field: its name.
        code: a short word for why; the sentence for it is the screen's.
    """

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


class FrameError(StreetError):
    """A frame lacks a column or has another dtype than `frames` promises."""
