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
        return next((found for found in store.conversations() if found.chat == chat), None)


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
