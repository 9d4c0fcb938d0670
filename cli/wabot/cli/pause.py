"""`wabot pause` and `wabot resume`: the bot is silent for a whole tenant or in one chat, and speaks again."""

import re
from pathlib import Path
from typing import Annotated

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN
from wabot.cli.nudging import nudge
from wabot.cli.output import Format, say
from wabot.cli.stored import DATA_HELP, find_chat, paused, paused_as_data, stored_tenants
from wabot.language.read import duration
from wabot.model.errors import UsageError
from wabot.model.stored import FOREVER
from wabot.session.clock import RealClock

_Word = Annotated[str, typer.Argument(metavar="TENANT|CHAT", help="A tenant, or a chat (or its customer's number).")]
_Data = Annotated[Path, typer.Option(help=DATA_HELP)]
_Tenant = Annotated[str, typer.Option(help="The tenant of the chat; then the word is a chat.")]
_Output = Annotated[Format, typer.Option("--format", help="For people or for machines.")]


def pause(
    word: _Word,
    long: Annotated[
        str, typer.Option("--for", metavar="2h", help="How long: 30m, 2h, 1d. Without it, until resumed.")
    ] = "",
    data: _Data = Path("data"),
    tenant: _Tenant = "",
    output: _Output = Format.text,
) -> None:
    """Keep the bot silent, for a tenant or in one chat. Messages are still stored."""
    now = RealClock().now()
    if long and not re.fullmatch(r"([0-9]{1,6}[smhd])+", long):
        raise UsageError(f"--for needs a time such as 30m, 2h or 1h30m, not `{long}`")
    if long and not duration(long):
        raise UsageError("--for needs a time that is longer than nothing; `wabot resume` ends a pause")
    until = min(now + duration(long), FOREVER) if long else FOREVER
    _do(word, until, now, data, tenant, output)


def resume(word: _Word, data: _Data = Path("data"), tenant: _Tenant = "", output: _Output = Format.text) -> None:
    """Let the bot speak again, for a tenant or in one chat."""
    _do(word, None, RealClock().now(), data, tenant, output)


def _do(word: str, until: int | None, now: int, data: Path, tenant: str, output: Format) -> None:
    from wabot.store.sqlite import pause_chat, pause_tenant

    tenants = {folder.name: folder for folder in stored_tenants(data)}
    if word in tenants and not tenant:
        folder, chat = tenants[word], ""
        pause_tenant(folder, folder.name, until)
    else:
        folder, chat = find_chat(word, data, (tenant,) if tenant else (), set() if tenant else tenants.keys())
        pause_chat(folder, folder.name, chat, until, now)
    nudge(folder)
    if output is Format.json:
        say(render.as_json({"tenant": folder.name, "chat": chat or None, **paused_as_data(until, now)}))
    else:
        whom = f"{folder.name}, chat {chat}" if chat else folder.name
        silent = paused(until, now)
        say(f"{whom}: " + (f"the bot is silent {silent}" if silent else "the bot answers"))
    raise typer.Exit(CLEAN)
