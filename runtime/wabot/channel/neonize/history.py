"""The library's history syncs as parts of a History. Pure: protobuf in, values out, some messages at a time."""

from collections.abc import Iterator
from typing import Any, Final

from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.bounded import Bounded
from wabot.channel.neonize.content import Content, enum_name, read_content
from wabot.channel.neonize.translate import LIDS, PHONES, millis
from wabot.model.history import MOST, History
from wabot.model.message import MESSAGE_TYPES, Message

_LAST: Final = ("RECENT", "FULL")
"""Types of sync whose progress of 100 says that every chat was there."""
_NEVER: Final = 4_102_444_800_000
"""UTC milliseconds: the year 2100."""
_WHATSAPP: Final = "0"
"""The user of WhatsApp's own announcements."""


def read_history(sync: Any, addresses: Addresses, names: Bounded[str, str], own: str) -> Iterator[History]:
    """The library's HistorySync in parts. What is learnt about who is who is noted in `addresses`, what customers call
    themselves in `names`: that comes in a sync of its own, before or after their messages."""
    for mapping in sync.phoneNumberToLidMappings:
        addresses.learn(_user(mapping.lidJID, LIDS), _user(mapping.pnJID, PHONES))
    told: dict[str, str] = {}
    for entry in sync.pushnames:
        user = _user(entry.ID, (*PHONES, *LIDS))
        if user and entry.pushname:
            names[user] = told[user] = str(entry.pushname)
        if len(told) >= MOST:
            yield History(names=told)
            told = {}
    if told:
        yield History(names=told)
    some: list[Message] = []
    for conversation in sync.conversations:
        for message in _messages(conversation, addresses, names, own):
            some.append(message)
            if len(some) >= MOST:
                yield History(tuple(some))
                some.clear()
    if some:
        yield History(tuple(some))
    if enum_name(sync, "syncType") in _LAST and sync.progress >= 100:
        yield History(state="done")


def _messages(conversation: Any, addresses: Addresses, names: Bounded[str, str], own: str) -> Iterator[Message]:
    """The messages of one chat with a person; groups, broadcasts, newsletters and notes to oneself have none."""
    ids = (conversation.ID, conversation.lidJID, conversation.pnJID)
    if conversation.ID.rpartition("@")[2] not in (*PHONES, *LIDS):
        return
    lid = next((user for jid in ids if (user := _user(jid, LIDS))), "")
    phone = next((user for jid in ids if (user := _user(jid, PHONES))), "")
    lid, phone = addresses.both(lid, phone)
    if not (lid or phone) or phone in (own, _WHATSAPP):
        return
    addresses.learn(lid, phone)
    known = names.get(phone) or names.get(lid) or ""
    for entry in conversation.messages:
        web = entry.message
        from_me, at = bool(web.key.fromMe), _bounded(millis(int(web.messageTimestamp)))
        content = Content("other") if web.messageStubType else read_content(web.message)
        about, kind = "", content.kind
        id = str(web.key.ID)
        if kind == "edit" and content.text:  # it stands where the message stood, and says what that says now
            id, kind = content.about or id, "text"
        elif kind == "revoke":
            about = content.about
        elif kind not in MESSAGE_TYPES:
            continue
        yield Message(
            id=id,
            chat=lid or phone,
            text=content.text,
            type=kind,
            from_me=from_me,
            phone=phone,
            lid=lid,
            name="" if from_me else str(web.pushName) or known,
            sent_at=at,
            quoted=content.quoted,
            forwarded=content.forwarded,
            about=about,
            media=content.media,
        )
        for reaction in web.reactions:
            yield Message(
                id=str(reaction.key.ID),
                chat=lid or phone,
                text=str(reaction.text),
                type="reaction",
                from_me=bool(reaction.key.fromMe),
                phone=phone,
                lid=lid,
                sent_at=max(at, _bounded(int(reaction.senderTimestampMS))),
                about=id,
            )


def _bounded(at: int) -> int:
    """0, which is no time, for one that nobody can have written at."""
    return at if 0 < at < _NEVER else 0


def _user(jid: str, servers: tuple[str, ...]) -> str:
    """The digits of a JID such as "62812…:7@s.whatsapp.net" on one of `servers`, else ""."""
    user, _, server = jid.rpartition("@")
    return user.partition(":")[0].partition(".")[0] if server in servers else ""
