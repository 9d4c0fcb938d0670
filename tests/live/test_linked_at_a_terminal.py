"""A phone that is linked by the code that `wabot run` shows on its terminal."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from tests.live.states import stands
from tests.tenants import number_of
from tests.whatsapp.archive import Old
from tests.whatsapp.live import PATIENCE, Live
from tests.whatsapp.terminal import in_a_terminal
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.protobufs import e2e
from wabot.channel.neonize.linked import read_linked

PHONE: Final = number_of("warung")


class Terminal:
    def __init__(self, shown: bytearray) -> None:
        self._shown, self._told = shown, set[str]()

    async def code(self) -> str:
        """The next code that is shown."""
        async with asyncio.timeout(PATIENCE):
            while True:
                codes: list[str] = re.findall(r"<([^<>]+)>", self._shown.decode("utf-8", "replace"))
                for code in codes:
                    if code not in self._told:
                        self._told.add(code)
                        return str(code)
                await asyncio.sleep(0.02)


@asynccontextmanager
async def shown(live: Live) -> AsyncIterator[Terminal]:
    """`wabot run`, started on a terminal."""
    live.environment["WHATSAPP_TESTS_SPELL"] = "yes"
    async with in_a_terminal(live) as said:
        yield Terminal(said)
        await live.end()


async def test_the_tenants_phone_scans_and_its_customers_are_answered(live: Live) -> None:
    live.tenant()
    phone = live.whatsapp.phone(PHONE)
    budi, ani = live.whatsapp.customer("Budi"), live.whatsapp.customer("Ani")
    phone.remembers(ani, [Old("H1", e2e.Message(conversation="pesan 2 porsi"), now() - 86_400)])
    async with shown(live) as terminal:
        await phone.scans(await terminal.code())
        await budi.says("jam buka?")
        await budi.hears("Kami buka tiap hari kak.")
        await stands(live, "connected")
        assert not budi.unreadable
    linked = read_linked(live.keys())
    assert linked is not None and linked.phone == PHONE


async def test_another_phone_is_unlinked_at_once_and_nothing_of_it_is_read(live: Live) -> None:
    live.tenant()
    stranger = live.whatsapp.phone("6281100000099", "Orang lain")
    customer = live.whatsapp.customer("Budi", of=stranger)
    async with shown(live) as terminal:
        await stranger.scans(await terminal.code())
        for number in range(5):
            await customer.says(f"rahasia {number}")
        left = await stands(live, "logout")
        assert left.detail.endswith("It was unlinked.")
        assert f"wabot pair warung --data {live.data}" in left.action
        assert not stranger.account.linked()
        assert (await live.wabot("conversations"))["conversations"] == []
    assert read_linked(live.keys()) is None
    assert not customer.heard


async def test_a_code_that_is_dead_since_the_connection_was_cut_is_followed_by_another(live: Live) -> None:
    live.tenant()
    phone = live.whatsapp.phone(PHONE)
    async with shown(live) as terminal:
        await terminal.code()
        live.whatsapp.proxy.cut()
        await phone.scans(await terminal.code())
        await stands(live, "connected")
