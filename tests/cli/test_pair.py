"""`wabot pair`, `wabot unpair` and `wabot sessions` as far as they go without WhatsApp."""

import os
import pty
import sqlite3
import stat
import termios
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import number_of
from wabot.channel.neonize.linked import begin, command, forget, is_half_made, read_linked, settle
from wabot.cli.code_picture import Drawn, Picture
from wabot.daemon.child import lock
from wabot.daemon.standing import Standing, write_standing

PHONE = number_of("warung")
DETAILS = bytes.fromhex("08b69be90310a1c7a1d8061801")
"""An ADVDeviceIdentity of 2026-11-26 16:51:45 UTC, as a phone signed it."""


@pytest.fixture
def data(repository: Path) -> Path:
    folder = repository / "data" / "warung"
    folder.mkdir(parents=True)
    write_standing(folder, Standing("needs_a_person", 1_000, "No phone is linked yet.", "link it"))
    return folder


def linked(folder: Path, jid: str = f"{PHONE}:12@s.whatsapp.net") -> Path:
    """A key store as the library leaves it, as far as it is read."""
    keys = folder / "keys.db"
    with sqlite3.connect(keys) as store:
        store.execute("CREATE TABLE whatsmeow_device (jid TEXT PRIMARY KEY, noise_key BLOB, adv_details BLOB)")
        store.execute("CREATE TABLE whatsmeow_lid_map (lid TEXT PRIMARY KEY, pn TEXT)")
        store.execute("INSERT INTO whatsmeow_device VALUES (?, ?, ?)", (jid, b"a secret key of WhatsApp's", DETAILS))
        store.execute("INSERT INTO whatsmeow_lid_map VALUES ('123456789012345', '6281234567801')")
    store.close()
    return keys


def test_a_code_is_asked_for_the_tenants_own_number_alone(wabot: Typed, repository: Path) -> None:
    said = wabot("pair", "warung", "--code", "+62 811-9999-9999")
    assert said.code == 2
    assert f"warung's number is {PHONE}, and only its phone may be linked" in said.err
    assert not (repository / "data").exists()


