"""One customer's chat as other rules would have led it: what the rules did follows from their own decisions, what
people did really happened. Pure; times are UTC milliseconds."""

from typing import NamedTuple

from wabot.analytics.replaying.evidence import BLOCKED, HELD_AT, SPAM, UNKNOWN, passed, was
from wabot.analytics.replaying.loops import Loops
from wabot.analytics.replaying.said import Heard, Said
from wabot.analytics.replaying.saying import Saying
from wabot.engine import csat, effects, follow_ups
from wabot.engine.bursts import burst_after, within
from wabot.engine.decide import Decision, decide
from wabot.engine.hours import local_day
from wabot.engine.menus import menu_after
from wabot.language.responses.handoff import ANYONE
from wabot.language.rule_set import RuleSet
from wabot.model.context import (
    ALONE,
    CLOSED,
    MUTED_FOR,
    WHOLE_CONTACT,
    Burst,
    Contact,
    Context,
    Conversation,
    ConversationStatus,
    OpenMenu,
    Priority,
    Usage,
)
from wabot.model.csat import ANSWER_WITHIN, RATED
from wabot.model.message import Message
from wabot.model.segments import segment


class Customer(NamedTuple):
    """What is known of a customer today. `name` is what the shop calls them, "" when it is what they call themselves;
    `segment` what a person has set. `ordered`: when they ordered; each order after a message did not count for it."""

    phone: str = ""
    name: str = ""
    tags: frozenset[str] = frozenset()
    segment: str = ""
    orders: int = 0
    ordered: tuple[int, ...] = ()
    blocked: bool = False


