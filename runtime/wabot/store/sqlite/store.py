"""`wabot.ports.Store` in SQLite. Bound to one tenant: no method takes another."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from wabot.model.context import ALONE, CLOSED, Burst, Contact, Context, Conversation, OpenMenu, Usage
from wabot.model.errors import StoreError
from wabot.model.message import Message
from wabot.model.session import Reload, SessionState, Summary
from wabot.model.turn import Outbound, Receipt, SendFacts, Turn
from wabot.store.sqlite.alerting import Alerts
from wabot.store.sqlite.identity import find_contact, find_conversation
from wabot.store.sqlite.opening import NAME, open_file, open_for_reading, plainly
from wabot.store.sqlite.queries import asker
from wabot.store.sqlite.recording import record
from wabot.store.sqlite.writer import Writer

_MINUTE: Final = 60_000
_LOOP_SPAN: Final = 120_000
"""Milliseconds over which automatic replies to one chat are counted."""
_MOST_REPLIES: Final = 8
_MOST_REPEATS: Final = 3
"""More replies than that, or so many times the same reply to the same text, are no conversation with a person."""
_RANK: Final = {"queued": 0, "failed": 0, "sending": 1, "unknown": 1, "sent": 2, "delivered": 3, "read": 4}
"""How far a message has come; a receipt only ever moves it on."""


def open_store(folder: Path, tenant: str) -> "SqliteStore":
    """Open the tenant's store in `folder` (`data/<tenant>`), making and migrating it as needed. Blocks for some
    milliseconds.

    Raises:
        StoreError: it cannot be used; the text says what to do.
    """
    return SqliteStore(open_file(folder), tenant)


def read_summary(folder: Path, tenant: str) -> Summary:
    """What the store in `folder` holds, read beside a running daemon.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    connection = open_for_reading(folder)
    try:
        return _summary(asker(connection, tenant), tenant)
    except sqlite3.Error as error:  # damage further inside shows only when it is read
        raise StoreError(plainly(folder / NAME, error)) from error
    finally:
        connection.close()


