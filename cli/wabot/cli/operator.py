"""`wabot operator`: the people who answer for a tenant: whom chats go to, and who has access by the API."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.kept import live_rules
from wabot.cli.nudging import nudge
from wabot.cli.output import Format, complain, say
from wabot.cli.shop import chooser, one_tenant
from wabot.cli.staff import orders, shown, typed
from wabot.cli.stored import DATA_HELP, stored_tenants
from wabot.model.errors import UsageError
from wabot.model.people import Availability, Operator, Role, name_from
from wabot.session.clock import RealClock


class Order(StrEnum):
    list = "list"
    add = "add"
    set = "set"
    disable = "disable"
    enable = "enable"
    reset = "reset"
    remove = "remove"


class As(StrEnum):
    owner = "owner"
    admin = "admin"
    supervisor = "supervisor"
    operator = "operator"
    viewer = "viewer"


class Status(StrEnum):
    online = "online"
    away = "away"
    busy = "busy"
    offline = "offline"


def operator(
    order: Annotated[
        Order, typer.Argument(help="What to do: list, or add, set, disable, enable, reset or remove E-MAIL.")
    ] = Order.list,
    email: Annotated[str, typer.Argument(metavar="[E-MAIL]", help="Whom.")] = "",
    tenant: Annotated[str, typer.Option(help="Whose operators; needed when there are several tenants.")] = "",
    name: Annotated[
        str | None, typer.Option(help="What they are called; without it, what stands before the @.")
    ] = None,
    role: Annotated[As | None, typer.Option(help="A viewer is given no chats. [default for add: operator]")] = None,
    status: Annotated[Status | None, typer.Option(help="Chats go to who is online. [default for add: offline]")] = None,
    most: Annotated[
        int | None, typer.Option("--max", min=0, max=1_000, help="Most chats at once. [default for add: 10]")
    ] = None,
    teams: Annotated[str | None, typer.Option(metavar="cs,teknis", help="All their teams; '' for none.")] = None,
    hours: Annotated[
        list[str] | None,
        typer.Option(metavar="'mon-fri 09:00-17:00'", help="Working hours; may be repeated. `always` for all."),
    ] = None,
    can: Annotated[
        list[str] | None, typer.Option(metavar="PERMISSION", help="What they may do, whatever their role.")
    ] = None,
    cannot: Annotated[
        list[str] | None, typer.Option(metavar="PERMISSION", help="What they may not do, whatever their role.")
    ] = None,
    invite_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The page of your front end where invitations are accepted.")
    ] = None,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """List the people who answer; add, change (who is online, say), disable or remove one; or reset their password."""
    if order is Order.list:
        shown.listed([one_tenant(data, tenant)] if tenant else stored_tenants(data), output)
        raise typer.Exit(CLEAN)
    if not email:
        raise UsageError(f"`wabot operator {order}` needs an e-mail address")
    folder, now = one_tenant(data, tenant), RealClock().now()
    rule_set = live_rules(folder)
    choose = chooser(rule_set, now)
    written = None if hours is None else typed.hours_of(hours)
    wanted = None if teams is None else typed.teams_of(teams, None if rule_set is None else rule_set.tenant.teams)
    page = _page(invite_url)
    if order is Order.add:
        new = Operator(
            email=typed.email_of(email),
            name=typed.name_of(name) or name_from(email),
            role=cast("Role", str(role or "operator")),
            status=cast("Availability", str(status or "offline")),
            capacity=10 if most is None else most,
            hours=written or "",
            teams=wanted or frozenset(),
        )
        invited = orders.add(folder, new, can or (), cannot or (), choose, now)
        if invited is None:
            complain(f"wabot: {folder.name} has an operator {new.email} already; `wabot operator set` changes them")
            raise typer.Exit(FINDINGS)
        shown.told(folder, new.email, "added", output, invited, page)
    elif order is Order.set:
        from wabot.store.sqlite import Change

        change = Change(
            name=None if name is None else typed.name_of(name),
            role=None if role is None else cast("Role", str(role)),
            status=None if status is None else cast("Availability", str(status)),
            capacity=most,
            hours=written,
            teams=wanted,
        )
        shown.told(
            folder, orders.change(folder, email, change, can or (), cannot or (), choose, now), "changed", output
        )
    elif order is Order.disable:
        shown.told(folder, orders.disable(folder, email, choose, now), "disabled", output)
    elif order is Order.enable:
        shown.told(folder, orders.enable(folder, email, now), "enabled", output)
    elif order is Order.reset:
        found, again = orders.reset(folder, email, now)
        shown.told(folder, found, "has to choose a password", output, again, page)
    else:
        found = orders.remove(folder, email, choose, now)
        say(render.as_json({"tenant": folder.name, "removed": found}) if output is Format.json else f"{found}: removed")
    nudge(folder)
    raise typer.Exit(CLEAN)


def _page(typed_url: str | None) -> str:
    """The page where invitations are accepted, as it is typed or settled for the node."""
    if typed_url is not None:
        return typed.page_of(typed_url)
    if not any(os.environ.get(name) for name in ("WABOT_INVITE_URL", "WABOT_NODE")):
        return ""
    from wabot.daemon.settings import default_invite_url

    return typed.page_of(default_invite_url(os.environ))
