"""One YAML file, read so that every value still knows its line and column.

PyYAML's YAML 1.1 bites: `no` is False, `17:30` is 1050, a repeated key wins silently. So nodes are composed by libyaml
and turned into plain data here, by the few rules of docs/rule-language.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from wabot.language.compose import MAX_DEPTH, compose, source_lines
from wabot.language.diagnostic import Diagnostic, Location, Severity
from wabot.language.files import MAX_BYTES, read_file

Steps = tuple[str | int, ...]
"""The way to a value: keys of mappings and indices of lists, from the top."""

MAX_VALUES: Final = 500_000

_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]{1,18}(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_SEXAGESIMAL: Final = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_WORDS: Final[dict[str, Any]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN_TAGS: Final = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!")


@dataclass(slots=True)
class Document:
    """A file and what was found wrong in it. `data` is None when it could not be read at all. `entries` are the
    rules, tests or quick replies in it that have the right shape, None in the place of one that has not. `kind` names
    the schema that it is held against, "" for none."""

    path: Path
    text: str = ""
    data: Any = None
    entries: list[Any] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    kind: str = ""
    _root: Node | None = None

    def report(
        self,
        code: str,
        message: str,
        hint: str = "",
        *,
        at: Location | None = None,
        severity: Severity = "error",
    ) -> None:
        self.findings.append(Diagnostic(at or Location(self.path), severity, code, message, hint))

    def node(self, steps: Steps) -> Node | None:
        """The node at `steps`, or the nearest one above it."""
        here = self._root
        for step in steps:
            below = _child(here, step)
            if below is None:
                break
            here = below[1]
        return here

    def locate(self, steps: Steps, *, key: bool = False) -> Location:
        """Where the value at `steps` is written, or with `key` its key."""
        here: Node | None = self._root
        key_node: Node | None = None
        for step in steps:
            below = _child(here, step)
            if below is None:
                break
            key_node, here = below
        node = key_node if key and key_node is not None else here
        return Location(self.path) if node is None else self.location(node)

    def location(self, node: Node) -> Location:
        start, end = node.start_mark, node.end_mark
        line = start.line + 1
        same_line = end.line == start.line and not (isinstance(node, ScalarNode) and node.style in ("|", ">"))
        return Location(self.path, line, start.column + 1, end.column + 1 if same_line else 0)

    def has(self, steps: Steps) -> bool:
        here: Any = self.data
        for step in steps:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    def raw(self, steps: Steps) -> str:
        """The value at `steps` as it is written in the file."""
        node = self.node(steps)
        return "" if node is None else self.text[node.start_mark.index : node.end_mark.index]


def read_document(path: Path) -> Document:
    """Read and parse one file; what is wrong is in `findings`, nothing is raised."""
    document = Document(path)
    try:
        raw = read_file(path)
    except OSError as error:
        document.report(
            "WB001", f"cannot be read: {error.strerror or error}", "check that the file exists and may be read"
        )
        return document
    return parse_document(path, raw)


def parse_document(path: Path, raw: bytes) -> Document:
    """As `read_document`, for bytes that are at hand."""
    document = Document(path)
    text = _decode(document, raw)
    if text is None:
        return document
    document.text = text
    root = compose(document, text)
    if document.findings:
        return document
    if root is None:
        document.report("WB008", "the file is empty", "begin it with `version: 1`")
        return document
    document._root = root
    document.data = _Reading(document).value(root, ())
    return document


def _decode(document: Document, raw: bytes) -> str | None:
    if len(raw) > MAX_BYTES:
        document.report("WB008", f"the file is larger than {MAX_BYTES // 1_000_000} MB", "split it into several files")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        lines = source_lines(before)
        at = Location(document.path, len(lines), len(lines[-1]) + 1)
        document.report(
            "WB002", "this file is not UTF-8 text", "save it as UTF-8 (in the editor: Save with Encoding)", at=at
        )
        return None
    if bad := _UNPRINTABLE.search(text):
        lines = source_lines(text[: bad.start()])
        at = Location(document.path, len(lines), len(lines[-1]) + 1, len(lines[-1]) + 2)
        name = f"U+{ord(bad[0]):04X}"
        document.report("WB003", f"the control character {name} may not stand in YAML", "delete it", at=at)
        return None
    return text


class _Reading:
    """Turns nodes into data, and notes what YAML allows but this language does not."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.values = 0
        self.open: set[int] = set()

    def value(self, node: Node, steps: Steps) -> Any:
        # An alias is the same node again: a few of them, nested, can stand for billions of values, or for themselves.
        self.values += 1
        if self.values > MAX_VALUES or len(steps) > MAX_DEPTH or id(node) in self.open:
            if not any(finding.code == "WB008" for finding in self.document.findings):
                at = self.document.location(node)
                self.document.report(
                    "WB008", "this expands to more values than any rules need", "do not nest aliases", at=at
                )
            return None
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if node.tag not in _PLAIN_TAGS:
            self._tagged(node)
        self.open.add(id(node))
        try:
            if isinstance(node, SequenceNode):
                return [self.value(child, (*steps, index)) for index, child in enumerate(node.value)]
            return self._mapping(node, steps) if isinstance(node, MappingNode) else None
        finally:
            self.open.discard(id(node))

    def _mapping(self, node: MappingNode, steps: Steps) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, child in node.value:
            if not isinstance(key, ScalarNode):
                at = self.document.location(key)
                braces = isinstance(key, MappingNode)
                hint = "a text that begins with `{{` needs quotes around the whole of it" if braces else ""
                self.document.report("WB007", "a key must be a word, not a list or a mapping", hint, at=at)
            elif key.value in found:
                at, first = self.document.location(key), lines[key.value]
                message = f"the key `{key.value}` is repeated; it stands in line {first} already"
                self.document.report("WB005", message, "keep one of the two", at=at)
            else:
                lines[key.value] = key.start_mark.line + 1
                found[key.value] = self.value(child, (*steps, key.value))
        return found

    def _tagged(self, node: Node) -> None:
        at = self.document.location(node)
        self.document.report("WB007", f"YAML tags such as `{node.tag}` are not used here", "leave it away", at=at)

    def _scalar(self, node: ScalarNode) -> Any:
        text: str = node.value
        if node.tag not in ("tag:yaml.org,2002:str", "!"):
            self._tagged(node)
        if node.style:
            return text
        if _SEXAGESIMAL.fullmatch(text):
            at = self.document.location(node)
            message = f"{text} without quotes is a number in YAML 1.1 (minutes or seconds)"
            self.document.report("WB006", message, f'write it in quotes: "{text}"', at=at)
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text


def _child(node: Node | None, step: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key, value
    elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def scalars(node: Node | None) -> Iterator[ScalarNode]:
    """Every scalar below `node`, as written."""
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for child in node.value:
            yield from scalars(child)
    elif isinstance(node, MappingNode):
        for _, child in node.value:
            yield from scalars(child)
