"""One message's turn: context, decision, replies, and one transaction for all that follows from it."""

import random
import time
import traceback
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeVar

from wabot.engine import effects, follow_ups
from wabot.engine.bursts import burst_after, within
from wabot.engine.decide import Answer, Decision, decide
from wabot.engine.hours import is_open, local
from wabot.engine.menus import menu_after
from wabot.engine.render import SILENCE, Said, render
from wabot.engine.trace import explain_by_index
from wabot.language.rule_set import RuleSet
from wabot.model.context import MUTED_FOR, Context, Priority
from wabot.model.encoding import as_json
from wabot.model.errors import RenderError
from wabot.model.failure import place_of
from wabot.model.ids import uuid7
from wabot.model.message import EVENT_TYPES, Message
from wabot.model.segments import in_segment
from wabot.model.turn import OWN_NUMBER, Begun, NewFollowUp, NewReply, Outbound, RuleOutcome, Turn
from wabot.model.value import changed
from wabot.ports import Clock, Store
from wabot.session.ahead import Ahead
from wabot.session.alarms import loop, set_aside
from wabot.session.csat import with_rating
from wabot.session.handoff import called, own_number, waiting
from wabot.session.insisting import insist
from wabot.session.report import Report

Result = TypeVar("Result")
MOST_TRIES: Final = 3
"""How often a message is begun before it is set aside; a process that dies meanwhile has tried."""
_AGAIN: Final = 1_000
"""Milliseconds between tries of a message."""


