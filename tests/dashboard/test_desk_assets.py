"""The assets page: what is listed for whom, and what waits in each of its views."""

from dataclasses import replace

from dashboard.desk_assets import filtered, page
from dashboard.desk_view import viewer_at
from layouts.desk.addresses import ASSETS
from street.alarms import Alarm, AlarmState
from street.assets import Asset
from street.clock import now_us
from street.inspections import today
from street.people import Role
from street.readings import Flag
from street.rules.causes import GATEWAY, SILENT
from tests.dashboard.conftest import COMMUNITY, METER, SUBDISTRICT, Written, until
from tests.dashboard.desk_office import Desk, asked_by, said

ELSEWHERE = "370202007002"


def an_alarm(alarm_id: str, asset_id: str, rule_id: str, state: AlarmState = AlarmState.ACTIVE) -> Alarm:
    """Return an alarm of now."""
    return Alarm(
        alarm_id=alarm_id, asset_id=asset_id, rule_id=rule_id, quantity="", severity=3, state=state, value=None,
        raised_us=now_us(),
    )  # fmt: skip


def shown_to(street: Written, role: Role, area_id: str, query: str = "") -> str:
    """Return what the page says to somebody."""
    desk = Desk(street)
    with asked_by(street.sign_in(role, area_id)):
        return said(page(desk.office, viewer_at(desk.office, ASSETS, query), desk.areas))


def test_the_list_holds_only_what_lies_in_ones_areas(street: Written) -> None:
    """What lies nowhere in particular is the subdistrict's."""
    inside = shown_to(street, Role.OFFICER, COMMUNITY)
    outside = shown_to(street, Role.OFFICER, ELSEWHERE)
    whole = shown_to(street, Role.ADMIN, SUBDISTRICT)

    assert ("NM-01" in inside, "WX-01" in inside) == (True, False)
    assert ("NM-01" in outside, "WX-01" in outside) == (False, False)
    assert ("NM-01" in whole, "WX-01" in whole) == (True, True)


def test_an_asset_of_elsewhere_looks_like_none_and_the_asking_is_audited(street: Written) -> None:
    """Guessing an id must show no more than the list does."""
    desk = Desk(street)
    desk.office.refusals.start()

    with asked_by(street.sign_in(Role.OFFICER, ELSEWHERE)):
        forbidden = said(page(desk.office, viewer_at(desk.office, ASSETS, "?asset=NM-01"), desk.areas))
        unknown = said(page(desk.office, viewer_at(desk.office, ASSETS, "?asset=NM-99"), desk.areas))

    assert forbidden == unknown
    until(lambda: any(action == "see_assets" for action, *_ in desk.actions()), "the refusal is in the audit")
    desk.close()


def test_a_panel_tells_each_value_with_its_age(street: Written) -> None:
    """And that a value which cannot be true is none."""
    street.read(21.5)
    street.read(327.67, "humidity", flags=int(Flag.IMPLAUSIBLE))

    shown = shown_to(street, Role.ADMIN, SUBDISTRICT, "?asset=WX-01")

    assert "温度|21.5 °C" in shown
    assert "不可信" in shown
    assert "60 秒" in shown


def test_states_can_be_asked_for(street: Written) -> None:
    """One that was just heard is online; one that never was is unknown."""
    street.read(21.5)

    online = shown_to(street, Role.ADMIN, SUBDISTRICT, "?state=online")
    unknown = shown_to(street, Role.ADMIN, SUBDISTRICT, "?state=unknown")

    assert ("WX-01" in online, "NM-01" in online) == (True, False)
    assert ("WX-01" in unknown, "NM-01" in unknown) == (False, True)


def test_a_long_list_is_paged_on_the_server(street: Written) -> None:
    """Forty a page, the last one short; a page that is none is the last."""
    street.store.register_assets(
        [Asset(asset_id=f"SL-{number:04}", kind="streetlight", name="lamp") for number in range(100)]
    )

    first, last, beyond = (
        shown_to(street, Role.ADMIN, SUBDISTRICT, f"?kind=streetlight&page={page}") for page in (1, 3, 999)
    )

    assert first.count("SL-") == 40
    assert last.count("SL-") == 20
    assert beyond == last
    assert "100 条" in first


def test_names_are_shown_masked(street: Written) -> None:
    """A sensor in somebody's home may be called after them."""
    street.store.register_assets([Asset(asset_id="EL-1", kind="elder_home", name="13812345678")])

    shown = shown_to(street, Role.ADMIN, SUBDISTRICT, "?asset=EL-1")

    assert "138****5678" in shown
    assert "13812345678" not in shown


def test_what_waits_is_counted_and_shown(street: Written) -> None:
    """Inspections, faults and causes, each in its view, with the filters on top of them."""
    due = replace(METER, inspection_due=today(now_us()), inspection_days=30)
    street.store.register_assets([due])
    batch = street.writer.begin(now_us())
    batch.set_rule_state("WX-01", "fault:stuck:humidity", now_us())
    batch.raise_alarm(an_alarm("r-1", "GW-9", GATEWAY))
    batch.commit()

    views = {view: shown_to(street, Role.ADMIN, SUBDISTRICT, f"?view={view}") for view in ("due", "faults", "causes")}
    filtered_away = shown_to(street, Role.ADMIN, SUBDISTRICT, "?view=due&kind=weather_station")

    assert all("待检查|1|传感器故障|1|根因告警|1" in shown for shown in views.values())
    assert "school gate|NM-01" in views["due"]
    assert "湿度|读数不变" in views["faults"]
    assert "GW-9" in views["causes"]
    assert "待检查|0" in filtered_away


def test_a_root_lists_whom_it_took_along_as_far_as_one_may_see(street: Written) -> None:
    """An officer of another community is told neither of the gateway nor of whom it took."""
    meter = replace(METER, gateway_id="GW-1")
    street.store.register_assets([meter, Asset(asset_id="GW-1", kind="gateway", name="roof", community_id=COMMUNITY)])
    batch = street.writer.begin(now_us())
    batch.raise_alarm(an_alarm("r-1", "GW-1", GATEWAY))
    batch.raise_alarm(an_alarm("r-2", "NM-01", SILENT, AlarmState.SUPPRESSED))
    batch.commit()

    here, away = (shown_to(street, Role.OFFICER, area, "?view=causes") for area in (COMMUNITY, ELSEWHERE))
    panel = shown_to(street, Role.OFFICER, COMMUNITY, "?asset=GW-1")

    assert "牵连 1 个部件的告警" in here
    assert "school gate|NM-01" in here
    assert "GW-1" not in away
    assert "由它引起的告警（1）|NM-01" in panel


def test_importing_is_the_keepers(street: Written) -> None:
    """Whoever types its address sees the list."""
    assert "选择文件" in shown_to(street, Role.ADMIN, SUBDISTRICT, "?import=1")
    assert "选择文件" not in shown_to(street, Role.LEADER, SUBDISTRICT, "?import=1")


def test_what_was_just_done_is_told_once(street: Written) -> None:
    """No link on the page carries it on."""
    desk = Desk(street)
    with asked_by(street.sign_in(Role.ADMIN, SUBDISTRICT)):
        shown = page(desk.office, viewer_at(desk.office, ASSETS, "?asset=NM-01&done=saved"), desk.areas)

    assert "已保存。" in said(shown)
    assert "done=" not in str(shown)


def test_filters_lead_to_their_address() -> None:
    """On the first page of the list."""
    assert filtered("lamp", "streetlight", None, "offline", "?page=3") == "?q=lamp&kind=streetlight&state=offline"
