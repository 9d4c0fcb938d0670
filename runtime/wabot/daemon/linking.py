"""The process that links or unlinks a phone: `python -m wabot.daemon.linking DATA_FOLDER ORDER`.

It says on standard output what happens, one JSON object a line; the last one has the event `done`. It holds the
tenant's lock, and ends when told to (SIGTERM), when its standard input closes, or when its time is up, whatever the
library does.
"""

import asyncio
import errno
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from wabot.daemon.child import lock, to_its_end
from wabot.daemon.handover import tell_daemon
from wabot.daemon.linking_order import MARGIN, Order, unlinked
from wabot.daemon.logs import LogReport, configure
from wabot.daemon.numbers import Numbers
from wabot.daemon.settings import Settings, read_settings
from wabot.daemon.settings.encryption import encryption_key
from wabot.daemon.tenant_log import TenantLog
from wabot.model.errors import TenantBusy, WabotError
from wabot.model.failure import place_of
from wabot.model.history import History
from wabot.model.message import Message
from wabot.model.session import SessionState
from wabot.model.turn import Receipt
from wabot.ports import Clock, Store
from wabot.session.clock import RealClock
from wabot.session.histories import LONGEST
from wabot.session.insisting import insist
from wabot.session.last_sound import COPY
from wabot.session.report import Report
from wabot.store.keeping.layout import KEYS
from wabot.store.keeping.mending import ended, open_kept

if TYPE_CHECKING:
    from wabot.channel.neonize.pairing import Outcome


class _Work(Protocol):
    def stop(self) -> None: ...

    async def run(self) -> "Outcome": ...


class Journal:
    """The `Inbox` of a process that decides nothing: the session does, when it starts."""

    def __init__(self, store: Store, clock: Clock, report: Report) -> None:
        self.clock = clock
        self._store, self._report = store, report

    async def message(self, message: Message) -> None:
        arrived = self.clock.now()
        await insist(lambda: self._store.journal([message], arrived), self._report, "a message")

    async def receipt(self, receipt: Receipt) -> None:
        await insist(lambda: self._store.receipt(receipt), self._report, "a receipt")

    async def history(self, part: History) -> None:
        """Only that one is expected; its parts wait in the spool."""
        if part.state == "pending":
            until = self.clock.now() + int(LONGEST * 1000)
            await insist(lambda: self._store.imports.expect(until), self._report, "the history")

    async def state(self, state: SessionState) -> None:
        pass

    async def settled(self) -> None:
        pass

    def complain(self, text: str) -> None:
        """For the log."""
        self._report.note(text, level="warning")


async def _run(
    data: Path, order: Order, settings: Settings, tell: Callable[..., None], report: Report
) -> dict[str, Any]:
    """What came of it."""
    from wabot.channel.neonize import linked
    from wabot.channel.neonize.outcomes import other_keys

    clock = RealClock()
    store, mended = await asyncio.to_thread(open_kept, data, data.name, clock.now, encryption_key(settings))
    for one in mended:
        report.note(str(one), level="error")
    try:
        there = linked.read_linked(data / KEYS)
        if order.act == "pair" and there is not None and there.phone != order.phone:
            refused = other_keys(order.phone, there.phone)
            return {"reason": "other_number", "detail": refused.detail, "action": linked.named(refused.action, data)}
        if order.act == "pair" and there is not None:
            return {"reason": "already_paired", "phone": there.phone, "since": there.since}
        act = _pair if order.act == "pair" else _unpair
        outcome, state = await act(data / KEYS, order, settings.proxy, Journal(store, clock, report), tell)
        report.note("a pairing ended" if order.act == "pair" else "an unlinking ended", outcome=outcome.reason)
        if state is not None and order.act == "pair":  # it has logged in: no ban stands any more
            await insist(lambda: store.restraints.hold_login(order.phone, None), report, "the session's state")
        if state is not None:
            await insist(lambda: store.save_state(state, clock.now()), report, "the session's state")
        return {**asdict(outcome), "action": linked.named(outcome.action, data), "phone": order.phone}
    finally:
        await store.close()
        ended(data)


