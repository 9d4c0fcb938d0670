"""A session process: `python -m wabot.daemon.child TENANT_FOLDER DATA_FOLDER OPTIONS`.

It ends when told to (SIGTERM, SIGINT), when its channel has nothing more to say, or when the pipe on its standard input
closes: that is the supervisor's death, whatever killed it.
"""

import asyncio
import errno
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO, TypeVar

from wabot.daemon import sentry
from wabot.daemon.handover import HANDED_OVER, is_wanted
from wabot.daemon.line import Line
from wabot.daemon.logs import LogReport, Transcript, configure
from wabot.daemon.opening import crash, opened, watch_file
from wabot.daemon.options import RunOptions
from wabot.daemon.restart import BUSY, DONE, NEEDS_A_PERSON, NO_RULES
from wabot.daemon.settings import Settings, read_settings
from wabot.daemon.settings.encryption import encryption_key
from wabot.daemon.settings.shop_secrets import orders_secret
from wabot.daemon.settings.signing import webhook
from wabot.daemon.shop_orders import ShopOrders
from wabot.daemon.tenant_log import TenantLog
from wabot.model.errors import KeysDamaged, StoreError, TenantBusy, WabotError
from wabot.model.failure import place_of
from wabot.model.session import Reload, SessionState
from wabot.ports import Channel, Clock
from wabot.session.clock import RealClock, ScriptClock
from wabot.session.counting import Counting, counting
from wabot.session.defaults import NodeDefaults, loading
from wabot.session.deliverer import delivering
from wabot.session.jobs import all_jobs
from wabot.session.keys_backup import KeysBackup
from wabot.session.live import LiveRules
from wabot.session.locked import hold
from wabot.session.neighbours import neighbours
from wabot.session.orders import Orders
from wabot.session.report import Report
from wabot.session.session import Place, Session
from wabot.store.keeping.layout import KEYS
from wabot.store.keeping.mending import ended, met

Result = TypeVar("Result")


def to_its_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it as `asyncio.run` does, which at the end waits for every thread, though: a pairing that nobody finished has
    left one that never ends. To be followed by `os._exit`."""
    return asyncio.new_event_loop().run_until_complete(work)


def lock(data: Path) -> int:
    """Take the tenant's lock; it is freed when the process ends, however it ends.

    Raises:
        TenantBusy: another process has it.
        StoreError: the folder cannot be written.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        held = hold(descriptor)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreError(f"{data} cannot be written: the disk is full. Free some space, then try again.") from error
        raise StoreError(f"{data} cannot be written: {error.strerror}. Check its owner and permissions.") from error
    if held:
        return descriptor
    os.close(descriptor)
    raise TenantBusy(f"another process runs {data.name} on {data}; stop that one first")


