"""A session process that kills itself at an exact moment: `python -m tests.acceptance.dying MOMENT RULES DATA OPTIONS`.

It is the real child of `wabot run` on the real store and the real simulator, only that it dies by SIGKILL

- `before:STATEMENT`  just before the transaction in which that statement ran is committed
- `after:STATEMENT`   just after it was committed, before anybody learned of it
- `before:send`       when a reply is about to be written for the customer
- `during:send`       with half of the reply written
- `after:send`        when the reply is out, and nothing of that is committed
- `at:NUMBER`         before that many-th statement of any kind: for schedules of kills at random
"""

import os
import signal
import sqlite3
import sys
from functools import partial
from typing import Any, NoReturn
from unittest.mock import patch

from wabot.channel.simulator import SimulatorChannel
from wabot.daemon import child
from wabot.store.sqlite.queries import queries


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives SIGKILL")


class Deadly(sqlite3.Connection):
    """A connection that knows which statements its transaction holds."""

    when, what = "", ""
    count = 0

    def execute(self, sql: str, /, *values: Any) -> sqlite3.Cursor:
        Deadly.count += 1
        if self.when == "at" and Deadly.count == int(self.what):
            die()
        if sql == queries().get(self.what):
            self.holds_it = True
        met = sql == "COMMIT" and getattr(self, "holds_it", False)
        if met and self.when == "before":
            die()
        cursor = super().execute(sql, *values)
        if met and self.when == "after":
            die()
        return cursor


def deadly_send(when: str) -> None:
    write = SimulatorChannel._write

    def dies(self: SimulatorChannel, data: dict[str, Any]) -> None:
        if "text" not in data:
            return write(self, data)
        if when == "after":
            write(self, data)
        elif when == "during":
            os.write(self._out, b'{"to": "' + str(data["to"]).encode())
        die()

    patch.object(SimulatorChannel, "_write", dies).start()


def deadly_statement(when: str, what: str) -> None:
    """From now on every database that is opened is deadly."""
    Deadly.when, Deadly.what = when, what
    patch.object(sqlite3, "connect", partial(sqlite3.connect, factory=Deadly)).start()


def main() -> None:
    when, what = sys.argv.pop(1).split(":")
    if what == "send":
        deadly_send(when)
    else:
        assert when == "at" or what in queries(), what
        deadly_statement(when, what)
    child.main()


if __name__ == "__main__":
    main()
