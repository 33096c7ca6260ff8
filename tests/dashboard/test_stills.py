"""Stills over HTTP: coarse for many, sharp for one who said why; one answer for all that is not there for the asker."""

import contextlib
from collections.abc import Iterator
from io import BytesIO

import httpx
import pytest
from PIL import Image

from street import coarsen
from street.coarsen import COARSE_WIDTH, SOFTLY
from street.people import Role
from tests.dashboard.cameras import Stage, staged
from tests.dashboard.conftest import until


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A dashboard over the street with cameras."""
    with staged(tmp_path_factory.mktemp("street")) as made:
        yield made


def size_of(answer: httpx.Response) -> tuple[int, int]:
    """Return the sides of a picture."""
    return Image.open(BytesIO(answer.content)).size


def test_a_still_is_coarse_whoever_looks(stage: Stage) -> None:
    """Also for who may reveal; nothing of it is kept by a browser."""
    for role in (Role.GRID_WORKER, Role.SQUAD_LEADER):
        with stage.serving.browser(stage.sign_in(role)) as browser:
            answer = browser.get("/api/stills/CAM-1")

        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        assert size_of(answer) == (COARSE_WIDTH * SOFTLY, COARSE_WIDTH * SOFTLY // 2)


def test_the_newest_still_is_shown(stage: Stage) -> None:
    """A coarse still is remembered by when it was taken, so a new one replaces it."""
    with stage.serving.browser(stage.sign_in(Role.GRID_WORKER)) as browser:
        first = browser.get("/api/stills/CAM-1")
        again = browser.get("/api/stills/CAM-1")
        stage.take("CAM-1")
        second = browser.get("/api/stills/CAM-1")

    assert first.headers["x-taken-at"] == again.headers["x-taken-at"]
    assert first.content == again.content
    assert second.headers["x-taken-at"] > first.headers["x-taken-at"]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/api/stills/CAM-2", id="another grid cell's"),
        pytest.param("/api/stills/NO-SUCH", id="no such asset"),
        pytest.param("/api/stills/WX-01", id="no camera, elsewhere"),
        pytest.param("/api/stills/CAM-1/sharp", id="not revealed"),
        pytest.param("/api/stills/CAM-2/sharp", id="another cell's, not revealed"),
        pytest.param("/api/stills/CAM-1%00", id="NUL"),
        pytest.param("/api/stills/CAM-1%20", id="a blank behind"),
        pytest.param("/api/stills/CAM-%EF%BC%91", id="full-width"),
        pytest.param("/api/stills/..%2fCAM-1", id="a step up"),
        pytest.param("/api/stills/", id="nothing"),
    ],
)
@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.SQUAD_LEADER])
def test_everything_else_is_one_answer(stage: Stage, path: str, role: Role) -> None:
    """TRUST B74, B95: nobody learns what there is."""
    with stage.serving.browser(stage.sign_in(role)) as browser:
        answer, unknown = browser.get(path), browser.get("/api/no-such-thing")

    assert (answer.status_code, answer.content) == (404, unknown.content)
    assert answer.headers["content-type"] == unknown.headers["content-type"]


def test_a_picture_that_cannot_be_drawn_is_missing(stage: Stage) -> None:
    """TRUST B94: never a 500, and its bytes never leave."""
    with stage.serving.browser(stage.sign_in(Role.GRID_WORKER)) as browser:
        answers = [browser.get("/api/stills/CAM-BROKEN") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_too_many_at_once_are_told_to_come_back(stage: Stage) -> None:
    """And whoever does gets the picture: being busy is not remembered."""
    worker = stage.sign_in(Role.GRID_WORKER)
    stage.take("CAM-1")

    with contextlib.ExitStack() as drawn:
        for _ in range(coarsen.AT_ONCE + coarsen.MOST_WAITING):
            drawn.enter_context(coarsen._PLACES)
        busy = stage.get(worker, "/api/stills/CAM-1")
    later = stage.get(worker, "/api/stills/CAM-1")

    assert (busy.status_code, busy.headers["retry-after"]) == (503, "2")
    assert later.status_code == 200


def test_a_revealed_still_is_sharp_for_who_revealed_it(stage: Stage) -> None:
    """The picture of the reveal, also when the camera has taken others since."""
    leader, other = stage.sign_in(Role.SQUAD_LEADER), stage.sign_in(Role.SQUAD_LEADER)
    begun = stage.reveal(leader, "still", "CAM-1")
    stage.take("CAM-1")

    with stage.serving.browser(leader) as browser:
        sharp, coarse = browser.get("/api/stills/CAM-1/sharp"), browser.get("/api/stills/CAM-1")
        elsewhere = browser.get("/api/stills/CAM-2/sharp")
    with stage.serving.browser(other) as browser:
        others = browser.get("/api/stills/CAM-1/sharp")

    assert size_of(sharp) == (640, 320)
    assert sharp.headers["x-taken-at"] == begun.json()["at"]
    assert size_of(coarse)[0] == COARSE_WIDTH * SOFTLY
    assert (elsewhere.status_code, others.status_code) == (404, 404)


def test_who_asks_for_another_cells_picture_is_in_the_audit(stage: Stage) -> None:
    """What there is and may not be seen is worth a line; what there is not, isn't."""
    worker = stage.sign_in(Role.GRID_WORKER)
    with stage.serving.browser(worker) as browser:
        browser.get("/api/stills/CAM-2")
        browser.get("/api/stills/NO-SUCH")

    until(lambda: stage.audited(worker, outcome="refused"), "the refusal is written")
    entries = [stored.entry for stored in stage.audited(worker, outcome="refused")]

    assert [(entry.action, entry.object) for entry in entries] == [("see_still", "asset/CAM-2")]
