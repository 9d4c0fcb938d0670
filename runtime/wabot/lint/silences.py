"""Comments that silence a finding: `# wabot: ignore WB412 because …`, in templates `{# wabot: ignore … #}`.

A silence stands on the finding's line, or alone on a line above it. It gives a reason, for whoever reads it next year;
one that no longer silences anything is itself a finding, so that silences do not pile up.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from wabot.language.diagnostic import Diagnostic, Location
from wabot.language.document import Document
from wabot.lint.catalogue import CATALOGUE, Entry, closest
from wabot.lint.comments import Comment, Span, template_comments, yaml_comments

MARK: Final = "wabot:"
"""A file without this text has no silences, and need not be looked at."""

_SILENCE: Final = re.compile(r"(?:^|#\s*)wabot:\s*(?P<verb>[A-Za-z]+)(?P<rest>.*)", re.DOTALL)
_BECAUSE: Final = re.compile(r"\bbecause\b(?P<reason>.*)", re.DOTALL | re.IGNORECASE)
_HOW: Final = "write `# wabot: ignore WB305 because` and the reason"


@dataclass(frozen=True, slots=True)
class Silenced:
    """A finding that a comment silences, and why."""

    finding: Diagnostic
    reason: str


@dataclass(slots=True)
class _Silence:
    """One comment. `lines` are those whose findings it silences; `unused` the codes that silenced nothing yet."""

    location: Location
    lines: frozenset[int]
    codes: tuple[str, ...]
    reason: str
    unused: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Place:
    """A file's silences. `sound` says whether everything in its tenant was checked."""

    silences: tuple[_Silence, ...]
    spans: tuple[Span, ...]
    sound: bool

    def lines(self, line: int) -> set[int]:
        """Where a comment may stand for a finding in `line`: there, or where the text that holds it begins or ends."""
        found = {line}
        for span in self.spans:
            if span.first_line <= line <= span.last_line:
                found |= {span.first_line} if span.block else {span.first_line, span.last_line}
        return found


class Commented(NamedTuple):
    """A tenant's files that may hold silences, and whether everything in the tenant could be checked."""

    documents: Sequence[Document]
    sound: bool


def heed(
    tenants: Iterable[Commented], findings: Iterable[Diagnostic], known: Mapping[str, Entry] = CATALOGUE
) -> tuple[list[Diagnostic], list[Silenced]]:
    """The findings of all these tenants that are left, with what is wrong in the silences themselves; and those that
    were silenced."""
    left: list[Diagnostic] = []
    silenced: list[Silenced] = []
    places: dict[Path, _Place] = {}
    # Together, because they may share files: a silence is used if any of them needs it.
    for tenant in tenants:
        for document in tenant.documents:
            if MARK in document.text and document.path not in places:
                places[document.path] = _place(document, tenant.sound, known, left)
    for finding in findings:
        place = places.get(finding.location.path)
        silence = None if place is None else _silence_of(place, finding, known)
        if silence is None:
            left.append(finding)
        else:
            silence.unused.discard(finding.code)
            silenced.append(Silenced(finding, silence.reason))
    # In a tenant with errors not everything could be checked: what seems unused may have its use.
    for silence in (one for place in places.values() if place.sound for one in place.silences):
        for code in sorted(silence.unused):
            message = f"there is no {code} here to silence"
            left.append(Diagnostic(silence.location, "warning", "WB902", message, "remove it from the comment"))
    return left, silenced


def _silence_of(place: _Place, finding: Diagnostic, known: Mapping[str, Entry]) -> _Silence | None:
    entry = known.get(finding.code)
    if entry is None or not entry.silenceable:
        return None
    lines = place.lines(finding.location.line)
    return next((one for one in place.silences if finding.code in one.codes and lines & one.lines), None)


def _place(document: Document, sound: bool, known: Mapping[str, Entry], wrong: list[Diagnostic]) -> _Place:
    if document.path.suffix == ".j2":
        comments: list[Comment] = template_comments(document.text)
        spans: list[Span] = []
    else:
        comments, spans = yaml_comments(document.text)
    alone = {line for one in comments if one.alone for line in range(one.line, one.last_line + 1)}
    silences = []
    for comment in comments:
        said = _SILENCE.search(comment.text)
        if said is None:
            continue
        at = Location(document.path, comment.line, comment.column, comment.end_column)
        because = _BECAUSE.search(said["rest"])
        reason = because["reason"].strip() if because else ""
        words = (said["rest"][: because.start()] if because else said["rest"]).replace(",", " ").split()
        if said["verb"].casefold() != "ignore":
            if (problem := _other_verb(said["verb"], at)) is not None:
                wrong.append(problem)
            continue
        codes = _codes(words, bool(because))
        wrong += _mistakes(codes, reason, at, known)
        usable = {code for code in codes if code in known and known[code].silenceable}
        lines = frozenset(_lines(comment, alone))
        silences.append(_Silence(at, lines, tuple(usable), reason, set(usable)))
    return _Place(tuple(silences), tuple(spans), sound)


def _codes(words: list[str], explained: bool) -> list[str]:
    """The words that are codes. Where no `because` divides them from other words, only those that look like one."""
    looking = [word.upper() for word in words if re.fullmatch(r"[A-Za-z]{1,3}\d+", word)]
    return [word.upper() for word in words] if explained or not looking else looking


def _lines(comment: Comment, alone: set[int]) -> Iterator[int]:
    if not comment.alone:
        yield from (comment.line, comment.last_line)
        return
    line = comment.last_line + 1
    while line in alone:  # several comments above one line all speak of it
        line += 1
    yield line


def _other_verb(verb: str, at: Location) -> Diagnostic | None:
    """A comment may begin with the name of the program; one that nearly says `ignore` means to silence something."""
    from difflib import SequenceMatcher

    if SequenceMatcher(None, verb.casefold(), "ignore").ratio() < 0.7:
        return None
    return Diagnostic(at, "warning", "WB903", f"`wabot: {verb}` silences nothing", f"did you mean `ignore`? {_HOW}")


def _mistakes(codes: list[str], reason: str, at: Location, known: Mapping[str, Entry]) -> Iterator[Diagnostic]:
    if not codes:
        yield Diagnostic(at, "warning", "WB903", "this silence names no code", _HOW)
        return
    for code in codes:
        if code not in known:
            close = closest(code)
            hint = f"did you mean {close}? " if close else ""
            hint += "`wabot explain` lists the codes"
            yield Diagnostic(at, "warning", "WB903", f"there is no code {code} to silence", hint)
        elif not known[code].silenceable:
            message = f"{code} cannot be silenced: only what rules mean (WB3xx to WB8xx) can"
            yield Diagnostic(at, "warning", "WB904", message, "mend what it finds, and remove this comment")
    if not reason:
        hint = f"add why, so that others can tell when it may go: `# wabot: ignore {', '.join(codes)} because …`"
        yield Diagnostic(at, "warning", "WB901", "this silence gives no reason", hint)
