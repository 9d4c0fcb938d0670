"""Some days of a live shop in which everything happens that figures tell apart."""

from pathlib import Path

from tests.session.people import DEDI, SARI
from tests.session.stage import ANI, BUDI, REFUSED, UNKNOWN, Stage
from tests.session.test_csat import Rated, rated
from wabot.model.history import History
from wabot.model.message import Message
from wabot.model.turn import Receipt
from wabot.store.sqlite import inbox, remove_operator
from wabot.store.sqlite.operating import writing

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
CITRA, DONI, EKA, FITRI = "6281200000003", "6281200000004", "6281200000005", "6281200000006"
LID = "99000000000001"
HOURS = 'version: 1\nweekly:\n  mon-fri: ["09:00-14:00", "16:00-21:00"]\n  sat: ["10:00-14:00"]\n  sun: closed\n'
STOK = """\
  - id: stok
    trigger: {type: keyword, keywords: [stok]}
    response: "Sisa {{ 12 / (message | length - 5) }} kak."
"""
"""Its answer to "stok?" cannot be made."""


async def live(place: Path) -> int:
    """Live them, from Wednesday 2026-01-28 10:00 in Jakarta, in the store of tenant "warung" in `place/data`; the
    moment at which they end."""
    async with rated(place) as people:
        shop = people.shop
        (shop.folder / "hours.yaml").write_text(HOURS, "utf-8")
        with (shop.folder / "rules.yaml").open("a") as file:
            file.write(STOK)
        assert await shop.session.live.load()
        await _first_day(people)
        shop.later(DAY)
        await _second_day(people)
        shop.later(3 * DAY)
        await _third_day(people)
        return shop.clock.now()


async def _first_day(people: Rated) -> None:
    shop = people.shop
    people.hire(DEDI, status="offline")
    assert shop.channel.inbox is not None
    old = Message("H1", EKA, phone=EKA, text="dulu", sent_at=shop.clock.now() - 40 * DAY)
    await shop.channel.inbox.history(History((old,), state="done"))
    await shop.say("jam buka?")
    await shop.say("bisa cod?")  # after a rule's answer, what no rule knows
    shop.later(20 * MINUTE)
    await shop.say("halo?")
    shop.later(7 * MINUTE)
    people.says("Bisa kak", BUDI)
    await people.sent()
    await shop.say("ada cabang?", FITRI)
    shop.later(3 * MINUTE)
    people.says("Belum ada kak", FITRI)
    await people.sent()
    await shop.say("jam buka?", ANI)
    shop.later(4 * MINUTE)
    people.says("Ada yang lain kak?", ANI)  # within ten minutes of the rule
    await people.sent()
    await people.helped(DEDI, chat=CITRA)
    await shop.pass_time(MINUTE)
    await shop.say("4", CITRA)  # what they say of it
    shop.later(5 * HOUR)  # between the hours
    await shop.say("jam buka?", EKA)
    await shop.say("stok?", EKA)
    await shop.say("stok", EKA)
    shop.channel.next_error.append(REFUSED)
    await shop.say("jam buka?", DONI)
    shop.channel.next_error.append(UNKNOWN)
    await shop.say("jam buka?", DONI)
    people.change(status="away")


async def _second_day(people: Rated) -> None:
    shop = people.shop
    now = shop.clock.now()
    people.change(status="online")
    # The line was down: what they wrote meanwhile comes now.
    shop.clock.runs.clear()
    for number, minutes in enumerate((190, 30, 5)):
        await shop.say(("jam buka?", "pagi", "jam buka?")[number], DONI, sent_at=now - minutes * MINUTE, settle=False)
    shop.clock.runs.set()
    await shop.settle()
    await _receipts(shop)
    await shop.say("admin", ANI)
    shop.later(30 * MINUTE)
    await shop.say("Saya yang jawab ya kak", ANI, from_me=True)  # on the shop's phone
    people.resolve(ANI)
    shop.later(MINUTE)
    await shop.say("satu lagi: jam buka?", ANI)  # another conversation
    people.resolve(ANI)
    shop.later(MINUTE)
    _close(people, ANI)
    await people.helped(SARI, chat=BUDI)
    shop.later(MINUTE)
    people.says("Oh ya, satu lagi", BUDI)  # settled, and opened again by nobody's message but a person's
    await people.sent()
    await shop.say("jam buka?", LID, lid=LID, phone="")
    shop.later(2 * HOUR)
    await shop.say("jam buka?", LID, lid=LID, phone=EKA)  # one customer after all
    people.change(DEDI, status="online")
    shop.later(11 * HOUR)  # into the night
    await shop.say("bisa cod?", CITRA)
    await shop.say("jam buka?", CITRA)


async def _third_day(people: Rated) -> None:
    shop = people.shop
    people.says("Maaf baru balas kak", CITRA)
    await people.sent()
    await people.helped(DEDI, chat=DONI)
    await shop.pass_time(MINUTE)
    await shop.say("2", DONI)
    remove_operator(people.data, "warung", DEDI, people.choose, shop.clock.now())
    await _receipts(shop)
    shop.later(40 * MINUTE)
    await shop.say("jam buka?")


def _close(people: Rated, chat: str) -> None:
    with writing(people.data, "warung") as ask:
        row = ask("conversation_of_chat", chat=chat).fetchone()
        inbox.become(ask, row, "closed", people.choose, people.shop.clock.now())


async def _receipts(shop: Stage) -> None:
    """Ticks of all that went out so far: of every third, the second; of every third, both."""
    assert shop.channel.inbox is not None
    for number, sent in enumerate(shop.channel.sent):
        if number % 3:
            await shop.channel.inbox.receipt(
                Receipt(sent, "delivered" if number % 3 == 1 else "read", shop.clock.now())
            )
    await shop.settle()
