"""RE2's syntax → a tree. What is rare in rules (`\\pL`, `\\Q…\\E`, `\\B`, octal numbers) is `Unknown`."""

import string
from functools import lru_cache
from typing import Final, NamedTuple

from wabot.engine.proof.letters import same_letter
from wabot.engine.proof.syntax import (
    ANY,
    WHITE,
    Assertion,
    Chars,
    Choice,
    Node,
    Repeat,
    Sequence,
    Unknown,
)

_DIGITS: Final = frozenset(string.digits)
_WORD: Final = frozenset(string.ascii_letters + string.digits + "_")
_CLASSES: Final = {"d": _DIGITS, "w": _WORD, "s": WHITE}
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_POSIX: Final = {
    "alpha": frozenset(string.ascii_letters),
    "digit": _DIGITS,
    "alnum": frozenset(string.ascii_letters + string.digits),
    "lower": frozenset(string.ascii_lowercase),
    "upper": frozenset(string.ascii_uppercase),
    "space": WHITE | {"\v"},
    "blank": frozenset(" \t"),
    "punct": frozenset(string.punctuation),
    "word": _WORD,
    "xdigit": frozenset(string.hexdigits),
}
_WIDEST_RANGE: Final = 512
_DEEPEST: Final = 40
_NOT_NEWLINE: Final = Chars(frozenset("\n"), flipped=True)


class _Flags(NamedTuple):
    """`caseless` i, `lines` m, `dot_newline` s."""

    caseless: bool
    lines: bool = False
    dot_newline: bool = False


@lru_cache(maxsize=2048)
def parse(source: str, case_sensitive: bool) -> Node:
    """The tree of a regex that RE2 accepts.

    Raises:
        Unknown: it has syntax that this parser leaves alone.
    """
    parser = _Parser(source, _Flags(not case_sensitive))
    try:
        node = parser.alternation()
    except (IndexError, ValueError, OverflowError):
        raise Unknown(source) from None
    if parser.at != len(source):
        raise Unknown(source)
    return node


