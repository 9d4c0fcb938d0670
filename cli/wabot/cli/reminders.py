"""`wabot reminders`: what goes out at a time, what became of it, and cancelling one."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.nudging import nudge
from wabot.cli.output import Format, complain, say, style
from wabot.cli.stored import DATA_HELP, in_a_line, missing, stored_tenants, when
from wabot.cli.table import table
from wabot.model.errors import UsageError
from wabot.model.stored import StoredFollowUp
from wabot.session.clock import RealClock

_SHOWN: Final = 7 * 86_400_000
_HEAD: Final = ("id", "status", "due", "chat", "by", "text", "why")


class Order(StrEnum):
    list = "list"
    cancel = "cancel"


def reminders(
    order: Annotated[Order, typer.Argument(help="What to do: list, cancel ID.")] = Order.list,
    reminder: Annotated[str, typer.Argument(metavar="[ID]", help="The reminder's id, as listed.")] = "",
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """List reminders and rules' follow-ups: pending, and what became of those of the last 7 days; or cancel one."""
    folders = stored_tenants(data, tenant or ())
    if order is Order.list:
        if reminder:
            raise UsageError("`wabot reminders` lists; to cancel one, `wabot reminders cancel ID`")
        _list(folders, data, output)
        raise typer.Exit(CLEAN)
    if not reminder:
        raise UsageError("`wabot reminders cancel` needs an id; `wabot reminders` lists them")
    folder, before = _find(folders, reminder, data)
    done = _cancel(folder, before)
    after = _find([folder], reminder, data)[1]
    if output is Format.json:
        why = None if done else f"it is {after.status}"
        say(render.as_json({"tenant": folder.name, "done": done, **_as_data(after), "why": why or after.why}))
    elif done:
        say(f"{folder.name}  {reminder}  to {after.chat}: cancelled; the customer does not get it")
    else:
        complain(f"wabot: nothing is done: only one that is pending can be cancelled; this one is {after.status}")
    raise typer.Exit(CLEAN if done else FINDINGS)


def _cancel(folder: Path, before: StoredFollowUp) -> bool:
    """Also one that stands in the outbox already, but has not gone out."""
    from wabot.store.sqlite import cancel, cancel_follow_up

    done = cancel_follow_up(folder, folder.name, before.id, RealClock().now()) or cancel(folder, folder.name, before.id)
    if done:
        nudge(folder)
    return done


def _find(folders: Sequence[Path], reminder: str, data: Path) -> tuple[Path, StoredFollowUp]:
    known: set[str] = set()
    for folder in folders:
        for item in _stored(folder, 0):
            if item.id == reminder:
                return folder, item
            known.add(item.id)
    raise missing("reminder", reminder, str(data), known)


def _stored(folder: Path, since: int) -> list[StoredFollowUp]:
    from wabot.store.sqlite import reading

    with reading(folder, folder.name) as store:
        return store.follow_ups(since)


def _list(folders: Sequence[Path], data: Path, output: Format) -> None:
    listed = [(folder.name, _stored(folder, RealClock().now() - _SHOWN)) for folder in folders]
    if output is Format.json:
        rows = [{"tenant": name, **_as_data(item)} for name, items in listed for item in items]
        say(render.as_json({"reminders": rows}))
    else:
        parts = ["\n".join(_table(name, items)) for name, items in listed]
        say("\n\n".join(parts) or f"nothing is stored in {data} yet")


def _table(tenant: str, items: list[StoredFollowUp]) -> Iterator[str]:
    pending = sum(item.status == "pending" for item in items)
    yield f"{style(tenant, bold=True)}  {pending} pending"
    if items:
        yield from table(_HEAD, [_row(item) for item in items], flexible=(5, 6))


def _row(item: StoredFollowUp) -> tuple[str, ...]:
    text = in_a_line(item.text)[:60]
    return item.id, item.status, when(item.due), item.chat, item.rule or "(a person)", text, in_a_line(item.why)


def _as_data(item: StoredFollowUp) -> dict[str, Any]:
    return {
        "id": item.id,
        "chat": item.chat,
        "rule": item.rule or None,
        "text": item.text,
        "due": item.due,
        "created": item.created,
        "status": item.status,
        "why": item.why or None,
        "closed": item.closed,
    }
