"""Which of the tenants in the daemon's data folder a command is about, which chat, and how stored times look."""

import re
from collections.abc import Collection, Sequence, Set
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from shlex import quote
from typing import Any, Final

from wabot.model.errors import UsageError
from wabot.model.stored import FOREVER
from wabot.store.keeping.layout import is_set_aside

DATA_HELP: Final = "The daemon's data folder."


def stored_tenants(data: Path, names: Sequence[str] = (), *others: str) -> list[Path]:
    """The folders of the tenants that have a store in `data` (or one of the `others`), or of those that are named.

    Raises:
        UsageError: there is no such folder, or no such tenant in it.
    """
    if not data.is_dir():
        raise UsageError(f"there is no data folder {data}; `wabot run` makes it, or name another with --data")
    folders = sorted(
        entry
        for entry in data.iterdir()
        if any((entry / name).is_file() for name in ("wabot.db", *others)) and not is_set_aside(entry)
    )
    known = {folder.name for folder in folders}
    for name in names:
        if name not in known and (data / name / "lock").is_file():
            raise UsageError(f"nothing of {name} is stored in {data} yet: its session is about to begin; try again")
        if name not in known:
            raise missing("tenant", name, str(data), known)
    return [folder for folder in folders if not names or folder.name in names]


def with_data(command: str, data: Path) -> str:
    """The command as it must be typed where `data` is the data folder."""
    return command if data == Path("data") else f"{command} --data {quote(str(data))}"


def missing(what: str, name: str, place: str, known: Collection[str]) -> UsageError:
    """The error for a name that is not there, with the nearest that is."""
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    listed = ", ".join(sorted(known)[:12]) + (" …" if len(known) > 12 else "")
    hint = f"did you mean `{close[0]}`?" if close else f"there are: {listed or 'none'}"
    return UsageError(f"there is no {what} `{name}` in {place}; {hint}")


def find_chat(word: str, data: Path, names: Sequence[str] = (), others: Set[str] = frozenset()) -> tuple[Path, str]:
    """The folder of the tenant and the chat that `word` names: the chat itself, or its customer's number.
    `others` is what else the word could have meant.

    Raises:
        UsageError: nobody has that chat, or several tenants have it.
        StoreError: a store cannot be read.
    """
    from wabot.store.sqlite import reading

    found: list[tuple[Path, str]] = []
    known: set[str] = set()
    for folder in stored_tenants(data, names):
        with reading(folder, folder.name) as store:
            chats = store.chats()
        known |= chats.keys()
        found += [(folder, chats[as_chat(word)])] if as_chat(word) in chats else []
    if not found:
        raise missing("tenant or chat" if others else "chat", as_chat(word), str(data), known | others)
    if len(found) > 1:
        raise UsageError(
            f"several tenants have the chat `{as_chat(word)}`: {', '.join(folder.name for folder, _ in found)}; "
            "name one with --tenant"
        )
    return found[0]


def paused(until: int | None, now: int) -> str:
    """`until 2026-01-28 12:00:00`, "until resumed", or "" for what is not paused (any more)."""
    if until is None or until <= now:
        return ""
    return "until resumed" if until >= FOREVER else f"until {when(until)}"


def paused_as_data(until: int | None, now: int) -> dict[str, Any]:
    """A pause for machines; `paused_until` is null when it has no end."""
    silent = until is not None and until > now
    return {"paused": silent, "paused_until": until if silent and until != FOREVER else None}


def as_chat(word: str) -> str:
    """A chat as people write its number: `+62 812-0000-0001` is 6281200000001.

    Raises:
        UsageError: the word is empty, and would fit what has no name.
    """
    if not word.strip():
        raise UsageError("name a chat, or a customer's number; this one is empty")
    digits = re.sub(r"[\s().+-]", "", word)
    return digits if digits.isdigit() else word.strip()


def when(at: int | None, *, seconds: bool = True) -> str:
    """A stored moment on this machine's clock, with its zone: tenants may have another. "" for none."""
    clock = "%H:%M:%S" if seconds else "%H:%M"
    return "" if at is None else datetime.fromtimestamp(at / 1000, UTC).astimezone().strftime(f"%Y-%m-%d {clock} %Z")


def in_a_line(text: str) -> str:
    """The text on one line, for a column of a table."""
    return " ".join(text.split())
