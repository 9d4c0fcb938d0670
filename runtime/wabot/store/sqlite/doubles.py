"""A message that was imported and came live, too, is one message: the live one stays."""

from wabot.model.message import Message
from wabot.store.sqlite.queries import Ask


def doubles(ask: Ask, conversation: str, message: Message) -> tuple[bool, int]:
    """Whether the message came live before (under another name of the chat), and how many of the customer's messages
    that are counted it is itself (1 when it was imported, else 0)."""
    row = ask("message_seen", conversation=conversation, id=message.id).fetchone()
    if row is None:
        return False, 0
    return not row["is_imported"], int(row["is_imported"] and row["sender_type"] == "customer")


def displace_imported(ask: Ask, conversation: str, message: Message) -> str:
    """Make room for a message that came live and stands among the imported ones already: afterwards it is not there,
    and counts for nothing. "" then; the id of the row that stays when that one came live itself."""
    row = ask("message_seen", conversation=conversation, id=message.id).fetchone()
    if row is None:
        return ""
    if not row["is_imported"]:
        return str(row["id"])
    ask("imported_drop", id=row["id"])
    customer = int(row["sender_type"] == "customer")
    ask("imported_uncount", conversation=conversation, customer=customer)
    ask("imported_uncount_contact", conversation=conversation, customer=customer)
    return ""


def drop_doubled(ask: Ask, kept: str, gone: str) -> tuple[int, int]:
    """Drop imported messages that stand in both of two conversations which are about to be one; how many of those were
    the customer's, and the shop's. The conversations' counts are mended, the contacts' are the caller's."""
    customer = shop = 0
    for conversation, other in ((gone, kept), (kept, gone)):
        for row in ask("imported_doubled", conversation=conversation, other=other).fetchall():
            theirs = int(row["sender_type"] == "customer")
            ask("imported_drop", id=row["id"])
            ask("imported_uncount", conversation=conversation, customer=theirs)
            customer, shop = customer + theirs, shop + 1 - theirs
    return customer, shop
