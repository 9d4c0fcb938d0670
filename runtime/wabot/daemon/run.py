"""`wabot run`, from the folder of rules to the supervisor."""

import asyncio
import os
from pathlib import Path

from wabot.daemon.logs import configure
from wabot.daemon.options import RunOptions
from wabot.daemon.patience import policy
from wabot.daemon.restart import Policy
from wabot.daemon.supervisor import Supervisor
from wabot.daemon.tenant_log import keep_by_tenant
from wabot.language.folders import find_tenants
from wabot.model.errors import UsageError, WabotError


def run(rules: Path, data: Path, options: RunOptions) -> int:
    """Run every tenant in `rules` until told to stop; returns the exit code.

    Raises:
        UsageError: there is nothing at `rules`, or it holds no tenant.
        WabotError: the data folder cannot be used.
    """
    patience = policy(os.environ)
    found = find_tenants(rules)
    if not found.folders:
        raise UsageError(f"{rules}: {found.diagnostics[0].message}; {found.diagnostics[0].hint}")
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WabotError(f"{data} cannot be made: {error.strerror}. Name another with --data.") from error
    configure(options.log_format, keep=keep_by_tenant(data))
    return asyncio.run(_supervise(rules, data, options, patience))


async def _supervise(rules: Path, data: Path, options: RunOptions, patience: Policy) -> int:
    return await Supervisor(rules, data, options, patience).run()
