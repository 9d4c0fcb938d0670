"""The conversations of tests/*.yaml, played and reported."""

from pathlib import Path
from typing import Any

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.tenants import Chosen
from wabot.cli.validate import Format
from wabot.engine.rehearsal import Miss, play
from wabot.language.conversation import Conversation, read_conversations
from wabot.language.tenant import Loaded

Played = list[tuple[Loaded, Conversation, list[Miss]]]


def rehearse(chosen: Chosen, path: Path | None, output: Format) -> int:
    """Play the tests of the chosen tenants (of the one file, if `path` is a test file). Returns the exit code."""
    only = path.resolve() if path is not None and path.is_file() and path.parent.name == "tests" else None
    played: Played = [
        (loaded, conversation, play(loaded.rule_set, conversation))
        for loaded in chosen.tenants
        if loaded.rule_set is not None
        for document in loaded.tests
        if only is None or document.path.resolve() == only
        for conversation in read_conversations(document)
    ]
    errors = [item for item in chosen.diagnostics if item.severity == "error"]
    missed = [1 for _, _, misses in played if any(not miss.todo for miss in misses)]
    if output is Format.json:
        findings = [render.finding_as_data(item) for item in errors]
        typer.echo(render.as_json({"tests": [_data(*one) for one in played], "findings": findings}))
    else:
        for item in errors:
            typer.echo(render.finding(item) + "\n")
        for one in played:
            _print(*one)
        _tally(chosen, played, len(missed))
    return FINDINGS if missed or errors else CLEAN


def _print(loaded: Loaded, conversation: Conversation, misses: list[Miss]) -> None:
    failed = [miss for miss in misses if not miss.todo]
    for miss in failed:
        at = miss.expect.location
        failed_word = render.style("failed", fg="red", bold=True)
        typer.echo(f"{render.shown(at.path)}:{at.line}:{at.column}: {failed_word}: {conversation.name}")
        typer.echo(f"  said      {miss.said}")
        typer.echo(f"  expected  {_indented(miss.wanted)}")
        typer.echo(f"  got       {_indented(miss.got)}")
        widest = max((len(outcome.rule) for outcome in miss.trace), default=0)
        for outcome in miss.trace:
            typer.echo(f"    {outcome.rule:{widest}}  {outcome.outcome}")
        typer.echo("")


def _indented(text: str) -> str:
    return text.replace("\n", "\n            ")


def _tally(chosen: Chosen, played: Played, failed: int) -> None:
    for loaded in chosen.tenants:
        mine = [misses for tenant, _, misses in played if tenant is loaded]
        bad = sum(any(not miss.todo for miss in misses) for misses in mine)
        todo = sum(1 for misses in mine for miss in misses if miss.todo)
        if loaded.rule_set is None:
            said = render.style("not played: its rules have errors", fg="red")
        elif not mine:
            said = "no tests"
        else:
            said = f"{render.plural(len(mine), 'conversation')}, " + (
                render.style(f"{bad} failed", fg="red") if bad else "all as expected"
            )
        typer.echo(f"{loaded.tenant_id}: {said}{f', {todo} known to miss' if todo else ''}")
    if len(chosen.tenants) > 1:
        typer.echo(
            f"{render.plural(len(played), 'conversation')}: {failed} failed"
            if failed
            else f"{render.plural(len(played), 'conversation')}, all as expected"
        )


def _data(loaded: Loaded, conversation: Conversation, misses: list[Miss]) -> dict[str, Any]:
    return {
        "tenant": loaded.tenant_id,
        "name": conversation.name,
        "path": render.shown(conversation.location.path),
        "line": conversation.location.line,
        "passed": not any(not miss.todo for miss in misses),
        "misses": [
            {
                "line": miss.expect.location.line,
                "said": miss.said,
                "expected": miss.wanted,
                "got": miss.got,
                "todo": miss.todo or None,
                "trace": [outcome._asdict() for outcome in miss.trace],
            }
            for miss in misses
        ],
    }
