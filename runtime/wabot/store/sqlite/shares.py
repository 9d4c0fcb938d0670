"""What one chat adds to the figures of each hour: pure, from its rows. The words are those of docs/analytics.md."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, NamedTuple

from wabot.model.csat import RATED
from wabot.store.sqlite.counting import CONVERSATION_GAP
from wabot.store.sqlite.local_hours import LocalHours

FOLLOWED: Final = 600_000
"""Milliseconds within which a person who writes follows a rule's answer."""
_OUT: Final = frozenset(("sent", "delivered", "read"))
_FAILED: Final = frozenset(("failed", "unknown"))
_SETTLED: Final = frozenset(("resolved", "closed"))
HOUR_COLUMNS: Final = (
    "from_customer", "from_people", "from_rules", "from_system", "failed", "delivered", "read", "questions",
    "rule_responses", "rule_millis", "person_responses", "person_millis", "decided", "answered",
)  # fmt: skip
(
    _CUSTOMER, _PEOPLE, _RULES, _SYSTEM, _FAILURES, _DELIVERED, _READ, _QUESTIONS,
    _RULE_RESPONSES, _RULE_MILLIS, _PERSON_RESPONSES, _PERSON_MILLIS, _DECIDED, _ANSWERED,
) = range(14)  # fmt: skip
_WRITTEN: Final = {"cs": _PEOPLE, "auto_reply": _RULES, "later": _RULES, "system": _SYSTEM}
"""What a message of ours counts as, by its sender."""
_RESPOND: Final = frozenset(("cs", "auto_reply"))
RULE_COLUMNS: Final = ("fired", "failed", "alone", "by_person", "unknown_next", "micros", "last_at")
_FIRED, _RULE_FAILED, _ALONE, _BY_PERSON, _UNKNOWN_NEXT, _MICROS, _LAST = range(7)
PERSON_COLUMNS: Final = (
    "messages", "responses", "response_millis", "first_responses", "first_millis", "settled", "settled_millis",
    "csat_answers", "csat_total",
)  # fmt: skip
(
    _SAID, _RESPONSES, _RESPONSE_MILLIS, _FIRSTS, _FIRST_MILLIS, _SETTLEMENTS, _SETTLED_MILLIS, _MARKS, _MARK_TOTAL,
) = range(9)  # fmt: skip


class Said(NamedTuple):
    """A message. `at` is its moment; `sender` "later" for what a rule sent at a time; `who` the e-mail of the person
    who wrote it through wabot."""

    at: int
    id: str
    created: int
    sender: str
    who: str
    status: str


class Logged(NamedTuple):
    """What one rule answered to a message, or why none did (`rule` "")."""

    rule: str
    reason: str
    ok: bool
    micros: int
    at: int
    in_hours: int | None


class Became(NamedTuple):
    """The chat's status from `at` on, and who had it then."""

    at: int
    status: str
    operator: str


class Mark(NamedTuple):
    """What a customer said of the help of `operator`."""

    at: int
    operator: str
    score: int


