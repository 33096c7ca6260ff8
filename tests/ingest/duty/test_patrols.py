"""Patrols: positions become visits, borders do not flap, leaps are not believed; and cameras file what they may."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.duty.patrols import Patrols, file_sightings
from street.assets import Asset
from street.camera_proof import CONFIRMED, ENOUGH, REJECTED, Sighting
from street.clock import MINUTE_US, SECOND_US
from street.dispatching import Position
from street.errors import StoreError
from street.key_areas import Stay
from street.people import Actor, Grant, Person, Role
from street.places import Place
from street.store import Store, Visit, open_store

NOON_US = 1_789_999_200_000_000
LON, LAT = 120.32, 36.06
M_LAT = 1 / 111_195.08
M_LON = M_LAT / math.cos(math.radians(LAT))
CAMERA = Asset(asset_id="C-1", kind="camera", name="gate", lon=LON, lat=LAT)
TESTER = Actor.system("tests")


def at(x_m: float, second: float = 0, accuracy_m: float | None = None) -> Position:
    """Return the position so many metres east of the middle, so long after noon."""
    return Position(LON + x_m * M_LON, LAT, NOON_US + int(second * SECOND_US), accuracy_m)


def an_area(place_id: str = "K-1", wide_m: float = 200, east_m: float = 0) -> Place:
    """Return a square key area."""
    west, east = (LON + (east_m + side * wide_m / 2) * M_LON for side in (-1, 1))
    south, north = (LAT + side * wide_m / 2 * M_LAT for side in (-1, 1))
    corners = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    return Place(place_id=place_id, kind="key_area", name=place_id, outline=f"POLYGON (({corners}))", is_key_area=True)


class Beat:
    """Officers who walk about, and the duty that watches."""

    def __init__(self, folder: Path) -> None:
        self.now_us = NOON_US
        self.store = open_store(f"sqlite:///{folder / 'street.db'}", lambda: self.now_us, audit_key=bytes(32))
        self.areas = [an_area()]
        self.one, self.two = (self._officer(login) for login in ("wang", "li"))
        self.patrols = self.restarted()
        self.where: dict[str, Position] = {}

    def _officer(self, login: str) -> str:
        person = Person(person_id="", login=login, name=login, grants=(Grant(Role.OFFICER, "370202007"),))
        return self.store.people().add(person, password_hash=None, by=TESTER).person_id

    def restarted(self) -> Patrols:
        """Return duty as it is after a start."""
        self.patrols = Patrols(self.store)
        self.patrols.learn(self.areas)
        return self.patrols

    def walk(self, *positions: Position, person_id: str = "") -> int:
        """Go there, one after the other, with a turn of duty at each; return how many visits began or ended."""
        turned = 0
        for position in positions:
            self.where[person_id or self.one] = position
            self.now_us = position.at_us
            turned += self.turn()
        return turned

    def turn(self, after_s: float = 0) -> int:
        """Let duty do one turn."""
        self.now_us += int(after_s * SECOND_US)
        return self.patrols.turn(self.where, self.now_us)

    def inside(self) -> list[tuple[str, str]]:
        """Return who is where."""
        return [(it.place_id, it.person_id) for it in self.store.visits().going_on()]


@pytest.fixture
def beat(tmp_path: Path) -> Iterator[Beat]:
    """A square of 200 m and two officers."""
    it = Beat(tmp_path)
    yield it
    it.store.close()


def test_entering_staying_and_leaving(beat: Beat) -> None:
    """One visit, from the first position inside to the first outside; the last inside is when the area was seen."""
    turned = [beat.walk(it) for it in (at(300), at(90, 30), at(0, 60), at(-90, 120))]
    assert beat.store.visits().going_on() == [
        Visit("K-1", beat.one, Stay(NOON_US + 30 * SECOND_US, NOON_US + 120 * SECOND_US, None))
    ]

    turned.append(beat.walk(at(-200, 150)))

    assert turned == [0, 1, 0, 0, 1]
    assert beat.inside() == []
    assert beat.store.visits().last_patrols() == {"K-1": NOON_US + 120 * SECOND_US}


def test_who_drives_through_has_not_patrolled(beat: Beat) -> None:
    """Ten seconds at fifty kilometres an hour."""
    beat.walk(at(-150), at(-70, 5), at(0, 10), at(70, 15), at(140, 20))

    assert beat.store.visits().last_patrols() == {}


def test_who_walks_along_the_border_enters_once(beat: Beat) -> None:
    """Jitter of ten metres around the line, for five minutes."""
    jitter = [at(100 + 10 * math.sin(second * 2.4), second * 3) for second in range(100)]

    assert beat.walk(*jitter) == 1


def test_one_person_in_several_areas(beat: Beat) -> None:
    """Where they overlap she is in both, and leaves each on its own."""
    beat.areas.append(an_area("K-2", east_m=100))
    beat.patrols.learn(beat.areas)

    beat.walk(at(50))
    assert beat.inside() == [("K-1", beat.one), ("K-2", beat.one)]
    beat.walk(at(150, 60))

    assert beat.inside() == [("K-2", beat.one)]


def test_people_do_not_move_each_other(beat: Beat) -> None:
    """Each has visits of her own."""
    beat.walk(at(0))
    beat.walk(at(0, 1), person_id=beat.two)
    beat.walk(at(200, 60))

    assert beat.inside() == [("K-1", beat.two)]


@pytest.mark.parametrize(
    "leap",
    [
        pytest.param([at(5_000, 70)], id="far away and back"),
        pytest.param([at(5_000, 70, 2_000)], id="far away, and not sure of it"),
        pytest.param([at(150, 70, 80)], id="a little outside, and not sure of it"),
    ],
)
def test_a_leap_is_not_believed(beat: Beat, leap: list[Position]) -> None:
    """She never left: a receiver between houses says so now and then."""
    turned = beat.walk(at(0), at(0, 60), *leap, at(0, 80), at(0, 90))

    assert turned == 1
    [visit] = beat.store.visits().going_on()
    assert visit.stay == Stay(NOON_US, NOON_US + 90 * SECOND_US, None)


def test_who_is_really_there_is_believed_at_the_second_word(beat: Beat) -> None:
    """A tablet that was in a tunnel for a moment."""
    beat.walk(at(0), at(0, 60), at(5_000, 70))
    assert beat.inside() == [("K-1", beat.one)]

    beat.walk(at(5_001, 80))

    assert beat.inside() == []


def test_an_old_position_changes_nothing(beat: Beat) -> None:
    """Told twice, or late."""
    beat.walk(at(0), at(0, 60))

    assert beat.walk(at(500, 30)) == 0


def test_who_goes_off_duty_has_left(beat: Beat) -> None:
    """When she was last seen there."""
    beat.walk(at(0), at(0, 60))
    beat.where.clear()

    assert beat.turn(after_s=120) == 1
    assert beat.inside() == []
    assert beat.store.visits().last_patrols() == {"K-1": NOON_US + 60 * SECOND_US}


def test_who_falls_silent_is_not_there_for_ever(beat: Beat) -> None:
    """After ten minutes nobody knows; her next word begins another visit."""
    beat.walk(at(0), at(0, 60))

    assert [beat.turn(after_s=9 * 60), beat.turn(after_s=61)] == [0, 1]
    beat.walk(at(0, 3_600))

    assert [it.stay.entered_us for it in beat.store.visits().going_on()] == [NOON_US + 3_600 * SECOND_US]


def test_a_restart_in_the_middle_goes_on(beat: Beat) -> None:
    """Also before duty has heard which areas there are: it ends nothing that it does not know."""
    beat.walk(at(0), at(0, 60))
    beat.patrols = Patrols(beat.store)
    assert beat.turn() == 0

    beat.restarted()
    beat.walk(at(0, 120), at(300, 150))

    assert beat.inside() == []
    assert beat.store.visits().last_patrols() == {"K-1": NOON_US + 120 * SECOND_US}


def test_a_restart_after_she_left_sees_her_outside(beat: Beat) -> None:
    """What happened meanwhile is learnt from where she is now."""
    beat.walk(at(0), at(0, 60))
    beat.restarted()

    beat.walk(at(4_000, 400))

    assert beat.inside() == []


def test_a_store_that_fails_loses_nothing(beat: Beat, tmp_path: Path) -> None:
    """What could not be kept is tried again with the next turn."""
    beat.walk(at(300))
    beat.where[beat.one] = at(0, 60)
    beat.where["p-unknown"] = at(0, 60)
    beat.now_us = NOON_US + 60 * SECOND_US
    with pytest.raises(StoreError):
        beat.turn()
    assert beat.inside() == []

    del beat.where["p-unknown"]

    assert beat.turn() == 1
    assert beat.inside() == [("K-1", beat.one)]


def test_an_area_that_is_removed_is_left(beat: Beat) -> None:
    """When she was last seen in it."""
    beat.walk(at(0), at(0, 60))
    beat.patrols.learn([])

    assert beat.turn(after_s=5) == 1
    assert beat.inside() == []


@pytest.mark.parametrize(
    ("redrawn", "inside"),
    [
        pytest.param(an_area(east_m=500), False, id="moved away"),
        pytest.param(an_area(wide_m=400), True, id="grown"),
    ],
)
def test_an_area_that_is_redrawn_looks_at_everybody_again(beat: Beat, redrawn: Place, inside: bool) -> None:
    """At once, not when each next moves."""
    beat.walk(at(0), at(0, 60))
    beat.patrols.learn([redrawn])

    beat.turn(after_s=5)

    assert bool(beat.inside()) is inside


def test_who_stands_in_a_new_area_is_in_it(beat: Beat) -> None:
    """She need not move first."""
    beat.walk(at(1_000))
    beat.patrols.learn([*beat.areas, an_area("K-2", east_m=1_000)])

    assert beat.turn(after_s=5) == 1
    assert beat.inside() == [("K-2", beat.one)]


def test_an_area_that_nobody_can_draw_holds_up_no_other(beat: Beat) -> None:
    """It is said in the log, once."""
    beat.patrols.learn([replace(an_area("K-2"), outline="POLYGON ((0 0))"), *beat.areas])

    beat.walk(at(0))

    assert beat.inside() == [("K-1", beat.one)]


def test_places_that_are_no_key_areas_have_no_visits(beat: Beat) -> None:
    """Where officers are otherwise is nobody's business."""
    beat.patrols.learn([replace(an_area(), is_key_area=False)])

    assert beat.walk(at(0)) == 0


