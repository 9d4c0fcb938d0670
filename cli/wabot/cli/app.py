"""The commands and their options. Only the module of the command that is meant is imported."""

import os
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, Final

import typer

from wabot.cli.exit_codes import CLEAN

COMMANDS: Final = {
    "init": "Begin a tenant, or copy a recipe.",
    "validate": "Check every tenant's files.",
    "explain": "Say what a finding means and how to mend it.",
    "test": "Show what a customer would get, or play the tests.",
    "rules": "Show the rules in the order in which they are asked.",
    "replies": "Show the quick replies as the customer would get them.",
    "run": "Answer customers by the rules, live.",
    "chat": "Write to a tenant as a customer.",
    "pair": "Link a tenant's phone.",
    "unpair": "Unlink a tenant's phone.",
    "sessions": "Show each tenant's link to WhatsApp.",
    "reload": "Have the running daemon read everything anew.",
    "status": "Show what each tenant does, and has done.",
    "service": "Install the daemon as a service of systemd.",
    "logs": "Show what was logged about a tenant.",
    "why": "Show what was decided about a message, and why.",
    "conversations": "Show the chats as they stand, or one of them.",
    "say": "Write in a chat as a person; the bot falls silent there.",
    "resolve": "Settle a chat: the bot answers there again.",
    "assign": "Give a chat to an operator or a team.",
    "operator": "List, add, change or remove the people who answer.",
    "replay": "Show what other rules would have answered.",
    "analytics": "Show what the chats add up to: figures, reports, exports.",
    "outbox": "Show what waits, failed or is unknown.",
    "alerts": "Show what people were to be told, or test the webhook.",
    "pause": "Keep the bot silent for a tenant or in a chat.",
    "resume": "Let the bot answer again.",
    "remind": "Send a customer one message at a time.",
    "reminders": "Show what goes out at a time, or cancel it.",
    "jobs": "Show what runs at times, or run it now.",
    "forget": "Erase a customer's data.",
    "backup": "Back up tenants, each as one file.",
    "restore": "Put a backup back.",
    "doctor": "Check this machine and the data.",
    "openapi": "Show the API's OpenAPI document.",
}
"""By name; the module of the same name holds the function of the same name."""
_ELSEWHERE: Final = {"resume": "pause", "resolve": "assign", "analytics": "analytics.overview"}
"""Commands that share another's module, or lie deeper."""
_BENEATH: Final = {
    "sessions": {"restore": ("sessions_restore", "Bring a link with WhatsApp back.")},
    "analytics": {
        "hours": ("analytics.hours", "Show in which hours customers write, and wait."),
        "operators": ("analytics.operators", "Show what each of the people who answer did."),
        "customers": ("analytics.customers", "Show who the customers are: new, returning, of which segment."),
        "funnel": ("analytics.funnel", "Show what customers do with menus."),
        "compare": ("analytics.compare", "Set a period beside another."),
        "rules": ("analytics.rules", "Show what each rule did, which did nothing, and why none answered."),
        "unanswered": (
            "analytics.unanswered",
            "Show what customers asked and no rule knew, each with a rule to begin with.",
        ),
        "rebuild": ("analytics.rebuild", "Count everything anew from the messages."),
        "export": ("analytics.export", "Write a table as a file for other programs."),
    },
}
"""Commands of a command: name → module, which holds the function of the same name, and what it does."""


def app(words: Sequence[str]) -> typer.Typer:
    """The command line, ready to be given `words`. A command that is meant stands among them."""
    made = typer.Typer(
        name="wabot",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={
            "help_option_names": ["-h", "--help"],
            "max_content_width": 100,
            "default_map": _defaults(words),
        },
        rich_markup_mode=None,
        help="WhatsApp auto-replies for small businesses, as rules in git: validated, tested, explained, and run.",
        epilog="Exit codes: 0 clean, 1 findings or a missed expectation, 2 wrong usage, 3 failure.",
    )
    for name, summary in COMMANDS.items():
        module = _ELSEWHERE.get(name, name)
        meant = getattr(import_module(f"wabot.cli.{module}"), name) if name in words else _not_meant
        _tell_unreadable_data(name, meant)
        if name in _BENEATH and name in words:
            made.add_typer(_group(meant, _BENEATH[name], words), name=name, short_help=summary)
        else:
            made.command(name, short_help=summary)(meant)
    made.callback()(_options)
    return made


def _group(meant: Callable[..., None], beneath: Mapping[str, tuple[str, str]], words: Sequence[str]) -> typer.Typer:
    """A command that is one by itself, and has others beneath it."""
    group = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
    group.callback()(meant)
    for name, (module, summary) in beneath.items():
        function = module.rpartition(".")[2]
        command = getattr(import_module(f"wabot.cli.{module}"), function) if name in words else _not_meant
        _tell_unreadable_data(name, command)
        group.command(name, short_help=summary)(command)
    return group


def _defaults(words: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Where the daemon keeps its data, for the commands beside it; `run` reads its settings itself."""
    if not any(os.environ.get(name) for name in ("WHATSAPP_SESSION_PATH", "WABOT_NODE")):
        return {}
    meant = [name for name in COMMANDS if name in words and name != "run"]
    if not meant:
        return {}
    from wabot.daemon.settings import default_data

    data = default_data(os.environ)
    found = {"data": data}
    return {name: {**found, **dict.fromkeys(_BENEATH.get(name, ()), found)} for name in meant} if data else {}


def _tell_unreadable_data(name: str, command: Callable[..., None]) -> None:
    """A data folder that may not be read is no wrong usage, as typer has it: it is told with its owner."""
    from wabot.cli.readable import readable

    for option in getattr(command.__annotations__.get("data"), "__metadata__", ()):
        option.readable = False
        if name != "service":  # which writes of the folder, and does not read it
            option.callback = readable


def _not_meant() -> None:
    """Stands in for a command whose name is not among the words, so that nobody can call it."""


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"wabot {version('wabot')}")
        raise typer.Exit(CLEAN)


def _options(
    _show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass
