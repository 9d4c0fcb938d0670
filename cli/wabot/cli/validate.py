"""`wabot validate`: is everything in these folders as it should be?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import say
from wabot.model.errors import UsageError

if TYPE_CHECKING:
    from wabot.cli.reports.report import Report
    from wabot.cli.selection import Selection
    from wabot.cli.survey import Survey
    from wabot.language.diagnostic import Diagnostic
    from wabot.lint.fixes.fix import Fixed

_ROUNDS: Final = 10
"""Mending one thing brings others to light; more rounds than this, no file needs."""


class ReportFormat(StrEnum):
    """The forms in which findings are reported."""

    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"
    junit = "junit"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked at, and what of it is told."""

    path: Path | None
    tenants: Sequence[str]
    selection: "Selection | None"
    base: str | None
    cached: bool
    keep: bool

    def survey(self) -> "tuple[Survey, tuple[Diagnostic, ...]]":
        """Everything there is, and the findings that were asked for."""
        from wabot.cli.survey import survey

        found = survey(self.path, self.tenants, cached=self.cached, keep=self.keep)
        findings = found.findings
        if self.base is not None:
            from wabot.cli.changed import brought_by_change

            findings = brought_by_change(found, self.path, self.tenants, self.base)
        return found, tuple(item for item in findings if self.wants(item))

    def wants(self, finding: "Diagnostic") -> bool:
        return self.selection is None or self.selection.wants(finding.code)

    def wants_later(self, finding: "Diagnostic") -> bool:
        """Findings that come to light only while others are mended: whether a change is to blame for them is asked of
        git in the next round, not here."""
        return self.base is None and self.wants(finding)


def validate(
    path: Annotated[
        Path | None,
        typer.Argument(help="A folder of tenants, a tenant's folder, or a file in one.", show_default="./rules"),
    ] = None,
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    output: Annotated[ReportFormat, typer.Option("--format", help="For people or for machines.")] = ReportFormat.text,
    select: Annotated[
        list[str] | None, typer.Option(metavar="CODES", help="Report only these codes: WB3,WB412 (WB3 = all WB3xx).")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="CODES", help="Do not report these codes.")] = None,
    changed: Annotated[
        str | None, typer.Option(metavar="BASE", help="Report only what changed since this git commit or branch.")
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended safely, in the files.")] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: guesses, too.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and write nothing.")] = False,
    cached: Annotated[bool, typer.Option("--cache/--no-cache", help="Trust what was found in unchanged files.")] = True,
) -> None:
    """Check every tenant's files: YAML, shape, references, meaning. Exits 0 when clean, 1 with errors or warnings."""
    if unsafe and not (fix or diff):
        raise UsageError("--unsafe-fixes goes with --fix or --diff")
    if diff and output is not ReportFormat.text:
        raise UsageError(f"--diff shows a diff; it cannot be written as {output}")
    selection = None
    if select or ignore:
        from wabot.cli.selection import read_selection

        selection = read_selection(select or (), ignore or ())
    # What is mended is mended in the files as they were read.
    asked = _Asked(path, tenant or (), selection, changed, cached, keep=fix or diff)
    if diff:
        raise typer.Exit(_show_diff(asked, unsafe=unsafe))
    fixed = _fix(asked, unsafe=unsafe) if fix else ()
    raise typer.Exit(_report(asked, fixed, output))


def _report(asked: _Asked, fixed: "tuple[Fixed, ...]", output: ReportFormat) -> int:
    from wabot.cli.reports.report import Report

    found, findings = asked.survey()
    silenced = tuple(one for one in found.silenced if asked.wants(one.finding))
    scope = f"of what changed since {asked.base}" if asked.base is not None else ""
    report = Report(found.tenants, findings, silenced, fixed, scope, found.document)
    if written := _written(report, output):
        (say if output is ReportFormat.text else typer.echo)(written)
    return FINDINGS if report.bad else CLEAN


def _written(report: "Report", output: ReportFormat) -> str:
    # Each form is imported alone: a terminal needs no XML.
    if output is ReportFormat.json:
        from wabot.cli.reports.json import write
    elif output is ReportFormat.github:
        from wabot.cli.reports.github import write
    elif output is ReportFormat.sarif:
        from wabot.cli.reports.sarif import write
    elif output is ReportFormat.junit:
        from wabot.cli.reports.junit import write
    else:
        from wabot.cli.reports.text import write
    return write(report)


def _fix(asked: _Asked, *, unsafe: bool) -> "tuple[Fixed, ...]":
    """Write every fix, until there is none left to write."""
    from wabot.cli.fixing import changes, write

    fixed: list[Fixed] = []
    for _ in range(_ROUNDS):
        found, findings = asked.survey()
        written = [
            one for change in changes(found, findings, asked.wants_later, unsafe=unsafe) for one in write(change)
        ]
        fixed += written
        if not written:
            break
    return tuple(fixed)


def _show_diff(asked: _Asked, *, unsafe: bool) -> int:
    """The diff alone on standard output, for `git apply`; how many fixes it holds on standard error."""
    from wabot.cli.fixing import as_diff, changes

    found, findings = asked.survey()
    shown = list(changes(found, findings, asked.wants_later, unsafe=unsafe))
    typer.echo("".join(as_diff(change) for change in shown), nl=False)
    fixes = sum(len(change.mended.fixed) for change in shown)
    typer.echo(
        f"{fixes} {'fix' if fixes == 1 else 'fixes'} in {render.plural(len(shown), 'file')}; nothing was written",
        err=True,
    )
    return FINDINGS if shown or any(item.severity != "info" for item in findings) else CLEAN
