"""What WhatsApp hears beside the messages: "typing…", whether the account is there, and what was read."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from tests.whatsapp.live import PATIENCE, RULES, Live
from tests.whatsapp.paired import Paired
from tests.whatsapp.people.phone import Phone
from tests.whatsapp.wire.node import Node
from wabot.bus import API, SESSION, Ear, Mouth

ADMIN: Final = "  - {id: cs, trigger: {type: keyword, keywords: [admin]}, response: {type: forward_to_cs}}\n"


async def opened(live: Live, paired: Paired, **auto_reply: str) -> Phone:
    phone = live.phone(paired)
    live.tenant(text=RULES + ADMIN, **auto_reply)
    await live.start()
    await phone.connected()
    return phone


def said(node: Node) -> str:
    """What a stanza of the client is, in a word; "" for what is no matter here."""
    if node.tag == "presence":
        return node.text("type")
    if node.tag == "chatstate":
        return node.children()[0].tag
    return "message" if node.tag == "message" else ""


def heard(live: Live) -> list[str]:
    return [word for node in live.whatsapp.server.received if (word := said(node))]


def read(live: Live) -> list[tuple[str, list[str], str]]:
    """Read receipts: to whom, for which messages, of which participant."""
    nodes = [node for node in live.whatsapp.server.received if node.tag == "receipt" and node.text("type") == "read"]
    items = [[item.text("id") for more in node.children("list") for item in more.children("item")] for node in nodes]
    return [
        (node.text("to"), [node.text("id"), *more], node.text("participant"))
        for node, more in zip(nodes, items, strict=True)
    ]


async def test_the_phone_keeps_its_notifications_the_account_is_there_only_while_it_types(
    live: Live, paired_once: Paired
) -> None:
    await opened(live, paired_once, delay="1s")
    server = live.whatsapp.server
    await server.until(lambda: heard(live) == ["unavailable"], "unavailable after the login")
    budi = live.whatsapp.customer("Budi", "6281234567801")
    await budi.says("jam buka?")
    await budi.hears("Kami buka")
    await server.until(lambda: heard(live)[-1] == "unavailable" and len(heard(live)) > 1, "unavailable after typing")
    assert heard(live) == ["unavailable", "available", "composing", "message", "paused", "unavailable"]
    assert read(live) == []  # nor does anything turn blue by default


async def test_with_several_chats_the_account_is_there_until_the_last_is_answered(
    live: Live, paired_once: Paired
) -> None:
    await opened(live, paired_once, delay="1s")
    customers = [live.whatsapp.customer(f"Budi {at}", f"628123456780{at}") for at in range(4)]
    for customer in customers:
        await customer.says("jam buka?")
    for customer in customers:
        await customer.hears("Kami buka")
    await live.whatsapp.server.until(lambda: heard(live).count("paused") == 4, "all is typed")
    await live.whatsapp.server.until(lambda: heard(live)[-1] == "unavailable", "unavailable after typing")
    words = heard(live)
    assert words.count("available") == words.count("unavailable") - 1
    there = [words[:at].count("available") - words[1:at].count("unavailable") for at in range(len(words) + 1)]
    assert all(there[at] for at, word in enumerate(words) if word in ("composing", "paused"))


async def test_a_person_who_answers_on_the_phone_ends_the_typing_and_nothing_is_sent(
    live: Live, paired_once: Paired
) -> None:
    phone = await opened(live, paired_once, delay="4s")
    server = live.whatsapp.server
    budi = live.whatsapp.customer("Budi", "6281234567801")
    await budi.says("jam buka?")
    await server.until(lambda: "composing" in heard(live), "typing is shown")
    await phone.types(budi, "saya sendiri ya")
    await server.until(lambda: heard(live)[-2:] == ["paused", "unavailable"], "typing ends")
    assert "message" not in heard(live)


async def test_what_the_bot_answered_turns_blue_when_the_shop_wants_it_and_always_means_all(
    live: Live, paired_once: Paired
) -> None:
    await opened(live, paired_once, mark_read="answered")
    budi = live.whatsapp.customer("Budi", "6281234567801")
    siti = live.whatsapp.customer("Siti", "6281234567802", addressing="pn")
    ids = []
    for customer in (budi, siti):
        ids.append(await customer.says("jam buka?"))
        await customer.hears("Kami buka")
        await live.whatsapp.server.until(lambda: len(read(live)) == len(ids), "a read receipt")
    await budi.says("apa kabar")
    await budi.says("ada admin?")
    await budi.hears("Sebentar ya kak")
    await budi.says("halo")
    await budi.hears("Halo kak Budi")  # the chat waits for a person, who has yet to read it
    tenant = live.rules / "warung" / "tenant.yaml"
    tenant.write_text(tenant.read_text().replace("answered", "always"))
    await live.says("rules are live", times=2)
    ids += [await siti.says(text) for text in ("apa kabar", "ada admin?")]
    await live.whatsapp.server.until(lambda: len(read(live)) >= len(ids), "two more read receipts")
    whom = [str(customer.account.lid) for customer in (budi, siti, siti, siti)]
    assert read(live) == [(to, [id], "") for to, id in zip(whom, ids, strict=True)]


async def test_who_types_is_told_between_the_processes_and_the_account_is_there_only_meanwhile(
    live: Live, paired_once: Paired
) -> None:
    await opened(live, paired_once)
    server, words = live.whatsapp.server, list[Mapping[str, Any]]()
    await server.until(lambda: heard(live) == ["unavailable"], "unavailable after the login")
    ear = Ear(live.data, API, lambda kind, word: words.append(word) if kind == "typing" else None)
    budi = live.whatsapp.customer("Budi", "6281234567801")
    await budi.says("apa kabar")
    await budi.starts_typing()
    async with asyncio.timeout(PATIENCE):
        while not words:
            await asyncio.sleep(0.01)
    assert words == [{"tenant": "warung", "chat": str(budi.account.lid).split("@")[0], "on": True}]
    session = Mouth(live.data / "warung", SESSION)
    for on in (True, False):
        session.say("typing", chat=words[0]["chat"], on=on)
        await budi.sees_typing("composing" if on else "paused")
    await server.until(lambda: heard(live)[-1] == "unavailable", "unavailable after typing")
    assert heard(live) == ["unavailable", "available", "composing", "paused", "unavailable"]
    ear.close()