class _Parser:
    def __init__(self, source: str, flags: _Flags) -> None:
        self.source = source
        self.flags = flags
        self.at = 0
        self.depth = 0

    def alternation(self) -> Node:
        """Up to the end or the bracket that closes the group; flags set inside end with it."""
        outside = self.flags
        branches = [self.concatenation()]
        while self._next_is("|"):
            self.at += 1
            branches.append(self.concatenation())
        self.flags = outside
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def concatenation(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            atom = self.atom()
            if atom is not None:
                parts.append(self.quantified(atom))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def atom(self) -> Node | None:
        """None: flags, which hold from here on."""
        char = self.source[self.at]
        self.at += 1
        if char == "(":
            return self.group()
        if char == "[":
            return self.character_class()
        if char == "\\":
            return self.escape()
        if char == ".":
            return ANY if self.flags.dot_newline else _NOT_NEWLINE
        if char == "^":
            return Assertion.LINE_START if self.flags.lines else Assertion.TEXT_START
        if char == "$":
            return Assertion.LINE_END if self.flags.lines else Assertion.TEXT_END
        if char in "*+?":
            raise Unknown(self.source)
        return self.literal(char)

    def literal(self, char: str) -> Chars:
        return Chars(same_letter(char) if self.flags.caseless else frozenset(char))

    def group(self) -> Node | None:
        outside = self.flags
        if self._next_is("?"):
            self.at += 1
            if self.source.startswith(("P<", "<"), self.at):
                self.at = self.source.index(">", self.at) + 1
            elif self._set_flags():
                return None
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unknown(self.source)
        inner = self.alternation()
        self.depth -= 1
        self.flags = outside
        if self.source[self.at] != ")":
            raise Unknown(self.source)
        self.at += 1
        return inner

    def _set_flags(self) -> bool:
        """`?i)` (True: no group follows) or `?i:`."""
        on = True
        while (char := self.source[self.at]) not in ":)":
            self.at += 1
            if char == "-":
                on = False
            elif char == "i":
                self.flags = self.flags._replace(caseless=on)
            elif char == "m":
                self.flags = self.flags._replace(lines=on)
            elif char == "s":
                self.flags = self.flags._replace(dot_newline=on)
            elif char != "U":  # U changes what is captured, not what matches
                raise Unknown(self.source)
        self.at += 1
        if char == ")" and self.source[self.at : self.at + 1] in tuple("*+?{"):
            raise Unknown(self.source)
        return char == ")"

    def escape(self) -> Node:
        char = self.source[self.at]
        if char in "bAz":
            self.at += 1
            return {"b": Assertion.WORD_EDGE, "A": Assertion.TEXT_START, "z": Assertion.TEXT_END}[char]
        found = self.escaped()
        return self.literal(found) if isinstance(found, str) else found

    def escaped(self) -> str | Chars:
        """What follows a backslash, in a class or outside: a character, or a class of its own."""
        char = self.source[self.at]
        self.at += 1
        if char.lower() in _CLASSES:
            return Chars(_CLASSES[char.lower()], flipped=char.isupper())
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char == "x":
            return self._hexadecimal()
        if not char.isascii() or char.isalnum():
            raise Unknown(self.source)
        return char

    def _hexadecimal(self) -> str:
        if self._next_is("{"):
            end = self.source.index("}", self.at)
            digits, self.at = self.source[self.at + 1 : end], end + 1
        else:
            digits = self.source[self.at : self.at + 2]
            self.at += 2
        return chr(int(digits, 16))

    def character_class(self) -> Node:
        flipped = self._next_is("^")
        self.at += flipped
        chars: set[str] = set()
        without: frozenset[str] | None = None
        first = True
        while first or not self._next_is("]"):
            first = False
            member = self._member()
            if isinstance(member, Chars) and member.flipped:
                without = member.chars if without is None else without & member.chars
            elif isinstance(member, Chars):
                chars |= member.chars
            else:
                for char in member:
                    chars |= same_letter(char) if self.flags.caseless else {char}
        self.at += 1
        if without is None:
            return Chars(frozenset(chars), flipped)
        return Chars(without - chars, not flipped)

    def _member(self) -> Chars | str:
        """A class, or the characters of a range ("x" is the range x-x)."""
        if self.source.startswith("[:", self.at):
            end = self.source.index(":]", self.at)
            name, self.at = self.source[self.at + 2 : end], end + 2
            if name.lstrip("^") not in _POSIX:
                raise Unknown(self.source)
            return self._posix(name)
        low = self._single()
        if isinstance(low, Chars) or not (self._next_is("-") and self.source[self.at + 1] != "]"):
            return low
        self.at += 1
        high = self._single()
        if isinstance(high, Chars) or ord(high) - ord(low) > _WIDEST_RANGE:
            raise Unknown(self.source)
        return "".join(map(chr, range(ord(low), ord(high) + 1)))

    def _posix(self, name: str) -> Chars:
        chars = _POSIX[name.lstrip("^")]
        if self.flags.caseless:
            chars = frozenset().union(*map(same_letter, chars))
        return Chars(chars, flipped=name.startswith("^"))

    def _single(self) -> Chars | str:
        char = self.source[self.at]
        self.at += 1
        return self.escaped() if char == "\\" else char

    def quantified(self, atom: Node) -> Node:
        char = self.source[self.at : self.at + 1]
        if char and char in "*+?":
            self.at += 1
            atom = Repeat(atom, 1 if char == "+" else 0, 1 if char == "?" else None)
        elif char == "{" and (counts := self._counts()) is not None:
            least, most = counts
            atom = Repeat(atom, least, None if most < 0 else most)
        else:
            return atom
        self.at += self._next_is("?")  # the lazy form matches the same texts
        return atom

    def _counts(self) -> tuple[int, int] | None:
        """`{2}`, `{2,}` (most -1) or `{2,5}`; None: a brace that RE2 takes as it stands."""
        end = self.source.find("}", self.at)
        low, comma, high = self.source[self.at + 1 : end].partition(",")
        if end < 0 or not _number(low) or not (_number(high) or not high):
            return None
        self.at = end + 1
        return int(low), int(high) if high else (-1 if comma else int(low))

    def _next_is(self, char: str) -> bool:
        return self.source.startswith(char, self.at)


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit()
