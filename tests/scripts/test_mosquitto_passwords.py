"""Names and passwords for mosquitto. That the broker takes them is shown in tests/broker, which are run with them."""

from pathlib import Path

import pytest

from scripts import mosquitto_passwords

ASSETS = "id,kind\nNM-07,noise_meter\nWX-01,weather_station\nincidents,gateway\n学校-1,noise_meter\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A password file that knows one device, and that others than its owner may read."""
    path = tmp_path / "passwd"
    mosquitto_passwords.write(path, {"NM-07": mosquitto_passwords.hashed("old")})
    path.chmod(0o640)
    return path


def test_a_password_is_said_once_and_kept_as_a_hash(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads the file cannot speak as the device."""
    code = mosquitto_passwords.main([str(file), "WX-01", "LAMP_2"])
    said = dict(line.split(",") for line in capsys.readouterr().out.splitlines())

    assert code == 0
    assert list(said) == ["WX-01", "LAMP_2"]
    assert all(len(it) == 32 for it in said.values())
    assert list(mosquitto_passwords.read(file)) == ["NM-07", "WX-01", "LAMP_2"]
    assert not [it for it in said.values() if it in file.read_text(encoding="ascii")]


def test_a_named_device_gets_a_new_password(file: Path) -> None:
    """Its old one may be known."""
    before = mosquitto_passwords.read(file)["NM-07"]

    mosquitto_passwords.main([str(file), "NM-07"])

    assert mosquitto_passwords.read(file)["NM-07"] != before


def test_a_list_gives_passwords_only_to_who_has_none(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that are installed go on; the name of a program of the ACL is no asset's; what MQTT cannot name is told."""
    (file.parent / "assets.csv").write_text(ASSETS, encoding="utf-8")
    before = mosquitto_passwords.read(file)

    code = mosquitto_passwords.main([str(file), "--register", str(file.parent / "assets.csv")])
    said = capsys.readouterr()

    assert code == 1
    assert [line.split(",")[0] for line in said.out.splitlines()] == ["WX-01"]
    assert "学校-1" in said.err
    assert mosquitto_passwords.read(file)["NM-07"] == before["NM-07"]


def test_the_demo_s_own_list_is_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The columns are those of every register; who speaks another dialect is spoken for by a program."""
    register = Path(__file__).parents[2] / "street/geo/demo_assets.csv"

    assert mosquitto_passwords.main([str(tmp_path / "new"), "--register", str(register)]) == 0
    assert len(mosquitto_passwords.read(tmp_path / "new")) == 44


@pytest.mark.parametrize("name", ["a/b", "+", "#", "a b", "", "x" * 33, "a:b", "a\nb"])
def test_a_name_that_reaches_into_another_s_topics_is_refused(file: Path, name: str) -> None:
    """`street/%u/#` with `a/b` would be below another device; a colon or a line end would forge a line."""
    before = file.read_bytes()

    assert mosquitto_passwords.main([str(file), name]) == 1
    assert file.read_bytes() == before


def test_a_stolen_device_is_taken_out(file: Path) -> None:
    """The others stay."""
    mosquitto_passwords.main([str(file), "WX-01"])

    assert mosquitto_passwords.main([str(file), "--remove", "NM-07"]) == 0
    assert list(mosquitto_passwords.read(file)) == ["WX-01"]


def test_who_may_read_the_file_stays(file: Path) -> None:
    """mosquitto's group reads it; a new file would lock the broker out."""
    mosquitto_passwords.main([str(file), "WX-01"])

    assert file.stat().st_mode & 0o777 == 0o640


def test_a_new_file_is_its_owner_s(tmp_path: Path) -> None:
    """Until somebody decides otherwise."""
    mosquitto_passwords.main([str(tmp_path / "new"), "WX-01"])

    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


def test_another_file_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The wrong argument, /etc/passwd for one."""
    other = tmp_path / "other"
    other.write_text("root:x:0:0\n", encoding="ascii")

    assert mosquitto_passwords.main([str(other), "WX-01"]) == 1
    assert other.read_text(encoding="ascii") == "root:x:0:0\n"
    assert "no password file" in capsys.readouterr().err
