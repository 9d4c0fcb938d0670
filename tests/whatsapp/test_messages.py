"""Messages between people and the real client, both ways."""

import asyncio

import pytest

from tests.whatsapp.bare.client import CallFailed, Linked
from tests.whatsapp.bare.wire import Member
from tests.whatsapp.people import content
from tests.whatsapp.people.customer import Addressing, Customer
from tests.whatsapp.wire.jid import JID
from tests.whatsapp.wire.protobufs import e2e

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def answers(linked: Linked, to: Customer, text: str) -> str:
    sent = await linked.client.call("send_message", to.jid, e2e.Message(conversation=text))
    return str(sent.ID)


@pytest.mark.parametrize("addressing", ["lid", "pn"])
@pytest.mark.parametrize("alt", [True, False])
async def test_the_client_reads_a_customer_and_the_customer_the_client(
    linked: Linked, addressing: Addressing, alt: bool
) -> None:
    budi = linked.whatsapp.customer("Budi", addressing=addressing, alt=alt)
    id = await budi.says("jam buka?")
    told = await linked.client.tells("Message")
    source = told.Info.MessageSource
    assert (told.Info.ID, told.Message.conversation, told.Info.Pushname) == (id, "jam buka?", "Budi")
    assert JID(source.Chat.User, source.Chat.Server) == budi.jid
    assert source.SenderAlt.User == ((budi.number if addressing == "lid" else budi.lid) if alt else "")
    await budi.sees_tick(id, "inactive")
    for text in ("pukul 8", "sampai 5"):
        await answers(linked, budi, text)
        heard = await budi.hears(text)
        own = await linked.phone.hears(text)
        assert own.id == heard.id and own.content.conversation == text
        assert heard.sender == linked.phone.client.jid("s.whatsapp.net")
    await linked.client.tells("Receipt")
    assert not budi.unreadable and not linked.phone.unreadable


async def test_a_delivered_message_and_a_read_one_come_back_as_receipts(linked: Linked) -> None:
    siti = linked.whatsapp.customer("Siti")
    siti.confirms = False
    await siti.says("halo")
    await linked.client.tells("Message")
    id = await answers(linked, siti, "halo juga")
    heard = await siti.hears("halo juga")
    before = len(linked.client.told("Receipt"))
    await siti.confirm(heard)
    await siti.reads(heard)
    await linked.client.bell.until(lambda: len(linked.client.told("Receipt")) == before + 2, "two receipts", 20)
    receipts = linked.client.told("Receipt")[before:]
    assert [list(receipt.MessageIDs) for receipt in receipts] == [[id], [id]]
    assert receipts[0].Type != receipts[1].Type


async def test_a_message_that_cannot_be_read_is_asked_for_and_sent_again(linked: Linked) -> None:
    tono = linked.whatsapp.customer("Tono")
    id = await tono.garbles("pesan nasi 2")
    await tono.sees_tick(id, "retry")
    told = await linked.client.tells("Message")
    assert (told.Info.ID, told.Message.conversation) == (id, "pesan nasi 2")
    await answers(linked, tono, "siap")
    await tono.hears("siap")
    assert not tono.unreadable


async def test_the_client_sends_again_what_a_customer_could_not_read(linked: Linked) -> None:
    rina = linked.whatsapp.customer("Rina")
    rina.asks_again = True
    await rina.says("halo")
    await linked.client.tells("Message")
    await answers(linked, rina, "halo kak")
    await rina.hears("halo kak")
    rina.session(linked.phone.client).forget()
    id = await answers(linked, rina, "masih di situ?")
    heard = await rina.hears("masih di situ?")
    assert heard.id == id and len(rina.unreadable) == 1


async def test_the_same_bytes_twice_are_one_message_and_the_same_id_sealed_anew_is_two(linked: Linked) -> None:
    wati = linked.whatsapp.customer("Wati")
    id = await wati.says("satu")
    await linked.client.tells("Message")
    await wati.repeats(id)
    await wati.repeats(id, sealed_anew=True)
    again = await linked.client.tells("Message")
    assert (again.Info.ID, again.Message.conversation) == (id, "satu")
    last = await wati.says("dua")
    told = await linked.client.tells("Message")
    assert last == told.Info.ID


async def test_a_note_to_oneself_is_shown_once_on_the_phone(linked: Linked) -> None:
    await linked.client.call("send_message", linked.phone.account.lid, e2e.Message(conversation="jangan lupa"))
    note = await linked.phone.hears("jangan lupa")
    await linked.client.call("send_message", linked.phone.account.lid, e2e.Message(conversation="beli gas"))
    await linked.phone.hears("beli gas")
    assert [heard.id for heard in linked.phone.heard].count(note.id) == 1


@pytest.mark.parametrize("addressing", ["lid", "pn"])
async def test_what_the_owner_types_on_the_phone_reaches_the_client_as_sent_by_itself(
    linked: Linked, addressing: Addressing
) -> None:
    budi = linked.whatsapp.customer("Budi", addressing=addressing)
    id = await linked.phone.types(budi, "saya sendiri ya")
    told = await linked.client.tells("Message")
    source = told.Info.MessageSource
    assert id == told.Info.ID and source.IsFromMe
    assert source.Chat.User == budi.jid.user
    assert source.RecipientAlt.User == (budi.number if addressing == "lid" else budi.lid)
    await budi.hears("saya sendiri ya")


