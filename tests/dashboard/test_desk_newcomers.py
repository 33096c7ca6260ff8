"""The newcomers page: what waits is shown as text, and what its keeper decides is done and audited."""

import pytest
from dash import no_update

from dashboard.desk_newcomers import Typed, decide, done_of, filtered, free_id, line_of, page
from dashboard.desk_view import viewer_at
from ingest.newcomers import look
from layouts import ids
from layouts.desk.addresses import NEWCOMERS, query_of
from street.clock import now_us
from street.people import Role
from street.scenarios import load_scenarios
from street.store import Arrival, NewcomerState, WaitingMessage
from tests.dashboard.conftest import COMMUNITY, TESTER, Written
from tests.dashboard.desk_office import Desk, asked_by, ids_of, said

HOSTILE = "<img src=x onerror=alert(1)>"
NOTHING_TYPED = Typed()
PAYLOAD = b'{"temperature": 21.5, "humidity": 40, "linkquality": 90}'


def let_wait(street: Written, device_id: str = "0x1", payload: bytes = PAYLOAD) -> int:
    """Let one device wait, as ingest does; return its number."""
    batch = street.writer.begin(now_us())
    message = WaitingMessage(now_us(), f"zigbee2mqtt/{device_id}", payload, retain=False)
    batch.keep_waiting(Arrival("zigbee2mqtt", device_id, message))
    batch.commit()
    look(street.store.newcomers(), load_scenarios(), {})
    return next(it.newcomer_id for it in street.store.newcomers().all() if it.device_id == device_id)


def state_of(street: Written, number: int) -> NewcomerState | None:
    """Return what was decided."""
    found = street.store.newcomers().get(number)
    return found and found.state


def did(desk: Desk, deed: str, number: object, typed: Typed = NOTHING_TYPED) -> tuple[str, object]:
    """Press one of the panel's buttons; return what is said, and where it leads."""
    told, search = decide(desk.office, viewer_at(desk.office, NEWCOMERS, ""), deed, {"newcomer_id": number}, typed)
    return "" if told is no_update else said(told), search


def test_an_admin_registers_a_newcomer_and_the_audit_says_so(street: Written) -> None:
    """In the place that was chosen, spoken for by its own device."""
    desk, number = Desk(street), let_wait(street)
    typed = Typed("AQ-9", "校门口", "weather_station", COMMUNITY)

    with asked_by(street.sign_in(Role.ADMIN)):
        told, search = did(desk, ids.NEWCOMER_ACCEPT, number, typed)

    with desk.office.reader() as reader:
        asset = reader.asset("AQ-9")
    assert asset is not None
    assert (asset.name, asset.community_id, asset.dialect, asset.device_id) == (
        "校门口",
        COMMUNITY,
        "zigbee2mqtt",
        "0x1",
    )
    assert (told, search) == ("", "?done=accept&onto=AQ-9")
    newest = street.store.audit().find(limit=1)[0].entry
    assert (newest.action, newest.object, newest.before) == ("newcomer.accept", f"newcomer/{number}", "waiting")
    assert '"asset_id":"AQ-9"' in newest.after


