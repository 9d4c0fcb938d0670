"""One message's turn: context, decision, replies, and one transaction for all that follows from it."""

import asyncio
import json
import random
import time
import traceback
from collections.abc import Callable
from dataclasses import replace

from wabot.engine import effects
from wabot.engine.decide import Answer, decide
from wabot.engine.menus import menu_after
from wabot.engine.render import SILENCE, Said, render
from wabot.engine.trace import explain
from wabot.language.rule_set import RuleSet
from wabot.model.context import Context, Priority
from wabot.model.errors import RenderError, StoreError
from wabot.model.ids import uuid7
from wabot.model.message import EVENT_TYPES, Message
from wabot.model.turn import NewReply, Outbound, RuleOutcome, Turn
from wabot.ports import Clock, Store
from wabot.session.report import Report


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

    async def take(self, message: Message) -> list[Outbound]:
        """Decide `message` and record it. Returns the replies that now wait in the outbox.

        Raises:
            StoreError: it could not be recorded; it stays undecided, and can be taken again.
        """
        self._report.heard(message)
        try:
            turn = await self._turn(message)
        except StoreError:
            raise
        except Exception as error:  # a bug must cost one message its reply, not the session its life
            self._report.note("a message could not be decided", level="error", error=repr(error), message=message.id)
            turn = Turn(message, self._clock.now(), "error", trace=json.dumps(traceback.format_exc()))
        await self._store.record(turn)
        for outcome in turn.outcomes:
            if outcome.error:
                # Why it failed can quote the customer: that is kept with the message, and stands in no log.
                self._report.note("a rule's text failed: the customer got nothing", level="error", rule=outcome.rule)
        if not turn.replies:
            failed = any(item.error for item in turn.outcomes)
            self._report.silent(message, "text_failed" if failed else turn.reason)
        return [
            Outbound(reply.id, message.chat, reply.text, reply.rule, reply.due, turn.at, media=reply.media)
            for reply in turn.replies
        ]

    async def _turn(self, message: Message) -> Turn:
        rule_set = self._rules()
        now = self._clock.now()
        if message.from_me:
            return _by_a_person(rule_set, message, now)
        known, paused = await asyncio.gather(self._store.context(message, now), self._store.paused(now))
        context = replace(known, paused=paused)
        started = time.perf_counter_ns()
        decision = decide(rule_set, message, context)
        micros = (time.perf_counter_ns() - started) // 1_000
        outcomes: list[RuleOutcome] = []
        replies: list[NewReply] = []
        for answer in decision.answers:
            said, error = _rendered(rule_set, answer, message, context)
            reply = None if said.silent else said.text
            outcomes.append(RuleOutcome(answer.rule.id, answer.matched, reply, error))
            if reply is not None:
                due = now + (0 if self._hurry else self._chance.randint(*effects.delay(rule_set, answer.rule)))
                media = "" if said.media is None else str(said.media)
                replies.append(NewReply(uuid7(now), reply, answer.rule.id, due, media))
        failed = any(outcome.error for outcome in outcomes)
        trace = [outcome._asdict() for outcome in explain(rule_set, message, context)]
        return Turn(
            message=message,
            at=now,
            reason=decision.reason,
            outcomes=tuple(outcomes),
            replies=tuple(replies),
            usage=effects.used(rule_set, decision, context),
            tags=effects.tags(decision),
            priority=_priority(effects.priority(decision), failed),
            menu=menu_after(rule_set, decision, context),
            assigned_to=effects.assigned_to(decision),
            trace=json.dumps(trace, ensure_ascii=False),
            micros=micros,
        )


def _by_a_person(rule_set: RuleSet, message: Message, now: int) -> Turn:
    """The shop answered from its own phone: the bot is silent in that chat for a while."""
    taken = message.chat_kind == "direct" and message.type not in EVENT_TYPES
    return Turn(message, now, "from_me", pause_until=now + rule_set.tenant.handoff.pause if taken else None)


def _rendered(rule_set: RuleSet, answer: Answer, message: Message, context: Context) -> tuple[Said, str]:
    """What is said, and why nothing could be."""
    try:
        return render(rule_set, answer, message, context), ""
    except RenderError as error:
        return SILENCE, str(error)


def _priority(wanted: Priority | None, failed: bool) -> Priority | None:
    """A customer whose answer failed needs a person soon."""
    return "urgent" if wanted == "urgent" else "high" if failed else wanted
