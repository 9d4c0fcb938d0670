"""The whole product on a machine without a phone: `wabot run` answers on WhatsApp, and the WhatsApp is our own.

`make demo-whatsapp` runs this. The real client (neonize) pairs, logs in and speaks with the server of
`tests/whatsapp/`; nothing leaves this machine. Exit code 1 when a reply did not come as it should.
"""

import asyncio
import shutil
import subprocess
import sys
import time
from pathlib import Path

from demo.scenes import SCENES, SHOPS, Owner, Picture, Say, Scene, Step
from tests.whatsapp.wire.library import WHY_NOT

if WHY_NOT:
    sys.exit(f"wabot: {WHY_NOT}. `make demo` works everywhere.")

from tests.whatsapp.live import Live
from tests.whatsapp.people import content
from tests.whatsapp.people.customer import Customer
from tests.whatsapp.people.memories import old
from tests.whatsapp.people.phone import Phone
from tests.whatsapp.typed import Typed
from tests.whatsapp.whatsapp import WhatsApp

CHECKOUT = Path(__file__).parent.parent
OUT = CHECKOUT / "demo" / "out" / "whatsapp"
WIDTH = max(len(scene.shop) for scene in SCENES)
PHOTO = bytes.fromhex("ffd8ffe0") + bytes(2000) + bytes.fromhex("ffd9")


def show(shop: str, who: str, arrow: str, text: str) -> None:
    """A line of the conversation: time, shop, with whom, and who speaks."""
    first, *more = [line for line in text.splitlines() if line.strip()] or [""]
    clock = time.strftime("%H:%M:%S")
    print(f"{clock}  {shop:{WIDTH}}  {who:5} {arrow} {first}", flush=True)
    for line in more:
        print(f"{'':{WIDTH + 20}}{line}", flush=True)


async def play(scene: Scene, customer: Customer, phone: Phone) -> None:
    """One customer's conversation. Raises AssertionError when a reply does not come."""
    for step in scene.steps:
        await take(step, scene, customer, phone)


async def take(step: Step, scene: Scene, customer: Customer, phone: Phone) -> None:
    match step:
        case Say(text):
            show(scene.shop, scene.customer, ">", text)
            await customer.says(text)
        case Picture(caption):
            show(scene.shop, scene.customer, ">", f"[a photo] {caption}")
            await customer.sends(content.file(customer.server.media, "image", PHOTO, caption=caption))
        case Owner(text):
            await phone.types(customer, text)
            await customer.hears(text)
            show(scene.shop, scene.customer, "<", f"{text}   [the owner, on the phone]")
    for expected in step.hears:
        heard = await customer.hears(expected, within=30)
        show(scene.shop, scene.customer, "<", heard.text)
        await customer.reads(heard)


async def link(live: Live, phones: dict[str, Phone]) -> None:
    """Each shop's phone scans the code that `wabot pair` shows."""
    for shop, phone in phones.items():
        print(f"$ wabot pair {shop}", flush=True)
        async with Typed(live, "pair", shop) as pair:
            await phone.scans((await pair.says("qr"))["code"])
            print(f"  the phone of {(await pair.says('paired'))['phone']} has scanned the code", flush=True)
            await pair.ends()


def cast(whatsapp: WhatsApp, phones: dict[str, Phone]) -> list[Customer]:
    """The customers of all scenes, and what the phones remember of them."""
    customers = []
    for scene in SCENES:
        phone = phones[scene.shop]
        customer = whatsapp.customer(scene.customer, of=phone, addressing=scene.addressing)
        if scene.wrote:
            phone.remembers(customer, [old(scene.wrote, days=12)])
        customers.append(customer)
    return customers


def conclude(phones: dict[str, Phone], customers: list[Customer]) -> None:
    """What owners were told, and whom the bot left to them."""
    for scene, customer in zip(SCENES, customers, strict=True):
        if not scene.steps[-1].hears and not customer.unasked:
            show(scene.shop, scene.customer, "<", "(nothing: the owner has this chat)")
    for shop, phone in phones.items():
        for heard in phone.heard:
            if heard.node.jid("to").user in (phone.number, phone.lid):
                show(shop, "owner", "<", heard.text)


async def perform() -> list[str]:
    """What went wrong."""
    async with WhatsApp() as whatsapp:
        live = Live(whatsapp, OUT)
        live.rules, live.spread = CHECKOUT / "rules", None
        phones = {shop: whatsapp.phone(number, shop) for shop, number in SHOPS.items()}
        customers = cast(whatsapp, phones)
        try:
            print("A WhatsApp of our own stands on this machine. Three shops link their numbers:\n")
            await link(live, phones)
            print(f"\n$ wabot run rules --data {live.data.relative_to(CHECKOUT)}\n", flush=True)
            await live.start()
            await asyncio.gather(*(phone.connected() for phone in phones.values()))
            scenes = [play(scene, one, phones[scene.shop]) for scene, one in zip(SCENES, customers, strict=True)]
            played = await asyncio.gather(*scenes, return_exceptions=True)
            wrong = [str(result) for result in played if result is not None]
            conclude(phones, customers)
            for customer in customers:
                wrong += [f"{customer.name} heard what nobody expected: {heard.text!r}" for heard in customer.unasked]
                wrong += [f"{customer.name} could not read a message: {error}" for error in customer.unreadable]
            code = await live.stop()
            wrong += [f"wabot run ended with {code}"] if code else []
            wrong += [f"the client asked for {asked.target}" for asked in whatsapp.proxy.asked if not asked.allowed]
            said, heard = sum(len(one.sent) for one in customers), sum(len(one.heard) for one in customers)
            print(f"\n{len(customers)} customers wrote {said} messages and heard {heard}.")
        finally:
            await live.end()
        return wrong


def main() -> int:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    wrong = asyncio.run(perform())
    for what in wrong:
        print(f"wabot: {what}", file=sys.stderr)
    if wrong:
        print(f"wabot: what the daemon said is in {OUT.relative_to(CHECKOUT)}/daemon.log", file=sys.stderr)
        return 1
    data = str((OUT / "data").relative_to(CHECKOUT))
    print(f"\n$ wabot status --data {data}\n", flush=True)
    return subprocess.run(
        [sys.executable, "-m", "wabot", "status", "--data", data], cwd=CHECKOUT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
