"""`wabot logs` over a log that was written before; that of a real daemon is in tests/acceptance."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from wabot.daemon.tenant_log import LOG, TenantLog


@pytest.fixture
def data(tmp_path: Path) -> Path:
    log = TenantLog(tmp_path / "warung")
    log.write({"event": "connected", "level": "info", "tenant": "warung"})
    log.write({"event": "replied", "level": "info", "tenant": "warung", "rule": "jam\x1b[2J"})
    log.write({"event": "disconnected", "level": "warning", "tenant": "warung"})
    with (tmp_path / "warung" / LOG).open("a") as file:
        file.write('{"event": "cut sho\n[1]\n')
    return tmp_path


def test_the_last_lines_are_shown_with_their_details_and_their_control_characters(data: Path, wabot: Typed) -> None:
    said = wabot("logs", "warung", "--data", data)
    assert said.code == 0
    lines = said.out.splitlines()
    assert [line[21:].rstrip() for line in lines] == [
        "info     connected",
        "info     replied  rule=jam\\x1b[2J",
        "warning  disconnected",
    ]
    assert len(wabot("logs", "warung", "--data", data, "-n", "4").out.splitlines()) == 2


def test_only_what_is_grave_is_shown_when_asked(data: Path, wabot: Typed) -> None:
    said = wabot("logs", "warung", "--data", data, "--level", "warning", "-n", "1")
    assert "disconnected" in said.out and "replied" not in said.out


def test_machines_get_the_lines_as_they_were_logged(data: Path, wabot: Typed) -> None:
    lines = wabot("logs", "warung", "--data", data, "--format", "json").out.splitlines()
    assert len(lines) == 3
    assert '"rule": "jam\\u001b[2J"' in lines[1]


def test_a_tenant_that_is_not_there_is_wrong_usage_with_a_guess(data: Path, wabot: Typed) -> None:
    said = wabot("logs", "warun", "--data", data)
    assert said.code == 2
    assert "did you mean `warung`?" in said.err


def test_a_reload_without_a_daemon_says_so(data: Path, wabot: Typed) -> None:
    said = wabot("reload", "--data", data)
    assert said.code == 2
    assert "no daemon works on" in said.err
    assert wabot("status", "--check", "--data", data).code == 1
