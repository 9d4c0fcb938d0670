"""A number that WhatsApp restricts: who is still answered, who waits for a person, and when that ends."""

import asyncio
from pathlib import Path

import pytest

from tests.session.stage import ANI, BUDI, START, ScriptedChannel, stage
from wabot.model.errors import SendRestricted
from wabot.model.session import SessionState
from wabot.model.turn import Outbound
from wabot.ports import Inbox
from wabot.session import restraints
from wabot.session.restraints import STOPPED_FOR, Restraints
from wabot.session.session import Place, Session
from wabot.store.sqlite import open_store, pause_tenant, read_alerts, reading

RESTRICTED = SendRestricted("WhatsApp does not let this number start or go on with this chat (463).")
CITRA = "6281200000003"
OWN = "6281100000000"
BANNED = SessionState("banned", "WhatsApp banned this number.", "Wait.", START + 3_600_000)


def chat(place: Path, number: str) -> tuple[str, str]:
    with reading(place / "data", "warung") as store:
        found = next(one for one in store.conversations() if one.chat == number)
    return found.status, found.priority


async def test_a_restricted_number_tries_once_and_answers_nobody_new_while_known_chats_go_on(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        await shop.say("jam buka", BUDI)
        shop.channel.next_error = [RESTRICTED]
        await shop.say("jam buka", ANI)
        await shop.say("jam buka", CITRA)
        await shop.say("jam buka lagi", BUDI)
        assert [to for to, _ in shop.channel.heard] == [BUDI, BUDI]
        assert chat(tmp_path, ANI) == chat(tmp_path, CITRA) == ("pending", "high")
        assert (await shop.store.summary()).first_contacts_until == START + STOPPED_FOR
        assert (await shop.store.alerts.backlog(shop.clock.now())).first_contacts_until == START + STOPPED_FOR
    with reading(tmp_path / "data", "warung") as store:
        why = {item.chat: item.error for item in store.outbox(0) if item.status == "failed"}
    assert "463" in why[ANI]
    assert why[CITRA] == "first_contacts_stopped"
    told = [alert.text for alert in read_alerts(tmp_path / "data", "warung", 0) if alert.kind == "restricted"]
    assert len(told) == 3
    assert sum(text.startswith("WhatsApp restricts this number: it may not start chats.") for text in told) == 1
    assert ANI not in " ".join(told)


async def test_a_process_that_dies_in_between_leaves_chats_that_a_person_sees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as shop:
        seen = []
        finish = shop.store.finish

        async def look(outbound: Outbound, status: str, at: int, error: str = "") -> None:
            seen.append((chat(tmp_path, outbound.chat), (await shop.store.summary()).first_contacts_until))
            await finish(outbound, status, at, error)

        monkeypatch.setattr(shop.store, "finish", look)
        shop.channel.next_error = [RESTRICTED]
        await shop.say("jam buka", ANI)
        await shop.say("jam buka", CITRA)
    assert seen == [(("pending", "high"), START + STOPPED_FOR)] * 2


async def test_whom_the_owner_answered_on_the_phone_is_nobody_new(tmp_path: Path) -> None:
    async with stage(tmp_path, tenant={"handoff": "{pause: 1s}"}) as shop:
        await shop.say("pagi", BUDI)
        await shop.say("pagi kak", BUDI, from_me=True)
        shop.later(2_000)
        shop.channel.next_error = [RESTRICTED]
        await shop.say("jam buka", ANI)
        await shop.say("jam buka", BUDI)
        assert [to for to, _ in shop.channel.heard] == [BUDI]


async def test_after_a_day_one_more_is_tried(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.channel.next_error = [RESTRICTED]
        await shop.say("jam buka", ANI)
        shop.later(STOPPED_FOR)
        await shop.say("jam buka", CITRA)
        assert [to for to, _ in shop.channel.heard] == [CITRA]


async def test_a_person_lifts_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.channel.next_error = [RESTRICTED]
        await shop.say("jam buka", ANI)
        pause_tenant(tmp_path / "data", "warung", None)
        await shop.say("jam buka", CITRA)
        assert [to for to, _ in shop.channel.heard] == [CITRA]


async def test_it_lasts_across_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.channel.next_error = [RESTRICTED]
        await shop.say("jam buka", ANI)
    async with stage(tmp_path) as shop:
        await shop.say("jam buka", CITRA)
        assert shop.channel.heard == []


class Banned(ScriptedChannel):
    async def run(self, inbox: Inbox) -> None:
        await inbox.state(BANNED)


async def test_a_ban_is_waited_out_by_a_session_that_starts_meanwhile(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        pass
    store = open_store(tmp_path / "data", "warung")
    place, knocked = Place(shop.folder, tmp_path / "data"), ScriptedChannel()
    clock = type(shop.clock)()
    clock.set(START)
    first = Session(place, store, lambda _live: Banned(), clock, shop.told, watch=False, scripted=True)
    await asyncio.wait_for(first.run(), 20)
    assert first.state == BANNED

    second = Session(place, store, lambda _live: knocked, clock, shop.told, watch=False, scripted=True)
    running = asyncio.create_task(second.run())
    while second.state != BANNED:
        await asyncio.sleep(0.01)
    second.stop()
    await asyncio.wait_for(running, 20)
    assert not knocked.ready.is_set()

    clock.set(BANNED.until)
    third = Session(place, store, lambda _live: knocked, clock, shop.told, watch=False, scripted=True)
    running = asyncio.create_task(third.run())
    await asyncio.wait_for(knocked.ready.wait(), 20)
    third.stop()
    await asyncio.wait_for(running, 20)
    await store.close()


async def test_a_person_ends_the_wait_for_a_ban_and_a_login_forgets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restraints, "_LOOK", 0.01)
    async with stage(tmp_path) as shop:
        pass
    store = open_store(tmp_path / "data", "warung")
    await store.restraints.hold_login(OWN, BANNED)
    channel, clock = ScriptedChannel(), type(shop.clock)()
    clock.set(START)
    place = Place(shop.folder, tmp_path / "data")
    session = Session(place, store, lambda _live: channel, clock, shop.told, watch=False, scripted=True)
    running = asyncio.create_task(session.run())
    while session.state != BANNED:
        await asyncio.sleep(0.01)
    pause_tenant(tmp_path / "data", "warung", None)
    await asyncio.wait_for(channel.ready.wait(), 20)
    session.stop()
    await asyncio.wait_for(running, 20)

    await store.restraints.hold_login(OWN, BANNED)
    await Restraints(store, clock, shop.told, lambda: OWN).noted(SessionState("connected"))
    assert await store.restraints.login(OWN, START) is None
    await store.close()


async def test_the_ban_of_another_number_holds_nobody_back(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data", "warung")
    await store.restraints.hold_login("6281199999999", BANNED)
    await store.close()
    async with stage(tmp_path) as shop:
        await shop.say("jam buka")
        assert shop.replies == ["Kami buka kak."]


async def test_what_a_person_writes_is_not_held_back(tmp_path: Path) -> None:
    from wabot.language.rule_set import AutoReply
    from wabot.model.turn import Outbound, SendFacts
    from wabot.session.permission import permission

    facts = SendFacts(True, False, None, 0, first_contact_stopped=True)
    reply = Outbound("1", ANI, "halo", "salam", START, START)
    assert permission(reply, facts, AutoReply(), START) == "first_contacts_stopped"
    assert permission(Outbound("1", ANI, "halo", "", START, START, kind="person"), facts, AutoReply(), START) is None
