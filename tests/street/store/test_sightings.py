"""Sightings in the store: one row an object, one verdict, one incident, a camera believed as it deserves."""

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from street.camera_proof import CONFIRMED, DWELL_US, ENOUGH, REJECTED, USUAL_DWELL_US, Sighting, is_due
from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from street.errors import FieldError, StreetError, SupersededError, UnknownSightingError
from street.incidents import Act, Incident, Order
from street.people import Actor
from street.store import Store, Writer, open_store
from tests.street.store.makers import KEY, NOON_US, Now, an_incident, deeds, rows

LI, WANG, DUTY = Actor("p-li", "li"), Actor("p-wang", "wang"), Actor.system("duty")
KEPT_US = 90 * DAY_US


def a_sighting(number: int = 1, **changes: Any) -> Sighting:
    """Return a car that stood in a fire lane from noon for five minutes."""
    told: dict[str, Any] = {
        "sighting_id": f"C-1/{number}", "asset_id": "C-1", "label": "car", "zones": ("fire_lane", "gate"),
        "matter": "09012", "confidence": 0.9, "first_us": NOON_US, "last_us": NOON_US + 5 * MINUTE_US,
        "has_ended": True,
    }  # fmt: skip
    return Sighting(**told | changes)


def its_incident(sighting_id: str = "C-1/1") -> Incident:
    """Return what would be reported of it."""
    return an_incident(f"camera/{sighting_id}", source="camera", matter="09012", asset_id="C-1")


class Street:
    """A store to which a camera speaks, and people who judge."""

    def __init__(self, store: Store, writer: Writer, now: Now) -> None:
        self.store, self.writer, self.now, self.book = store, writer, now, store.sightings()
        now.pass_by(minutes=10)

    def see(self, *sightings: Sighting) -> None:
        """Let the camera say so."""
        batch = self.writer.begin(self.now.us)
        for sighting in sightings:
            batch.note_sighting(sighting)
        batch.commit()

    def end(self, sighting_id: str, at_us: int) -> None:
        """Let the camera say that it has gone."""
        batch = self.writer.begin(self.now.us)
        batch.end_sighting(sighting_id, at_us)
        batch.commit()

    def judge(self, verdict: str = CONFIRMED, number: int = 1, by: Actor = LI, reason: str = "") -> Sighting:
        """Let somebody judge."""
        sighting_id, said = f"C-1/{number}", reason or ("not-there" if verdict == REJECTED else "")
        return self.book.judge(sighting_id, verdict, incident=its_incident(sighting_id), reason=said, by=by)

    def teach(self, confirmed: int, rejected: int, first: int = 1_000) -> None:
        """Let the camera be judged so often, the confirmed ones first."""
        verdicts = [CONFIRMED] * confirmed + [REJECTED] * rejected
        taught = [
            a_sighting(
                first + number, verdict=verdict, decided_by="li", decided_us=self.now.us + number, incident_id="x"
            )
            for number, verdict in enumerate(verdicts)
        ]
        self.now.pass_by(seconds=1)
        self.see(*taught)

    def incidents(self) -> list[tuple[Any, ...]]:
        """Return which incidents there are, and where they stand."""
        return rows(self.store, "SELECT incident_id, stage FROM incidents ORDER BY incident_id")

    def waiting(self) -> list[str]:
        """Return what waits."""
        return [it.sighting_id for it in self.book.waiting(self.now.us)]


@pytest.fixture
def street(store: Store, writer: Writer, now: Now) -> Street:
    """A store at ten past noon."""
    return Street(store, writer, now)


# ---------------------------------------------------------------------------------------------- what cameras say


def test_a_sighting_comes_back_as_it_was(street: Street) -> None:
    """Every field of it."""
    street.see(a_sighting())

    assert street.book.get("C-1/1") == a_sighting()
    assert street.book.get("C-1/2") is None


def test_all_words_of_one_object_are_one_row(street: Street) -> None:
    """Its beginning is the first that was told, its end the last; the rest is as it was last."""
    for minute in (0, 1, 2):
        at_us = NOON_US + minute * MINUTE_US
        street.see(a_sighting(first_us=at_us, last_us=at_us, confidence=0.5 + minute / 10, has_ended=minute == 2))

    kept = rows(street.store, "SELECT first_us, last_us, has_ended, confidence FROM sightings")
    assert kept == [(NOON_US, NOON_US + 2 * MINUTE_US, 1, 0.7)]


def test_several_words_in_one_batch_are_one_row(street: Street) -> None:
    """As they come after an outage."""
    words = [a_sighting(first_us=NOON_US + n, last_us=NOON_US + n, has_ended=n == 9) for n in range(10)]

    street.see(*words, *words)

    assert rows(street.store, "SELECT first_us, last_us, has_ended FROM sightings") == [(NOON_US, NOON_US + 9, 1)]


