"""The review of cameras over HTTP: what waits, who may judge it, what a verdict does, what is told of whom."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from street.camera_proof import CONFIRMED, ENOUGH, REJECTED, Sighting
from street.clock import MINUTE_US, now_us
from street.people import Actor, Role
from tests.dashboard.cameras import THERE, Stage, staged
from tests.dashboard.conftest import SUBDISTRICT, Signed, an_incident, until

PATH = "/api/cameras/reviews"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A street with CAM-1 here and CAM-2 there."""
    with staged(tmp_path_factory.mktemp("reviews")) as stage:
        yield stage


class Review:
    """One test's own sightings and its own operator."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage, self.name = stage, name
        self.operator = stage.sign_in(Role.OPERATOR)

    def see(self, number: int = 1, asset_id: str = "CAM-1", minutes: float = 5, **changes: Any) -> str:
        """Let a camera have seen a car stand in a fire lane for so long; return the sighting's id."""
        at_us = now_us()
        sighting_id = f"{asset_id}/{self.name}-{number}"
        told: dict[str, Any] = {
            "sighting_id": sighting_id, "asset_id": asset_id, "label": "car", "zones": ("fire_lane",),
            "matter": "09012", "confidence": 0.9, "first_us": at_us - int(minutes * MINUTE_US), "last_us": at_us,
            "has_ended": True,
        }  # fmt: skip
        batch = self.stage.street.writer.begin(at_us)
        batch.note_sighting(Sighting(**told | changes))
        batch.commit()
        return sighting_id

    def listed(self, who: Signed | None = None) -> dict[str, Any]:
        """Return the list as somebody sees it."""
        said = self.stage.get(who or self.operator, PATH)
        assert said.status_code == 200, said.text
        told: dict[str, Any] = said.json()
        return told

    def waiting(self, who: Signed | None = None) -> list[str]:
        """Return which of this test's sightings somebody is asked about."""
        found = [it["sighting_id"] for it in self.listed(who)["waiting"]]
        return [it for it in found if f"/{self.name}-" in it]

    def judge(
        self, sighting_id: str, verdict: str = CONFIRMED, who: Signed | None = None, **said: Any
    ) -> httpx.Response:
        """Send a verdict."""
        asker = who or self.operator
        body = {"sighting_id": sighting_id, "verdict": verdict, **said}
        with self.stage.serving.browser(asker) as browser:
            return browser.post(PATH, json=body, headers=asker.csrf)

    def stage_of(self, incident_id: str) -> str:
        """Return where an incident stands, "" where there is none."""
        reader = self.stage.street.store.reader()
        found = reader.incidents([incident_id])
        reader.close()
        return found[0].stage.value if found else ""


@pytest.fixture
def review(shared: Stage, request: pytest.FixtureRequest) -> Review:
    """A review whose sightings no other test sees."""
    return Review(shared, f"t{abs(hash(request.node.name))}")


def test_what_stood_long_enough_waits_and_says_what_it_is(review: Review) -> None:
    """Enough to decide by two keys: what, where, how long, how sure, which reasons there are."""
    sighting_id = review.see(minutes=5)
    review.see(2, minutes=1)

    assert review.waiting() == [sighting_id]
    told = review.listed()
    [one] = [it for it in told["waiting"] if it["sighting_id"] == sighting_id]
    assert (one["asset_id"], one["matter"], one["zones"], one["stood_s"]) == ("CAM-1", "09012", ["fire_lane"], 300)
    assert (one["confidence"], one["has_ended"], one["is_automatic"]) == (0.9, True, False)
    assert one["title"]
    assert one["title_en"]
    assert (told["files_at"], told["files_after"]) == (0.9, 200)
    assert "not-there" in told["reasons"]


def test_who_confirms_reports_an_incident(review: Review) -> None:
    """Under her name, where the camera is; and it waits no more."""
    sighting_id = review.see()

    said = review.judge(sighting_id)

    assert (said.status_code, said.json()["incident_id"]) == (200, f"camera/{sighting_id}")
    assert said.headers["cache-control"] == "no-store"
    assert review.stage_of(f"camera/{sighting_id}") == "reported"
    assert review.waiting() == []
    audited = review.stage.audited(review.operator)
    assert {(it.entry.action, it.entry.object) for it in audited} >= {
        ("sighting.judge", f"sighting/{sighting_id}"), ("incident.report", f"incident/camera/{sighting_id}")
    }  # fmt: skip


def test_who_rejects_says_why_and_nothing_is_reported(review: Review) -> None:
    """The reason stands in the audit."""
    sighting_id = review.see()

    said = review.judge(sighting_id, REJECTED, reason="allowed")

    assert (said.status_code, said.json()["incident_id"]) == (200, "")
    assert review.stage_of(f"camera/{sighting_id}") == ""
    assert review.waiting() == []
    assert [it.entry.reason for it in review.stage.audited(review.operator, action="sighting.judge")] == ["allowed"]


def test_the_same_verdict_again_has_the_same_answer(review: Review) -> None:
    """A tap that was sent twice, and a colleague who saw the same: one incident, one verdict."""
    sighting_id = review.see()
    colleague = review.stage.sign_in(Role.OPERATOR)

    answers = [review.judge(sighting_id, who=who) for who in (None, None, colleague)]

    assert [it.status_code for it in answers] == [200, 200, 200]
    assert len({it.text for it in answers}) == 1
    assert review.stage.audited(colleague, action="sighting.judge") == []


