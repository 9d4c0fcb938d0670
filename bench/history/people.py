"""What people do in a chat: they write, through wabot or on the shop's phone, and settle what is done."""

from typing import Final

from bench.history.chat import Chat, Promise
from bench.history.sending import ask_opinion, nobody_waits, outcome, promise, send
from bench.history.shop import Shop
from bench.history.staff import Person
from bench.history.words import QUICK, REMINDED
from wabot.engine.csat import question
from wabot.engine.render import first_name
from wabot.model.context import CLOSED, ConversationStatus

_MINUTE: Final = 60_000


def by_wabot(shop: Shop, chat: Chat, at: int, text: str, one: Person | None) -> None:
    """Somebody writes in wabot; without an e-mail address, from its command line, when `one` is None."""
    if not _may(shop, chat, at):
        return
    at = chat.at
    if text in QUICK:
        shop.use_quick(text, at)
        text = QUICK[text].format(name=first_name(chat.name or "Kak"))
    if one is not None:
        _credit(chat, one, at)
    if chat.status in ("resolved", "closed") or not chat.operator:
        chat.operator, chat.assigned_at = "" if one is None else one.id, at
        chat.answered_at = None
    chat.answered_at = chat.answered_at or at
    chat.becomes(shop, "active", at)
    _taken(shop, chat, at, "operator")
    sender = "wabot" if one is None else one.email
    name, operator = ("", "") if one is None else (one.name, one.email)
    send(shop, chat, text, "", at, at, "person", by=("cs", sender, name), operator=operator)


def by_phone(shop: Shop, chat: Chat, at: int, text: str) -> None:
    """Somebody answers on the shop's own phone."""
    if not _may(shop, chat, at):
        return
    at, of = chat.at, shop.rows.of
    stamp, whatsapp, id = at // 1_000 * 1_000, shop.ids.of_whatsapp(False), shop.ids(at)
    status, delivered, read = outcome(shop, at)
    of["messages"].append(
        (id, chat.id, whatsapp, "cs", "", "", "text", text, status, "", stamp, delivered, read, at, "", 0, "", 0)
    )
    log = (shop.ids(at), chat.id, id, None, "from_me", text, None, "", 0, 1, "", "[]", at, None)
    of["auto_reply_logs"].append(log)
    shop.messages += 1
    if chat.status == "pending":
        chat.becomes(shop, "active", at)
    if chat.answered_at is None:
        chat.operator, chat.assigned_at = "", None
    _taken(shop, chat, at, "phone")
    chat.said(stamp, "cs", text)
    chat.sent += 1


def settle(shop: Shop, chat: Chat, at: int, status: ConversationStatus = "resolved") -> bool:
    """The chat is settled (or closed); its customer may be asked how they liked it. False when it is settled already,
    or the time is over."""
    if chat.status not in ("active", "pending") or not _may(shop, chat, at, "conversation_settled"):
        return False
    at = chat.at
    chat.becomes(shop, status, at)
    chat.resolved_at, chat.waiting_since, chat.menu, chat.updated = at, None, CLOSED, at
    if status == "resolved":
        chat.paused_until = None
        if chat.operator:
            shop.staff.by_id[chat.operator].handled += 1
        ask_opinion(shop, chat, at, question(shop.rule_set.tenant))
    return True


def is_spam(shop: Shop, chat: Chat, at: int, *, block: bool) -> None:
    """A person has seen what it is."""
    if _may(shop, chat, at, "conversation_spam"):
        chat.becomes(shop, "spam", chat.at)
        chat.waiting_since, chat.menu, chat.updated = None, CLOSED, chat.at
        chat.blocked = chat.at if block else None


def remind(shop: Shop, chat: Chat, at: int, one: Person) -> None:
    """Somebody has the customer reminded some hours later."""
    if at < shop.end:
        text = REMINDED.format(name=first_name(chat.name or "Kak"))
        due = at + int(shop.chance.uniform(60, 300)) * _MINUTE
        promise(shop, chat, Promise(shop.ids(at), "", text, at, due, one.email, one.name))


def _may(shop: Shop, chat: Chat, at: int, reason: str = "handled_by_person") -> bool:
    at = max(at, chat.at + 300)
    if at >= shop.end:
        chat.ended = True
        return False
    if reason == "handled_by_person":
        nobody_waits(shop, chat, at, reason)
    chat.at = max(at, chat.at + 300)
    return True


def _credit(chat: Chat, one: Person, at: int) -> None:
    began = max(chat.assigned_at or 0, chat.waiting_since or 0)
    one.sent, one.seen = one.sent + 1, max(at, one.seen or 0)
    if chat.answered_at is None and began:
        one.firsts, one.first_millis = one.firsts + 1, one.first_millis + at - began


def _taken(shop: Shop, chat: Chat, at: int, by: str) -> None:
    until = at + shop.rule_set.tenant.handoff.pause
    chat.paused_until = max(chat.paused_until or 0, until)
    chat.menu, chat.unread, chat.looked_at, chat.updated = CLOSED, 0, at, at
    chat.taken_by, chat.waiting_since, chat.resolved_at = by, None, None if by == "operator" else chat.resolved_at
    if chat.survey is not None:
        chat.survey.spoiled = True
