"""`wabot`: the commands, and what becomes of an error that none of them caught."""

import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from wabot.cli import (
    chat,
    conversations,
    explain,
    forget,
    init,
    outbox,
    pause,
    replies,
    rules,
    run,
    status,
    test,
    validate,
    why,
)
from wabot.cli.exit_codes import CLEAN, FAILURE, INTERRUPTED, USAGE
from wabot.model.errors import UsageError, WabotError

app = typer.Typer(
    name="wabot",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    rich_markup_mode=None,
    help="WhatsApp auto-replies for small businesses, as rules in git: validated, tested, explained, and run.",
    epilog="Exit codes: 0 clean, 1 findings or a missed expectation, 2 wrong usage, 3 failure.",
)
app.command("init")(init.init)
app.command("validate")(validate.validate)
app.command("explain")(explain.explain)
app.command("test")(test.test)
app.command("rules")(rules.rules)
app.command("replies")(replies.replies)
app.command("run")(run.run)
app.command("chat")(chat.chat)
app.command("status")(status.status)
app.command("why")(why.why)
app.command("conversations")(conversations.conversations)
app.command("outbox")(outbox.outbox)
app.command("pause")(pause.pause)
app.command("resume")(pause.resume)
app.command("forget")(forget.forget)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"wabot {version('wabot')}")
        raise typer.Exit(CLEAN)


@app.callback()
def _options(
    _show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """The entry point of the `wabot` script."""
    try:
        app(prog_name="wabot")
    except UsageError as error:
        typer.echo(f"wabot: {error}", err=True)
        sys.exit(USAGE)
    except BrokenPipeError:
        # Whoever read our output has gone (`wabot validate | head`): nothing to tell, nobody to tell it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CLEAN)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except (WabotError, OSError) as error:
        typer.echo(f"wabot: {error}", err=True)
        sys.exit(FAILURE)
    except Exception as error:
        if os.environ.get("WABOT_DEBUG"):
            raise
        typer.echo(f"wabot: a bug in wabot: {type(error).__name__}: {error}", err=True)
        typer.echo("       Set WABOT_DEBUG=1 to see where, and please report it.", err=True)
        sys.exit(FAILURE)
