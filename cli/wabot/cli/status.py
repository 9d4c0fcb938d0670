"""`wabot status`: what each tenant's session does, and what it has done."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from wabot.cli import render
from wabot.cli.api_status import API, api_data, api_line, api_text
from wabot.cli.exit_codes import CLEAN, FAILURE, FINDINGS
from wabot.cli.output import Format, complain, say, style
from wabot.cli.standings import DOWN, STANDING, with_standing
from wabot.cli.stored import paused, paused_as_data, stored_tenants, when
from wabot.cli.troubles import troubles
from wabot.cli.undelivered import ACTION, undelivered
from wabot.daemon.api_standing import read_api
from wabot.daemon.presence import find_daemon
from wabot.model.errors import StoreError
from wabot.model.session import SessionState, Summary
from wabot.session.clock import RealClock
from wabot.session.locked import is_held


def status(
    data: Annotated[Path, typer.Option(help="The daemon's data folder.")] = Path("data"),
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
    follow: Annotated[bool, typer.Option("--watch", help="Show it again whenever it changes; Ctrl-C ends.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Show nothing; exit 1 unless a daemon lives on this data.")
    ] = False,
) -> None:
    """Show each tenant's state, rules, and counts: what came, which rules answered, and why others did not; and whether
    the API runs."""
    if check:
        raise typer.Exit(_check(data))
    if follow:
        from wabot.cli.status_watch import watch

        def seen() -> dict[str, str]:
            told = {
                one.tenant: _line(one, data) if output is Format.json else _text(one, data)
                for one in look(data, tenant)
            }
            api = None if tenant else read_api(data)
            if api is not None:
                told[API] = api_line(api) if output is Format.json else api_text(api)
            return told

        watch(seen, as_lines=output is Format.json)
    found, api = look(data, tenant), None if tenant else read_api(data)
    if output is Format.json:
        tenants = [_data(one, data) for one in found]
        typer.echo(render.as_json({"tenants": tenants, **({} if tenant else {"api": api_data(api)})}))
    else:
        blocks = [*(_text(one, data) for one in found), *([] if api is None else [api_text(api)])]
        say("\n\n".join(blocks) or f"nothing is stored in {data} yet")
    raise typer.Exit(FAILURE if any(isinstance(one, Unreadable) for one in found) else CLEAN)


def look(data: Path, tenants: list[str] | None) -> "list[Summary | Unreadable]":
    """How the tenants in `data` stand, or those that are named. No running process is asked.

    Raises:
        UsageError: there is no such folder, or no such tenant in it.
    """
    from wabot.store.sqlite import read_summary

    found: list[Summary | Unreadable] = []
    for folder in stored_tenants(data, tenants or (), STANDING):
        try:
            stored = (folder / "wabot.db").is_file()  # a tenant that was never started has none yet
            summary = read_summary(folder, folder.name) if stored else Summary(folder.name, SessionState("stopped"))
            found.append(_as_it_is(summary, folder))
        except StoreError as error:  # one tenant's file says nothing about the others'
            found.append(Unreadable(folder.name, str(error)))
    return found


def _check(data: Path) -> int:
    daemon = find_daemon(data)
    if daemon is None:
        complain(f"no daemon works on {data}; `wabot run` starts one")
    elif not daemon.turns:
        complain(
            f"the daemon of {data} (process {daemon.pid}) has hung for a minute or more; end it and start it again"
        )
    return CLEAN if daemon is not None and daemon.turns else FINDINGS


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A tenant whose data cannot be read, and why."""

    tenant: str
    error: str


def _as_it_is(summary: Summary, folder: Path) -> Summary:
    """A process that was killed could not write down that it ended: its lock, which died with it, tells."""
    running = runs(folder)
    summary = with_standing(summary, folder, runs=running)
    state = summary.state
    if state.status in ("stopped", *DOWN) or state.final or running:
        return summary
    detail = f"its process was killed, or the machine went down, while it was {state.status}"
    return replace(summary, state=SessionState("stopped", detail, "start it again: wabot run"))


def runs(folder: Path) -> bool:
    """Whether a session process holds the tenant's lock."""
    return is_held(folder / "lock", unreadable=True)  # another user's: it most likely runs


def _text(summary: Summary | Unreadable, data: Path) -> str:
    return "\n".join([_told(summary), *_undelivered(data / summary.tenant), *_shown(troubles(data / summary.tenant))])


