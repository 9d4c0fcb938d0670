"""A key store as the WhatsApp library leaves one, with the columns that wabot looks at."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS whatsmeow_device (jid TEXT PRIMARY KEY, registration_id BIGINT, identity_key BLOB,
  adv_details BLOB);
CREATE TABLE IF NOT EXISTS whatsmeow_pre_keys (jid TEXT, key_id INTEGER, key BLOB, uploaded BOOLEAN NOT NULL);
CREATE TABLE IF NOT EXISTS whatsmeow_sessions (our_jid TEXT, their_id TEXT, session BLOB);
CREATE TABLE IF NOT EXISTS whatsmeow_sender_keys (our_jid TEXT, chat_id TEXT, sender_key BLOB);
CREATE TABLE IF NOT EXISTS whatsmeow_retry_buffer (our_jid TEXT, plaintext BLOB);
"""
RATCHET = b"a ratchet of this moment"
TEXT = b"what was said"


def link(keys: Path, number: str = "6281100000001") -> None:
    """Link the key store at `keys`, which is made if need be, anew: another device, with prekeys and traffic."""
    with closing(sqlite3.connect(keys)) as store:
        store.execute("PRAGMA journal_mode = WAL")
        store.executescript(SCHEMA)
        for table in ("device", "pre_keys", "sessions", "sender_keys", "retry_buffer"):
            store.execute(f"DELETE FROM whatsmeow_{table}")
        jid = f"{number}:{int.from_bytes(os.urandom(2)) + 1}@s.whatsapp.net"
        store.execute("INSERT INTO whatsmeow_device VALUES (?, 7, ?, X'')", (jid, os.urandom(32)))
        for number_ in range(1, 21):
            store.execute("INSERT INTO whatsmeow_pre_keys VALUES (?, ?, ?, 1)", (jid, number_, os.urandom(32)))
        store.execute("INSERT INTO whatsmeow_sessions VALUES (?, '200000000000001_1:0', ?)", (jid, RATCHET))
        store.execute("INSERT INTO whatsmeow_sender_keys VALUES (?, 'status@broadcast', ?)", (jid, RATCHET))
        store.execute("INSERT INTO whatsmeow_retry_buffer VALUES (?, ?)", (jid, TEXT))
        store.commit()
    keys.chmod(0o600)


def device(keys: Path) -> str:
    """Which device it is linked as."""
    with closing(sqlite3.connect(keys)) as store:
        return str(store.execute("SELECT jid FROM whatsmeow_device").fetchone()[0])


def count(keys: Path, table: str, where: str = "1") -> int:
    with closing(sqlite3.connect(keys)) as store:
        return int(store.execute(f"SELECT COUNT(*) FROM whatsmeow_{table} WHERE {where}").fetchone()[0])
