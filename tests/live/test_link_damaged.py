"""The key store is damaged, or deleted, beneath a session that runs."""

import base64
import random
import stat

import pytest

from tests.whatsapp.live import Live
from tests.whatsapp.paired import Paired
from tests.whatsapp.typed import Typed
from wabot.channel.neonize.linked import read_linked

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHATSAPP_ENCRYPTION_KEY", KEY)


async def test_keys_damaged_under_a_session_are_mended_by_a_new_one_that_answers(
    live: Live, paired_once: Paired
) -> None:
    phone = live.phone(paired_once)
    live.tenant()
    await live.start()
    await phone.connected()
    await live.says("the WhatsApp keys are backed up")
    with live.keys().open("r+b") as file:
        file.seek(100)
        file.write(random.Random(7).randbytes(50_000))
    budi = live.whatsapp.customer("Budi", "6281234567801")
    await budi.says("halo?")
    await live.says("the backup keys.backup is in its place")
    await live.says("] connected ", times=2)
    await phone.connected()
    siti = live.whatsapp.customer("Siti", "6281234567802")
    for customer in (siti, budi):
        await customer.says("jam buka?")
        await customer.hears("Kami buka")
        assert not customer.unreadable
    assert list(live.keys().parent.glob("keys.db.damaged-*"))
    assert "a bug" not in live.said()


@pytest.mark.parametrize("how", ["deleted", "moved", "replaced by an empty file"])
async def test_keys_that_go_from_under_a_session_are_put_back_and_no_link_is_lost(
    live: Live, paired_once: Paired, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.delenv("WHATSAPP_ENCRYPTION_KEY")  # nothing else would bring them back
    phone = live.phone(paired_once)
    live.tenant()
    await live.start()
    await phone.connected()
    budi = live.whatsapp.customer("Budi", "6281234567801")
    await budi.says("jam buka?")
    await budi.hears("Kami buka")
    if how == "deleted":
        for file in live.keys().parent.glob("keys.db*"):
            file.unlink()
    else:
        live.keys().rename(live.data / "elsewhere.db")
    if how == "replaced by an empty file":
        live.keys().touch()
    else:
        async with Typed(live, "unpair", "warung", "--yes") as unpair:
            assert (await unpair.ends(), phone.account.linked() != []) == (3, True)
    await live.says("It is put back; a new process goes on.")
    await live.says("] connected ", times=2)
    await phone.connected()
    siti = live.whatsapp.customer("Siti", "6281234567802")
    for customer in (budi, siti):
        await customer.says("jam buka lagi?")
        await customer.hears("Kami buka")
        assert not customer.unreadable
    linked = read_linked(live.keys())
    assert linked is not None
    assert stat.S_IMODE(live.keys().stat().st_mode) == 0o600
    assert not list(live.keys().parent.glob(".keys*"))


async def test_keys_deleted_just_before_a_stop_are_there_at_the_next_start(live: Live, paired_once: Paired) -> None:
    phone = live.phone(paired_once)
    live.tenant()
    await live.start()
    await phone.connected()
    live.keys().unlink()
    await live.stop()
    assert read_linked(live.keys()) is not None
