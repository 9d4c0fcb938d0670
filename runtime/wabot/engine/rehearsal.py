"""A conversation played on a virtual clock, by the same `decide` as in the daemon, and held against what it expects."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from wabot.engine import csat, effects, follow_ups
from wabot.engine.assignment import stand_ins
from wabot.engine.decide import Decision, decide
from wabot.engine.follow_ups import Promise
from wabot.engine.gates import clock
from wabot.engine.menus import menu_after
from wabot.engine.render import tells_to_wait
from wabot.engine.reply import Reply, replies
from wabot.engine.trace import Outcome, explain
from wabot.language.conversation import Conversation, Expect, OperatorSays, Resolved, Say, Wait
from wabot.language.regex import Regex, RegexError
from wabot.language.rule_set import RuleSet
from wabot.model.context import CLOSED, WHOLE_CONTACT, Context
from wabot.model.context import Conversation as Chat
from wabot.model.csat import ANSWER_WITHIN, RATED, SURVEY
from wabot.model.errors import RenderError
from wabot.model.message import Message


@dataclass(frozen=True, slots=True)
class Miss:
    """An expectation that was not met. `got` is what happened instead; the trace is that of the decision. `todo` is
    why this miss is known ("" = it is not)."""

    expect: Expect
    said: str
    wanted: str
    got: str
    trace: tuple[Outcome, ...]
    todo: str = ""


Observer = Callable[[Say, Message, Context, Decision], None]
"""Told each message of a conversation: the step, the message, the context before it, and the decision."""


def play(rule_set: RuleSet, conversation: Conversation, observe: Observer | None = None) -> list[Miss]:
    """Play it through; the expectations that were missed, in order."""
    at = conversation.at.replace(tzinfo=rule_set.tenant.timezone)
    now = int(at.timestamp() * 1000)
    chat = Chat(earlier_messages=conversation.earlier, last_contact=now - 86_400_000 if conversation.earlier else None)
    staff = conversation.operators
    people = stand_ins(rule_set, available=staff == "available") if staff else ()
    context = Context(now, conversation.contact, chat, operators=people)
    misses: list[Miss] = []
    promise: Promise | None = None
    helped = wrote = False
    asked = 0
    for number, step in enumerate(conversation.steps):
        if isinstance(step, Wait):
            asked = promise.due if promise is not None and promise.rule == SURVEY else asked
            context, promise, said = _wait(rule_set, context, context.now + step.milliseconds, promise)
            if context.conversation.survey and context.now - asked >= ANSWER_WITHIN:
                context = replace(context, conversation=replace(context.conversation, survey=False))
            misses += _followed(step, said)
        elif isinstance(step, OperatorSays):
            until = context.now + rule_set.tenant.handoff.pause
            chat = replace(context.conversation, paused_until=until, menu=CLOSED, status="active", survey=False)
            context, promise, helped = replace(context, conversation=chat), None, True
        elif isinstance(step, Resolved):
            chat = replace(context.conversation, paused_until=None, menu=CLOSED, status="resolved")
            context = replace(context, conversation=chat)
            promise, helped, wrote = csat.promised(rule_set, context, helped and wrote), False, False
        else:
            message = Message(f"T{number}", conversation.contact.phone, step.text, step.type, sent_at=context.now)
            decision = decide(rule_set, message, context)
            if observe is not None:
                observe(step, message, context, decision)
            promise = _promised(rule_set, decision, message, context)
            wrote = wrote or decision.reason != RATED
            before, context = context, after(rule_set, decision, context)
            if step.expect is not None:
                misses += _held(rule_set, step, step.expect, decision, message, before, context)
    return misses


def _promised(rule_set: RuleSet, decision: Decision, message: Message, context: Context) -> Promise | None:
    try:
        return follow_ups.promised(rule_set, decision, message, context)
    except RenderError as error:
        answer = follow_ups.promising(decision)
        assert answer is not None, "a text that fails is some rule's"
        return Promise(answer.rule.id, str(error), 0)


def _wait(
    rule_set: RuleSet, context: Context, until: int, promise: Promise | None
) -> tuple[Context, Promise | None, Reply | str]:
    """The context at `until`, what is promised still, and the follow-up that was sent on the way, or why none was."""
    if promise is None or promise.due > until:
        return replace(context, now=until), promise, ""
    if not promise.due:
        return replace(context, now=until), None, f"{promise.rule}'s fails: {promise.text}"
    then = replace(context, now=promise.due)
    why = follow_ups.refusal(rule_set, promise.rule, promise.due, then)
    if why is not None:
        return replace(context, now=until), None, why
    usage = {**context.usage, WHOLE_CONTACT: follow_ups.used(rule_set, then)}
    if promise.rule == SURVEY:
        context = replace(context, conversation=replace(context.conversation, survey=True))
    return replace(context, now=until, usage=usage), None, Reply(promise.rule, promise.text, (0, 0))


def _followed(step: Wait, said: Reply | str) -> Iterator[Miss]:
    if (expect := step.expect) is None:
        return
    unmet: list[tuple[str, str]] = []
    if isinstance(said, str):
        told = f"no follow-up ({said})" if said else "no follow-up"
        unmet = [("a follow-up", told)] if expect.rule != "none" else []
    elif expect.rule == "none":
        unmet = [("no follow-up", said.text)]
    else:
        unmet = list(_replies_unmet(expect, (said,)))
    for wanted, got in unmet[:1]:
        yield Miss(expect, f"(wait {clock(step.milliseconds)})", wanted, got, (), step.todo)


def after(rule_set: RuleSet, decision: Decision, context: Context) -> Context:
    """The context of the contact's next message, if it came at once."""
    chat = context.conversation
    assigned = effects.assigned_to(decision)
    rated = decision.reason == RATED
    settled = chat.status in ("resolved", "closed") and not rated
    chat = replace(
        chat,
        menu=menu_after(rule_set, decision, context) or chat.menu,
        assigned_to=assigned or ("" if settled else chat.assigned_to),
        status="pending" if assigned else "active" if settled else chat.status,
        survey=chat.survey and not rated,
        earlier_messages=chat.earlier_messages + 1,
        last_contact=context.now,
        tags=chat.tags | effects.tags(decision),
        priority=effects.priority(decision) or chat.priority,
        told_to_wait=(chat.status == "pending" and chat.told_to_wait)
        or any(tells_to_wait(rule_set, answer, context) for answer in decision.answers),
    )
    return replace(context, conversation=chat, usage={**context.usage, **effects.used(rule_set, decision, context)})


