"""Regexes and literals as one small tree, so that one automaton serves both."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Unknown(Exception):
    """Not decided: syntax that the parser leaves alone, or a proof that would take too many steps. Never a finding."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of `chars`, or with `flipped` any character but these."""

    chars: frozenset[str]
    flipped: bool = False


class Assertion(Enum):
    """What must hold between two characters. ALONE is `wabot.engine.index.at_word`, with letters of every script;
    WORD_EDGE is RE2's `\\b`, which knows those of ASCII only."""

    TEXT_START = auto()
    TEXT_END = auto()
    LINE_START = auto()
    LINE_END = auto()
    WORD_EDGE = auto()
    ALONE_BEFORE = auto()
    ALONE_AFTER = auto()


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`inner`, at least `least` times and at most `most` (None: any number of) times."""

    inner: "Node"
    least: int
    most: int | None


Node = Chars | Assertion | Sequence | Choice | Repeat

ANY: Final = Chars(frozenset(), flipped=True)
ANYTHING: Final = Repeat(ANY, 0, None)
WHITE: Final = frozenset(" \t\n\r\f")
"""RE2's `\\s`."""

_MOST_OPTIONS: Final = 16
_LIKED: Final = "abcdefghijklmnopqrstuvwxyz1234567890 -?!.,"


def options(node: Node) -> tuple[Node, ...]:
    """The node as alternatives, of which each can be looked at on its own: `a(b|c)` → `ab`, `ac`. Where they would be
    many, the node as it is."""
    found = _options(node)
    return (node,) if found is None else found


def _options(node: Node) -> tuple[Node, ...] | None:
    if isinstance(node, Choice):
        several = [options(option) for option in node.options]
        flat = tuple(option for group in several for option in group)
        return flat if len(flat) <= _MOST_OPTIONS else None
    if isinstance(node, Sequence):
        made: list[tuple[Node, ...]] = [()]
        for part in node.parts:
            heads = options(part)
            if len(made) * len(heads) > _MOST_OPTIONS:
                return None
            made = [(*head, tail) for head in made for tail in heads]
        return tuple(Sequence(parts) for parts in made)
    return None


def example(node: Node, gap: str = "") -> str:
    """A short text that the node matches if no assertion in it forbids; ask RE2 before relying on it. `gap` stands
    where anything may, so that words can keep apart."""
    if isinstance(node, Chars):
        return liked(node)
    if isinstance(node, Sequence):
        return "".join(example(part, gap) for part in node.parts)
    if isinstance(node, Choice):
        return min((example(option, gap) for option in node.options), key=len)
    if not isinstance(node, Repeat):
        return ""
    if (
        not node.least
        and node.most != 0
        and isinstance(node.inner, Chars)
        and (gap in node.inner.chars) != node.inner.flipped
    ):
        return gap
    return example(node.inner, gap) * node.least


def liked(chars: Chars) -> str:
    """A character of the set, one that reads well if there is one; "" if there is none."""
    found = next((char for char in _LIKED if (char in chars.chars) != chars.flipped), "")
    return found or ("" if chars.flipped else min(chars.chars, default=""))
