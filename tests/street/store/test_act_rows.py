"""The queue's pages and an incident's history, row by row."""

import pytest

from street.assets import Asset
from street.incidents import Act, Stage
from street.store import Filters, InQueue, Store, Writer
from street.store.acts import FIRST
from tests.street.store.makers import NOON_US, an_incident
from tests.street.store.test_acts import ID, OPERATOR, WANG, do, report

HERE, THERE, ALL = "370202007001001", "370202007002001", "370202007"


def queue(
    store: Store, areas: frozenset[str] | None, after: InQueue = FIRST, limit: int = 10, **asked: object
) -> list[str]:
    """Return the ids of one page."""
    filters: Filters = asked  # type: ignore[assignment]  # what the test asks
    found = store.acts().open_queue(areas, elsewhere=ALL, after=after, limit=limit, filters=filters)
    assert len(found) == min(limit, store.acts().count(areas, elsewhere=ALL, filters=filters)) or after != FIRST
    return [it.incident_id for it in found]


def test_an_incident_lies_where_it_or_its_asset_does_or_nowhere_in_particular(store: Store, writer: Writer) -> None:
    """Asked of the database, so that a page is a page."""
    store.register_assets([Asset(asset_id="C-1", kind="camera", name="c", community_id=THERE[:12], grid_cell_id=THERE)])
    batch = writer.begin(NOON_US)
    for name, lies in {
        "x/cell": {"grid_cell_id": HERE, "community_id": HERE[:12]}, "x/asset": {"asset_id": "C-1"}, "x/nowhere": {},
    }.items():  # fmt: skip
        batch.report_incident(an_incident(name, **lies))
    batch.commit()

    assert queue(store, frozenset({HERE})) == ["x/cell"]
    assert queue(store, frozenset({THERE[:12]})) == ["x/asset"]
    assert sorted(queue(store, frozenset({ALL}))) == ["x/asset", "x/cell", "x/nowhere"]
    assert sorted(queue(store, None)) == ["x/asset", "x/cell", "x/nowhere"]
    assert queue(store, frozenset()) == []


def test_pages_go_on_where_the_last_ended(store: Store, writer: Writer) -> None:
    """Also where many are alike in everything but their id."""
    report(writer, *(f"x/{number}" for number in range(5)))

    first = queue(store, None, limit=3)
    second = queue(store, None, after=InQueue(2, NOON_US, first[-1]), limit=3)

    assert first + second == [f"x/{number}" for number in range(5)]


def test_what_has_ended_is_not_in_the_queue_unless_asked_for(store: Store, writer: Writer) -> None:
    """Dismissed is over; suspended is not, but is never late."""
    report(writer, ID, "x/gone", matter="06010", reported_us=NOON_US - 90_000_000_000_000)
    do(store, Act.DISMISS, incident_id="x/gone", action_id="tap-g")
    for act, by in ((Act.FILE, OPERATOR), (Act.DISPATCH, OPERATOR), (Act.ACCEPT, WANG)):
        do(store, act, by)
    later = NOON_US * 2

    assert queue(store, None, late_us=later) == [ID]
    do(store, Act.SUSPEND, OPERATOR)
    assert queue(store, None) == [ID]
    assert queue(store, None, late_us=later) == []
    assert queue(store, None, stages=("dismissed",)) == ["x/gone"]
    assert queue(store, None, handler_id=WANG.person_id) == [ID]
    assert queue(store, None, department_id="other") == []


@pytest.mark.parametrize("stage", [Stage.REPORTED])
def test_rows_from_before_there_were_acts_are_read_as_they_are(store: Store, writer: Writer, stage: Stage) -> None:
    """What a machine noted has one instant, and nobody's name."""
    report(writer)

    [line] = store.acts().timeline(ID)
    assert (line.act, line.stage, line.by, line.action_id, line.details) == ("reported", stage, "", "", {})
    assert (line.at_us, line.counted_us, line.stored_us) == (NOON_US, NOON_US, NOON_US)
