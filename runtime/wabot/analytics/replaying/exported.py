"""An exported chat as these rules would have answered it. No bot was there: what the shop answered silences nobody."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from lzma import LZMAError
from pathlib import Path
from typing import Final, NamedTuple

from wabot.analytics.chat_export import Entry, Export, NotAnExport, parse
from wabot.analytics.replaying.chat import Chat, Customer
from wabot.analytics.replaying.said import Heard
from wabot.engine.normalize import fold
from wabot.language.rule_set import RuleSet, Tenant
from wabot.model.errors import UsageError
from wabot.model.message import Message

_MOST: Final = 200_000_000
"""Bytes of a chat: whoever chats more has exported something else."""
_SECOND: Final = 1_000
_TITLES: Final = (
    "whatsapp chat with ", "whatsapp chat - ", "chat whatsapp dengan ", "chat whatsapp - ", "obrolan whatsapp dengan ",
)  # fmt: skip
_NUMBER: Final = "+0123456789 -()"
_UNREADABLE: Final = (
    OSError,  # no such file, or not allowed; bytes that bzip2 never wrote
    zipfile.BadZipFile,  # no archive, or a part that is not where it should be, or not what was packed
    EOFError,  # it ends too early
    zlib.error,  # bytes that deflate never wrote
    LZMAError,  # bytes that LZMA never wrote
    UnicodeDecodeError,  # a file's name that is no UTF-8
    RuntimeError,  # a password is needed; NotImplementedError: packed in a way that is not known here
)
"""What reading a file, or an archive that is damaged, can come to."""


class Told(NamedTuple):
    """A customer's message, what these rules do about it, and what the shop wrote before the customer's next one."""

    message: Message
    at: int
    heard: Heard | None
    answered: tuple[str, ...]


class Read(NamedTuple):
    """An exported chat: between whom, and what is in it. `customer` is "" when nobody but the shop wrote."""

    path: Path
    shop: str
    customer: str
    export: Export


def read_chat(path: Path, tenant: Tenant, me: str) -> Read:
    """Read an exported chat, as `.txt` or as the `.zip` that WhatsApp makes; `me` is the shop's name in it.

    Raises:
        UsageError: it cannot be read, is no export or a group's, or nobody knows which of the two is the shop.
    """
    text, title = _text(path)
    try:
        export = parse(text, tenant.timezone, [name for name in (me, tenant.name, title) if name])
    except NotAnExport as error:
        raise UsageError(
            f"{path}: this is no chat that WhatsApp exported: {error}. Expected are lines such as "
            "`31/12/23 20.15 - Budi: Halo kak`, as the app writes with Export chat (Ekspor chat)"
        ) from error
    shop = _shop(path, export.senders, tenant, me, title)
    return Read(path, shop, next((name for name in export.senders if name != shop), ""), export)


def exported(read: Read, rule_set: RuleSet, since: int = 0) -> Iterator[Told]:
    """Every message of the customer since then (UTC milliseconds), as these rules decide it."""
    phone = "".join(filter(str.isdigit, read.customer)) if _is_number(read.customer) else ""
    name = "" if phone else read.customer
    chat = Chat(rule_set, Customer(phone=phone), people=False)
    asked: tuple[Message, int, Heard | None] | None = None
    answers: list[str] = []
    for at, entry in _timed(read.export.entries):
        if entry.kind == "notice" or not entry.sender:
            continue
        if entry.sender == read.shop:
            chat.person_wrote(at)
            answers.append(entry.text or f"({entry.type})")
            continue
        if asked is not None and asked[1] >= since:
            yield Told(*asked, tuple(answers))
        answers = []
        message = Message(
            f"{entry.line}", phone or "export", entry.text, entry.type, phone=phone, name=name, sent_at=at
        )
        if entry.kind == "taken_back":
            chat.lost(at, at, ())
            asked = (message, at, None)
        else:
            asked = (message, at, chat.hears(message, at))
    if asked is not None and asked[1] >= since:
        yield Told(*asked, tuple(answers))


def _timed(entries: Sequence[Entry]) -> Iterator[tuple[int, Entry]]:
    """Android's clock has no seconds: what stands in one minute follows each other by a second each."""
    before, shift = 0, 0
    for entry in entries:
        at = int(entry.at.timestamp() * 1000)
        shift = min(shift + _SECOND, 59 * _SECOND) if at == before else 0
        before = at
        yield at + shift, entry


def _shop(path: Path, senders: Sequence[str], tenant: Tenant, me: str, title: str) -> str:
    named = " and ".join(f"`{name}`" for name in senders)
    if me:
        found = [name for name in senders if fold(name) == fold(me)]
        if not found:
            raise UsageError(f"{path}: nobody is called `{me}` there; there write {named or 'nobody'}")
        return found[0]
    for name in senders:
        digits = "".join(filter(str.isdigit, name)) if _is_number(name) else ""
        if fold(name) == fold(tenant.name) or digits == tenant.phone:
            return name
    customers = [name for name in senders if fold(name) == fold(title)]
    if len(senders) == 2 and customers:  # whoever exports it is the other one
        return next(name for name in senders if name != customers[0])
    if len(senders) == 1 and customers:
        return ""
    raise UsageError(f"{path}: which of {named or 'nobody'} is the shop? Say so with --me NAME")


def _is_number(name: str) -> bool:
    return sum(map(str.isdigit, name)) >= 7 and all(char in _NUMBER or not char.isascii() for char in name)


def _text(path: Path) -> tuple[str, str]:
    """The chat's text, and whose chat the file's name says it is ("" when it says nothing)."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                chosen = _chat_in(path, archive)
                if archive.getinfo(chosen).file_size > _MOST:
                    raise UsageError(f"{path}: {chosen} in it is larger than any chat")
                raw = archive.read(chosen)
            named = Path(chosen).stem if Path(chosen).stem.lower() != "_chat" else path.stem
        else:
            if path.stat().st_size > _MOST:
                raise UsageError(f"{path} is larger than any chat")
            raw, named = path.read_bytes(), path.stem
    except _UNREADABLE as error:
        raise UsageError(f"{path} cannot be read: {str(error) or 'it ends too early'}") from error
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    start = next((title for title in _TITLES if named.lower().startswith(title)), None)
    return raw.decode(encoding, "replace"), "" if start is None else named[len(start) :].strip()


def _chat_in(path: Path, archive: zipfile.ZipFile) -> str:
    texts = [name for name in archive.namelist() if name.lower().endswith(".txt")]
    for name in texts:
        stem = Path(name).stem.lower()
        if stem == "_chat" or stem.startswith(_TITLES):
            return name
    if len(texts) != 1:
        raise UsageError(f"{path}: there is no _chat.txt in it, as WhatsApp's exports have")
    return texts[0]
