"""SARIF 2.1.0, which code hosts show as alerts on the lines of a change."""

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from wabot.cli import render
from wabot.cli.pages import page
from wabot.cli.reports.report import Report, from_checkout
from wabot.language.diagnostic import Diagnostic
from wabot.lint.catalogue import CATALOGUE

_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}


def write(report: Report) -> str:
    """One run; findings that a comment silences are in it, as suppressed."""
    told = sorted({*report.findings, *(one.finding for one in report.silenced)})
    reasons = {one.finding: one.reason for one in report.silenced}
    codes = sorted({item.code for item in told})
    seen: dict[str, int] = {}
    run = {
        "tool": {
            "driver": {
                "name": "wabot",
                "version": version("wabot"),
                "rules": [_rule(code) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the top of the checkout"}}},
        "results": [_result(item, codes, reasons.get(item), seen) for item in told],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return render.as_json(document)


def _rule(code: str) -> dict[str, Any]:
    entry, told = CATALOGUE[code], page(code)
    help_text = told or entry.title
    return {
        "id": code,
        "shortDescription": {"text": entry.title},
        "help": {"text": help_text, "markdown": help_text},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
    }


def _result(item: Diagnostic, codes: list[str], reason: str | None, seen: dict[str, int]) -> dict[str, Any]:
    at = item.location
    region: dict[str, Any] = {"startLine": at.line, "startColumn": at.column}
    if at.end_column > at.column:
        region |= {"endLine": at.line, "endColumn": at.end_column}
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": codes.index(item.code),
        "level": _LEVELS[item.severity],
        "message": {"text": f"{item.message}\n{item.hint}" if item.hint else item.message},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(at.path), "region": region}}],
        "partialFingerprints": {"wabotFinding/v1": _fingerprint(item, seen)},
    }
    if reason is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": reason}]
    return result


def _artifact(path: Path) -> dict[str, Any]:
    shown = from_checkout(path)
    if Path(shown).is_absolute():
        return {"uri": Path(shown).as_uri()}
    return {"uri": quote(shown), "uriBaseId": "SRCROOT"}


def _fingerprint(item: Diagnostic, seen: dict[str, int]) -> str:
    """The same finding keeps its name when lines above it come and go; of several alike, each has its number."""
    what = f"{item.code}\0{from_checkout(item.location.path)}\0{item.message}"
    seen[what] = seen.get(what, 0) + 1
    return hashlib.sha256(f"{what}\0{seen[what]}".encode()).hexdigest()[:32]
