"""Two days of a small shop, live: what the pages of figures are about."""

import random
from pathlib import Path

from tests.session.people import DEDI, Shop
from tests.session.stage import ANI, BUDI, Stage, stage
from wabot.model.turn import Receipt

CITRA = "6281200000003"
NAMES = {BUDI: "Budi", ANI: "Ani", CITRA: "Citra 🌸"}
MINUTE, HOUR = 60_000, 3_600_000
RULES = """\
  - id: menu-utama
    name: Menu utama
    trigger: {type: keyword, keywords: [menu]}
    response:
      type: menu
      message: Mau apa kak?
      options:
        - {key: "1", label: Harga, goto: harga}
        - {key: "2", label: Bicara dengan kami, action: forward_to_cs}
  - {id: harga, trigger: {type: keyword, keywords: [harga]}, response: Sepuluh ribu kak.}
  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}
  - {id: cs, trigger: {type: keyword, keywords: [admin]}, response: {type: forward_to_cs}}
"""
HOURS = """\
version: 1
weekly:
  mon-fri: ["09:00-17:00"]
"""


async def days(place: Path) -> Path:
    """The data folder of the shop `warung`: Wednesday 2026-01-28, 10.00 to Thursday evening, in Jakarta."""
    folder = place / "rules" / "warung"
    folder.mkdir(parents=True)
    (folder / "hours.yaml").write_text(HOURS)
    async with stage(place, RULES, chance=random.Random(1)) as shop:
        desk = Shop(shop, place)
        desk.hire()
        desk.hire(DEDI, status="offline")
        await _says(shop, "menu")
        await _says(shop, "1")
        await _says(shop, "kemahalan")
        await _says(shop, "menu")
        await _says(shop, "admin dong", ANI)
        shop.later(10 * MINUTE)
        desk.says("Halo kak, dengan Sari", ANI)
        await desk.sent()
        shop.later(MINUTE)
        await _says(shop, "pesan dua ya", ANI)
        shop.later(5 * MINUTE)
        desk.says("Siap kak", ANI)
        await desk.sent()
        shop.later(HOUR)
        assert desk.resolve(ANI)
        shop.later(30 * HOUR)  # Thursday evening, after hours
        await _says(shop, "jam buka?", CITRA)
        await _says(shop, "jam buka?")
        await _says(shop, "bisa cod?", CITRA)
        shop.later(2 * HOUR)
        await shop.say("bisa kak", CITRA, from_me=True)
        desk.change(status="offline")
        await _reached(shop)
    (place / "stored").mkdir()
    return (place / "data").rename(place / "stored" / "warung").parent


async def _says(shop: Stage, text: str, chat: str = BUDI) -> None:
    """What is answered, is answered four seconds after it was written; a minute later it goes on."""
    await shop.say(text, chat, name=NAMES[chat], sent_at=shop.clock.now() - 4_000)
    shop.later(MINUTE)


async def _reached(shop: Stage) -> None:
    """All of ours but the last reached a phone, and every other one was read."""
    assert shop.channel.inbox is not None
    for number, sent in enumerate(shop.channel.sent[:-1]):
        await shop.channel.inbox.receipt(Receipt(sent, "read" if number % 2 else "delivered", shop.clock.now()))
