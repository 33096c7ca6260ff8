"""The purge of what is known of people: it runs by itself, and outlives a store that is not there."""

import threading
from collections.abc import Callable
from dataclasses import replace

from dashboard.forgetting import Forgetter
from dashboard.office import Office
from street.clock import DAY_US, now_us
from street.config import Config
from street.config.sections import RetentionConfig
from street.people import Role
from tests.dashboard.conftest import TESTER, Serving, Written, configured, until


def test_ended_sessions_go_by_themselves(street: Written) -> None:
    """Nobody has to start anything."""
    signed = street.sign_in(Role.OFFICER)
    street.store.sessions().end(signed.session.session_id, by=TESTER, reason="test")
    config = replace(street.config, retention=RetentionConfig(sessions_days=1))
    office = Office(config, lambda: now_us() + 2 * DAY_US)
    forgetter = Forgetter(office, first_s=0.0)

    forgetter.start()
    until(lambda: street.store.sessions().open(signed.person.person_id) == [] and _count(street) == 0, "it is gone")
    forgetter.stop()
    office.close()


def test_a_missing_store_is_tried_again_later(street: Written) -> None:
    """The thread lives on."""
    config = configured(street.config.people.keys_file.parent / "missing")
    office = Office(config, now_us)
    forgetter = Forgetter(office, first_s=0.0)

    forgetter.start()
    until(forgetter._thread.is_alive, "it runs")
    removed = forgetter._purge()
    forgetter.stop()

    assert removed == 0
    assert not forgetter._thread.is_alive()
    office.close()


def test_a_dashboard_forgets(serve: Callable[[Config], Serving], street: Written) -> None:
    """The thread is part of the server, and ends with it."""
    serve(street.config)

    assert "forgetting" in {thread.name for thread in threading.enumerate()}


def _count(street: Written) -> int:
    dump = street.store.support_dump()
    return int(next(each["rows"] for each in dump if each.get("table") == "sessions"))
