"""The plain `wabot test "jam buka?"`, typed again and again while rules are written: answered without the library that
reads command lines, whose import takes as long as everything else.

It knows the few words below, and leaves every other command line to that library, which reads these alike.
"""

import os
from collections.abc import Sequence
from typing import Final

_VALUES: Final = {"--at": "at", "--expect": "expect", "--tenant": "tenant", "-m": "message", "--message": "message"}


def take(words: Sequence[str]) -> int | None:
    """Do what the words ask for, and return the exit code; None when they are not for here.

    Raises:
        UsageError: as `wabot test`.
    """
    if not words or words[0] != "test" or "_WABOT_COMPLETE" in os.environ:
        return None
    rest = iter(words[1:])
    plain: list[str] = []
    given: dict[str, list[str]] = {}
    trace = False
    for word in rest:
        if word == "--trace":
            trace = True
        elif word in _VALUES:
            value = next(rest, "-")
            if value.startswith("-"):
                return None
            given.setdefault(_VALUES[word], []).append(value)
        elif word.startswith("-"):
            return None
        else:
            plain.append(word)

    from wabot.cli.words import message_and_path

    last = {name: values[-1] for name, values in given.items()}
    said, path = message_and_path(plain, last.get("message"))
    if said is None:
        return None
    from wabot.cli.asking import Asked, ask
    from wabot.cli.output import Format

    asked = Asked(said, last.get("at"), trace=trace, expect=last.get("expect"))
    return ask(path, given.get("tenant", ()), asked, Format.text)
