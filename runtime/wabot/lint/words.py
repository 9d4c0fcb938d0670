"""How findings name rules and messages."""

from collections.abc import Iterable

from wabot.language.rule_set import Rule

_LONGEST = 60


def named(rules: Iterable[Rule]) -> str:
    """`a`, `b` and `c`."""
    ids = [f"`{rule.id}`" for rule in rules]
    return " and ".join([", ".join(ids[:-1]), ids[-1]] if len(ids) > 1 else ids)


def quoted(text: str) -> str:
    """A message as it can stand in a line."""
    shown = " ".join(text.split()) or text.encode("unicode_escape").decode()
    return f"“{shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + '…'}”"
