"""Tenants as far as a command needs them: from the cache where nothing has changed, else from their files."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from wabot.cli.cache import Cache
from wabot.language.content import Contents
from wabot.language.diagnostic import Diagnostic
from wabot.language.plain import NotPlain, from_plain, rules_from_plain, rules_to_plain, to_plain
from wabot.language.rule_set import RuleSet

_LAYOUT: Final = 1
"""Of the entries: one more for each change of what they hold."""
_UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError)
_Known = TypeVar("_Known")


class Checked(NamedTuple):
    """What all checks of a tenant found, and how many files and rules they looked at. `timezone` is the tenant's, "" if
    it could not be read: some findings depend on the date there."""

    findings: Sequence[Diagnostic]
    files: int
    rules: int
    timezone: str


class Ready(NamedTuple):
    """A tenant that can be asked. `rule_set` is None when its rules have errors."""

    tenant_id: str
    rule_set: RuleSet | None
    diagnostics: Sequence[Diagnostic]


class Remembering:
    """Reads tenants as they are at `now` (UTC milliseconds), and remembers them in the cache (None: there is none)."""

    def __init__(self, cache: Cache | None, now: int) -> None:
        self._cache = cache
        self._now = now
        self._contents = Contents()

    def checked(self, folder: Path) -> Checked:
        """Everything that is to be said about a tenant's folder."""
        key = self._key("checked", folder)
        known = self._recall(key, lambda data: self._as_checked(data, folder))
        if known is not None:
            return known
        from wabot.cli.checking import check

        found = check(folder, self._now)
        data = (found.files, found.rules, found.timezone, self._date(found.timezone))
        self._remember("checked", key, folder, lambda: [to_plain(found.findings, folder), *data])
        return found

    def ready(self, folder: Path) -> Ready:
        """A tenant's rules."""
        key = self._key("ready", folder)
        known = self._recall(key, lambda data: _as_ready(data, folder))
        if known is not None:
            return known
        from wabot.engine.load import load_tenant

        loaded = load_tenant(folder)
        found = Ready(loaded.tenant_id, loaded.rule_set, loaded.diagnostics)
        self._remember("ready", key, folder, lambda: self._ready_as_data(found, folder))
        return found

    def _as_checked(self, data: Any, folder: Path) -> Checked | None:
        findings, files, rules, timezone, date = data
        if self._date(timezone) != date:
            return None
        return Checked(from_plain(findings, folder), files, rules, timezone)

    def _ready_as_data(self, found: Ready, folder: Path) -> Any:
        from wabot.engine.hours import with_public_holidays

        rules = found.rule_set
        if rules is None:
            return [found.tenant_id, None, to_plain(found.diagnostics, folder)]
        year = datetime.fromtimestamp(self._now / 1000, rules.tenant.timezone).year
        hours = with_public_holidays(rules.hours, (year - 1, year, year + 1))
        return [found.tenant_id, rules_to_plain(rules, hours, folder), to_plain(found.diagnostics, folder)]

    def _date(self, timezone: str) -> str:
        if not timezone:
            return ""
        return datetime.fromtimestamp(self._now / 1000, ZoneInfo(timezone)).date().isoformat()

    def _key(self, what: str, folder: Path) -> str | None:
        content = None if self._cache is None else self._contents.of(folder)
        return content and f"{what}-{_LAYOUT}-{content}"

    def _recall(self, key: str | None, read: Callable[[Any], _Known | None]) -> _Known | None:
        data = None if self._cache is None or key is None else self._cache.get(key)
        try:
            return None if data is None else read(data)
        except _UNREADABLE:
            return None

    def _remember(self, what: str, key: str | None, folder: Path, write: Callable[[], Any]) -> None:
        # A file that changed while it was read belongs to neither hash.
        if self._cache is None or key is None or self._key(what, folder) != key:
            return
        try:
            self._cache.put(key, write())
        except NotPlain:
            return


def _as_ready(data: Any, folder: Path) -> Ready:
    from wabot.engine.index import Index

    tenant_id, rules, diagnostics = data
    rule_set = None if rules is None else rules_from_plain(rules, folder, Index)
    return Ready(tenant_id, rule_set, from_plain(diagnostics, folder))
