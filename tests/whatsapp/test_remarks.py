"""What is said about messages: edits, revocations, reactions, quotes, polls. The store keeps it with the message."""

import asyncio

import pytest

from tests.whatsapp.people.customer import Addressing, Customer
from tests.whatsapp.people.person import PATIENCE
from tests.whatsapp.shop import Shop
from tests.whatsapp.wire.protobufs import e2e
from wabot.model.stored import PersonSays, StoredMessage
from wabot.session.clock import RealClock
from wabot.store.sqlite import say

pytestmark = pytest.mark.asyncio(loop_scope="module")
ASKED = "jam buka?"
ANSWER = "Kami buka tiap hari kak."


@pytest.fixture
def shop(shared_shop: Shop) -> Shop:
    return shared_shop


async def settled(customer: Customer) -> str:
    """A chat is decided in its order: once this question has its answer, so has everything before it. Its id."""
    id = await customer.says(ASKED)
    await customer.hears(ANSWER)
    return id


async def answered(shop: Shop, customer: Customer) -> str:
    """The id of the answer, once the daemon knows it as well: nobody reacts to a message in the instant it comes."""
    id = (await customer.hears(ANSWER)).id
    async with asyncio.timeout(PATIENCE):
        while id not in stored(shop, customer):
            await asyncio.sleep(0.01)
    return id


def stored(shop: Shop, customer: Customer) -> dict[str, StoredMessage]:
    """The chat's messages by WhatsApp's id."""
    with shop.stored() as store:
        return {said.wa_id: said for said in store.messages(customer.lid, 50)}


def reasons(shop: Shop, *ids: str) -> list[str]:
    with shop.stored() as store:
        told = [store.why(key) for id in ids for key in store.keys(id)]
        return [one.reason for one in told if one]


