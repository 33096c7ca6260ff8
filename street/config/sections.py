"""Every key of config.yaml: its kind, its range and its default. What each is for stands in docs/config.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

from street.config.channels import Channel, channels
from street.config.rules import Rule, choice, mqtt_version, number, place, routes, switch, text, whole
from street.errors import ConfigError

SQLITE_PREFIX: Final = "sqlite:///"

HOST = text(r"[A-Za-z0-9_.:-]{1,253}", "a host name or address")
ENVIRONMENT_NAME = text(r"[A-Z][A-Z0-9_]{0,63}", "the name of an environment variable, as in SKY_EYE_MQTT_PASSWORD")
PORT = whole(1, 65_535)
PATH = {"rule": place()}
STORE_URL = text(
    r"sqlite:///[^\x00-\x1f?#]{1,4000}|postgresql\+psycopg://[^\x00-\x20]{1,4000}",
    "sqlite:///path/to/street.db or postgresql+psycopg://user@host/name",
)
TITLE = text(r"[^\x00-\x1f\x7f]{1,200}", "a text of 1 to 200 characters")
NAMES = text(r"(?:[A-Za-z0-9_.:-]{1,253}(?: (?!$)|$))*", "host names with one space between them, or nothing")
ROLES = text(r"(?:[a-z_]{1,20}(?: (?!$)|$))*", "roles with one space between them, or nothing")
ISSUER = text(r"|https?://[A-Za-z0-9_.:/-]{1,500}", "an https:// address, or nothing")
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
QUIET = text(rf"(?:{_CLOCK}-{_CLOCK})?", "two times of day, as in 22:00-07:00, or nothing")
RUNGS = text(
    r"(?:[1-9][0-9]{0,4}(?: (?!$)|$)){3}|", "minutes until squad, subdistrict, district, as in `2 5 10`, or nothing"
)
MINUTES = text(r"(?:[1-9][0-9]{0,4}(?: (?!$)|$)){4}", "minutes for severities 1 to 4, as in `5 15 120 480`")
NAME = text(r"[A-Za-z0-9_-]{1,64}", "a name of letters, digits, _ and -, at most 64")

# No two of these take the same topic of a real device: a broker would deliver it once for each.
ROUTES = (
    ("street/#", "native"),
    ("zigbee2mqtt/#", "zigbee2mqtt"),
    *((it, "tasmota") for it in ("tele/+/#", "stat/+/#", "tasmota/discovery/#")),
    ("shellies/#", "shelly_gen1"),
    # a prefix of one level is the device's own; a site that gives longer ones (of three, here) names its filters
    *((f"{it}/events/rpc", "shelly_gen2") for it in ("+", "+/+", "+/+/+")),
    *((it, "shelly_gen2") for it in ("+/online", "+/+/+/online", "+/status/+", "+/+/+/status/+", "+/rpc")),
    ("homeassistant/#", "homeassistant"),
    ("v3/+/devices/+/#", "ttn_v3"),
    ("application/+/device/+/#", "chirpstack_v4"),
    ("frigate/#", "frigate"),
    ("spBv1.0/#", "sparkplug_b"),
    ("senml/#", "senml"),
    ("v1.1/#", "sensorthings"),
    *((it, "ngsi") for it in ("ngsi/#", "ngsi-ld/#", "ngsiv2/#")),
    *((it, "cloudevents") for it in ("cloudevents/#", "+/ce")),
    ("/#", "ultralight"),
    ("homie/5/#", "homie5"),
    ("owntracks/#", "owntracks"),
)


def _key(rule: Rule, default: Any) -> Any:  # noqa: ANN401 - a dataclass field stands in for its value
    return field(default=default, metadata={"rule": rule})


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreConfig:
    """Where memory is."""

    url: str = _key(STORE_URL, "sqlite:///var/street.db")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerConfig:
    """Which broker is listened to, and how the embedded one is run."""

    embedded: bool = _key(switch(), True)
    host: str = _key(HOST, "127.0.0.1")
    port: int = _key(PORT, 1883)
    mqtt: str | int = _key(mqtt_version(), "3.1.1")
    username: str = _key(NAME, "ingest")
    password_env: str = _key(ENVIRONMENT_NAME, "SKY_EYE_MQTT_PASSWORD")
    client_id: str = _key(NAME, "sky-eye-ingest")
    tls: bool = _key(switch(), False)
    ca_file: Path = field(default=Path("/etc/ssl/certs/ca-certificates.crt"), metadata=PATH)
    keepalive_s: int = _key(whole(1, 600), 5)
    connect_timeout_s: float = _key(number(0.1, 60), 5.0)
    reconnect_min_s: float = _key(number(0.05, 60), 1.0)
    reconnect_max_s: float = _key(number(0.05, 300), 2.0)
    directory: Path = field(default=Path("var/broker"), metadata=PATH)
    secrets_file: Path = field(default=Path("var/secrets.json"), metadata=PATH)
    sync: str = _key(choice("timed", "always"), "timed")
    sync_interval_s: int = _key(whole(1, 600), 1)
    ack_wait_s: int = _key(whole(1, 600), 3)
    unacked_messages: int = _key(whole(1, 65_535), 10_000)
    max_packet_kb: int = _key(whole(64, 8_192), 1_100)
    max_store_mb: int = _key(whole(64, 1_048_576), 4_096)


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestConfig:
    """How messages become rows."""

    routes: tuple[tuple[str, str], ...] = _key(routes(), ROUTES)
    batch_rows: int = _key(whole(1, 10_000), 2_000)
    held_rows: int = _key(whole(1, 200_000), 20_000)
    held_mb: int = _key(whole(2, 4_096), 64)
    retry_min_s: float = _key(number(0.01, 60), 0.1)
    retry_max_s: float = _key(number(0.01, 60), 1.0)
    hang_s: int = _key(whole(5, 3_600), 30)
    unknown_devices: str = _key(choice("accept", "reject", "wait"), "accept")
    unknown_devices_max: int = _key(whole(0, 100_000), 5_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardConfig:
    """Where the pages are served, and what they are called."""

    host: str = _key(HOST, "127.0.0.1")
    port: int = _key(PORT, 8050)
    title: str = _key(TITLE, "Sky Eye")
    title_en: str = _key(TITLE, "Sky Eye")
    names: str = _key(NAMES, "")
    https: str = _key(choice("none", "own", "proxy"), "none")
    certificate_file: Path = field(default=Path("var/tls/dashboard.pem"), metadata=PATH)
    key_file: Path = field(default=Path("var/tls/dashboard.key"), metadata=PATH)
    proxy_address: str = _key(HOST, "127.0.0.1")
    operator_positions: int = _key(whole(1, 100), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleConfig:
    """Who may sign in, and for how long."""

    demo_accounts: bool = _key(switch(), False)
    password_policy: str = _key(choice("dengbao", "nist"), "dengbao")
    totp_for: str = _key(ROLES, "admin auditor")
    idle_min: int = _key(whole(1, 1_440), 15)
    absolute_h: int = _key(whole(1, 168), 12)
    screen_days: int = _key(whole(1, 3_650), 365)
    sessions_each: int = _key(whole(1, 50), 3)
    keys_file: Path = field(default=Path("var/keys.json"), metadata=PATH)
    oidc_issuer: str = _key(ISSUER, "")
    oidc_client_id: str = _key(text(r"[\x21-\x7e]{0,200}", "a client id, or nothing"), "")
    oidc_secret_env: str = _key(ENVIRONMENT_NAME, "SKY_EYE_OIDC_SECRET")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyConfig:
    """What is hidden, and how long a reveal lasts."""

    reveal_min: int = _key(whole(1, 60), 10)
    mask_names: bool = _key(switch(), True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WallConfig:
    """The big screen: how large it is, how far its viewers are, and when a value counts as old."""

    height_mm: int = _key(whole(200, 20_000), 1_221)
    distance_m: float = _key(number(0.5, 50), 6.0)
    lang: str = _key(choice("zh", "en"), "zh")
    late_factor: float = _key(number(1, 100), 1.5)
    stale_factor: float = _key(number(1, 1_000), 3.0)
    lost_factor: float = _key(number(1, 10_000), 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionConfig:
    """How long memory lasts."""

    readings_days: int = _key(whole(1, 36_500), 90)
    minutes_days: int = _key(whole(1, 36_500), 400)
    hours_days: int = _key(whole(1, 36_500), 3_650)
    dead_letters_days: int = _key(whole(1, 36_500), 30)
    dead_letter_rows: int = _key(whole(100, 10_000_000), 20_000)
    snapshots_days: int = _key(whole(1, 36_500), 30)
    audit_days: int = _key(whole(180, 36_500), 400)
    sessions_days: int = _key(whole(1, 3_650), 30)
    left_people_days: int = _key(whole(1, 36_500), 400)
    changes_hours: int = _key(whole(1, 8_760), 24)
    chunk_rows: int = _key(whole(100, 100_000), 5_000)
    purge_interval_s: int = _key(whole(60, 86_400), 3_600)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesConfig:
    """The drawn base map."""

    directory: Path = field(default=Path("street/geo"), metadata=PATH)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterConfig:
    """The asset register that ingest loads when it starts."""

    load_at_start: bool = _key(switch(), True)
    assets_file: Path = field(default=Path("street/geo/demo_assets.csv"), metadata=PATH)
    is_demo: bool = _key(switch(), True)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesConfig:
    """Where notices go beside people's own lists: nowhere, until channels are named."""

    channels: tuple[Channel, ...] = _key(channels(), ())
    lang: str = _key(choice("zh", "en"), "zh")
    quiet: str = _key(QUIET, "22:00-07:00")
    keep_days: int = _key(whole(1, 3_650), 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchConfig:
    """After how many minutes what nobody answers goes up, by severity; and who coordinates what is returned."""

    escalate_urgent: str = _key(RUNGS, "2 5 10")
    escalate_important: str = _key(RUNGS, "5 15 30")
    escalate_general: str = _key(RUNGS, "30 120 480")
    escalate_hint: str = _key(RUNGS, "")
    no_progress_min: str = _key(MINUTES, "5 15 120 480")
    claim_min: int = _key(whole(1, 10_080), 30)
    coordinator: str = _key(text(r"(?:[a-z0-9][a-z0-9._@-]{1,63})?", "a login, or nothing"), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a deployment may tune. `lines` says where in the file each key was said."""

    store: StoreConfig = field(default_factory=StoreConfig)
    broker: BrokerConfig = field(default_factory=BrokerConfig)
    ingest: IngestConfig = field(default_factory=IngestConfig)
    dashboard: DashboardConfig = field(default_factory=DashboardConfig)
    people: PeopleConfig = field(default_factory=PeopleConfig)
    privacy: PrivacyConfig = field(default_factory=PrivacyConfig)
    wall: WallConfig = field(default_factory=WallConfig)
    retention: RetentionConfig = field(default_factory=RetentionConfig)
    places: PlacesConfig = field(default_factory=PlacesConfig)
    register: RegisterConfig = field(default_factory=RegisterConfig)
    notices: NoticesConfig = field(default_factory=NoticesConfig)
    dispatch: DispatchConfig = field(default_factory=DispatchConfig)
    shown: str = "config.yaml"
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    def fail(self, key: str, rule: str) -> NoReturn:
        """Raise the ConfigError for *key*, with the place in the file where it was said."""
        msg = f"{self.shown}:{self.lines.get(key, 1)}: {key}: {rule}"
        raise ConfigError(msg)

    @property
    def store_path(self) -> Path | None:
        """The SQLite file, None for another engine."""
        url = self.store.url
        return Path(url.removeprefix(SQLITE_PREFIX)) if url.startswith(SQLITE_PREFIX) else None


SECTIONS: dict[str, type] = {
    "store": StoreConfig,
    "broker": BrokerConfig,
    "ingest": IngestConfig,
    "dashboard": DashboardConfig,
    "people": PeopleConfig,
    "privacy": PrivacyConfig,
    "wall": WallConfig,
    "retention": RetentionConfig,
    "places": PlacesConfig,
    "register": RegisterConfig,
    "notices": NoticesConfig,
    "dispatch": DispatchConfig,
}
