"""`wabot doctor`: this machine, the rules and the data, as a person on call would look at them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import Format, say, style
from wabot.cli.progress import Progress
from wabot.cli.stored import DATA_HELP, stored_tenants
from wabot.cli.tenants import DEFAULT
from wabot.session.clock import RealClock

if TYPE_CHECKING:
    from wabot.cli.health.finding import Checked

_COLOURS: Final = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor(
    path: Annotated[
        Path | None, typer.Argument(help="The folder of tenants, to look at their rules too.", show_default="./rules")
    ] = None,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    deep: Annotated[
        bool, typer.Option("--deep", help="Compare every table with its indexes; slow for large files.")
    ] = False,
    online: Annotated[bool, typer.Option("--online", help="Also try to reach WhatsApp.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what is safe to mend: permissions.")] = False,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Check this machine, the rules and the data; say what is wrong, and what to do."""
    progress = Progress()
    checked = []
    for one in _all(path, data, deep, online):
        checked.append(_mended(one) if fix and one.fix is not None else one)
        progress.at(f"checking {one.where} …")
    progress.end()
    bad = [one for one in checked if one.level != "ok"]
    if output is Format.json:
        lines = [{"level": one.level, "where": one.where, "found": one.found, "do": one.do} for one in checked]
        say(render.as_json({"clean": not bad, "checks": lines}))
    else:
        for one in checked:
            say(f"{style(f'{one.level:<4}', fg=_COLOURS[one.level])}  {one.where}: {one.found}")
            if one.do:
                say(f"      → {one.do}")
        say(f"{render.plural(len(checked), 'check')}: {_counts(bad)}")
    raise typer.Exit(FINDINGS if bad else CLEAN)


def _all(path: Path | None, data: Path, deep: bool, online: bool) -> "Iterator[Checked]":
    from wabot.cli.health.finding import Checked
    from wabot.cli.health.folders import data_folder
    from wabot.cli.health.machine import machine
    from wabot.cli.health.node import node
    from wabot.cli.health.rules import rules
    from wabot.cli.health.tenant import tenant

    now = RealClock().now()
    yield from machine(now, online=online)
    folders = stored_tenants(data) if data.is_dir() else []
    if path is not None or DEFAULT.exists():
        yield from rules(path or DEFAULT, [folder.name for folder in folders])
    if not data.is_dir():
        yield Checked("ok", f"data {data}", "there is none yet; `wabot run` makes it")
        return
    yield from data_folder(data)
    yield from node(data, deep=deep)
    for folder in folders:
        yield from tenant(folder, data, now, deep=deep, rules=path)


def _mended(one: "Checked") -> "Checked":
    from wabot.cli.health.finding import Checked

    assert one.fix is not None
    try:
        one.fix()
    except OSError as error:
        return Checked(one.level, one.where, f"{one.found}; it could not be mended: {error.strerror}", one.do)
    return Checked("ok", one.where, f"{one.found}: mended")


def _counts(bad: "list[Checked]") -> str:
    fails = sum(one.level == "fail" for one in bad)
    said = [f"{fails} to mend"] if fails else []
    said += [f"{len(bad) - fails} to look at"] if len(bad) > fails else []
    return ", ".join(said) or "all is well"
