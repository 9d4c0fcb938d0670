"""What goes out to a customer, and what becomes of it."""

from typing import Final

from bench.history.chat import Chat, Promise, Survey, close, keep_survey
from bench.history.shop import Shop
from wabot.engine.hours import local_day
from wabot.model.context import WHOLE_CONTACT, Usage
from wabot.model.csat import ANSWER_WITHIN, SURVEY
from wabot.model.turn import REMINDER, OutboundKind

_MINUTE: Final = 60_000
_HOUR: Final = 3_600_000
_FAILS: Final = 0.003
_UNKNOWN: Final = 0.008
_CANCELLED: Final = 0.01


def send(
    shop: Shop,
    chat: Chat,
    text: str,
    rule: str,
    at: int,
    due: int,
    kind: OutboundKind = "reply",
    *,
    by: tuple[str, str, str] = ("auto_reply", "", ""),
    operator: str = "",
    id: str = "",
) -> int | None:
    """A message of ours, made at `at` and due at `due`; `by` is the sender's type, id and name in the chat, `operator`
    their e-mail. When it went out; None when it did not, or nobody knows."""
    chance, of, id = shop.chance, shop.rows.of, id or shop.ids(at)
    due = max(due, chat.at)
    sent, roll = due + 300 + int(chance.expovariate(1 / 500)), chance.random()
    claimed: int | None = sent - 200
    status, error, delivered, read, went = "queued", "", None, None, None
    shop.messages += 1
    if sent >= shop.end:
        chat.ended, claimed = True, None
    elif roll < _FAILS and kind == "reply":
        status, error = "failed", "given up after 5 attempts: not connected"
    elif roll < _UNKNOWN:
        status, error = "unknown", "no answer after 75 s"
        if chance.random() < 0.4 and sent + _MINUTE < shop.end:  # a receipt tells that it is there
            status, error, delivered = "delivered", "", sent + _MINUTE
    elif roll < _CANCELLED and kind == "reply":
        status, error, claimed = "failed", "handled_by_person", None
    else:
        went = sent
        status, delivered, read = outcome(shop, sent)
    of["outbox"].append(
        (id, chat.id, chat.chat, text, rule, due, at, status, error, claimed, went or delivered, kind, operator)
    )
    whatsapp = None if went is None and delivered is None else shop.ids.of_whatsapp(True)
    of["messages"].append(
        (id, chat.id, whatsapp, *by, "text", text, status, error, went, delivered, read, at, "", 0, "", 0)
    )
    if status == "failed" and claimed is not None:
        chat.becomes(shop, "pending", sent)
        chat.at = max(chat.at, sent)
    if went is not None or delivered is not None:
        arrived = went or delivered or sent
        chat.said(arrived, "cs" if kind == "person" else "auto_reply", text)
        chat.sent, chat.updated, chat.at = chat.sent + 1, arrived, max(chat.at, arrived)
    return went


def outcome(shop: Shop, sent: int) -> tuple[str, int | None, int | None]:
    """What the receipts say of a message that went out: its status, and when it was delivered and read. Phones lie in
    drawers without a line, and some people hide that they have read."""
    chance, roll = shop.chance, shop.chance.random()
    if roll < 0.012:
        return "sent", None, None
    wait = 400 + chance.expovariate(1 / 1_500)
    if roll < 0.12:
        wait = chance.expovariate(1 / (20 * _MINUTE))
    elif roll < 0.15:
        wait = chance.uniform(6 * _HOUR, 80 * _HOUR)
    delivered = sent + int(wait)
    if delivered >= shop.end:
        return "sent", None, None
    if chance.random() < 0.17:
        return "delivered", delivered, None
    soon = chance.random() < 0.9
    read = delivered + int(chance.expovariate(1 / (4 * _MINUTE)) if soon else chance.uniform(0, 30 * _HOUR))
    if read >= shop.end:
        return "delivered", delivered, None
    return "read", None if chance.random() < 0.05 else delivered, read


def promise(shop: Shop, chat: Chat, item: Promise) -> None:
    """Keep what is to be said later; a chat has one at most, and a person's wins."""
    if chat.promise is not None:
        if not chat.promise.rule:
            return
        close(shop, chat, "cancelled", "replied" if item.rule else "replaced", item.made)
    chat.promise = item
    shop.promise(item.due, chat)


def nobody_waits(shop: Shop, chat: Chat, at: int, reason: str) -> None:
    """Somebody writes at `at`: what a rule was about to say is not said any more."""
    keep_promises(shop, chat, at)
    if chat.promise is not None and chat.promise.rule:
        close(shop, chat, "cancelled", reason, at)


def keep_promises(shop: Shop, chat: Chat, before: int) -> None:
    """What falls due in the chat before then goes out, or is refused."""
    item = chat.promise
    if item is None or item.due >= min(before, shop.end):
        return
    at = max(item.due, chat.at)
    reason = _refusal(shop, chat, item, at)
    if reason:
        close(shop, chat, "cancelled", reason, at)
        return
    close(shop, chat, "handed_over", "", at)
    kind = "auto_reply" if item.rule else "cs"
    by = (kind, "" if item.rule else item.operator or "wabot", item.name)
    went = send(shop, chat, item.text, item.rule or REMINDER, at, at, by=by, id=item.id)
    used_one(shop, chat, at)
    if chat.survey is not None and chat.survey.id == item.id:
        chat.survey.asked = went


def _refusal(shop: Shop, chat: Chat, item: Promise, at: int) -> str:
    if shop.paused(at) and item.rule:
        return "missed"
    if (chat.status in ("resolved", "closed")) != (item.rule == SURVEY) or chat.status == "spam":
        return f"conversation_{chat.status}"
    if item.rule and chat.paused_until is not None and chat.paused_until > at:
        return "handled_by_person"
    return "customer_silent_too_long" if at - (chat.heard_at or 0) > ANSWER_WITHIN else ""


def used_one(shop: Shop, chat: Chat, at: int) -> None:
    """One of the day's automatic messages to the customer."""
    day = local_day(at, shop.rule_set.tenant.timezone)
    before = chat.usage.get(WHOLE_CONTACT)
    chat.usage[WHOLE_CONTACT] = Usage(at, day, before.count + 1 if before is not None and before.day == day else 1)


def ask_opinion(shop: Shop, chat: Chat, at: int, text: str) -> None:
    """The chat was settled: the customer is asked a while later how they liked it."""
    if not chat.taken_by or at - (chat.heard_at or 0) > ANSWER_WITHIN or chat.promise is not None:
        return
    if chat.survey is not None:
        if (chat.heard_at or 0) <= (chat.survey.answered or chat.survey.made):
            return
        keep_survey(shop, chat)
    id = shop.ids(at)
    chat.survey = Survey(id, chat.operator, at)
    promise(shop, chat, Promise(id, SURVEY, text, at, at + 2 * _MINUTE))
