"""How logins and connections end, as the real client tells it. Most of these end a client for good: a process each."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.whatsapp.bare.client import Client
from tests.whatsapp.paired import Paired
from tests.whatsapp.people.phone import Phone
from tests.whatsapp.whatsapp import WhatsApp

Starts = Callable[[], Awaitable[Client]]


@pytest.fixture
def phone(whatsapp: WhatsApp, paired_once: Paired) -> Phone:
    return paired_once.on(whatsapp)


@pytest.fixture
async def start(whatsapp: WhatsApp, paired_once: Paired, place: Path) -> AsyncIterator[Starts]:
    """Starts a client with the paired key store."""
    started: list[Client] = []

    async def starts() -> Client:
        paired_once.copy_to(place / "keys.db")
        started.append(await Client.start(whatsapp, place / "keys.db"))
        return started[-1]

    yield starts
    for client in started:
        await client.end()


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (401, "LoggedOut"),
        (402, "TemporaryBan"),
        (403, "LoggedOut"),
        (405, "ClientOutdated"),
        (409, "ConnectFailure"),
        (463, "Ended"),
    ],
)
@pytest.mark.usefixtures("phone")
async def test_a_refused_login_is_told_as_what_it_is(whatsapp: WhatsApp, start: Starts, reason: int, kind: str) -> None:
    whatsapp.refuses(reason, expire=7200)
    client = await start()
    told = await client.tells(kind)
    if reason == 402:
        assert told.Expire == 7200
    if reason == 463:
        assert "required field" in told


async def test_a_fault_of_whatsapp_passes(whatsapp: WhatsApp, phone: Phone, start: Starts) -> None:
    whatsapp.refuses(503)
    client = await start()
    await whatsapp.server.until(lambda: whatsapp.server.attempts > 0, "a login")
    whatsapp.refuses(0)
    await phone.connected()
    await client.tells("Connected")


@pytest.mark.usefixtures("phone")
async def test_a_login_with_the_reason_414_kills_the_process(whatsapp: WhatsApp, start: Starts) -> None:
    whatsapp.refuses(414)
    client = await start()
    async with asyncio.timeout(20):
        assert await client.process.wait() == -6


async def test_a_connection_that_is_cut_is_made_again(whatsapp: WhatsApp, phone: Phone, start: Starts) -> None:
    client = await start()
    await client.tells("Connected")
    for _ in range(2):
        whatsapp.cut()
        await client.tells("Connected")
    assert whatsapp.server.logins == 3
    budi = whatsapp.customer("Budi", of=phone)
    id = await budi.says("halo")
    assert id == (await client.tells("Message")).Info.ID


async def test_whoever_is_unlinked_on_the_phone_is_told(phone: Phone, start: Starts) -> None:
    client = await start()
    await client.tells("Connected")
    await phone.unlinks()
    await client.tells("LoggedOut")


async def test_another_program_with_the_same_keys_takes_over(phone: Phone, start: Starts) -> None:
    client = await start()
    await client.tells("Connected")
    await phone.is_replaced()
    await client.tells("StreamReplaced")


async def test_nothing_moves_on_a_half_open_link(whatsapp: WhatsApp, phone: Phone, start: Starts) -> None:
    client = await start()
    await client.tells("Connected")
    budi = whatsapp.customer("Budi")
    whatsapp.hangs()
    id = await budi.says("halo?")
    with pytest.raises(AssertionError):
        await client.tells("Message", within=0.3)
    assert phone.client.waiting
    whatsapp.flows()
    assert id == (await client.tells("Message")).Info.ID
