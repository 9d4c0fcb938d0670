"""Every figure of the aggregates, counted the slow and obvious way: by docs/analytics.md, over plain rows, without SQL.

Written without a look at how the aggregates are kept, so that each can find the other's mistakes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from itertools import pairwise
from typing import Any, Final

from tests.analytics.figures import Figures, Hour

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
"""Rows of `SELECT *`, by table."""
READ: Final = (
    "messages", "auto_reply_logs", "conversations", "contacts", "conversation_statuses", "operator_statuses",
    "operators", "csat_surveys", "follow_ups",
)  # fmt: skip
DAY: Final = 86_400_000
TEN_MINUTES: Final = 600_000
SETTLED: Final = ("resolved", "closed")
WENT_OUT: Final = ("sent", "delivered", "read")
DID_NOT: Final = ("failed", "unknown")


@dataclass
class Said:
    """A message that counts: a customer's, or one of ours that went out; `by` "later" for a rule's at a time."""

    at: int
    by: str
    id: str
    operator: str
    stored: int

    @property
    def asks(self) -> bool:
        return self.by == "customer"


@dataclass
class Episode:
    """A conversation about one matter."""

    said: list[Said] = field(default_factory=list)
    statuses: list[Row] = field(default_factory=list)

    @property
    def began(self) -> int:
        return self.said[0].at

    @property
    def settled(self) -> Row | None:
        """From when on it stayed settled."""
        found: Row | None = None
        for row in self.statuses:
            found = (found or row) if row["status"] in SETTLED else None
        return found


class Oracle:
    """Counts for a tenant whose clock is that of `zone`; presence is known until `now`."""

    def __init__(self, rows: Tables, zone: tzinfo, now: int) -> None:
        self.rows, self.zone, self.now = rows, zone, now
        self.figures = Figures()
        self.sets: dict[Hour, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.written: dict[Hour, set[str]] = defaultdict(set)
        self.wrote_in: dict[tuple[date, str], set[str]] = defaultdict(set)
        self.emails = {row["id"]: row["email"] for row in rows["operators"]}
        self.at_times = {row["id"] for row in rows["follow_ups"] if row["rule_id"]}
        self.logs: dict[str, list[Row]] = defaultdict(list)
        for row in rows["auto_reply_logs"]:
            if row["message_id"] is not None:
                self.logs[row["message_id"]].append(row)

    def count(self) -> Figures:
        contacts = {row["id"]: row for row in self.rows["contacts"]}
        for chat in self.rows["conversations"]:
            self._chat(chat["id"], contacts[chat["contact_id"]]["first_contact_at"])
        self._marks()
        self._presence()
        for hour, sets in self.sets.items():
            for name, members in sets.items():
                self.figures.chats[hour][name] = len(members)
        for (day, operator), chats in self.wrote_in.items():
            self.figures.people[day, operator]["chats"] = len(chats)
        return self.figures

    def _hours(self, at: int) -> tuple[Hour, Hour]:
        """The hour of a moment, and its day."""
        local = datetime.fromtimestamp(at / 1000, self.zone)
        return (local.date(), local.hour), (local.date(), None)

    def _day(self, at: int) -> date:
        return self._hours(at)[1][0]

    def _add(self, at: int, name: str, number: int = 1) -> None:
        for hour in self._hours(at):
            self.figures.chats[hour][name] += number

    def _belongs(self, at: int, name: str, what: str) -> None:
        for hour in self._hours(at):
            self.sets[hour][name].add(what)

    def _chat(self, id: str, first_contact: int) -> None:
        said: list[Said] = []
        for row in self.rows["messages"]:
            if row["conversation_id"] != id or row["is_imported"]:
                continue
            at = row["sent_at"] if row["sent_at"] is not None else row["created_at"]
            if row["sender_type"] == "customer" or row["status"] in WENT_OUT:
                by = "later" if row["id"] in self.at_times else row["sender_type"]
                said.append(Said(at, by, row["id"], row["sender_id"], row["created_at"]))
            self._message(row, at, id)
        said.sort(key=lambda one: (one.at, not one.asks, one.id))
        statuses = sorted(
            (row for row in self.rows["conversation_statuses"] if row["conversation_id"] == id),
            key=lambda row: row["at"],
        )
        episodes = list(self._episodes(said, statuses))
        for number, episode in enumerate(episodes):
            new = number == 0 and min(episode.began, episode.said[0].stored) <= first_contact
            self._episode(episode, new)
            self._waits(episode.said)
        self._rules(said, episodes)

    def _message(self, row: Row, at: int, chat: str) -> None:
        by, status = row["sender_type"], row["status"]
        if by != "customer" and status in DID_NOT:
            self._add(at, "messages_failed")
            return
        if by != "customer" and status not in WENT_OUT:
            return
        names = {"customer": "customers", "cs": "cs"}
        self._add(at, f"messages_from_{names[by]}" if by in names else f"messages_{by}")
        self._add(at, "total_messages")
        self._belongs(at, "total_conversations", chat)
        if by == "customer":
            self._belongs(at, "active_conversations", chat)
            self._belongs(at, "unique_customers", chat)
            return
        self._add(at, "messages_delivered", int(status in ("delivered", "read")))
        self._add(at, "messages_read", int(status == "read"))
        if by == "cs":
            for hour in self._hours(at):
                self.written[hour].add(row["sender_id"])
            self.figures.people[self._day(at), row["sender_id"]]["messages"] += 1
            self.wrote_in[self._day(at), row["sender_id"]].add(chat)

    def _episodes(self, said: Sequence[Said], statuses: Sequence[Row]) -> Iterator[Episode]:
        """What becomes of a chat at the moment of a message becomes so after it."""
        begins = self._beginnings(said, statuses)
        for number, first in enumerate(begins):
            beyond = begins[number + 1] if number + 1 < len(begins) else len(said)
            episode = Episode(list(said[first:beyond]))
            until = said[beyond].at if beyond < len(said) else None
            episode.statuses = _between(statuses, episode.began, until)
            yield episode

    def _beginnings(self, said: Sequence[Said], statuses: Sequence[Row]) -> list[int]:
        found: list[int] = []
        for number, one in enumerate(said):
            if not one.asks or self._rates(one):
                continue
            if not found:
                found.append(number)
                continue
            changes = _between(statuses, said[found[-1]].at, one.at)
            settled = bool(changes) and changes[-1]["status"] in SETTLED
            if settled or one.at - said[number - 1].at > DAY:
                found.append(number)
        return found

    def _rates(self, one: Said) -> bool:
        """Whether the message only answers the question after a settled chat."""
        return any(log["reason"] == "csat" for log in self.logs[one.id])

    def _episode(self, episode: Episode, new: bool) -> None:
        at, said = episode.began, episode.said
        self._add(at, "new_conversations")
        self._add(at, "new_customers", int(new))
        by_rules = any(one.by == "auto_reply" for one in said)
        by_people = [one for one in said if one.by == "cs"]
        handed = any(row["status"] == "pending" for row in episode.statuses)
        self._add(at, "handed_over_conversations", int(handed))
        self._add(at, "bot_only_conversations", int(by_rules and not by_people and not handed))
        answer = next((one for one in said if one.by in ("auto_reply", "cs")), None)
        if answer is not None:
            open_ = all(log["in_hours"] in (None, 1) for log in self.logs[said[0].id])
            part = "open" if open_ else "closed"
            self._add(at, f"first_responses_{part}")
            self._add(at, f"first_response_millis_{part}", answer.at - at)
        if by_people:
            self._add(at, "first_person_responses")
            self._add(at, "first_person_millis", by_people[0].at - at)
        if answer is not None and answer.by == "cs":
            person = self.figures.people[self._day(at), answer.operator]
            person["first_responses"] += 1
            person["first_millis"] += answer.at - at
        settled = episode.settled
        if settled is not None:
            lasted = settled["at"] - at
            self._add(settled["at"], "resolved_conversations")
            self._add(settled["at"], "resolution_millis", lasted)
            person = self.figures.people[self._day(settled["at"]), settled["operator"]]
            person["settled"] += 1
            person["settled_millis"] += lasted

    def _waits(self, said: Sequence[Said]) -> None:
        spoken = [one for one in said if one.by in ("customer", "auto_reply", "cs") and not self._rates(one)]
        for number, one in enumerate(spoken):
            if not one.asks or (number and spoken[number - 1].asks):
                continue
            self._add(one.at, "questions")
            answer = next((other for other in spoken[number:] if not other.asks), None)
            if answer is None:
                continue
            wait, who = answer.at - one.at, "rule" if answer.by == "auto_reply" else "person"
            self._add(one.at, f"{who}_responses")
            self._add(one.at, f"{who}_response_millis", wait)
            if who == "person":
                person = self.figures.people[self._day(one.at), answer.operator]
                person["responses"] += 1
                person["response_millis"] += wait

    def _rules(self, said: Sequence[Said], episodes: Sequence[Episode]) -> None:
        next_of: dict[str, str] = {}
        for episode in episodes:
            asked = [one.id for one in episode.said if one.asks]
            next_of |= dict(pairwise(asked))
        for one in said:
            logs = self.logs[one.id] if one.asks else []
            if logs:
                self._add(one.at, "messages_decided")
                self._add(one.at, "messages_answered", int(any(log["rule_id"] and log["success"] for log in logs)))
            for log in logs:
                self._log(log, one.at, said, next_of.get(one.id, ""))

    def _log(self, log: Row, asked: int, said: Sequence[Said], after: str) -> None:
        """What a rule did with the message of that moment, in its hour; `after` is the customer's next one."""
        rule, at = log["rule_id"] or "", log["triggered_at"]
        figures = self.figures.rules[self._day(asked), rule, "" if rule else log["reason"]]
        figures["micros"] += log["execution_micros"]
        figures["last_at"] = max(figures["last_at"], at)
        if not log["success"]:
            figures["failed"] += 1
            self._add(asked, "auto_reply_failed")
            return
        figures["fired"] += 1
        if not rule:
            self._add(asked, "messages_unknown", int(log["reason"] == "no_match"))
            return
        self._add(asked, "auto_reply_triggered")
        person = any(one.by == "cs" and at < one.at <= at + TEN_MINUTES for one in said)
        unknown = any(one["reason"] == "no_match" for one in self.logs[after])
        figures["by_person"] += person
        figures["unknown_next"] += unknown
        figures["alone"] += not person and not unknown

    def _marks(self) -> None:
        for row in self.rows["csat_surveys"]:
            if row["score"] is None:
                continue
            at = row["answered_at"]
            person = self.figures.people[self._day(at), self.emails.get(row["operator_id"], "")]
            for name, number in (("csat_answers", 1), ("csat_total", row["score"])):
                self._add(at, name, number)
                person[name] += number

    def _presence(self) -> None:
        online: dict[Hour, set[str]] = defaultdict(set)
        for operator in {row["operator"] for row in self.rows["operator_statuses"]}:
            changes = [row for row in self.rows["operator_statuses"] if row["operator"] == operator]
            changes.sort(key=lambda row: row["at"])
            ends = [row["at"] for row in changes[1:]] + [self.now]
            for row, end in zip(changes, ends, strict=True):
                if row["status"] not in ("online", "busy"):
                    continue
                for begin, until in self._cut(row["at"], min(end, self.now)):
                    for hour in self._hours(begin):
                        online[hour].add(operator)
                    self.figures.people[self._day(begin), operator]["online_millis"] += until - begin
        for hour, people in online.items():
            self.figures.chats[hour]["cs_online_count"] = len(people)
            self.figures.chats[hour]["cs_at_work_count"] = len(people & self.written[hour])

    def _cut(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """A span in pieces that each lie in one hour of the clock, whatever the zone."""
        quarter = 900_000
        while begin < end:
            until = min(end, begin - begin % quarter + quarter)
            yield begin, until
            begin = until


def _between(statuses: Sequence[Row], first: int, beyond: int | None) -> list[Row]:
    return [row for row in statuses if first <= row["at"] and (beyond is None or row["at"] < beyond)]


def figures(rows: Tables, zone: tzinfo, now: int) -> Figures:
    """All figures of the rows (tables `READ`), on the clock of `zone`; who is there is known until `now`."""
    return Oracle(rows, zone, now).count()
