"""A key store that cannot be used: whoever owns it reads what is wrong and what to do."""

import asyncio
import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.key_store import link
from tests.other_user import another_user, open_folder
from wabot.channel.neonize.channel import NeonizeChannel
from wabot.channel.neonize.linked import forget, mark, read_linked
from wabot.channel.neonize.unusable import using
from wabot.model.errors import KeysDamaged, KeysUnusable
from wabot.model.history import History
from wabot.model.message import Message
from wabot.model.session import SessionState
from wabot.model.turn import Receipt
from wabot.session.clock import RealClock

CHECK = "Check the owner and permissions of the file and its folder."


class Nobody:
    async def message(self, message: Message) -> None: ...
    async def receipt(self, receipt: Receipt) -> None: ...
    async def history(self, part: History) -> None: ...
    async def state(self, state: SessionState) -> None: ...
    async def settled(self) -> None: ...


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "warung" / "keys.db"


def runs(keys: Path, show_qr: Callable[[str], bool] | None = None) -> None:
    before = os.umask(0o077)
    try:
        asyncio.run(NeonizeChannel(keys, "6281100000000", RealClock(), show_qr).run(Nobody()))
    finally:
        os.umask(before)


def test_a_session_whose_keys_cannot_be_opened_says_what_to_check(keys: Path) -> None:
    keys.mkdir(parents=True)  # nobody opens that as a file, be it root
    with pytest.raises(KeysUnusable) as raised:
        runs(keys)
    assert str(raised.value) == f"{keys} cannot be opened (Is a directory). {CHECK}"


def test_a_mark_of_a_pairing_that_cannot_be_removed_says_so_too(keys: Path) -> None:
    mark(keys).mkdir(parents=True)  # nobody unlinks that
    with pytest.raises(KeysUnusable, match=CHECK):
        runs(keys, lambda _code: False)


def test_keys_of_another_user_are_told_to_whoever_looks() -> None:
    with open_folder() as place:
        keys = place / "keys.db"
        link(keys)
        keys.chmod(0)
        with another_user(), pytest.raises(KeysUnusable, match=CHECK):
            read_linked(keys)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), f"cannot be opened (Permission denied). {CHECK}"),
        (OSError(errno.ENOSPC, "No space left on device"), "cannot be written: the disk is full."),
    ],
)
def test_what_the_system_refuses_becomes_a_sentence(keys: Path, error: OSError, said: str) -> None:
    with pytest.raises(KeysUnusable) as raised, using(keys):
        raise error
    assert said in str(raised.value)


def test_a_damaged_key_store_is_called_damaged_by_whoever_meets_it(keys: Path) -> None:
    keys.parent.mkdir()
    keys.write_bytes(b"<html>" * 2_000)
    for meets in (read_linked, runs):
        with pytest.raises(KeysDamaged, match="is damaged"):
            meets(keys)
    forget(keys)
    assert not keys.exists()


def test_a_key_store_in_a_folder_that_is_none_cannot_be_opened(keys: Path) -> None:
    keys.mkdir(parents=True)
    with pytest.raises(KeysUnusable, match=CHECK), using(keys):
        sqlite3.connect(keys).execute("SELECT 1 FROM sqlite_master")