class Chat:
    """Told what happened in the chat in its order, it says what the rules answer to each message of the customer.

    `pause_then` is how many milliseconds a person's message kept the bot silent when it was written. `people` is False
    where what people wrote stands in for a bot that was not there yet: it silences nobody then. `say` is what chats of
    the same rules share.
    """

    def __init__(
        self,
        rule_set: RuleSet,
        customer: Customer,
        *,
        earlier: int = 0,
        last_contact: int | None = None,
        status: ConversationStatus = "active",
        pause_then: int | None = None,
        people: bool = True,
        say: Saying | None = None,
    ) -> None:
        self._rules, self._tenant, self._customer = rule_set, rule_set.tenant, customer
        self._say = Saying(rule_set) if say is None else say
        self._pause_then = self._tenant.handoff.pause if pause_then is None else pause_then
        self._people = people
        self._earlier, self._last = earlier, last_contact
        self._status: ConversationStatus = status
        self._assigned = ANYONE if status == "pending" else ""
        self._priority: Priority = "normal"
        self._tags: frozenset[str] = frozenset()
        self._menu: OpenMenu = CLOSED
        self._burst: Burst = ALONE
        self._usage: dict[str, Usage] = {}
        self._paused_until: int | None = None
        self._person_at: int | None = None
        self._muted_until = 0
        self._blocked, self._spam = customer.blocked, status == "spam"
        self._promise: follow_ups.Promise | None = None
        self._helped, self._asked_at = False, -1
        self._loops = Loops()
        self._contact: Contact | None = None
        self._seen: tuple[str, str, int, bool] | None = None
        self._turn_at = -1

    def hears(self, message: Message, at: int, reason: str = UNKNOWN) -> Heard:
        """The customer's message, decided at `at`; `reason` is that of the decision which was really made."""
        # While a person has paused the tenant it waits, until the customer's message ends it.
        if self._promise is not None and self._promise.due <= at and reason != "paused":
            self._fall_due(self._promise)
        context = self._before(message, at, reason)
        decision = decide(self._rules, message, context)
        burst = context.conversation.burst
        decision = within(burst, decision, at)
        say = self._say
        said = tuple([say(answer, message, context) for answer in decision.answers])
        self._after(message, at, decision, context, said)
        return Heard(decision, context, said)

    def lost(self, sent_at: int, at: int, rules: tuple[str, ...]) -> None:
        """The customer wrote what nobody can decide any more; these rules answered it."""
        day = local_day(at, self._tenant.timezone)
        for rule in (*rules, WHOLE_CONTACT) if rules else ():
            before = self._usage.get(rule)
            count = before.count if before is not None and before.day == day else 0
            self._usage = {**self._usage, rule: Usage(at, day, count + 1)}
        self._promise = None
        self._earlier, self._last, self._turn_at = self._earlier + 1, sent_at, at

    def person_wrote(self, at: int) -> None:
        """A person of the shop wrote in the chat."""
        self._helped, self._promise = True, None
        self._turn_at = at
        if self._status == "pending":
            self._status = "active"
        if not self._people:
            return
        until = at + self._tenant.handoff.pause
        self._paused_until = until if self._paused_until is None else max(self._paused_until, until)
        self._person_at = at
        self._menu, self._muted_until = CLOSED, 0
        self._loops.end()

    def reminded(self, at: int) -> None:
        """What a person had sent at a time went out: it counts for the day."""
        self._usage = {**self._usage, WHOLE_CONTACT: follow_ups.used(self._rules, self._moment(at))}

    def became(self, status: ConversationStatus, at: int) -> None:
        """Somebody settled the chat, opened it again, marked it as spam, or has it wait for a person."""
        if status in ("resolved", "closed"):
            self._status, self._paused_until, self._person_at, self._menu = status, None, None, CLOSED
            self._ask_opinion(at)
        elif status == "spam":
            self._status, self._spam = status, True
        elif status == "active":
            if self._status in ("resolved", "closed", "spam"):
                self._status, self._spam = status, False
        elif at != self._turn_at:  # no rule called a person then
            self._status, self._assigned = status, self._assigned or ANYONE

    def _before(self, message: Message, at: int, reason: str) -> Context:
        customer, last = self._customer, self._last
        name = customer.name or message.name
        orders = customer.orders
        if customer.ordered:
            orders = max(0, orders - sum(1 for moment in customer.ordered if moment > at))
        of = customer.segment or segment(self._tenant.segments, self._earlier + 1, orders, last, at)
        rank = passed(reason)
        self._blocked = rank <= SPAM and was(BLOCKED, rank, self._blocked)
        contact = self._contact
        seen = (name, of, orders, self._blocked)
        if contact is None or seen != self._seen:
            self._seen = seen
            phone = customer.phone or message.phone
            contact = self._contact = Contact(phone, name, customer.tags, orders, of, self._blocked)
        if self._spam if rank > SPAM else self._spam != was(SPAM, rank, self._spam):
            self._spam = not self._spam
            self._status = "spam" if self._spam else "active"
        muted = self._muted_until > at
        conversation = Conversation(
            self._status,
            self._priority,
            self._tags,
            self._earlier,
            last if self._earlier else None,
            self._silent_until(at, rank),
            self._menu,
            self._assigned,
            "",
            False,
            muted,
            self._burst,
            reason == RATED,  # it was asked: without the question, nobody would have written the number
        )
        loop = muted or self._loops.suspected(message.text, at)
        return Context(
            at,
            contact,
            conversation,
            self._usage,
            reason == "duplicate",
            loop,
            reason == "superseded",
            reason == "paused",
            (),
            0,
        )

    def _silent_until(self, at: int, rank: int) -> int | None:
        """Until when the bot is silent here: after a person's message for as long as these rules say; by a person's
        order, of which only the decisions tell that were made meanwhile."""
        until = self._paused_until
        if until is not None and until <= at:
            until = self._paused_until = None
        if not self._people:
            return None
        if until is None and rank != HELD_AT:
            return None
        after_person = self._person_at is not None and at - self._person_at < self._pause_then
        if rank == HELD_AT:
            return at + 1 if until is None and not after_person else until
        if until is not None and after_person and rank > HELD_AT:
            until = self._paused_until = self._person_at = None  # somebody had the bot answer again
        return until

    def _after(self, message: Message, at: int, decision: Decision, context: Context, said: tuple[Said, ...]) -> None:
        reason = decision.reason
        rated = reason == RATED
        if self._status in ("resolved", "closed") and not rated:
            self._status, self._assigned, self._helped = "active", "", False
        if self._promise is not None:
            self._promise = None
        if decision.answers:
            self._answered(message.text, at, decision, context, said)
        elif rated:
            self._asked_at = at
            if csat.thanks(self._rules, message, context):
                self._count_one_more(context)
        elif reason == "loop_suspected":
            self._status, self._muted_until = "pending", at + MUTED_FOR
        elif reason in ("stale", "superseded"):
            self._status = "pending"
        burst = burst_after(context.conversation.burst, decision, at, self._tenant.auto_reply.debounce)
        if burst is not None:
            self._burst = burst
        self._earlier += 1
        self._last = message.sent_at or at
        self._turn_at = at

    def _answered(self, text: str, at: int, decision: Decision, context: Context, said: tuple[Said, ...]) -> None:
        rules = self._rules
        self._usage = {**self._usage, **effects.used(rules, decision, context)}
        replies = tuple([item.text for item in said if item.text is not None])
        if replies:
            self._loops.said(at, text, replies)
        first = decision.answers[0]
        if len(decision.answers) == 1 and not first.act and first.rule.id in self._say.plain:
            return
        self._tags |= effects.tags(decision)
        self._priority = effects.priority(decision) or self._priority
        menu = menu_after(rules, decision, context)
        if menu is not None:
            self._menu = menu
        assigned = effects.assigned_to(decision)
        if assigned:
            self._status, self._assigned = "pending", assigned
        promising = follow_ups.promising(decision)
        if promising is not None and promising.rule.follow_up is not None:
            self._promise = follow_ups.Promise(promising.rule.id, "", at + promising.rule.follow_up.after)

    def _fall_due(self, promise: follow_ups.Promise) -> None:
        """What was promised falls due before the customer writes again: if it goes out, it counts for the day."""
        then = self._moment(promise.due)
        self._promise = None
        if follow_ups.refusal(self._rules, promise.rule, promise.due, then) is None:
            self._count_one_more(then)

    def _count_one_more(self, context: Context) -> None:
        """What is no rule's answer to a message went out: it counts for the day, and as one of a loop."""
        self._usage = {**self._usage, WHOLE_CONTACT: follow_ups.used(self._rules, context)}
        self._loops.sent(context.now)

    def _ask_opinion(self, at: int) -> None:
        """The chat is settled: whether its customer is asked how it was, as store/sqlite/surveying.py has it."""
        last = self._last
        helped = self._helped and last is not None and at - last <= ANSWER_WITHIN and last > self._asked_at
        self._promise = csat.promised(self._rules, self._moment(at), helped)
        if self._promise is not None:
            self._asked_at = at

    def _moment(self, at: int) -> Context:
        """What is known of the chat at a moment when nobody writes."""
        contact = self._contact or Contact(self._customer.phone, blocked=self._blocked)
        conversation = Conversation(
            status=self._status,
            earlier_messages=self._earlier,
            last_contact=self._last,
            paused_until=self._paused_until,
            muted=self._muted_until > at,
        )
        return Context(at, contact, conversation, self._usage)
