"""A phone with months of chats: its history is imported, and nobody is answered for it."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tenants import number_of
from tests.whatsapp.live import RULES, Live
from tests.whatsapp.people import content, events
from tests.whatsapp.people.crowds import group_jid
from tests.whatsapp.people.customer import Addressing, Customer
from tests.whatsapp.people.memories import old
from tests.whatsapp.people.person import PATIENCE
from tests.whatsapp.shop import Shop
from tests.whatsapp.typed import Typed
from tests.whatsapp.wire.protobufs import e2e

ASKED = "jam buka?"
ANSWER = "Kami buka tiap hari kak."
WELCOME = """\
  - id: sambutan
    trigger: {type: welcome}
    response: "Selamat datang kak {{ first_name }}"
    priority: 90
"""
CHATS, EACH = 50, 100
MOST_MB = 60
"""That an import may take at its peak; its syncs hold 1,000 messages each."""


def memory(pid: int, what: str) -> float:
    """MB of a process, now ("VmRSS") or at most until now ("VmHWM")."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("utf-8"))
    assert found
    return int(found[1]) / 1024


PHOTO = e2e.Message(imageMessage=e2e.ImageMessage(caption="ini ada?", mimetype="image/jpeg"))


def imported(shop: Shop) -> dict[str, tuple[str, int]]:
    """Each customer's name, and how many messages their chat has, by number."""
    with shop.stored() as store:
        return {one.phone: (one.name, one.messages) for one in store.conversations()}


def ids(shop: Shop, who: Customer) -> set[str]:
    """WhatsApp's ids of what is stored of a chat."""
    with shop.stored() as store:
        return {one.wa_id for one in store.messages(who.lid, 50)}


