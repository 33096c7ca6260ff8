"""Shelvings over HTTP: put in one go from an alarm, recurring, wider; ended; and who may."""

from collections.abc import Iterator
from typing import Any

import pytest

from street.clock import DAY_US, HOUR_US, iso, now_us
from street.people import Role
from tests.dashboard.cameras import HERE, THERE, Stage, staged
from tests.dashboard.test_alarm_acts import listed, post, raised


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A dashboard over the street with cameras in two grid cells."""
    with staged(tmp_path_factory.mktemp("street")) as made:
        yield made


def wish(name: str, **said: Any) -> dict[str, Any]:
    """Return a body that shelves for an hour."""
    return {"action_id": name, "reason": "works", "until": iso(now_us() + HOUR_US), **said}


def test_one_post_from_an_alarm_shelves_it(stage: Stage) -> None:
    """Two taps: its scope is filled in; the same tap again is the same shelving."""
    who, alarm_id = stage.sign_in(Role.OPERATOR), raised(stage, "from-alarm")
    body = wish("two-taps", alarm_id=alarm_id)

    first, second = (post(stage, who, "/api/shelvings", **body) for _ in range(2))

    put = first.json()["shelving"]
    assert (first.status_code, put["asset_id"], put["rule_id"], put["by"]) == (
        201, "CAM-1", f"rule-{alarm_id}", who.person.login,
    )  # fmt: skip
    assert second.json()["shelving"]["shelving_id"] == put["shelving_id"]
    assert listed(stage, who)[alarm_id]["life"] == "shelved"
    assert len(stage.audited(who, action="shelving.put")) == 1


def test_maintenance_recurs_in_an_area(stage: Stage) -> None:
    """Weekly hours are told as they were given, and it is listed for who may shelve there."""
    who, other = stage.sign_in(Role.OPERATOR), stage.sign_in(Role.OPERATOR, THERE)
    weekly = {"days": [1, 3], "begin": "22:00", "end": "06:00"}
    body = wish("weekly", kind="maintenance", area_id=HERE, weekly=weekly, until=iso(now_us() + 90 * DAY_US))

    put = post(stage, who, "/api/shelvings", **body)

    found = [it["shelving_id"] for it in stage.get(who, "/api/shelvings").json()["shelvings"]]
    hidden = [it["shelving_id"] for it in stage.get(other, "/api/shelvings").json()["shelvings"]]
    assert put.status_code == 201
    assert put.json()["shelving"]["weekly"] == weekly
    assert put.json()["shelving"]["shelving_id"] in found
    assert put.json()["shelving"]["shelving_id"] not in hidden


def test_ending_it_is_a_post_and_done_once(stage: Stage) -> None:
    """The second is told that it is over."""
    who = stage.sign_in(Role.OPERATOR)
    put = post(stage, who, "/api/shelvings", **wish("to-end", asset_id="CAM-1")).json()["shelving"]

    first, second = (post(stage, who, "/api/shelvings/end", shelving_id=put["shelving_id"]) for _ in range(2))

    assert (first.status_code, first.json()["shelving"]["ended"] is None) == (200, False)
    assert (second.status_code, second.json()["error"]) == (409, "illegal")
    assert len(second.json()["say"]) > 5


@pytest.mark.parametrize(
    ("role", "said"),
    [
        pytest.param(Role.OPERATOR, {"area_id": THERE}, id="another cell"),
        pytest.param(Role.OPERATOR, {"area_id": HERE[:9]}, id="the whole subdistrict"),
        pytest.param(Role.OPERATOR, {"rule_id": "camera-offline"}, id="a rule everywhere"),
        pytest.param(Role.OPERATOR, {"asset_id": "CAM-2"}, id="another cell's camera"),
        pytest.param(Role.OPERATOR, {"asset_id": "CAM-9"}, id="no such camera"),
        pytest.param(Role.OPERATOR, {"alarm_id": "no-such"}, id="no such alarm"),
        pytest.param(Role.OFFICER, {"asset_id": "CAM-1"}, id="an officer"),
        pytest.param(Role.ADMIN, {"asset_id": "CAM-1"}, id="an admin"),
    ],
)
def test_nobody_shelves_beyond_her_area(stage: Stage, role: Role, said: dict[str, Any]) -> None:
    """Suppression that nobody may answer for is none: it looks like what is not there."""
    who = stage.sign_in(role, has_totp=True)

    answer = post(stage, who, "/api/shelvings", **wish("no", **said))

    assert answer.status_code == 404
    assert stage.audited(who, action="shelving.", outcome="done") == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        pytest.param({}, "scope", id="nothing named"),
        pytest.param({"asset_id": "CAM-1", "kind": "asleep"}, "kind", id="no such kind"),
        pytest.param({"asset_id": "CAM-1", "weekly": {"days": [1]}}, "weekly", id="hours without hours"),
        pytest.param({"asset_id": "CAM-1", "weekly": [1]}, "weekly", id="a list"),
        pytest.param(
            {"asset_id": "CAM-1", "weekly": {"days": [True], "begin": "08:00", "end": "09:00"}}, "weekly", id="true"
        ),
        pytest.param(
            {"asset_id": "CAM-1", "weekly": {"days": [1], "begin": "8", "end": "09:00"}}, "weekly", id="no clock"
        ),
        pytest.param({"asset_id": "CAM-1", "reason": ""}, "reason", id="no reason"),
        pytest.param({"asset_id": "CAM-1", "scope": "all"}, "scope", id="a field more"),
    ],
)
def test_what_is_no_shelving_is_refused_with_a_sentence(stage: Stage, said: dict[str, Any], field: str) -> None:
    """By its field; nothing is put."""
    who = stage.sign_in(Role.SQUAD_LEADER, HERE[:9])

    answer = post(stage, who, "/api/shelvings", **wish("bad", **said))

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert len(answer.json()["say"]) > 5
    assert stage.audited(who, action="shelving.") == []
