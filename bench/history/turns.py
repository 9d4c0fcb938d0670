"""A customer's message, decided by the shop's own rules, and the rows that its turn leaves."""

from typing import Any, Final

from bench.history.chat import Chat
from bench.history.sending import nobody_waits, send, used_one
from bench.history.shop import Shop
from wabot.engine import effects
from wabot.engine.decide import Answer, Decision, decide
from wabot.engine.menus import menu_after
from wabot.engine.render import first_name, render, tells_to_wait
from wabot.language.texts import TEXTS
from wabot.model.context import Burst, Contact, Context, Conversation
from wabot.model.csat import ANSWER_WITHIN, RATED, SURVEY
from wabot.model.encoding import as_json
from wabot.model.message import Attachment, Message, MessageType
from wabot.model.segments import segment
from wabot.session.handoff import note
from wabot.store.sqlite.counting import CONVERSATION_GAP
from wabot.store.sqlite.payload import dump_attachment, dump_message

_FILES: Final = {
    "image": Attachment("image/jpeg", 84_211),
    "audio": Attachment("audio/ogg; codecs=opus", 21_044, seconds=9),
    "document": Attachment("application/pdf", 120_555, "bukti.pdf"),
}
_NO_FILE: Final = ("", 0, "")
_FALLBACK: Final = "tidak-paham"
_LISTS: Final = ("daftar-menu", "ongkir")
_NOTE_APART: Final = 600_000
_LATE: Final = 60_000


def heard(
    shop: Shop, chat: Chat, written: int, text: str, kind: MessageType = "text", *, newest: bool = True
) -> Decision | None:
    """The customer writes at `written`; the rules answer what they know. None when that is after the end of the time.
    `newest`: no later message of theirs waits with this one while the line is down."""
    at = max(shop.arrival(written), chat.at + 300)
    if at >= shop.end:
        chat.ended = True
        return None
    nobody_waits(shop, chat, at, "replied")
    at = max(at, chat.at + 300)
    stamp = min(written, at) // 1_000 * 1_000
    whatsapp, rules, media = shop.ids.of_whatsapp(False), shop.rule_set, _FILES.get(kind)
    message = Message(
        *(whatsapp, chat.chat, text, kind), phone=chat.phone, lid=chat.lid, name=chat.name, sent_at=stamp, media=media
    )
    superseded = not newest and at - stamp > _LATE
    context = _context(shop, chat, at, superseded)
    decision = decide(rules, message, context)
    id, rated = shop.ids(at), decision.reason == RATED
    settled = chat.status in ("resolved", "closed")
    began = not rated and (chat.last_at is None or stamp - chat.last_at > CONVERSATION_GAP or settled)
    if settled and not rated:
        _reopened(shop, chat, at)
    _keep(shop, chat, message, id, at)
    _counted(chat, context, decision, stamp, at, began)
    if effects.assigned_to(decision) or decision.reason in ("stale", "superseded"):
        _waits(shop, chat, decision, message, context)
    chat.usage.update(effects.used(rules, decision, context))
    after = menu_after(rules, decision, context)
    chat.menu = chat.menu if after is None else after
    answered = tuple(item.rule.id for item in decision.answers)
    chat.burst = Burst(at, at + rules.tenant.auto_reply.debounce, answered)
    chat.at = at
    if rated:
        _rate(shop, chat, int(text[0]), id, at)
    _answer(shop, chat, decision, message, context, id)
    return decision


def _context(shop: Shop, chat: Chat, at: int, superseded: bool) -> Context:
    asked, until = chat.survey, chat.paused_until
    conversation = Conversation(
        status=chat.status,
        tags=frozenset(chat.chat_tags),
        earlier_messages=chat.heard,
        last_contact=chat.heard_at,
        paused_until=until if until is not None and until > at else None,
        menu=chat.menu,
        assigned_to=chat.assigned_to,
        told_to_wait=chat.told,
        survey=asked is not None
        and asked.asked is not None
        and asked.answered is None
        and not asked.spoiled
        and asked.asked < at < asked.asked + ANSWER_WITHIN,
    )
    among = segment(shop.rule_set.tenant.segments, chat.heard + 1, chat.orders, chat.heard_at, at)
    return Context(
        at,
        Contact(chat.phone, chat.name, frozenset(chat.tags), chat.orders, among, chat.blocked is not None),
        conversation,
        dict(chat.usage),
        superseded=superseded,
        paused=shop.paused(at),
        operators=shop.staff.as_known(at) if chat.menu.until > at else (),
    )


def _keep(shop: Shop, chat: Chat, message: Message, id: str, at: int) -> None:
    of, media = shop.rows.of, message.media
    if shop.journals(at):
        of["inbound_journal"].append((chat.chat, message.id, dump_message(message), at, at + 4, 1))
    file = _NO_FILE if media is None else (media.mime, media.size, dump_attachment(media))
    of["messages"].append(
        (
            *(id, chat.id, message.id, "customer", "", chat.name, message.type, message.text, "received", ""),
            *(message.sent_at, None, None, at, *file, 0),
        )
    )
    chat.said(message.sent_at, "customer", message.text)
    shop.messages += 1