async def test_months_of_chats_are_imported_nobody_is_answered_and_memory_stays_bounded(shop: Shop) -> None:
    server = shop.whatsapp.server
    customers = [shop.whatsapp.customer(f"Pelanggan {n}", f"62812{n:08}") for n in range(CHATS)]
    for who in customers:
        lines = [(ASKED, False), ("Kami buka kak", True)] * (EACH // 2)
        shop.phone.remembers(who, [old(text, days=90 - n / EACH, own=own) for n, (text, own) in enumerate(lines)])
    (session,) = map(int, re.findall(r"session started pid=(\d+)", shop.daemon.said()))
    before = memory(session, "VmRSS")
    syncs = await shop.phone.hands_over()
    await shop.daemon.says("the history is in messages=5000")
    assert memory(session, "VmHWM") - before < MOST_MB
    assert imported(shop) == {who.number: (who.name, EACH) for who in customers}
    assert not [node for node in server.received if node.tag == "message"]
    await customers[7].says(ASKED)
    await customers[7].hears(ANSWER)
    assert [len(who.heard) for who in customers if who.heard] == [1]
    done = [node for node in server.received if node.tag == "receipt" and node.text("type") == "hist_sync"]
    assert len(done) == syncs
    await server.until(lambda: not server.media.files, "the client deletes each sync that it has read")
    assert not server.unanswered


@pytest.mark.parametrize(
    ("addressing", "mappings", "inline"), [("lid", True, False), ("pn", True, True), ("pn", False, False)]
)
async def test_chats_filed_under_a_number_or_a_lid_are_those_of_the_customers_who_write_now(
    shop: Shop, addressing: Addressing, mappings: bool, inline: bool
) -> None:
    phone, told = shop.phone, not mappings  # what the history does not say, the stanzas must
    phone.archive.addressing, phone.archive.mappings, phone.archive.inline = addressing, mappings, inline
    budi = shop.whatsapp.customer("Budi", "6281234567801", alt=told)
    siti = shop.whatsapp.customer("Siti", "6281234567802", addressing="pn", alt=told)
    for who in (budi, siti):
        phone.remembers(who, [old("halo", days=40), old("ya kak?", days=39, own=True)])
    await phone.hands_over()
    await shop.daemon.says("the history is in messages=4")
    for who in (budi, siti):
        await who.says(ASKED)
        await who.hears(ANSWER)
    with shop.stored() as store:
        found = {one.phone: (one.name, one.chat) for one in store.conversations()}
        assert {phone: name for phone, (name, _) in found.items()} == {budi.number: "Budi", siti.number: "Siti"}
        for _, chat in found.values():
            said = [one for one in store.messages(chat, 50) if one.sender == "customer"]
            assert [(one.text, one.imported) for one in said] == [("halo", True), (ASKED, False)]


async def test_what_was_said_about_old_messages_comes_with_them_and_groups_are_left_out(shop: Shop) -> None:
    phone, budi = shop.phone, shop.whatsapp.customer("Budi", "6281234567801")
    asked = old("ada ukuran L?", days=9, id="OLD1", reactions=[("🙏", True), ("👍", False)])
    reply = old(content.text("ada kak", quoted="OLD1", of=str(budi.jid)), own=True)
    gone = old("salah kirim", days=8.5, id="OLD2")
    taken = old(events.revocation(events.About("OLD2", budi.jid, True)), days=8.4)
    passed = old(content.text("promo", forwarded=4), days=8, id="OLD3")
    phone.remembers(budi, [asked, replace(reply, at=asked.at + 60), gone, taken, passed, old(PHOTO, days=7, id="OLD4")])
    phone.archive.groups[group_jid(1)] = [old(ASKED, days=5)]
    await phone.hands_over()
    await shop.daemon.says("the history is in messages=5")
    with shop.stored() as store:
        assert [one.phone for one in store.conversations()] == [budi.number]
        said = {one.wa_id: one for one in store.messages(budi.lid, 50)}
    assert said["OLD1"].reactions == (("cs", "🙏"), ("customer", "👍"))
    assert [one.quoting for one in said.values() if one.quoted] == ["ada ukuran L?"]
    assert (said["OLD2"].text, bool(said["OLD2"].revoked), said["OLD3"].forwarded) == ("", True, 4)
    assert (said["OLD4"].type, said["OLD4"].text) == ("image", "ini ada?")
    assert all(one.imported for one in said.values())


async def test_what_came_live_is_not_there_twice_when_the_history_tells_it_as_well(shop: Shop) -> None:
    phone, budi = shop.phone, shop.whatsapp.customer("Budi", "6281234567801")
    id = await budi.says(ASKED)
    answer = await budi.hears(ANSWER)
    async with asyncio.timeout(PATIENCE):  # the phone tells its history later than this
        while answer.id not in ids(shop, budi):
            await asyncio.sleep(0.01)
    phone.remembers(budi, [old("halo", days=3), old(ASKED, days=0, id=id)])
    phone.remembers(budi, [old(ANSWER, days=0, own=True, id=answer.id)])
    for times in (1, 2):  # and a phone may tell it again
        await phone.hands_over()
        await shop.daemon.says("the history is in messages=1", times)
    with shop.stored() as store:
        said = store.messages(budi.lid, 50)
    assert [(one.text, one.sender, one.imported) for one in said] == [
        ("halo", "customer", True),
        (ASKED, "customer", False),
        (ANSWER, "auto_reply", False),
    ]
    assert [heard.text for heard in budi.heard] == [ANSWER]


async def test_once_a_phone_is_linked_its_old_customers_are_known_and_only_new_ones_are_welcomed(live: Live) -> None:
    whatsapp, phone = live.whatsapp, live.whatsapp.phone(number_of("warung"))
    live.tenant(text=WELCOME + RULES)
    ani, budi, group = whatsapp.customer("Ani"), whatsapp.customer("Budi"), whatsapp.group()
    phone.remembers(ani, [old("halo", days=40), old("ya kak?", days=39, own=True)])
    async with Typed(live, "pair", "warung") as pair:
        await phone.scans((await pair.says("qr"))["code"])
        said = await group.says(ani, ASKED)  # while the phone is being linked, and nobody answers yet
        await ani.says(ASKED)
        await budi.says(ASKED)
        await pair.says("paired")
        assert await pair.ends() == 0
    await live.start()
    await ani.hears(ANSWER)
    await budi.hears("Selamat datang kak Budi")
    shop = Shop(live, phone)
    assert imported(shop).keys() == {ani.number, budi.number}
    with shop.stored() as store:
        (told,) = [store.why(key) for key in store.keys(said)]
    assert told is not None
    assert (told.message.text, told.reason) == (ASKED, "not_a_direct_chat")
    assert [heard.text for heard in ani.heard] == [ANSWER]
