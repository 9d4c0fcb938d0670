"""`wabot chat`: you are the customer, in a terminal, over the same pipeline as the daemon's."""

from pathlib import Path
from typing import Annotated

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import say
from wabot.cli.tenants import choose
from wabot.model.errors import UsageError


def chat(
    path: Annotated[
        Path | None, typer.Argument(help="A folder of tenants, or a tenant's folder.", show_default="./rules")
    ] = None,
    tenant: Annotated[str, typer.Option("--tenant", help="Whom to write to; needed when there are several.")] = "",
    name: Annotated[str, typer.Option(help="Your name as a customer.")] = "Budi",
    fast: Annotated[bool, typer.Option("--fast", help="Skip the delays.")] = False,
) -> None:
    """Write to a tenant as a customer. Commands: /at 22:00, /who NAME, /trace, /help, /quit."""
    chosen = choose(path, [tenant] if tenant else ())
    if len(chosen.tenants) > 1:
        names = ", ".join(loaded.tenant_id for loaded in chosen.tenants)
        raise UsageError(f"there are several tenants; choose one with --tenant: {names}")
    errors = [item for item in chosen.diagnostics if item.severity == "error"]
    if errors or not chosen.tenants:
        for item in errors:
            say(render.finding(item) + "\n")
        raise typer.Exit(FINDINGS)

    import asyncio

    from wabot.cli.talking import talk

    asyncio.run(talk(chosen.tenants[0], name, hurry=fast))
    raise typer.Exit(CLEAN)