# ------------------------------------------------------------------------------------------- cameras


def seen(store: Store, number: int, minutes: float = 5, **changes: Any) -> None:
    """Let the camera have seen a car stand in a fire lane from noon."""
    told: dict[str, Any] = {
        "sighting_id": f"C-1/{number}", "asset_id": "C-1", "label": "car", "zones": ("fire_lane",),
        "matter": "09012", "confidence": 0.9, "first_us": NOON_US, "last_us": NOON_US + int(minutes * MINUTE_US),
        "has_ended": True,
    }  # fmt: skip
    writer = store.writer()
    batch = writer.begin(NOON_US)
    batch.note_sighting(Sighting(**told | changes))
    batch.commit()
    writer.close()


def taught(store: Store, confirmed: int, rejected: int, matter: str = "09012") -> None:
    """Let people have judged that camera so often on that class."""
    writer = store.writer()
    batch = writer.begin(NOON_US)
    for number, verdict in enumerate([CONFIRMED] * confirmed + [REJECTED] * rejected):
        batch.note_sighting(
            Sighting(
                sighting_id=f"C-1/{matter}-{number}", asset_id="C-1", label="car", zones=(), matter=matter,
                confidence=None, first_us=0, last_us=1, has_ended=True, verdict=verdict, decided_by="li",
                decided_us=number,
            )
        )  # fmt: skip
    batch.commit()
    writer.close()


