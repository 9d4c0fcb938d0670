"""A tenant's store, chat by chat: what customers wrote, what was answered, and what people did meanwhile."""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from wabot.analytics.replaying.chat import Chat, Customer
from wabot.analytics.replaying.said import Heard
from wabot.language.responses.menu import Menu
from wabot.language.rule_set import RuleSet
from wabot.model.context import ConversationStatus
from wabot.model.message import Message
from wabot.store.sqlite.queries import Ask

_DAY: Final = 86_400_000
_LONGEST_WARM_UP: Final = 35 * _DAY


class Then(NamedTuple):
    """One rule that really answered: the text (None: it sent nothing), or why it failed."""

    rule: str
    text: str | None
    error: str


class Asked(NamedTuple):
    """A customer's message, what was really answered (or the reason why nothing was), and what is answered now. `heard`
    is None when nobody can say, and `reason` why: "taken_back", "set_aside", "undecided"."""

    chat: str
    name: str
    message: Message
    at: int
    reason: str
    then: tuple[Then, ...]
    heard: Heard | None


def warm_up(rule_set: RuleSet) -> int:
    """Milliseconds before a period from which on it is replayed, so that cooldowns, menus and pauses stand as these
    rules would have left them when it begins."""
    spans = [_DAY, rule_set.tenant.handoff.pause]
    for rule in rule_set.rules:
        spans.append(rule.cooldown or 0)
        if isinstance(rule.response, Menu):
            spans.append(rule.response.expires)
    return min(max(spans), _LONGEST_WARM_UP)


def staffed(ask: Ask) -> bool:
    """Whether anybody answers in wabot: what a handoff says then hung on who was there."""
    return bool(ask("replay_staffed").fetchone()["staffed"])


def stored(ask: Ask, rule_set: RuleSet, since: int, until: int) -> Iterator[Asked]:
    """Every message of a customer from `since` to `until` (UTC milliseconds), chat by chat, as these rules
    decide it."""
    begin = since - warm_up(rule_set)
    pause = _pause_then(ask, rule_set.tenant.handoff.pause)
    reminders = frozenset(row["id"] for row in ask("replay_reminders"))
    for row in ask("replay_conversations", since=begin):
        statuses = [(at, status) for at, status in ask("replay_statuses", conversation=row["id"], until=until)]
        chat = _chat(ask, rule_set, row, begin, _status_at(statuses, begin), pause)
        later = iter([*((at, status) for at, status in statuses if at >= begin), (until, "")])
        yield from _through(ask, chat, row, reminders, later, begin, since, until)


def _through(
    ask: Ask,
    chat: Chat,
    row: Any,
    reminders: frozenset[str],
    statuses: Iterator[tuple[int, Any]],
    begin: int,
    since: int,
    until: int,
) -> Iterator[Asked]:
    changed_at, status = next(statuses)
    name, phone = row["chat"], row["phone"]
    rows = ask("replay_messages", conversation=row["id"], since=begin, until=until)
    rows.row_factory = None
    following = next(rows, None)
    while following is not None:
        at, sender, id_, sent_at, called, kind, gone, text, reason, rule, reply, error = following
        then: tuple[Then, ...] = () if rule is None else (Then(rule, reply, error),)
        following = next(rows, None)
        while following is not None and following[2] == id_:
            then = (*then, Then(following[9], following[10], following[11]))
            following = next(rows, None)
        while changed_at < at:  # at the same moment, the message was first
            chat.became(status, changed_at)
            changed_at, status = next(statuses)
        if sender == "cs":
            if id_ in reminders:
                chat.reminded(at)
            else:
                chat.person_wrote(at)
            continue
        message = Message(id_, name, text, kind, "direct", False, phone, "", called, sent_at)
        if gone or reason in ("set_aside", None):
            chat.lost(sent_at, at, tuple(one.rule for one in then))
            heard, reason = None, "taken_back" if gone else reason or "undecided"
        else:
            heard = chat.hears(message, at, reason)
        if at >= since:
            yield Asked(name, row["name"] or called, message, at, reason, then, heard)


def _chat(ask: Ask, rule_set: RuleSet, row: Any, begin: int, status: ConversationStatus, pause: int) -> Chat:
    phone, orders = row["phone"], row["total_orders"]
    ordered = [moment for (moment,) in ask("replay_orders", phone=phone, since=begin)] if orders and phone else ()
    customer = Customer(
        phone,
        row["name"] if row["name_set"] else "",
        frozenset(json.loads(row["tags"])),
        row["segment_manual"],
        orders,
        tuple(ordered),
        bool(row["is_blocked"]),
    )
    earlier = max(row["earlier"], 0)
    # Whose earlier messages were deleted has been away for as long as messages are kept.
    last = (row["last_contact"] or 0) if earlier else None
    return Chat(rule_set, customer, earlier=earlier, last_contact=last, status=status, pause_then=pause)


def _status_at(statuses: list[tuple[int, ConversationStatus]], begin: int) -> ConversationStatus:
    before = [status for at, status in statuses if at < begin]
    return before[-1] if before else "active"


def _pause_then(ask: Ask, now: int) -> int:
    """For how long a person's message silenced the bot when the store was written: as the rules say now if that is seen
    anywhere, else what is seen most."""
    seen = [row["pause"] for row in ask("replay_pauses")]
    return now if not seen or now in seen else int(seen[0])
