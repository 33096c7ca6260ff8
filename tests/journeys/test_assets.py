"""Assets and newcomers in a browser, over a street with content: what is decided is done by ingest's own hands."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.__main__ import listening, server_of
from dashboard.app import create_app
from ingest.decode import Message
from ingest.filing import Item
from ingest.service import Parts, decoder_of
from street.alarms import Alarm, AlarmState
from street.assets import Asset
from street.clock import MINUTE_US, SECOND_US, now_us
from street.config import Config
from street.config.sections import IngestConfig, PeopleConfig, StoreConfig
from street.inspections import next_due, today
from street.keys import load_keys
from street.labels import page_address, qr_code
from street.people import Actor, Grant, Person, Role
from street.store import Store, open_store
from tests.journeys import checks
from tests.journeys.conftest import NO_GL, Browsers, Opened, Seen
from tests.journeys.stack import until

BY = Actor.system("journey")
SUBDISTRICT, COMMUNITY = "370202007", "370202007001"
SIZES = [(1440, 900), (1280, 800)]
HOSTILE = '<img src=x onerror="document.title=1">'
TURNING = "a\u202egnp.exe"
LAMPS = [
    Asset(
        asset_id=f"SL-{number}", kind="streetlight", name=f"路灯{number}", community_id=COMMUNITY, gateway_id="GW-1",
        interval_s=60, lon=120.3282, lat=36.0722,
    )
    for number in range(1, 4)
]  # fmt: skip
TREE = Asset(
    asset_id="TR-1", kind="tree_tilt", name="古槐", community_id=COMMUNITY, inspection_days=30, interval_s=3600
)


@dataclass
class Street:
    """A dashboard over a store with content, and ingest's hands beside it."""

    config: Config
    store: Store
    parts: Parts
    url: str
    browsers: Browsers

    def say(self, topic: str, body: object, ago_us: int = 0) -> None:
        """Have ingest file one message, which came so long ago."""
        at_us = now_us() - ago_us
        message = Message(topic, json.dumps(body, ensure_ascii=False).encode(), False, at_us)
        dialect, decoded = decoder_of(self.config).decode(message)
        self.parts.filing.file([Item(message, dialect, decoded)], now_us())

    def asset(self, asset_id: str) -> Asset | None:
        """Return what is registered."""
        with closing(self.store.reader()) as reader:
            return reader.asset(asset_id)

    def values(self, asset_id: str) -> list[float | None]:
        """Return the readings of one asset, oldest first."""
        with closing(self.store.reader()) as reader:
            own = {series for series, (asset, _, _) in reader.series().items() if asset == asset_id}
            live = {row.series_id: row for row in reader.latest()}
            return [live[series].value for series in sorted(own) if series in live]

    def number_of(self, device_id: str) -> int:
        """Return which newcomer a device is."""
        return next(it.newcomer_id for it in self.store.newcomers().all() if it.device_id == device_id)

    def see(self, path: str, role: Role = Role.ADMIN, size: tuple[int, int] = SIZES[1]) -> Opened:
        """Open a page as somebody of this role."""
        login = f"{role}-{len(self.store.people().all())}"
        person = Person(person_id="", login=login, name="陈静", grants=(Grant(role, SUBDISTRICT),))
        person = self.store.people().add(person, password_hash=None, by=BY)
        token, session = self.store.sessions().begin(
            person.person_id, kind="person", address="127.0.0.1", name="Chromium", by=BY
        )
        context = self.browsers(NO_GL).new_context(
            viewport={"width": size[0], "height": size[1]}, accept_downloads=True
        )
        cookies = {"sid": token, "_csrf_token": session.csrf}
        context.add_cookies([{"name": name, "value": it, "url": self.url} for name, it in cookies.items()])
        page, seen = context.new_page(), Seen()
        seen.watch(page)
        page.goto(self.url + path)
        page.wait_for_selector("main :is(h1, .nothing)")
        return page, seen


