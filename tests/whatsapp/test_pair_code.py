"""Linking with a phone number: the client shows eight characters, and its owner types them into the phone."""

import asyncio
from pathlib import Path

import pytest

from tests.whatsapp.crypto.link_code import WrongCode
from tests.whatsapp.paired import pair
from tests.whatsapp.server.linking import offered
from tests.whatsapp.whatsapp import WhatsApp

NUMBER, OTHER = "6281100000001", "6281100000002"


async def test_a_client_is_linked_once_the_right_code_is_typed(whatsapp: WhatsApp, place: Path) -> None:
    phone = whatsapp.phone(NUMBER)
    refused: list[str] = []

    async def mistype_first(code: str) -> None:
        wrong = ("B" if code[0] == "A" else "A") + code[1:]
        with pytest.raises(WrongCode):
            await phone.enters(wrong)
        refused.append(wrong)
        assert not phone.account.linked()
        await phone.enters(code.lower())

    await pair(whatsapp, phone, place / "keys.db", number=NUMBER, link=mistype_first)
    assert refused
    assert phone.client.number == 1


async def test_a_code_is_for_one_number_and_gone_with_its_client(whatsapp: WhatsApp, place: Path) -> None:
    phone, other = whatsapp.phone(NUMBER), whatsapp.phone(OTHER)

    async def look(code: str) -> None:
        with pytest.raises(LookupError):
            await other.enters(code)
        await phone.enters(code)

    await pair(whatsapp, phone, place / "keys.db", number=NUMBER, link=look)
    await whatsapp.server.until(lambda: not whatsapp.server.connections, "the client is gone")
    with pytest.raises(LookupError):
        offered(whatsapp.server, phone.account)


async def test_no_code_is_given_for_a_number_that_nobody_has(whatsapp: WhatsApp, place: Path) -> None:
    phone = whatsapp.phone(NUMBER)
    linking = asyncio.ensure_future(pair(whatsapp, phone, place / "keys.db", number=OTHER))
    asked = whatsapp.server.received
    await whatsapp.server.until(
        lambda: any(node.find("link_code_companion_reg") for node in asked), "the client asks for a code"
    )
    linking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await linking
    assert not phone.account.linked()
