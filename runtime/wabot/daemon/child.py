"""A session process: `python -m wabot.daemon.child TENANT_FOLDER DATA_FOLDER OPTIONS`.

It ends when told to (SIGTERM, SIGINT), when its channel has nothing more to say, or when the pipe on its standard input
closes: that is the supervisor's death, whatever killed it.
"""

import asyncio
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO

from wabot.daemon.logs import LogReport, Transcript, configure
from wabot.daemon.options import RunOptions
from wabot.daemon.restart import BUSY, DONE, NEEDS_A_PERSON, NO_RULES
from wabot.model.errors import StoreError, TenantBusy, WabotError
from wabot.ports import Channel, Clock
from wabot.session.clock import RealClock, ScriptClock
from wabot.session.live import LiveRules
from wabot.session.report import Report
from wabot.session.session import Place, Session
from wabot.store.sqlite import open_store

_TRIES: Final = 5


def lock(data: Path) -> int:
    """Take the tenant's lock; it is freed when the process ends, however it ends.

    Raises:
        TenantBusy: another process has it.
        StoreError: the folder cannot be written.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"{data} cannot be written: {error.strerror}. Check its owner and permissions.") from error
    for _ in range(_TRIES):
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        time.sleep(0.1)  # `wabot status` touches the lock for a moment, to see whether anybody has it
    os.close(descriptor)
    raise TenantBusy(f"another process runs {data.name} on {data}; stop that one first")


async def run(rules: Path, data: Path, options: RunOptions, out: TextIO) -> int:
    """Run one tenant's session; returns the exit code for the supervisor."""
    tenant = rules.resolve().name
    script = ScriptClock() if options.fast else None
    clock: Clock = script or RealClock()
    report: Report = LogReport(tenant)
    if options.show_messages:
        report = Transcript(tenant, clock, out)
    store = open_store(data, tenant)

    async def on_time(at: int) -> None:
        if script is not None:
            await session.play_until(at, script.set)
            script.set(at)

    def make_channel(live: LiveRules) -> Channel:
        shop = live.rule_set().tenant
        if isinstance(report, Transcript):
            report.zone = shop.timezone
        if options.channel == "simulator":
            from wabot.channel.simulator import SimulatorChannel

            return SimulatorChannel(
                Path(options.sim),
                tenant,
                shop.timezone,
                clock,
                until_idle=options.until_idle,
                on_time=on_time if script is not None else None,
                complain=lambda text: report.note(text, level="warning"),
            )
        from wabot.channel.neonize import NeonizeChannel
        from wabot.channel.neonize.qr import TerminalQR

        proxy = os.environ.get("WABOT_WHATSAPP_PROXY", "")
        return NeonizeChannel(data / "keys.db", shop.phone, clock, TerminalQR(out, tenant), proxy=proxy)

    session = Session(Place(rules, data), store, make_channel, clock, report, hurry=options.fast, scripted=options.fast)
    _stop_on_signals(session.stop)
    try:
        sound = await session.run(wait_for_rules=not options.until_idle)
    finally:
        await store.close()
    if not sound:
        return NO_RULES
    return NEEDS_A_PERSON if session.state.action and session.state.status != "rules_invalid" else DONE


def _stop_on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    if not sys.stdin.isatty():

        def gone() -> None:
            if not os.read(0, 1024):
                loop.remove_reader(0)
                stop()

        loop.add_reader(0, gone)


def main() -> None:
    """The process's entry point; never returns."""
    rules, data, options = Path(sys.argv[1]), Path(sys.argv[2]), RunOptions.parse(sys.argv[3])
    out = sys.stdout
    if options.channel == "neonize":
        from wabot.channel.neonize.quiet import quiet

        out, _ = quiet()
    configure(options.log_format)
    report = LogReport(rules.resolve().name)
    code = 1
    try:
        lock(data)
        code = asyncio.run(run(rules, data, options, out))
    except TenantBusy as error:
        report.note(str(error), level="error")
        code = BUSY
    except WabotError as error:
        report.note(str(error), level="error")
    except Exception as error:  # the supervisor starts it again; the log must say why it had to
        report.note("the session crashed", level="error", error=repr(error))
        if os.environ.get("WABOT_DEBUG"):
            raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # An unfinished pairing leaves a Go thread behind that would keep the process alive for ever.
        os._exit(code)


if __name__ == "__main__":
    main()