async def test_a_customer_who_edits_changes_what_stands_there_and_gets_no_second_answer(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    first, second = await settled(budi), await settled(budi)
    edits = [
        await budi.edits(first, "jam tutup?"),
        await budi.edits(first, "tutup jam?", wrapped=False),
        await budi.edits(second, ASKED + "?"),
    ]
    await settled(budi)
    said = stored(shop, budi)
    assert (said[first].text, [old for old, _ in said[first].edits]) == ("tutup jam?", [ASKED, "jam tutup?"])
    assert said[second].text == ASKED + "?"
    assert reasons(shop, *edits) == ["not_a_message"] * 3
    assert [heard.text for heard in budi.heard] == [ANSWER] * 3


async def test_what_a_customer_takes_back_leaves_only_its_place(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi", addressing="pn")
    first = await settled(budi)
    gone = await budi.takes_back(first)
    await settled(budi)
    said = stored(shop, budi)[first]
    assert said.text == ""
    assert said.revoked
    assert reasons(shop, gone) == ["not_a_message"]


async def test_a_reaction_is_replaced_by_the_next_and_may_be_taken_back(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    asked = await budi.says(ASKED)
    answer = await answered(shop, budi)
    for emoji in ("👍", "❤️"):
        await budi.reacts(answer, emoji)
    await shop.phone.reacts(asked, "🙏", to=budi)
    await settled(budi)
    said = stored(shop, budi)
    assert (said[answer].reactions, said[asked].reactions) == ((("customer", "❤️"),), (("cs", "🙏"),))
    await budi.reacts(answer, "")
    await shop.phone.reacts(asked, "", to=budi)
    await settled(budi)
    said = stored(shop, budi)
    assert (said[answer].reactions, said[asked].reactions) == ((), ())


async def test_an_answer_names_what_it_quotes_and_a_forwarded_text_how_often_it_was_passed_on(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    await budi.says(ASKED)
    answer = await answered(shop, budi)
    reply = await budi.replies(answer, "hari minggu jam buka?")
    await budi.hears(ANSWER)
    passed = await budi.forwards("promo, jam buka", 5)
    await budi.hears(ANSWER)
    said = stored(shop, budi)
    assert (said[reply].text, said[reply].quoting) == ("hari minggu jam buka?", ANSWER)
    assert said[passed].forwarded == 5


async def test_a_person_who_replies_to_a_message_quotes_it_on_the_customers_phone(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    asked = await settled(budi)
    answer = budi.heard[-1].id
    folder = shop.daemon.data / "warung"
    for quoted, text in ((asked, "yang ini ya kak"), (answer, "maksud saya begini")):
        own = stored(shop, budi)[quoted].id
        assert say(folder, folder.name, PersonSays(budi.lid, text, quoted=own), RealClock().now())
        heard = (await budi.hears(text)).message.extendedTextMessage
        assert heard.contextInfo.stanzaID == quoted
        assert heard.contextInfo.quotedMessage.conversation == (ASKED if quoted == asked else ANSWER)
        assert (heard.contextInfo.participant == str(budi.jid)) is (quoted == asked)


async def test_polls_and_votes_are_no_questions(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    poll = await budi.asks_poll("jam buka?", ["pagi", "sore"])
    vote = await budi.votes(poll, "sore")
    await settled(budi)
    assert reasons(shop, poll, vote) == ["not_a_message"] * 2
    assert [heard.text for heard in budi.heard] == [ANSWER]


async def test_what_disappears_or_is_shown_once_is_a_message_like_any_other(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    await budi.says_for_a_day(ASKED)
    await budi.hears(ANSWER)
    await budi.shows_once(e2e.Message(conversation=ASKED))
    await budi.hears(ANSWER)


@pytest.mark.parametrize("addressing", ["lid", "pn"])
async def test_an_edit_that_is_sealed_is_opened(shop: Shop, addressing: Addressing) -> None:
    budi = shop.whatsapp.customer("Budi", addressing=addressing)
    first = await budi.writes_editably(ASKED)
    await budi.hears(ANSWER)
    edit = await budi.edits_sealed(first, "jam tutup?")
    await settled(budi)
    assert (stored(shop, budi)[first].text, reasons(shop, edit)) == ("jam tutup?", ["not_a_message"])


async def test_an_edit_of_what_was_written_before_a_restart_is_opened(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    first = await budi.writes_editably("makasih")
    await settled(budi)
    await shop.daemon.stop()
    await shop.daemon.start()
    await budi.edits_sealed(first, "terima kasih")
    await settled(budi)
    assert stored(shop, budi)[first].text == "terima kasih"


async def test_the_owners_edits_are_sealed_as_well(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    await settled(budi)
    typed = await shop.phone.writes_editably("Besok libur", to=budi)
    await shop.phone.edits_sealed(typed, "Besok libur kak", to=budi)
    async with asyncio.timeout(PATIENCE):
        while not (said := stored(shop, budi)).get(typed) or not said[typed].edits:
            await asyncio.sleep(0.01)
    assert said[typed].text == "Besok libur kak"


async def test_what_the_owner_changes_on_the_phone_is_changed_here(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    await settled(budi)
    typed = await shop.phone.types(budi, "Besok libur")
    other = await shop.phone.types(budi, "Salah kirim")
    await shop.phone.edits(typed, "Besok libur kak", to=budi)
    await shop.phone.takes_back(other, to=budi)
    async with asyncio.timeout(PATIENCE):  # the chat is the owner's now: no answer says that all of it is in
        while not (said := stored(shop, budi)).get(other) or not said[other].revoked:
            await asyncio.sleep(0.01)
    assert (said[typed].sender, said[typed].text, said[other].text) == ("cs", "Besok libur kak", "")


async def test_a_photo_that_is_shown_once_stays_on_the_phone_and_disturbs_nobody(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    id = await budi.shows_once_on_the_phone()
    await settled(budi)
    assert reasons(shop, id) == []
    assert not budi.unreadable


async def test_a_call_is_no_message_and_disturbs_nothing(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi")
    await budi.calls()
    await settled(budi)
    assert len(stored(shop, budi)) == 2
    await shop.whatsapp.server.until(
        lambda: not [tag for tag, _ in shop.phone.client.waiting if tag == "call"], "the client confirms the call"
    )


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("addressing", ["lid", "pn"])
async def test_a_customer_with_a_new_phone_is_read_and_can_read(
    shop: Shop, addressing: Addressing, announced: bool
) -> None:
    budi = shop.whatsapp.customer("Budi", addressing=addressing)
    await settled(budi)
    await budi.reinstalls(announced=announced)
    await settled(budi)
    await settled(budi)
    assert not budi.unreadable