def fill(street: Street) -> None:
    """Let a street be: lamps of which one has a dead channel and a wrong clock, a gateway that is gone, strangers."""
    street.say("street/SL-1/telemetry", {"power": 40, "voltage": 230}, 5 * MINUTE_US)
    street.say("street/SL-1/telemetry", {"power": 41, "battery": 9}, SECOND_US)
    street.say("street/SL-2/telemetry", {"power": 40}, 20 * MINUTE_US)
    for ago_us in (3 * MINUTE_US, MINUTE_US):
        street.say("zigbee2mqtt/0x1", {"temperature": 20.0 + ago_us / MINUTE_US, "humidity": 40}, ago_us)
    street.say("zigbee2mqtt/lamp-new", {"power": 38.5, "state": "ON"})
    street.say(f"zigbee2mqtt/{HOSTILE.replace('/', '')}", {"smoke": False, "note": "call 13812345678"})
    street.say(f"zigbee2mqtt/{TURNING}", {"smoke": True})
    batch = street.parts.writer.begin(now_us())
    at_us = now_us() - 10 * MINUTE_US
    batch.set_rule_state("SL-1", "fault:clock:", at_us)
    batch.set_rule_state("SL-2", "fault:stuck:power", at_us)
    for asset_id, rule_id, state in (
        ("GW-1", "gateway-silent", AlarmState.ACTIVE), ("SL-2", "silent", AlarmState.SUPPRESSED),
        ("SL-3", "silent", AlarmState.SUPPRESSED),
    ):  # fmt: skip
        batch.raise_alarm(
            Alarm(
                alarm_id=asset_id, asset_id=asset_id, rule_id=rule_id, quantity="", severity=4, state=state, value=None,
                raised_us=at_us,
            )
        )  # fmt: skip
    batch.commit()
    street.parts.refresh()


