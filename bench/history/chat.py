"""One customer and the chat with them, as the store's rows know both."""

from dataclasses import dataclass, field

from bench.history.shop import Shop
from wabot.model.context import CLOSED, Burst, ConversationStatus, OpenMenu, Usage
from wabot.model.encoding import as_json
from wabot.model.value import plain


@dataclass(slots=True)
class Promise:
    """A message that goes out at `due`, if nobody writes before: a follow-up of `rule`, the question after a settled
    chat, or a person's reminder (rule "")."""

    id: str
    rule: str
    text: str
    made: int
    due: int
    operator: str = ""
    name: str = ""


@dataclass(slots=True)
class Survey:
    """The question after a settled chat: went out at `asked` (None: not yet, or never)."""

    id: str
    operator: str
    made: int
    asked: int | None = None
    score: int | None = None
    answered: int | None = None
    message: str = ""
    spoiled: bool = False


@dataclass(slots=True)
class Chat:
    """Times are UTC milliseconds; `at` is when something happened here last. `contact` and `id` are the two rows'."""

    contact: str
    id: str
    chat: str
    name: str
    phone: str
    lid: str
    created: int
    at: int
    known_as: list[str] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    segment: str = ""
    blocked: int | None = None
    orders: int = 0
    received: int = 0
    sent: int = 0
    visits: int = 0
    first_contact: int = 0
    last_contact: int = 0
    status: ConversationStatus = "active"
    updated: int = 0
    chat_tags: tuple[str, ...] = ()
    heard: int = 0
    total: int = 0
    unread: int = 0
    looked_at: int | None = None
    heard_at: int | None = None
    last_at: int | None = None
    last_from: str = ""
    last_text: str = ""
    paused_until: int | None = None
    menu: OpenMenu = CLOSED
    burst: Burst | None = None
    assigned_to: str = ""
    operator: str = ""
    had_by: str = ""
    assigned_at: int | None = None
    answered_at: int | None = None
    waiting_since: int | None = None
    resolved_at: int | None = None
    reopened: int = 0
    reopened_at: int | None = None
    taken_by: str = ""
    told: bool = False
    noted: int = 0
    usage: dict[str, Usage] = field(default_factory=dict)
    promise: Promise | None = None
    survey: Survey | None = None
    ended: bool = False
    """Something would have happened after the end of the time: nothing more happens here."""

    def becomes(self, shop: Shop, status: ConversationStatus, at: int) -> None:
        """The trigger of the table conversations writes it down, too."""
        if status != self.status:
            self.status, self.updated = status, at
            email = shop.staff.by_id[self.operator].email if self.operator else ""
            shop.rows.of["conversation_statuses"].append((self.id, at, status, email))

    def said(self, at: int, who: str, text: str) -> None:
        """One more message stands last in the chat."""
        self.total += 1
        self.last_at, self.last_from, self.last_text = at, who, text[:200]

    def write(self, shop: Shop) -> None:
        """What is left of all that happened: the rows that changed with each message."""
        of = shop.rows.of
        of["contacts"].append(
            (
                *(self.contact, self.phone, self.lid, self.name, self.name, as_json(list(self.tags)), self.segment),
                *(self.first_contact, self.last_contact, self.received, self.sent, self.visits),
                *(int(self.blocked is not None), self.blocked, "spam" if self.blocked else ""),
            )
        )
        of["conversations"].append(
            (
                *(self.id, self.known_as[0], self.contact, self.status, "normal", as_json(list(self.chat_tags))),
                *(self.heard, self.total, self.unread, self.heard_at, self.last_at, self.last_from, self.last_text),
                *(self.paused_until, as_json(plain(self.menu)) if self.menu.until else ""),
                *("" if self.burst is None else as_json(plain(self.burst)), self.assigned_to, self.operator or None),
                *(self.assigned_at, self.answered_at, self.waiting_since, self.resolved_at, self.reopened),
                *(self.reopened_at, self.taken_by, int(self.told), self.had_by, self.looked_at),
                *(self.created, self.updated),
            )
        )
        of["conversation_chats"] += [(name, self.id) for name in self.known_as]
        of["rule_usage"] += [(self.contact, rule, used.last, used.day, used.count) for rule, used in self.usage.items()]
        if self.promise is not None:
            close(shop, self, "pending", "", None)
        if self.survey is not None:
            keep_survey(shop, self)


def close(shop: Shop, chat: Chat, status: str, reason: str, at: int | None) -> None:
    """The chat's promise is pending no more (or, at the end of the time, still is): its row."""
    item = chat.promise
    assert item is not None, "nothing was promised"
    chat.promise = None
    shop.rows.of["follow_ups"].append(
        (
            *(item.id, chat.id, chat.chat, item.rule, item.text, item.due, item.made, status, reason, at),
            *(item.operator, item.name),
        )
    )


def keep_survey(shop: Shop, chat: Chat) -> None:
    """The chat's survey is over, or another one begins: its row."""
    item = chat.survey
    assert item is not None, "nobody was asked"
    chat.survey = None
    shop.rows.of["csat_surveys"].append(
        (item.id, chat.id, item.operator, item.made, item.score, item.answered, item.message)
    )
