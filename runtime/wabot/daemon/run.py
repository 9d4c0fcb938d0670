"""`wabot run`, from the folder of rules to the supervisor."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from wabot.daemon import sentry
from wabot.daemon.forking import Forking
from wabot.daemon.logs import configure
from wabot.daemon.options import RunOptions
from wabot.daemon.patience import policy
from wabot.daemon.presence import check_free, check_writable
from wabot.daemon.serving import serving
from wabot.daemon.settings import SETTINGS, Found, Settings
from wabot.daemon.starting import Spawning
from wabot.daemon.structured import structlog
from wabot.daemon.supervisor import Supervisor
from wabot.daemon.tenant_log import keep_by_tenant
from wabot.daemon.watching import watching
from wabot.language.folders import find_tenants
from wabot.model.errors import UsageError, WabotError
from wabot.model.failure import place_of


def run(rules: Path, found_settings: Found, options: RunOptions) -> int:
    """Run every tenant in `rules` until told to stop; returns the exit code.

    Raises:
        UsageError: there is nothing at `rules`, or it holds no tenant; or an extra is missing that a setting needs.
        WabotError: the data folder, or that of the simulator, cannot be used; or another daemon runs them all.
    """
    settings = found_settings.settings
    data = Path(settings.data)
    found = find_tenants(rules)
    if not found.folders:
        raise UsageError(f"{rules}: {found.diagnostics[0].message}; {found.diagnostics[0].hint}")
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WabotError(f"{data} cannot be made: {error.strerror}. Name another with --data.") from error
    check_writable(data)
    tenants = [folder.resolve().name for folder in found.folders]
    check_free(data, tenants)
    if options.sim:
        _check_sim(Path(options.sim), tenants)
    # What is settled here is what every session inherits: secrets, too, which would be seen among its arguments.
    for name in ("WABOT_NODE", *(f"{setting.name}_FILE" for setting in SETTINGS if setting.secret)):
        os.environ.pop(name, None)
    os.environ.update(settings.environment())
    sentry.start(settings.sentry_dsn)
    configure(settings.log_format, settings.log_level, keep=keep_by_tenant(data), crashes=bool(settings.sentry_dsn))
    log: Any = structlog.get_logger()
    for odd in found_settings.warnings:
        log.warning(odd)
    try:
        return asyncio.run(_run(rules, tenants, settings, options))
    except WabotError:
        raise
    except Exception as error:
        log.error("the daemon crashed", error=place_of(error))
        sentry.flush()
        raise


def _check_sim(sim: Path, tenants: Sequence[str]) -> None:
    try:
        sim.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WabotError(f"{sim} cannot be made: {error.strerror}. Name another with --sim.") from error
    for name in tenants:
        out = sim / f"{name}.out.jsonl"
        if not (os.access(out, os.R_OK | os.W_OK) if out.exists() else os.access(sim, os.W_OK | os.X_OK)):
            raise WabotError(
                f"{out} cannot be written. Check the owner and permissions of {sim}, or name another with --sim."
            )


async def _run(rules: Path, tenants: Sequence[str], settings: Settings, options: RunOptions) -> int:
    data, patience = Path(settings.data), policy(os.environ)
    if options.fast:  # a rehearsal calls nobody
        settings = replace(settings, webhook="")
    async with AsyncExitStack() as stack:
        overview = await stack.enter_async_context(watching(settings, data, tenants))
        await stack.enter_async_context(serving(settings, rules, data, patience, overview.api_stands))
        starter = Forking(options.channel) if settings.start == "fork" else Spawning()
        try:
            return await Supervisor(rules, data, options, patience, overview.heard, starter=starter).run()
        finally:
            await starter.close()
