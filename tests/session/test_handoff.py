"""A rule calls a person: who gets the chat, what the customer is told, and what people do in it."""

import asyncio
from pathlib import Path

from tests.session.people import DEDI, FORWARDED, RULES, SARI, TEAMS, Shop
from tests.session.stage import ANI, BUDI, REFUSED, START, stage
from wabot.language.texts import TEXTS
from wabot.model.turn import Outbound
from wabot.session import handoff
from wabot.store.sqlite import assign, pause_tenant, reading, remove_operator


async def test_a_chat_that_is_forwarded_goes_to_whose_turn_it_is_and_the_customer_is_told_so(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        people = Shop(shop, tmp_path)
        people.hire(SARI)
        people.hire(DEDI)
        await shop.say("admin")
        await shop.say("admin", ANI)
        assert (people.chat(BUDI).operator, people.chat(ANI).operator) == (DEDI, SARI)
        assert (people.chat().status, people.chat().waiting_since) == ("pending", START)
        assert shop.replies == [FORWARDED, FORWARDED]
        await shop.say("admin")  # it stays with whom it is
        assert people.chat(BUDI).operator == DEDI


async def test_with_nobody_who_answers_in_wabot_all_is_as_it_was(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        await shop.say("admin")
        assert shop.replies == [FORWARDED]
        assert Shop(shop, tmp_path).chat().operator == ""


async def test_when_nobody_is_there_the_customer_is_told_once_and_the_longest_waiting_goes_first(
    tmp_path: Path,
) -> None:
    async with stage(
        tmp_path, RULES, tenant={"teams": "[teknis]", "handoff": '{nobody: "Besok ya {{ first_name }}."}'}
    ) as shop:
        people = Shop(shop, tmp_path)
        people.hire(SARI, status="offline", capacity=1, teams=frozenset({"teknis"}))
        await shop.say("admin")
        await shop.say("admin")
        shop.later(1_000)
        await shop.say("komplain", ANI, name="Ani")
        assert shop.replies == ["Besok ya Budi.", "Maaf kak.\n\nBesok ya Ani."]
        assert people.chat(ANI).priority == "urgent"
        people.change(status="online")
        assert (people.chat(BUDI).operator, people.chat(ANI).operator) == (SARI, "")
        assert people.says("Halo kak")
        assert people.resolve()
        assert people.chat(ANI).operator == SARI
        people.change(capacity=2)
        await shop.say("admin")
        assert people.chat(BUDI).operator == SARI


async def test_a_customer_whose_operator_has_left_is_told_so_when_they_call_again_and_only_then(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        people = Shop(shop, tmp_path)
        people.hire()
        await shop.say("admin")
        people.change(status="offline")
        for _ in range(3):
            await shop.say("admin")
        assert shop.replies == [FORWARDED, TEXTS["id"]["nobody"]]
        people.says("Halo kak")
        await people.sent()
        assert people.resolve()
        await shop.say("admin")  # they wait anew
        assert shop.replies[2:] == ["Halo kak", TEXTS["id"]["nobody"]]


async def test_whoever_goes_offline_gives_back_what_they_have_not_answered(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        people = Shop(shop, tmp_path)
        people.hire(SARI)
        await shop.say("admin")
        await shop.say("admin", ANI)
        people.says("Halo kak", ANI)
        people.change(status="offline")
        assert (people.chat(BUDI).operator, people.chat(ANI).operator) == ("", SARI)
        people.hire(DEDI)
        assert people.chat(BUDI).operator == DEDI
        assert remove_operator(tmp_path / "data", "warung", DEDI, people.choose, START)
        assert people.chat(BUDI).operator == ""


async def test_chats_go_to_somebody_when_working_hours_begin(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        people = Shop(shop, tmp_path)
        people.hire(SARI, hours='{"mon-fri": ["11:00-12:00"]}')
        await shop.say("admin")
        assert await shop.store.people.distribute(people.choose, START) == 0
        shop.later(3_600_000)
        assert await shop.store.people.distribute(people.choose, shop.clock.now()) == 1
        assert people.chat().operator == SARI
        shop.later(3_600_000)  # and they end before Sari has answered
        assert await shop.store.people.distribute(people.choose, shop.clock.now()) == 1
        assert people.chat().operator == ""


async def test_the_session_offers_again_what_waits_longer_than_the_tenant_says(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant={**TEAMS, "handoff": "{answer_within: 2m}"}) as shop:
        people = Shop(shop, tmp_path)
        people.hire(SARI)
        await shop.say("admin")
        people.hire(DEDI)
        shop.later(120_000)
        looking = asyncio.create_task(handoff.look(shop.store, shop.clock, shop.session._tenant))
        async with asyncio.timeout(20):
            while people.chat().operator != DEDI:
                await asyncio.sleep(0.01)
        looking.cancel()
        assert (people.chat().had_by, people.chat().handed_on, people.chat().waiting_since) == (SARI, 1, START)


async def test_a_persons_message_silences_the_bot_and_goes_out_before_what_is_held_back(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS, hurry=False, delay="1h", stale_after="2h") as shop:
        people = Shop(shop, tmp_path)
        people.hire()
        shop.clock.runs.clear()  # the reply waits for its time
        await shop.say("jam buka?", settle=False)
        await shop.session_decided(1)
        assert people.says("Buka kak, saya Sari")
        await shop.look()
        async with asyncio.timeout(20):
            while not shop.replies:  # the clock stands still: what the bot said is due in an hour
                await asyncio.sleep(0.01)
        await shop.say("jam buka?", settle=False)
        await shop.session_decided(2)
        shop.clock.runs.set()
        await shop.settle()
        assert shop.replies == ["Buka kak, saya Sari"]
        assert shop.told.reasons == ["handled_by_person"]
        chat = people.chat()
        assert (chat.operator, chat.taken_by, chat.messages) == (SARI, "operator", 3)


async def test_a_persons_message_waits_for_the_reply_that_is_on_its_way_there(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        people = Shop(shop, tmp_path)
        out, send = asyncio.Event(), shop.channel.send

        async def slow(outbound: Outbound) -> None:
            if outbound.kind == "reply":
                await out.wait()
            await send(outbound)

        vars(shop.channel)["send"] = slow  # found before the class's own
        await shop.say("jam buka?", settle=False)
        async with asyncio.timeout(20):
            while (await shop.store.summary()).outbox != {"sending": 1}:
                await asyncio.sleep(0.01)
        people.says("Buka kak, saya Sari")
        await shop.look()
        for _ in range(5):
            await shop.store.summary()  # long enough to be sent, if it did not wait
        out.set()
        await shop.settle()
        assert shop.replies == ["Kami buka kak.", "Buka kak, saya Sari"]


async def test_nothing_that_holds_the_bot_holds_a_person(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS, max_per_minute="1", dry_run="true") as shop:
        people = Shop(shop, tmp_path)
        await shop.say("jam buka?")
        pause_tenant(tmp_path / "data", "warung", START * 2)
        for number in range(3):
            people.says(f"Halo {number}", operator="")
        shop.later(3_600_000)
        await people.sent()
        assert shop.replies == ["Halo 0", "Halo 1", "Halo 2"]


async def test_people_write_to_nobody_who_has_not_written_first(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        people = Shop(shop, tmp_path)
        await shop.say("Halo kak", BUDI, from_me=True)
        assert people.says("Ada promo kak!") == ""
        assert people.says("Ada promo kak!", ANI) == ""
        await shop.say("halo", ANI)
        assert people.says("Halo kak", ANI)
        shop.store._ask("outbox_queued")  # it stands there; meanwhile the customer is blocked
        await shop.store._run(
            lambda: shop.store._writer._connection.execute("UPDATE contacts SET is_blocked = 1").rowcount
        )
        await people.sent()
        assert shop.replies == []


async def test_what_people_write_does_not_count_against_what_the_bot_may_send(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS, max_per_minute="1") as shop:
        people = Shop(shop, tmp_path)
        await shop.say("halo")
        people.says("Halo kak", operator="")
        await people.sent()
        await shop.say("jam buka?", ANI)
        assert shop.replies == ["Halo kak", "Kami buka kak."]


async def test_a_persons_message_that_is_refused_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        people = Shop(shop, tmp_path)
        await shop.say("halo")
        shop.channel.next_error = [REFUSED]
        people.says("Halo kak")
        await people.sent()
        with reading(tmp_path / "data", "warung") as store:
            (row,) = store.outbox(0)
            (_, told) = store.messages(BUDI, 5)
        assert (row.kind, row.operator, row.status, row.error) == ("person", SARI, "failed", "bukan nomor WhatsApp")
        assert (told.sender, told.name, told.status) == ("cs", "Sari", "failed")


async def test_a_chat_that_is_settled_is_the_bots_again_and_a_customer_who_writes_opens_it_anew(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        people = Shop(shop, tmp_path)
        people.hire()
        await shop.say("admin")
        shop.later(60_000)
        people.says("Halo kak")
        await people.sent()
        assert people.resolve()
        assert not people.resolve()
        with reading(tmp_path / "data", "warung") as store:
            (sari,) = store.operators()
        assert (sari.handled, sari.sent, sari.answers_after, sari.operator.open_chats) == (1, 1, 60_000, 0)
        assert (people.chat().status, people.chat().resolved_at) == ("resolved", START + 60_000)
        await shop.say("jam buka?")
        assert shop.replies == [FORWARDED, "Halo kak", "Kami buka kak."]
        chat = people.chat()
        assert (chat.status, chat.reopened, chat.operator, chat.assigned_to) == ("active", 1, "", "")


async def test_a_message_typed_on_the_shops_phone_takes_the_chat(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        people = Shop(shop, tmp_path)
        people.hire()
        await shop.say("admin")
        await shop.say("Halo kak", from_me=True)
        chat = people.chat()
        assert (chat.status, chat.taken_by, chat.operator, chat.waiting_since) == ("active", "phone", "", None)


async def test_a_person_gives_a_chat_to_whom_they_say(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant={"teams": "[teknis]", "handoff": "{assign: manual}"}) as shop:
        people = Shop(shop, tmp_path)
        people.hire(SARI, capacity=0, status="offline")
        people.hire(DEDI, teams=frozenset({"teknis"}))
        await shop.say("admin")
        assert people.chat().operator == ""
        assert assign(tmp_path / "data", "warung", BUDI, f"operator:{SARI}", people.choose, START)
        assert await shop.store.people.distribute(people.choose, START) == 0
        assert people.chat().operator == SARI
        assert assign(tmp_path / "data", "warung", BUDI, "team:teknis", people.choose, START)
        assert (people.chat().operator, people.chat().assigned_to) == ("", "team:teknis")
        assert assign(tmp_path / "data", "warung", BUDI, "", people.choose, START)
        assert (people.chat().status, people.chat().assigned_to) == ("active", "")


async def test_the_bot_is_silent_from_a_persons_last_message_on(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant={"teams": "[teknis]", "handoff": "{pause: 1h}"}) as shop:
        people = Shop(shop, tmp_path)
        await shop.say("halo")
        people.says("Halo kak")
        shop.later(1_800_000)
        people.says("Masih di sana?")
        assert people.chat().paused_until == START + 1_800_000 + 3_600_000
        shop.later(1_800_000)
        await shop.say("Sebentar kak", from_me=True)
        assert people.chat().paused_until == START + 2 * 3_600_000
        await shop.say("jam buka?")
        shop.later(3_600_000)
        await shop.say("jam buka?")
        assert shop.told.reasons == ["no_match", "from_me", "handled_by_person"]
        assert shop.replies[-1] == "Kami buka kak."
