"""Pictures that hurt, after they were stored: what a reader of the stills gets of them."""

import io
from contextlib import closing

import pytest
from PIL import Image

from bench.mqtt_socket import packet
from street import clock
from street.store import open_store
from tests.hostile.accounts import Accounts, Reply, ask, store_of
from tests.hostile.catalogue import Case, named, through
from tests.hostile.conftest import camera_of, publisher
from tests.hostile.stills import EICAR, MARKER, STILLS
from tests.journeys.stack import Stack, until

pytestmark = pytest.mark.hostile

CASES = [case for case in through("mqtt") if "coarse" in case["expected"]]


@pytest.fixture(scope="module")
def stored(street: Stack) -> None:
    """Every picture, each from a camera of its own."""
    with closing(publisher(street)) as line:
        line.publish([
            packet(f"street/{camera_of(case)}/snapshot", STILLS[case["sent"]["still"]](), number)
            for number, case in enumerate(CASES, start=1)
        ])  # fmt: skip
    with closing(open_store(f"sqlite:///{store_of(street)}", clock.now_us)) as store, closing(store.reader()) as reader:
        until(lambda: all(reader.snapshot(camera_of(case)) for case in CASES), "all pictures are stored")


def look(street: Stack, accounts: Accounts, case: Case, form: str = "") -> Reply:
    """Ask for a case's picture."""
    headers = {"Cookie": accounts["stills_squad_leader"].cookies}
    return ask(street.ports["PORT"], "GET", f"/api/stills/{camera_of(case)}{form}", headers)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_picture_is_drawn_anew_or_is_not_there(case: Case, street: Stack, accounts: Accounts, stored: None) -> None:
    """Pixels only: no place, no comment, no thumbnail, nothing behind it; what cannot be drawn does not exist."""
    reply = look(street, accounts, case)

    assert reply.status == case["expected"]["coarse"], reply.text[:200]
    if reply.status != 200:
        return
    assert reply.header("content-type") == "image/jpeg"
    assert reply.header("x-content-type-options") == "nosniff"
    with Image.open(io.BytesIO(reply.body)) as picture:
        assert not picture.getexif()
        assert "comment" not in picture.info
        assert "icc_profile" not in picture.info
        assert max(picture.size) <= 640
    for left in (MARKER, EICAR, b"<script", b"window.__x", b"PK\x03\x04"):
        assert left not in reply.body


@pytest.mark.parametrize("case", [case for case in CASES if case["row"] in {"B88", "B89"}][:3], ids=named)
def test_a_sharp_picture_needs_a_reveal_and_is_pixels_too(
    case: Case, street: Stack, accounts: Accounts, stored: None
) -> None:
    """Without one it is not there; with one it is, and nothing of the original but its pixels."""
    account = accounts["stills_squad_leader"]
    before = look(street, accounts, case, "/sharp")

    headers = {"Cookie": account.cookies, "X-CSRFToken": account.session.csrf, "Content-Type": "application/json"}
    body = f'{{"kind": "still", "id": "{camera_of(case)}", "reason": "核对现场情况"}}'.encode()
    revealed = ask(street.ports["PORT"], "POST", "/api/reveals", headers, body)
    after = look(street, accounts, case, "/sharp")

    assert before.status == 404
    assert revealed.status in {200, 201}, revealed.text
    assert after.status == 200
    assert MARKER not in after.body
    assert not Image.open(io.BytesIO(after.body)).getexif()
