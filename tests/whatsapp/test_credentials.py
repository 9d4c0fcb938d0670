"""The link with WhatsApp: who may read what lies on the disk, and how it comes back when it is lost."""

import asyncio
import base64
import fnmatch
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.whatsapp.crypto.keys import KeyPair
from tests.whatsapp.live import Live
from tests.whatsapp.paired import Paired
from tests.whatsapp.people import content as contents
from tests.whatsapp.people.customer import Customer
from tests.whatsapp.people.memories import old
from wabot.store.keeping.identity import IDENTITY, OF_THE_MOMENT, RATCHETS
from wabot.store.keeping.keys_backup import back_up_keys

KEY = base64.b64encode(bytes(range(32))).decode()
ANSWER = "Kami buka tiap hari kak."


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the daemon and for the commands beside it."""
    monkeypatch.setenv("WHATSAPP_ENCRYPTION_KEY", KEY)


async def asked(day: str, *customers: Customer) -> None:
    """Each asks twice, and reads the answers."""
    for words in ("jam buka", "kak, jam buka"):
        for customer in customers:
            await customer.says(f"{words} {day}?")
            await customer.hears(ANSWER)


class Watch:
    """Looks at all that comes to lie in a folder, again and again: what there was, and what others could read. Below
    `rules.good` are copies of the shop's own files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.seen: set[str] = set()
        self.readable_by_others: set[str] = set()

    def look(self) -> None:
        for path in (self._folder, *self._folder.rglob("*")):
            try:
                mode = stat.S_IMODE(path.lstat().st_mode)
            except FileNotFoundError:
                continue
            self.seen.add(str(path.relative_to(self._folder)))
            if mode & 0o077 and "rules.good" not in path.parent.parts:
                self.readable_by_others.add(f"{path} {mode:o}")

    async def sees(self, pattern: str) -> None:
        """Wait until something of that name has been there."""
        async with asyncio.timeout(30):
            while not fnmatch.filter(self.seen, pattern):
                await asyncio.sleep(0.01)

    async def go_on(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(0.002)


async def test_nothing_that_lies_on_the_disk_is_ever_readable_by_others(live: Live, paired_once: Paired) -> None:
    phone = live.phone(paired_once)
    with (live.tenant() / "tenant.yaml").open("a") as file:
        file.write("media: {download: true}\n")
    watch = Watch(live.data)
    watching = asyncio.create_task(watch.go_on())
    await live.start()
    await phone.connected()
    budi = live.whatsapp.customer("Budi", "6281234567801")
    await asked("senin", budi)
    await budi.sends(contents.file(live.whatsapp.media, "image", b"\xff\xd8\xff" + bytes(2_000)))
    siti = live.whatsapp.customer("Siti", "6281234567802")
    phone.remembers(siti, [old(f"pesan {number}", days=40) for number in range(2_500)])
    await phone.hands_over()  # lies in files until it is imported, too short a time to insist on seeing them
    await live.says("the history is in")
    for name in ("keys.db", "keys.db-wal", "keys.db-shm", "wabot.db-wal", "keys.backup", "media/*.jpg"):
        await watch.sees(f"warung/{name}")
    assert await live.stop() == 0
    watching.cancel()
    watch.look()
    assert not watch.readable_by_others


async def test_a_lost_key_store_comes_back_and_everybody_is_read_and_can_read(live: Live, paired_once: Paired) -> None:
    phone = live.phone(paired_once)
    live.tenant(max_per_minute="600")
    folder = live.data / "warung"
    await live.start()
    await phone.connected()
    await live.says("the WhatsApp keys are backed up")  # nobody asked for it: the link was new
    budi = live.whatsapp.customer("Budi", "6281234567801")
    siti = live.whatsapp.customer("Siti", "6281234567802", addressing="pn")
    tono = live.whatsapp.customer("Tono", "6281234567803", alt=False)
    await asked("senin", budi, siti, tono)
    (done,) = (await live.wabot("jobs", "run", "keys-backup"))["ran"]
    assert (done["ok"], "keys.backup is written" in done["outcome"]) == (True, True)
    # What comes now is not in the backup: the ratchets go on, and one more is begun.
    citra = live.whatsapp.customer("Citra", "6281234567804")
    await asked("selasa", budi, siti, tono, citra)
    assert await live.stop() == 0
    for side in folder.glob("keys.db*"):
        side.unlink()
    await budi.says("jam buka?")  # in the session of before, while nobody is there

    restored = (await live.wabot("sessions", "restore", "warung"))["restored"]
    assert restored["set_aside"] is None
    eka = live.whatsapp.customer("Eka", "6281234567806")
    phone.client.once[1] = KeyPair().public  # of a batch that was made after the backup: nobody has its other half
    await eka.says("jam buka?")
    prekeys = len(phone.client.once)
    await live.start()
    await phone.connected()
    await budi.hears(ANSWER)
    await eka.hears(ANSWER)
    dewi = live.whatsapp.customer("Dewi", "6281234567805")
    await asked("rabu", budi, siti, tono, citra, dewi, eka)

    for person in (budi, siti, tono, citra, dewi, eka, phone):
        assert not person.unreadable, person.name
    # Those that were handed out after the backup are lost; so there must be others.
    assert len(phone.client.once) > prekeys
    assert (await live.status())["status"] == "connected"


async def test_lost_keys_are_asked_for_first_and_a_new_pairing_once_whatsapp_has_ended_their_link(
    live: Live, paired_once: Paired
) -> None:
    phone = live.phone(paired_once)
    live.tenant()
    assert "is written" in await asyncio.to_thread(back_up_keys, live.keys().parent, bytes(range(32)), 0)
    live.keys().unlink()
    await phone.unlinks()
    await live.start()
    await live.says(f"Bring the link back: `wabot sessions restore warung --data {live.data}`.")
    (told,) = (await live.wabot("sessions", code=1))["sessions"]
    assert (told["status"], told["phone"]) == ("qr_pending", None)
    assert told["action"].startswith("Bring the link back")
    await live.wabot("sessions", "restore", "warung")
    await live.says("This bot was unlinked on the phone")
    assert (await live.status())["status"] == "logout"


def test_somebody_has_decided_about_every_table_of_the_library(paired_once: Paired) -> None:
    with closing(sqlite3.connect(f"file:{paired_once.keys}?mode=ro", uri=True)) as keys:
        tables = {name for (name,) in keys.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables - {"whatsmeow_version"} == {*RATCHETS, *OF_THE_MOMENT, *IDENTITY}
