"""What the store of a live tenant holds, read while its session runs."""

import asyncio

from tests.whatsapp.live import PATIENCE, Live
from tests.whatsapp.people.customer import Customer
from wabot.model.stored import StoredConversation, StoredMessage, StoredReply
from wabot.store.sqlite import reading


def messages(daemon: Live, customer: Customer, tenant: str = "warung") -> list[StoredMessage]:
    """All that stands in the customer's chat, under whatever name; oldest first."""
    with reading(daemon.data / tenant, tenant) as store:
        chats = store.chats()
        chat = next((chats[name] for name in (customer.lid, customer.number) if name in chats), "")
        return list(store.messages(chat, 10_000)) if chat else []


def texts(daemon: Live, customer: Customer, sender: str = "", tenant: str = "warung") -> list[str]:
    return [item.text for item in messages(daemon, customer, tenant) if not sender or item.sender == sender]


def replies(daemon: Live, customer: Customer, tenant: str = "warung") -> list[StoredReply]:
    """The rows of the outbox for this customer, oldest first."""
    with reading(daemon.data / tenant, tenant) as store:
        ids = [item.id for item in store.messages(_chat(store.chats(), customer), 10_000) if item.sender != "customer"]
        return [found for found in map(store.reply, ids) if found is not None]


def conversation(daemon: Live, customer: Customer, tenant: str = "warung") -> StoredConversation | None:
    with reading(daemon.data / tenant, tenant) as store:
        chat = _chat(store.chats(), customer)
        return next((found for found in store.conversations(most=10_000) if found.chat == chat), None)


def chats_of(daemon: Live, customer: Customer, tenant: str = "warung") -> int:
    """How many conversations there are with this customer, under whatever name."""
    with reading(daemon.data / tenant, tenant) as store:
        names = {customer.lid, customer.number}
        return sum(1 for found in store.conversations(most=10_000) if names & {found.chat, found.phone})


def _stored(daemon: Live, tenant: str) -> int:
    with reading(daemon.data / tenant, tenant) as store:
        chats = [found.chat for found in store.conversations(most=10_000)]
        return sum(1 for chat in chats for item in store.messages(chat, 10_000) if item.sender == "customer")


async def all_stored(daemon: Live, number: int, tenant: str = "warung") -> None:
    """Wait until so many messages of customers are decided and stored: no more, and no fewer."""
    try:
        async with asyncio.timeout(PATIENCE):
            while _stored(daemon, tenant) < number:
                await asyncio.sleep(0.05)
    except TimeoutError:
        pass
    assert _stored(daemon, tenant) == number


async def became(daemon: Live, customer: Customer, *statuses: str, tenant: str = "warung") -> list[StoredReply]:
    """Wait until the customer's replies have these statuses, oldest first."""
    found = replies(daemon, customer, tenant)
    try:
        async with asyncio.timeout(PATIENCE):
            while [reply.status for reply in found] != list(statuses):
                await asyncio.sleep(0.02)
                found = replies(daemon, customer, tenant)
    except TimeoutError:
        raise AssertionError(f"the replies never became {statuses}: {found}") from None
    return found


def _chat(chats: dict[str, str], customer: Customer) -> str:
    return next((chats[name] for name in (customer.lid, customer.number) if name in chats), "")
