"""One thread that owns the connection, and commits whatever queued during the previous commit.

A commit costs one flush to the disk however much is in it, so under load many operations share one, and an idle store
answers a single one at once. Callers are resumed only after the commit that holds their work.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from wabot.model.errors import StoreDamaged, StoreError
from wabot.store.sqlite.opening import damage

Result = TypeVar("Result")
Operation = Callable[[sqlite3.Connection], Any]
_MOST = 256
"""Operations in one commit: more would let the first of them wait."""


class Writer:
    """Runs operations on the connection, one after the other. `commits` counts the transactions so far; `on_damage`
    hears, in the thread, what SQLite says of a file that is damaged: no waiting helps then."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self.commits = 0
        self.on_damage: Callable[[str], None] = lambda _found: None
        self._connection = connection
        self._queue: queue.SimpleQueue[tuple[Operation, Future[Any]] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=f"store-{name}", daemon=True)
        self._thread.start()

    async def run(self, operation: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run `operation` in a transaction; return once it is durable.

        Raises:
            StoreError: the store is closed, or the database could not do it. Nothing of the operation is kept then.
        """
        if self._closed:
            raise StoreError("the store is closed")
        future: Future[Result] = Future()
        self._queue.put((operation, future))
        # Shielded: a caller that is cancelled must not cancel what the thread may be doing already.
        return await asyncio.shield(asyncio.wrap_future(future))

    async def close(self) -> None:
        """Finish what is queued, then close the connection."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        closing = False
        while not closing:
            batch = [self._queue.get()]
            while len(batch) < _MOST:
                try:
                    batch.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            closing = None in batch
            work = [item for item in batch if item is not None]
            if work:
                self._commit(work)
        self._connection.close()

    def _commit(self, work: list[tuple[Operation, Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        failed: list[tuple[Future[Any], Exception]] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for operation, future in work:
                self._one(operation, future, done, failed)
            self._connection.execute("COMMIT")
            self.commits += 1
        except Exception as error:  # whatever it is, the callers must learn of it, and the thread must live on
            self._rollback()
            failed += [(future, error) for future, _ in done]
            settled = {id(future) for future, _ in failed}
            failed += [(future, error) for _, future in work if id(future) not in settled]
            done = []
        for future, result in done:
            future.set_result(result)
        for future, reason in failed:
            if found := damage(reason):
                self.on_damage(found)
            future.set_exception(_as_store_error(reason))

    def _one(
        self,
        operation: Operation,
        future: "Future[Any]",
        done: list[tuple["Future[Any]", Any]],
        failed: list[tuple["Future[Any]", Exception]],
    ) -> None:
        self._connection.execute("SAVEPOINT one")
        try:
            result = operation(self._connection)
        except Exception as error:  # one operation's failure is that caller's alone
            if not self._connection.in_transaction:  # SQLite itself gave the transaction up: a full disk, say
                raise
            self._connection.execute("ROLLBACK TO one")
            self._connection.execute("RELEASE one")
            failed.append((future, error))
        else:
            self._connection.execute("RELEASE one")
            done.append((future, result))

    def _rollback(self) -> None:
        # SQLite may give the transaction up between the question and the order; then there is nothing to undo.
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def _as_store_error(error: Exception) -> Exception:
    if isinstance(error, sqlite3.Error):
        if found := damage(error):
            return StoreDamaged(f"the database is damaged ({found}): the next start sets it aside")
        if "full" in str(error) or "I/O" in str(error):
            return StoreError(f"the disk is full or failing ({error}): nothing new can be stored until that is mended")
        return StoreError(f"the database failed: {error}")
    return error