@pytest.mark.parametrize(
    ("confirmed", "rejected", "filed"),
    [
        pytest.param(0, 0, 0, id="never judged"),
        pytest.param(ENOUGH - 1, 0, 0, id="one verdict too few"),
        pytest.param(180, 20, 1, id="believed"),
        pytest.param(179, 21, 0, id="not believed any more"),
    ],
)
def test_only_a_camera_that_is_believed_files_by_itself(beat: Beat, confirmed: int, rejected: int, filed: int) -> None:
    """And only what stood long enough; once."""
    taught(beat.store, confirmed, rejected)
    seen(beat.store, 1)
    seen(beat.store, 2, minutes=1)

    got = [file_sightings(beat.store, {"C-1": CAMERA}, NOON_US + 10 * MINUTE_US) for _ in range(2)]

    assert got == [filed, 0]
    reader = beat.store.reader()
    assert [it.incident_id for it in reader.open_incidents()] == ["camera/C-1/1"] * filed
    reader.close()


def test_a_camera_that_is_registered_no_more_files_nothing(beat: Beat) -> None:
    """Nobody knows where it was."""
    taught(beat.store, ENOUGH, 0)
    seen(beat.store, 1)

    assert file_sightings(beat.store, {}, NOON_US + 10 * MINUTE_US) == 0


def test_one_that_cannot_be_filed_holds_up_no_other(beat: Beat) -> None:
    """Its class is none of the table's; it waits for a person."""
    for matter in ("00000", "09012"):
        taught(beat.store, ENOUGH, 0, matter)
    seen(beat.store, 1, matter="00000")
    seen(beat.store, 2)

    assert file_sightings(beat.store, {"C-1": CAMERA}, NOON_US + 10 * MINUTE_US) == 1
    assert [it.sighting_id for it in beat.store.sightings().waiting(NOON_US + 10 * MINUTE_US)] == ["C-1/1", "C-1/2"]


def test_an_empty_store_is_no_trouble(beat: Beat) -> None:
    """The first turn of a new street."""
    assert (beat.turn(), file_sightings(beat.store, {}, NOON_US)) == (0, 0)
