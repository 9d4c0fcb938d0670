"""Which message a receipt is about, and what it changes on one that a person typed on the phone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from wabot.model.message import Message
from wabot.model.turn import Receipt
from wabot.store.sqlite.doubles import displace_imported
from wabot.store.sqlite.queries import Ask

RANK: Final[Mapping[str, int]] = {
    "queued": 0,
    "failed": 0,
    "sending": 1,
    "unknown": 1,
    "sent": 2,
    "delivered": 3,
    "read": 4,
}
"""How far a message has come; a receipt only ever moves it on."""


_UNREADABLE: Final = "the customer's phone could not read it, and asked for it again after a restart"
_LATELY: Final = 86_400_000
"""Milliseconds within which a receipt tells of a reply that nobody knew about."""


def outbound_of(ask: Ask, receipt: Receipt) -> str:
    """The outbox row's id, "" when the message never was in the outbox: then all that there is to do is done."""
    if receipt.outbound:
        if receipt.wa_id:
            _name(ask, receipt)
        return receipt.outbound
    row = ask("message_of_receipt", chat=receipt.chat, id=receipt.wa_id).fetchone()
    if row is None:
        return _unknown(ask, receipt)
    if row["sender_type"] == "customer":
        return ""
    if ask("outbox_row", id=row["id"]).fetchone() is not None:
        return str(row["id"])
    if RANK[receipt.status] > RANK.get(row["status"], 0):
        times = {f"{name}_at": receipt.at if name == receipt.status else None for name in ("delivered", "read")}
        ask("message_status", id=row["id"], status=receipt.status, error="", sent_at=None, **times)
    return ""


def unreadable(ask: Ask, receipt: Receipt) -> str | None:
    """A reply that the customer's phone could not read is one of which nobody knows; its rule when it became so."""
    row = ask("message_of_receipt", chat=receipt.chat, id=receipt.wa_id).fetchone()
    moved = None if row is None else ask("outbox_unreadable", id=row["id"], error=_UNREADABLE).fetchone()
    if row is None or moved is None:
        return None
    ask(
        "message_status",
        id=row["id"],
        status="unknown",
        error=_UNREADABLE,
        sent_at=None,
        delivered_at=None,
        read_at=None,
    )
    return str(moved["rule_id"])


def _unknown(ask: Ask, receipt: Receipt) -> str:
    """The reply of which nobody knew whether it went out: this receipt tells, when it can be about no other one."""
    since = receipt.at - _LATELY
    rows = ask("outbox_uncertain", chat=receipt.chat, since=since).fetchall()
    if len(rows) != 1 or rows[0]["status"] != "unknown":
        return ""
    outbound = str(rows[0]["id"])
    _name(ask, replace(receipt, outbound=outbound))
    return outbound


def _name(ask: Ask, receipt: Receipt) -> None:
    """From now on WhatsApp's id finds the reply: in quotes, reactions and receipts after a restart."""
    row: Any = ask("message_row", id=receipt.outbound).fetchone()
    if row is None or row["wa_message_id"] is not None:
        return
    if not displace_imported(ask, row["conversation_id"], Message(receipt.wa_id, receipt.chat)):
        ask("message_named", id=receipt.outbound, wa_id=receipt.wa_id)
