"""`wabot.ports.Store` in SQLite. Bound to one tenant: no method takes another."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from wabot.model.context import Context
from wabot.model.errors import StoreError
from wabot.model.message import Message
from wabot.model.session import Reload, SessionState, Summary
from wabot.model.turn import LATER, Begun, Claim, Outbound, Quoted, Receipt, SendFacts, Turn
from wabot.store.sqlite.alerting import Alerts
from wabot.store.sqlite.files import Files
from wabot.store.sqlite.following import FollowUps
from wabot.store.sqlite.imports import Imports
from wabot.store.sqlite.knowing import known
from wabot.store.sqlite.manning import People
from wabot.store.sqlite.opening import NAME, open_file, open_for_reading, plainly
from wabot.store.sqlite.ordering import Orders
from wabot.store.sqlite.payload import dump_message, load_message
from wabot.store.sqlite.queries import asker
from wabot.store.sqlite.receipts import RANK, outbound_of, unreadable
from wabot.store.sqlite.recording import record
from wabot.store.sqlite.restraining import Restraints
from wabot.store.sqlite.summary import summary
from wabot.store.sqlite.upkeep import Upkeep
from wabot.store.sqlite.writer import Writer

_MINUTE: Final = 60_000


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
        return summary(asker(connection, tenant), tenant)
    except sqlite3.Error as error:  # damage further inside shows only when it is read
        raise StoreError(plainly(folder / NAME, error)) from error
    finally:
        connection.close()


class SqliteStore:
    """One tenant's memory. Every method returns once its work is durable, or survives the process where
    `wabot.ports.Store` asks for no more."""

    def __init__(self, connection: sqlite3.Connection, tenant: str) -> None:
        self._tenant = tenant
        self._ask = asker(connection, tenant)
        self._journalled: int = self._ask("journal_last").fetchone()["last"]
        self._queued: int = self._ask("outbox_last").fetchone()["last"]
        folder = Path(connection.execute("PRAGMA database_list").fetchone()["file"]).parent
        self.writer = self._writer = Writer(connection, tenant)
        self.imports, self.files = Imports(self._run_long, self._ask), Files(self._run, self._ask)
        self.alerts, self.people = Alerts(self._run, self._ask), People(self._ask, self._run)
        self.restraints, self.orders = Restraints(self._run, self._ask), Orders(self._ask, self._run)
        self.upkeep = Upkeep(partial(self._writer.run, long=True), self._ask, folder, tenant)
        self.follow_ups = FollowUps(self._run, self._ask, self._next)

    @property
    def tenant(self) -> str:
        return self._tenant

    @property
    def commits(self) -> int:
        """Transactions so far: fewer than operations when many came at once."""
        return self._writer.commits

    async def _run(self, work: Callable[[], Any], *, flushed: bool = True) -> Any:
        return await self._writer.run(lambda _connection: work(), flushed=flushed)

    async def _run_long(self, work: Callable[[], Any]) -> Any:
        return await self._writer.run(lambda _connection: work(), long=True)

    async def flush(self) -> None:
        await self._writer.flush()

    async def journal(self, messages: Sequence[Message], at: int, *, flushed: bool = True) -> list[bool]:
        payloads = [dump_message(message) for message in messages]

        def keep(message: Message, payload: str) -> bool:
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

        return list(await self._run(lambda: list(map(keep, messages, payloads)), flushed=flushed))

    async def undecided(self) -> list[Message]:
        return await self._journalled_messages("journal_undecided")

    async def suspects(self) -> list[Message]:
        return await self._journalled_messages("journal_suspects")

    async def _journalled_messages(self, statement: str) -> list[Message]:
        return list(await self._run(lambda: [load_message(row["payload"]) for row in self._ask(statement)]))

    async def lids(self) -> list[tuple[str, str]]:
        return list(await self._run(lambda: [(row["lid"], row["phone"]) for row in self._ask("contact_lids")]))

    async def begin(self, message: Message, now: int) -> Begun:
        def attempt() -> int:
            row = self._ask("journal_try", chat=message.chat, message=message.id).fetchone()
            return 0 if row is None else int(row["tries"])

        try:
            # Tries are counted for the death of the process: nothing here needs to survive a power cut.
            begun: Begun = await self._run(lambda: Begun(attempt(), known(self._ask, message, now)), flushed=False)
        except StoreError:
            raise
        except Exception as error:  # the try counts all the same, or this message would be begun for ever
            return Begun(await self._run(attempt, flushed=False), None, error)
        return begun

    async def context(self, message: Message, now: int) -> Context:
        context: Context = await self._run(lambda: known(self._ask, message, now))
        return context

    async def record(self, turn: Turn) -> None:
        await self._run(lambda: record(self._ask, turn, self._next))

    def _next(self) -> int:
        self._queued += 1
        return self._queued

    async def queued(self) -> list[Outbound]:
        def work() -> list[Outbound]:
            return [replace(_outbound(row), quoted=self._quoted(row)) for row in self._ask("outbox_queued").fetchall()]

        return list(await self._run(work, flushed=False))

    def _quoted(self, row: Any) -> Quoted | None:
        """What a person's message replies to; None for nothing, and for what no customer could be shown."""
        found = self._ask("message_row", id=row["quoted"]).fetchone() if row["quoted"] else None
        if found is None or found["wa_message_id"] is None or found["revoked_at"] is not None:
            return None
        return Quoted(found["wa_message_id"], found["sender_type"] != "customer", found["content"])

    async def facts(self, outbound: Outbound, now: int) -> SendFacts:
        facts: SendFacts = await self._run(lambda: self._facts(outbound, now), flushed=False)
        return facts

    def _facts(self, outbound: Outbound, now: int) -> SendFacts:
        row = self._ask("send_facts", chat=outbound.chat, id=outbound.id, since=now - _MINUTE, now=now).fetchone()
        if row is None:  # nobody ever wrote in that chat
            return SendFacts(False, False, None, 0)
        return SendFacts(
            bool(row["customer_wrote"]),
            bool(row["blocked"]),
            row["paused_until"],
            row["sent_last_minute"],
            row["due"] or 0,
            bool(row["tenant_paused"]),
            bool(row["first_contact_stopped"]),
        )

    async def claim(self, outbound: Outbound, now: int, refuse: Callable[[SendFacts], str | None]) -> Claim:
        def work() -> Claim:
            facts = self._facts(outbound, now)
            # Made in the future: the clock was set back, and the sender knows how long it has waited.
            refusal = LATER if facts.due > now >= outbound.created else refuse(facts)
            claimed = refusal is None and self._ask("outbox_claim", id=outbound.id, at=now).rowcount == 1
            return Claim(claimed, refusal, facts.due)

        claim: Claim = await self._run(work)
        return claim

    async def answered(self, outbound: Outbound) -> list[str]:
        ids: list[str] = await self._run(
            lambda: [str(row["id"]) for row in self._ask("outbox_answers", id=outbound.id)], flushed=False
        )
        return ids

    async def release(self, outbound: Outbound, due: int) -> None:
        await self._run(lambda: self._ask("outbox_release", id=outbound.id, due=due).rowcount)

    async def finish(self, outbound: Outbound, status: str, at: int, error: str = "") -> None:
        await self._run(lambda: self._finish(outbound.id, status, at, error), flushed=status != "sent")

    def _finish(self, outbound: str, status: str, at: int, error: str) -> None:
        row = self._ask("outbox_finish", id=outbound, status=status, at=at, error=error).fetchone()
        if row is not None:
            self._moved(outbound, row, status, at, error)

    def _moved(self, outbound: str, row: Any, status: str, at: int, error: str = "", counted: bool = False) -> None:
        times = {f"{name}_at": at if name == status else None for name in ("sent", "delivered", "read")}
        if row["kind"] == "note":
            return  # in no customer's chat
        self._ask("message_status", id=outbound, status=status, error=error, **times)
        if status in ("sent", "delivered", "read") and not counted:
            sender, said = "cs" if row["kind"] == "person" else "auto_reply", row["text"][:200]
            self._ask("conversation_answered", conversation=row["conversation_id"], at=at, content=said, sender=sender)
            self._ask("contact_sent", conversation=row["conversation_id"])

    async def receipt(self, receipt: Receipt) -> str | None:
        def work() -> str | None:
            if receipt.status == "unreadable":
                return unreadable(self._ask, receipt)
            outbound = outbound_of(self._ask, receipt)
            before = self._ask("outbox_row", id=outbound).fetchone()
            if before is None or RANK[receipt.status] <= RANK[before["status"]]:
                return None
            row = self._ask("outbox_receipt", id=outbound, status=receipt.status, at=receipt.at).fetchone()
            self._moved(outbound, row, receipt.status, receipt.at, counted=before["sent_at"] is not None)
            return str(before["rule_id"])

        moved: str | None = await self._run(work, flushed=receipt.status == "unreadable")
        return moved

    async def abandon(self, now: int) -> list[Outbound]:
        def work() -> list[Outbound]:
            rows = self._ask("outbox_sending").fetchall()
            for row in rows:
                self._finish(row["id"], "unknown", now, "the process died while sending")
            return [_outbound(row) for row in rows]

        return list(await self._run(work))

    async def save_state(self, state: SessionState, at: int) -> None:
        await self._run(lambda: self._ask("session_state", **asdict(state), at=at).rowcount)

    async def out_since(self) -> int | None:
        def work() -> int | None:
            row = self._ask("session_out_since").fetchone()
            return None if row is None else row["since"]

        found: int | None = await self._run(work)
        return found

    async def save_reload(self, reload: Reload) -> None:
        await self._run(
            lambda: (
                self._ask(
                    "session_reload", at=reload.at, ok=int(reload.ok), revision=reload.revision, detail=reload.detail
                ).rowcount
            )
        )

    async def summary(self) -> Summary:
        held: Summary = await self._run(lambda: summary(self._ask, self._tenant))
        return held

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
        kind=row["kind"],
    )
