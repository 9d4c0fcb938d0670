"""Telling the words of a command line apart: which is the path, and which is what the command is about."""

from collections.abc import Collection, Sequence
from pathlib import Path

from wabot.model.errors import UsageError


def is_path(word: str) -> bool:
    """Whether the word is an existing path."""
    try:
        return bool(word) and Path(word).exists()
    except (OSError, ValueError):  # a message can be too long for a path, or hold a NUL
        return False


def message_and_path(words: Sequence[str], message: str | None) -> tuple[str | None, Path | None]:
    """The message and the path: a word that is an existing path is a path. `message` is one that was given as such.

    Raises:
        UsageError: too many words, or none of them can be what is missing.
    """
    if len(words) > 2 or (message is not None and len(words) > 1):
        raise UsageError(f"too many words ({len(words)}); put the message in quotes")
    texts: list[str] = [] if message is None else [message]
    paths: list[str] = []
    for word in words:
        (paths if is_path(word) else texts).append(word)
    if len(texts) > 1:
        missing = texts[1]
        raise UsageError(f"{missing} does not exist; give one message and the path of the rules")
    if len(paths) > 1:
        raise UsageError(f"both {paths[0]} and {paths[1]} are paths; if one is the message, give it with -m")
    return (texts[0] if texts else None), (Path(paths[0]) if paths else None)


def name_and_path(words: Sequence[str], what: str) -> tuple[str, Path | None]:
    """The name ("" when none is given) and the path; of two words the first is the name, a single one that exists is
    the path. `what` says what is named ("a rule's id").

    Raises:
        UsageError: too many words, or a path that does not exist.
    """
    if len(words) > 2:
        raise UsageError(f"too many words ({len(words)}); give {what} and the path of the rules")
    if len(words) == 2:
        name, path = words if is_path(words[1]) or not is_path(words[0]) else (words[1], words[0])
        if not is_path(path):
            raise UsageError(f"{path} does not exist; give {what}, then the path of the rules")
        return name, Path(path)
    if not words:
        return "", None
    return ("", Path(words[0])) if is_path(words[0]) else (words[0], None)


def unknown(what: str, name: str, known: Collection[str]) -> UsageError:
    """The error for a name that does not exist, with the nearest that does."""
    from difflib import get_close_matches

    close = get_close_matches(name.casefold(), sorted(known), n=1, cutoff=0.5)
    listed = ", ".join(sorted(known)[:12]) + (" …" if len(known) > 12 else "")
    return UsageError(f"no {what} `{name}`; " + (f"did you mean `{close[0]}`?" if close else f"there are: {listed}"))
