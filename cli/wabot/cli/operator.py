"""`wabot operator`: the people who answer for a tenant. Working data only: whom chats go to. No accounts."""

import json
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, cast

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.kept import live_rules
from wabot.cli.nudging import nudge
from wabot.cli.output import Format, complain, say, style
from wabot.cli.shop import chooser, named, one_tenant, people_of
from wabot.cli.stored import DATA_HELP, stored_tenants, when
from wabot.cli.table import cut, table
from wabot.model.errors import UsageError
from wabot.model.people import Availability, Operator, Role
from wabot.model.stored import StoredOperator
from wabot.model.visible import visible
from wabot.session.clock import RealClock

_HEAD: Final = (
    "e-mail",
    "name",
    "role",
    "status",
    "chats",
    "teams",
    "hours",
    "settled",
    "sent",
    "answers after",
    "seen",
)
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_LONGEST: Final = 100
"""Characters of a name."""
_LONGEST_EMAIL: Final = 254
_DAYS: Final = "mon|tue|wed|thu|fri|sat|sun"
_HOURS: Final = re.compile(rf"({_DAYS})(-({_DAYS}))?:? +(\d\d:\d\d-\d\d:\d\d)(( *, *| +)\d\d:\d\d-\d\d:\d\d)*")
_SPAN: Final = re.compile(r"\d\d:\d\d-\d\d:\d\d")


class Order(StrEnum):
    list = "list"
    add = "add"
    set = "set"
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
        Order, typer.Argument(help="What to do: list, add E-MAIL, set E-MAIL, remove E-MAIL.")
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
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """List the people who answer, add one, change one (who is online, say), or remove one."""
    if order is Order.list:
        _list([one_tenant(data, tenant)] if tenant else stored_tenants(data), output)
        raise typer.Exit(CLEAN)
    if not email:
        raise UsageError(f"`wabot operator {order}` needs an e-mail address")
    folder, now = one_tenant(data, tenant), RealClock().now()
    rule_set = live_rules(folder)
    written = None if hours is None else _hours(hours)
    wanted = None if teams is None else _teams(teams, None if rule_set is None else rule_set.tenant.teams)
    choose = chooser(rule_set, now)
    if order is Order.add:
        from wabot.store.sqlite import add_operator

        new = Operator(
            email=_email(email),
            name=_name(name) or email.split("@")[0],
            role=cast("Role", str(role or "operator")),
            status=cast("Availability", str(status or "offline")),
            capacity=10 if most is None else most,
            hours=written or "",
            teams=wanted or frozenset(),
        )
        if not add_operator(folder, folder.name, new, choose, now):
            complain(f"wabot: {folder.name} has an operator {new.email} already; `wabot operator set` changes them")
            raise typer.Exit(FINDINGS)
        nudge(folder)
        _told(folder, new.email, "added", output)
        raise typer.Exit(CLEAN)
    found = named(folder, email).email
    if order is Order.remove:
        from wabot.store.sqlite import remove_operator

        remove_operator(folder, folder.name, found, choose, now)
        nudge(folder)
        say(render.as_json({"tenant": folder.name, "removed": found}) if output is Format.json else f"{found}: removed")
        raise typer.Exit(CLEAN)
    from wabot.store.sqlite import Change, change_operator

    change = Change(
        name=None if name is None else _name(name),
        role=None if role is None else cast("Role", str(role)),
        status=None if status is None else cast("Availability", str(status)),
        capacity=most,
        hours=written,
        teams=wanted,
    )
    if change == Change():
        raise UsageError("say what to change: --status, --max, --hours, --teams, --role or --name")
    change_operator(folder, folder.name, found, change, choose, now)
    nudge(folder)
    _told(folder, found, "changed", output)
    raise typer.Exit(CLEAN)


def _email(word: str) -> str:
    if len(word) > _LONGEST_EMAIL or visible(word) != word or not _EMAIL.fullmatch(word):
        raise UsageError(f"`{cut(word, _LONGEST)}` is no e-mail address")
    return word.lower()


def _name(word: str | None) -> str:
    name = (word or "").strip()
    if len(name) > _LONGEST:
        raise UsageError(f"a name has at most {_LONGEST} characters, not {len(name):,}")
    if "\n" in name or visible(name) != name:
        raise UsageError(f"the name `{name}` holds control characters")
    return name


