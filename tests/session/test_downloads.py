"""Customers' files: downloaded by setting, beside the pipeline, and gone with their message."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.blank import lay
from tests.store.turns import CHAT, NOW, message, silent
from wabot.language.rule_set import MediaSettings
from wabot.model.errors import ChannelError, MediaGone
from wabot.model.history import History
from wabot.model.message import Attachment, Message
from wabot.model.stored import StoredMessage
from wabot.session.clock import ScriptClock
from wabot.session.downloads import Downloads
from wabot.session.report import Mute
from wabot.store.sqlite import SqliteStore, erase, open_store, reading

JPEG = b"\xff\xd8\xff\xe0 foto"


class Phone:
    """A source of files that fails on purpose, which no real one can be told to do."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self.content = JPEG
        self.asked: list[str] = []

    async def fetch(self, media: Attachment, most: int) -> bytes:
        self.asked.append(media.source)
        if self.errors:
            raise self.errors.pop(0)
        return self.content


class Shop:
    def __init__(self, folder: Path, settings: MediaSettings) -> None:
        self.folder = folder
        self.phone = Phone()
        self.store: SqliteStore = open_store(lay(folder), "warung")
        clock = ScriptClock()
        clock.set(NOW)
        connected = asyncio.Event()
        connected.set()
        self.downloads = Downloads(
            self.store, self.phone, connected, clock, lambda: settings, Mute(), folder, waits=(0.01, 0.01)
        )

    async def take(self, one: Message) -> None:
        await self.store.journal([one], NOW)
        await self.store.record(silent(one))
        self.downloads.decided(one)

    async def photo(self, number: int = 1, kind: str = "image", **more: Any) -> None:
        fields: dict[str, Any] = {"mime": "image/jpeg", "size": len(JPEG), "name": "../../a.sh", "source": "k"}
        media = Attachment(**{**fields, **more})
        await self.take(message(number, "ini", type=kind, media=media))

    async def after(self, id: str = "A1", **wanted: object) -> StoredMessage:
        """A message, once its fields are so."""
        for _ in range(1_000):
            with reading(self.folder, "warung") as stored:
                [one] = [item for item in stored.messages(CHAT, 9) if item.wa_id == id]
            if all(getattr(one, name) == value for name, value in wanted.items()):
                return one
            await asyncio.sleep(0.01)
        raise AssertionError(one)

    def files(self) -> list[str]:
        return sorted(file.name for file in (self.folder / "media").glob("*"))


@asynccontextmanager
async def shop(
    folder: Path, *, download: bool = True, max_size: int = 1_000, types: tuple[str, ...] = ("image",)
) -> AsyncIterator[Shop]:
    made = Shop(folder, MediaSettings(download, max_size, frozenset(types)))
    running = asyncio.create_task(made.downloads.run())
    try:
        yield made
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await made.store.close()


async def test_a_file_is_kept_under_the_messages_id_and_its_message_says_where(tmp_path: Path) -> None:
    async with shop(tmp_path) as warung:
        await warung.photo()
        await warung.downloads.settled()
        one = await warung.after()
        assert one.media_file == f"{one.id}.jpg"
        assert warung.files() == [one.media_file]
        assert (tmp_path / "media" / one.media_file).read_bytes() == JPEG


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"kind": "video"}, "video is not in media.types"),
        ({"size": 1_001}, "it is larger than media.max_size (0.001 MB)"),
        ({"source": ""}, "it came without a key"),
    ],
)
async def test_what_the_setting_does_not_want_is_not_even_asked_for(
    tmp_path: Path, more: dict[str, Any], why: str
) -> None:
    async with shop(tmp_path) as warung:
        await warung.photo(**more)
        await warung.after(media_error=why)
        assert (warung.phone.asked, warung.files()) == ([], [])


async def test_a_sender_who_lies_about_the_size_gets_nothing_kept(tmp_path: Path) -> None:
    async with shop(tmp_path) as warung:
        warung.phone.content = JPEG * 500
        await warung.photo()
        await warung.after(media_error="it is larger than media.max_size (0.001 MB)")
        assert warung.files() == []


async def test_without_the_setting_nothing_is_downloaded(tmp_path: Path) -> None:
    async with shop(tmp_path, download=False) as warung:
        await warung.photo()
        await warung.downloads.settled()
        assert ((await warung.after()).media_error, warung.phone.asked) == ("", [])
    async with shop(tmp_path) as warung:  # switched on, it reaches back a day
        await warung.downloads.settled()
        assert len(warung.files()) == 1


async def test_a_failed_download_is_tried_again_a_few_times_and_then_given_up(tmp_path: Path) -> None:
    async with shop(tmp_path) as warung:
        warung.phone.errors = [ChannelError("not connected"), RuntimeError("bug")]
        await warung.photo()
        for _ in range(1_000):
            if warung.files():
                break
            await asyncio.sleep(0.01)
        assert len(warung.phone.asked) == 3
        warung.phone.errors = [ChannelError("not connected")] * 9
        await warung.photo(2)
        await warung.after("A2", media_error="not connected")
        assert len(warung.phone.asked) == 6


async def test_a_file_that_is_gone_is_given_up_at_once(tmp_path: Path) -> None:
    async with shop(tmp_path) as warung:
        warung.phone.errors = [MediaGone("WhatsApp has it no more")]
        await warung.photo()
        await warung.after(media_error="WhatsApp has it no more")
        assert len(warung.phone.asked) == 1


async def test_a_restart_goes_on_with_what_is_open_and_clears_what_was_left_half_done(tmp_path: Path) -> None:
    async with shop(tmp_path, download=False) as warung:
        await warung.photo()
    (tmp_path / "media").mkdir()
    for name in ("019c.part", "019c.jpg"):
        (tmp_path / "media" / name).write_bytes(b"x")
    async with shop(tmp_path) as warung:
        await warung.downloads.settled()
        one = await warung.after()
        assert warung.files() == [one.media_file]


async def test_a_file_goes_with_a_message_that_is_taken_back(tmp_path: Path) -> None:
    async with shop(tmp_path) as warung:
        await warung.photo()
        await warung.downloads.settled()
        assert len(warung.files()) == 1
        await warung.take(message(2, "", type="revoke", about="A1"))
        await warung.downloads.settled()
        assert warung.files() == []


async def test_forgetting_a_customer_deletes_their_files_and_nobody_elses(tmp_path: Path) -> None:
    async with shop(tmp_path) as warung:
        await warung.photo()
        other = Attachment("image/jpeg", 5, source="k")
        await warung.take(message(2, type="image", media=other, chat="628999", phone="628999"))
        await warung.downloads.settled()
        assert len(warung.files()) == 2
        mine = (await warung.after()).media_file
        await asyncio.to_thread(erase, tmp_path, "warung", CHAT)
        assert mine not in warung.files()
        assert len(warung.files()) == 1


async def test_files_from_the_history_are_not_downloaded(tmp_path: Path) -> None:
    async with shop(tmp_path) as warung:
        old = message(1, type="image", media=Attachment("image/jpeg", 5, source="k"), sent_at=NOW - 5)
        await warung.store.imports.add(History((old,)), NOW)
        warung.downloads.decided(old)
        await warung.downloads.settled()
        assert warung.phone.asked == []
