"""Applies fixes to a file's text, and makes sure that it is still the file that it was."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, cast

from wabot.language.diagnostic import Diagnostic
from wabot.language.document import Document, parse_document
from wabot.language.shape import Kind, check_shape
from wabot.lint.fixes.fix import Edit, Fixed, Proposal
from wabot.lint.fixes.registry import proposals

_ROUNDS: Final = 50
_BREAKAGE: Final = frozenset({"WB002", "WB003", "WB004", "WB005", "WB007", "WB008"})
"""What no fix may bring about."""


@dataclass(frozen=True, slots=True)
class Mended:
    """The new text, and what is mended in it; no `fixed`, no change."""

    text: str
    fixed: tuple[Fixed, ...]


def mend(
    document: Document,
    findings: Iterable[Diagnostic],
    *,
    unsafe: bool,
    wanted: Callable[[Diagnostic], bool],
) -> Mended:
    """Mend what can be mended of a file's findings, and of those that come to light when others are gone and are
    `wanted`."""
    fixed: list[Fixed] = []
    left = list(findings)
    for _ in range(_ROUNDS):
        offered = list(proposals({document.path: document}, left, unsafe=unsafe))
        taken = next(filter(None, (_try(document, some) for some in _choices(offered))), None)
        if taken is None:
            break
        document, applied = taken
        fixed += [Fixed(one.finding, one.mending.title, one.safe) for one in applied]
        left = [finding for finding in document.findings if wanted(finding)]
    return Mended(document.text, tuple(fixed))


def _choices(offered: Sequence[Proposal]) -> Iterable[Sequence[Proposal]]:
    """All at once; should that go wrong, each alone."""
    together: list[Proposal] = []
    for one in offered:
        if not any(
            _collide(edit, other) for edit in one.mending.edits for kept in together for other in kept.mending.edits
        ):
            together.append(one)
    if together:
        yield together
        yield from ([one] for one in together)


def _collide(edit: Edit, other: Edit) -> bool:
    return edit != other and edit.start <= other.end and other.start <= edit.end


def _try(document: Document, chosen: Sequence[Proposal]) -> tuple[Document, Sequence[Proposal]] | None:
    text = document.text
    for edit in sorted({edit for one in chosen for edit in one.mending.edits}, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    after = parse_document(document.path, text.encode("utf-8"))
    if not after.findings and document.kind:
        check_shape(after, cast("Kind", document.kind))
    after.kind = document.kind
    was, now = _counted(document), _counted(after)
    broken = any(now[code] > was[code] for code in _BREAKAGE)
    useless = any(now[one.finding.code] >= was[one.finding.code] > 0 for one in chosen)
    return None if broken or useless else (after, chosen)


def _counted(document: Document) -> Counter[str]:
    return Counter(finding.code for finding in document.findings)
