"""Groups, status and newsletters: the client reads them, and wabot answers in none of them."""

from collections.abc import Sequence

from tests.whatsapp.shop import Shop

ASKED = "jam buka?"
ANSWER = "Kami buka tiap hari kak."


async def settled(shop: Shop, number: str) -> None:
    """Messages are decided in their order: once a new customer has an answer, so has everything before it."""
    last = shop.whatsapp.customer("Akhir", number)
    await last.says(ASKED)
    await last.hears(ANSWER)
    assert not shop.whatsapp.server.unanswered


def why(shop: Shop, ids: Sequence[str]) -> list[tuple[str, str, str]]:
    """Chat, text as the client deciphered it, and why nobody was answered."""
    with shop.stored() as store:
        told = [store.why(key) for id in ids for key in store.keys(id)]
    assert not any(one.answers for one in told if one)
    return [(one.message.chat, one.message.text, one.reason) for one in told if one]


async def test_nobody_is_answered_in_a_group_a_status_or_a_newsletter(shop: Shop) -> None:
    whatsapp = shop.whatsapp
    budi = whatsapp.customer("Budi", "6281234567801")
    ani = whatsapp.customer("Ani", "6281234567802", addressing="pn")
    group, older, news = whatsapp.group(), whatsapp.group(addressing="pn"), whatsapp.newsletter()
    ids = [await group.says(budi, ASKED), await group.says(ani, ASKED), await group.says(budi, ASKED)]
    ids += [await older.says(budi, ASKED), await older.says(ani, ASKED)]
    ids += [await budi.posts_status(ASKED), await budi.posts_status(ASKED), await ani.posts_status(ASKED)]
    ids += [await news.publishes(ASKED), await news.publishes(ASKED)]
    await settled(shop, "6281234567803")
    chats = [group.jid.user] * 3 + [older.jid.user] * 2 + ["status"] * 3 + [news.jid.user] * 2
    assert why(shop, ids) == [(chat, ASKED, "not_a_direct_chat") for chat in chats]
    status = await shop.daemon.status()
    assert (status["contacts"], status["received"]) == (1, 1)
    assert status["by_reason"] == {"not_a_direct_chat": 10}
    assert [budi.heard, ani.heard] == [[], []]
    assert len([node for node in whatsapp.server.received if node.tag == "message"]) == 1


async def test_what_the_owner_writes_in_a_group_pauses_no_chat(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi", "6281234567801")
    await budi.says(ASKED)
    await budi.hears(ANSWER)
    group = shop.whatsapp.group()
    id = await group.says(shop.phone, "Kami libur besok")
    await settled(shop, "6281234567803")
    assert why(shop, [id]) == [(group.jid.user, "Kami libur besok", "from_me")]
    await budi.says(ASKED)
    await budi.hears(ANSWER)
