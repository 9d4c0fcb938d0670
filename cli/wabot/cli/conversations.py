"""`wabot conversations`: the chats of the tenants as they stand, and one of them with its last messages."""

from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN
from wabot.cli.nudging import nudge
from wabot.cli.output import Format, say, style
from wabot.cli.rich_messages import customer, rich_data, shown
from wabot.cli.stored import DATA_HELP, find_chat, in_a_line, paused, paused_as_data, stored_tenants, when
from wabot.cli.table import table
from wabot.model.errors import UsageError
from wabot.model.stored import StoredConversation, StoredMessage
from wabot.session.clock import RealClock

_HEAD: Final = (
    *("chat", "name", "status", "priority", "waits for", "with", "waits", "tags", "unread", "last", "", "message"),
    "paused",
)
_LONGEST: Final = 1_000
"""Characters to search for: SQLite refuses endless patterns."""
_SHORT = {"customer": "←", "auto_reply": "→", "cs": "→ person", "system": "→ system", "": ""}


class Status(StrEnum):
    active = "active"
    pending = "pending"
    resolved = "resolved"
    closed = "closed"
    spam = "spam"


def conversations(
    chat: Annotated[str, typer.Argument(metavar="[CHAT]", help="A chat, or its customer's number.")] = "",
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only chats of this status.")] = None,
    search: Annotated[str, typer.Option(help="Only chats whose name, number or messages hold this.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many chats of a tenant, or messages of a chat.")] = 20,
    read: Annotated[bool, typer.Option("--read", help="With CHAT: you have read it, nothing there is unread.")] = False,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """List the chats, the newest first, or show one with its last messages."""
    from wabot.store.sqlite import reading

    now = RealClock().now()
    if len(search) > _LONGEST:
        raise UsageError(f"--search takes at most {_LONGEST:,} characters, not {len(search):,}")
    if read and not chat:
        raise UsageError("--read needs the chat that you have read")
    if chat:
        folder, found = find_chat(chat, data, tenant or ())
        if read:
            from wabot.store.sqlite import look_at

            look_at(folder, folder.name, found)
            nudge(folder)
        with reading(folder, folder.name) as store:
            (item,) = store.conversations(chat=found)
            said = store.messages(found, limit)
        one = {**_data(folder.name, item, now), "last_messages": [_message_data(message) for message in said]}
        text = "\n".join(_one(folder.name, item, said, now))
        say(render.as_json(one) if output is Format.json else text)
        raise typer.Exit(CLEAN)
    listed: list[tuple[str, list[StoredConversation]]] = []
    for folder in stored_tenants(data, tenant or ()):
        with reading(folder, folder.name) as store:
            wanted = "" if status is None else str(status)
            listed.append((folder.name, store.conversations(status=wanted, search=search, most=limit)))
    if output is Format.json:
        rows = [_data(name, item, now) for name, items in listed for item in items]
        say(render.as_json({"conversations": rows}))
    else:
        parts = ["\n".join(_list(name, items, now)) for name, items in listed]
        say("\n\n".join(parts) or f"nothing is stored in {data} yet")
    raise typer.Exit(CLEAN)


def _list(tenant: str, items: list[StoredConversation], now: int) -> Iterator[str]:
    yield f"{style(tenant, bold=True)}  {render.plural(len(items), 'conversation')}"
    if items:
        yield from table(_HEAD, [_row(item, now) for item in items], flexible=(1, 4, 5, 7, 11))


def _row(item: StoredConversation, now: int) -> tuple[str, ...]:
    return (
        item.chat,
        item.name,
        item.status,
        "" if item.priority == "normal" else item.priority,
        _awaited(item),
        _with(item),
        _waits(item, now),
        " ".join(item.tags),
        str(item.unread or ""),
        when(item.last_at, seconds=False),
        _SHORT[item.last_from],
        in_a_line(item.last_text)[:60],
        paused(item.paused_until, now),
    )


def _one(tenant: str, item: StoredConversation, said: list[StoredMessage], now: int) -> Iterator[str]:
    yield f"{style(tenant, bold=True)}  {item.chat}  {item.name}".rstrip()
    facts = {
        "number": item.phone if item.phone != item.chat else "",
        "status": f"{item.status}, priority {item.priority}",
        "waits for": " since ".join(part for part in (_awaited(item), when(item.waiting_since, seconds=False)) if part),
        "with": _with(item),
        "before": _before(item),
        "settled": when(item.resolved_at),
        "reopened": f"{item.reopened}×" if item.reopened else "",
        "tags": " ".join(item.tags),
        "messages": f"{item.messages:,}" + (f", {item.unread:,} unread" if item.unread else ""),
        "customer": customer(item.contact),
        "bot": f"paused {silent}" if (silent := paused(item.paused_until, now)) else "",
    }
    yield from (f"  {name:9}  {fact}" for name, fact in facts.items() if fact)
    for message in said:
        failed = f"  [{message.status}]" if message.status in ("queued", "sending", "failed", "unknown") else ""
        key = f"  {message.wa_id}" if message.wa_id else ""
        yield style(f"{when(message.at)}  {message.sender}{key}{failed}", dim=True)
        yield from (f"  │ {line}" for line in shown(message))


def _with(item: StoredConversation) -> str:
    """Who answers there: an operator, or the shop's phone."""
    if item.status in ("resolved", "closed"):
        return ""
    return item.operator or ("phone" if item.taken_by == "phone" else "")


def _before(item: StoredConversation) -> str:
    """Who had the chat before, and how often it was taken from somebody who was silent or gone."""
    if item.status in ("resolved", "closed") or not item.had_by or item.had_by == item.operator:
        return ""
    return item.had_by + (f", handed on {item.handed_on}×" if item.handed_on else "")


def _awaited(item: StoredConversation) -> str:
    """Whom the chat waits for; one that is settled keeps whom it was for, and waits for nobody."""
    return "" if item.status in ("resolved", "closed") else item.assigned_to


def _waits(item: StoredConversation, now: int) -> str:
    from wabot.engine.gates import clock

    since = item.waiting_since or item.unanswered_since
    return "" if since is None else clock(max(now - since, 0) // 60_000 * 60_000)


def _data(tenant: str, item: StoredConversation, now: int) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "chat": item.chat,
        "name": item.name,
        "phone": item.phone,
        "status": item.status,
        "priority": item.priority,
        "assigned_to": item.assigned_to or None,
        "operator": item.operator or None,
        "taken_by": item.taken_by or None,
        "had_by": item.had_by or None,
        "handed_on": item.handed_on,
        "waiting_since": item.waiting_since,
        "resolved_at": item.resolved_at,
        "reopened": item.reopened,
        "tags": list(item.tags),
        "unread": item.unread,
        "messages": item.messages,
        "last": {"at": item.last_at, "from": item.last_from, "text": item.last_text},
        **paused_as_data(item.paused_until, now),
        "contact": asdict(item.contact),
    }


def _message_data(message: StoredMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "wa_id": message.wa_id or None,
        "sender": message.sender,
        "type": message.type,
        "text": message.text,
        "status": message.status,
        "error": message.error or None,
        "at": message.at,
        **rich_data(message),
    }