@pytest.mark.parametrize(
    ("at_us", "last_us", "has_ended"),
    [
        pytest.param(NOON_US + 2 * MINUTE_US, NOON_US + 2 * MINUTE_US, 1, id="it drives on"),
        pytest.param(NOON_US + 30 * SECOND_US, NOON_US + MINUTE_US, 1, id="by a clock that was set back"),
        pytest.param(NOON_US - 1, NOON_US + MINUTE_US, 0, id="an old word of when it still drove"),
    ],
)
def test_driving_on_ends_it(street: Street, at_us: int, last_us: int, has_ended: int) -> None:
    """Of what was never told nothing is kept."""
    street.see(a_sighting(last_us=NOON_US + MINUTE_US, has_ended=False))

    street.end("C-1/1", at_us)
    street.end("C-1/unheard", at_us)

    assert rows(street.store, "SELECT last_us, has_ended FROM sightings") == [(last_us, has_ended)]


# ------------------------------------------------------------------------------------------------ what waits


def test_what_stood_long_enough_waits_and_the_oldest_first(street: Street) -> None:
    """Brief ones never do, however many there are: they would hide the others."""
    street.see(*(a_sighting(100 + n, first_us=NOON_US + n, last_us=NOON_US + n) for n in range(600)))
    street.see(a_sighting(2, first_us=NOON_US + 1), a_sighting(1), a_sighting(3, matter="09010"))

    assert street.waiting() == ["C-1/1", "C-1/2"]


@pytest.mark.parametrize("matter", ["09012", "09009", "09010", "06011"])
@pytest.mark.parametrize("has_ended", [True, False])
def test_the_store_and_the_rule_agree_on_what_is_due(street: Street, matter: str, has_ended: bool) -> None:
    """One rule in two languages: each instant around each limit."""
    dwell_us = DWELL_US.get(matter, USUAL_DWELL_US)
    steps = (-90_000_001, -90_000_000, -1, 0, 1)
    seen = [
        a_sighting(number, matter=matter, has_ended=has_ended, last_us=NOON_US + dwell_us + step)
        for number, step in enumerate(steps)
    ]
    street.see(*seen)

    for now_us in (NOON_US + dwell_us - 1, NOON_US + dwell_us, NOON_US + DAY_US):
        expected = sorted(it.sighting_id for it in seen if is_due(it, now_us))
        assert [it.sighting_id for it in street.book.waiting(now_us)] == expected


def test_an_empty_store_says_so(street: Street) -> None:
    """Nothing waits, nobody was judged, nothing is forgotten."""
    assert (street.waiting(), street.book.precisions(), street.book.forget(street.now.us, KEPT_US)) == ([], [], 0)


def test_what_nobody_judged_is_forgotten(street: Street) -> None:
    """What was brief after an hour, the rest after ninety days; verdicts stay, they are what a camera is worth."""
    street.see(a_sighting(1), a_sighting(2, last_us=NOON_US), a_sighting(3))
    street.judge(number=3)

    forgotten = [
        street.book.forget(NOON_US + after_us, KEPT_US) for after_us in (HOUR_US, HOUR_US + 1, KEPT_US + HOUR_US)
    ]

    assert forgotten == [0, 1, 1]
    assert rows(street.store, "SELECT sighting_id FROM sightings") == [("C-1/3",)]


# ------------------------------------------------------------------------------------------------ verdicts


def test_who_confirms_reports_an_incident(street: Street) -> None:
    """In one transaction, and both are in the audit under her name."""
    street.see(a_sighting())

    judged = street.judge()

    assert (judged.verdict, judged.decided_by, judged.is_automatic) == (CONFIRMED, "li", False)
    assert street.book.get("C-1/1") == judged
    assert street.incidents() == [("camera/C-1/1", "reported")]
    assert [(it.action, it.object, it.by.login) for it in deeds(street.store)] == [
        ("incident.report", "incident/camera/C-1/1", "li"), ("sighting.judge", "sighting/C-1/1", "li")
    ]  # fmt: skip
    assert street.waiting() == []


def test_who_rejects_says_why(street: Street) -> None:
    """Nothing is reported, and the reason is kept."""
    street.see(a_sighting())

    street.judge(REJECTED, reason="allowed")

    assert street.incidents() == []
    assert [(it.action, it.reason) for it in deeds(street.store)] == [("sighting.judge", "allowed")]


