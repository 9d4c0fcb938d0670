"""The conversations of tests/*.yaml: which are played, and what becomes of the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from wabot.cli import misses, render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import Format, say, style
from wabot.cli.tenants import Chosen
from wabot.engine.exchange import Exchange, rehearse
from wabot.engine.rehearsal import Miss
from wabot.language.conversation import Conversation, read_conversations
from wabot.language.diagnostic import Diagnostic
from wabot.language.tenant import Loaded
from wabot.model.errors import UsageError

if TYPE_CHECKING:
    from wabot.cli.covering import Covered


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks of a run. `least` is the coverage in percent below which it fails (None: any)."""

    output: Format = Format.text
    junit: Path | None = None
    name: str = ""
    fail_on_empty: bool = False
    coverage: bool = False
    least: float | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """One conversation, its missed expectations and everything that was said in it."""

    conversation: Conversation
    misses: Sequence[Miss]
    exchanges: Sequence[Exchange]

    @property
    def failed(self) -> bool:
        return any(not miss.todo for miss in self.misses)


@dataclass(frozen=True)
class Rehearsed:
    """One tenant, played. `written` counts its conversations, also those that were not wanted."""

    loaded: Loaded
    played: Sequence[Played]
    written: int

    @property
    def errors(self) -> list[Diagnostic]:
        return [item for item in self.loaded.diagnostics if item.severity == "error"]

    @property
    def failed(self) -> int:
        return sum(one.failed for one in self.played)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to play: no conversation is written, and none has a mistake that hides it."""
        return self.loaded.rule_set is not None and not self.written and not self.errors

    @cached_property
    def todo(self) -> int:
        return sum(1 for one in self.played for miss in one.misses if miss.todo)


def run(chosen: Chosen, path: Path | None, wishes: Wishes) -> int:
    """Play the tests of the chosen tenants (of the one file, if `path` is a test file), and report. Returns the exit
    code.

    Raises:
        UsageError: no conversation has the wished name.
    """
    only = path.resolve() if path is not None and path.is_file() and path.parent.name == "tests" else None
    if wishes.name:
        _check_name(chosen, only, wishes.name)
    rehearsed = [_rehearse(loaded, only, wishes.name) for loaded in chosen.tenants]
    errors = [item for item in chosen.diagnostics if item.severity == "error"]
    covered = _covered(rehearsed, wishes)
    if wishes.junit is not None:
        from wabot.cli.junit import write_junit

        write_junit(wishes.junit, rehearsed)
    if wishes.output is Format.json:
        typer.echo(render.as_json(_data(rehearsed, errors, covered)))
    else:
        _print(rehearsed, errors)
        if covered is not None:
            say("\n" + covered.text())
    empty = [tenant.loaded.tenant_id for tenant in rehearsed if tenant.empty]
    if wishes.fail_on_empty and empty:
        typer.echo(f"wabot: {', '.join(empty)}: no tests, and --fail-on-empty asks for some", err=True)
    low = covered is not None and covered.below(wishes.least)
    if covered is not None and low:
        typer.echo(f"wabot: {covered.share.percent:g} % is less than --min-coverage {wishes.least:g}", err=True)
    failed = any(tenant.failed for tenant in rehearsed)
    return FINDINGS if failed or errors or low or (wishes.fail_on_empty and empty) else CLEAN


def _rehearse(loaded: Loaded, only: Path | None, name: str) -> Rehearsed:
    if loaded.rule_set is None:
        return Rehearsed(loaded, (), 0)
    written = _conversations(loaded, only)
    wanted = [talk for talk in written if _has_name(talk, name)]
    return Rehearsed(loaded, [Played(talk, *rehearse(loaded.rule_set, talk)) for talk in wanted], len(written))


def _conversations(loaded: Loaded, only: Path | None) -> list[Conversation]:
    documents = (item for item in loaded.tests if only is None or item.path.resolve() == only)
    return [talk for document in documents for talk in read_conversations(document)]


def _has_name(talk: Conversation, name: str) -> bool:
    return name.casefold() in talk.name.casefold()


def _check_name(chosen: Chosen, only: Path | None, name: str) -> None:
    from difflib import get_close_matches

    written = [talk for loaded in chosen.tenants for talk in _conversations(loaded, only)]
    if not any(_has_name(talk, name) for talk in written):
        close = get_close_matches(name, [talk.name for talk in written], n=1, cutoff=0.4)
        count = render.plural(len(written), "conversation")
        guess = f"; did you mean `{close[0]}`?" if close else ""
        raise UsageError(f"no conversation's name holds `{name}`, of {count}{guess}")


def _covered(rehearsed: Sequence[Rehearsed], wishes: Wishes) -> "Covered | None":
    if not wishes.coverage:
        return None
    from wabot.cli.covering import cover

    return cover(rehearsed, only_some=bool(wishes.name))


def _print(rehearsed: Sequence[Rehearsed], errors: Sequence[Diagnostic]) -> None:
    for item in errors:
        say(render.finding(item) + "\n")
    for tenant in rehearsed:
        for one in tenant.played:
            for miss in one.misses:
                if not miss.todo:
                    say(misses.failure(one.conversation, miss, one.exchanges) + "\n")
    for tenant in rehearsed:
        typer.echo(_tally(tenant))
    if len(rehearsed) > 1:
        failed = sum(tenant.failed for tenant in rehearsed)
        count = render.plural(sum(len(tenant.played) for tenant in rehearsed), "conversation")
        typer.echo(f"{count}: {failed} failed" if failed else f"{count}, all as expected")


def _tally(tenant: Rehearsed) -> str:
    if tenant.loaded.rule_set is None:
        said = style("not played: its rules have errors", fg="red")
    elif not tenant.played and tenant.errors:
        said = style("not played: its tests have errors", fg="red")
    elif not tenant.played:
        said = "no tests" if not tenant.written else "no test of that name"
    else:
        said = f"{render.plural(len(tenant.played), 'conversation')}, " + (
            style(f"{tenant.failed} failed", fg="red") if tenant.failed else "all as expected"
        )
    return f"{tenant.loaded.tenant_id}: {said}{f', {tenant.todo} known to miss' if tenant.todo else ''}"


def _data(rehearsed: Sequence[Rehearsed], errors: Sequence[Diagnostic], covered: "Covered | None") -> dict[str, Any]:
    data: dict[str, Any] = {
        "tests": [
            {
                "tenant": tenant.loaded.tenant_id,
                "name": one.conversation.name,
                "path": render.shown(one.conversation.location.path),
                "line": one.conversation.location.line,
                "passed": not one.failed,
                "misses": [misses.miss_as_data(miss, one.exchanges) for miss in one.misses],
            }
            for tenant in rehearsed
            for one in tenant.played
        ],
        "tenants": [
            {
                "tenant": tenant.loaded.tenant_id,
                "played": tenant.loaded.rule_set is not None,
                "conversations": len(tenant.played),
                "failed": tenant.failed,
                "todo": tenant.todo,
            }
            for tenant in rehearsed
        ],
        "findings": [render.finding_as_data(item) for item in errors],
    }
    if covered is not None:
        data["coverage"] = covered.as_data()
    return data
