"""`wabot replay`: what would these rules have answered to what customers really wrote?"""

import re
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import Format, say
from wabot.cli.stored import DATA_HELP, missing, stored_tenants
from wabot.cli.tenants import choose, folders
from wabot.language.hours import YEARS
from wabot.model.errors import UsageError

if TYPE_CHECKING:
    from wabot.language.rule_set import RuleSet

_LATELY: Final = "30d"
_UNITS: Final = {"h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}


def replay(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CHAT.txt]… [PATH]", help="Chats that WhatsApp exported; where the rules are (./rules)."
        ),
    ] = None,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="From when on: 30d, 4w, 12h, or a day as 2026-01-31.")
    ] = "",
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    chat: Annotated[
        list[Path] | None,
        typer.Option("--chat", metavar="FILE", help="A chat that WhatsApp exported; may be repeated."),
    ] = None,
    me: Annotated[str, typer.Option(metavar="NAME", help="How the shop is called in exported chats.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Show every chat that changes, not the first ones.")] = False,
    fail: Annotated[
        bool, typer.Option("--fail-on-change", help="Exit 1 when anything changes for a customer.")
    ] = False,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Run what customers wrote, as stored or as exported by WhatsApp, through the rules, and show what differs."""
    path, chats = _told_apart(words or [])
    chats = [*chats, *(chat or [])]
    only = tenant or []
    if chats:
        if fail:
            raise UsageError(
                "--fail-on-change is for stored messages: of an exported chat, no answers of rules are known"
            )
        rules = _rules(path, only, output)
        if len(rules) != 1:
            raise UsageError(f"there are several tenants: {', '.join(rules)}; name one with --tenant")
        from wabot.cli.replayed_chats import replay_chats

        (rule_set,) = rules.values()
        raise typer.Exit(
            replay_chats(rule_set, chats, me, _moment(since, rule_set.tenant.timezone), output, every=every)
        )
    if me:
        raise UsageError("--me names the shop in an exported chat; give its file, too")
    folder_of = {folder.name: folder for folder in stored_tenants(data)}
    rules = _rules(path, only, output)
    unknown = [name for name in rules if name not in folder_of]
    if unknown and len(unknown) == len(rules):
        raise missing("stored tenant", unknown[0], str(data), folder_of)
    from wabot.cli.replayed import Stored, replay_stored

    stored = [
        Stored(folder_of[name], name, rule_set, _moment(since or _LATELY, rule_set.tenant.timezone))
        for name, rule_set in rules.items()
        if name in folder_of
    ]
    changed = replay_stored(stored, unknown, data, output, every=every)
    raise typer.Exit(FINDINGS if fail and changed else CLEAN)


def _told_apart(words: Sequence[str]) -> tuple[Path | None, list[Path]]:
    """The folder (or file) of the rules, and the exported chats."""
    paths: list[Path] = []
    chats: list[Path] = []
    for word in words:
        found = Path(word)
        if not found.exists():
            raise UsageError(f"{word} does not exist; give exported chats (.txt or .zip) and the path of the rules")
        rules = found.is_dir() or found.suffix in (".yaml", ".yml")
        (paths if rules else chats).append(found)
    if len(paths) > 1:
        raise UsageError(f"both {paths[0]} and {paths[1]} are paths of rules; give one")
    return (paths[0] if paths else None), chats


def _rules(path: Path | None, only: Sequence[str], output: Format) -> "dict[str, RuleSet]":
    """The rules by the tenant whose messages they decide. What is broken is reported as `wabot validate` does."""
    if len(only) == 1 and path is not None:
        found = folders(path).folders
        if len(found) == 1 and found[0].resolve().name != only[0]:  # a draft of the tenant's rules, in another folder
            draft = next((one.rule_set for one in choose(path).tenants), None)
            return _broken(path, (), output) if draft is None else {only[0]: draft}
    chosen = choose(path, only)
    if not chosen.tenants or any(one.rule_set is None for one in chosen.tenants):
        return _broken(path, only, output)
    return {one.tenant_id: one.rule_set for one in chosen.tenants if one.rule_set is not None}


def _broken(path: Path | None, only: Sequence[str], output: Format) -> "dict[str, RuleSet]":
    from wabot.cli.reports import json, text
    from wabot.cli.reports.report import Report
    from wabot.cli.survey import survey

    found = survey(path, only)
    report = Report(found.tenants, found.findings, found.silenced, (), "", found.document)
    if output is Format.json:
        typer.echo(json.write(report))
    else:
        say(text.write(report))
    raise typer.Exit(FINDINGS if report.bad else CLEAN)


def _moment(written: str, zone: tzinfo) -> int:
    """UTC milliseconds; "" is the beginning of all time.

    Raises:
        UsageError: it is no moment of the past.
    """
    from wabot.session.clock import RealClock

    if not written:
        return 0
    now = RealClock().now()
    ago = re.fullmatch(r"(\d{1,5})([hdw])", written.strip().lower())
    if ago is not None:
        return max(0, now - int(ago[1]) * _UNITS[ago[2]])
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise UsageError(f"--since {written}: write such as 30d, 4w or 12h, or a day as 2026-01-31") from None
    if day.year not in YEARS:
        raise UsageError(f"--since {written}: the year must be from {YEARS[0]} to {YEARS[-1]}")
    moment = int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
    if moment > now:
        raise UsageError(f"--since {written} is yet to come")
    return moment
