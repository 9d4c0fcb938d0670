"""The one owner of a store's connection: commits whatever queued during the previous commit.

A commit costs one flush to the disk however much is in it, so under load many operations share one, and an idle store
answers a single one at once. Callers are resumed only after the commit that holds their work.

Operations run in the event loop's thread, where they take tens of microseconds each; only what waits for the disk or
for somebody else is left to a thread: the commit that is flushed, operations that take long, and everything when
another process holds the file. With a thread for every statement the two would wait for each other's turn at the
interpreter, which costs more than the statements.

A commit that is not flushed is a write into the system's memory: it outlives the process. It reaches the disk with the
next commit that is flushed (the log is flushed from its beginning), or with one that is made for it soon after.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, NamedTuple, TypeVar

from wabot.model.errors import StoreDamaged, StoreError
from wabot.store.sqlite.opening import BUSY, damage

Result = TypeVar("Result")
Operation = Callable[[sqlite3.Connection], Any]
_MOST: Final = 64
"""Operations in one commit: more would let the first of them wait, and the event loop with it."""
_CHECKPOINT: Final = 1_000
"""Pages in the log after which a commit moves them into the file (SQLite's own default)."""
_SOON: Final = 0.01
"""Seconds after which what was not flushed is, when no other commit has done so."""
_LATER: Final = 1.0
"""The same, where that has just failed."""
_TOUCH: Final = "PRAGMA user_version = 0"
"""Writes into the file whatever it holds. A transaction that changes nothing is committed without a flush."""
_BESIDE: Final = "PRAGMA temp_store = MEMORY"
"""Where SQLite notes what it would undo of a statement that sets off triggers: else in a file, from one that changes
many pages on, which a new customer does."""
_HELD: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
"""Another process has the file: that is waited for, in the thread."""


class _Work(NamedTuple):
    operation: Operation
    flushed: bool
    long: bool
    future: "asyncio.Future[Any]"


class _Outcome(NamedTuple):
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None


class Writer:
    """Runs operations on the connection, one after the other. `commits` counts the transactions so far; `on_damage`
    hears, in any thread, what SQLite says of a file that is damaged: no waiting helps then. `on_change` is called, in
    the loop's thread, once what changed in the store is committed."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self.commits = 0
        self.on_damage: Callable[[str], None] = lambda _found: None
        self.on_change: Callable[[], None] | None = None
        self._connection = connection
        self._waiting: deque[_Work] = deque()
        self._thread = ThreadPoolExecutor(1, f"store-{name}")
        self._busy = False
        self._closed = False
        self._flushing = self._patient = True
        self._changes = connection.total_changes
        connection.execute(_BESIDE)
        self._unflushed = self._changed = False
        self._waiting_for_flush: list[asyncio.Future[None]] = []
        self._soon: asyncio.TimerHandle | None = None

    async def run(
        self, operation: Callable[[sqlite3.Connection], Result], *, flushed: bool = True, long: bool = False
    ) -> Result:
        """Run `operation` in a transaction; return once it is durable. It runs a second time when another one of the
        same commit failed, after all that it did was undone. A caller that is cancelled does not stop it.

        What need not be `flushed` to the disk survives the death of the process, and may be lost with the machine's
        until `flush` has returned, or some milliseconds have passed. What takes `long` (more than some milliseconds)
        runs in a thread, by itself.

        Raises:
            StoreError: the store is closed, or the database could not do it. Nothing of the operation is kept then.
        """
        if self._closed:
            raise StoreError("the store is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append(_Work(operation, flushed, long, future))
        self._begin(loop)
        return await future

    async def flush(self) -> None:
        """Return once all that was committed before is on the disk: with a commit that is made anyway, or soon.

        Raises:
            StoreError: the store is closed, or the disk did not take it.
        """
        if not self._unflushed:
            return
        if self._closed:
            raise StoreError("the store is closed")
        future = asyncio.get_running_loop().create_future()
        self._waiting_for_flush.append(future)
        await future

    async def close(self) -> None:
        """Finish what is queued, then close the connection."""
        if not self._closed:
            last = asyncio.create_task(self.run(lambda _connection: None))
            await asyncio.sleep(0)
            self._closed = True
            with suppress(StoreError):
                await last
            if self._soon is not None:
                self._soon.cancel()
            self._tell_flushed(StoreError("the store is closed"))
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
            self._thread.shutdown(wait=False)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._waiting and not self._busy:
            self._busy = True
            loop.call_soon(self._work, loop)  # not at once: what else this turn of the loop queues shares the commit

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        work = [self._waiting.popleft()]
        while self._waiting and len(work) < _MOST and not (work[0].long or self._waiting[0].long):
            work.append(self._waiting.popleft())
        done = [] if work[0].long else self._done(work)
        if done is None:
            self._in_thread(loop, lambda: self._waited(work))
        elif not done:
            self._in_thread(loop, lambda: self._each(work))
        elif done[0].error is None and self._flushing:
            self._in_thread(loop, lambda: self._committed(work, done))
        elif done[0].error is None:
            self._ended(loop, self._committed(work, done))
        else:
            self._ended(loop, done)

    def _in_thread(self, loop: asyncio.AbstractEventLoop, task: Callable[[], Sequence[_Outcome]]) -> None:
        def work() -> None:
            outcomes = task()
            try:
                loop.call_soon_threadsafe(self._ended, loop, outcomes)
            except RuntimeError:  # the loop has ended, and with it whoever waited
                self._busy = False

        self._thread.submit(work)

    def _ended(self, loop: asyncio.AbstractEventLoop, outcomes: Sequence[_Outcome]) -> None:
        self._busy = False
        for outcome in outcomes:
            _tell(outcome)
        changed, self._changed = self._changed, False
        if changed and self.on_change is not None:
            self.on_change()
        self._see_to_the_flush(loop, outcomes)
        self._begin(loop)

    def _see_to_the_flush(self, loop: asyncio.AbstractEventLoop, outcomes: Sequence[_Outcome]) -> None:
        if not self._unflushed:
            if self._soon is not None:
                self._soon.cancel()
                self._soon = None
            self._tell_flushed()
        elif self._soon is None and not self._closed:
            failed = any(outcome.error is not None for outcome in outcomes)
            self._soon = loop.call_later(_LATER if failed else _SOON, self._flush_now, loop)

    def _flush_now(self, loop: asyncio.AbstractEventLoop) -> None:
        self._soon = None
        if self._unflushed and not self._closed:
            future = loop.create_future()
            future.add_done_callback(lambda ended: self._tell_flushed(error) if (error := ended.exception()) else None)
            self._waiting.append(_Work(lambda _connection: None, flushed=True, long=False, future=future))
            self._begin(loop)

    def _tell_flushed(self, error: BaseException | None = None) -> None:
        waiting, self._waiting_for_flush = self._waiting_for_flush, []
        for future in waiting:
            _tell(_Outcome(future, error=error))

    def _done(self, work: Sequence[_Work]) -> Sequence[_Outcome] | None:
        """Run the operations in one transaction, which stays open when all went well; an only one's failure; nothing
        when each must be tried by itself, in the thread; or None when another process has the file."""
        try:
            self._ready(work, patient=False)
            return [_Outcome(one.future, one.operation(self._connection)) for one in work]
        except Exception as error:  # whatever it is, its caller must learn of it, and the others go on
            self._rollback()
            if _held(error):
                return None
            return [self._failed(work[0].future, error)] if len(work) == 1 else []

    def _committed(self, work: Sequence[_Work], done: Sequence[_Outcome]) -> Sequence[_Outcome]:
        try:
            self._commit()
            return done
        except Exception as error:  # the database itself: no caller's work was kept
            self._rollback()
            return [self._failed(one.future, error) for one in work]

    def _waited(self, work: Sequence[_Work]) -> Sequence[_Outcome]:
        """Once another process has let the file go, run the operations in one transaction: with one for each, whoever
        writes beside a busy process would wait for the disk as often as there are operations."""
        try:
            self._ready(work, patient=True)
        except Exception as error:  # it had the file long enough
            self._rollback()
            return [self._failed(one.future, error) for one in work]
        try:
            done = [_Outcome(one.future, one.operation(self._connection)) for one in work]
        except Exception:  # its caller must learn of it, and the others go on
            self._rollback()
            return self._each(work)
        return self._committed(work, done)

    def _each(self, work: Sequence[_Work]) -> Sequence[_Outcome]:
        """Each operation in a transaction of its own, so that a failure is that caller's alone."""
        outcomes: list[_Outcome] = []
        held: Exception | None = None
        for one in work:
            if held is not None:  # whoever has the file had it long enough: nobody waits as long once more
                outcomes.append(self._failed(one.future, held))
                continue
            try:
                self._ready([one], patient=True)
                result = one.operation(self._connection)
                self._commit()
                outcomes.append(_Outcome(one.future, result))
            except Exception as error:  # its caller must learn of it, and the others go on
                self._rollback()
                held = error if _held(error) else None
                outcomes.append(self._failed(one.future, error))
        return outcomes

    def _ready(self, work: Sequence[_Work], *, patient: bool) -> None:
        """Begin a transaction for these; `patient`: other processes are waited for."""
        flushed = any(one.flushed for one in work)
        if flushed != self._flushing:
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if flushed else 'NORMAL'}")
            # What moves the log into the file waits for the disk.
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT if flushed else 0}")
            self._flushing = flushed
        if patient != self._patient:
            self._connection.execute(f"PRAGMA busy_timeout = {BUSY if patient else 0}")
            self._patient = patient
        self._connection.execute("BEGIN IMMEDIATE")
        if flushed and self._unflushed:
            self._connection.execute(_TOUCH)

    def _commit(self) -> None:
        self._connection.execute("COMMIT")
        self.commits += 1
        changed, self._changes = self._connection.total_changes != self._changes, self._connection.total_changes
        self._unflushed = not self._flushing and (changed or self._unflushed)
        self._changed = self._changed or changed

    def _rollback(self) -> None:
        # SQLite may have given the transaction up by itself, over a full disk, say: then there is nothing to undo.
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _failed(self, future: "asyncio.Future[Any]", error: Exception) -> _Outcome:
        if found := damage(error):
            self.on_damage(found)
        return _Outcome(future, error=_as_store_error(error))


def _held(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _HELD


def _tell(outcome: _Outcome) -> None:
    if outcome.future.done():  # its caller was cancelled meanwhile
        return
    if outcome.error is None:
        outcome.future.set_result(outcome.result)
    else:
        outcome.future.set_exception(outcome.error)


def _as_store_error(error: Exception) -> Exception:
    if isinstance(error, sqlite3.Error):
        if found := damage(error):
            return StoreDamaged(f"the database is damaged ({found}): the next start sets it aside")
        if "full" in str(error) or "I/O" in str(error):
            return StoreError(f"the disk is full or failing ({error}): nothing new can be stored until that is mended")
        return StoreError(f"the database failed: {error}")
    return error
