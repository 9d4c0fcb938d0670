"""What a word of a customer's message is good for, when messages are grouped by what they ask."""

import re
from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, NamedTuple

_LONG_RUN: Final = re.compile(r"(.)\1{2,}")
_RUN: Final = re.compile(r"(.)\1+")
_ENDINGS: Final = ("nya", "kah")
_LEAST: Final = 4
"""Letters that are left of a word without its ending."""


class Use(IntEnum):
    """The lower, the more a word says of the matter."""

    named = 0
    """What it is about: no list has it."""
    general = 1
    """A matter of every shop."""
    asking = 2
    """How it is asked."""
    filler = 3
    greeting = 4


class Word(NamedTuple):
    """The word that is meant, however it was written, and its use."""

    meant: str
    use: Use


class _Lists(NamedTuple):
    uses: Mapping[str, Use]
    spelt: Mapping[str, str]


@cache
def read_word(written: str) -> Word:
    """A folded word of a message: `brpa` is berapa, `ongkirnyaaa` is ongkir."""
    lists = _lists()
    for form in _forms(written):
        meant = lists.spelt.get(form, form)
        if meant in lists.uses or meant != form:
            return Word(meant, lists.uses.get(meant, Use.named))
    short = _LONG_RUN.sub(r"\1", written)
    ending = next((end for end in _ENDINGS if short.endswith(end) and len(short) - len(end) >= _LEAST), "")
    if ending:
        return read_word(short.removesuffix(ending))
    return Word(short, Use.named)


def _forms(written: str) -> tuple[str, ...]:
    """As it stands, and with letters that were written again and again standing once."""
    return written, _LONG_RUN.sub(r"\1", written), _RUN.sub(r"\1", written)


@cache
def _lists() -> _Lists:
    uses: dict[str, Use] = {}
    spelt: dict[str, str] = {}
    section = ""
    for line in files("wabot.analytics").joinpath("chat_words.txt").read_text("utf-8").splitlines():
        words = line.split()
        if not words or words[0] == "#":
            continue
        if line.startswith("["):
            section = line.strip("[]")
        elif section == "spelt":
            spelt |= dict.fromkeys(words[1:], words[0])
        else:
            uses |= {word: uses.get(word, Use[section]) for word in words}
    return _Lists(MappingProxyType(uses), MappingProxyType(spelt))
