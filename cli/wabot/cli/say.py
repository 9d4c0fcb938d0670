"""`wabot say`: a person writes in a chat; the running session sends it."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from wabot.cli import output as printing
from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.kept import live_rules
from wabot.cli.nudging import nudge
from wabot.cli.output import Format, complain
from wabot.cli.shop import named
from wabot.cli.stored import DATA_HELP, find_chat, missing, paused
from wabot.model.errors import RenderError, UsageError
from wabot.model.stored import PersonSays, StoredConversation
from wabot.session.clock import RealClock

if TYPE_CHECKING:
    from wabot.language.rule_set import QuickReply, RuleSet

_SHORTCUT: Final = re.compile(r"/\S+")


def say(
    chat: Annotated[str, typer.Argument(metavar="CHAT", help="A chat, or its customer's number.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to write; /SHORTCUT is a quick reply, - is read.")],
    operator: Annotated[str, typer.Option("--as", metavar="E-MAIL", help="The operator who writes.")] = "",
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    tenant: Annotated[str, typer.Option(help="The tenant of the chat, if several have it.")] = "",
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Write to a customer who has written before. The bot falls silent in that chat."""
    from wabot.language.rule_set import Handoff
    from wabot.language.template import MAX_OUTPUT
    from wabot.store.sqlite import reading
    from wabot.store.sqlite import say as queue

    folder, found = find_chat(chat, data, (tenant,) if tenant else ())
    person = named(folder, operator) if operator else None
    if person is not None and person.role == "viewer":
        raise UsageError(f"{person.email} is a viewer: they read, and write to nobody")
    with reading(folder, folder.name) as store:
        (to,) = store.conversations(chat=found)
    now, rule_set = RealClock().now(), live_rules(folder)
    said = (sys.stdin.read() if text == "-" else text).strip()
    shortcut = said if _SHORTCUT.fullmatch(said) else ""
    if shortcut:
        said = _expanded(rule_set, shortcut, to, "" if person is None else person.email, now)
    if not said:
        raise UsageError("there is nothing to write: the text is empty")
    if len(said) > MAX_OUTPUT:
        raise UsageError(f"the text is longer than the {MAX_OUTPUT:,} characters that WhatsApp takes")
    pause = (Handoff() if rule_set is None else rule_set.tenant.handoff).pause
    by = ("", "") if person is None else (person.email, person.name)
    outbound = queue(folder, folder.name, PersonSays(found, said, *by, pause, shortcut), now)
    if not outbound:
        complain(f"wabot: nothing is written: the customer of {found} has not written first")
        raise typer.Exit(FINDINGS)
    nudge(folder)
    if output is Format.json:
        told = {"tenant": folder.name, "chat": found, "id": outbound, "text": said, "as": by[0] or None}
        printing.say(render.as_json({**told, "paused_until": now + pause}))
    else:
        silent = f"; the bot is silent there {paused(now + pause, now)}" if pause else ""
        printing.say(f"{folder.name}  {outbound}  to {found}: queued, a running session sends it{silent}")
    raise typer.Exit(CLEAN)


def _expanded(rule_set: "RuleSet | None", shortcut: str, to: StoredConversation, email: str, now: int) -> str:
    """The quick reply as this customer reads it."""
    from wabot.engine.quick_replies import expanded
    from wabot.model.context import Contact, Conversation

    if rule_set is None:
        raise UsageError(f"no session of this tenant has had sound rules yet, so `{shortcut}` is not known")
    reply = _allowed(rule_set.quick_replies, shortcut, email)
    chat = Conversation(
        to.status, to.priority, frozenset(to.tags), earlier_messages=max(to.messages - 1, 0), assigned_to=to.assigned_to
    )
    try:
        return expanded(rule_set, reply, Contact(to.phone, to.name), chat, now)
    except RenderError as error:
        raise UsageError(f"the quick reply {shortcut} fails: {error}") from None


def _allowed(replies: Sequence["QuickReply"], shortcut: str, email: str) -> "QuickReply":
    from wabot.engine.quick_replies import is_for, known

    reply = known(replies, shortcut)
    if reply is None:
        raise missing("quick reply", shortcut, "the live rules", {one.shortcut for one in replies})
    if not is_for(reply, email):
        raise UsageError(
            f"the quick reply {shortcut} is only for {', '.join(reply.operators)}; name yourself with --as"
        )
    return reply