@pytest.fixture
def street(tmp_path: Path, browsers: Browsers) -> Iterator[Street]:
    """A street with content of its own for each test."""
    config = Config(
        store=StoreConfig(url=f"sqlite:///{tmp_path / 'street.db'}"),
        people=PeopleConfig(keys_file=tmp_path / "keys.json", sessions_each=50),
        ingest=IngestConfig(unknown_devices="wait"),
    )
    key = load_keys(config.people.keys_file).audit
    store = open_store(config.store.url, now_us=now_us, audit_key=key, session_limits=config.people)
    gateway = Asset(asset_id="GW-1", kind="gateway", name="屋顶网关", community_id=COMMUNITY, interval_s=60)
    store.register_assets([*LAMPS, replace(TREE, inspection_due=today(now_us())), gateway])
    made_by = open_store(config.store.url, now_us=now_us)
    server = server_of(create_app(config, now_us=now_us))
    listener = listening("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    until(lambda: server.started, "the dashboard is served")
    made = Street(config, store, Parts(config, made_by), f"http://127.0.0.1:{listener.getsockname()[1]}", browsers)
    fill(made)
    yield made
    server.should_exit = True
    thread.join(30)
    made.parts.close()
    store.close()


def clean(page: Page, seen: Seen) -> None:
    """Assert that the page is whole: silent, at home, nothing sideways, small or faint."""
    assert seen.errors == []
    assert seen.failures == []
    assert len(seen.hosts) == 1
    assert checks.ask(page, "scrolls") == []
    assert checks.ask(page, "faintTexts") == []
    assert checks.ask(page, "smallTexts", 14) == []
    assert page.title() != "1"


@pytest.mark.parametrize(("size", "lang"), [(SIZES[0], "zh"), (SIZES[1], "en")], ids=["1440 zh", "1280 en"])
def test_every_view_is_whole_in_both_sizes_and_languages(street: Street, size: tuple[int, int], lang: str) -> None:
    """With what each has to show: states and reasons, inspections, faults, causes, the panel, the form, strangers."""
    number = street.number_of(HOSTILE.replace("/", ""))
    page, seen = street.see(f"/system/assets?lang={lang}", size=size)
    degraded = {"zh": ("异常", "时钟错误", "电量低", "部分监测项无数据"), "en": ("Degraded", "wrong clock")}[lang]
    for word in degraded:
        expect(page.locator("table.assets tr", has_text="SL-1")).to_contain_text(word)
    clean(page, seen)

    for path, shown in (
        ("/desk/assets?view=due", "TR-1"), ("/desk/assets?view=faults", "SL-2"), ("/desk/assets?view=causes", "SL-3"),
        ("/desk/assets?asset=GW-1", "SL-2"), ("/desk/assets?asset=SL-1&edit=1", "SL-1"),
        ("/desk/assets?import=1", "GeoJSON"), ("/system/newcomers", "lamp-new"),
        (f"/desk/newcomers?newcomer={number}", "138****5678"),
    ):  # fmt: skip
        page.goto(f"{street.url}{path}{'&' if '?' in path else '?'}lang={lang}")
        expect(page.locator("main")).to_contain_text(shown)
        clean(page, seen)
    assert page.locator("main img").count() == 0
    assert TURNING not in page.content()
    page.context.close()


def test_a_stranger_is_registered_in_three_taps_and_what_it_said_is_history(street: Street) -> None:
    """Open, see what it is taken for, press; the sentence stays, and the asset has its past."""
    page, seen = street.see("/desk/newcomers")

    page.get_by_role("link", name="0x1").click()
    expect(page.locator(".panel")).to_contain_text("温度 21 °C · 湿度 40 %")
    page.locator("#newcomer-accept").click()
    expect(page.locator(".done")).to_contain_text("已登记为 0x1，等待期间的消息将补录。")
    expect(page.locator("table.strangers")).not_to_contain_text("0x1")
    street.parts.refresh()
    page.get_by_text("打开该部件").click()
    expect(page.locator(".values")).to_contain_text("21 °C")

    asset = street.asset("0x1")
    assert asset is not None
    assert (asset.kind, asset.dialect, asset.device_id) == ("weather_station", "zigbee2mqtt", "0x1")
    assert street.values("0x1") == [21.0, 40.0]
    assert "0x1" not in {it.device_id for it in street.store.newcomers().all()}
    assert [it.entry.action for it in street.store.audit().find(action="newcomer.")] == ["newcomer.accept"]
    clean(page, seen)
    page.context.close()


def test_a_stranger_takes_over_a_lamp_whose_device_was_replaced(street: Street) -> None:
    """A wrong id is told, and the right one leads on; what it said is the lamp's."""
    page, seen = street.see("/desk/newcomers")

    page.get_by_role("link", name="lamp-new").click()
    page.fill("#newcomer-asset", "SL-99")
    page.click("#newcomer-map")
    expect(page.locator("#newcomer-said")).to_contain_text("没有这个部件")
    page.fill("#newcomer-asset", "SL-3")
    page.click("#newcomer-map")
    expect(page.locator(".done")).to_contain_text("已对应到 SL-3，等待期间的消息将补录。")
    street.parts.refresh()

    asset = street.asset("SL-3")
    assert asset is not None
    assert (asset.name, asset.dialect, asset.device_id) == ("路灯3", "zigbee2mqtt", "lamp-new")
    assert 38.5 in street.values("SL-3")
    clean(page, seen)
    page.context.close()


def test_what_was_ignored_by_mistake_is_recalled(street: Street) -> None:
    """Both say what they did; nothing that waits is lost. A second keeper is told that it is settled."""
    number = street.number_of("lamp-new")
    page, seen = street.see(f"/desk/newcomers?newcomer={number}")
    other, _ = street.see(f"/desk/newcomers?newcomer={number}")

    page.click("#newcomer-ignore")
    expect(page.locator(".done")).to_contain_text("已忽略，消息保留，可以恢复。")
    expect(page.locator("table.strangers")).not_to_contain_text("lamp-new")
    page.click("#newcomer-recall")
    expect(page.locator(".done")).to_contain_text("已恢复等待。")
    expect(page.locator("table.strangers")).to_contain_text("lamp-new")
    page.fill("#newcomer-id", "SL-9")
    page.click("#newcomer-accept")
    expect(page.locator(".done")).to_contain_text("已登记为 SL-9")
    other.click("#newcomer-ignore")
    expect(other.locator("#newcomer-said")).to_contain_text("该设备已被他人处理或已离开。")

    actions = [it.entry.action for it in street.store.audit().find(action="newcomer.")]
    assert actions == ["newcomer.accept", "newcomer.recall", "newcomer.ignore"]
    clean(page, seen)
    page.context.close()
    other.context.close()


def test_an_asset_is_edited_on_its_page(street: Street) -> None:
    """What cannot be taken is told by its field; what can is stored, told, and in the list at once."""
    page, seen = street.see("/desk/assets?asset=SL-1")

    page.get_by_role("link", name="编辑").click()
    page.fill("#asset-field-name", "校门口路灯")
    page.fill("#asset-field-gateway_id", "GW-99")
    page.click("#asset-save")
    expect(page.locator("#asset-form-said")).to_contain_text("所属网关 无法识别 · GW-99")
    page.fill("#asset-field-gateway_id", "GW-1")
    page.fill("#asset-field-quantity_ranges", "power=0..90")
    page.click("#asset-save")
    expect(page.locator("#asset-said")).to_contain_text("已保存。")
    expect(page.locator("table.assets")).to_contain_text("校门口路灯")

    asset = street.asset("SL-1")
    assert asset == replace(LAMPS[0], name="校门口路灯", ranges={"power": (0.0, 90.0)}, source_datum=asset.source_datum)
    assert [it.entry.action for it in street.store.audit().find(action="assets.")] == ["assets.change"]
    clean(page, seen)
    page.context.close()


def test_an_inspection_is_noted_and_leaves_the_list(street: Street) -> None:
    """From the worklist to the asset, one press."""
    page, seen = street.see("/desk/assets?view=due")

    page.get_by_role("link", name="古槐").click()
    page.click("#asset-inspected")
    expect(page.locator("#asset-said")).to_contain_text("已记下今天的检查")

    asset = street.asset("TR-1")
    assert asset is not None
    assert asset.inspection_due == next_due(TREE, today(now_us()))
    clean(page, seen)
    page.context.close()


def test_a_list_is_checked_first_and_then_taken_in(street: Street, tmp_path: Path) -> None:
    """Wrong: told by row and column, nothing written. Right: what would change, and only then it does."""
    head = "编号,类型,名称,社区代码,所属网关\n"
    (tmp_path / "wrong.csv").write_text(head + f"B-1,垃圾桶,{HOSTILE},{COMMUNITY},GW-99\n", encoding="gbk")
    right = head + f"B-1,垃圾桶,东门垃圾桶,{COMMUNITY},GW-1\nSL-2,路灯,二号路灯,{COMMUNITY},GW-1\n"
    (tmp_path / "right.csv").write_text(right, encoding="gbk")
    page, seen = street.see("/desk/assets")

    page.get_by_role("link", name="导入").click()
    choose_file(page, tmp_path / "wrong.csv")
    expect(page.locator("#import-checked")).to_contain_text("所属网关无法识别 · GW-99")
    expect(page.locator("#import-go")).to_be_disabled()
    choose_file(page, tmp_path / "right.csv")
    expect(page.locator("#import-checked")).to_contain_text("新增 1、更改 1、不变 0，可以导入")
    expect(page.locator("#import-checked")).to_contain_text("东门垃圾桶新增")
    assert street.asset("B-1") is None
    page.click("#import-go")
    expect(page.locator("#import-done")).to_contain_text("已导入：新增 1、更改 1、不变 0")
    page.get_by_role("link", name="关闭").click()
    expect(page.locator("table.assets")).to_contain_text("东门垃圾桶")

    asset = street.asset("B-1")
    assert asset is not None
    assert (asset.kind, asset.gateway_id) == ("waste_bin", "GW-1")
    clean(page, seen)
    page.context.close()


def choose_file(page: Page, path: Path) -> None:
    """Choose a file as a hand would."""
    with page.expect_file_chooser() as chooser:
        page.click("#import-choose")
    chooser.value.set_files(path)


def test_what_the_filters_show_leaves_as_a_file_and_labels_lead_back(street: Street) -> None:
    """From the menu: the list, and a sheet to print, whose codes open each asset's panel."""
    page, seen = street.see("/desk/assets?kind=streetlight", Role.OFFICER)

    page.locator(".menu summary").click()
    with page.expect_download() as listed:
        page.get_by_role("link", name="CSV").click()
    with page.expect_download() as printed:
        page.get_by_role("link", name="二维码标签").click()
    text = Path(listed.value.path()).read_text(encoding="utf-8-sig")
    labels = Path(printed.value.path()).read_text(encoding="utf-8")
    address = page_address(street.url, "SL-2")
    page.goto(address)

    assert [line.split(",")[1] for line in text.splitlines()[1:]] == ['"SL-1"', '"SL-2"', '"SL-3"']
    assert qr_code(address) in labels
    assert labels.count("<article>") == 3
    expect(page.locator(".panel h2")).to_have_text("路灯2")
    assert page.locator("#asset-inspected").count() == 0
    clean(page, seen)
    page.context.close()
