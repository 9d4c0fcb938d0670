"""`wabot reload`: the running daemon reads everything anew."""

import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from wabot.cli.exit_codes import CLEAN
from wabot.cli.output import say
from wabot.cli.stored import DATA_HELP
from wabot.model.errors import UsageError, WabotError


def reload(data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data")) -> None:
    """Tell the daemon to read all rules, to look for tenants that came or went, and to try again what it holds back."""
    from wabot.daemon.presence import find_daemon

    daemon = find_daemon(data)
    if daemon is None:
        raise UsageError(f"no daemon works on {data}; `wabot run` starts one, or name another folder with --data")
    try:
        os.kill(daemon.pid, signal.SIGHUP)
    except PermissionError as error:
        raise WabotError(f"the daemon (process {daemon.pid}) belongs to another user; be that user, or root") from error
    say(f"told the daemon (process {daemon.pid}); `wabot status` shows what came of it")
    raise typer.Exit(CLEAN)