def test_a_file_that_is_there_already_is_never_written_over(wabot: Typed, repository: Path) -> None:
    there = repository / "menu.png"
    there.write_bytes(b"the shop's menu")
    said = wabot("pair", "warung", "--out", "menu.png")
    assert said.code == 2
    assert "menu.png exists already; name another file, or remove it first" in said.err
    assert there.read_bytes() == b"the shop's menu"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("warnug",), "there is no tenant `warnug` in rules; did you mean `warung`?"),
        (
            ("warung", "--code", "abc"),
            f"`abc` is no phone number; --code takes the number of warung's phone: --code {PHONE}",
        ),
        (("warung", "--out", "kode.gif"), "--out writes a .png or a .svg, not `kode.gif`"),
        (("warung", "--out", "nowhere/kode.png"), "there is no folder"),
        (("warung", "--out", "kode.png", "--code", PHONE), "with --code there is none"),
        (("warung", "--rules", "elsewhere"), "elsewhere does not exist"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything(
    wabot: Typed, repository: Path, words: tuple[str, ...], complaint: str
) -> None:
    said = wabot("pair", *words)
    assert said.code == 2
    assert complaint in said.err
    assert not (repository / "data").exists()


def test_who_is_linked_and_since_when_stands_in_the_key_store(data: Path) -> None:
    assert read_linked(data / "keys.db") is None
    found = read_linked(linked(data))
    assert found is not None
    assert (found.phone, found.device, found.since) == (PHONE, 12, 1_795_711_905_000)


def test_keys_that_a_pairing_left_half_made_are_nobodys(data: Path) -> None:
    keys = data / "keys.db"
    begin(keys)
    linked(data)
    settle(keys, paired=False)
    assert is_half_made(keys)
    assert read_linked(keys) is None
    settle(keys, paired=True)
    assert read_linked(keys) is not None


def test_forgotten_keys_are_not_in_the_file_any_more_and_lids_still_are(data: Path) -> None:
    keys = linked(data)
    (data / "keys.backup").write_bytes(b"sealed")
    forget(keys)
    assert read_linked(keys) is None
    assert b"a secret key" not in keys.read_bytes()
    assert b"123456789012345" in keys.read_bytes()
    assert not (data / "keys.backup").exists()


def test_unpair_asks_before_it_does_anything(wabot: Typed, data: Path) -> None:
    linked(data)
    said = wabot("unpair", "warung")
    assert said.code == 2
    assert f"warung would be unlinked from {PHONE}, and answer nobody; say --yes" in said.err
    assert read_linked(data / "keys.db") is not None


def test_unpair_takes_nothing_from_a_process_that_it_cannot_ask(wabot: Typed, data: Path) -> None:
    linked(data)
    held = lock(data)
    said = wabot("unpair", "warung", "--yes", "--forget-keys")
    os.close(held)
    assert said.code == 3
    assert "another process has warung, and no daemon that could be told to let it go" in said.err
    assert read_linked(data / "keys.db") is not None


def test_a_tenant_that_is_not_linked_is_unlinked_without_a_word_to_whatsapp(wabot: Typed, data: Path) -> None:
    said = wabot("unpair", "warung", "--format", "json")
    assert (said.code, said.data["reason"]) == (0, "not_linked")


def test_sessions_names_the_number_and_what_to_do_and_says_by_its_code_that_somebody_must(
    wabot: Typed, data: Path
) -> None:
    said = wabot("sessions", "--format", "json")
    assert said.code == 1
    assert said.data["sessions"] == [
        {
            "tenant": "warung",
            "status": "needs_a_person",
            "phone": None,
            "linked_at": None,
            "since": 1_000,
            "last_seen": None,
            "restricted_until": None,
            "detail": "No phone is linked yet.",
            "action": "link it",
        }
    ]
    linked(data)
    line = wabot("sessions").out.splitlines()[1]
    assert line.split()[:3] == ["warung", "needs_a_person", PHONE]


def test_the_command_that_is_named_can_be_typed_as_it_stands() -> None:
    assert command("pair", Path("/srv/bot data/warung")) == "wabot pair warung --data '/srv/bot data'"


@pytest.mark.parametrize(("name", "begins"), [("kode.png", b"\x89PNG"), ("kode.SVG", b"<?xml")])
def test_a_picture_is_its_owners_alone_renewed_and_removed(tmp_path: Path, name: str, begins: bytes) -> None:
    path = tmp_path / name
    picture = Picture(path)
    picture.show("the first code")
    first = path.read_bytes()
    assert first.startswith(begins)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    picture.show("the second code")
    assert path.read_bytes() != first
    assert list(tmp_path.iterdir()) == [path]
    picture.over()
    assert not list(tmp_path.iterdir())


def test_a_terminal_that_is_too_narrow_for_the_code_is_told_so_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = pty.openpty()
    termios.tcsetwinsize(writer, (50, 20))
    with os.fdopen(writer, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr("sys.stdout", terminal)
        Drawn().show("the first code", "scan this")
        said = os.read(reader, 65_536).decode()
    os.close(reader)
    assert "▄" not in said
    assert "this terminal has 20 and 50: enlarge it" in said
    assert "--out FILE.png, or with --code PHONE" in said


def test_a_picture_that_could_not_be_written_is_refused_before_a_code_is_asked_for(
    wabot: Typed, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "dir.png").mkdir()
    said = wabot("pair", "warung", "--out", "dir.png")
    assert (said.code, said.err) == (2, "wabot: dir.png is a folder; --out names the file to write\n")
    said = wabot("pair", "warung", "--out", f"{'x' * 250}.png")  # a folder that is closed is open to root
    assert said.code == 3
    assert said.err.endswith("x.png cannot be written: File name too long. Name another with --out.\n")
    assert not (repository / "data").exists()


def test_a_data_folder_that_cannot_be_made_is_told_in_a_sentence(wabot: Typed, repository: Path) -> None:
    said = wabot("pair", "warung", "--data", "/proc/foo")
    assert (said.code, said.err) == (
        3,
        "wabot: /proc/foo cannot be made: No such file or directory. Name another with --data.\n",
    )


@pytest.mark.parametrize("words", [("pair", "warung"), ("sessions",), ("sessions", "restore", "warung"), ("status",)])
def test_a_data_folder_that_is_a_file_is_told_so(wabot: Typed, repository: Path, words: tuple[str, ...]) -> None:
    (repository / "afile").touch()
    said = wabot(*words, "--data", "afile")
    assert (said.code, said.err) == (2, "wabot: afile is a file; --data names a folder\n")


def test_a_new_code_is_drawn_over_the_one_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = pty.openpty()
    with os.fdopen(writer, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr("sys.stdout", terminal)
        drawn = Drawn()
        drawn.show("the first code", "scan this")
        first = os.read(reader, 65_536).decode()
        drawn.show("the second code", "scan this")
        second = os.read(reader, 65_536).decode()
        drawn.over()
        over = os.read(reader, 65_536).decode()
    os.close(reader)
    lines = first.count("\n")
    assert "\x1b[" not in first
    assert second.startswith(f"\x1b[{lines}F\x1b[Jscan this")
    assert over == f"\x1b[{lines}F\x1b[J"