def test_who_says_otherwise_hears_who_was_quicker(review: Review) -> None:
    """In a sentence that says what to do; nothing of hers is kept."""
    sighting_id = review.see()
    colleague = review.stage.sign_in(Role.OPERATOR)
    review.judge(sighting_id, REJECTED, reason="gone")

    said = review.judge(sighting_id, CONFIRMED, who=colleague)

    assert (said.status_code, said.json()["error"]) == (409, "superseded")
    assert review.operator.person.login in said.json()["say"]
    assert review.stage_of(f"camera/{sighting_id}") == ""


def test_rejecting_what_was_filed_by_itself_dismisses_it(review: Review) -> None:
    """Where nobody has begun to deal with it; the answer says which."""
    taught = [review.see(100 + n, minutes=1, verdict=CONFIRMED, decided_by="li", decided_us=n) for n in range(ENOUGH)]
    sighting_id = review.see()
    book, incident_id = review.stage.street.store.sightings(), f"camera/{sighting_id}"
    assert book.file(sighting_id, an_incident(incident_id, source="camera"), by=Actor.system("duty"))
    assert len(taught) == ENOUGH
    assert review.waiting() == [sighting_id]

    said = review.judge(sighting_id, REJECTED, reason="bad-picture")

    assert (said.status_code, said.json()["incident_id"]) == (200, incident_id)
    assert review.stage_of(incident_id) == "dismissed"


def test_how_far_a_camera_is_to_be_believed_is_told(review: Review) -> None:
    """By camera and class, with what it is made of."""
    for number in range(4):
        verdict = {"verdict": REJECTED if number == 3 else CONFIRMED}
        review.see(number, "CAM-BROKEN", matter="09010", decided_by="li", decided_us=number, **verdict)

    [one] = [it for it in review.listed()["cameras"] if it["asset_id"] == "CAM-BROKEN"]

    assert one == {
        "asset_id": "CAM-BROKEN", "matter": "09010", "reviewed": 4, "confirmed": 3, "share": 0.75,
        "files_by_itself": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "error", "field"),
    [
        pytest.param({"verdict": "maybe"}, "unknown", "verdict", id="no verdict"),
        pytest.param({"verdict": None}, "missing", "verdict", id="none at all"),
        pytest.param({"verdict": REJECTED}, "missing", "reason", id="no reason"),
        pytest.param({"verdict": REJECTED, "reason": "x"}, "unknown", "reason", id="a reason of her own"),
        pytest.param({"verdict": 1}, "form", "verdict", id="a number"),
        pytest.param({"comment": "hi"}, "unknown-field", "comment", id="a field there is not"),
        pytest.param({"sighting_id": "x" * 301}, "too-long", "sighting_id", id="an endless id"),
        pytest.param({"sighting_id": "a\x00b"}, "characters", "sighting_id", id="an id that no store takes"),
    ],
)
def test_what_cannot_be_understood_is_told_by_its_field(
    review: Review, said: dict[str, Any], error: str, field: str
) -> None:
    """With a sentence; nothing is judged."""
    sighting_id = review.see()
    body = {"verdict": CONFIRMED, "sighting_id": sighting_id, **said}

    answer = review.judge(body.pop("sighting_id"), body.pop("verdict"), **body)

    assert (answer.status_code, answer.json()["error"], answer.json()["field"]) == (422, error, field)
    assert field in answer.json()["say"]
    assert review.waiting() == [sighting_id]


def test_a_body_that_is_no_object_is_told(review: Review) -> None:
    """Not a trace."""
    with review.stage.serving.browser(review.operator) as browser:
        said = browser.post(PATH, json=[1], headers=review.operator.csrf)

    assert (said.status_code, said.json()["field"]) == (422, "body")


# ------------------------------------------------------------------------------------------------ who may


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEADER, Role.ADMIN, Role.AUDITOR, Role.GRID_WORKER, Role.WALL])
def test_who_reviews_nothing_sees_nothing(review: Review, role: Role) -> None:
    """And judges nothing."""
    sighting_id = review.see()
    who = review.stage.sign_in(role, SUBDISTRICT)

    assert review.stage.get(who, PATH).status_code in {403, 404}
    assert review.judge(sighting_id, who=who).status_code in {403, 404}
    assert review.waiting() == [sighting_id]


def test_a_camera_elsewhere_is_as_unknown_as_one_that_is_not(review: Review) -> None:
    """She neither sees nor judges what another's camera saw; and that she tried is in the audit."""
    here, there = review.see(), review.see(2, "CAM-2")
    neighbour = review.stage.sign_in(Role.OPERATOR, THERE)
    assert review.waiting() == [here]
    assert review.waiting(neighbour) == [there]

    forbidden, unknown = (review.judge(it, who=neighbour) for it in (here, "CAM-1/nothing"))

    assert (forbidden.status_code, forbidden.content) == (unknown.status_code, unknown.content)
    assert forbidden.status_code == 404
    assert review.waiting() == [here]
    _until_audited(review, neighbour)


def test_her_cameras_precision_is_not_told_elsewhere(review: Review) -> None:
    """How good a neighbour's camera is says what happens there."""
    review.see(verdict=CONFIRMED, decided_by="li", decided_us=1)
    neighbour = review.stage.sign_in(Role.OPERATOR, THERE)

    assert "CAM-1" in {it["asset_id"] for it in review.listed()["cameras"]}
    assert "CAM-1" not in {it["asset_id"] for it in review.listed(neighbour)["cameras"]}


def _until_audited(review: Review, who: Signed) -> None:
    """Wait until the refusal is written: that happens behind the answer."""
    until(lambda: [it for it in review.stage.audited(who) if it.entry.outcome == "refused"], "the refusal is audited")