def _teams(written: str, known: Sequence[str] | None) -> frozenset[str]:
    wanted = frozenset(part for part in re.split(r"[,\s]+", written) if part)
    if known is not None and (strange := sorted(wanted - set(known))):
        raise UsageError(f"tenant.yaml has no team `{strange[0]}`; there are: {', '.join(known) or 'none'}")
    return wanted


def _hours(written: Sequence[str]) -> str:
    """The spans as `Operator.hours` has them."""
    from wabot.language.hours import read_weekly

    if list(written) == ["always"]:
        return ""
    weekly: dict[str, list[str]] = {}
    for text in written:
        if not _HOURS.fullmatch(text.strip()):
            raise UsageError(f"--hours needs days and times such as 'mon-fri 09:00-12:00,13:00-17:00', not `{text}`")
        days = re.split(r"[: ]", text.strip(), maxsplit=1)[0]
        weekly.setdefault(days, []).extend(_SPAN.findall(text))
    try:
        read_weekly(weekly)
    except ValueError as error:
        raise UsageError(f"--hours: {error}") from None
    return json.dumps(weekly)


def _told(folder: Path, email: str, what: str, output: Format) -> None:
    (one,) = (one for one in people_of(folder) if one.operator.email == email)
    if output is Format.json:
        say(render.as_json({"tenant": folder.name, **_data(one)}))
    else:
        who = one.operator
        say(f"{folder.name}  {email}: {what}; {who.role}, {who.status}, {who.open_chats} of {who.capacity} chats")


def _list(folders: Sequence[Path], output: Format) -> None:
    listed = [(folder.name, people_of(folder), _missed(folder)) for folder in folders]
    if output is Format.json:
        rows = [{"tenant": name, **_data(one)} for name, people, _ in listed for one in people]
        nobody = [{"tenant": name, "rule": rule, "to": to} for name, _, missed in listed for rule, to in missed]
        say(render.as_json({"operators": rows, "nobody": nobody}))
        return
    parts = ["\n".join([*_table(name, people), *map(_warning, missed)]) for name, people, missed in listed]
    say("\n\n".join(parts) or "nothing is stored there yet")


def _missed(folder: Path) -> list[tuple[str, str]]:
    """The rules that call somebody who is not among the operators, and whom."""
    from wabot.engine.assignment import uncalled

    rule_set = live_rules(folder)
    people = [one.operator for one in people_of(folder)]
    return [] if rule_set is None else uncalled(rule_set, people)


def _warning(missed: tuple[str, str]) -> str:
    rule, to = missed
    return style(
        f"  the rule {rule} calls {to}, and nobody here is that: its chats wait for a person's order", fg="yellow"
    )


def _table(tenant: str, people: Sequence[StoredOperator]) -> Iterator[str]:
    yield f"{style(tenant, bold=True)}  {render.plural(len(people), 'operator')}"
    if people:
        yield from table(_HEAD, [_row(one) for one in people], flexible=(0, 1, 6))


def _row(one: StoredOperator) -> tuple[str, ...]:
    who = one.operator
    weekly = json.loads(who.hours) if who.hours else {}
    return (
        who.email,
        who.name,
        who.role,
        who.status,
        f"{who.open_chats}/{who.capacity}",
        " ".join(sorted(who.teams)),
        "; ".join(f"{days} {','.join(spans)}" for days, spans in weekly.items()),
        str(one.handled),
        str(one.sent),
        "" if one.answers_after is None else _long(one.answers_after),
        when(one.seen, seconds=False),
    )


def _long(milliseconds: int) -> str:
    from wabot.engine.gates import clock

    return clock(milliseconds // 1_000 * 1_000)


def _data(one: StoredOperator) -> dict[str, Any]:
    who = one.operator
    return {
        "email": who.email,
        "name": who.name,
        "role": who.role,
        "status": who.status,
        "max_concurrent_chats": who.capacity,
        "open_chats": who.open_chats,
        "teams": sorted(who.teams),
        "working_hours": json.loads(who.hours) if who.hours else None,
        "last_assigned_at": who.last_assigned,
        "last_seen_at": one.seen,
        "total_chats_handled": one.handled,
        "total_messages_sent": one.sent,
        "average_first_answer_ms": one.answers_after,
    }
