"""Linking the real client: codes that are scanned, wrongly scanned, and scanned too late."""

from pathlib import Path

import pytest

from tests.whatsapp.bare.client import Client
from tests.whatsapp.server.pairing import PairingRefused
from tests.whatsapp.whatsapp import WhatsApp


async def test_a_scanned_code_links_the_client_and_a_wrong_scan_does_not(whatsapp: WhatsApp, place: Path) -> None:
    phone = whatsapp.phone("6281100000009", "Toko Melati")
    client = await Client.start(whatsapp, place / "keys.db")
    code = await client.tells("QR")
    with pytest.raises(LookupError):
        await phone.scans(code.replace(code.split(",")[0], "another"))
    await phone.scans(code)
    paired = await client.tells("PairStatus")
    assert (paired.ID.User, paired.BusinessName) == ("6281100000009", "Toko Melati")
    await client.tells("Connected")
    assert phone.client.bundle is not None and len(phone.client.once) > 10
    await client.end()


@pytest.mark.parametrize("wrong", ["mac", "signature"])
async def test_a_phone_that_signs_wrongly_is_refused(whatsapp: WhatsApp, place: Path, wrong: str) -> None:
    phone = whatsapp.phone("6281100000009")
    client = await Client.start(whatsapp, place / "keys.db")
    code = await client.tells("QR")
    with pytest.raises(PairingRefused, match="401"):
        await phone.scans(code, wrong_mac=wrong == "mac", wrong_signature=wrong == "signature")
    assert not phone.account.linked()
    await client.end()
