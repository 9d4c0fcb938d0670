"""Which findings a change is to blame for: those in its lines, and those that were not there before it."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from wabot.cli.git import Checkout
from wabot.cli.survey import Survey, survey
from wabot.cli.tenants import DEFAULT
from wabot.language.diagnostic import Diagnostic, Location
from wabot.language.document import Document

_NUMBERS: Final = re.compile(r"\bline \d+|(?<=\.yaml:)\d+")
"""Places that a message names: they move when lines above them come and go."""

_Key = tuple[str, str, str, str]


def brought_by_change(now: Survey, path: Path | None, only: Sequence[str], base: str) -> tuple[Diagnostic, ...]:
    """The findings of `now`, the survey of `path`, for which the change since the commit `base` is to blame.

    Raises:
        UsageError: `path` lies in no git checkout, or `base` names no commit.
    """
    place = (path or DEFAULT).resolve()
    checkout = Checkout(place, base)
    changes = checkout.changes()
    touched = {
        item for item in now.findings if changes.touch(Path(os.path.realpath(item.location.path)), item.location.line)
    }
    if len(touched) == len(now.findings):
        return now.findings
    if place.is_file():
        place = now.tenants[0].folder.resolve()
    # The tenants' neighbours come along: rules may be shared among them.
    around = place if place == checkout.root or not (place / "tenant.yaml").exists() else place.parent
    with checkout.before(around) as then:
        earlier = _survey_then(then / place.relative_to(around), only)
        old = _counted(earlier, then)
    return tuple(item for item in now.findings if item in touched | _new(now, old, around, touched))


def _survey_then(path: Path, only: Sequence[str]) -> Survey:
    """As it was; a tenant that did not exist then had no findings."""
    if not path.exists():
        return Survey((), ())
    if only and not (path / "tenant.yaml").exists():
        only = [name for name in only if (path / name).is_dir()]
        if not only:
            return Survey((), ())
    return survey(path, only, cached=False)


def _new(now: Survey, old: Counter[_Key], around: Path, touched: set[Diagnostic]) -> set[Diagnostic]:
    """Those of which there are more than before. Of several that are alike, the touched ones are the new ones."""
    rules = _Rules(now)
    new: set[Diagnostic] = set()
    left = Counter(old)
    for item in sorted(now.findings, key=lambda item: item in touched):
        key = _key(item, rules, around)
        if left[key] > 0:
            left[key] -= 1
        else:
            new.add(item)
    return new


def _counted(survey_then: Survey, around: Path) -> Counter[_Key]:
    rules = _Rules(survey_then)
    return Counter(_key(item, rules, around) for item in survey_then.findings)


def _key(item: Diagnostic, rules: "_Rules", around: Path) -> _Key:
    try:
        path = Path(os.path.realpath(item.location.path)).relative_to(around.resolve()).as_posix()
    except ValueError:
        path = str(item.location.path)
    return item.code, _NUMBERS.sub("", item.message), path, rules.at(item.location)


class _Rules:
    """In which rule a place lies."""

    def __init__(self, of: Survey) -> None:
        self._survey = of
        self._starts: dict[Path, list[tuple[int, str]]] = {}

    def at(self, place: Location) -> str:
        """The rule's id, "" outside of rules."""
        if place.path not in self._starts:
            document = self._survey.document(place.path)
            self._starts[place.path] = [] if document is None else list(_starts(document))
        return next((name for line, name in reversed(self._starts[place.path]) if line <= place.line), "")


def _starts(document: Document) -> Iterable[tuple[int, str]]:
    rules = document.data.get("rules") if isinstance(document.data, dict) else None
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        if isinstance(rule, dict):
            yield document.locate(("rules", index)).line, str(rule.get("id", ""))
