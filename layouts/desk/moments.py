"""Instants and spans as the desk writes them: Asia/Shanghai, 24 hours, ISO order."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from dash import html
from dash.development.base_component import Component

from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US, STREET_ZONE, as_datetime, as_us, iso


def stamp(at_us: int) -> str:
    """Return `2026-11-24 16:04:33`."""
    return f"{as_datetime(at_us).astimezone(STREET_ZONE):%Y-%m-%d %H:%M:%S}"


def minute(at_us: int) -> str:
    """Return `11-24 16:04`."""
    return f"{as_datetime(at_us).astimezone(STREET_ZONE):%m-%d %H:%M}"


def clock(at_us: int) -> str:
    """Return `16:04`."""
    return f"{as_datetime(at_us).astimezone(STREET_ZONE):%H:%M}"


def day_of(at_us: int) -> date:
    """Return the day in Shanghai that holds *at_us*."""
    return as_datetime(at_us).astimezone(STREET_ZONE).date()


def midnight_us(day: date) -> int:
    """Return when *day* begins in Shanghai [µs UTC]."""
    return as_us(datetime(day.year, day.month, day.day, tzinfo=STREET_ZONE))


def read_day(text: str) -> date | None:
    """Return the day that `2026-11-24` names, None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-24") else None
    except ValueError:
        return None


def read_moment(text: str) -> int | None:
    """Return the instant that `2026-11-24`, `2026-11-24 08:00` or `… 08:00:30` names in Shanghai [µs UTC], or None."""
    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        try:
            return as_us(datetime.strptime(text.strip(), form).replace(tzinfo=STREET_ZONE))
        except (ValueError, OverflowError):
            continue
    return None


def read_clock(text: str) -> timedelta | None:
    """Return how far into its day `08:00` is, None for anything else; `24:00` is the day's end."""
    hours, colon, minutes = text.strip().partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and text.isascii() and len(minutes) == len("00")):
        return None
    span = timedelta(hours=int(hours[:3]), minutes=int(minutes))
    return span if int(minutes) < 60 and span <= timedelta(hours=24) else None


def age(span_us: int, words: Mapping[str, str]) -> str:
    """Return a span in its largest whole unit; a clock that is behind counts as none."""
    span_us = max(span_us, 0)
    units = (("days", DAY_US), ("hours", HOUR_US), ("minutes", MINUTE_US))
    key, unit = next(((key, unit) for key, unit in units if span_us >= unit), ("seconds", SECOND_US))
    return words[key].format(n=span_us // unit)


def shown_time(at_us: int, text: str) -> Component:
    """Return *text* marked as the instant *at_us*, which a pointer resting on it shows in full."""
    return html.Time(text, dateTime=iso(at_us), title=stamp(at_us))
