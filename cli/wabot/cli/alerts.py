"""`wabot alerts`: what people were to be told, and whether they were; and trying whether an alert arrives."""

import os
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import Format, complain, say, style
from wabot.cli.stored import DATA_HELP, in_a_line, stored_tenants, when
from wabot.cli.table import table
from wabot.model.alert import StoredAlert
from wabot.model.errors import UsageError
from wabot.session.clock import RealClock

_DAY: Final = 86_400_000
_HEAD: Final = ("raised", "status", "tenant", "kind", "times", "text", "why")
_COLOURS: Final = {"open": "yellow", "dead": "red", "delivered": "green"}


class Order(StrEnum):
    list = "list"
    test = "test"


def alerts(
    order: Annotated[Order, typer.Argument(help="What to do: list, or test the webhook.")] = Order.list,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    node: Annotated[
        Path | None, typer.Option(help="With test: the file with the node's settings.", show_default="$WABOT_NODE")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """List alerts that are open, that reached nobody, or were delivered within a day; or post one as a test."""
    if order is Order.test:
        raise typer.Exit(_test(node, output))
    if node is not None:
        raise UsageError("--node goes with `wabot alerts test`")
    found = _stored(data, tenant or [])
    if output is Format.json:
        say(render.as_json({"alerts": [asdict(alert) for alert in found]}))
    else:
        rows = [_row(alert) for alert in found]
        say("\n".join(table(_HEAD, rows, flexible=(5, 6))) if rows else "no alerts")
    raise typer.Exit(CLEAN)


def _stored(data: Path, names: list[str]) -> list[StoredAlert]:
    from wabot.store.sqlite import read_alerts

    since = RealClock().now() - _DAY
    found: list[StoredAlert] = []
    for folder in stored_tenants(data, names):
        found += read_alerts(folder, folder.name, since)
    if (data / "node.db").is_file():
        found += [alert for alert in read_alerts(data, "", since) if not names or alert.tenant in names]
    return sorted(found, key=lambda alert: (alert.raised, alert.id))


def _row(alert: StoredAlert) -> tuple[str, ...]:
    status = style(alert.status, fg=_COLOURS[alert.status])
    times = str(alert.count) if alert.count > 1 else ""
    why = in_a_line(alert.error)
    return when(alert.raised), status, alert.tenant or "(node)", alert.kind, times, in_a_line(alert.text), why


def _test(node: Path | None, output: Format) -> int:
    """Post a test alert with these settings; nothing is stored."""
    import asyncio

    from wabot.daemon.settings import read_settings
    from wabot.daemon.settings.signing import webhook
    from wabot.model.ids import uuid7
    from wabot.session.webhook import NotDelivered

    hook = webhook(read_settings({}, os.environ, node).settings)
    if hook is None:
        raise UsageError("no webhook is set: WABOT_ALERT_WEBHOOK, or `alerts.webhook` in the node file (--node FILE)")
    now = RealClock().now()
    text = "A test, by `wabot alerts test`: alerts arrive here."
    alert = StoredAlert(uuid7(now), "", "test", text, 1, now, "open", 1, now, None, "")
    status, error = 0, ""
    try:
        status = asyncio.run(hook.post(alert, now))
    except NotDelivered as failure:
        error = str(failure)
    if output is Format.json:
        say(render.as_json({"id": alert.id, "delivered": not error, "status": status or None, "error": error}))
    elif error:
        complain(f"wabot: the test alert did not arrive: {error}")
    else:
        say(f"the webhook took the test alert {alert.id} (it answered {status})")
    return FINDINGS if error else CLEAN
