"""Tenants as far as a command needs them: from the cache where nothing has changed, else from their files."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from wabot.cli.cache import Cache
from wabot.language.content import Contents
from wabot.language.diagnostic import Diagnostic
from wabot.language.plain import NotPlain, from_plain, rules_from_plain, rules_to_plain, to_plain
from wabot.language.rule_set import RuleSet

if TYPE_CHECKING:
    from wabot.language.document import Document

_LAYOUT: Final = 2
"""Of the entries: one more for each change of what they hold."""
_UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError)
_Known = TypeVar("_Known")


class Checked(NamedTuple):
    """What was looked at in a tenant's folder, and everything that was found there. `files` says of each its kind (that
    of its schema, "" for texts); `commented` are those that may silence findings; `sound` says whether nothing kept the
    rules from being checked; `timezone` and `phone` are the tenant's, "" if they could not be read: some findings
    depend on the date there, one on the others' numbers."""

    tenant_id: str
    folder: Path
    files: dict[Path, str]
    rules: int
    findings: tuple[Diagnostic, ...]
    commented: tuple[Path, ...]
    sound: bool
    timezone: str
    phone: str


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

    def checked(self, folder: Path, keep: "dict[Path, Document] | None" = None) -> Checked:
        """Everything that is to be said about a tenant's folder. Its files as they were read go into `keep`."""
        key = self._key("checked", folder)
        known = self._recall(key, lambda data: self._as_checked(data, folder)) if keep is None else None
        if known is not None:
            return known
        from wabot.cli.checking import check

        found, documents = check(folder, self._now)
        if keep is not None:
            keep.update((document.path, document) for document in documents)
        self._remember("checked", key, folder, lambda: [self._date(found.timezone), to_plain(tuple(found), folder)])
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
        date, plain = data
        found = Checked(*from_plain(plain, folder))
        return found if self._date(found.timezone) == date else None

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
