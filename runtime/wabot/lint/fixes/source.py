"""A file as the fixes see it: its text, and where in the text each value stands."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from wabot.language.diagnostic import Location
from wabot.language.document import Document, Steps
from wabot.language.shape import Departure, departures

_BREAK: Final = re.compile("\r\n|\n|\r")


class Source:
    """A document that was read, with what the fixes ask of it. It is not changed."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @property
    def text(self) -> str:
        return self.document.text

    @cached_property
    def newline(self) -> str:
        """How lines end in this file."""
        found = _BREAK.search(self.text)
        return found[0] if found else "\n"

    @cached_property
    def departures(self) -> tuple[Departure, ...]:
        return tuple(departures(self.document))

    @cached_property
    def _nodes(self) -> tuple[tuple[Steps, Node], ...]:
        return tuple(self._below(self.document.node(()), (), set()))

    def _below(self, node: Node | None, steps: Steps, seen: set[int]) -> Iterator[tuple[Steps, Node]]:
        if node is None or id(node) in seen:
            return
        seen.add(id(node))
        yield steps, node
        if isinstance(node, SequenceNode):
            for index, child in enumerate(node.value):
                yield from self._below(child, (*steps, index), seen)
        elif isinstance(node, MappingNode):
            for key, child in node.value:
                yield from self._below(child, (*steps, key.value), seen)

    @cached_property
    def _aliased(self) -> frozenset[int]:
        """Nodes that stand in several places by an alias: changing one would change the others."""
        seen: set[int] = set()
        twice: set[int] = set()
        for _, node in self._nodes:
            for child in _children(node):
                (twice if id(child) in seen else seen).add(id(child))
        return frozenset(twice)

    def steps_at(self, at: Location) -> Steps | None:
        """The way to the value that begins at `at`; the innermost, where several do."""
        found = None
        for steps, node in self._nodes:
            if (node.start_mark.line + 1, node.start_mark.column + 1) == (at.line, at.column):
                found = steps
        return found

    def scalar_at(self, at: Location) -> ScalarNode | None:
        """The text, number or word that begins at `at`, unless an alias repeats it elsewhere or an anchor names it."""
        for _, node in self._nodes:
            here = (node.start_mark.line + 1, node.start_mark.column + 1) == (at.line, at.column)
            if here and isinstance(node, ScalarNode) and id(node) not in self._aliased:
                return None if self.raw(node).startswith(("&", "!")) else node
        return None

    def is_shared(self, node: Node) -> bool:
        return id(node) in self._aliased

    def raw(self, node: Node) -> str:
        """A value as it is written."""
        return self.text[node.start_mark.index : node.end_mark.index]

    def key(self, steps: Steps) -> ScalarNode | None:
        """The key of the value at `steps`."""
        above = self.document.node(steps[:-1])
        if isinstance(above, MappingNode) and id(above) not in self._aliased:
            for key, _ in above.value:
                if isinstance(key, ScalarNode) and key.value == steps[-1]:
                    return key
        return None


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node, SequenceNode):
        yield from node.value
    elif isinstance(node, MappingNode):
        yield from (child for _, child in node.value)
