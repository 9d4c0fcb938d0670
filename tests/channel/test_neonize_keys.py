"""The key store of a WhatsApp tenant: who may read it, and what it remembers about customers' addresses."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.keys import database_name, protect


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_file_and_its_folder_are_made_for_the_owner_alone(tmp_path: Path) -> None:
    keys = tmp_path / "data" / "warung-sari" / "keys.db"

    protect(keys)

    assert mode(keys) == 0o600
    assert mode(keys.parent) == 0o700
    (later := keys.with_name("keys.db-wal")).touch()
    assert mode(later) == 0o600


def test_a_key_file_that_others_can_read_is_closed_to_them_and_kept(tmp_path: Path) -> None:
    keys, journal = tmp_path / "keys.db", tmp_path / "keys.db-wal"
    for file in (keys, journal):
        file.write_bytes(b"kept")
        file.chmod(0o644)

    protect(keys)

    assert [mode(keys), mode(journal)] == [0o600, 0o600]
    assert keys.read_bytes() == b"kept"


def test_the_database_name_carries_the_settings_and_survives_any_folder_name() -> None:
    name = database_name(Path("/srv/toko 100%?#/keys.db"))

    path, settings = name.split("?")
    assert path == "/srv/toko%20100%25%3F%23/keys.db"
    assert settings == "_foreign_keys=on&_journal_mode=WAL&_busy_timeout=20000&_x="


def test_after_a_restart_it_is_still_known_which_chats_are_lids(tmp_path: Path) -> None:
    keys = tmp_path / "keys.db"
    with closing(sqlite3.connect(keys)) as db:
        db.executescript(
            """
            CREATE TABLE whatsmeow_lid_map (lid TEXT PRIMARY KEY, pn TEXT UNIQUE NOT NULL);
            CREATE TABLE whatsmeow_sessions (our_jid TEXT, their_id TEXT, session BLOB);
            CREATE TABLE whatsmeow_identity_keys (our_jid TEXT, their_id TEXT, identity BLOB);
            INSERT INTO whatsmeow_lid_map VALUES ('200000000000001', '6281234567890');
            INSERT INTO whatsmeow_sessions VALUES ('628111:1', '200000000000004_1:0', NULL);
            INSERT INTO whatsmeow_sessions VALUES ('628111:1', '6281234567899:0', NULL);
            INSERT INTO whatsmeow_identity_keys VALUES ('628111:1', '200000000000005_1:0', NULL);
            """
        )
    addresses = Addresses()

    addresses.load(keys)

    assert addresses.is_lid("200000000000001")
    assert addresses.is_lid("200000000000004")
    assert addresses.is_lid("200000000000005")
    assert not addresses.is_lid("6281234567899")
    assert not addresses.is_lid("6281234567890")
    assert addresses.lid_of("6281234567890") == "200000000000001"
    assert addresses.phone_of("200000000000001") == "6281234567890"


@pytest.mark.parametrize("content", [None, b""])
def test_a_tenant_that_was_never_paired_knows_no_addresses(tmp_path: Path, content: bytes | None) -> None:
    keys = tmp_path / "keys.db"
    if content is not None:
        keys.write_bytes(content)
    addresses = Addresses()

    addresses.load(keys)

    assert not addresses.is_lid("200000000000001")
