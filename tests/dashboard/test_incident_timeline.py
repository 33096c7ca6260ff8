"""The timeline: each step with who and when, and what the sensor says beside it."""

from collections.abc import Iterator

import pytest

from street.alarms import Alarm, AlarmState
from street.clock import MINUTE_US, iso, now_us
from street.readings import Reading
from tests.dashboard.acting import Crew
from tests.dashboard.cameras import HERE, PHONE, THERE, staged


@pytest.fixture(scope="module")
def crews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """A dashboard, and people."""
    with staged(tmp_path_factory.mktemp("timeline")) as stage:
        yield Crew(stage)


@pytest.fixture
def crew(crews: Crew) -> Crew:
    """The people, before an incident that nobody has touched."""
    return crews.turn()


def path(crew: Crew) -> str:
    """Return where the timeline is."""
    return f"/api/incidents/{crew.incident_id}/timeline"


def test_every_step_is_there_with_who_and_three_instants(crew: Crew) -> None:
    """From the report to the score."""
    crew.straight(8)

    told = crew.get("leader", path(crew)).json()

    assert [line["act"] for line in told["lines"]] == [
        "reported", "acknowledge", "dispatch", "accept", "depart", "arrive", "handle", "verify", "score",
    ]  # fmt: skip
    assert all(line["at"].endswith("Z") and line["counted"] and line["stored"] for line in told["lines"])
    assert told["lines"][6]["details"] == {"proof": ["after.jpg"], "score": 95}
    assert told["lines"][6]["by"] == crew.who("officer").person.login
    assert (told["alarm"], told["readings"]) == (None, [])


def test_the_return_to_normal_is_evidence_for_who_verifies(crew: Crew) -> None:
    """The alarm's transitions and the readings around them; it closes nothing by itself."""
    at_us = now_us() - 40 * MINUTE_US
    name = f"noise:{crew.taps}"
    writer = crew.stage.street.writer
    crew.incident_id = crew.fresh(f"sensing/{name}", source="sensing", alarm_id=name, reported_us=at_us)
    alarm = Alarm(
        alarm_id=name, asset_id="NM-01", rule_id="noise", quantity="noise_laeq", severity=2, state=AlarmState.ACTIVE,
        value=92.0, raised_us=at_us, incident_id=crew.incident_id,
    )  # fmt: skip
    batch = writer.begin(now_us())
    batch.add_readings(
        Reading("NM-01", "noise_laeq", at_us + minute * MINUTE_US, at_us, value, 0)
        for minute, value in ((0, 92.0), (20, 61.0), (35, 55.0))
    )
    batch.raise_alarm(alarm)
    batch.clear_alarm(name, at_us + 20 * MINUTE_US, 61.0)
    batch.recover_incident(crew.incident_id, at_us + 20 * MINUTE_US)
    batch.commit()

    told = crew.get("grid_worker", path(crew)).json()

    assert [line["act"] for line in told["lines"]] == ["reported", "recovered"]
    assert told["incident"]["stage"] == "reported"
    assert (told["alarm"]["raised"], told["alarm"]["cleared"]) == (iso(at_us), iso(at_us + 20 * MINUTE_US))
    assert [value for _at, value in told["readings"]] == [92.0, 61.0, 55.0]


def test_acknowledging_an_incident_acknowledges_its_alarm_and_closing_it_clears_none(crew: Crew) -> None:
    """接警 is one act for both; what the sensor says stays the sensor's."""
    name = f"loud:{crew.taps}"
    crew.incident_id = crew.fresh(f"sensing/{name}", source="sensing", alarm_id=name)
    alarm = Alarm(
        alarm_id=name, asset_id="NM-01", rule_id="loud", quantity="noise_laeq", severity=2, state=AlarmState.ACTIVE,
        value=92.0, raised_us=now_us(), incident_id=crew.incident_id,
    )  # fmt: skip
    batch = crew.stage.street.writer.begin(now_us())
    batch.raise_alarm(alarm)
    batch.commit()
    crew.straight(7)
    reader = crew.stage.street.store.reader()
    [after] = reader.alarms([name])
    reader.close()

    assert (after.acknowledged, after.acknowledged_by) == (1, crew.who("operator").person.login)
    assert (after.state, after.cleared_us) == (AlarmState.ACTIVE, None)


def test_what_people_wrote_is_covered_until_it_is_revealed(crew: Crew) -> None:
    """A note may tell of somebody."""
    crew.act("operator", "note", note=f"来电人{PHONE}")
    covered = crew.get("squad_leader", path(crew)).text
    crew.stage.reveal(crew.who("squad_leader"), "incident", crew.incident_id)

    assert PHONE not in covered
    assert PHONE in crew.get("squad_leader", path(crew)).text


def test_a_timeline_is_its_areas_own(crew: Crew) -> None:
    """To others there is none."""
    crew.who("operator-there", THERE)

    assert crew.get("operator-there", path(crew)).status_code == 404
    assert crew.get("operator", "/api/incidents/hotline/none/timeline").status_code == 404
    assert crew.get("operator", path(crew)).json()["incident"]["grid_cell_id"] == HERE
