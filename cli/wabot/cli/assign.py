"""`wabot assign` and `wabot resolve`: whose a chat is, and that it is settled."""

from pathlib import Path
from typing import Annotated

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.kept import live_rules
from wabot.cli.nudging import nudge
from wabot.cli.output import Format, complain, say
from wabot.cli.shop import chooser, named, people_of
from wabot.cli.stored import DATA_HELP, find_chat, missing
from wabot.model.errors import UsageError
from wabot.model.stored import StoredConversation
from wabot.session.clock import RealClock
from wabot.session.csat import survey

_Chat = Annotated[str, typer.Argument(metavar="CHAT", help="A chat, or its customer's number.")]
_Data = Annotated[Path, typer.Option(help=DATA_HELP)]
_Tenant = Annotated[str, typer.Option(help="The tenant of the chat, if several have it.")]
_Output = Annotated[Format, typer.Option("--format", help="For people or for machines.")]


def assign(
    chat: _Chat,
    operator: Annotated[str, typer.Argument(metavar="[OPERATOR]", help="Whose it is now, by e-mail.")] = "",
    team: Annotated[str, typer.Option(help="Whoever is free in this team.")] = "",
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody: it waits for no person any more.")] = False,
    data: _Data = Path("data"),
    tenant: _Tenant = "",
    output: _Output = Format.text,
) -> None:
    """Give a chat to an operator, however much they have to do, to a team, or to nobody."""
    from wabot.store.sqlite import assign as give

    if [bool(operator), bool(team), nobody].count(True) != 1:
        raise UsageError("name an operator, or a team with --team, or say --nobody")
    folder, found = find_chat(chat, data, (tenant,) if tenant else ())
    now, rule_set = RealClock().now(), live_rules(folder)
    wanted = ""
    if operator:
        person = named(folder, operator)
        if person.role == "viewer":
            raise UsageError(f"{person.email} is a viewer: they are given no chats")
        wanted = f"operator:{person.email}"
    if team:
        known = {name for one in people_of(folder) for name in one.operator.teams}
        known |= set(() if rule_set is None else rule_set.tenant.teams)
        if team not in known:
            raise missing("team", team, folder.name, known)
        wanted = f"team:{team}"
    if not give(folder, folder.name, found, wanted, chooser(rule_set, now), now):
        complain(f"wabot: nothing is done: the chat {found} is spam")
        raise typer.Exit(FINDINGS)
    nudge(folder)
    _tell(folder, _stands(folder, found), output)


def resolve(chat: _Chat, data: _Data = Path("data"), tenant: _Tenant = "", output: _Output = Format.text) -> None:
    """Settle a chat: the bot answers there again, and its operator is free."""
    from wabot.store.sqlite import resolve as settle

    folder, found = find_chat(chat, data, (tenant,) if tenant else ())
    now, rule_set = RealClock().now(), live_rules(folder)
    asked = None if rule_set is None else survey(rule_set.tenant, found, now)
    if not settle(folder, folder.name, found, chooser(rule_set, now), now, asked):
        complain(f"wabot: nothing is done: the chat {found} is {_stands(folder, found).status}")
        raise typer.Exit(FINDINGS)
    nudge(folder)
    _tell(folder, _stands(folder, found), output)


def _stands(folder: Path, chat: str) -> StoredConversation:
    from wabot.store.sqlite import reading

    with reading(folder, folder.name) as store:
        (found,) = store.conversations(chat=chat)
    return found


def _tell(folder: Path, chat: StoredConversation, output: Format) -> None:
    if output is Format.json:
        told = {"tenant": folder.name, "chat": chat.chat, "status": chat.status}
        say(render.as_json({**told, "assigned_to": chat.assigned_to or None, "operator": chat.operator or None}))
    elif chat.status == "resolved":
        say(f"{folder.name}, chat {chat.chat}: resolved, the bot answers")
    else:
        whose = chat.operator or (f"nobody yet, waits for {chat.assigned_to}" if chat.assigned_to else "nobody")
        say(f"{folder.name}, chat {chat.chat}: {chat.status}, with {whose}")
    raise typer.Exit(CLEAN)
