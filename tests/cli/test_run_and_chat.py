"""The flags of `wabot run`, `status` and `chat`; what they do with real processes is in tests/acceptance."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import rules, write_tenant


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["run", "--channel", "simulator"], "--sim"),
        (["run", "--fast"], "--fast goes with --channel simulator"),
        (["run", "--until-idle"], "--until-idle goes with --channel simulator"),
        (["run", "nowhere"], "nowhere does not exist"),
        (["run", "empty"], "there are no tenants"),
        (["run", "--channel", "telegram"], "telegram"),
        (["status"], "there is no data folder data"),
        (["chat"], "several tenants"),
        (["chat", "--tenant", "x"], "there is no tenant `x`"),
    ],
)
def test_wrong_usage_exits_2(wabot: Typed, repository: Path, words: list[str], why: str) -> None:
    (repository / "empty").mkdir()
    said = wabot(*words)
    assert said.code == 2
    assert why in said.err


def test_a_data_folder_that_cannot_be_made_is_told_and_exits_3(wabot: Typed, repository: Path) -> None:
    (repository / "data").write_text("a file, not a folder")
    said = wabot("run")
    assert said.code == 3
    assert "data cannot be made" in said.err


def chat(folder: Path, typed: str, *flags: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "wabot", "chat", str(folder), "--fast", *flags],
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_in_a_chat_you_are_the_customer_over_the_same_pipeline(tmp_path: Path) -> None:
    text = (
        "  - {id: sambutan, trigger: {type: welcome}, continue: true, priority: 90,\n"
        '     response: "Halo {{ first_name }}"}\n'
        "  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, cooldown: 10m, response: Kami buka.}\n"
        "  - {id: tutup, trigger: {type: time_based, hours: closed}, priority: 10,\n"
        '     response: "Buka {{ hours.next_open }}"}\n'
    )
    hours = 'version: 1\nweekly: {mon-sun: ["09:00-17:00"]}\n'
    folder = write_tenant(tmp_path / "warung", {**rules(text), "hours.yaml": hours})
    typed = [
        "/at 2026-01-28 10:00",
        "jam buka?",
        "jam buka?",
        "/trace",
        "jam buka?",
        "/trace",
        "/at 2026-01-28 22:00",
        "malam",
    ]
    typed += ["/who Ani Wijaya", "halo", "/who", "/nonsense", "/help", "/at kapan", "/quit", "never read"]
    said = chat(folder, "\n".join(typed) + "\n", "--name", "Budi Santoso")
    lines = [line.strip() for line in said.splitlines()]
    assert lines[0] == "You are Budi Santoso, writing to Warung Uji. /help lists the commands."
    assert lines[1] == "it is Wednesday 2026-01-28 10:00 at Warung Uji"
    assert lines[2:6] == ["Warung Uji [sambutan]", "Halo Budi", "Warung Uji [jam-buka]", "Kami buka."]
    assert lines[6] == "(no reply: cooldown)"
    assert lines[7] == "trace on"
    assert [line.split()[0] for line in lines[8:11]] == ["sambutan", "jam-buka", "tutup"]
    assert lines[9].startswith("jam-buka  cooldown:")
    assert "Buka besok pukul 09.00" in lines
    assert "Halo Ani" in lines
    assert "you are Ani Wijaya, 6281200000001" in lines
    assert "there is no command /nonsense; /help lists them" in lines
    assert any(line.startswith("`kapan` is no time") for line in lines)
    assert "never read" not in said


def test_in_a_chat_a_note_to_the_owner_is_told_from_what_the_customer_gets(tmp_path: Path) -> None:
    forward = "  - {id: cs, trigger: {type: keyword, keywords: [admin]}, response: {type: forward_to_cs}}\n"
    folder = write_tenant(tmp_path / "warung", rules(forward))
    with (folder / "tenant.yaml").open("a") as file:
        file.write("handoff: {notify: self}\n")
    lines = [line.strip() for line in chat(folder, "admin dong\n/quit\n").splitlines()]
    assert lines[lines.index("Warung Uji [cs]") + 1].startswith("Sebentar ya kak")
    assert lines[lines.index("Warung Uji, a note to itself:") + 3] == "Pesannya: admin dong"


def test_a_time_moves_the_clock_within_the_day_that_it_shows(tmp_path: Path) -> None:
    said = chat(write_tenant(tmp_path / "warung"), "/at 2026-01-28 22:00\n/at 09:00\n/at 0001-01-01 00:00\n/quit\n")
    assert "it is Wednesday 2026-01-28 09:00" in said
    assert "the year must be from 2000 to 2100" in said


def test_nothing_that_is_said_in_a_chat_steers_the_terminal(tmp_path: Path) -> None:
    text = '  - {id: a, trigger: {type: fallback}, response: "Halo {{ contact.name }}\\e[2J"}\n'
    said = chat(write_tenant(tmp_path / "warung", rules(text)), "halo\n/quit\n", "--name", "Bu\x1b[1mdi")
    assert "Halo Bu\\x1b[1mdi\\x1b[2J" in said
    assert "\x1b" not in said


def test_a_line_that_is_no_text_is_a_message_as_well_as_it_can_be_read(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung")
    for environment in ({"LC_ALL": "C.UTF-8"}, {"LC_ALL": "POSIX"}):
        ran = subprocess.run(
            [sys.executable, "-m", "wabot", "chat", str(folder), "--fast"],
            input=b"jam buka \xff\nhalo\n/quit\n",
            capture_output=True,
            timeout=60,
            check=False,
            env={**os.environ, **environment},
        )
        assert ran.returncode == 0, ran.stderr
        assert b"Kami buka tiap hari kak." in ran.stdout
        assert b"no reply: no_match" in ran.stdout


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_a_chat_as_quit_does(tmp_path: Path, name: str) -> None:
    folder, scratch = write_tenant(tmp_path / "warung"), tmp_path / "scratch"
    scratch.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "wabot", "chat", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write("jam buka?\n")  # its reply is still being typed when the signal comes
        running.stdin.flush()
        assert running.stdout.readline().startswith("You are Budi")
        running.send_signal(getattr(signal, name))
        _, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, "")
    assert list(scratch.iterdir()) == []


def test_a_chat_ends_with_its_input_and_refuses_broken_rules(tmp_path: Path, wabot: Typed) -> None:
    assert "Kami buka tiap hari kak." in chat(write_tenant(tmp_path / "warung"), "jam buka?\n")
    broken = write_tenant(tmp_path / "toko", {"rules.yaml": "version: 1\nrules: [{id: x}]\n"})
    said = wabot("chat", broken)
    assert said.code == 1
    assert "`response` is missing" in said.out


def test_the_version_is_told(wabot: Typed) -> None:
    assert wabot("--version").out.startswith("wabot 0.")


def test_without_a_command_it_says_what_it_can_do(wabot: Typed) -> None:
    said = wabot()
    assert "validate" in said.out + said.err
    assert "Exit codes" in said.out + said.err
