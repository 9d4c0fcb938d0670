"""`wabot sessions`: each tenant's link to WhatsApp, in a line."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FAILURE, FINDINGS
from wabot.cli.output import Format, complain, say
from wabot.cli.status import Unreadable, look, runs
from wabot.cli.stored import DATA_HELP, when
from wabot.cli.table import table
from wabot.cli.whose_keys import other_number
from wabot.daemon.presence import find_daemon
from wabot.model.errors import KeysUnusable, StoreError, UsageError
from wabot.model.session import SessionState, Summary
from wabot.session.clock import RealClock
from wabot.store.keeping.layout import KEYS

_STOPPED: Final = SessionState("stopped")
_HEAD: Final = ("tenant", "state", "number", "since", "last seen", "restricted until", "what to do")


def sessions(
    context: typer.Context,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
    follow: Annotated[bool, typer.Option("--watch", help="Show it again whenever it changes; Ctrl-C ends.")] = False,
) -> None:
    """Show each tenant's state, number, since when, when it was last seen, and what to do. Exit 1 unless a daemon lives
    on this data and nobody needs to do anything."""
    if context.invoked_subcommand is not None:
        _hand_on(context, context.invoked_subcommand)
        return
    if follow:
        from wabot.cli.status_watch import watch

        watch(lambda: _followed(data, tenant, output), as_lines=output is Format.json)
    found = [_session(one, data) for one in look(data, tenant)]
    if output is Format.json:
        say(render.as_json({"sessions": [one.as_data() for one in found]}))
    else:
        say("\n".join(_lines(found)) if found else f"nothing is stored in {data} yet")
    raise typer.Exit(_code(found, data))


def _hand_on(context: typer.Context, command: str) -> None:
    """What stands before the command's name is meant for it."""
    given = {
        name for name in context.params if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"
    }
    for name, flag in (("tenant", "--tenant"), ("follow", "--watch")):
        if name in given:
            raise UsageError(f"{flag} goes with `wabot sessions` alone, not with `wabot sessions {command}`")
    known = dict(context.default_map or {})
    known[command] = {**known.get(command, {}), **{name: context.params[name] for name in given}}
    context.default_map = known


@dataclass(frozen=True, slots=True)
class _Session:
    """`number` is the linked one, "" for none; `linked_at`, `since`, `seen` and `until` are UTC milliseconds. At
    `until` the last of what WhatsApp forbids the number ends, the login or chats with new customers; 0: nothing."""

    tenant: str
    state: SessionState = _STOPPED
    number: str = ""
    linked_at: int | None = None
    since: int | None = None
    seen: int | None = None
    error: str = ""
    until: int = 0

    def as_data(self) -> dict[str, Any]:
        if self.error:
            return {"tenant": self.tenant, "error": self.error}
        return {
            "tenant": self.tenant,
            "status": self.state.status,
            "phone": self.number or None,
            "linked_at": self.linked_at,
            "since": self.since,
            "last_seen": self.seen,
            "restricted_until": self.until or None,
            "detail": self.state.detail,
            "action": self.state.action,
        }

    def as_row(self) -> tuple[str, ...]:
        if self.error:
            return (self.tenant, "unreadable", "", "", "", "", self.error)
        until = when(self.until, seconds=False) if self.until else ""
        number = self.number or "not linked"
        since, seen = when(self.since, seconds=False), when(self.seen, seconds=False)
        return (self.tenant, self.state.status, number, since, seen, until, self.state.action)


def _session(found: Summary | Unreadable, data: Path) -> _Session:
    from wabot.channel.neonize.linked import command, read_linked, restore_command
    from wabot.store.sqlite import reading

    folder = data / found.tenant
    if isinstance(found, Unreadable):
        return _Session(found.tenant, error=found.error)
    try:
        linked = read_linked(folder / KEYS)
        last = None
        if (folder / "wabot.db").is_file():
            with reading(folder, folder.name) as store:
                last = store.last_message_at()
    except (StoreError, KeysUnusable, OSError) as error:
        return _Session(found.tenant, error=str(error))
    state, running = found.state, runs(folder)
    if linked is None and not running and not state.action:
        restore = restore_command(folder)
        todo = f"bring its link back: {restore}" if restore else f"link its phone: {command('pair', folder)}"
        state = SessionState(state.status, state.detail, todo)
    if linked is not None and (wrong := other_number(folder, linked.phone, running=running)):
        state = SessionState(state.status, wrong.detail, wrong.action)
    return _Session(
        found.tenant,
        state,
        linked.phone if linked is not None else "",
        (linked.since or None) if linked is not None else None,
        found.state_since,
        _seen(state, found.state_since, last, running),
        until=max(state.until, found.restricted_until(RealClock().now())),
    )


def _seen(state: SessionState, since: int | None, last: int | None, running: bool) -> int | None:
    """When WhatsApp was there last: now, when the connection went, or when anybody wrote."""
    if running and state.status == "connected":
        return RealClock().now()
    gone = since if state.status in ("disconnected", "degraded") else None
    return max((at for at in (gone, last) if at is not None), default=None)


def _lines(found: list[_Session]) -> list[str]:
    return list(table(_HEAD, [one.as_row() for one in found], flexible=(6,)))


def _followed(data: Path, tenant: list[str] | None, output: Format) -> dict[str, str]:
    found = [_session(one, data) for one in look(data, tenant)]
    if output is Format.json:
        return {one.tenant: json.dumps(_still(one.as_data()), ensure_ascii=False) for one in found}
    return {"": "\n".join(_lines(found))}


def _still(told: dict[str, Any]) -> dict[str, Any]:
    """Without the time that goes on while nothing changes."""
    return {**told, "last_seen": None} if told.get("status") == "connected" else told


def _code(found: list[_Session], data: Path) -> int:
    if any(one.error for one in found):
        return FAILURE
    daemon = find_daemon(data)
    if daemon is None or not daemon.turns:
        complain(f"no daemon works on {data}" if daemon is None else f"the daemon of {data} hangs")
        return FINDINGS
    return FINDINGS if any(one.state.action for one in found) else CLEAN
