"""Texts that only fill in values and choose between pieces: `{{ first_name }}`, `{% if hours.open %}…{% else %}…`.

Nearly every reply is one. To run a template engine for them costs ten times what they cost, and its import more than
all else that `wabot test` does. What is not written exactly in this little part of Jinja2, and every value that is not
plainly there, is left to Jinja2 (`Beyond`): so both always say the same, and every error is Jinja2's.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from wabot.language.formats import FILTERS

NAMES: Final[Mapping[str, Collection[str] | None]] = {
    "name": None,
    "first_name": None,
    "phone": None,
    "message": None,
    "now": None,
    "tenant": ("id", "name", "phone", "language", "timezone"),
    "vars": (),
    "hours": ("today", "next_open", "open"),
    "match": (),
    "conversation": ("status", "priority", "tags", "messages"),
    "contact": ("name", "phone", "tags", "orders", "segment"),
}
"""What a text may name, and the attributes of it (None: it has none to list; empty: the tenant's or the rule's own)."""

_MOST_PIECES: Final = 500
"""Beyond so many, the budget of steps is worth counting, and that is Jinja2's part."""

_PATH: Final = r"([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)"
_VALUE: Final = re.compile(rf"\{{\{{[ \t\n]*{_PATH}((?:[ \t\n]*\|[ \t\n]*[a-z]+)*)[ \t\n]*\}}\}}", re.ASCII)
_BLOCK: Final = re.compile(
    rf"\{{%[ \t\n]*(?:(if|elif)[ \t\n]+(not[ \t\n]+)?{_PATH}|(else|endif))[ \t\n]*%\}}\n?", re.ASCII
)
_MARK: Final = re.compile(r"\{\{|\{%|\{#")
_BLANK: Final = re.compile(r"\s+")
_FILTERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **FILTERS,
    "upper": lambda value: str(value).upper(),
    "lower": lambda value: str(value).lower(),
}
_OBJECTS: Final = frozenset({"hours"})
"""Names whose value is asked for attributes; every other one is a mapping."""

Path = tuple[str, ...]


class Beyond(Exception):
    """Only Jinja2 can tell what this says."""


class _Slot:
    """A value that is filled in."""

    __slots__ = ("filters", "path")

    def __init__(self, path: Path, filters: tuple[str, ...]) -> None:
        self.path, self.filters = path, filters

    def say(self, values: Mapping[str, Any]) -> Iterator[str]:
        value = _value(self.path, values)
        for name in self.filters:
            value = _FILTERS[name](value)
        yield str(value)


class _Branch:
    """Pieces that are said when a value is true (`wanted`) or false; without a path, otherwise."""

    __slots__ = ("path", "pieces", "wanted")

    def __init__(self, path: Path | None, wanted: bool = True) -> None:
        self.path, self.wanted = path, wanted
        self.pieces: list[Piece] = []


class _Choice:
    """The first branch that holds."""

    __slots__ = ("branches",)

    def __init__(self, first: _Branch) -> None:
        self.branches = [first]

    def say(self, values: Mapping[str, Any]) -> Iterator[str]:
        for branch in self.branches:
            if branch.path is None or bool(_value(branch.path, values)) is branch.wanted:
                for piece in branch.pieces:
                    if isinstance(piece, str):
                        yield piece
                    else:
                        yield from piece.say(values)
                return


Piece = str | _Slot | _Choice


class SimpleText:
    """A text of this kind. `paths` are the names that it uses."""

    __slots__ = ("_whole", "paths")

    def __init__(self, whole: _Choice, paths: frozenset[Path]) -> None:
        self._whole, self.paths = whole, paths

    def render(self, values: Mapping[str, Any]) -> str:
        """The text for `values`, with the white space around it.

        Raises:
            Beyond: a value is not plainly there, or a filter does not take it.
        """
        try:
            return "".join(self._whole.say(values))
        except Exception as error:  # a property or a filter fails: Jinja2 says how
            raise Beyond from error


@lru_cache(maxsize=1024)  # a text is read when it is checked, and again when it is said
def read_simple(source: str) -> SimpleText | None:
    """`source` read as a simple text; None when it is not written as one."""
    if "\r" in source:
        return None
    whole = _Branch(None)
    open_choices: list[_Choice] = []
    branch = whole
    paths: set[Path] = set()
    at, pieces, line_starting = 0, 0, True
    while mark := _MARK.search(source, at):
        text = source[at : mark.start()]
        pieces += 1
        if value := _VALUE.match(source, mark.start()):
            path, filters = tuple(value[1].split(".")), tuple(value[2].replace("|", " ").split())
            if path[0] not in NAMES or not all(name in _FILTERS for name in filters):
                return None
            branch.pieces += (text, _Slot(path, filters))
            paths.add(path)
            at, line_starting = value.end(), False
            continue
        block = _BLOCK.match(source, mark.start())
        if block is None or pieces > _MOST_PIECES:
            return None
        branch.pieces.append(_without_indent(text, line_starting))
        test = _Branch(tuple(block[3].split(".")), not block[2]) if block[3] else _Branch(None)
        word = block[1] or block[4]
        if test.path:
            if test.path[0] not in NAMES:
                return None
            paths.add(test.path)
        if word == "if":
            choice = _Choice(test)
            branch.pieces.append(choice)
            open_choices.append(choice)
            branch = test
        elif not open_choices:
            return None
        elif word == "endif":
            open_choices.pop()
            branch = open_choices[-1].branches[-1] if open_choices else whole
        elif branch.path is None:  # after {% else %} only {% endif %} may come
            return None
        else:
            open_choices[-1].branches.append(test)
            branch = test
        at, line_starting = block.end(), block[0].endswith("\n")
    if open_choices or pieces > _MOST_PIECES:
        return None
    branch.pieces.append(source[at:])
    return SimpleText(_Choice(whole), frozenset(paths))


def _without_indent(text: str, line_starting: bool) -> str:
    """White space between the beginning of a line and a block is not said (Jinja2's `lstrip_blocks`)."""
    start = text.rfind("\n") + 1
    if (start > 0 or line_starting) and _BLANK.fullmatch(text, start):
        return text[:start]
    return text


def _value(path: Path, values: Mapping[str, Any]) -> Any:
    found = values[path[0]]
    for place, name in enumerate(path[1:]):
        if path[0] in _OBJECTS and place == 0:
            found = getattr(found, name)
        elif hasattr(found, name):  # `vars.items` is the method, not the tenant's variable
            raise Beyond
        else:
            found = found[name]
    return found
