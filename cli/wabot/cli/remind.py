"""`wabot remind`: one message to one customer, at a time."""

import re
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated, Final

import typer

from wabot.cli import render
from wabot.cli.asking import read_time
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.kept import last_sound_rules
from wabot.cli.nudging import nudge
from wabot.cli.output import Format, complain, say
from wabot.cli.stored import DATA_HELP, find_chat
from wabot.cli.words import unknown
from wabot.language.rule_set import RuleSet
from wabot.model.errors import RenderError, UsageError
from wabot.model.ids import uuid7
from wabot.model.turn import NewFollowUp
from wabot.session.clock import RealClock
from wabot.session.reminding import LATE, LONGEST, NEVER, Judge, span

_OFFSET: Final = re.compile(r"([+-]\d{2}:?\d{2}|Z)$")


def remind(
    chat: Annotated[str, typer.Argument(metavar="CHAT", help="The chat, or its customer's number.")],
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What to say, or a quick reply's shortcut such as /salam.")
    ],
    at: Annotated[str, typer.Option(metavar="TIME", help='The tenant\'s time: "2026-01-29 09:00", or "15:00".')] = "",
    after: Annotated[str, typer.Option("--in", metavar="2h", help="In how long: 30m, 2h, 1d.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of the reminder that is pending.")] = False,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    tenant: Annotated[str, typer.Option(help="The tenant of the chat.")] = "",
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Send one message to one customer at a time, if they wrote within 7 days of it. One is pending a chat."""
    from wabot.store.sqlite import remind as keep

    folder, name = find_chat(chat, data, (tenant,) if tenant else ())
    rules, now = last_sound_rules(folder), RealClock().now()
    zone = rules.tenant.timezone
    due = _due(at, after, now, zone)
    judge = Judge(rules, due)
    reminder = NewFollowUp(uuid7(now), name, _said(rules, text, folder, name, due), "", due)
    before = keep(folder, folder.name, reminder, now, judge, replace=replace)
    why = ""
    if isinstance(before, str):
        why = NEVER[before]
    elif before is not None:
        when = datetime.fromtimestamp(before.due / 1000, zone)
        why = f"the reminder {before.id} is pending there for {when:%Y-%m-%d %H:%M}; add --replace to take its place"
    if not why:
        nudge(folder)
    note = LATE if judge.late and not why else ""
    if output is Format.json:
        told = {"tenant": folder.name, "chat": name, "done": not why, "why": why or None, "note": note or None}
        say(render.as_json({**told, "id": None if why else reminder.id, "due": due, "text": reminder.text}))
    elif why:
        complain(f"wabot: nothing is scheduled: {why}")
    else:
        when = datetime.fromtimestamp(due / 1000, zone)
        say(f"{folder.name}  {reminder.id}  to {name}: {when:%A %Y-%m-%d %H:%M} ({zone})")
        if note:
            complain(f"wabot: {note}")
    raise typer.Exit(FINDINGS if why else CLEAN)


def _due(at: str, after: str, now: int, zone: tzinfo) -> int:
    if bool(at) == bool(after):
        raise UsageError("say when: --at TIME or --in 2h")
    if after:
        wait = span(after)
        if wait is None:
            raise UsageError(f"--in needs a time such as 30m, 2h or 1d, up to 366d, not `{after}`")
        return now + wait
    due = read_time(at, now, zone)
    there = datetime.fromtimestamp(due / 1000, zone)
    clock = re.search(r"(\d{1,2})[:.](\d{2})", at)
    if clock and not _OFFSET.search(at) and (int(clock[1]), int(clock[2])) != (there.hour, there.minute):
        raise UsageError(f"there is no {clock[0]} on that day in {zone}: the clocks are moved on then")
    if due <= now:
        raise UsageError(f"`{at}` is past: it is {datetime.fromtimestamp(now / 1000, zone):%Y-%m-%d %H:%M} in {zone}")
    if due - now > LONGEST:
        raise UsageError(f"`{at}` is more than a year away")
    return due


def _said(rules: RuleSet, text: str, folder: Path, chat: str, due: int) -> str:
    """The text itself, or the quick reply that it names, as it reads for this customer at that time."""
    from wabot.store.sqlite import reading

    if not text.strip():
        raise UsageError("there is nothing to say")
    if not re.fullmatch(r"/[a-z0-9_-]+", text):
        return text.strip()
    from wabot.engine.quick_replies import expanded, known
    from wabot.model.context import Contact, Conversation

    if not rules.quick_replies:
        raise UsageError(f"{folder.name} has no quick replies, so {text} is none; write the text itself")
    if (reply := known(rules.quick_replies, text)) is None:
        raise unknown("quick reply has the shortcut", text, {one.shortcut for one in rules.quick_replies})
    with reading(folder, folder.name) as store:
        [customer] = store.conversations(chat=chat)
    try:
        return expanded(rules, reply, Contact(customer.phone, customer.name), Conversation(earlier_messages=1), due)
    except RenderError as error:
        raise UsageError(f"{text} cannot be said: {error}") from error
