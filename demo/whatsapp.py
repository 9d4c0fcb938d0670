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
from tests.whatsapp.paired import pair
from tests.whatsapp.people import content
from tests.whatsapp.people.customer import Customer
from tests.whatsapp.people.phone import Phone
from tests.whatsapp.whatsapp import WhatsApp

CHECKOUT = Path(__file__).parent.parent
OUT = CHECKOUT / "demo" / "out" / "whatsapp"
WIDTH = max(len(scene.shop) for scene in SCENES)
PHOTO = bytes.fromhex("ffd8ffe0") + bytes(2000) + bytes.fromhex("ffd9")


def show(scene: Scene, arrow: str, text: str) -> None:
    """A line of the conversation: time, shop, customer, and who speaks."""
    first, *more = [line for line in text.splitlines() if line.strip()] or [""]
    clock = time.strftime("%H:%M:%S")
    print(f"{clock}  {scene.shop:{WIDTH}}  {scene.customer:5} {arrow} {first}", flush=True)
    for line in more:
        print(f"{'':{WIDTH + 20}}{line}", flush=True)


async def play(scene: Scene, whatsapp: WhatsApp, phone: Phone) -> Customer:
    """One customer's conversation. Raises AssertionError when a reply does not come."""
    customer = whatsapp.customer(scene.customer, of=phone, addressing=scene.addressing)
    for step in scene.steps:
        await take(step, scene, customer, phone)
    return customer


async def take(step: Step, scene: Scene, customer: Customer, phone: Phone) -> None:
    match step:
        case Say(text):
            show(scene, ">", text)
            await customer.says(text)
        case Picture(caption):
            show(scene, ">", f"[a photo] {caption}")
            await customer.sends(content.file(customer.server.media, "image", PHOTO, caption=caption), kind="media")
        case Owner(text):
            await phone.types(customer, text)
            await customer.hears(text)
            show(scene, "<", f"{text}   [the owner, on the phone]")
    for expected in step.hears:
        heard = await customer.hears(expected, within=30)
        show(scene, "<", heard.text)
        await customer.reads(heard)


async def link(whatsapp: WhatsApp, live: Live) -> dict[str, Phone]:
    phones = {shop: whatsapp.phone(number, shop) for shop, number in SHOPS.items()}
    for shop, phone in phones.items():
        await pair(whatsapp, phone, live.keys(shop))
        print(f"  {shop}: its phone has scanned the code")
    return phones


async def perform() -> list[str]:
    """What went wrong."""
    async with WhatsApp() as whatsapp:
        live = Live(whatsapp, OUT)
        live.rules, live.spread = CHECKOUT / "rules", None
        try:
            print("A WhatsApp of our own stands on this machine. Three shops link their numbers:")
            phones = await link(whatsapp, live)
            print(f"\n$ wabot run rules --data {live.data.relative_to(CHECKOUT)}\n", flush=True)
            await live.start()
            await asyncio.gather(*(phone.connected() for phone in phones.values()))
            played = await asyncio.gather(
                *(play(scene, whatsapp, phones[scene.shop]) for scene in SCENES), return_exceptions=True
            )
            wrong = [str(result) for result in played if isinstance(result, BaseException)]
            customers = [customer for customer in played if isinstance(customer, Customer)]
            for scene, customer in zip(SCENES, played, strict=True):
                if isinstance(customer, Customer) and not scene.steps[-1].hears and not customer.unasked:
                    show(scene, "<", "(nothing: the owner has this chat)")
            for customer in customers:
                wrong += [f"{customer.name} heard what nobody expected: {heard.text!r}" for heard in customer.unasked]
                wrong += [f"{customer.name} could not read a message: {error}" for error in customer.unreadable]
            code = await live.stop()
            wrong += [f"wabot run ended with {code}"] if code else []
            wrong += [f"the client asked for {asked.target}" for asked in whatsapp.proxy.asked if not asked.allowed]
            replies = sum(len(customer.heard) for customer in customers)
            print(f"\n{len(customers)} customers, {replies} answers, {sum(map(said, customers))} messages.")
        finally:
            await live.end()
        return wrong


def said(customer: Customer) -> int:
    return len(customer.sent)


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
