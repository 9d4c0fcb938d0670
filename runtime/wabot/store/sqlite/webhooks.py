"""Webhooks: where a tenant's events are posted, and how each event gets from the feed to each of them, exactly once
into their table. Functions take `ask` first, and are part of their caller's transaction."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal, NamedTuple, get_args

from wabot.model.encoding import as_json
from wabot.model.ids import uuid7
from wabot.store.sqlite import feeding
from wabot.store.sqlite.queries import Ask

READER: Final = "webhooks"
Event = Literal[
    "message.received",
    "message.sent",
    "conversation.created",
    "conversation.updated",
    "conversation.assigned",
    "conversation.resolved",
    "session.connected",
    "session.disconnected",
    "session.logged_out",
]
TEST: Final = "webhook.test"
EVENTS: Final[tuple[Event, ...]] = get_args(Event)
LASTS: Final = 86_400_000
"""Milliseconds for which delivery is tried."""
KEPT: Final = 30 * 86_400_000
"""Milliseconds for which a delivery that is over can be looked up, and replayed."""
MOST: Final = 200
"""Changes that are dealt with in one transaction."""
_OUT: Final = ("sent", "delivered", "read")
_SESSION: Final = {
    "connected": "session.connected",
    "disconnected": "session.disconnected",
    "logout": "session.logged_out",
}


class Webhook(NamedTuple):
    """`events` are posted to `url`; what customers and people wrote stands in them only with `content`. It is `active`
    since `active_since`, or `disabled` says why not, "" where a person switched it off. Times are UTC milliseconds."""

    id: str
    url: str
    description: str
    events: tuple[str, ...]
    content: bool
    secret: str
    secret_before: str
    secret_before_until: int
    active: bool
    active_since: int
    disabled: str
    created: int
    updated: int

    def secrets(self, now: int) -> tuple[str, ...]:
        """Those that sign now, the newest first."""
        before = (self.secret_before,) if self.secret_before and now < self.secret_before_until else ()
        return (self.secret, *before)


def add(ask: Ask, hook: Webhook, by: str) -> None:
    """Keep a new webhook: events from now on are for it, too."""
    ask(
        "webhook_add",
        id=hook.id,
        url=hook.url,
        description=hook.description,
        events=as_list(hook.events),
        content=int(hook.content),
        secret=hook.secret,
        by=by,
        at=hook.created,
    )
    feeding.listen(ask, READER, hook.created)


def as_list(events: Iterable[str]) -> str:
    """Events as they are stored."""
    return as_json(list(dict.fromkeys(events)))


def listed(ask: Ask) -> list[Webhook]:
    return [_webhook(row) for row in ask("webhooks_listed")]


def find(ask: Ask, id: str) -> Webhook | None:
    row = ask("webhook_row", id=id).fetchone()
    return None if row is None else _webhook(row)


def switch(ask: Ask, id: str, active: bool, at: int, reason: str = "") -> None:
    """Switch a webhook on or off: what happens while it is off it never learns."""
    if active:
        ask("webhook_enable", id=id, at=at)
        feeding.listen(ask, READER, at)
    else:
        ask("webhook_disable", id=id, reason=reason, at=at)
        _leave_if_last(ask)


def empty(ask: Ask, id: str, at: int) -> bool:
    """Switch a webhook off for good, and drop some of its deliveries: there may be so many that a live chat would wait
    for all of them. Whether there may be more."""
    ask("webhook_disable", id=id, reason="", at=at)
    return ask("deliveries_drop_of", webhook=id, most=MOST).rowcount == MOST


def delete(ask: Ask, id: str) -> bool:
    """Delete a webhook, and whatever is left on its way to it."""
    deleted = ask("webhook_delete", id=id).rowcount == 1
    _leave_if_last(ask)
    return deleted


def _leave_if_last(ask: Ask) -> None:
    # While nobody listens, nothing is written down for anybody.
    if ask("webhooks_active").fetchone() is None:
        ask("feed_leave", reader=READER)


def behind(ask: Ask) -> bool:
    """Whether there are changes to take over."""
    position = ask("feed_position", reader=READER).fetchone()
    return position is not None and bool(feeding.after(ask, position["position"], 1))


def fan_out(ask: Ask, now: int, most: int = MOST) -> int:
    """Take over the next changes of the feed: each event becomes a delivery for each webhook that wants it; how many
    changes there were. A change is taken over in the transaction that says that it was read: once, whatever dies."""
    position = ask("feed_position", reader=READER).fetchone()
    if position is None:
        return 0
    hooks = [_webhook(row) for row in ask("webhooks_active")]
    rows = feeding.after(ask, position["position"], most)
    for row in rows:
        for event, at in _events(ask, row):
            for hook in hooks:
                if event in hook.events:
                    _deliver(ask, hook.id, event, row, at, now)
    if rows:
        feeding.was_read(ask, READER, rows[-1]["sequence"])
    return len(rows)


def _events(ask: Ask, row: Any) -> Iterator[tuple[str, int]]:
    """What a change means for webhooks, and when that happened; nothing, for many."""
    told, at = json.loads(row["data"]), row["at"]
    if row["kind"] in ("message", "message_status"):
        message = ask("told_message", id=row["subject_id"]).fetchone()
        if message is not None and message["sender_type"] == "customer":
            if row["kind"] == "message":
                yield "message.received", at
        elif message is not None and message["status"] in _OUT and told.get("was") not in _OUT:
            # A person's message is told of while it is queued as well, and may be out by now.
            yield "message.sent", message["sent_at"] or at
    elif row["kind"] == "conversation_new":
        yield "conversation.created", at
    elif row["kind"] == "conversation" and "status" in told:  # not that somebody has read it
        yield "conversation.updated", at
        if told["operator_id"] is not None and told["operator_id"] != told["operator_before"]:
            yield "conversation.assigned", at
        if told["status"] == "resolved" and told["was"] != "resolved":
            yield "conversation.resolved", at
    elif row["kind"] == "session" and told["status"] in _SESSION:
        yield _SESSION[told["status"]], at


def _deliver(ask: Ask, webhook: str, event: str, row: Any, at: int, now: int) -> None:
    ask(
        "delivery_add",
        id=uuid7(now),
        webhook=webhook,
        event=event,
        conversation=row["conversation_id"],
        subject=row["subject_id"],
        data=row["data"],
        at=at,
        now=now,
        expires=now + LASTS,
    )


def add_test(ask: Ask, webhook: str, now: int) -> str:
    """An event that tells of nothing, and is tried once; its id."""
    id = uuid7(now)
    ask(
        "delivery_add",
        id=id,
        webhook=webhook,
        event=TEST,
        conversation="",
        subject="",
        data="{}",
        at=now,
        now=now,
        expires=now,
    )
    return id


def waiting(ask: Ask) -> dict[str, int]:
    """Each active webhook that something is on its way to, with when the next of it is due."""
    return {row["id"]: row["due"] for row in ask("webhooks_waiting") if row["due"] is not None}


def due(ask: Ask, webhook: str, now: int, most: int) -> list[str]:
    """Deliveries whose time has come, the longest first."""
    return [row["id"] for row in ask("deliveries_due", webhook=webhook, now=now, most=most)]


def tidy(ask: Ask, now: int, most: int) -> int:
    """Give up what waited in vain, and drop what was over long ago, at most so many; how many were dropped."""
    ask("deliveries_expire", at=now, error="the webhook was off")
    return ask("deliveries_drop", before=now - KEPT, most=most).rowcount


def _webhook(row: Any) -> Webhook:
    return Webhook(
        id=row["id"],
        url=row["url"],
        description=row["description"],
        events=tuple(json.loads(row["events"])),
        content=bool(row["include_content"]),
        secret=row["secret"],
        secret_before=row["secret_before"],
        secret_before_until=row["secret_before_until"],
        active=bool(row["is_active"]),
        active_since=row["active_since"],
        disabled=row["disabled_reason"],
        created=row["created_at"],
        updated=row["updated_at"],
    )
