"""Findings for people: grouped by file, each with its source line, and a tally."""

from collections.abc import Iterator
from itertools import groupby

from wabot.cli import render
from wabot.cli.output import style
from wabot.cli.reports.report import Report


def write(report: Report) -> str:
    """The whole report, without a newline at its end."""
    parts = [*_fixed(report), *_findings(report)]
    counted = ", ".join(
        render.plural(count, noun)
        for count, noun in ((len(report.tenants), "tenant"), (report.files, "file"), (report.rules, "rule"))
    )
    parts.append("\n".join([render.tally(report.findings, counted) + _besides(report), *_offers(report)]))
    return "\n\n".join(parts)


def _findings(report: Report) -> Iterator[str]:
    groups = [(path, list(group)) for path, group in groupby(report.findings, key=lambda item: item.location.path)]
    for path, group in groups:
        if len(groups) > 1:
            yield style(f"── {render.shown(path)}: {render.counts(group)}", dim=True)
        yield from (render.finding(item) for item in group)


def _fixed(report: Report) -> Iterator[str]:
    if report.fixed:
        yield "\n".join(render.fixed(item) for item in report.fixed)


def _besides(report: Report) -> str:
    said = [report.scope] if report.scope else []
    said += [f"{len(report.silenced)} silenced"] if report.silenced else []
    said += [f"{len(report.fixed)} fixed"] if report.fixed else []
    return f" ({', '.join(said)})" if said else ""


def _offers(report: Report) -> Iterator[str]:
    """What `--fix` could do for these findings."""
    if not report.findings:
        return
    from wabot.lint.fixes.registry import FIXES, proposals

    paths = {item.location.path for item in report.findings if item.code in FIXES}
    documents = {path: document for path in paths if (document := report.document(path)) is not None}
    offered = list(proposals(documents, report.findings, unsafe=True))
    safe = sum(proposal.safe for proposal in offered)
    if safe:
        yield f"{safe} can be mended by --fix" + (
            f", {len(offered) - safe} more by --fix --unsafe-fixes" if len(offered) > safe else ""
        )
    elif offered:
        yield f"{len(offered)} can be mended by --fix --unsafe-fixes"
