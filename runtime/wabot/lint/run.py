"""Runs every check on a tenant."""

from collections.abc import Iterable

from wabot.language.diagnostic import Diagnostic
from wabot.language.tenant import Loaded
from wabot.lint.check import Check
from wabot.lint.checks import CHECKS
from wabot.lint.subject import Subject


def lint(loaded: Loaded, checks: Iterable[Check] = CHECKS) -> tuple[Diagnostic, ...]:
    """What the rules mean to say and do not; beside `loaded.diagnostics`, sorted by place."""
    if loaded.readable is None:
        return ()
    subject = Subject(loaded, loaded.readable)
    found = {
        Diagnostic(item.location, item.severity or check.severity, check.code, item.message, item.hint)
        for check in checks
        for item in check.run(subject)
    }
    return tuple(sorted(found))
