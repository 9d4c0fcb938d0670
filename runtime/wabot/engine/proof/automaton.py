"""Finite automata: whether some trees match every text that another matches, and if not, the shortest that they miss.

A state is a place in a tree together with the kind of character before it, so that assertions (`\\b`, `^`, whole words)
are decided when the next character is known. Nothing is built ahead; the search walks the product of both sides,
shortest texts first, and counts its steps.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from wabot.engine.proof.letters import can_occur, is_ordinary, wordly
from wabot.engine.proof.syntax import (
    ANYTHING,
    Assertion,
    Chars,
    Choice,
    Node,
    Repeat,
    Sequence,
    Unknown,
    liked,
)

STEPS: Final = 10_000
"""Of one proof: regexes as people write them take some hundreds to three thousand; a step is some microseconds."""
_MOST_STATES: Final = 3_000

# Kinds of what stands beside a place in the text. ALIEN: a letter or digit outside ASCII, which RE2's \b does not know.
_EDGE, _NEWLINE, _OTHER, _ALIEN, _WORD = range(5)
_WON: Final = -1


@dataclass(slots=True)
class _States:
    """Trees as states: `free[s]` are moves without a character, `reads[s]` the one that takes a character."""

    free: list[list[tuple[Assertion | None, int]]] = field(default_factory=list)
    reads: list[tuple[Chars, int] | None] = field(default_factory=list)

    def new(self) -> int:
        if len(self.free) == _MOST_STATES:
            raise Unknown("too many states")
        self.free.append([])
        self.reads.append(None)
        return len(self.free) - 1

    def add(self, node: Node, start: int) -> int:
        """Add the tree after `start`; returns the state in which it is done."""
        if isinstance(node, Chars):
            end = self.new()
            # A state reads one set only, so that `start` may be shared.
            reader = self.new()
            self.free[start].append((None, reader))
            self.reads[reader] = (node, end)
            return end
        if isinstance(node, Assertion):
            end = self.new()
            self.free[start].append((node, end))
            return end
        if isinstance(node, Sequence):
            for part in node.parts:
                start = self.add(part, start)
            return start
        if isinstance(node, Choice):
            end = self.new()
            for option in node.options:
                self.free[self.add(option, start)].append((None, end))
            return end
        return self._repeat(node, start)

    def _repeat(self, node: Repeat, start: int) -> int:
        for _ in range(node.least):
            start = self.add(node.inner, start)
        end = self.new()
        if node.most is None:
            loop = self.new()
            self.free[start].append((None, loop))
            self.free[self.add(node.inner, loop)].append((None, loop))
            self.free[loop].append((None, end))
            return end
        for _ in range(node.most - node.least):
            self.free[start].append((None, end))
            fresh = self.new()
            self.free[start].append((None, fresh))
            start = self.add(node.inner, fresh)
        self.free[start].append((None, end))
        return end


@dataclass(slots=True)
class Budget:
    """Steps that several proofs share, so that no tenant's regexes hold up those who wait for the others."""

    left: int = 10 * STEPS


@dataclass(frozen=True, slots=True)
class _Class:
    """Characters that no set of the problem tells apart; `char` stands for them all."""

    char: str
    kind: int


def missed(later: Node, earlier: Iterable[Node], *, ordinary: bool = False, budget: Budget | None = None) -> str | None:
    """The shortest text in which `later` is found and none of `earlier` is, or None if there is none. With `ordinary`
    only the texts of `wabot.engine.proof.letters.ordinary` count: use it wherever a literal takes part.

    Raises:
        Unknown: it is not settled within STEPS or the budget's, or is about letters that are not ordinary.
    """
    shared = budget or Budget()
    if shared.left <= 0:
        raise Unknown("no steps left")
    search = _Search(later, tuple(earlier), ordinary)
    search.left = min(STEPS, shared.left)
    shared.left -= search.left + len(search.states.free)
    try:
        return search.run()
    finally:
        shared.left += search.left


