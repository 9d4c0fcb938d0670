"""`wabot outbox`: replies that wait, that failed, or of which nobody knows; cancelling one, and trying one again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.nudging import nudge
from wabot.cli.output import Format, complain, say, style
from wabot.cli.stored import DATA_HELP, in_a_line, missing, stored_tenants, when
from wabot.cli.table import table
from wabot.cli.undelivered import WHY, undelivered
from wabot.cli.why import reply_as_data
from wabot.model.errors import UsageError
from wabot.model.stored import StoredReply
from wabot.session.clock import RealClock

_DAY: Final = 86_400_000
_HEAD: Final = ("id", "status", "due", "chat", "by", "text", "why")
_OF_UNKNOWN: Final = (
    "nobody knows whether it arrived: the process died, or the line broke, while it was being sent, and sent again it "
    "might arrive twice. Look at the chat on the phone; if it is not there, add --i-know-it-did-not-arrive"
)


class Order(StrEnum):
    list = "list"
    cancel = "cancel"
    retry = "retry"


def outbox(
    order: Annotated[Order, typer.Argument(help="What to do: list, cancel ID, retry ID.")] = Order.list,
    outbound: Annotated[str, typer.Argument(metavar="[ID]", help="The reply's id, as listed.")] = "",
    sure: Annotated[
        bool, typer.Option("--i-know-it-did-not-arrive", help="Send an unknown reply again: it is not in the chat.")
    ] = False,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """List the replies that are not sent (failed: of the last day) or reached no phone, cancel one that waits, or try
    one again."""
    folders = stored_tenants(data, tenant or ())
    if order is Order.list:
        if outbound or sure:
            raise UsageError(
                "`wabot outbox` lists; to do something, `wabot outbox cancel ID` or `wabot outbox retry ID`"
            )
        _list(folders, data, output)
        raise typer.Exit(CLEAN)
    if not outbound:
        raise UsageError(f"`wabot outbox {order}` needs the id of a reply; `wabot outbox` lists them")
    folder, before = _find(folders, outbound, data)
    done = _cancel(folder, before) if order is Order.cancel else _retry(folder, before, sure)
    if not done:
        nudge(folder)
    after = _find([folder], outbound, data)[1]
    if output is Format.json:
        say(render.as_json({"tenant": folder.name, "done": not done, "why": done or None, **reply_as_data(after)}))
    elif done:
        complain(f"wabot: nothing is done: {done}")
    else:
        what = "cancelled; the customer does not get it" if order is Order.cancel else "queued again"
        say(f"{folder.name}  {outbound}  to {after.chat}: {what}")
    raise typer.Exit(FINDINGS if done else CLEAN)


def _cancel(folder: Path, before: StoredReply) -> str:
    """Why it was not cancelled, "" when it was."""
    from wabot.store.sqlite import cancel

    if cancel(folder, folder.name, before.id):
        return ""
    if before.status == "queued":
        return "the session began to send it at this moment"
    return f"only a reply that is queued can be cancelled; this one is {before.status}"


def _retry(folder: Path, before: StoredReply, sure: bool) -> str:
    """Why it was not queued again, "" when it was."""
    from wabot.store.sqlite import retry

    if retry(folder, folder.name, before.id, RealClock().now(), unknown_too=sure):
        return ""
    if before.status == "unknown":
        return _OF_UNKNOWN
    return f"only a reply that failed can be tried again; this one is {before.status}"


def _find(folders: Sequence[Path], outbound: str, data: Path) -> tuple[Path, StoredReply]:
    from wabot.store.sqlite import reading

    known: set[str] = set()
    for folder in folders:
        with reading(folder, folder.name) as store:
            found = store.reply(outbound)
            if found is not None:
                return folder, found
            known |= {reply.id for reply in store.outbox(RealClock().now() - _DAY)}
    raise missing("reply", outbound, str(data), known)


def _list(folders: Sequence[Path], data: Path, output: Format) -> None:
    from wabot.store.sqlite import reading

    listed: list[tuple[str, list[StoredReply]]] = []
    for folder in folders:
        with reading(folder, folder.name) as store:
            found = store.outbox(RealClock().now() - _DAY)
        listed.append((folder.name, [*(replace(reply, error=WHY) for reply in undelivered(folder)), *found]))
    if output is Format.json:
        rows = [{"tenant": name, **reply_as_data(reply)} for name, replies in listed for reply in replies]
        say(render.as_json({"outbox": rows}))
    else:
        parts = ["\n".join(_table(name, replies)) for name, replies in listed]
        say("\n\n".join(parts) or f"nothing is stored in {data} yet")


def _table(tenant: str, replies: list[StoredReply]) -> Iterator[str]:
    head = style(tenant, bold=True)
    yield f"{head}  {render.replies(len(replies))}"
    if replies:
        yield from table(_HEAD, [_row(reply) for reply in replies], flexible=(5, 6))


def _row(reply: StoredReply) -> tuple[str, ...]:
    text = in_a_line(f"[{reply.media}] {reply.text}" if reply.media else reply.text)[:60]
    by = {"reply": reply.rule, "person": f"person {reply.operator}".strip(), "note": f"note: {reply.rule}"}[reply.kind]
    return reply.id, reply.status, when(reply.due), reply.chat, by, text, in_a_line(reply.error)