async def run(rules: Path, data: Path, options: RunOptions, settings: Settings, out: TextIO) -> int:
    """Run one tenant's session; returns the exit code for the supervisor."""
    tenant = rules.resolve().name
    script = ScriptClock() if options.fast else None
    clock: Clock = script or RealClock()
    report: Report = LogReport(tenant, messages=settings.log_messages)
    if options.show_messages:
        report = Transcript(tenant, clock, out)
    line = Line(options.line)
    beating = asyncio.create_task(line.beat(options.beat))
    key = encryption_key(settings)
    store = await opened(data, tenant, clock, report, key)
    watching = asyncio.create_task(watch_file(data, report))
    built_from: list[tuple[str, str]] = []
    """The number and the time zone that the channel was made with: when they change, only a new session has them."""

    async def on_time(at: int) -> None:
        if script is not None:
            await session.play_until(at, script.set)
            script.set(at)

    def make_channel(live: LiveRules) -> Channel:
        shop = live.rule_set().tenant
        built_from.append((shop.phone, str(shop.timezone)))
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
        from wabot.channel.neonize.channel import NeonizeChannel
        from wabot.channel.neonize.qr import TerminalQR

        return NeonizeChannel(
            data / KEYS,
            shop.phone,
            clock,
            TerminalQR(out, tenant) if out.isatty() else None,
            proxy=settings.proxy,
            complain=lambda text: report.note(text, level="warning"),
            find=live.file,
        )

    def news(what: SessionState | Reload) -> None:
        line.tell("state" if isinstance(what, SessionState) else "reload", **asdict(what))
        if isinstance(what, SessionState) and isinstance(told, Counting):
            told.stands(what.status)
        if isinstance(what, Reload) and what.ok and built_from:
            shop = session.live.rule_set().tenant
            if built_from[0] != (shop.phone, str(shop.timezone)):
                line.tell("anew", why="its number or its time zone has changed")

    load = loading(
        NodeDefaults(settings.enabled, settings.delay, settings.max_per_contact_per_day, settings.max_per_minute)
    )
    told: Report = report
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        stack.callback(beating.cancel)
        stack.callback(watching.cancel)
        if not options.fast:  # a rehearsal calls nobody
            await stack.enter_async_context(delivering(store.alerts, webhook(settings), report))
        if settings.listen:
            told = await stack.enter_async_context(counting(report, clock, line.tell, store.alerts.backlog))
        ask = None if options.fast else ShopOrders(settings.orders_private)
        secret = _orders_secret(tenant, report)
        orders = Orders(store, clock, lambda: session.live.rule_set().tenant, report, ask, secret)
        stack.push_async_callback(orders.stop)
        place = Place(rules, data)
        session = Session(
            place,
            store,
            make_channel,
            clock,
            told,
            hurry=options.fast,
            scripted=options.fast,
            news=news,
            load=load,
            keys=KeysBackup(data, key, lambda found: crash(data, report, found, "WhatsApp keys are")),
            before=orders.before,
            jobs=all_jobs(settings.aggregation),
        )
        stack.enter_context(neighbours(session, place, store, report))
        _stop_on_signals(session.stop)
        wanted = _reload_on_signal(session.live, data, session.stop)
        try:
            sound = await session.run(wait_for_rules=not options.until_idle)
        except KeysDamaged as error:
            met(data, str(error))  # the next start looks for it, however long that takes
            raise
    ended(data)
    if wanted.is_set():
        line.tell("state", **asdict(HANDED_OVER))
        return NEEDS_A_PERSON
    if not sound:
        return NO_RULES
    return NEEDS_A_PERSON if session.state.final else DONE


def _orders_secret(tenant: str, report: Report) -> str:
    """A secret that cannot be read costs the tenant its orders, not its replies."""
    try:
        return orders_secret(tenant).reveal()
    except ValueError as error:
        report.note("the secret for looking up orders cannot be read", level="error", error=str(error))
        return ""


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


def _reload_on_signal(live: LiveRules, data: Path, stop: Callable[[], None]) -> asyncio.Event:
    """Returns what is set once another process wants the tenant: the session stops then."""
    loop, running, wanted = asyncio.get_running_loop(), set[asyncio.Task[None]](), asyncio.Event()

    def reload() -> None:
        if is_wanted(data):
            wanted.set()
            stop()
            return
        task = loop.create_task(live.reload())
        running.add(task)
        task.add_done_callback(running.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
    return wanted


def main() -> None:
    """The process's entry point; never returns."""
    rules, data, options = Path(sys.argv[1]), Path(sys.argv[2]), RunOptions.parse(sys.argv[3])
    out = sys.stdout
    if options.channel == "neonize":
        from wabot.channel.neonize.quiet import quiet

        out, _ = quiet()
    settings = read_settings({}, os.environ).settings
    configure(settings.log_format, settings.log_level, keep=TenantLog(data).keep, crashes=bool(settings.sentry_dsn))
    report = LogReport(rules.resolve().name, messages=settings.log_messages)
    code = 1
    try:
        sentry.start(settings.sentry_dsn, rules.resolve().name)
        if is_wanted(data):
            code = NEEDS_A_PERSON
        else:
            lock(data)
            code = to_its_end(run(rules, data, options, settings, out))
    except TenantBusy as error:
        report.note(str(error), level="error")
        code = BUSY
    except WabotError as error:
        report.note(str(error), level="error")
    except Exception as error:  # the supervisor starts it again; the log must say why it had to
        report.note("the session crashed", level="error", error=place_of(error))
        if os.environ.get("WABOT_DEBUG"):
            raise
    finally:
        sentry.flush()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # the terminal is closed: that is no reason to end otherwise
                stream.flush()
        # An unfinished pairing leaves a Go thread behind that would keep the process alive for ever.
        os._exit(code)


if __name__ == "__main__":
    main()
