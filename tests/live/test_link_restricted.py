"""WhatsApp does not take a message, because the number may not start chats (463)."""

from tests.whatsapp.shop import Shop
from tests.whatsapp.wire.node import Node


async def test_a_restricted_number_tries_once_answers_whom_it_knows_and_leaves_others_to_a_person(shop: Shop) -> None:
    whatsapp = shop.whatsapp
    budi, siti, dewi = (whatsapp.customer(name) for name in ("Budi", "Siti", "Dewi"))
    await budi.says("jam buka?")
    await budi.hears("Kami buka")
    whatsapp.refuses_messages(463)
    await siti.says("jam buka?")
    await shop.daemon.says("nobody new is answered for a day")
    whatsapp.refuses_messages(0)
    await dewi.says("jam buka?")
    await shop.daemon.says("reason=first_contacts_stopped")
    await budi.says("jam buka lagi?")
    await budi.hears("Kami buka")
    assert (siti.heard, dewi.heard) == ([], [])
    assert len([node for node in whatsapp.server.received if _is_reply(node)]) == 3
    shown = await shop.daemon.status()
    assert (shown["status"], shown["outbox"]["failed"]) == ("connected", 2)
    assert shown["first_contacts_stopped_until"]
    waiting = await shop.daemon.wabot("conversations", "--status", "pending")
    assert len(waiting["conversations"]) == 2

    await shop.daemon.wabot("resume", "warung")
    await dewi.says("jam buka kak?")
    await dewi.hears("Kami buka")


def _is_reply(node: Node) -> bool:
    return node.tag == "message"
