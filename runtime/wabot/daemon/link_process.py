"""Starts the process that links or unlinks a phone, hears what it says, and ends it when it does not end by itself."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from wabot.daemon.linking_order import MARGIN, Order

GRACE: Final = 15.0
"""Seconds beyond its own time after which the process counts as hung."""
_STOP: Final = 10.0
"""Seconds to stop in when asked, unless the phone has just linked it: then it takes `MARGIN` at the most."""
_LONGEST: Final = 1 << 20
_CRASHED: Final = (-signal.SIGABRT, -signal.SIGSEGV)
_MOST_CRASHES: Final = 3
_LEAST: Final = 1.0


class LinkProcess:
    """One attempt. A context manager: the process has ended when the block ends, however that ends."""

    def __init__(self, data: Path, order: Order) -> None:
        self._data, self._order = data, order
        self._linking = self._asked = self._stopping = False
        self._crashes = 0
        self._begin(order.seconds)

    def _begin(self, seconds: float) -> None:
        self._rest = b""
        order = replace(self._order, seconds=seconds)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "wabot.daemon.linking", str(self._data), order.dump()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("WABOT_DEBUG") else subprocess.DEVNULL,
            # A Ctrl-C in the terminal goes to the whole process group; this one is told by us.
            process_group=0,
        )
        self._until = time.monotonic() + seconds + GRACE

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(KeyboardInterrupt):  # asked twice: it ends as it is
            self._end(_STOP + (MARGIN if self._linking else 0.0))
        self._process.kill()
        self._process.wait()

    def stop(self) -> Iterator[Mapping[str, Any]]:
        """Ask it to stop; what it still says."""
        self._stopping = True
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._until = time.monotonic() + _STOP + (MARGIN if self._linking else 0.0)
        return self.events()

    def events(self) -> Iterator[Mapping[str, Any]]:
        """What it says, until it has said `done`. That is said for it when it dies or hangs."""
        while (line := self._line()) is not None:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if said.get("event") in ("qr", "pair_code") and not self._asked:
                self._asked = True
                self._until = time.monotonic() + self._order.seconds + GRACE
            if said.get("event") == "linking":
                self._linking = True
                self._until = time.monotonic() + MARGIN
            yield said
            if said.get("event") == "done":
                return
        code = self._process.poll()
        if code in _CRASHED and self._crashes < _MOST_CRASHES and not (self._linking or self._stopping):
            # The library can abort when a connection that shows a code is cut. Nothing was linked: another goes on.
            self._crashes += 1
            yield {"event": "waiting", "detail": "WhatsApp's library has crashed. It is begun again."}
            self._begin(max(self._until - GRACE - time.monotonic(), _LEAST))
            yield from self.events()
            return
        if code is None:
            self._process.kill()
            detail = "WhatsApp's library hung, and was ended."
        else:
            detail = f"The process that does it ended by itself (code {code})."
        yield {"event": "done", "reason": "failed", "detail": detail, "action": "Run the command again."}

    def _line(self) -> bytes | None:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        while b"\n" not in self._rest:
            left = self._until - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                return None
            more = os.read(descriptor, 65_536)
            if not more or len(self._rest) > _LONGEST:
                self._end(_STOP)
                return None
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _end(self, seconds: float) -> None:
        if self._process.stdin is not None and not self._process.stdin.closed:
            with suppress(OSError):
                self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
