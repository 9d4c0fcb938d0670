"""What came while nobody listened: everything is kept, and only what is fresh is answered."""

from tests.live.rules import RULES
from tests.live.seen import all_stored, became, conversation, messages, replies, texts
from tests.whatsapp.live import Live
from tests.whatsapp.paired import Paired

HOUR, MINUTE = 3_600, 60


async def test_of_200_messages_that_waited_all_are_kept_and_the_fresh_ones_are_answered(
    live: Live, paired_once: Paired
) -> None:
    phone = live.phone(paired_once)
    live.tenant("warung", RULES, max_per_minute="600")
    crowd = [live.whatsapp.customer(f"Orang {number}") for number in range(39)]
    budi, siti, ani = (live.whatsapp.customer(name) for name in ("Budi", "Siti", "Ani"))
    for round in range(5):
        for number, one in enumerate(crowd):
            await one.says(f"nomor {round}", ago=3 * HOUR - round * 10 * MINUTE - number)
    await budi.says("nomor 1", ago=HOUR)
    await siti.says("nomor 2", ago=HOUR)
    await budi.says("nomor 3", ago=3)
    await siti.says("nomor 4", ago=2)
    await ani.says("nomor 5", ago=1)
    assert len(phone.client.waiting) == 200
    await live.start()
    for one, text in ((budi, "Nomor 3"), (siti, "Nomor 4"), (ani, "Nomor 5")):
        await one.hears(text)
    await live.whatsapp.server.until(lambda: not phone.client.waiting, "all is taken")
    await all_stored(live, 200)
    assert [texts(live, one) for one in crowd] == [[f"nomor {round}" for round in range(5)]] * 39
    assert not any(one.heard for one in crowd)
    assert [len(one.heard) for one in (budi, siti, ani)] == [1, 1, 1]
    for one in (crowd[0], budi):  # a person shall look at what stayed unanswered
        chat = conversation(live, one)
        assert chat is not None and chat.status == "pending"
    assert not any(one.unreadable for one in (budi, siti, ani))
    assert [item.status for item in messages(live, crowd[0])] == ["received"] * 5
    assert not replies(live, crowd[0])


async def test_what_the_owner_answered_during_an_outage_the_bot_does_not_answer_again(
    live: Live, paired_once: Paired
) -> None:
    phone = live.phone(paired_once)
    live.tenant("warung", RULES)
    budi, siti = live.whatsapp.customer("Budi"), live.whatsapp.customer("Siti")
    await budi.says("jam buka?", ago=2)  # fresh: it would be answered at once
    for number in range(30):
        await siti.says(f"nomor {number}", ago=HOUR)
    await phone.types(budi, "Jam 8 kak")  # what comes before it is read first
    await siti.says("jam buka?")
    await live.start()
    await siti.hears("Kami buka")
    assert [heard.text for heard in budi.heard] == ["Jam 8 kak"]
    [reply] = await became(live, budi, "failed")
    assert reply.error == "handled_by_person"
