"""A tenant's store as the API has it: beside the session that runs, for many requests at once."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from wabot.model.errors import StoreError
from wabot.model.same_file import identity
from wabot.store.sqlite.opening import NAME, open_file, open_for_reading, plainly
from wabot.store.sqlite.queries import Ask, asker
from wabot.store.sqlite.writer import Writer

Result = TypeVar("Result")


class Desk:
    """The store of `tenant` in `folder` (`data/<tenant>`), open for as long as the API runs. To be made and used in the
    event loop's thread. `wrote` is called after each order that was kept: the session and whoever listens look then."""

    def __init__(self, folder: Path, tenant: str, wrote: Callable[[], None] = lambda: None) -> None:
        """
        Raises:
            StoreError: it cannot be used; the text says what to do.
        """
        self.folder, self.tenant, self._wrote = folder, tenant, wrote
        connection = open_file(folder)
        self._writing, self._writer = asker(connection, tenant), Writer(connection, f"desk-{tenant}")
        self._connection = open_for_reading(folder)
        self._reading = asker(self._connection, tenant)
        self._path = folder / NAME
        self._file = identity(self._path)

    def read(self, work: Callable[[Ask], Result]) -> Result:
        """Run statements that only read, all of one moment. It blocks the loop: each must be a matter of a few
        milliseconds, which an index sees to.

        Raises:
            StoreError: the store cannot be read.
        """
        try:
            self._connection.execute("BEGIN")
            try:
                return work(self._reading)
            finally:
                self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(plainly(self._path, error)) from error

    async def write(self, work: Callable[[Ask], Result], *, flushed: bool = True, quiet: bool = False) -> Result:
        """Run statements in one transaction, which is durable on return; others share its commit. `work` may run twice,
        the first time undone: it touches nothing but the store. What is `quiet` concerns nobody else.

        Raises:
            StoreError: nothing of it is kept.
        """
        result = await self._writer.run(lambda _connection: work(self._writing), flushed=flushed)
        if not quiet:
            self._wrote()
        return result

    @property
    def stands(self) -> bool:
        """Whether the file is still the one that is open: a restored or mended one takes its place."""
        return identity(self._path) == self._file

    def version(self) -> int:
        """Another number once another connection has changed the store; `write` does so by a connection of its own.

        Raises:
            StoreError: the store cannot be read.
        """
        try:
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error as error:
            raise StoreError(plainly(self._path, error)) from error

    async def close(self) -> None:
        """End what is queued, and let the files go."""
        await self._writer.close()
        self._connection.close()
