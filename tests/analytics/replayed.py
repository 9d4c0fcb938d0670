"""A shop that has really lived a while: what customers wrote and people did went through a session into its store."""

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.session.people import Shop
from tests.session.stage import ANI, BUDI, stage
from wabot.session.csat import survey
from wabot.store.sqlite import pause_chat, pause_tenant, resolve

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
RULES: Final = """\
  - {id: salam, trigger: {type: welcome}, priority: 90, response: "Halo kak {{ first_name }}, selamat datang!"}
  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, cooldown: 10m,
     response: "Buka {{ hours.today }} kak."}
  - {id: ongkir, trigger: {type: keyword, keywords: [ongkir]}, max_triggers_per_day: 2, continue: true, tags: [ongkir],
     response: {type: text, message: ["Ongkir 10 ribu kak.", "Ongkirnya 10 ribu ya kak.", "Sama kak, 10 ribu."]}}
  - {id: ongkir-luar, trigger: {type: pattern, regex: "ongkir ke (?P<kota>[a-z]+)"},
     response: "Ke {{ match.kota }} tanya admin ya."}
  - id: menu
    trigger: {type: keyword, keywords: [menu]}
    response:
      type: menu
      message: Pilih kak
      expires: 10m
      options: [{key: "1", label: Jam, goto: jam-buka}, {key: "2", label: Lain, goto: lain}, {key: "3", label: Promo},
        {key: "9", label: CS, action: forward_to_cs}]
  - id: lain
    trigger: {type: keyword, keywords: [lainnya]}
    response: {type: menu, message: Lainnya, options: [{key: "1", label: Ongkir, goto: ongkir},
      {key: "0", label: Kembali, action: back}]}
  - {id: promo, trigger: {type: menu_selection, menu: menu, key: "3"}, response: Tidak ada promo kak.}
  - {id: cs, trigger: {type: keyword, keywords: [admin]}, response: {type: forward_to_cs}}
  - {id: pesan, trigger: {type: keyword, keywords: [pesan]}, response: Ditunggu bayarnya kak.,
     follow_up: {after: 30m, message: Jadi pesan kak?}}
  - {id: setia, trigger: {type: keyword, keywords: [diskon]}, conditions: {segment: [regular]},
     response: Diskon 5 persen kak.}
  - {id: diam, trigger: {type: keyword, keywords: [stiker]}, response: {type: none}}
  - {id: tutup, trigger: {type: fallback}, conditions: {hours: closed}, cooldown: 1h, response: Kami tutup kak.}
"""
HOURS: Final = """\
version: 1
weekly:
  mon: ["08:00-17:00"]
  tue: ["08:00-17:00"]
  wed: ["08:00-17:00"]
  thu: ["08:00-17:00"]
  fri: ["08:00-17:00"]
"""
TEXTS: Final = (
    "halo", "jam buka?", "ongkir?", "ongkir ke bandung", "menu", "1", "2", "3", "0", "9", "lainnya", "admin dong",
    "mau pesan", "ada diskon?", "stiker", "entah", "5", "7", "JAM BUKA", "ongkir menu",
)  # fmt: skip
WAITS: Final = (0, 1, 700, 2_500, 30_000, 3 * MINUTE, 11 * MINUTE, 40 * MINUTE, 3 * HOUR, 9 * HOUR, DAY + HOUR)
SETTINGS: Final = {
    "handoff": "{pause: 1h}",
    "csat": "{enabled: true, wait: 1m}",
    "segments": "{regular: {messages: 6}, inactive: {after: 30d}}",
}
Step = tuple[str, Any]


def steps(chance: random.Random, many: int) -> list[Step]:
    """What happens, one thing after the other."""
    kinds = ["say"] * 24 + ["wait"] * 14
    kinds += ["phone", "wabot", "resolve", "pause", "resume", "old", "helped"]
    found: list[Step] = []
    for _ in range(many):
        kind = chance.choice(kinds)
        who = chance.choice((BUDI, BUDI, ANI))
        if kind == "say":
            found.append((kind, (chance.choice(TEXTS), who)))
        elif kind == "helped":
            found += [("phone", who), ("resolve", who), ("wait", 5 * MINUTE), ("say", ("5", who))]
        elif kind == "wait":
            found.append((kind, chance.choice(WAITS)))
        else:
            found.append((kind, who))
    return found


async def live(place: Path, script: Sequence[Step], text: str = RULES) -> Path:
    """Have it happen; the folder that holds the tenant's store."""
    (place / "rules" / "warung").mkdir(parents=True)
    (place / "rules" / "warung" / "hours.yaml").write_text(HOURS)
    async with stage(
        place, text, hurry=False, tenant=SETTINGS, chance=random.Random(1), max_per_contact_per_day="12"
    ) as shop:
        people = Shop(shop, place)
        data = place / "data"
        for kind, what in script:
            if kind == "say":
                await shop.say(what[0], what[1], name="Budi Santoso" if what[1] == BUDI else "Ani")
            elif kind == "old":
                await shop.say("jam buka", what, sent_at=shop.clock.now() - HOUR)
            elif kind == "wait":
                await shop.pass_time(what)
            elif kind == "phone":
                await shop.say("Siap kak", what, from_me=True)
            elif kind == "wabot":
                people.says("Siap kak", what)
                await people.sent()
            elif kind == "resolve":
                now = shop.clock.now()
                resolve(
                    data, "warung", what, people.choose, now, survey(shop.session.live.rule_set().tenant, what, now)
                )
            elif kind in ("pause", "resume"):
                until = shop.clock.now() + 2 * HOUR if kind == "pause" else None
                pause_chat(data, "warung", what, until, shop.clock.now())
            else:
                pause_tenant(data, "warung", shop.clock.now() + HOUR if kind == "silence" else None)
            shop.later(1)
    return data


def lived(place: Path, script: Sequence[Step], text: str = RULES) -> Path:
    """As `live`, where no event loop runs."""
    return asyncio.run(live(place, script, text))
