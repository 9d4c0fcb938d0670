"""The API's process: `python -m wabot.daemon.api_process RULES DATA OPTIONS`, begun by the daemon, which holds the
socket that it listens on. It ends on SIGTERM, once what it answers is answered, or when the pipe on its standard input
closes: that is the daemon's death, whatever killed it."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any, Final

from wabot.api.app import living, make_asgi
from wabot.api.door import open_door
from wabot.api.fences import Fences, Shares, fenced
from wabot.api.house import House
from wabot.api.linking import PART as LINKING
from wabot.api.live.serving import gateway_of
from wabot.api.server import server
from wabot.api.settings import ApiSettings
from wabot.daemon import sentry
from wabot.daemon.api_linking import ApiLinking
from wabot.daemon.discovery import Discovery
from wabot.daemon.line import Line
from wabot.daemon.logs import LogReport, configure
from wabot.daemon.settings import Settings, read_settings
from wabot.model.errors import WabotError
from wabot.model.failure import place_of
from wabot.session.clock import RealClock
from wabot.session.forever import forever

NICE: Final = 5
"""Customers come first: where the processors are full, sessions have their turn before the API."""
_GRACE: Final = 10
"""Seconds that requests under way have to end."""


async def run(rules: Path, data: Path, options: dict[str, Any], settings: Settings, line: Line) -> None:
    """Serve until told to stop; the daemon is told on the `line` when requests are taken."""
    loop, report = asyncio.get_running_loop(), LogReport("")
    discovery = Discovery(rules, data)
    clock, fences = RealClock(), _fences(settings)
    door = open_door(data, clock, secret=settings.api_secret.reveal())
    settled = ApiSettings(settings.invite_url, settings.api_media_hosts, settings.api_private_networks)
    house = House(data, lambda: discovery.tenants, clock, door, settings=settled, report=report)
    house.parts[LINKING] = ApiLinking(data, lambda: discovery.tenants)
    house.shares = Shares(fences, house.clock)
    app = fenced(make_asgi(house), fences, house.clock, report.note)
    serving = server(app, timeout_graceful_shutdown=_GRACE)
    serving.serves = lambda: line.tell("serving")

    def stop() -> None:
        serving.should_exit = True
        gateway_of(house).release()

    def gone() -> None:
        if not os.read(0, 1024):
            loop.remove_reader(0)
            stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    loop.add_reader(0, gone)
    beside = [
        asyncio.create_task(line.beat(options["beat"])),
        asyncio.create_task(forever(lambda: _follow(discovery), report.note, "following tenants")),
    ]
    try:
        async with living(house):
            await serving.serve([socket.socket(fileno=options["listening"])])
    finally:
        for task in beside:
            task.cancel()


async def _follow(discovery: Discovery) -> None:
    async for _ in discovery.changes():
        pass


def main() -> None:
    """The process's entry point."""
    rules, data, options = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
    settings, line = read_settings({}, os.environ).settings, Line(options["line"])
    os.nice(NICE)
    configure(settings.log_format, settings.log_level, crashes=bool(settings.sentry_dsn))
    sentry.start(settings.sentry_dsn)
    try:
        with asyncio.Runner(loop_factory=_loop) as runner:
            runner.run(run(rules, data, options, settings, line))
    except WabotError as error:  # what a person must mend: the daemon begins it again meanwhile
        LogReport("").note("the API cannot run", level="error", error=str(error))
        line.tell("failed", why=str(error))
        sys.exit(1)
    except Exception as error:
        LogReport("").note("the API crashed", level="error", error=place_of(error))
        sentry.flush()
        if os.environ.get("WABOT_DEBUG"):
            raise
        sys.exit(1)


def _fences(settings: Settings) -> Fences:
    return Fences(
        per_minute=settings.api_per_minute,
        person_per_minute=settings.api_person_per_minute,
        tenant_per_minute=settings.api_tenant_per_minute,
        sends_per_minute=settings.api_sends_per_minute,
        origins=settings.api_origins,
        proxies=settings.api_proxies,
    )


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


if __name__ == "__main__":
    main()
