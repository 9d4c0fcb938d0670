"""A chat as WhatsApp exports it: Android's and iPhone's lines, in Indonesian and English. Pure.

What a line means is decided from the whole file: whether days or months come first, and where a name with a colon in it
ends. Whatever cannot be told stays with the message before it: nothing of a message is dropped.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Final, Literal, NamedTuple, cast

from wabot.analytics.chat_export_dates import Stamp, order_of
from wabot.analytics.chat_export_words import is_about_a_group, is_notice, without_mark, written
from wabot.model.errors import WabotError
from wabot.model.message import MessageType

Kind = Literal["message", "notice", "taken_back"]
"""A notice is WhatsApp's own line, not a person's."""

_DATE: Final = r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})"
_TIME: Final = r"(?:pukul |at )?(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?(?: ?([AaPp])\.? ?[Mm]\.?)?"
_ANDROID: Final = re.compile(rf"{_DATE},? {_TIME} [-–] ?(.*)", re.DOTALL)
_IPHONE: Final = re.compile(rf"\[{_DATE},? {_TIME}\] ?(.*)", re.DOTALL)
_SPACES: Final = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " "})
_MARKS: Final = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
_HEAD: Final = 48
"""Characters in which a date and a time stand."""
_LONGEST_NAME: Final = 80
_SURE: Final = 3
"""A name with a colon is one when so many lines begin with it, and none with its first part alone."""


class NotAnExport(WabotError):
    """The text is no chat that WhatsApp exported: `why` says what it looks like."""


class Entry(NamedTuple):
    """One message or notice. `at` is what the clock of the phone showed; `sender` is "" for WhatsApp's own lines;
    `line` is where it begins, from 1. `type` and `text` are as a session would have heard them."""

    at: datetime
    sender: str
    text: str
    type: MessageType = "text"
    kind: Kind = "message"
    line: int = 1


class Export(NamedTuple):
    """An exported chat, in the order of the file."""

    entries: tuple[Entry, ...]

    @property
    def senders(self) -> tuple[str, ...]:
        """Who wrote, whoever wrote first before the other."""
        return tuple(dict.fromkeys(entry.sender for entry in self.entries if entry.sender))


class _Head(NamedTuple):
    stamp: Stamp
    rest: str
    line: int


def parse(text: str, zone: tzinfo, names: Sequence[str] = ()) -> Export:
    """Read an export, written on the clock of `zone`; `names` are those that senders may have.

    Raises:
        NotAnExport: it is none, or that of a group.
    """
    heads = list(_heads(text))
    if not heads:
        raise NotAnExport(_what_else(text))
    order = order_of([head.stamp for head in heads])
    whole: list[tuple[datetime, str, int]] = []
    for head in heads:
        at = head.stamp.at(order, zone)
        if at is None and whole:  # no date by the order of the file: a line of the message before
            before = whole[-1]
            whole[-1] = (before[0], f"{before[1]}\n{head.stamp.source}{head.rest}", before[2])
        elif at is not None:
            whole.append((at, head.rest, head.line))
    if not whole:
        raise NotAnExport("no line of it has a date that there is")
    senders = _senders([rest for _, rest, _ in whole], names)
    entries = tuple(_entry(at, rest, line, senders) for at, rest, line in whole)
    _refuse_groups(entries)
    return Export(entries)


def _heads(text: str) -> Iterator[_Head]:
    """Each line that begins with a date, with the lines below that do not."""
    found: _Head | None = None
    below: list[str] = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.removesuffix("\r")
        head = _head(line, number)
        if head is None:
            below.append(line)
            continue
        if found is not None:
            yield found._replace(rest="\n".join([found.rest, *below]))
        found, below = head, []
    if found is not None:
        yield found._replace(rest="\n".join([found.rest, *below]).rstrip("\n"))


def _head(line: str, number: int) -> _Head | None:
    start = line.lstrip(_MARKS)
    if not start or (start[0] != "[" and not start[0].isdigit()):
        return None
    seen = start[:_HEAD].translate(_SPACES) + start[_HEAD:]
    match = _IPHONE.match(seen) if seen[0] == "[" else _ANDROID.match(seen)
    if match is None:
        return None
    first, second, third, hour, minute, seconds, half, _ = match.groups()
    if seen[0] == "[" and seconds is None:  # other apps write so; WhatsApp's always have seconds
        return None
    stamp = Stamp(
        (int(first), int(second), int(third)),
        (int(hour), int(minute), int(seconds or 0)),
        (half or "").lower(),
        seen[: match.start(8)],
    )
    return _Head(stamp, start[match.start(8) :], number) if stamp.possible else None


def _senders(rests: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """The names that senders have, the longest first."""
    first: Counter[str] = Counter()
    longer: dict[str, Counter[str]] = {}
    for rest in rests:
        if is_notice(rest):
            continue
        parts = rest.split("\n", 1)[0].split(": ")
        if len(parts) < 2 or len(parts[0]) > _LONGEST_NAME:
            continue
        first[parts[0]] += 1
        for end in range(2, min(len(parts), 4)):
            longer.setdefault(parts[0], Counter())[": ".join(parts[:end])] += 1
    found = set(first)
    for short, candidates in longer.items():
        given = [name for name in candidates if name in names]
        always = [name for name, count in candidates.items() if count == first[short] >= _SURE and len(name) <= 60]
        if given or always:
            found.add(max(given or always, key=len))
    return tuple(sorted(found, key=len, reverse=True))


def _entry(at: datetime, rest: str, line: int, senders: Sequence[str]) -> Entry:
    if not is_notice(rest):
        for sender in senders:
            if rest.startswith(f"{sender}: ") or rest == f"{sender}:":
                return _said(at, sender, rest[len(sender) + 1 :].removeprefix(" "), line)
    return Entry(at, "", without_mark(rest), "text", "notice", line)


def _said(at: datetime, sender: str, text: str, line: int) -> Entry:
    name = sender.strip(_MARKS + " \u202f\u00a0~") or sender
    kind, of, said = written(text)
    return Entry(at, name, said, cast("MessageType", of), cast("Kind", kind), line)


def _refuse_groups(entries: Sequence[Entry]) -> None:
    writers = {entry.sender for entry in entries if entry.sender}
    told = next((entry.text for entry in entries if entry.kind == "notice" and is_about_a_group(entry.text)), None)
    if told is not None or len(writers) > 2:
        several = f"{len(writers)} people write in it" if len(writers) > 2 else f'it says "{told}"'
        raise NotAnExport(
            f"it is a group's ({several}); wabot never answers in groups: export a chat with one customer"
        )


def _what_else(text: str) -> str:
    start = text[:4_000].lstrip(_MARKS + " \r\n\t")
    low = start.lower()
    if not start:
        return "it is empty"
    if low.startswith("[line]") or re.search(r"^\d{1,2}[:.]\d{2}\t", start, re.MULTILINE):
        return "it looks like one of LINE"
    if low.startswith("{") and '"messages"' in low:
        return "it looks like one of Telegram or another app (JSON)"
    if low.startswith(("<!doctype", "<html")):
        return "it is a web page; Telegram exports such"
    if re.search(r"^.{1,80}, \[\d{1,2}[./]\d{1,2}[./]\d{2,4}", start, re.MULTILINE):
        return "it looks like one of Telegram"
    if re.search(r"^\[\d{4}-\d{2}-\d{2},? \d{2}:\d{2}\]", start, re.MULTILINE):
        return "it looks like one of Signal"
    return "no line of it begins with a date and a time as WhatsApp writes them"
