"""One series on its own: stillness, leaps and stamps."""

from street.clock import HOUR_US, MINUTE_US, SECOND_US
from street.courses import NEVER, Course, Still
from street.readings import Flag
from street.scenarios import Quantity
from street.scenarios.quantity import Stillness

NOON_US = 1_795_492_800 * SECOND_US


def a_course(**form: object) -> Course:
    """A temperature that cannot move 15 degrees at once."""
    quantity = Quantity(**{"name": "temperature", "unit": "°C", "low": -40, "high": 60, "jump": 15.0, **form})  # type: ignore[arg-type]  # a form's fields
    return Course("A", "temperature", "air_station", quantity, 60.0, -40, 60, is_plain=False)


def stuck(values: list[float], limit: Stillness) -> list[bool]:
    """Return, for readings an hour apart, whether each is stuck."""
    still = Still(limit)
    return [still.take(NOON_US + number * HOUR_US, value) for number, value in enumerate(values)]


def test_what_stands_still_for_long_is_stuck() -> None:
    """At 24 hours, and not at 23."""
    assert stuck([19.0] * 26, Stillness(0.5, 86_400)) == [False] * 24 + [True] * 2


def test_a_few_readings_prove_nothing() -> None:
    """Nineteen of them, however far apart: a sensor that speaks twice a day may be right."""
    assert not any(stuck([19.0] * 19, Stillness(0.5, 7200)))


def test_a_slow_drift_within_the_spread_is_stuck() -> None:
    """A dead microphone warms up: 18.8 to 22.5 dB in six days."""
    values = [18.8 + 3.7 * number / 156 for number in range(156)]

    assert stuck(values, Stillness(4, 72 * 3600))[-1]


def test_one_blip_does_not_prove_a_living_sensor() -> None:
    """It is no part of the stillness itself, which goes on after it."""
    found = stuck([19.0] * 30 + [63.4] + [19.0] * 5, Stillness(0.5, 86_400))

    assert found[29:] == [True, False, True, True, True, True, True]


def test_two_in_a_row_do() -> None:
    """The street is heard again."""
    found = stuck([19.0] * 30 + [63.4, 61.0, 19.0], Stillness(0.5, 86_400))

    assert found[30:] == [False, False, False]


def test_a_new_level_that_stays_is_believed() -> None:
    """Two readings jump, the third stands: so a real change is doubted for moments only."""
    course = a_course()

    found = [course.follow(NOON_US + number, value, 0) for number, value in enumerate([20.0, 40.0, 41.0, 40.5, 41.0])]

    assert found == [0, Flag.JUMPING, Flag.JUMPING, 0, 0]


def test_a_single_leap_and_back_is_one_jump() -> None:
    """What comes after is held against what was believed."""
    course = a_course()

    assert [course.follow(NOON_US + n, value, 0) for n, value in enumerate([20.0, 45.0, 20.5])] == [0, Flag.JUMPING, 0]


def test_leaps_to_and_fro_are_no_new_level() -> None:
    """A loose contact never confirms itself."""
    course = a_course()

    found = [course.follow(NOON_US + n, value, 0) for n, value in enumerate([20.0, 45.0, -20.0, 45.0, -20.0])]

    assert found == [0] + [Flag.JUMPING] * 4


def test_an_implausible_value_is_no_step_to_leap_from() -> None:
    """After 327 °C comes 20 °C, which is right."""
    course = a_course()

    assert course.follow(NOON_US, 327.0, int(Flag.IMPLAUSIBLE)) == 0
    assert course.follow(NOON_US + 1, 20.0, 0) == 0


def test_a_steady_lag_is_a_wrong_clock() -> None:
    """An hour behind, message after message for ten minutes."""
    course = a_course()

    found = [course.stamped(NOON_US + n * MINUTE_US - HOUR_US, NOON_US + n * MINUTE_US) for n in range(12)]

    assert found == [0] * 10 + [Flag.CLOCK_SKEW] * 2


def test_a_backlog_is_no_wrong_clock() -> None:
    """It shrinks while it is sent."""
    course = a_course()

    assert not any(course.stamped(NOON_US - HOUR_US + n * MINUTE_US, NOON_US + n * 10 * SECOND_US) for n in range(200))


def test_a_repeated_stamp_is_told_once_with_the_next() -> None:
    """The reading that carries it is good itself."""
    course = a_course()
    course.is_repeated = True

    assert [course.stamped(NOON_US, NOON_US), course.stamped(NOON_US + 1, NOON_US + 1)] == [Flag.REPEATED, 0]


def test_a_stillness_goes_on_after_a_restart() -> None:
    """Since when it has stood is not forgotten."""
    course = a_course()
    course.stills = [Still(Stillness(0.5, 86_400))]

    course.resume_still(NOON_US, 19.0)

    assert course.stuck_since(NOON_US + 23 * HOUR_US) is None
    assert course.stuck_since(NOON_US + 24 * HOUR_US) == NOON_US
    assert Still(Stillness(0.5, 1)).since_us == NEVER