@pytest.mark.parametrize("verdict", [CONFIRMED, REJECTED])
def test_the_same_verdict_again_changes_nothing(street: Street, verdict: str) -> None:
    """Whoever says it: the first keeps her name, the second hears the same answer."""
    street.see(a_sighting())
    first = street.judge(verdict)

    again = street.judge(verdict, by=WANG)

    assert again == first
    assert len(deeds(street.store, "sighting.judge")) == 1


@pytest.mark.parametrize(("first", "second"), [(CONFIRMED, REJECTED), (REJECTED, CONFIRMED)])
def test_who_says_otherwise_is_told_who_was_quicker(street: Street, first: str, second: str) -> None:
    """And nothing of hers is kept."""
    street.see(a_sighting())
    street.judge(first)
    before = (street.book.get("C-1/1"), street.incidents())

    with pytest.raises(SupersededError) as told:
        street.judge(second, by=WANG)

    assert told.value.by == "li"
    assert (street.book.get("C-1/1"), street.incidents()) == before


def test_of_two_operators_at_once_one_is_first(street: Street, url: str) -> None:
    """Sixteen at once, half of each opinion, from connections of their own: one verdict, one incident at most."""
    street.see(a_sighting())
    told: list[str] = []
    begin = threading.Barrier(16)

    def judge(number: int) -> None:
        with closing(open_store(url, street.now, audit_key=KEY)) as store:
            verdict = (CONFIRMED, REJECTED)[number % 2]
            begin.wait()
            try:
                reason = "gone" if verdict == REJECTED else ""
                by = Actor(f"p-{number}", f"l-{number}")
                store.sightings().judge("C-1/1", verdict, incident=its_incident(), reason=reason, by=by)
                told.append(verdict)
            except SupersededError as error:
                told.append(f"superseded by {error.by}")

    threads = [threading.Thread(target=judge, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [(verdict, who)] = rows(street.store, "SELECT verdict, decided_by FROM sightings")
    assert sorted(told) == [verdict] * 8 + [f"superseded by {who}"] * 8
    assert len(street.incidents()) == (verdict == CONFIRMED)
    assert len(deeds(street.store, "sighting.judge")) == 1


@pytest.mark.parametrize(
    ("verdict", "reason", "field", "code"),
    [
        pytest.param("maybe", "", "verdict", "unknown", id="no verdict"),
        pytest.param("", "", "verdict", "unknown", id="none at all"),
        pytest.param(REJECTED, "", "reason", "missing", id="no reason"),
        pytest.param(REJECTED, "just so", "reason", "unknown", id="a reason of her own"),
        pytest.param(CONFIRMED, "gone", "reason", "unknown", id="a reason that says otherwise"),
    ],
)
def test_what_is_no_verdict_is_told(street: Street, verdict: str, reason: str, field: str, code: str) -> None:
    """By its field."""
    street.see(a_sighting())

    with pytest.raises(FieldError) as told:
        street.book.judge("C-1/1", verdict, incident=its_incident(), reason=reason, by=LI)

    assert (told.value.field, told.value.code) == (field, code)
    assert street.book.get("C-1/1") == a_sighting()


def test_what_nobody_saw_cannot_be_judged(street: Street) -> None:
    """Nothing is reported of it either."""
    with pytest.raises(UnknownSightingError):
        street.judge()

    assert street.incidents() == []


def test_a_verdict_whose_incident_cannot_be_reported_is_none(street: Street) -> None:
    """All of it or nothing: she may say it again once the matter is known."""
    street.see(a_sighting())
    odd = an_incident("camera/C-1/1", matter="99999")

    with pytest.raises(StreetError):
        street.book.judge("C-1/1", CONFIRMED, incident=odd, reason="", by=LI)

    assert street.book.get("C-1/1") == a_sighting()
    assert street.judge().incident_id == "camera/C-1/1"


# ------------------------------------------------------------------------------------------- filed by itself


@pytest.mark.parametrize(
    ("confirmed", "rejected", "files"),
    [
        pytest.param(199, 0, False, id="one verdict too few"),
        pytest.param(ENOUGH, 0, True, id="two hundred, all right"),
        pytest.param(180, 20, True, id="nine of ten"),
        pytest.param(179, 21, False, id="not quite nine of ten"),
        pytest.param(300, 21, False, id="good once, and worse of late"),
    ],
)
def test_a_camera_files_by_itself_where_it_is_believed(
    street: Street, confirmed: int, rejected: int, files: bool
) -> None:
    """Two hundred verdicts of one camera on one class, the last ones."""
    street.teach(confirmed, rejected)
    street.see(a_sighting())

    filed = street.book.file("C-1/1", its_incident(), by=DUTY)

    assert filed is files
    assert street.incidents() == ([("camera/C-1/1", "reported")] if files else [])


def test_it_is_believed_on_that_class_alone(street: Street) -> None:
    """A good eye for cars is no eye for bicycles, and says nothing of the next camera."""
    street.teach(ENOUGH, 0)
    others = [a_sighting(1, matter="09010", last_us=NOON_US + HOUR_US), a_sighting(2, asset_id="C-2")]
    street.see(*others)

    filed = [street.book.file(it.sighting_id, its_incident(it.sighting_id), by=DUTY) for it in others]

    assert filed == [False, False]
    assert [(it.asset_id, it.matter, it.share, it.is_trusted) for it in street.book.precisions()] == [
        ("C-1", "09012", 1.0, True)
    ]


def test_filing_by_itself_stops_by_itself(street: Street) -> None:
    """At nine of ten, one more rejection of what it filed is one too many."""
    street.teach(180, 20)
    street.see(a_sighting(1), a_sighting(2))
    assert street.book.file("C-1/1", its_incident("C-1/1"), by=DUTY)
    street.now.pass_by(minutes=1)

    street.judge(REJECTED)

    assert not street.book.file("C-1/2", its_incident("C-1/2"), by=DUTY)
    [it] = street.book.precisions()
    assert (it.reviewed, it.confirmed, it.is_trusted) == (ENOUGH, 179, False)


def test_what_was_filed_by_itself_still_waits_for_a_verdict(street: Street) -> None:
    """Else the camera would never be found out; and it is filed once."""
    street.teach(ENOUGH, 0)
    street.see(a_sighting())

    filed = [street.book.file("C-1/1", its_incident(), by=DUTY) for _ in range(2)]

    assert filed == [True, False]
    assert street.waiting() == ["C-1/1"]
    kept = street.book.get("C-1/1")
    assert kept is not None
    assert (kept.is_automatic, kept.incident_id, kept.verdict) == (True, "camera/C-1/1", "")
    assert street.book.to_file("C-1", "09012", street.now.us) == []


def test_what_a_person_judged_is_not_filed_by_itself(street: Street) -> None:
    """She was quicker: a rejected one above all."""
    street.teach(ENOUGH, 0)
    street.see(a_sighting())
    street.judge(REJECTED)

    assert not street.book.file("C-1/1", its_incident(), by=DUTY)
    assert not street.book.file("C-1/gone", its_incident(), by=DUTY)
    assert street.incidents() == []


def test_confirming_what_was_filed_by_itself_reports_nothing_new(street: Street) -> None:
    """It is hers and the camera's together: one incident, reported once."""
    street.teach(ENOUGH, 0)
    street.see(a_sighting())
    street.book.file("C-1/1", its_incident(), by=DUTY)

    judged = street.judge()

    assert (judged.incident_id, judged.is_automatic) == ("camera/C-1/1", True)
    assert street.incidents() == [("camera/C-1/1", "reported")]


def test_rejecting_what_was_filed_by_itself_dismisses_it(street: Street) -> None:
    """As a false alarm, with who and why in the timeline and in the audit."""
    street.teach(ENOUGH, 0)
    street.see(a_sighting())
    street.book.file("C-1/1", its_incident(), by=DUTY)

    street.judge(REJECTED, reason="not-there")

    assert street.incidents() == [("camera/C-1/1", "dismissed")]
    done = street.store.acts().timeline("camera/C-1/1")[-1]
    assert (done.act, done.by, done.reason) == ("dismiss", "li", "false alarm of a camera: not-there")
    assert [it.action for it in deeds(street.store)][-2:] == ["incident.dismiss", "sighting.judge"]


def test_what_somebody_has_taken_up_is_left_to_her(street: Street) -> None:
    """The camera was wrong and the operator who filed it may know better: the verdict is kept, the incident stays."""
    street.teach(ENOUGH, 0)
    street.see(a_sighting())
    street.book.file("C-1/1", its_incident(), by=DUTY)
    order = Order(action_id="tap-1", incident_id="camera/C-1/1", act=Act.FILE, at_us=street.now.us)
    street.store.acts().act(order, by=WANG, now_us=street.now.us)

    judged = street.judge(REJECTED)

    assert judged.verdict == REJECTED
    assert street.incidents() == [("camera/C-1/1", "filed")]


@pytest.mark.parametrize("act", [lambda it: it.judge(), lambda it: it.book.file("C-1/1", its_incident(), by=DUTY)])
def test_screens_hear_of_it_at_once(street: Street, act: Callable[[Street], object]) -> None:
    """A new incident comes with its change row, as every other does."""
    street.teach(ENOUGH, 0)
    street.see(a_sighting())

    act(street)

    bodies = [body for (body,) in rows(street.store, "SELECT body FROM changes ORDER BY seq")]
    assert any("camera/C-1/1" in body for body in bodies)
