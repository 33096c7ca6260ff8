"""The health page in a browser: what is heard, what was refused, and another try by the real ingest's own hands."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.__main__ import listening, server_of
from dashboard.app import create_app
from ingest.dead_letters import Replaying
from ingest.service import Parts, decoder_of
from street.assets import Asset
from street.clock import MINUTE_US, now_us
from street.config import Config
from street.config.sections import PeopleConfig, StoreConfig
from street.keys import load_keys
from street.people import Actor, Grant, Person, Role
from street.readings import DeadLetter, Reading
from street.store import Store, Writer, open_store
from tests.journeys import checks
from tests.journeys.conftest import NO_GL, Browsers, Opened, Seen
from tests.journeys.stack import until

BY = Actor.system("journey")
SIZES = [(1920, 1080), (1366, 768)]
HOSTILE = '<img src=x onerror="document.title=1">'
CALL = "call 13812345678"
PHONE_IN_HEX = "31 33 38 31 32 33 34 35 36 37 38"


@dataclass
class Health:
    """A dashboard over a store of its own, with the hands of ingest beside it."""

    config: Config
    store: Store
    writer: Writer
    url: str
    browsers: Browsers

    def beat(self) -> None:
        """Say that ingest lives and has its broker."""
        batch = self.writer.begin(now_us())
        batch.beat(now_us(), True, now_us() - 90 * MINUTE_US)
        batch.commit()

    def read(self, asset_id: str, quantity: str, value: float, ago_us: int = 0) -> None:
        """Commit one reading."""
        at_us = now_us() - ago_us
        batch = self.writer.begin(now_us())
        batch.add_readings([Reading(asset_id, quantity, at_us, at_us + 40_000, value, 0)])
        batch.commit()

    def refuse(self, topic: str, payload: bytes, code: str, *, field: str = "", dialect: str = "native") -> None:
        """Put one letter on the shelf."""
        batch = self.writer.begin(now_us())
        batch.add_dead_letter(DeadLetter(now_us(), dialect, topic, payload, code, "as it was refused", field))
        batch.commit()

    def see(self, role: Role, path: str, size: tuple[int, int] = SIZES[1]) -> Opened:
        """Open a page as somebody of this role."""
        login = f"{role}-{len(self.store.people().all())}"
        person = Person(person_id="", login=login, name="陈静", grants=(Grant(role, "370202007"),))
        person = self.store.people().add(person, password_hash=None, by=BY)
        token, session = self.store.sessions().begin(
            person.person_id, kind="person", address="127.0.0.1", name="Chromium", by=BY
        )
        context = self.browsers(NO_GL).new_context(viewport={"width": size[0], "height": size[1]})
        cookies = {"sid": token, "_csrf_token": session.csrf}
        context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies.items()])
        page, seen = context.new_page(), Seen()
        seen.watch(page)
        page.goto(self.url + path)
        page.wait_for_selector("main :is(h1, .nothing)")
        return page, seen


@pytest.fixture
def health(tmp_path: Path, browsers: Browsers) -> Iterator[Health]:
    """A street whose data is new: some assets are heard, some are late, one never was; letters of four reasons."""
    config = Config(
        store=StoreConfig(url=f"sqlite:///{tmp_path / 'street.db'}"),
        people=PeopleConfig(keys_file=tmp_path / "keys.json", sessions_each=50),
    )
    key = load_keys(config.people.keys_file).audit
    store = open_store(config.store.url, now_us=now_us, audit_key=key, session_limits=config.people)
    store.register_assets(
        [
            Asset(asset_id="WL-01", kind="water_level", name="WL-01", interval_s=120),
            Asset(asset_id="NM-01", kind="noise_meter", name="NM-01", gateway_id="GW-03", interval_s=30),
            Asset(asset_id="NM-02", kind="noise_meter", name="NM-02", gateway_id="GW-03", interval_s=30),
            Asset(
                asset_id="TTN-01", kind="waste_bin", name="TTN-01", dialect="ttn_v3", device_id="TTN-01", interval_s=900
            ),
            Asset(asset_id="ZB-01", kind="streetlight", name="ZB-01", dialect="zigbee2mqtt", device_id="ZB-01"),
            Asset(asset_id="WX-01", kind="weather_station", name="WX-01", interval_s=60),
        ]
    )
    server = server_of(create_app(config, now_us=now_us))
    listener = listening("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    until(lambda: server.started, "the dashboard is served")
    made = Health(config, store, store.writer(), f"http://127.0.0.1:{listener.getsockname()[1]}", browsers)
    made.beat()
    made.read("WL-01", "water_level", 0.04)
    made.read("NM-01", "noise_laeq", 51.5)
    made.read("NM-02", "noise_laeq", 50, ago_us=4 * MINUTE_US)
    made.read("TTN-01", "fill_level", 40, ago_us=50 * MINUTE_US)
    made.read("WX-01", "temperature", 9.5, ago_us=30 * MINUTE_US)
    for number in range(3):
        made.refuse("street/WL-01/telemetry", f'{{"water_level": 0.{number + 4}}}'.encode(), "store-rejected")
    made.refuse("v3/a/devices/x/up", b"\xff\xd8\xff\xe0 not text", "not-utf8", dialect="ttn_v3")
    made.refuse(f"street/{HOSTILE}/telemetry", HOSTILE.encode(), "not-json")
    made.refuse("street/WL-01/telemetry", f'{{"水位": "\u202e深 {CALL}"}}'.encode(), "type", field="水位\u202e")
    yield made
    server.should_exit = True
    thread.join(30)
    made.writer.close()
    store.close()


def clean(page: Page, seen: Seen) -> None:
    """Assert that the page is whole: silent, nothing sideways, small or faint."""
    assert seen.errors == []
    assert seen.failures == []
    assert checks.ask(page, "scrolls") == []
    assert checks.ask(page, "faintTexts") == []
    assert checks.ask(page, "smallTexts", 14) == []


@pytest.mark.parametrize(("size", "lang"), [(SIZES[0], "zh"), (SIZES[1], "en"), (SIZES[1], "zh")])
@pytest.mark.parametrize("group", ["", "&group=1"], ids=["list", "panel"])
def test_the_page_is_whole_in_both_sizes_and_languages(
    health: Health, size: tuple[int, int], lang: str, group: str
) -> None:
    """At the address that people are told; every state is a shape and a word."""
    health.beat()
    page, seen = health.see(Role.ADMIN, f"/system/health?lang={lang}{group}", size)

    expect(page.locator("h1")).to_have_text({"zh": "系统状态", "en": "System health"}[lang])
    states = page.locator("#health-feeds .mark").evaluate_all("marks => marks.map(it => it.dataset.state)")

    assert page.url.startswith(f"{health.url}/desk/health?")
    assert states == ["lost", "stale", "fresh", "fresh", "never"]
    assert all(page.locator(f'#health-feeds .mark[data-state="{state}"]').first.inner_text() for state in states)
    clean(page, seen)
    page.context.close()


def test_it_refreshes_by_itself_and_leaves_open_what_is_open(health: Health) -> None:
    """New letters and readings appear; the fold, the focus and the place in a list stay."""
    health.beat()
    page, seen = health.see(Role.OPERATOR, "/desk/health?group=3")
    first = page.locator("#health-true time").inner_text()
    ever = page.locator("#health-letters tr", has_text="not-json").locator("td:nth-child(4)")
    before = int(ever.inner_text())
    page.locator(".sample summary").first.click()
    page.locator("#health-letters a").nth(1).focus()

    health.beat()
    health.refuse("street/WL-01/telemetry", b"{", "not-json")
    health.read("WX-01", "temperature", 9.6)

    expect(ever).to_have_text(str(before + 1), timeout=12_000)
    expect(page.locator("#letters-now")).to_contain_text(str(before + 1))
    expect(page.locator("#health-feeds tr", has_text="气象").locator(".mark")).to_have_attribute("data-state", "fresh")
    assert page.locator("#health-true time").inner_text() > first
    assert page.locator(".sample[open]").count() == 0
    expect(page.locator("#health-letters a").nth(1)).to_be_focused()
    assert page.locator("#letters-replay").count() == 0
    clean(page, seen)
    page.context.close()


def test_a_page_that_hears_nothing_says_so(health: Health) -> None:
    """What is shown stays, and its age is told: an old page must not look new."""
    page, _ = health.see(Role.LEADER, "/desk/health")
    shown = page.locator("#health-feeds").inner_text()

    page.route("**/desk/health/now**", lambda route: route.abort())

    expect(page.locator("#health-true")).to_have_attribute("data-silence", "", timeout=3_000)
    silence = re.compile(r"已 \d+ 秒未更新")
    expect(page.locator("#health-true")).to_have_attribute("data-silence", silence, timeout=30_000)
    assert page.locator("#health-feeds").inner_text() == shown
    page.context.close()


def test_an_admin_has_letters_replayed_and_forgets_the_rest(health: Health) -> None:
    """Behind a fold that says what will be; worked off by ingest's own code; nobody's number is shown in any form."""
    health.beat()
    page, seen = health.see(Role.ADMIN, "/desk/health")
    page.locator("#health-letters a", has_text="数据库拒收").click()
    expect(page.locator(".fix")).to_contain_text("数据库恢复后重放")
    page.keyboard.press("Tab")
    page.locator("summary", has_text="重放这一组").focus()
    page.keyboard.press("Enter")
    page.locator("#letters-replay").press("Enter")
    expect(page.locator("#letters-replay-said")).to_contain_text("已请求重放 3 条")
    expect(page.locator("#letters-now")).to_contain_text("重放中：已试 0 / 3")
    parts = Parts(health.config, open_store(health.config.store.url, now_us=now_us))
    replaying = Replaying(parts.store.replays(), lambda: (decoder_of(health.config), parts.filing))
    while replaying.step():
        health.beat()
    parts.close()
    expect(page.locator("#letters-now")).to_contain_text("上次重放", timeout=12_000)
    expect(page.locator("#letters-now")).to_contain_text("入库 3 · 仍被拒 0")
    page.goto(f"{health.url}/desk/health?group=3")
    page.locator("summary", has_text="删除样本").click()
    page.locator("#letters-forget").click()
    expect(page.locator("#letters-forget-said")).to_contain_text("已删除")
    expect(page.locator(".panel")).to_contain_text("没有留存样本")

    done = [entry.entry.action for entry in health.store.audit().find(action="letters.")]
    assert done == ["letters.forget", "letters.replay"]
    clean(page, seen)
    page.context.close()


def test_what_a_message_says_is_text(health: Health) -> None:
    """Markup is shown, not made; a letter that turns the direction is an escape."""
    page, seen = health.see(Role.ADMIN, "/desk/health?group=4")

    expect(page.locator(".sample .text").first).to_contain_text("\\u202e")
    text = page.content()
    assert "138****5678" in text
    assert "13812345678" not in text
    assert PHONE_IN_HEX not in text
    assert page.locator(".panel img, #health-letters img").count() == 0
    assert page.title() != "1"
    clean(page, seen)
    page.context.close()
