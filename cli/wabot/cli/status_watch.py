"""`wabot status --watch`: what each tenant does, shown again whenever it changes."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

from wabot.cli.api_status import API, api_line
from wabot.cli.output import say, style

_EVERY: Final = 1.0
_CLEAR: Final = "\x1b[H\x1b[2J\x1b[3J"


def watch(look: Callable[[], Mapping[str, str]], *, as_lines: bool) -> None:
    """Show what `look` finds (a text for each tenant), until Ctrl-C: on a terminal the whole is drawn anew, elsewhere
    what changed is told again. `as_lines`: each text is one line, for machines.

    Raises:
        KeyboardInterrupt: the user has seen enough.
    """
    seen: Mapping[str, str] = {}
    first = True
    while True:
        found = look()
        if found != seen or first:
            if sys.stdout.isatty() and not as_lines:
                sys.stdout.write(_CLEAR)
                say("\n\n".join(found.values()) or "nothing is stored yet")
                say(style("watching; Ctrl-C ends", dim=True))
            else:
                for tenant, text in found.items():
                    if seen.get(tenant) != text:
                        say(text if as_lines else f"{text}\n")
                for tenant in seen.keys() - found.keys():
                    say(_gone(tenant, as_line=as_lines))
            seen, first = found, False
        time.sleep(_EVERY)


def _gone(name: str, *, as_line: bool) -> str:
    if name == API:
        return api_line(None) if as_line else "the API  is served no more\n"
    return json.dumps({"tenant": name, "gone": True}) if as_line else f"{name}  its data is gone\n"