async def test_typing_is_seen_both_ways(linked: Linked) -> None:
    budi = linked.whatsapp.customer("Budi")
    media = Member("ChatPresenceMedia", "CHAT_PRESENCE_MEDIA_TEXT")
    await budi.says("halo")
    await linked.client.tells("Message")
    await linked.client.call("send_presence", Member("Presence", "AVAILABLE"))
    await budi.starts_typing()
    typing = await linked.client.tells("ChatPresence")
    assert typing.MessageSource.Sender.User == budi.lid
    for state in ("COMPOSING", "PAUSED"):
        await linked.client.call(
            "send_chat_presence", budi.jid, Member("ChatPresence", f"CHAT_PRESENCE_{state}"), media
        )
    await budi.sees_typing()
    await budi.sees_typing("paused")
    await linked.client.call("send_presence", Member("Presence", "UNAVAILABLE"))
    await linked.whatsapp.server.until(lambda: linked.phone.client.presence == "unavailable", "unavailable")
    assert "available" in linked.phone.client.presences


async def test_the_client_marks_messages_as_read(linked: Linked) -> None:
    budi = linked.whatsapp.customer("Budi")
    ids = [await budi.says(text) for text in ("satu", "dua")]
    for _ in ids:
        await linked.client.tells("Message")
    read = Member("ReceiptType", "READ")
    await linked.client.call("mark_read", *ids, chat=budi.jid, sender=budi.jid, receipt=read)
    for id in ids:
        await budi.sees_tick(id, "read")


async def test_what_was_said_while_the_client_was_away_comes_with_its_next_login(linked: Linked) -> None:
    budi = linked.whatsapp.customer("Budi")
    linked.whatsapp.goes_away()
    await linked.phone.disconnected()
    ids = [await budi.says(f"pesan {number}") for number in range(3)]
    linked.whatsapp.comes_back()
    assert [(await linked.client.tells("Message")).Info.ID for _ in ids] == ids
    done = await linked.client.tells("OfflineSyncCompleted")
    while not done.Count:
        done = await linked.client.tells("OfflineSyncCompleted")
    assert done.Count == 3
    await linked.whatsapp.server.until(lambda: not linked.phone.client.waiting, "all is confirmed")


async def test_a_message_that_the_server_refuses_fails_with_its_number(linked: Linked) -> None:
    budi = linked.whatsapp.customer("Budi")
    linked.whatsapp.refuses_messages(463)
    with pytest.raises(CallFailed, match="463"):
        await answers(linked, budi, "promo!")
    linked.whatsapp.refuses_messages(0)
    await answers(linked, budi, "halo")
    await budi.hears("halo")


async def test_a_message_whose_acknowledgement_is_lost_is_sent_again_after_the_next_login(linked: Linked) -> None:
    budi = linked.whatsapp.customer("Budi")
    lost = linked.whatsapp.loses_messages(1)
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(answers(linked, budi, "sudah sampai?"))
        await linked.whatsapp.server.until(lambda: len(lost.ids) == 1, "the message gets lost")
        linked.whatsapp.cut()
    id = sending.result()
    await budi.hears("sudah sampai?")
    assert lost.ids == [id, id]


async def test_every_kind_of_message_reaches_the_client(linked: Linked) -> None:
    budi = linked.whatsapp.customer("Budi")
    first = await budi.says("menu?")
    await linked.client.tells("Message")
    quoting = await budi.sends(content.text("yang ini", quoted=first, of=str(budi.jid)))
    told = await linked.client.tells("Message")
    assert quoting == told.Info.ID
    assert told.Message.extendedTextMessage.contextInfo.stanzaID == first
    await budi.sends(content.text("promo", forwarded=5))
    told = await linked.client.tells("Message")
    assert told.Message.extendedTextMessage.contextInfo.forwardingScore == 5
    await budi.sends(content.disappearing(content.text("rahasia")))
    told = await linked.client.tells("Message")
    assert told.IsEphemeral and told.Message.extendedTextMessage.text == "rahasia"
    await budi.sends(content.location(-6.9, 107.6, "Warung Sari", "Jl. Melati 12"))
    told = await linked.client.tells("Message")
    assert (told.Message.locationMessage.name, told.Info.MediaType) == ("Warung Sari", "location")
    await budi.sends(content.contact("Pak Joko", "6281234500000"))
    told = await linked.client.tells("Message")
    assert "waid=6281234500000" in told.Message.contactMessage.vcard and told.Info.MediaType == "vcard"
    await budi.sends(content.contacts(content.contact("A", "62811"), content.contact("B", "62812")))
    told = await linked.client.tells("Message")
    assert len(told.Message.contactsArrayMessage.contacts) == 2
    await budi.sends(content.live_location(-6.9, 107.6))
    told = await linked.client.tells("Message")
    assert (told.Message.liveLocationMessage.sequenceNumber, told.Info.MediaType) == (1, "livelocation")