async def _pair(
    keys: Path, order: Order, proxy: str, inbox: Journal, tell: Callable[..., None]
) -> "tuple[Outcome, SessionState | None]":
    from wabot.channel.neonize import linked
    from wabot.channel.neonize.pairing import Pairing

    paired = False
    linked.begin(keys)
    try:
        pairing = Pairing(
            keys,
            order.phone,
            inbox.clock,
            inbox,
            tell,
            order.seconds,
            typed=order.typed,
            proxy=proxy,
            complain=inbox.complain,
        )
        outcome = await _stoppable(pairing)
        paired = outcome.reason == "paired"
    finally:
        linked.settle(keys, paired=paired)
    state = SessionState("stopped", "The phone is linked. No session runs yet.", f"start it: {order.run}")
    return outcome, state if paired else None


async def _unpair(
    keys: Path, order: Order, proxy: str, inbox: Journal, _tell: Callable[..., None]
) -> "tuple[Outcome, SessionState | None]":
    from wabot.channel.neonize import linked
    from wabot.channel.neonize.unlinking import Unlinking

    phone = Numbers().of(keys.parent / COPY / keys.parent.name)  # of the rules that were live last
    unlinking = Unlinking(keys, phone, inbox.clock, inbox, order.seconds, proxy=proxy, complain=inbox.complain)
    outcome = await _stoppable(unlinking)
    if outcome.reason not in ("unlinked", "was_unlinked"):
        return outcome, None
    linked.forget(keys)
    return outcome, unlinked(linked.command("pair", keys.parent))


async def _stoppable(work: _Work) -> "Outcome":
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, work.stop)

    def gone() -> None:
        if not os.read(0, 1024):
            loop.remove_reader(0)
            work.stop()

    loop.add_reader(0, gone)
    return await work.run()


def _teller(out: TextIO) -> Callable[..., None]:
    def tell(event: str, **data: Any) -> None:
        with suppress(OSError, ValueError):  # whoever started us is gone: standard input says so, too
            out.write(json.dumps({"event": event, **data}, ensure_ascii=False) + "\n")
            out.flush()

    return tell


def main() -> None:
    """The process's entry point; never returns."""
    from wabot.channel.neonize.quiet import quiet

    data, order = Path(sys.argv[1]), Order.parse(sys.argv[2])
    # The kernel keeps this time, not the library nor the event loop, either of which may hang.
    signal.alarm(int(2 * order.seconds + MARGIN) + 60)
    out, _ = quiet()
    tell = _teller(out)
    configure("json", "info", keep=TenantLog(data).keep)
    report = LogReport(data.name)
    held = None
    done: dict[str, Any] = {"reason": "failed"}
    try:
        settings = read_settings({}, os.environ).settings
        held = lock(data)
        done = to_its_end(_run(data, order, settings, tell, report))
    except TenantBusy as error:
        done = {"reason": "busy", "detail": str(error)}
    except WabotError as error:
        done = {"reason": "failed", "detail": str(error)}
    except OSError as error:
        why = "the disk is full. Free some space" if error.errno == errno.ENOSPC else error.strerror or str(error)
        detail = f"{error.filename or data} cannot be used: {why}."
        done = {"reason": "failed", "detail": detail, "action": "Then run the command again."}
    except Exception as error:
        report.note("linking crashed", level="error", error=place_of(error))
        done = {"reason": "failed", "detail": f"a bug in wabot, please report it: {place_of(error)}"}
        if os.environ.get("WABOT_DEBUG"):
            raise
    finally:
        if held is not None:
            os.close(held)  # before the daemon is told: it starts the session at once
        if done["reason"] == "paired":
            done["daemon"] = tell_daemon(data.parent)
        tell("done", **done)
        # A pairing that failed leaves a thread of the library behind that would keep the process alive for ever.
        os._exit(0)


if __name__ == "__main__":
    main()
