"""The alerts that a session raises, in words that name a chat without telling who it is. Pure."""

from datetime import UTC, datetime

from wabot.model.alert import Alert
from wabot.model.masked import masked
from wabot.model.message import Message
from wabot.model.session import Reload


def loop(message: Message) -> Alert:
    """The message's chat is muted."""
    return Alert(
        "loop",
        f"The chat {masked(message.chat)} is muted: two machines seem to answer each other. Look at it; a message from "
        "the shop's phone lets the bot answer again.",
    )


def set_aside(message: Message) -> Alert:
    """The message cannot be decided."""
    return Alert(
        "set_aside",
        f"A message in the chat {masked(message.chat)} could not be decided and was set aside: a person must answer. "
        f"`wabot why {message.id}` shows what went wrong.",
    )


def broken_rules(reload: Reload) -> Alert:
    """A change of the rules is not live."""
    # At a start nothing tells yet whether there are older rules to go on with.
    return Alert("reload", f"The rules on disk have errors and are not live: {reload.detail or 'see the log'}")


def first_contacts_stopped(until: int) -> Alert:
    """WhatsApp refused a message of a number that may not start chats."""
    return Alert(
        "restricted",
        "WhatsApp restricts this number: it may not start chats. Customers who never got a message from it wait for a "
        f"person until {_utc(until)}; chats that are known go on. Look at WhatsApp on the phone: it says why. "
        "`wabot resume TENANT` lets the bot answer everybody again.",
    )


def waits_for_a_person(chat: str) -> Alert:
    """A customer whom the bot may not answer."""
    return Alert(
        "restricted",
        f"The chat {masked(chat)} waits for a person: WhatsApp does not let the bot answer there. Answer on the phone.",
    )


def unsent(rule: str, reason: str) -> Alert:
    """A message failed for good. It names no chat: what ails one rule's replies ails them in every chat, and is one
    alert."""
    what = f"A reply of the rule {rule}" if rule else "A message that a person wrote"
    return Alert(
        "unsent",
        f"{what} could not be sent: {reason.rstrip('.')}. The customer heard nothing and waits for a person: "
        "`wabot conversations --status pending` shows the chat, `wabot outbox --status failed` the message.",
    )


def damaged(text: str) -> Alert:
    """A file of the tenant was set aside; `text` says which, and what is in its place."""
    return Alert("damaged", text)


def webhook_off(what: str, why: str) -> Alert:
    """A webhook of the tenant's is switched off; `what` names it."""
    return Alert(
        "webhook",
        f"The webhook {what} is switched off: {why}. What happens from now on it never learns. Mend the receiver, then "
        "switch it on again; what did not arrive can be replayed.",
    )


def _utc(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
