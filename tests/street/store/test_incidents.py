"""Incidents in the store: kept once, numbered for people, with all that happened to them."""

import pytest

from street.incidents import Stage
from street.store import Reader, Store, Writer
from tests.street.store.makers import NOON_US, an_incident, rows


def test_the_first_of_equal_incidents_is_kept(reader: Reader, writer: Writer) -> None:
    """A source that repeats itself does not undo what people did meanwhile."""
    batch = writer.begin(NOON_US)
    first = batch.report_incident(an_incident(title="first"))
    in_same_batch = batch.report_incident(an_incident(title="second"))
    batch.commit()
    later = writer.begin(NOON_US).report_incident(an_incident(title="third"))

    assert (first, in_same_batch, later) == (True, False, False)
    assert [incident.title for incident in reader.open_incidents()] == ["first"]


def test_short_numbers_count_up(reader: Reader, writer: Writer) -> None:
    """Also over batches and restarts; whatever number a source brings is not used."""
    for name in ("x/1", "x/2", "x/3"):
        batch = writer.begin(NOON_US)
        batch.report_incident(an_incident(name, short_no=77))
        batch.commit()

    assert {incident.incident_id: incident.short_no for incident in reader.open_incidents()} == {
        "x/1": 1, "x/2": 2, "x/3": 3,
    }  # fmt: skip


@pytest.mark.parametrize(("last", "expected"), [(998, 999), (999, 2), (0, 2)])
def test_short_numbers_wrap_and_skip_what_is_open(reader: Reader, store: Store, last: int, expected: int) -> None:
    """Number 1 is open for weeks: nobody else may be called so meanwhile."""
    writer = store.writer()
    batch = writer.begin(NOON_US)
    batch.report_incident(an_incident("x/old"))
    batch.commit()
    with store._write_engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE marks SET value = {last} WHERE name = 'short_no'")
    batch = writer.begin(NOON_US)
    batch.report_incident(an_incident("x/new"))
    batch.commit()
    writer.close()

    assert [incident.short_no for incident in reader.incidents(["x/new"])] == [expected]


def test_a_recovery_is_noted_once(reader: Reader, store: Store, writer: Writer) -> None:
    """The incident stays open: a person decides."""
    for at_us in (NOON_US + 5, NOON_US + 9):
        batch = writer.begin(NOON_US)
        batch.report_incident(an_incident())
        batch.recover_incident("rules/a-1", at_us)
        batch.commit()

    [incident] = reader.open_incidents()

    assert (incident.recovered_us, incident.stage, incident.version) == (NOON_US + 5, Stage.REPORTED, 1)
    actions = "SELECT action, stage, at_us FROM incident_actions ORDER BY action_no"
    assert rows(store, actions) == [("reported", "reported", NOON_US), ("recovered", "reported", NOON_US + 5)]


def test_open_incidents_come_worst_first(reader: Reader, writer: Writer) -> None:
    """Then the oldest."""
    batch = writer.begin(NOON_US)
    for name, severity, reported_us in (("x/1", 3, NOON_US), ("x/2", 1, NOON_US + 2), ("x/3", 1, NOON_US + 1)):
        batch.report_incident(an_incident(name, severity=severity, reported_us=reported_us))
    batch.commit()

    assert [incident.incident_id for incident in reader.open_incidents()] == ["x/3", "x/2", "x/1"]


def test_incidents_of_a_range_come_lot_by_lot(reader: Reader, writer: Writer) -> None:
    """Also where many were reported at the same instant: none twice, none left out."""
    batch = writer.begin(NOON_US)
    for number in range(7):
        batch.report_incident(an_incident(f"x/{number}", reported_us=NOON_US + number // 4))
    batch.report_incident(an_incident("x/late", reported_us=NOON_US + 10))
    batch.commit()

    lots, after = [], (-1, "")
    while lot := reader.reported_incidents(NOON_US, NOON_US + 10, after=after, limit=3):
        lots.append([incident.incident_id for incident in lot])
        after = (lot[-1].reported_us, lot[-1].incident_id)

    assert lots == [["x/0", "x/1", "x/2"], ["x/3", "x/4", "x/5"], ["x/6"]]