def _undelivered(folder: Path) -> list[str]:
    count = len(undelivered(folder))
    return [f"  undelivered  {render.replies(count)}: {ACTION}"] if count else []


def _told(summary: Summary | Unreadable) -> str:
    if isinstance(summary, Unreadable):
        return f"{style(summary.tenant, bold=True)}  {style(summary.error, fg='red')}"
    state = summary.state
    since = f" since {when(summary.state_since, seconds=False)}" if summary.state_since else ""
    lines = [f"{style(summary.tenant, bold=True)}  {state.status}{since}"]
    lines += [f"  {state.detail}"] if state.detail else []
    lines += [f"  → {state.action}"] if state.action else []
    if silent := paused(summary.paused_until, RealClock().now()):
        lines.append(f"  paused {silent}: nobody is answered; `wabot resume {summary.tenant}` ends it")
    if restricted := summary.restricted_until(RealClock().now()):
        until = when(restricted, seconds=False)
        lines.append(f"  restricted until {until}: WhatsApp does not let this number start chats")
        lines.append(
            "  → answer those on the phone who never got a message before (`wabot conversations --status pending`); "
            f"`wabot resume {summary.tenant}` lets the bot try again"
        )
    if summary.reload is not None:
        reload = summary.reload
        said = (
            "live"
            if reload.ok
            else f"the last change of {when(reload.at, seconds=False)} is broken, older rules are live: {reload.detail}"
        )
        lines.append(f"  rules      {reload.revision or '(none)'} {said}")
    sent = ", ".join(f"{number} {name}" for name, number in summary.outbox.items())
    received = render.plural(summary.received, "message")
    lines.append(f"  customers  {render.plural(summary.contacts, 'contact')}, {received} received")
    lines.append(f"  replies    {sent or 'none'}{f'; {summary.waiting} waiting' if summary.waiting else ''}")
    if summary.pending:
        chats = f"{render.plural(summary.pending, 'chat')} wait{'s' if summary.pending == 1 else ''} for a person"
        lines.append(f"  pending    {chats}: `wabot conversations --status pending`")
    if summary.set_aside:
        count = render.plural(summary.set_aside, "message")
        lines.append(f"  set aside  {count} that could not be decided: a person must answer")
    lines += _table("answered by", summary.by_rule)
    lines += _table("not answered", summary.by_reason)
    return "\n".join(lines)


def _shown(told: list[str]) -> list[str]:
    return [f"  {style('trouble', fg='red')}    {trouble}" for trouble in told]


def _table(title: str, counts: Any) -> list[str]:
    widest = max(map(len, counts), default=0)
    return [f"  {title}", *(f"    {name:<{widest}}  {number:>5,}" for name, number in counts.items())] if counts else []


def _line(summary: Summary | Unreadable, data: Path) -> str:
    return json.dumps(_data(summary, data), ensure_ascii=False)


def _data(summary: Summary | Unreadable, data: Path) -> dict[str, Any]:
    if isinstance(summary, Unreadable):
        return {**_as_data(summary), "troubles": troubles(data / summary.tenant)}
    count = len(undelivered(data / summary.tenant))
    return {**_as_data(summary), "undelivered": count, "troubles": troubles(data / summary.tenant)}


def _as_data(summary: Summary | Unreadable) -> dict[str, Any]:
    if isinstance(summary, Unreadable):
        return {"tenant": summary.tenant, "error": summary.error}
    reload = summary.reload
    return {
        "tenant": summary.tenant,
        "status": summary.state.status,
        "detail": summary.state.detail,
        "action": summary.state.action,
        "since": summary.state_since,
        "until": summary.state.until or None,
        "rules": None
        if reload is None
        else {"revision": reload.revision, "ok": reload.ok, "at": reload.at, "detail": reload.detail},
        **paused_as_data(summary.paused_until, RealClock().now()),
        "first_contacts_stopped_until": summary.restricted_until(RealClock().now()) or None,
        "contacts": summary.contacts,
        "received": summary.received,
        "waiting": summary.waiting,
        "pending": summary.pending,
        "set_aside": summary.set_aside,
        "outbox": dict(summary.outbox),
        "by_rule": dict(summary.by_rule),
        "by_reason": dict(summary.by_reason),
    }