def test_a_newcomer_is_mapped_onto_a_registered_asset(street: Written) -> None:
    """The device was replaced, the noise meter stays."""
    desk, number = Desk(street), let_wait(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        nowhere, _ = did(desk, ids.NEWCOMER_MAP, number, Typed(onto="NM-99"))
        told, _ = did(desk, ids.NEWCOMER_MAP, number, Typed(onto="NM-01"))

    with desk.office.reader() as reader:
        asset = reader.asset("NM-01")
    assert asset is not None
    assert (asset.name, asset.device_id) == ("school gate", "0x1")
    assert "没有这个部件" in nowhere
    assert told == ""
    assert [action for action, *_ in desk.actions()].count("newcomer.map") == 1


def test_what_was_ignored_can_be_recalled(street: Written) -> None:
    """Nothing that waits is lost by it, and both are audited."""
    desk, number = Desk(street), let_wait(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        did(desk, ids.NEWCOMER_IGNORE, number)
        ignored = state_of(street, number)
        did(desk, ids.NEWCOMER_RECALL, number)

    assert ignored is NewcomerState.IGNORED
    assert state_of(street, number) is NewcomerState.WAITING
    assert [action for action, *_ in desk.actions()][:2] == ["newcomer.recall", "newcomer.ignore"]


@pytest.mark.parametrize("deed", [ids.NEWCOMER_ACCEPT, ids.NEWCOMER_MAP, ids.NEWCOMER_IGNORE, ids.NEWCOMER_RECALL])
@pytest.mark.parametrize("role", [Role.SQUAD_LEADER, Role.OPERATOR, Role.AUDITOR])
def test_nobody_but_the_keeper_decides(street: Written, role: Role, deed: str) -> None:
    """Whatever the browser sends; the store stays as it was."""
    desk, number = Desk(street), let_wait(street)

    with asked_by(street.sign_in(role)):
        told, search = did(desk, deed, number, Typed("AQ-9", "x", "weather_station", COMMUNITY, "NM-01"))

    assert "没有这个对象" in told
    assert search is no_update
    assert state_of(street, number) is NewcomerState.WAITING


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param(Typed("WX-01", "x", "weather_station"), "该编号已被使用", id="an id that is taken"),
        pytest.param(Typed("AQ-9", "", "weather_station"), "名称| 必填", id="no name"),
        pytest.param(Typed("", "x", "weather_station"), "编号| 必填", id="no id"),
        pytest.param(Typed("a b/c", "x", "weather_station"), "编号| 编号须为", id="an id that is none"),
        pytest.param(Typed("AQ-9", "x", "dragon"), "类型| 无法识别 · dragon", id="no such kind"),
        pytest.param(Typed({"a": 1}, 3, [], None, 1e308), "未保存，请更正", id="no texts at all"),
        pytest.param(Typed("AQ-9", "a\u202eb", "weather_station"), "含不能使用的字符", id="a name that turns"),
    ],
)
def test_a_form_that_cannot_be_taken_says_which_field(street: Written, typed: Typed, sentence: str) -> None:
    """And the newcomer waits on."""
    desk, number = Desk(street), let_wait(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        told, search = did(desk, ids.NEWCOMER_ACCEPT, number, typed)

    assert sentence in told
    assert search is no_update
    assert state_of(street, number) is NewcomerState.WAITING
    assert "newcomer.accept" not in [action for action, *_ in desk.actions()]


@pytest.mark.parametrize("number", [None, True, -1, 99, 2**80, "1", {"a": 1}, 1.0])
def test_a_forged_newcomer_is_gone(street: Written, number: object) -> None:
    """Any value may come."""
    let_wait(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        told, search = did(Desk(street), ids.NEWCOMER_IGNORE, number)

    assert "已被他人处理" in told
    assert search is no_update


def test_the_slower_of_two_keepers_is_told(street: Written) -> None:
    """What the first one did stays."""
    desk, number = Desk(street), let_wait(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        did(desk, ids.NEWCOMER_MAP, number, Typed(onto="NM-01"))
        told, _ = did(desk, ids.NEWCOMER_IGNORE, number)

    assert "已被他人处理" in told
    assert state_of(street, number) is NewcomerState.SETTLED


def test_the_panel_shows_what_it_says_and_what_it_is_taken_for(street: Written) -> None:
    """Name and payload as they are, as text; the suggestion stands in the form already."""
    desk, number = Desk(street), let_wait(street, HOSTILE)

    with asked_by(street.sign_in(Role.ADMIN)):
        shown = page(desk.office, viewer_at(desk.office, NEWCOMERS, f"?newcomer={number}"), desk.areas)

    assert HOSTILE in said(shown)
    assert PAYLOAD.decode() in said(shown)
    assert "温度 21.5 °C" in said(shown)
    assert {ids.NEWCOMER_ACCEPT, ids.NEWCOMER_MAP, ids.NEWCOMER_IGNORE} <= ids_of(shown)


def test_what_an_address_claims_is_told_only_where_it_is_so(street: Written) -> None:
    """An address can be made by anybody: a link must not tell a keeper of what nobody did."""
    desk, number = Desk(street), let_wait(street)
    street.store.newcomers().ignore(number, by=TESTER)

    told = [
        done_of(desk.office, query_of(search))
        for search in (
            f"?done=ignore&newcomer={number}", f"?done=recall&newcomer={number}", "?done=ignore&newcomer=99",
            "?done=accept&onto=NM-01", "?done=accept&onto=NM-99", "?done=accept", "?done=../x", "",
        )
    ]  # fmt: skip

    assert [one and (one.deed, one.asset_id) for one in told] == [
        ("ignore", ""), None, None, ("accept", "NM-01"), None, None, None, None,
    ]  # fmt: skip


def test_what_was_done_is_said_on_the_page_that_follows(street: Written) -> None:
    """The panel is gone by then, and no link keeps the sentence."""
    desk, number = Desk(street), let_wait(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        _, search = did(desk, ids.NEWCOMER_ACCEPT, number, Typed("AQ-9", "校门口", "weather_station", COMMUNITY))
        shown = page(desk.office, viewer_at(desk.office, NEWCOMERS, search), desk.areas)
        _, ignored = did(desk, ids.NEWCOMER_IGNORE, let_wait(street, "0x2"))

    assert "已登记为 AQ-9，等待期间的消息将补录。" in said(shown)
    assert "done=" not in str(shown)
    assert ignored == "?done=ignore"


def test_personal_numbers_in_a_message_are_covered(street: Written) -> None:
    """A stranger's message may hold anything; the keeper needs its form, not somebody's number."""
    desk, number = Desk(street), let_wait(street, payload=b'{"temperature": 21.5, "note": "call 13812345678"}')

    with asked_by(street.sign_in(Role.ADMIN)):
        shown = said(page(desk.office, viewer_at(desk.office, NEWCOMERS, f"?newcomer={number}"), desk.areas))

    assert "138****5678" in shown
    assert "13812345678" not in shown


@pytest.mark.parametrize("asked", ["99", "x", "9" * 40, "١"])
def test_a_newcomer_that_is_gone_says_so(street: Written, asked: str) -> None:
    """An address may outlive what it names."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        shown = page(desk.office, viewer_at(desk.office, NEWCOMERS, f"?newcomer={asked}"), desk.areas)

    assert "已被他人处理或已离开" in said(shown)


def test_the_list_is_of_those_who_wait_unless_asked_otherwise(street: Written) -> None:
    """By state and by name."""
    desk = Desk(street)
    let_wait(street, "lamp-7")
    street.store.newcomers().ignore(let_wait(street, "bin-3"), by=TESTER)

    with asked_by(street.sign_in(Role.ADMIN)):
        lists = [
            said(page(desk.office, viewer_at(desk.office, NEWCOMERS, query), desk.areas))
            for query in ("", "?state=ignored", "?q=LAMP", "?q=nothing", "?state=nonsense")
        ]

    assert [("lamp-7" in text, "bin-3" in text) for text in lists] == [
        (True, False), (False, True), (True, False), (False, False), (True, False),
    ]  # fmt: skip
    assert "没有符合条件的设备" in lists[3]


@pytest.mark.parametrize(
    ("device_id", "asset_id"),
    [("0x1", "0x1"), ("a b/c", "a-b-c"), (HOSTILE, "img-src-x-onerror-alert-1"), ("灯", ""), ("=cmd|x", "cmd-x")],
)
def test_an_id_is_made_of_the_devices_name(device_id: str, asset_id: str) -> None:
    """Only of what an id may hold."""
    assert free_id(device_id) == asset_id


def test_filters_lead_to_their_address() -> None:
    """On the first page of the list."""
    assert filtered("lamp", "ignored", "?page=3") == "?q=lamp&state=ignored"


def test_a_suggested_kind_has_its_name(street: Written) -> None:
    """In the viewer's language."""
    let_wait(street)
    (newcomer,) = street.store.newcomers().all()
    named = newcomer._replace(guesses={"dialect": "zigbee2mqtt", "kind": "weather_station"})

    assert line_of(named, "en").kind_name != line_of(named, "zh").kind_name
    assert line_of(newcomer._replace(guesses=None), "en").kind_name == ""
