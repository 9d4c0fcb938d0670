"""Entries that a list names twice. The first one stays."""

import re
from typing import Final

from yaml.nodes import Node, ScalarNode, SequenceNode

from wabot.language.diagnostic import Diagnostic
from wabot.lint.fixes.fix import Edit, Mending
from wabot.lint.fixes.source import Source

_REST_OF_LINE: Final = re.compile("[ \t]*(?=#|[\r\n]|$)")
_NEWLINE: Final = re.compile("\r\n|\n|\r")


def remove_repeated(finding: Diagnostic, source: Source) -> Mending | None:
    """Remove what a list says again, where the schema wants every entry once."""
    for departure in source.departures:
        if departure.what != "uniqueItems" or source.document.locate(departure.steps) != finding.location:
            continue
        sequence = source.document.node(departure.steps)
        if not isinstance(sequence, SequenceNode) or source.is_shared(sequence):
            return None
        again = [
            index
            for index, value in enumerate(departure.value)
            if isinstance(value, str) and value in departure.value[:index]
        ]
        return _without(source, sequence, again)
    return None


def remove_entry(finding: Diagnostic, source: Source) -> Mending | None:
    """Remove the entry of a list at which the finding stands."""
    steps = source.steps_at(finding.location)
    if not steps or not isinstance(index := steps[-1], int):
        return None
    sequence = source.document.node(steps[:-1])
    if not isinstance(sequence, SequenceNode) or len(sequence.value) < 2 or source.is_shared(sequence):
        return None
    return _without(source, sequence, [index])


def _without(source: Source, sequence: SequenceNode, indices: list[int]) -> Mending | None:
    edits: list[Edit] = []
    for index in indices:
        edit = _cut(source, sequence, index) if _in_order(sequence) else None
        if edit is None:
            return None
        edits.append(edit)
    words = ", ".join(dict.fromkeys(_word(sequence.value[index]) for index in indices))
    return Mending(f"remove the second {words}", tuple(edits)) if edits else None


def _word(node: Node) -> str:
    return f"`{node.value}`" if isinstance(node, ScalarNode) else "entry"


def _in_order(sequence: SequenceNode) -> bool:
    """Whether every entry stands where the list says it: one that is an alias stands elsewhere."""
    ends = [sequence.start_mark.index, *(node.end_mark.index for node in sequence.value)]
    return all(end <= node.start_mark.index for end, node in zip(ends, sequence.value, strict=False))


def _cut(source: Source, sequence: SequenceNode, index: int) -> Edit | None:
    node, text = sequence.value[index], source.text
    start, end = node.start_mark.index, node.end_mark.index
    if "&" in text[start:end] or (isinstance(node, ScalarNode) and node.style in ("|", ">")):
        return None  # an anchor may be needed elsewhere
    if sequence.flow_style:
        return _cut_between_commas(sequence, index, text)
    dash = text.rfind("-", 0, start)
    if dash < 0 or text[dash + 1 : start].strip(" \t"):
        return None
    begin = max(text.rfind("\n", 0, dash), text.rfind("\r", 0, dash)) + 1
    rest = _REST_OF_LINE.match(text, end)
    if rest is None or text[begin:dash].strip(" \t"):
        return None
    if text[rest.end() : rest.end() + 1] == "#":  # a comment stays, at the place of what it spoke of
        return Edit(dash, rest.end(), "")
    newline = _NEWLINE.match(text, rest.end())
    return Edit(begin, newline.end() if newline else rest.end(), "")


def _cut_between_commas(sequence: SequenceNode, index: int, text: str) -> Edit | None:
    node = sequence.value[index]
    start, end = node.start_mark.index, node.end_mark.index
    before = sequence.value[index - 1].end_mark.index if index else start
    if index and "#" not in text[before:start]:
        return Edit(before, end, "")
    # Between this entry and the one before it stands a comment: leave that, and the comma in front of it.
    comma = re.compile(r"\s*,[ \t]*").match(text, end)
    return Edit(start, comma.end() if comma else end, "")