class SqliteStore:
    """One tenant's memory. Every method returns once its work is durable."""

    def __init__(self, connection: sqlite3.Connection, tenant: str) -> None:
        self._tenant = tenant
        self._ask = asker(connection, tenant)
        self._journalled: int = self._ask("journal_last").fetchone()["last"]
        self._queued: int = self._ask("outbox_last").fetchone()["last"]
        self._writer = Writer(connection, tenant)
        self.alerts = Alerts(self._run, self._ask)

    @property
    def tenant(self) -> str:
        return self._tenant

    @property
    def commits(self) -> int:
        """Transactions so far: fewer than operations when many came at once."""
        return self._writer.commits

    async def _run(self, work: Callable[[], Any]) -> Any:
        return await self._writer.run(lambda _connection: work())

    async def journal(self, message: Message, at: int) -> bool:
        payload = json.dumps(asdict(message), ensure_ascii=False)

        def work() -> bool:
            self._journalled += 1
            added = self._ask(
                "journal_message",
                chat=message.chat,
                message=message.id,
                payload=payload,
                at=at,
                sequence=self._journalled,
            )
            return added.rowcount == 1

        return bool(await self._run(work))

    async def undecided(self) -> list[Message]:
        return await self._journalled_messages("journal_undecided")

    async def suspects(self) -> list[Message]:
        return await self._journalled_messages("journal_suspects")

    async def _journalled_messages(self, statement: str) -> list[Message]:
        return list(await self._run(lambda: [Message(**json.loads(row["payload"])) for row in self._ask(statement)]))

    async def attempt(self, message: Message) -> int:
        def work() -> int:
            row = self._ask("journal_try", chat=message.chat, message=message.id).fetchone()
            return 1 if row is None else int(row["tries"])

        return int(await self._run(work))

    async def context(self, message: Message, now: int) -> Context:
        context: Context = await self._run(lambda: self._context(message, now))
        return context

    def _context(self, message: Message, now: int) -> Context:
        contact = find_contact(self._ask, message)
        if contact is None:
            return Context(now, Contact(message.phone, message.name))
        row = find_conversation(self._ask, message.chat, contact["id"])
        usage = {
            used["rule_id"]: Usage(used["last_at"], used["day"], used["count"])
            for used in self._ask("usage_of_contact", contact=contact["id"])
        }
        known = Contact(
            phone=contact["phone"] or message.phone,
            name=message.name or contact["name"],
            tags=frozenset(json.loads(contact["tags"])),
            orders=contact["total_orders"],
            segment=contact["segment"],
            blocked=bool(contact["is_blocked"]),
        )
        if row is None:
            return Context(now, known, usage=usage)
        paused = row["paused_until"]
        conversation = Conversation(
            status=row["status"],
            priority=row["priority"],
            tags=frozenset(json.loads(row["tags"])),
            earlier_messages=row["customer_messages"],
            last_contact=row["last_customer_at"],
            paused_until=paused if paused is not None and paused > now else None,
            menu=_menu(row["menu"]),
            assigned_to=row["assigned_to"],
            burst=_burst(row["burst"]),
            muted=row["muted_until"] is not None and row["muted_until"] > now,
        )
        loop = conversation.muted or self._loops(row["id"], message.text, now)
        return Context(now, known, conversation, usage, loop_suspected=loop)

    def _loops(self, conversation: str, text: str, now: int) -> bool:
        """Whether this chat looks like two machines that answer each other."""
        since = now - _LOOP_SPAN
        row = self._ask("conversation_loops", id=conversation, text=text, since=since).fetchone()
        return bool(row["replies"] > _MOST_REPLIES or row["repeats"] >= _MOST_REPEATS)

    async def paused(self, now: int) -> bool:
        return bool(await self._run(lambda: self._ask("tenant_paused", now=now).fetchone()["paused"]))

    async def record(self, turn: Turn) -> None:
        await self._run(lambda: record(self._ask, turn, self._next))

    def _next(self) -> int:
        self._queued += 1
        return self._queued

    async def queued(self) -> list[Outbound]:
        return list(await self._run(lambda: [_outbound(row) for row in self._ask("outbox_queued")]))

    async def facts(self, outbound: Outbound, now: int) -> SendFacts:
        def work() -> SendFacts:
            row = self._ask("send_facts", chat=outbound.chat, id=outbound.id, since=now - _MINUTE, now=now).fetchone()
            return SendFacts(
                bool(row["customer_wrote"]),
                bool(row["blocked"]),
                row["paused_until"],
                row["sent_last_minute"],
                row["due"] or 0,
                bool(row["tenant_paused"]),
            )

        facts: SendFacts = await self._run(work)
        return facts

    async def claim(self, outbound: Outbound, now: int) -> bool:
        return bool(await self._run(lambda: self._ask("outbox_claim", id=outbound.id, at=now).rowcount == 1))

    async def release(self, outbound: Outbound, due: int) -> None:
        await self._run(lambda: self._ask("outbox_release", id=outbound.id, due=due).rowcount)

    async def finish(self, outbound: Outbound, status: str, at: int, error: str = "") -> None:
        await self._run(lambda: self._finish(outbound.id, status, at, error))

    def _finish(self, outbound: str, status: str, at: int, error: str) -> None:
        row = self._ask("outbox_finish", id=outbound, status=status, at=at, error=error).fetchone()
        if row is not None:
            self._moved(outbound, row, status, at, error)

    def _moved(self, outbound: str, row: Any, status: str, at: int, error: str = "", counted: bool = False) -> None:
        times = {f"{name}_at": at if name == status else None for name in ("sent", "delivered", "read")}
        self._ask("message_status", id=outbound, status=status, error=error, **times)
        if status in ("sent", "delivered", "read") and not counted:
            self._ask("conversation_answered", conversation=row["conversation_id"], at=at, content=row["text"][:200])
            self._ask("contact_sent", conversation=row["conversation_id"])

    async def receipt(self, receipt: Receipt) -> str | None:
        def work() -> str | None:
            before = self._ask("outbox_row", id=receipt.outbound).fetchone()
            if before is None or _RANK[receipt.status] <= _RANK[before["status"]]:
                return None
            row = self._ask("outbox_receipt", id=receipt.outbound, status=receipt.status, at=receipt.at).fetchone()
            self._moved(receipt.outbound, row, receipt.status, receipt.at, counted=before["sent_at"] is not None)
            return str(before["rule_id"])

        moved: str | None = await self._run(work)
        return moved

    async def abandon(self, now: int) -> list[Outbound]:
        def work() -> list[Outbound]:
            rows = self._ask("outbox_sending").fetchall()
            for row in rows:
                self._finish(row["id"], "unknown", now, "the process died while sending")
            return [_outbound(row) for row in rows]

        return list(await self._run(work))

    async def save_state(self, state: SessionState, at: int) -> None:
        await self._run(
            lambda: (
                self._ask(
                    "session_state", status=state.status, detail=state.detail, action=state.action, at=at
                ).rowcount
            )
        )

    async def save_reload(self, reload: Reload) -> None:
        await self._run(
            lambda: (
                self._ask(
                    "session_reload", at=reload.at, ok=int(reload.ok), revision=reload.revision, detail=reload.detail
                ).rowcount
            )
        )

    async def summary(self) -> Summary:
        summary: Summary = await self._run(lambda: _summary(self._ask, self._tenant))
        return summary

    async def close(self) -> None:
        await self._writer.close()


def _outbound(row: Any) -> Outbound:
    return Outbound(
        id=row["id"],
        chat=row["chat"],
        text=row["text"],
        rule=row["rule_id"],
        due=row["due_at"],
        created=row["created_at"],
        status=row["status"],
        error=row["error"],
        media=row["media"],
    )


def _menu(stored: str) -> OpenMenu:
    if not stored:
        return CLOSED
    data = json.loads(stored)
    return OpenMenu(data["rule"], data["until"], data["misses"], tuple(data["trail"]))


def _burst(stored: str) -> Burst:
    if not stored:
        return ALONE
    data = json.loads(stored)
    return Burst(data["since"], data["until"], tuple(data["rules"]))


def _summary(ask: Callable[..., sqlite3.Cursor], tenant: str) -> Summary:
    row = ask("session_row").fetchone()
    counts = ask("summary_counts").fetchone()
    reasons = {row["why"]: row["number"] for row in ask("summary_reasons")}
    reload = None
    if row is not None and row["reload_at"] is not None:
        reload = Reload(row["reload_at"], bool(row["reload_ok"]), row["reload_revision"], row["reload_detail"])
    return Summary(
        tenant=tenant,
        state=SessionState("stopped") if row is None else SessionState(row["status"], row["detail"], row["action"]),
        state_since=None if row is None else row["since"],
        # A file that no process of this version has opened yet has no such column.
        paused_until=None if row is None else dict(row).get("paused_until"),
        reload=reload,
        contacts=counts["contacts"],
        received=counts["received"],
        waiting=counts["waiting"],
        outbox={row["status"]: row["number"] for row in ask("summary_outbox")},
        by_rule={row["rule_id"]: row["total_triggered"] for row in ask("summary_rules")},
        by_reason=reasons,
        set_aside=reasons.get("set_aside", 0),
    )