class _Search:
    def __init__(self, later: Node, earlier: tuple[Node, ...], ordinary: bool) -> None:
        self.states = _States()
        self.first_later, self.last_later = self._anywhere((later,))
        self.first_earlier, self.last_earlier = self._anywhere(earlier)
        sets = {read[0] for read in self.states.reads if read is not None}
        self.classes = _classes(sets, ordinary)
        self.closures: dict[tuple[frozenset[int], int, int], frozenset[int]] = {}
        self.moves: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self.left = STEPS

    def _anywhere(self, nodes: tuple[Node, ...]) -> tuple[int, int]:
        start = self.states.new()
        return start, self.states.add(Choice(nodes), self.states.add(ANYTHING, start))

    def run(self) -> str | None:
        first = (frozenset((self.first_later,)), frozenset((self.first_earlier,)), _EDGE)
        seen = {first}
        waiting: deque[tuple[tuple[frozenset[int], frozenset[int], int], str]] = deque([(first, "")])
        while waiting:
            (mine, theirs, before), text = waiting.popleft()
            at_end = self._closure(mine, before, _EDGE)
            if self._won(at_end) and self.last_earlier not in self._closure(theirs, before, _EDGE):
                return text
            for each in self.classes:
                if self.left <= 0:
                    raise Unknown("too many steps")
                self.left -= 1
                following = self._closure(theirs, before, each.kind)
                if self.last_earlier in following:
                    continue
                after = self._later(self._closure(mine, before, each.kind), each)
                for state in after:
                    item = (frozenset((state,)), self._move(following, each), each.kind)
                    if item not in seen:
                        seen.add(item)
                        waiting.append((item, text + each.char))
        return None

    def _won(self, closed: frozenset[int]) -> bool:
        return self.last_later in closed or _WON in closed

    def _later(self, closed: frozenset[int], each: _Class) -> Iterator[int]:
        """The ways on of the tree that must be found: one state at a time; once found, only the other side counts."""
        if self._won(closed):
            yield _WON
        else:
            yield from self._move(closed, each)

    def _closure(self, states: frozenset[int], before: int, after: int) -> frozenset[int]:
        key = (states, before, after)
        found = self.closures.get(key)
        if found is None:
            reached = set(states)
            stack = [state for state in states if state != _WON]
            while stack:
                for assertion, target in self.states.free[stack.pop()]:
                    if target not in reached and (assertion is None or _holds(assertion, before, after)):
                        reached.add(target)
                        stack.append(target)
            found = self.closures[key] = frozenset(reached)
        return found

    def _move(self, closed: frozenset[int], each: _Class) -> frozenset[int]:
        key = (closed, each.char)
        found = self.moves.get(key)
        if found is None:
            reads = (self.states.reads[state] for state in closed)
            found = self.moves[key] = frozenset(
                target
                for chars, target in (read for read in reads if read is not None)
                if (each.char in chars.chars) != chars.flipped
            )
        return found


def _holds(assertion: Assertion, before: int, after: int) -> bool:
    match assertion:
        case Assertion.TEXT_START:
            return before == _EDGE
        case Assertion.TEXT_END:
            return after == _EDGE
        case Assertion.LINE_START:
            return before <= _NEWLINE
        case Assertion.LINE_END:
            return after <= _NEWLINE
        case Assertion.WORD_EDGE:
            return (before == _WORD) != (after == _WORD)
        case Assertion.ALONE_BEFORE:
            return before < _ALIEN
        case Assertion.ALONE_AFTER:
            return after < _ALIEN


_ASCII: Final = tuple(map(chr, range(128)))
_REST: Final = ("éèüñöäçåøжд", "😀🙏👍🔥🎉✅❤★●→")
"""Stand for the characters that no set names: letters, and what is none."""


def _classes(sets: Iterable[Chars], ordinary: bool) -> tuple[_Class, ...]:
    listed = sorted(sets, key=lambda chars: (chars.flipped, sorted(chars.chars)))
    named = {char for chars in listed for char in chars.chars if not char.isascii()}
    beyond = [char for char in sorted(named) if can_occur(char)]
    if ordinary and not all(map(is_ordinary, {char for chars in listed if not chars.flipped for char in chars.chars})):
        # Such a text would be left out, and what is left would seem to be taken.
        raise Unknown("characters that are not ordinary")
    rest = [next((char for char in chars if char not in named), "") for chars in _REST]
    groups: dict[tuple[int, ...], list[str]] = {}
    for char in (*_ASCII, *beyond, *rest):
        if char and (not ordinary or is_ordinary(char)):
            key = (_kind(char), *(char in chars.chars for chars in listed))
            groups.setdefault(key, []).append(char)
    made = [_Class(liked(Chars(frozenset(chars))), key[0]) for key, chars in groups.items()]
    return tuple(sorted(made, key=lambda each: (not each.char.isalnum(), each.char)))


def _kind(char: str) -> int:
    if char == "\n":
        return _NEWLINE
    if not wordly(char):
        return _OTHER
    return _WORD if char.isascii() else _ALIEN
