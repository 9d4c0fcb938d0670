"""One thread that owns the connection, and commits whatever queued during the previous commit.

A commit costs one flush to the disk however much is in it, so under load many operations share one, and an idle store
answers a single one at once. Callers are resumed only after the commit that holds their work, all of a commit together:
waking the event loop costs more than most operations.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple, TypeVar

from wabot.model.errors import StoreDamaged, StoreError
from wabot.store.sqlite.opening import damage

Result = TypeVar("Result")
Operation = Callable[[sqlite3.Connection], Any]
_MOST: Final = 256
"""Operations in one commit: more would let the first of them wait."""


class _Work(NamedTuple):
    operation: Operation
    flushed: bool
    future: "asyncio.Future[Any]"


class _Outcome(NamedTuple):
    future: "asyncio.Future[Any]"
    result: Any = None
    error: Exception | None = None


class Writer:
    """Runs operations on the connection, one after the other. `commits` counts the transactions so far; `on_damage`
    hears, in the thread, what SQLite says of a file that is damaged: no waiting helps then."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self.commits = 0
        self.on_damage: Callable[[str], None] = lambda _found: None
        self._connection = connection
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closed = False
        self._flushing = True
        self._thread = threading.Thread(target=self._run, name=f"store-{name}", daemon=True)
        self._thread.start()

    async def run(self, operation: Callable[[sqlite3.Connection], Result], *, flushed: bool = True) -> Result:
        """Run `operation` in a transaction; return once it is durable. It runs a second time when another one of the
        same commit failed, after all that it did was undone. A caller that is cancelled does not stop it.

        What need not be `flushed` to the disk survives the death of the process, and may be lost with the machine's.

        Raises:
            StoreError: the store is closed, or the database could not do it. Nothing of the operation is kept then.
        """
        if self._closed:
            raise StoreError("the store is closed")
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.put(_Work(operation, flushed, future))
        return await future

    async def close(self) -> None:
        """Finish what is queued, then close the connection."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        closing = False
        while not closing:
            batch = [self._queue.get()]
            with suppress(queue.Empty):
                while len(batch) < _MOST:
                    batch.append(self._queue.get_nowait())
            closing = None in batch
            if work := [item for item in batch if item is not None]:
                self._commit(work)
        self._connection.close()

    def _commit(self, work: Sequence[_Work]) -> None:
        outcomes: list[_Outcome] = []
        try:
            self._flush(any(flushed for _, flushed, _ in work))
            self._connection.execute("BEGIN IMMEDIATE")
            for operation, _, future in work:
                try:
                    outcomes.append(_Outcome(future, operation(self._connection)))
                except Exception as error:  # whatever it is, its caller must learn of it, and the thread must live on
                    self._rollback()
                    if len(work) == 1:
                        _settle([self._failed(future, error)])
                    else:  # it is that caller's alone: each operation gets a transaction of its own
                        for one in work:
                            self._commit([one])
                    return
            self._connection.execute("COMMIT")
            self.commits += 1
        except Exception as error:  # the database itself: no caller's work was kept
            self._rollback()
            outcomes = [self._failed(future, error) for _, _, future in work]
        _settle(outcomes)

    def _failed(self, future: "asyncio.Future[Any]", error: Exception) -> _Outcome:
        if found := damage(error):
            self.on_damage(found)
        return _Outcome(future, error=_as_store_error(error))

    def _flush(self, wanted: bool) -> None:
        if wanted != self._flushing:
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if wanted else 'NORMAL'}")
            self._flushing = wanted

    def _rollback(self) -> None:
        # SQLite may have given the transaction up by itself, over a full disk, say: then there is nothing to undo.
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def _settle(outcomes: Sequence[_Outcome]) -> None:
    loops = {outcome.future.get_loop() for outcome in outcomes}
    for loop in loops:
        of_loop = [outcome for outcome in outcomes if outcome.future.get_loop() is loop]
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            loop.call_soon_threadsafe(_tell, of_loop)


def _tell(outcomes: Sequence[_Outcome]) -> None:
    for future, result, error in outcomes:
        if future.done():  # its caller was cancelled meanwhile
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def _as_store_error(error: Exception) -> Exception:
    if isinstance(error, sqlite3.Error):
        if found := damage(error):
            return StoreDamaged(f"the database is damaged ({found}): the next start sets it aside")
        if "full" in str(error) or "I/O" in str(error):
            return StoreError(f"the disk is full or failing ({error}): nothing new can be stored until that is mended")
        return StoreError(f"the database failed: {error}")
    return error