@dataclass(slots=True)
class Episode:
    """A conversation about one matter, as a row of analytics_episodes."""

    began_at: int
    hour: int
    is_new_customer: int
    in_hours: int
    last_at: int
    response_millis: int | None = None
    person_millis: int | None = None
    rule_answers: int = 0
    person_messages: int = 0
    is_handed_over: int = 0
    settled_at: int | None = None
    settled_hour: int | None = None
    settled_by: str = ""
    customer_messages: int = 0

    def open_again(self) -> None:
        self.settled_at = self.settled_hour = None
        self.settled_by = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat's rows: messages that were not imported, in any order; the logs of each message by its id. `first` is when
    its customer was first heard of; `before` what was going on when the days that are closed ended (at `closed`): of
    that only what it becomes can change."""

    messages: Sequence[Said]
    logs: Mapping[str, Sequence[Logged]]
    statuses: Sequence[Became]
    marks: Sequence[Mark]
    first: int
    closed: int = 0
    before: Episode | None = None


def _zeros(number: int) -> Any:
    return lambda: [0] * number


@dataclass(slots=True)
class Shares:
    """What a chat adds, hour by hour: lists in the order of the columns above."""

    hours: dict[int, list[int]] = field(default_factory=lambda: defaultdict(_zeros(len(HOUR_COLUMNS))))
    rules: dict[tuple[int, str, str], list[int]] = field(default_factory=lambda: defaultdict(_zeros(len(RULE_COLUMNS))))
    people: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(_zeros(len(PERSON_COLUMNS))))
    episodes: list[Episode] = field(default_factory=list)


def shares(chat: Chat, clock: LocalHours) -> Shares:
    """What the chat adds."""
    return _Counting(chat, clock).counted()


class _Counting:
    def __init__(self, chat: Chat, clock: LocalHours) -> None:
        self._chat, self._hour, self._made = chat, clock.hour, Shares()
        self._episode = chat.before
        if chat.before is not None:
            self._made.episodes.append(chat.before)
            if (chat.before.settled_at or 0) >= chat.closed:
                chat.before.open_again()
        self._statuses = sorted(chat.statuses, key=itemgetter(0))
        self._next_status = 0
        self._question: tuple[int, int, Episode | None] | None = None  # when it was asked, its hour, what it began
        self._asking = False
        # What the rules answered to the customer's last message, and when: what follows is not known yet.
        self._fired: list[tuple[tuple[int, str, str], int]] = []
        self._person_at: list[int] = []

    def counted(self) -> Shares:
        chat = self._chat
        messages = sorted(
            (one for one in chat.messages if one.at >= chat.closed),
            key=lambda one: (one.at, one.sender != "customer", one.id),
        )
        self._person_at = [one.at for one in messages if one.sender == "cs" and one.status in _OUT]
        for said in messages:
            if said.sender == "customer":
                self._customer(said)
            elif said.status in _OUT:
                self._ours(said)
            elif said.status in _FAILED:
                self._made.hours[self._hour(said.at)][_FAILURES] += 1
        self._became(1 << 62)
        self._answered(unknown=False)
        for mark in chat.marks:
            if mark.at >= chat.closed:
                share = self._made.people[self._hour(mark.at), mark.operator]
                share[_MARKS] += 1
                share[_MARK_TOTAL] += mark.score
        for episode in self._made.episodes:
            self._settled(episode)
        return self._made

    def _customer(self, said: Said) -> None:
        self._became(said.at)
        logs = self._chat.logs.get(said.id, ())
        # What a customer says of the help they got ends a conversation, and asks nothing.
        rates = any(log.reason == RATED and not log.rule for log in logs)
        episode, hour = self._episode, self._hour(said.at)
        begins = not rates and (
            episode is None or episode.settled_at is not None or said.at - episode.last_at > CONVERSATION_GAP
        )
        if begins:
            self._answered(unknown=False)
            known = next((log.in_hours for log in logs if log.in_hours is not None), 1)
            earliest = min(said.at, said.created)  # clocks differ, and messages overtake each other
            new = self._chat.before is None and not self._made.episodes and earliest <= self._chat.first
            episode = self._episode = Episode(said.at, hour, int(new), known, said.at)
            self._made.episodes.append(episode)
        share = self._made.hours[hour]
        share[_CUSTOMER] += 1
        if not rates:
            if begins or not self._asking:
                share[_QUESTIONS] += 1
                self._question = (said.at, hour, episode if begins else None)
            self._asking = True
        if episode is not None:
            episode.last_at = max(episode.last_at, said.at)
            if episode is not self._chat.before:
                episode.customer_messages += 1
        self._logged(said, logs, hour, share)

    def _logged(self, said: Said, logs: Sequence[Logged], hour: int, share: list[int]) -> None:
        self._answered(unknown=any(not log.rule and log.reason == "no_match" for log in logs))
        if not logs:
            return
        share[_DECIDED] += 1
        share[_ANSWERED] += any(log.rule and log.ok for log in logs)
        for log in logs:
            key = (hour, log.rule, "" if log.rule else log.reason)
            rule = self._made.rules[key]
            rule[_FIRED if log.ok or not log.rule else _RULE_FAILED] += 1
            rule[_MICROS] += log.micros
            rule[_LAST] = max(rule[_LAST], log.at)
            if log.rule and log.ok:
                self._fired.append((key, log.at))

    def _answered(self, *, unknown: bool) -> None:
        """What follows the rules' last answers is known: whether the customer's next message was `unknown`."""
        for key, at in self._fired:
            share = self._made.rules[key]
            after = bisect_right(self._person_at, at)
            by_person = after < len(self._person_at) and self._person_at[after] <= at + FOLLOWED
            share[_BY_PERSON] += by_person
            share[_UNKNOWN_NEXT] += unknown
            share[_ALONE] += not (by_person or unknown)
        self._fired.clear()

    def _ours(self, said: Said) -> None:
        self._became(said.at)
        hour = self._hour(said.at)
        share = self._made.hours[hour]
        share[_DELIVERED] += said.status != "sent"
        share[_READ] += said.status == "read"
        by_person, episode = said.sender == "cs", self._episode
        share[_WRITTEN[said.sender]] += 1
        if by_person:
            self._made.people[hour, said.who][_SAID] += 1
        if said.sender in _RESPOND:
            self._responds(said, by_person)
            if episode is not None and episode is not self._chat.before:
                episode.rule_answers += not by_person
                episode.person_messages += by_person
                if by_person and episode.person_millis is None:
                    episode.person_millis = said.at - episode.began_at
        if episode is not None:
            episode.last_at = max(episode.last_at, said.at)

    def _responds(self, said: Said, by_person: bool) -> None:
        self._asking = False
        if self._question is None:
            return
        (asked, hour, began), self._question = self._question, None
        millis, share = max(said.at - asked, 0), self._made.hours[hour]
        share[_PERSON_RESPONSES if by_person else _RULE_RESPONSES] += 1
        share[_PERSON_MILLIS if by_person else _RULE_MILLIS] += millis
        if began is not None:
            began.response_millis = millis
        if by_person:
            person = self._made.people[hour, said.who]
            person[_RESPONSES] += 1
            person[_RESPONSE_MILLIS] += millis
            if began is not None:
                person[_FIRSTS] += 1
                person[_FIRST_MILLIS] += millis

    def _became(self, before: int) -> None:
        """The statuses that the chat had before that moment."""
        while self._next_status < len(self._statuses) and self._statuses[self._next_status].at < before:
            became = self._statuses[self._next_status]
            self._next_status += 1
            episode = self._episode
            if episode is None or became.at < self._chat.closed:
                continue
            if became.status not in _SETTLED:
                episode.open_again()
                if episode is not self._chat.before:
                    episode.is_handed_over |= became.status == "pending"
            elif episode.settled_at is None:
                episode.settled_at, episode.settled_by = became.at, became.operator
                episode.settled_hour = self._hour(became.at)

    def _settled(self, episode: Episode) -> None:
        if episode.settled_at is None or episode.settled_hour is None or episode.settled_at < self._chat.closed:
            return
        person = self._made.people[episode.settled_hour, episode.settled_by]
        person[_SETTLEMENTS] += 1
        person[_SETTLED_MILLIS] += max(episode.settled_at - episode.began_at, 0)
