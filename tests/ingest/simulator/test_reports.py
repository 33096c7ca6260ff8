"""What people and cameras report."""

import itertools
from pathlib import Path

import orjson
import pytest

import street
from ingest.decode import Decoder, Kind, Message
from ingest.simulator.nature import Nature
from ingest.simulator.reports import OPENING, Report, Reports
from ingest.simulator.roster import read_roster
from street.clock import SECOND_US
from street.places import load_places

GEO = Path(street.__file__).parent / "geo"
ROSTER = read_roster(GEO / "demo_assets.csv")
LIVE_S = 1_795_492_800.0
HOUR_S = 3600.0


def told(hours: float, *, past_h: float = 0, seed: int = 7) -> list[Report]:
    """All reports until so many hours after the live start."""
    reports = Reports(Nature(seed), ROSTER, begin_s=LIVE_S - max(590, past_h * HOUR_S), live_s=LIVE_S)
    return list(itertools.takewhile(lambda one: one.at_s < LIVE_S + hours * HOUR_S, reports))


def test_every_report_is_taken_by_ingest() -> None:
    """Each of the texts, and every field: what ingest refuses is a mistake here."""
    decoder = Decoder([("street/#", "native")])

    for report in told(200):
        at_us = int(report.at_s * SECOND_US)
        message = Message(f"street/incidents/{report.source}", orjson.dumps(report.event), False, at_us + SECOND_US)
        _, decoded = decoder.decode(message)
        assert decoded.kind is Kind.EVENT, decoded.reason
        assert decoded.incident is not None
        assert decoded.incident.severity == report.event["severity"]
        assert abs(decoded.incident.reported_us - at_us) < 1000


def test_no_id_is_given_twice() -> None:
    """The second would be taken for the first, repeated."""
    ids = [(one.source, one.event["id"]) for one in told(24 * 30, past_h=24)]

    assert len(ids) == len(set(ids))


def test_reports_come_in_order_and_the_opening_is_whole() -> None:
    """The wall begins with a few open matters, not with an empty list."""
    times = [one.at_s for one in told(48, past_h=24)]

    assert times == sorted(times)
    assert len(told(2 / 60)) == len(OPENING)


def test_a_continued_street_begins_with_nothing_new() -> None:
    """`make demo` stopped and started again: nobody can close the reports of before, so they would pile up."""
    reports = Reports(Nature(7), ROSTER, begin_s=LIVE_S - 590, live_s=LIVE_S, continued=True)

    assert next(iter(reports)).at_s > LIVE_S + 600


@pytest.mark.parametrize("past_h", [0, 24])
def test_a_day_of_reports_stays_readable(past_h: float) -> None:
    """With the alarms' own, eight to twenty-five are open in the first hours; nobody can close them yet."""
    assert 8 <= len(told(0.5, past_h=past_h)) <= 18
    assert len(told(24, past_h=past_h)) <= 60


def test_reports_lie_in_the_subdistrict() -> None:
    """Twenty metres from an asset may be across the border, but hardly ever."""
    places = load_places(GEO)
    reports = told(300)
    inside = sum(places.grid_cell_of(one.event["lon"], one.event["lat"]) is not None for one in reports)

    assert inside > 0.9 * len(reports)


def test_cameras_are_unsure_and_people_are_not() -> None:
    """Only a machine gives a confidence, and names the picture it saw."""
    for report in told(200):
        assert ("confidence" in report.event) == (report.source == "camera-ai")
        assert ("media" in report.event) == (report.source == "camera-ai")


def test_a_street_without_places_reports_nothing() -> None:
    """Nowhere is no place for an incident."""
    assert list(Reports(Nature(7), [], begin_s=LIVE_S, live_s=LIVE_S)) == []
