"""Where an entry of a list stands in its file, in lines."""

import re
from collections.abc import Sequence
from typing import Final

from yaml.nodes import MappingNode

from wabot.language.document import Document

_LINE: Final = re.compile("[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029])|[^\n\r\x85\u2028\u2029]+")


def lines_of(text: str) -> list[str]:
    """The lines with their ends, as YAML counts them."""
    return _LINE.findall(text)


def entry_lines(document: Document, lines: Sequence[str], key: str, place: int) -> tuple[int, int, int] | None:
    """The column of an entry's dash, its first line, and the one after its last (from 0); None when the list is not
    written in lines. `lines` are the document's."""
    node = document.node((key, place))
    if not isinstance(node, MappingNode):
        return None
    start, column = node.start_mark.line, node.start_mark.column
    dash = re.fullmatch(r"([ ]*)-[ ]+", lines[start][:column]) if start < len(lines) else None
    if dash is None:
        return None
    indent = len(dash[1])
    end = start + 1
    while end < len(lines) and _within(lines[end], indent):
        end += 1
    while end > start + 1 and _between(lines[end - 1], indent):
        end -= 1
    return indent, start, end


def written(document: Document, lines: Sequence[str], key: str, place: int) -> str:
    """An entry as it stands in its file, from the column of its dash."""
    found = entry_lines(document, lines, key, place)
    if found is None:
        return document.raw((key, place))
    dash, start, end = found
    return "".join(line[min(dash, len(line) - 1) :] for line in lines[start:end])


def _within(line: str, indent: int) -> bool:
    """Whether a line belongs to the entry above it, or may stand between it and the next."""
    return not line.strip() or len(line) - len(line.lstrip(" ")) > indent or line.lstrip(" ").startswith("#")


def _between(line: str, indent: int) -> bool:
    return not line.strip() or (line.lstrip().startswith("#") and len(line) - len(line.lstrip(" ")) <= indent)
