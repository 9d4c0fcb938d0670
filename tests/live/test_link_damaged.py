"""The key store is damaged beneath a session that runs."""

import base64
import random

import pytest

from tests.whatsapp.live import Live
from tests.whatsapp.paired import Paired

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
