"""`wabot test`: what would a customer get, and why; and do the conversations in tests/*.yaml go as they should?"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from wabot.cli import asking, rehearsing
from wabot.cli.asking import Asked
from wabot.cli.exit_codes import CLEAN
from wabot.cli.output import Format
from wabot.cli.rehearsing import Wishes
from wabot.cli.tenants import choose
from wabot.cli.words import message_and_path
from wabot.model.errors import UsageError
from wabot.model.message import MessageType


def test(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MESSAGE] [PATH]", help="What the customer writes, and where the rules are (./rules)."),
    ] = None,
    message: Annotated[
        str | None, typer.Option("-m", "--message", help="The message, if it looks like a path.")
    ] = None,
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    at: Annotated[str | None, typer.Option(help='The tenant\'s local time: "2026-01-28 22:00" or "22:00".')] = None,
    first: Annotated[bool, typer.Option("--first/--not-first", help="The customer's first message ever?")] = False,
    name: Annotated[str, typer.Option(help="The customer's name.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag of the customer's; may be repeated.")] = None,
    orders: Annotated[int, typer.Option(min=0, help="How often the customer has ordered.")] = 0,
    kind: Annotated[str, typer.Option("--type", metavar="TYPE", help="text, image, video, audio, document …")] = "text",
    trace: Annotated[bool, typer.Option("--trace", help="Show why each other rule did not answer.")] = False,
    expect: Annotated[
        str | None, typer.Option(metavar="RULE", help="Exit 1 when another rule answers (or: none).")
    ] = None,
    wanted: Annotated[
        str, typer.Option("-k", metavar="NAME", help="Play only conversations whose name holds this.")
    ] = "",
    junit: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", dir_okay=False, help="Write the outcome as JUnit XML, too."),
    ] = None,
    fail_on_empty: Annotated[bool, typer.Option("--fail-on-empty", help="Exit 1 when a tenant has no tests.")] = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Show what no test exercises, and write the test that is missing.")
    ] = False,
    least: Annotated[
        float | None,
        typer.Option("--min-coverage", metavar="PERCENT", min=0, max=100, help="Exit 1 below; implies --coverage."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Play again whenever a file changes, until Ctrl-C.")] = False,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Show what a customer would get for a MESSAGE; without one, play the conversations of tests/*.yaml."""
    said, path = message_and_path(words or [], message)
    if kind not in get_args(MessageType):
        raise UsageError(f"`{kind}` is no type of message; there are: {', '.join(get_args(MessageType))}")
    if said is None and kind != "text":
        said = ""
    wishes = Wishes(output, junit, wanted, fail_on_empty, coverage or least is not None, least)
    if said is None:
        meant = [flag for flag, given in (("--expect", expect), ("--at", at), ("--trace", trace)) if given]
        if meant:
            raise UsageError(f'{meant[0]} needs a message: wabot test "jam buka?" {meant[0]} …')
        raise typer.Exit(_play(path, tenant or (), wishes, watch))
    if wishes != Wishes(output) or watch:
        raise UsageError("-k, --junit, --coverage, --fail-on-empty and --watch are for tests; leave the message away")
    asked = Asked(said, at, first, name, frozenset(tag or ()), orders, cast("MessageType", kind), trace, expect)
    raise typer.Exit(asking.ask(path, tenant or (), asked, output))


def _play(path: Path | None, only: Sequence[str], wishes: Wishes, watch: bool) -> int:
    if not watch:
        return rehearsing.run(choose(path, only), path, wishes)
    if wishes.output is Format.json:
        raise UsageError("--watch is for people: leave --format json away")
    from wabot.cli import watching

    watching.watch(path, only, wishes)
    return CLEAN