def _counted(chat: Chat, context: Context, decision: Decision, stamp: int, at: int, began: bool) -> None:
    if not chat.received and not chat.sent:
        chat.first_contact = at
    chat.received += 1
    chat.heard += 1
    chat.unread += 1
    chat.visits += began
    chat.segment = context.contact.segment
    chat.last_contact = chat.updated = at
    chat.heard_at = stamp
    if added := effects.tags(decision):
        chat.chat_tags = tuple(sorted({*chat.chat_tags, *added}))


def _reopened(shop: Shop, chat: Chat, at: int) -> None:
    chat.becomes(shop, "active", at)
    chat.reopened, chat.reopened_at, chat.resolved_at = chat.reopened + 1, at, None
    chat.had_by = chat.operator or chat.had_by
    chat.operator = chat.assigned_to = chat.taken_by = ""
    chat.assigned_at = chat.answered_at = chat.waiting_since = None


def _waits(shop: Shop, chat: Chat, decision: Decision, message: Message, context: Context) -> None:
    """A person is needed: a rule called one, or what lay too long is not answered any more."""
    at, called = context.now, effects.assigned_to(decision)
    if chat.status == "spam":
        return
    chat.becomes(shop, "pending", at)
    chat.assigned_to = called or chat.assigned_to
    if chat.waiting_since is None:
        chat.waiting_since, chat.answered_at = at, None
        chat.told = any(tells_to_wait(shop.rule_set, answer, context) for answer in decision.answers)
    if not called:
        return
    free = shop.staff.there(at)
    if free and not chat.operator:
        chosen = min(free, key=lambda one: (one.assigned or 0, one.email))
        chat.operator, chat.assigned_at, chosen.assigned = chosen.id, at, at
    if at - chat.noted > _NOTE_APART:
        _tell_the_owner(shop, chat, decision, message, context)


def _tell_the_owner(shop: Shop, chat: Chat, decision: Decision, message: Message, context: Context) -> None:
    at, tenant = context.now, shop.rule_set.tenant
    answer = next(item for item in decision.answers if effects.called(item))
    text, sent = note(tenant, answer, message, context), at + 700 + int(shop.chance.random() * 900)
    chat.noted = at
    shop.rows.of["outbox"].append(
        (shop.ids(at), chat.id, tenant.phone, text, answer.rule.id, at, at, "sent", "", sent - 200, sent, "note", "")
    )


def _answer(shop: Shop, chat: Chat, decision: Decision, message: Message, context: Context, id: str) -> None:
    """What the rules say, and the log of it."""
    at, rules, logs = context.now, shop.rule_set, shop.rows.of["auto_reply_logs"]
    opened, micros = int(shop.is_open(min(message.sent_at, at))), 20 + int(shop.chance.expovariate(1 / 60))

    def log(rule: str | None, reply: str | None, matched: str, trace: str) -> None:
        row: tuple[Any, ...] = (shop.ids(at), chat.id, id, rule, decision.reason, message.text, reply, matched)
        logs.append((*row, micros, 1, "", trace, at, opened))

    if not decision.answers:
        log(None, None, "", _why(decision))
    for answer in decision.answers:
        reply, rule = _said(shop, answer, message, context), answer.rule.id
        log(rule, reply, answer.matched, _trace(answer))
        shop.count(rule, at)
        if reply is not None:
            least, most = effects.delay(rules, answer.rule)
            send(shop, chat, reply, rule, at, at + least + int(shop.chance.random() * (most - least)))


def _said(shop: Shop, answer: Answer, message: Message, context: Context) -> str | None:
    """What the rule says; a list of prices is made once for everybody of one name."""
    if answer.rule.id not in _LISTS:
        return render(shop.rule_set, answer, message, context).text or None
    key = (answer.rule.id, first_name(message.name) if message.name else "")
    if key not in shop.lists:
        shop.lists[key] = render(shop.rule_set, answer, message, context).text
    return shop.lists[key]


def _why(decision: Decision) -> str:
    """Why the fallback did not answer either."""
    reason = decision.reason
    held = {"no_match": "condition:message_type", "cooldown": "cooldown:20m", "daily_cap": "daily_cap:3/3"}
    return as_json([{"rule": _FALLBACK, "outcome": held.get(reason, f"gate:{reason}")}])


def _trace(answer: Answer) -> str:
    """Of the trace only who answered: that of every rule would be most of the store."""
    matched = answer.matched
    what = f'chosen:"{matched}"' if answer.act else f'matched:"{matched}"' if matched else answer.rule.trigger.kind
    return as_json([{"rule": answer.rule.id, "outcome": what}])


def _rate(shop: Shop, chat: Chat, score: int, message: str, at: int) -> None:
    """The customer answered the question after a settled chat, and is thanked."""
    survey = chat.survey
    assert survey is not None, "nobody rates what was not asked"
    survey.score, survey.answered, survey.message = score, at, message
    if survey.operator:
        one = shop.staff.by_id[survey.operator]
        one.csat_answers, one.csat_total = one.csat_answers + 1, one.csat_total + score
    used_one(shop, chat, at)
    send(shop, chat, TEXTS[shop.rule_set.tenant.language]["csat_thanks"], SURVEY, at, at + 2_000)
