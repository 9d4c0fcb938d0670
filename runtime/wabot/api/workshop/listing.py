"""A file that is a list (rules, quick replies), changed entry by entry: whatever stands around an entry stays as it is
written, and within an entry its comments stay.

Entries are cut out and put in by the lines that they take, since a YAML writer ties a comment to the line above it and
would lose it with that line. What comes out is read again and must say what was meant, and nothing else.
"""

import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from wabot.api.problems import Problem
from wabot.api.workshop.lines import entry_lines, lines_of
from wabot.language.document import Document, parse_document

Entry = Mapping[str, Any]
_HEAD: Final = """\
# Written by wabot's API, which tenant.yaml allows (managed: true). People may edit and commit this file, too.
version: 1
"""
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*( [A-Za-z0-9][A-Za-z0-9_-]*)*|([0-9]+[smhd])+")
_RESERVED: Final = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
_NO_LITERAL: Final = re.compile("[\t\r\x85\u2028\u2029\ufeff]|^[ \n]|[ ](\n|$)|\n\n$")
"""Texts that a block could not hold as they are."""


class EntryList:
    """The text of a file whose list has the name `key`; an entry is known by its `name` (`id`, `shortcut`). `text` is
    None for a file that is not there yet."""

    def __init__(self, path: Path, text: str | None, key: str, name: str) -> None:
        """
        Raises:
            Problem: 409, a person must mend the file first.
        """
        self._path, self._key, self._name = path, key, name
        self.text = f"{_HEAD}{key}: []\n" if text is None else text
        self._document = self._read(self.text)
        self.entries: list[Any] = self._document.data[key]

    def place(self, name: str) -> int | None:
        """Which entry has that name."""
        return next((place for place, entry in enumerate(self.entries) if entry.get(self._name) == name), None)

    def add(self, entry: Entry) -> None:
        """Put an entry at the end."""
        lines = lines_of(self.text)
        if self.entries:
            dash, _, end = self._lines(len(self.entries) - 1)
            head = lines[:end]
            if head and not head[-1].endswith("\n"):
                head[-1] += "\n"
            made = "".join([*head, *_written(_fresh(entry), dash), *lines[end:]])
        else:
            made = self._begun("".join(_written(_fresh(entry), 2)))
        self._settle(made, [*self.entries, dict(entry)])

    def change(self, place: int, entry: Entry) -> None:
        """Let an entry say something else: of its lines, those whose values stay are left alone."""
        dash, start, end = self._lines(place)
        lines = lines_of(self.text)
        column = self._document.locate((self._key, place)).column - 1
        own = [f"{' ' * column}{lines[start][column:]}", *lines[start + 1 : end]]
        try:
            before = _yaml().load("".join(line[min(column, len(line) - len(line.lstrip(" "))) :] for line in own))
        except (YAMLError, ValueError, TypeError) as error:
            raise self._unable() from error
        if not isinstance(before, CommentedMap):
            raise self._unable()
        before.fa.set_block_style()
        for key in [key for key in before if key not in entry]:
            del before[key]
        was = self.entries[place]
        for key, value in entry.items():
            if key not in was or was[key] != value:
                before[key] = _node(value)
        made = "".join([*lines[:start], *_written(before, dash), *lines[end:]])
        self._settle(made, [dict(entry) if at == place else one for at, one in enumerate(self.entries)])

    def remove(self, place: int) -> None:
        """Take an entry away."""
        _, start, end = self._lines(place)
        lines = lines_of(self.text)
        rest = [one for at, one in enumerate(self.entries) if at != place]
        if rest:
            made = "".join(lines[:start] + lines[end:])
        else:
            (named,) = (at for at, line in enumerate(lines[:start]) if re.match(rf"{self._key}\s*:", line))
            lines[named] = re.sub(rf"^{self._key}\s*:", f"{self._key}: []", lines[named])
            made = "".join(lines[:start] + lines[end:])
        self._settle(made, rest)

    def _lines(self, place: int) -> tuple[int, int, int]:
        """The column of an entry's dash, its first line, and the one after its last (from 0).

        Raises:
            Problem: 409, it is not written in lines of its own.
        """
        found = entry_lines(self._document, lines_of(self.text), self._key, place)
        if found is None:
            raise self._unable()
        return found

    def _begun(self, entry: str) -> str:
        """The text with the first entry of an empty list."""
        made, count = re.subn(rf"(?m)^{self._key}[ ]*:[ ]*(\[[ ]*\])?[ ]*(#.*)?$\n?", self._first(entry), self.text)
        if count != 1:
            raise self._unable()
        return made

    def _first(self, entry: str) -> Any:
        return lambda found: f"{self._key}:{f'  {found[2]}' if found[2] else ''}\n{entry}"

    def _settle(self, made: str, meant: list[Any]) -> None:
        """Take the new text, if it says what was meant and everything else as before."""
        read = parse_document(self._path, made.encode())
        same = isinstance(read.data, dict) and {**self._document.data, self._key: meant} == read.data
        if read.findings or not same:
            raise self._unable()
        self.text, self._document, self.entries = made, read, meant

    def _read(self, text: str) -> Document:
        document = parse_document(self._path, text.encode())
        if isinstance(document.data, dict) and document.data.get(self._key, ()) is None:
            document.data[self._key] = []
        listed = document.data.get(self._key) if isinstance(document.data, dict) else None
        if document.findings or not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise self._unable()
        return document

    def _unable(self) -> Problem:
        message = (
            f"{self._path.name} is written in a way that cannot be changed without changing more than was asked: mend "
            f"it by hand, with each entry of `{self._key}` in lines of its own."
        )
        return Problem(409, message, "NEEDS_A_PERSON")


def _yaml() -> YAML:
    made = YAML(typ="rt")
    made.preserve_quotes = True
    made.width = 1_000_000  # a long line of a person's stays one line
    made.indent(mapping=2, sequence=4, offset=2)
    return made


def _written(entry: Any, dash: int) -> list[str]:
    """The lines of an entry whose dash stands in that column."""
    out = StringIO()
    _yaml().dump(entry, out)
    lines = lines_of(out.getvalue())
    pads = [f"{' ' * dash}- ", *[" " * (dash + 2)] * (len(lines) - 1)]
    return [pad + line if line.strip() else line for pad, line in zip(pads, lines, strict=True)]


def _fresh(entry: Entry) -> Any:
    return _node(dict(entry))


def _node(value: Any) -> Any:
    """A value as it is written anew: texts that other readers of YAML could take for something else in quotes, several
    lines as a block, short lists on one line."""
    if isinstance(value, str):
        if "\n" in value and not _NO_LITERAL.search(value):
            return LiteralScalarString(value)
        plain = _PLAIN.fullmatch(value) and len(value) <= 100 and value.casefold() not in _RESERVED
        return value if plain else DoubleQuotedScalarString(value)
    if isinstance(value, Mapping):
        made = CommentedMap()
        for key, part in value.items():
            made[key] = _node(part)
        return made
    if isinstance(value, list):
        listed = CommentedSeq(_node(part) for part in value)
        if not any(isinstance(part, Mapping) or (isinstance(part, str) and len(part) > 60) for part in value):
            listed.fa.set_flow_style()
        return listed
    return value
