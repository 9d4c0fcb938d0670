"""`wabot why`: which rule answered a message that came in, or what held each of them back, and what became of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN
from wabot.cli.output import Format, say, style
from wabot.cli.rich_messages import shown
from wabot.cli.stored import DATA_HELP, as_chat, in_a_line, missing, stored_tenants, when
from wabot.model.errors import UsageError
from wabot.model.stored import MessageKey, StoredAnswer, StoredReply, Why

if TYPE_CHECKING:
    from wabot.store.sqlite import Reader


def why(
    word: Annotated[
        str, typer.Argument(metavar="[MESSAGE_ID]", help="WhatsApp's id of the message, or ours; a chat with --last.")
    ] = "",
    last: Annotated[
        bool, typer.Option("--last", help="The customers' last message; with a chat, the last there.")
    ] = False,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Say why a message that came in was answered as it was, or why it was not."""
    from wabot.store.sqlite import reading

    if not word and not last:
        raise UsageError("name a message by its id, or ask for the newest with --last")
    found: list[tuple[str, Why]] = []
    chats: set[str] = set()
    for folder in stored_tenants(data, tenant or ()):
        with reading(folder, folder.name) as store:
            chats |= store.chats().keys()
            told = [store.why(key) for key in _keys(store, word, last)]
            found += [(folder.name, item) for item in told if item is not None]
    if last and found:
        found = [max(found, key=lambda item: item[1].message.at)]
    if not found:
        if last and word:
            raise missing("chat with a customer's message", as_chat(word), str(data), chats)
        what = "no customer has written yet" if last else f"there is no message `{word}` in {data}"
        raise UsageError(what if last else f"{what}; `wabot why --last` tells of the newest")
    if len(found) > 1:
        raise UsageError(f"`{word}` is the id of {len(found)} messages:\n" + "\n".join(map(_choice, found)))
    name, told_of = found[0]
    say(render.as_json(_data(name, told_of)) if output is Format.json else "\n".join(_text(name, told_of)))
    raise typer.Exit(CLEAN)


def _keys(store: "Reader", word: str, last: bool) -> list[MessageKey]:
    if not last:
        return store.keys(word)
    chat = store.chats().get(as_chat(word), as_chat(word)) if word else ""
    newest = store.newest(chat)
    return [] if newest is None else [newest]


def _choice(item: tuple[str, Why]) -> str:
    tenant, told = item
    said = told.message
    how = f"wabot why {said.id} --tenant {tenant}" if said.id else f"wabot why --last {said.chat} --tenant {tenant}"
    return f"  {how}   {when(said.at)}  chat {said.chat}  {in_a_line(said.text)[:40]}"


def _text(tenant: str, told: Why) -> Iterator[str]:
    said = told.message
    who = "the shop itself" if said.sender == "cs" else said.name or "a customer"
    yield f"{style(tenant, bold=True)}  {said.wa_id}  from {who} in chat {said.chat}, {when(said.at)}"
    yield from (f"  {style('│', dim=True)} {line}" for line in shown(said))
    if told.decided is None:
        yield "not decided yet: the session takes it up, at the latest when it starts again (wabot status)"
        return
    if not told.answers:
        yield f"not answered: {style(told.reason, fg='yellow')}"
    for answer in told.answers:
        yield from _answer(answer)
    if told.failure:
        yield "  three times it could not be decided; the last time (please report it):"
        yield from (f"    {line}" for line in told.failure.splitlines())
    if told.trace:
        yield "every rule, in the order of decision:"
        widest = max(len(rule) for rule, _ in told.trace)
        yield from (f"    {rule:{widest}}  {outcome}" for rule, outcome in told.trace)


def _answer(answer: StoredAnswer) -> Iterator[str]:
    by = f'  by "{answer.matched}"' if answer.matched else ""
    if answer.error:
        yield f"{style(answer.rule, fg='red')}{by}: its text failed, the customer got nothing"
        yield f"  {answer.error}"
        return
    yield f"answered by {style(answer.rule, fg='green')}{by}"
    if answer.reply is None:
        yield "  (no reply: the rule only has effects)"
        return
    media = [f"[{answer.sent.media}]"] if answer.sent is not None and answer.sent.media else []
    yield from (f"  {style('│', fg='green')} {line}" for line in (*media, *answer.reply.splitlines()))
    yield f"  {'its row in the outbox is gone' if answer.sent is None else became(answer.sent)}"


def became(reply: StoredReply) -> str:
    """What became of a reply, in words."""
    if reply.status == "queued":
        return f"queued, due {when(reply.due)}  (outbox {reply.id})"
    if reply.status in ("failed", "unknown", "sending"):
        why = f": {reply.error}" if reply.error else ""
        return f"{reply.status}{why}  (outbox {reply.id})"
    return f"{reply.status} {when(reply.sent)}".rstrip()


def _data(tenant: str, told: Why) -> dict[str, Any]:
    said = told.message
    return {
        "tenant": tenant,
        "message": {
            "id": said.id or None,
            "wa_id": said.wa_id,
            "chat": said.chat,
            "sender": said.sender,
            "name": said.name,
            "type": said.type,
            "text": said.text,
            "at": said.at,
        },
        "decided_at": told.decided,
        "reason": told.reason or None,
        "answers": [
            {
                "rule": answer.rule,
                "matched": answer.matched,
                "reply": answer.reply,
                "error": answer.error or None,
                "outbox": None if answer.sent is None else reply_as_data(answer.sent),
            }
            for answer in told.answers
        ],
        "trace": [{"rule": rule, "outcome": outcome} for rule, outcome in told.trace],
        "failure": told.failure or None,
    }


def reply_as_data(reply: StoredReply) -> dict[str, Any]:
    """A row of the outbox for machines."""
    return {
        "id": reply.id,
        "chat": reply.chat,
        "kind": reply.kind,
        "rule": reply.rule,
        "operator": reply.operator or None,
        "text": reply.text,
        "media": reply.media or None,
        "status": reply.status,
        "error": reply.error or None,
        "due": reply.due,
        "created": reply.created,
        "sent": reply.sent,
    }
