"""A street of shops on a WhatsApp of our own: each has a number that is paired, and customers who write to it.

The server for tests (tests/whatsapp) runs in this process; the real client in those that are measured.
"""

import asyncio
import itertools
import os
import shutil
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.whatsapp.live import Live
from tests.whatsapp.memory import in_memory
from tests.whatsapp.paired import ROOT, copy_keys, pair
from tests.whatsapp.people.customer import Customer
from tests.whatsapp.people.phone import Phone
from tests.whatsapp.whatsapp import WhatsApp

AT_ONCE: Final = 3
PATIENCE: Final = 60.0
"""Seconds for a login, and for an answer."""
RULES: Final = """\
  - id: jam-buka
    trigger: {type: keyword, keywords: [jam buka]}
    response: "Kami buka tiap hari kak {{ first_name }}."
  - id: ongkir
    trigger: {type: pattern, regex: 'ongkir (ke )?(?P<kota>\\w+)'}
    response: "Ongkir ke {{ match.kota }} 8 ribu kak."
"""


@dataclass(frozen=True)
class Shop:
    """A tenant, its handset, its key store, its customers."""

    name: str
    phone: Phone
    keys: Path
    customers: Sequence[Customer]


class Street:
    """`live` is the daemon that serves all shops, once it is started."""

    def __init__(self, place: Path, whatsapp: WhatsApp, shops: Sequence[Shop]) -> None:
        self.whatsapp, self.shops = whatsapp, shops
        self.live = Live(whatsapp, place)
        self._places = itertools.count(1)

    async def start(self, *flags: str) -> None:
        """`wabot run`, until every shop is connected."""
        for shop in self.shops:
            limits = {"max_per_minute": "600", "max_per_contact_per_day": "1000"}
            folder = self.live.tenant(shop.name, RULES, phone=shop.phone.number, **limits)
            shutil.copy(ROOT / "rules" / "warung-sari" / "hours.yaml", folder)
            self.live.keys(shop.name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            copy_keys(shop.keys, self.live.keys(shop.name))
        await self.live.start(*flags)
        await self._connected()

    @asynccontextmanager
    async def echoes(self, place: Path) -> AsyncIterator[Sequence[Process]]:
        """A bare neonize program for each shop, all connected."""
        started = []
        try:
            for shop in self.shops:
                copy_keys(shop.keys, place / shop.name / "keys.db")
                started.append(
                    await asyncio.create_subprocess_exec(
                        *(sys.executable, "-m", "bench.bare_echo", str(place / shop.name / "keys.db")),
                        cwd=ROOT,
                        env=os.environ | self.whatsapp.environment(),
                        stdout=asyncio.subprocess.DEVNULL,
                        stderr=asyncio.subprocess.DEVNULL,
                    )
                )
            await self._connected()
            yield started
        finally:
            for process in started:
                if process.returncode is None:
                    process.kill()
                await process.wait()
            for shop in self.shops:
                await shop.phone.disconnected()
                # What the customers' phones have agreed on since then stands in here.
                copy_keys(place / shop.name / "keys.db", shop.keys)

    async def ask(self, customer: Customer) -> tuple[str, float]:
        """Ask something that nobody has asked yet, and wait for the answer: what it holds, and the seconds it took.
        More than 8 answers within two minutes look to a session as if two machines answered each other."""
        place = f"desa{next(self._places)}"
        began = asyncio.get_running_loop().time()
        await customer.says(f"ongkir ke {place}")
        heard = await customer.hears(f"ke {place}", within=PATIENCE)
        return f"ke {place}", heard.at - began

    async def chat(self, times: int) -> None:
        """Every customer asks so many times and waits for each answer."""

        async def talk(customer: Customer) -> None:
            for _ in range(times):
                await self.ask(customer)

        await asyncio.gather(*(talk(customer) for shop in self.shops for customer in shop.customers))

    async def _connected(self) -> None:
        try:
            for shop in self.shops:
                await shop.phone.connected(within=PATIENCE)
        except AssertionError:
            sys.stderr.write(self.live.said())
            raise


@asynccontextmanager
async def street(count: int, customers: int) -> AsyncIterator[Street]:
    """`count` shops with so many customers each, their numbers paired."""
    limit = asyncio.Semaphore(AT_ONCE)
    with in_memory() as place:
        async with WhatsApp() as whatsapp:

            async def open_shop(number: int) -> Shop:
                async with limit:
                    name = f"toko-{number:02}"
                    phone = whatsapp.phone(f"62811{number:08}", name)
                    keys = place / "paired" / name / "keys.db"
                    await pair(whatsapp, phone, keys)
                people = [
                    whatsapp.customer(f"Budi {at}", f"62812{number:04}{at:04}", of=phone) for at in range(customers)
                ]
                return Shop(name, phone, keys, people)

            shops = await asyncio.gather(*map(open_shop, range(count)))
            made = Street(place, whatsapp, shops)
            try:
                yield made
            finally:
                await made.live.end()