def _held(
    rule_set: RuleSet, step: Say, expect: Expect, decision: Decision, message: Message, before: Context, now: Context
) -> Iterator[Miss]:
    made = replies(rule_set, decision, message, before)
    for wanted, got in _unmet(rule_set, expect, decision, made, now):
        yield Miss(expect, step.text or f"({step.type})", wanted, got, explain(rule_set, message, before), step.todo)
        return


def _unmet(
    rule_set: RuleSet, expect: Expect, decision: Decision, made: tuple[Reply, ...], now: Context
) -> Iterator[tuple[str, str]]:
    rules = [answer.rule.id for answer in decision.answers]
    happened = f"{', '.join(rules)} answered" if rules else f"nobody answered ({decision.reason})"
    if expect.rule is not None and not (expect.rule in rules or (expect.rule == "none" and not rules)):
        yield (f"{expect.rule} answers" if expect.rule != "none" else "nobody answers"), happened
    if expect.rules is not None and list(expect.rules) != rules:
        yield f"{', '.join(expect.rules) or 'nobody'} in this order", happened
    if expect.reason is not None and expect.reason != decision.reason:
        yield f"the reason {expect.reason}", happened
    for reply in made:
        if reply.error and (expect.rule or expect.rules) and (expect.rule or "") != "none":
            yield f"{reply.rule} answers", f"{reply.rule} fails, and the customer gets nothing: {reply.error}"
    yield from _replies_unmet(expect, made)
    chat = now.conversation
    if not expect.tags <= chat.tags:
        yield f"the tags {', '.join(sorted(expect.tags))}", f"the tags {', '.join(sorted(chat.tags)) or '(none)'}"
    if expect.priority is not None and expect.priority != chat.priority:
        yield f"priority {expect.priority}", f"priority {chat.priority}"
    if expect.assigned_to is not None and expect.assigned_to not in (chat.assigned_to, chat.assigned_to.split(":")[-1]):
        yield f"assigned to {expect.assigned_to}", f"assigned to {chat.assigned_to or 'nobody'}"
    if expect.status is not None and expect.status != chat.status:
        yield f"the conversation {expect.status}", f"the conversation {chat.status}"
    least, most = expect.delay
    for answer in decision.answers:
        low, high = effects.delay(rule_set, answer.rule)
        if (least is not None and low < least) or (most is not None and high > most):
            limits = [f"at least {clock(least)}"] if least is not None else []
            limits += [f"at most {clock(most)}"] if most is not None else []
            yield f"a delay of {' and '.join(limits)}", f"{answer.rule.id} replies after {clock(low)} to {clock(high)}"


def _replies_unmet(expect: Expect, made: tuple[Reply, ...]) -> Iterator[tuple[str, str]]:
    texts = [reply.text for reply in made if not reply.error]
    got = (
        "\n".join(reply.text if not reply.error else f"({reply.rule} fails: {reply.error})" for reply in made)
        or "no reply"
    )
    if expect.reply is not None and expect.reply not in texts:
        yield expect.reply, got
    if expect.contains is not None and not any(expect.contains in text for text in texts):
        yield f"a reply that contains: {expect.contains}", got
    if expect.matches is not None and not any(_matches(expect.matches, text) for text in texts):
        yield f"a reply that matches: {expect.matches}", got
    if expect.not_contains is not None and any(expect.not_contains in text for text in texts):
        yield f"no reply that contains: {expect.not_contains}", got


def _matches(regex: str, text: str) -> bool:
    try:
        return Regex(regex, case_sensitive=True).find(text.encode()) is not None
    except RegexError:
        return False
