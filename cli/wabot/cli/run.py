"""`wabot run`: the daemon."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wabot.cli.tenants import DEFAULT
from wabot.model.errors import UsageError


class ChannelKind(StrEnum):
    neonize = "neonize"
    simulator = "simulator"


class LogKind(StrEnum):
    text = "text"
    json = "json"


class LogLevel(StrEnum):
    debug = "debug"
    info = "info"
    warning = "warning"
    error = "error"


def run(
    path: Annotated[
        Path | None, typer.Argument(help="A folder of tenants, or a tenant's folder.", show_default="./rules")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Where each tenant's messages and WhatsApp keys are kept.", show_default="data"),
    ] = None,
    channel: Annotated[ChannelKind, typer.Option(help="WhatsApp, or customers from files.")] = ChannelKind.neonize,
    sim: Annotated[
        Path | None, typer.Option(help="With --channel simulator: the folder of TENANT.in.jsonl and TENANT.out.jsonl.")
    ] = None,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="Simulator: end when all is answered and sent.")
    ] = False,
    fast: Annotated[
        bool, typer.Option("--fast", help="Simulator: no delays; the clock follows each line's `at`.")
    ] = False,
    show_messages: Annotated[
        bool, typer.Option("--show-messages", help="Print what customers write and hear (logs never hold it).")
    ] = False,
    log_format: Annotated[
        LogKind | None, typer.Option(help="Log lines for people or for machines.", show_default="text")
    ] = None,
    log_level: Annotated[
        LogLevel | None, typer.Option(help="The least level that is logged.", show_default="info")
    ] = None,
    log_messages: Annotated[
        bool, typer.Option("--log-messages", help="Log what customers write and are answered.")
    ] = False,
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Serve /healthz, /readyz and /metrics here.")
    ] = None,
    api: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Serve REST and Socket.IO here, for the team's front end.")
    ] = None,
    node: Annotated[
        Path | None, typer.Option(help="The file with the node's settings.", show_default="$WABOT_NODE")
    ] = None,
) -> None:
    """Answer customers by the rules, live; follow changes of the rules; stop on SIGTERM or Ctrl-C."""
    if channel is ChannelKind.simulator and sim is None:
        raise UsageError("--channel simulator needs --sim FOLDER, with a TENANT.in.jsonl in it")
    if channel is not ChannelKind.simulator:
        for flag, given in (("--sim", sim), ("--until-idle", until_idle), ("--fast", fast)):
            if given:
                raise UsageError(f"{flag} goes with --channel simulator")
    if path is None and not DEFAULT.exists():
        raise UsageError("there is no folder ./rules here; name the folder that holds your tenants")

    from wabot.daemon.options import RunOptions
    from wabot.daemon.run import run as start
    from wabot.daemon.settings import read_settings

    flags = {
        "data": data,
        "log_format": log_format,
        "log_level": log_level,
        "log_messages": log_messages or None,
        "listen": listen,
        "api": api,
    }
    found = read_settings(flags, os.environ, node)

    options = RunOptions(
        channel=channel.value,
        sim=str(sim.resolve()) if sim is not None else "",
        until_idle=until_idle,
        fast=fast,
        show_messages=show_messages,
    )
    raise typer.Exit(start(path or DEFAULT, found, options))
