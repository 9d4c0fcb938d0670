"""What a text must hold for a regex to match it: literals for the one automaton, so that hundreds of regexes cost
nothing on a message that none of them can match.

An answer is a set of literals, one of which stands in every folded text that the regex matches; None means that nothing
is known, and the regex must always be tried. Whatever this reader of RE2's syntax does not understand gives None.
"""

import string
from typing import Final

Required = frozenset[str] | None

_MOST: Final = 16
_FLAGS: Final = frozenset("imsU-")
_DIGITS: Final = frozenset(string.digits)
_PLAIN: Final = frozenset(string.ascii_letters + string.digits)


class _Beyond(Exception):
    """Syntax that this reader leaves alone."""


def required(regex: str) -> Required:
    """The literals of which one must occur (folded, ASCII), or None."""
    reader = _Reader(regex)
    try:
        found = reader.alternation()
        return found if reader.at == len(regex) else None
    except (_Beyond, IndexError):
        return None


class _Reader:
    def __init__(self, regex: str) -> None:
        self.regex = regex
        self.at = 0

    def alternation(self) -> Required:
        branches = [self.concatenation()]
        while self.regex[self.at : self.at + 1] == "|":
            self.at += 1
            branches.append(self.concatenation())
        either: set[str] = set()
        for branch in branches:
            if branch is None:
                return None
            either |= branch
        return frozenset(either) if len(either) <= _MOST else None

    def concatenation(self) -> Required:
        best: Required = None
        run = ""
        while self.at < len(self.regex) and self.regex[self.at] not in "|)":
            literal, need = self.atom()
            least, most = self.quantifier()
            if literal is not None and least >= 1:
                run += literal
                best = _better(best, _folded(run))
                run = run if most == 1 or not literal else ""
            else:
                run = ""
                best = _better(best, need if least >= 1 else None)
        return best

    def atom(self) -> tuple[str | None, Required]:
        """A literal ("" for what takes no room), or what the atom needs."""
        char = self.regex[self.at]
        self.at += 1
        if char == "(":
            return None, self.group()
        if char == "[":
            return None, self.character_class()
        if char == "\\":
            return self.escape()
        if char in "^$":
            return "", None
        return (
            (char, None) if char in _PLAIN or (char.isascii() and char in " -_/#@&=:;,'\"!%~<>`{}]") else (None, None)
        )

    def group(self) -> Required:
        if self.regex.startswith("?", self.at):
            self.at += 1
            if self.regex.startswith(("P<", "<"), self.at):
                self.at = self.regex.index(">", self.at) + 1
            else:
                while self.regex[self.at] in _FLAGS:
                    self.at += 1
                if self.regex[self.at] not in ":)":
                    raise _Beyond
                if self.regex[self.at] == ")":
                    # Flags alone are no atom: in `a(?i)?` the question mark is the a's. Harmless only at the start.
                    if self.regex[:2] != "(?" or ")" in self.regex[: self.at]:
                        raise _Beyond
                    self.at += 1
                    return None
                self.at += 1
        need = self.alternation()
        if self.regex[self.at] != ")":
            raise _Beyond
        self.at += 1
        return need

    def escape(self) -> tuple[str | None, Required]:
        char = self.regex[self.at]
        self.at += 1
        if char == "d":
            return None, _DIGITS
        if char in "bBAz":
            return "", None
        if char in "DwWsSnrtfva":
            return None, None
        if char in _PLAIN or not char.isascii():  # \Q…\E, \x41, \pL, \123, \C
            raise _Beyond
        return (None, None) if char.isspace() else (char, None)

    def character_class(self) -> Required:
        start = self.at
        if self.regex[self.at] == "^":
            self.at += 1
        if self.regex[self.at] == "]":
            self.at += 1
        while self.regex[self.at] != "]":
            if self.regex.startswith("[:", self.at):
                self.at = self.regex.index(":]", self.at) + 1
            elif self.regex[self.at] == "\\":
                self.at += 1
            self.at += 1
        inside = self.regex[start : self.at]
        self.at += 1
        if inside in ("0-9", "\\d"):
            return _DIGITS
        return frozenset(inside.lower()) if set(inside) <= _PLAIN and len(inside) <= _MOST else None

    def quantifier(self) -> tuple[int, int]:
        """The least and (where it is 1, exactly) the most repetitions."""
        char = self.regex[self.at : self.at + 1]
        least, most = 1, 1
        if char and char in "*+?":
            self.at += 1
            least, most = (1 if char == "+" else 0), 2
        elif char == "{":
            end = self.regex.find("}", self.at)
            low, comma, high = self.regex[self.at + 1 : end].partition(",")
            if end < 0 or not low.isdigit() or not (high.isdigit() or not high):
                return 1, 1  # RE2 takes such a brace as a literal; the next atom is it
            self.at = end + 1
            least, most = int(low), (2 if comma else int(low))
            most = max(most, 2) if least != 1 or comma else 1
        if self.at > 0 and (least, most) != (1, 1) and self.regex[self.at : self.at + 1] == "?":
            self.at += 1
        return least, most


def _folded(run: str) -> Required:
    """A run of literals as it stands in a folded text, whose white space is folded and trimmed."""
    literal = " ".join(run.lower().split())
    return frozenset({literal}) if literal else None


def _better(one: Required, other: Required) -> Required:
    """The more telling of two: longer literals first, then fewer."""
    if not one or not other or "" in other:
        return one or (other if other and "" not in other else None)
    return max(one, other, key=lambda need: (min(map(len, need)), -len(need)))
