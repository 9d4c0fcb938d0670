"""Segments as rules see them, and as they are written down, with the other counts of a contact."""

import sqlite3
from pathlib import Path
from typing import Any

from tests.session.stage import BUDI, Stage, stage

DAY = 86_400_000
RULES = (
    "  - {id: kembali, trigger: {type: keyword, keywords: [halo]}, conditions: {segment: inactive}, response: Hai}\n"
    "  - {id: vip, trigger: {type: keyword, keywords: [halo]}, conditions: {segment: vip}, response: Silakan bos.}\n"
    "  - {id: biasa, trigger: {type: keyword, keywords: [halo]}, conditions: {segment: [new, regular]}, response: Ya}\n"
)
SEGMENTS = {"segments": "{regular: {messages: 2}, vip: {messages: 4}, inactive: {after: 10d}}"}


def contact(place: Path) -> dict[str, Any]:
    db = sqlite3.connect(place / "data" / "wabot.db")
    db.row_factory = sqlite3.Row
    [row] = db.execute("SELECT * FROM contacts").fetchall()
    db.close()
    return dict(row)


async def say(shop: Stage, place: Path, days: int) -> str:
    shop.later(days * DAY)
    await shop.say("halo")
    return f"{shop.replies[-1]} {contact(place)['segment']}"


async def test_rules_and_the_contact_follow_the_thresholds_of_the_tenant(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=SEGMENTS, debounce="0s") as shop:
        told = [await say(shop, tmp_path, days) for days in (0, 1, 1, 1, 10, 1)]
        assert told[:4] == ["Ya new", "Ya regular", "Ya regular", "Silakan bos. vip"]
        assert told[4:] == ["Hai inactive", "Silakan bos. vip"]


async def test_a_segment_that_a_person_set_wins(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=SEGMENTS, debounce="0s") as shop:
        await shop.say("halo")
        with sqlite3.connect(tmp_path / "data" / "wabot.db") as db:
            db.execute("UPDATE contacts SET segment_manual = 'vip'")
        db.close()
        assert await say(shop, tmp_path, 30) == "Silakan bos. vip"


async def test_messages_and_conversations_of_both_sides_are_counted_with_the_turn(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=SEGMENTS, debounce="0s") as shop:
        first = shop.clock.now()
        await shop.say("halo")
        await shop.say("siapa?")
        await shop.say("saya sendiri", from_me=True)
        one = contact(tmp_path)
        counts = ("total_conversations", "total_messages_received", "total_messages_sent")
        assert [one[name] for name in counts] == [1, 2, 2]
        shop.later(DAY)
        await shop.say("ok")  # within a day of what the shop said
        shop.later(DAY + 1)
        await shop.say("lagi", type="image")
        await shop.say("👍", type="reaction", about="A1")
        last = shop.clock.now()
        one = contact(tmp_path)
        assert [one[name] for name in counts] == [2, 4, 2]
        assert (one["first_contact_at"], one["last_contact_at"]) == (first, last)


async def test_counts_of_customers_who_turn_out_to_be_one_are_added(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=SEGMENTS, debounce="0s") as shop:
        first = shop.clock.now()
        await shop.say("halo", "L7", lid="L7", phone="")
        shop.later(DAY)
        await shop.say("halo", BUDI)
        shop.later(DAY)
        assert contact_count(tmp_path) == 2
        await shop.say("halo", "L7", lid="L7", phone=BUDI)
        one = contact(tmp_path)
        assert (one["total_messages_received"], one["total_messages_sent"], one["total_conversations"]) == (3, 3, 2)
        assert (one["first_contact_at"], one["segment"]) == (first, "regular")


def contact_count(place: Path) -> int:
    db = sqlite3.connect(place / "data" / "wabot.db")
    [(number,)] = db.execute("SELECT COUNT(*) FROM contacts").fetchall()
    db.close()
    return int(number)
