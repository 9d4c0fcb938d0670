"""Two texts, line by line, with marks where they part."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, get_close_matches

from wabot.cli.output import style
from wabot.cli.render import width


def difference(wanted: str, got: Sequence[str]) -> Iterator[str]:
    """`-` lines stand only in what was wanted, `+` lines only in what came; carets mark where a line changed. Of
    several texts that came, the one that is nearest."""
    nearest = max(got, key=lambda text: SequenceMatcher(None, wanted, text, autojunk=False).ratio())
    ours, theirs = wanted.splitlines(), nearest.splitlines()
    for what, first, last, start, end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if what == "equal":
            yield from (f"  {line}" for line in ours[first:last])
            continue
        paired = min(last - first, end - start)
        for mine, other in zip(ours[first : first + paired], theirs[start : start + paired], strict=True):
            yield from changed(mine, other)
        yield from (style(f"- {line}", fg="green") for line in ours[first + paired : last])
        yield from (style(f"+ {line}", fg="red") for line in theirs[start + paired : end])
    if len(got) > 1:
        yield f"  (the nearest of {len(got)} replies)"


def changed(wanted: str, got: str) -> Iterator[str]:
    """A line that came differently, with carets under the first and the last place of difference."""
    yield style(f"- {wanted}", fg="green")
    yield style(f"+ {got}", fg="red")
    head = _common(wanted, got)
    tail = min(_common(wanted[::-1], got[::-1]), min(len(wanted), len(got)) - head)
    middle = width(got[head : len(got) - tail])
    if head + tail:  # wholly different lines need no marks
        yield f"  {' ' * width(got[:head])}{'^' * max(1, middle)}"


def closest_line(wanted: str, got: str) -> list[str]:
    """The line of `got` that is most like `wanted`, if any is; with carets under what differs."""
    lines = [line for line in got.splitlines() if line.strip()]
    close = get_close_matches(wanted, lines, n=1, cutoff=0.5)
    return list(changed(wanted, close[0])) if close else []


def _common(one: str, other: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
