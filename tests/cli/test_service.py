"""`wabot service`: the unit that it writes, read by systemd's own checker where there is one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.programs import needs
from wabot.daemon.unit import Service, is_edited, unit

WABOT, PYTHON = ("/opt/wabot/bin/wabot",), Path("/usr/bin/python3")


@pytest.fixture
def home(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a user's units stand; the shell stands in a checkout with tenants in ./rules."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(repository / "config"))
    return repository / "config" / "systemd" / "user"


def analyze(*words: str, place: Path) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"XDG_RUNTIME_DIR": str(place)}
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False, env=environment)


@needs("systemd-analyze")
@pytest.mark.parametrize("user", [[], ["--user"]])
def test_systemd_finds_nothing_wrong_with_the_unit(home: Path, wabot: Typed, tmp_path: Path, user: list[str]) -> None:
    folder = tmp_path / "my $5 rules, 100%"
    (tmp_path / "rules").rename(folder)
    said = wabot("service", "install", folder, "--print", "--account", "root", "--memory-max", "2G", *user)
    assert said.code == 0
    file = tmp_path / "wabot.service"
    file.write_text(said.out)
    checked = analyze(*user, "verify", str(file), place=tmp_path)
    assert (checked.returncode, checked.stderr) == (0, "")


@needs("systemd-analyze")
def test_the_machines_service_may_do_little(home: Path, wabot: Typed, tmp_path: Path) -> None:
    (tmp_path / "wabot.service").write_text(wabot("service", "install", "--print").out)
    judged = analyze("security", "--offline=true", "--threshold=25", str(tmp_path / "wabot.service"), place=tmp_path)
    assert judged.returncode == 0, judged.stdout


def test_nothing_secret_and_only_data_is_open_for_writing_wherever_it_lies() -> None:
    rules = Path("/srv/rules")
    state = unit(Service(WABOT, PYTHON, rules, Path("/var/lib/wabot"), "wabot"))
    assert "StateDirectory=wabot\n" in state and "ReadWritePaths" not in state and "ProtectHome=yes\n" in state
    elsewhere = unit(Service(WABOT, PYTHON, rules, Path("/home/sari/my data"), "wabot"))
    assert 'ReadWritePaths="/home/sari/my data"\n' in elsewhere and "ProtectHome=read-only\n" in elsewhere
    pyenv = unit(Service(WABOT, Path("/root/.pyenv/bin/python3"), rules, Path("/var/lib/wabot"), "wabot"))
    assert "ProtectHome=read-only\n" in pyenv
    own = unit(Service(WABOT, PYTHON, rules, Path("/home/sari/data")))
    assert "User=" not in own and "ProtectSystem" not in own and "WantedBy=default.target" in own


@pytest.mark.parametrize(
    "words",
    [
        *(["--memory-max", value] for value in ("abc", "2GB", "-1", "0", "2 G", "101%", "1G\nUser=root", "1G\n")),
        *(["--account", value] for value in ("", "x y", "x\nUser=root", "x\n", "-x", "%u", "a" * 40)),
        *(["--data", value] for value in ("a b\nX=1", "a\r", "\udcff")),
    ],
)
@pytest.mark.parametrize("how", [["--print"], ["--user"]])
def test_a_value_that_could_write_a_line_of_its_own_is_refused(
    home: Path, wabot: Typed, words: list[str], how: list[str]
) -> None:
    said = wabot("service", "install", *words, *how)
    assert said.code == 2 and said.err.startswith("wabot: ") and not said.out
    assert not home.exists()


@pytest.mark.parametrize("value", ["500M", "1.5G", "2147483648", "50%", "100%", "infinity"])
def test_memory_is_written_as_systemd_has_it(home: Path, wabot: Typed, value: str) -> None:
    assert f"MemoryMax={value}\n" in wabot("service", "install", "--print", "--memory-max", value).out


def test_a_unit_is_installed_replaced_and_removed_but_not_when_somebody_edited_it(home: Path, wabot: Typed) -> None:
    file = home / "wabot.service"
    first = wabot("service", "install", "--user")
    assert first.code == 0 and f"wrote {file}" in first.out and "systemctl --user enable --now wabot" in first.out
    assert f"{Path(sys.executable).parent}" in file.read_text()
    assert (home.parents[2] / "data").stat().st_mode & 0o777 == 0o700
    assert "is as it should be" in wabot("service", "install", "--user").out
    assert "replaced" in wabot("service", "install", "--user", "--memory-max", "1G").out
    file.write_text(file.read_text().replace("MemoryMax=1G", "MemoryMax=9G"))
    assert is_edited(file.read_text())
    for order in ("install", "uninstall"):
        refused = wabot("service", order, "--user")
        assert refused.code == 2 and "was edited" in refused.err
    assert "MemoryMax=9G" in file.read_text()
    assert "replaced" in wabot("service", "install", "--user", "--force").out
    assert wabot("service", "uninstall", "--user").code == 0
    assert not file.exists()
    assert wabot("service", "status", "--user").code == 1
    assert wabot("service", "uninstall", "--user").code == 2


def test_a_service_that_could_not_start_is_not_installed(home: Path, wabot: Typed, tmp_path: Path) -> None:
    nobody = wabot("service", "install", "--account", "no-such-user")
    assert nobody.code == 2 and "useradd --system" in nobody.err
    nowhere = wabot("service", "install", "--account", "root", "--data", "/srv/no-such-folder")
    assert nowhere.code == 2 and "install -d -m 0700 -o root" in nowhere.err
    (tmp_path / "empty").mkdir()
    assert wabot("service", "install", tmp_path / "empty", "--user").code == 2
    assert not home.exists()
