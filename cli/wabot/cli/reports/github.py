"""Workflow commands of GitHub Actions, which annotate the lines of a pull request."""

from typing import Final

from wabot.cli.reports.report import Report, from_checkout
from wabot.language.diagnostic import Diagnostic

_COMMANDS: Final = {"error": "error", "warning": "warning", "info": "notice"}


def write(report: Report) -> str:
    """One command a finding; nothing at all for clean rules."""
    return "\n".join(_command(item) for item in report.findings)


def _command(item: Diagnostic) -> str:
    at = item.location
    where = {"file": from_checkout(at.path), "line": str(at.line), "col": str(at.column)}
    if at.end_column > at.column:
        where |= {"endColumn": str(at.end_column)}
    where |= {"title": item.code}
    properties = ",".join(f"{name}={_property(value)}" for name, value in where.items())
    message = f"{item.message}\n{item.hint}" if item.hint else item.message
    return f"::{_COMMANDS[item.severity]} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
