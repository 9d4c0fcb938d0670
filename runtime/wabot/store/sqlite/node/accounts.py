"""The node's accounts (`data/node.db`): as the API has them, and as one order of the command line."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from wabot.model.errors import StoreError
from wabot.store.sqlite.node.members import Member, members
from wabot.store.sqlite.opening import NODE, open_for_reading, open_node, plainly
from wabot.store.sqlite.queries import Ask, node_asker
from wabot.store.sqlite.writer import Writer

Result = TypeVar("Result")


class Accounts:
    """The accounts in the data folder, open for as long as the API runs, beside the supervisor and the command line. To
    be made and used in the event loop's thread."""

    def __init__(self, data: Path) -> None:
        """
        Raises:
            StoreError: it cannot be used; the text says what to do.
        """
        self._path = data / NODE
        connection = open_node(data)
        self._writing, self._writer = node_asker(connection), Writer(connection, "accounts")
        self._connection = open_for_reading(data, NODE)
        self._reading = node_asker(self._connection)
        self._data_version = self._access = -1

    def read(self, work: Callable[[Ask], Result]) -> Result:
        """Run statements that only read. It blocks the loop: each must be found by an index.

        Raises:
            StoreError: the accounts cannot be read.
        """
        try:
            return work(self._reading)
        except sqlite3.Error as error:
            raise StoreError(plainly(self._path, error)) from error

    async def write(self, work: Callable[[Ask], Result], *, flushed: bool = True) -> Result:
        """Run statements in one transaction, which is durable on return. `work` may run twice, the first time undone.

        Raises:
            StoreError: nothing of it is kept.
        """
        return await self._writer.run(lambda _connection: work(self._writing), flushed=flushed)

    def access(self) -> int:
        """Another number once anything was changed, by whichever process, that can make somebody who was let in a
        stranger. Asked with every request: microseconds, while nothing happens.

        Raises:
            StoreError: the accounts cannot be read.
        """
        try:
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._data_version:
                self._access = self._reading("access_version").fetchone()["number"]
                self._data_version = version
        except sqlite3.Error as error:
            raise StoreError(plainly(self._path, error)) from error
        return self._access

    async def close(self) -> None:
        """End what is queued, and let the file go."""
        await self._writer.close()
        self._connection.close()


def read_members(data: Path, tenant: str) -> list[Member]:
    """Everybody who has, or may have, access to the tenant, by e-mail; read beside a running daemon. Nobody has where
    there are no accounts yet.

    Raises:
        StoreError: the accounts cannot be read.
    """
    if not (data / NODE).is_file():
        return []
    connection = open_for_reading(data, NODE)
    try:
        return members(node_asker(connection), tenant)
    except sqlite3.Error as error:
        if "no such table" in str(error):  # a file that no process of this version has opened yet
            return []
        raise StoreError(plainly(data / NODE, error)) from error
    finally:
        connection.close()


@contextmanager
def ordering(data: Path) -> Iterator[Ask]:
    """One transaction on the accounts in the data folder; waits up to 5 s for other writers.

    Raises:
        StoreError: it cannot be written.
    """
    connection = open_node(data)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield node_asker(connection)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StoreError(plainly(data / NODE, error)) from error
    finally:
        connection.close()  # what was not committed is undone
