"""Runs every check on a tenant, and heeds the comments that silence a finding."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from wabot.engine.hours import local
from wabot.language.diagnostic import Diagnostic
from wabot.language.tenant import Loaded
from wabot.lint.check import Check
from wabot.lint.checks import CHECKS
from wabot.lint.subject import Subject

if TYPE_CHECKING:
    from wabot.lint.silences import Silenced

_SILENCES = "wabot:"


def lint(loaded: Loaded, now: int, checks: Iterable[Check] = CHECKS) -> tuple[Diagnostic, ...]:
    """What the rules mean to say and do not; beside `loaded.diagnostics`, sorted by place. `now` is UTC milliseconds:
    a holiday may be over."""
    if loaded.readable is None:
        return ()
    today = local(now, loaded.readable.tenant.timezone).date()
    subject = Subject(loaded, loaded.readable, today)
    found = {
        Diagnostic(item.location, item.severity or check.severity, check.code, item.message, item.hint)
        for check in checks
        for item in check.run(subject)
    }
    return tuple(sorted(found))


def without_silenced(
    tenants: Sequence[Loaded], findings: Iterable[Diagnostic]
) -> "tuple[list[Diagnostic], list[Silenced]]":
    """The findings of all these tenants that no comment silences, and those that one does. Tenants are looked at
    together because they may share files: a silence is used if any of them needs it."""
    # Most repositories have no silences; those pay for none.
    if not any(_SILENCES in document.text for loaded in tenants for document in loaded.documents):
        return list(findings), []
    from wabot.lint.silences import heed

    return heed(tenants, findings)