class Turns:
    """Takes messages one at a time (of one chat; chats run beside each other). `rules` gives the rules that are live at
    that moment; `hurry` leaves the human delay out."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rules: Callable[[], RuleSet],
        report: Report,
        chance: random.Random,
        *,
        hurry: bool = False,
    ) -> None:
        self._store, self._clock, self._rules, self._report = store, clock, rules, report
        self._chance, self._hurry = chance, hurry
        self._ahead = Ahead(clock)
        self.on_follow_up: Callable[[], None] = lambda: None
        """Called when a turn has left a follow-up."""
        self.on_turn: Callable[[Turn], None] = lambda _turn: None
        """Called when a turn is recorded."""

    async def take(self, message: Message, *, superseded: bool = False) -> list[Outbound]:
        """Decide `message` and record it. Returns the replies that now wait in the outbox. It is `superseded` when it
        was held up by an outage and its chat has a newer one.

        Nothing is raised, and nothing is lost: a store that fails is waited for, since the message is in the journal
        and its chat must keep its order; a message that itself is the trouble is set aside after `MOST_TRIES`.
        """
        self._report.heard(message)
        error = "the process died each time while it decided this message"
        begun = await self._begin(message)
        if not begun.tries:
            self._report.silent(message, "forgotten")
            return []
        while begun.tries <= MOST_TRIES:
            try:
                turn = self._turn(message, _known(begun), superseded)
                await self._insist(partial(self._store.record, turn))
            except Exception as failure:  # a bug must cost one message its reply, not the session its life
                self._report.note(
                    "a message could not be decided", level="error", error=place_of(failure), message=message.id
                )
                error = traceback.format_exc()
            else:
                return self._tell(turn)
            if begun.tries == MOST_TRIES:
                break
            await self._clock.sleep(_AGAIN)
            begun = await self._begin(message)
        return await self._set_aside(message, error)

    async def _begin(self, message: Message) -> Begun:
        return await self._insist(lambda: self._store.begin(message, self._clock.now()))

    async def _set_aside(self, message: Message, error: str) -> list[Outbound]:
        """Close a message that cannot be decided, so that its chat goes on; a person must look at the customer."""
        self._report.note("a message is set aside: a person must answer it", level="error", message=message.id)
        alerts = (set_aside(message),)
        turn = Turn(
            message,
            self._clock.now(),
            "set_aside",
            priority="high",
            pending=True,
            error=error,
            alerts=alerts,
            begun=True,
        )
        try:
            await self._insist(lambda: self._store.record(turn))
        except Exception as failure:  # it stays in the journal, and the next start sets it aside
            self._report.note("a message could not be set aside", level="error", error=place_of(failure))
        self._report.silent(message, turn.reason)
        return []

    async def _insist(self, work: Callable[[], Awaitable[Result]]) -> Result:
        return await insist(work, self._report, "a message")

    def _tell(self, turn: Turn) -> list[Outbound]:
        message = turn.message
        self._report.decided(turn)
        self.on_turn(turn)
        for outcome in turn.outcomes:
            if outcome.error:
                # Why it failed can quote the customer: that is kept with the message, and stands in no log.
                self._report.note(
                    "a rule's text failed: the customer does not get it", level="error", rule=outcome.rule
                )
        if turn.follow_up is not None:
            self.on_follow_up()
        if not turn.replies:
            failed = any(item.error for item in turn.outcomes)
            self._report.silent(message, "text_failed" if failed else turn.reason)
        replies = [
            Outbound(reply.id, message.chat, reply.text, reply.rule, reply.due, turn.at, media=reply.media)
            for reply in turn.replies
        ]
        if turn.called is not None and turn.called.note:
            # When it was one too many it stands in no outbox, and claiming it fails.
            told = turn.called
            replies.append(Outbound(told.note_id, told.number, told.note, "", turn.at, turn.at, kind="note"))
        return replies

    def _turn(self, message: Message, context: Context, superseded: bool) -> Turn:
        rule_set = self._rules()
        now = context.now
        if own_number(rule_set.tenant, message):
            return Turn(message, now, OWN_NUMBER, begun=True)
        if message.from_me:
            if context.duplicate:  # what this bot said before a restart, and another device tells of it
                return Turn(changed(message, type="other", text=""), now, "duplicate", begun=True)
            return _by_a_person(rule_set, message, now)
        context = in_segment(context, rule_set.tenant.segments)
        if superseded:
            context = changed(context, superseded=True)
        if ahead := self._ahead.of(message.sent_at):
            context = changed(context, ahead=ahead)
        started = time.perf_counter_ns()
        decision = decide(rule_set, message, context)
        burst = context.conversation.burst
        debounce = 0 if self._hurry else rule_set.tenant.auto_reply.debounce
        decision = within(burst, decision, now)
        micros = (time.perf_counter_ns() - started) // 1_000
        outcomes: list[RuleOutcome] = []
        replies: list[NewReply] = []
        for answer in decision.answers:
            said, error = _rendered(rule_set, answer, message, context)
            reply = None if said.silent else said.text
            outcomes.append(RuleOutcome(answer.rule.id, answer.matched, reply, error))
            if reply is not None:
                delay = self._chance.randint(*effects.delay(rule_set, answer.rule))
                due = now if self._hurry else now + max(delay, debounce)
                media = "" if said.media is None else str(said.media)
                replies.append(NewReply(uuid7(now), reply, answer.rule.id, due, media))
        failed = any(outcome.error for outcome in outcomes)
        follow_up = _follow_up(rule_set, decision, message, context, outcomes)
        looping = decision.reason == "loop_suspected"
        alerts = (loop(message),) if looping and not context.conversation.muted else ()
        if alerts:
            self._report.note("a chat is muted: two machines seem to answer each other", level="warning")
        person = called(rule_set, decision, message, context)
        if person is not None and rule_set.tenant.handoff.notify == "webhook":
            alerts = (*alerts, waiting(decision, message))
        trace = [{"rule": rule, "outcome": what} for rule, what in explain_by_index(rule_set, message, context)]
        turn = Turn(
            message=message,
            at=now,
            reason=decision.reason,
            outcomes=tuple(outcomes),
            replies=tuple(replies),
            usage=effects.used(rule_set, decision, context),
            tags=effects.tags(decision),
            segment=context.contact.segment,
            priority=_priority(effects.priority(decision), failed or looping),
            menu=menu_after(rule_set, decision, context),
            assigned_to=effects.assigned_to(decision),
            called=person,
            pending=looping or decision.reason in ("stale", "superseded"),
            burst=burst_after(burst, decision, now, debounce),
            mute_until=now + MUTED_FOR if looping else None,
            trace=as_json(trace),
            micros=micros,
            begun=True,
            alerts=alerts,
            follow_up=follow_up,
            in_hours=is_open(rule_set.hours, local(min(message.sent_at or now, now), rule_set.tenant.timezone)),
        )
        thanked = rule_set.tenant.auto_reply.delay
        return with_rating(
            rule_set,
            turn,
            context,
            lambda: 0 if self._hurry else self._chance.randint(thanked, thanked + effects.SPREAD),
        )


def _known(begun: Begun) -> Context:
    if begun.context is None:
        raise begun.error or RuntimeError("nothing is known of the chat")
    return begun.context


def _by_a_person(rule_set: RuleSet, message: Message, now: int) -> Turn:
    """The shop answered from its own phone: the bot is silent in that chat for a while."""
    taken = message.chat_kind == "direct" and message.type not in EVENT_TYPES
    until = now + rule_set.tenant.handoff.pause if taken else None
    return Turn(message, now, "from_me", pause_until=until, begun=True)


def _follow_up(
    rule_set: RuleSet, decision: Decision, message: Message, context: Context, outcomes: list[RuleOutcome]
) -> NewFollowUp | None:
    """What is said later. Where that cannot be said, the rule's outcome tells why, though its reply goes out."""
    answer = follow_ups.promising(decision)
    if answer is None or any(item.error for item in outcomes if item.rule == answer.rule.id):
        return None
    try:
        made = follow_ups.promised(rule_set, decision, message, context)
    except RenderError as error:
        outcomes.append(RuleOutcome(answer.rule.id, answer.matched, None, f"the follow-up: {error}"))
        return None
    return None if made is None else NewFollowUp(uuid7(context.now), message.chat, made.text, made.rule, made.due)


def _rendered(rule_set: RuleSet, answer: Answer, message: Message, context: Context) -> tuple[Said, str]:
    """What is said, and why nothing could be."""
    try:
        return render(rule_set, answer, message, context), ""
    except RenderError as error:
        return SILENCE, str(error)


def _priority(wanted: Priority | None, failed: bool) -> Priority | None:
    """A customer whose answer failed needs a person soon."""
    return "urgent" if wanted == "urgent" else "high" if failed else wanted
