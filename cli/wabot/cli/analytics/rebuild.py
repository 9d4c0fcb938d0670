"""`wabot analytics rebuild`: count everything anew from the messages."""

import typer

from wabot.cli import render
from wabot.cli.analytics.options import HERE, Data, Output, Tenants
from wabot.cli.analytics.shops import Unread, exit_code, figures_of_tenants
from wabot.cli.output import Format, say
from wabot.cli.stored import when


def rebuild(data: Data = HERE, tenant: Tenants = None, output: Output = Format.text) -> None:
    """Count all figures anew from the messages, as far back as messages are kept. It comes to the same figures, and is
    only needed where somebody has changed a store by hand."""
    shops = figures_of_tenants(data, tenant or (), anew=True)
    if output is Format.json:
        rows = [
            {"tenant": one.tenant, "error": one.error}
            if isinstance(one, Unread)
            else {"tenant": one.tenant, "counted_at": one.known.counted_at, "notes": list(one.notes)}
            for one in shops
        ]
        say(render.as_json({"tenants": rows}))
    else:
        lines = []
        for one in shops:
            if isinstance(one, Unread):
                lines.append(f"{one.tenant}: {one.error}")
                continue
            days = f"{one.known.first} to {one.known.last}" if one.known.first else "no messages yet"
            lines += [f"{one.tenant}: counted anew at {when(one.known.counted_at)}: {days}", *one.notes]
        say("\n".join(lines) or f"nothing is stored in {data} yet")
    raise typer.Exit(exit_code(shops))
