"""What a phone remembers of its chats, as it hands them to a newly linked client: syncs of some hundred messages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.whatsapp.server.accounts import Account
from tests.whatsapp.wire.jid import JID, LID
from tests.whatsapp.wire.protobufs import common, history, web

CHUNK: Final = 1_000
"""Messages in one sync."""


@dataclass(frozen=True, slots=True)
class Old:
    """A message of long ago. `at` is in seconds since 1970; `own` says that the shop wrote it."""

    id: str
    content: Any
    at: int
    own: bool = False
    reactions: tuple[tuple[str, bool], ...] = ()
    """Each an emoji, and whether it is the shop's."""


@dataclass
class Archive:
    """`addressing` is how the phone files its chats: since the move to LIDs under those, before it under numbers."""

    addressing: str = LID
    mappings: bool = True
    """Whether it says which number belongs to which LID."""
    inline: bool = False
    """Whether the first sync travels within the message that announces it, as newer phones send it."""
    chats: dict[JID, tuple[Account, list[Old]]] = field(default_factory=dict)
    groups: dict[JID, list[Old]] = field(default_factory=dict)

    def remember(self, who: Account, messages: Sequence[Old]) -> None:
        self.chats.setdefault(who.lid, (who, []))[1].extend(messages)

    def syncs(self) -> Iterator[Any]:
        """In the order in which a phone sends them. The newest message of each chat comes at once, so that there is
        something to see; the rest in parts; and who is called what in between."""
        people = [who for who, _ in self.chats.values()]
        kinds = history.HistorySync
        pairs = [history.PhoneNumberToLIDMapping(pnJID=str(who.pn), lidJID=str(who.lid)) for who in people]
        first = kinds(syncType=kinds.INITIAL_BOOTSTRAP, chunkOrder=1, progress=100)
        first.phoneNumberToLidMappings.extend(pairs if self.mappings else [])
        first.conversations.extend(self._chat(who, said[-1:]) for who, said in self.chats.values())
        yield first
        names = [history.Pushname(ID=str(self._named(who)), pushname=who.name) for who in people if who.name]
        yield kinds(syncType=kinds.PUSH_NAME, chunkOrder=1, progress=100, pushnames=names)
        parts = list(self._parts())
        for number, part in enumerate(parts, 1):
            done = kinds(syncType=kinds.RECENT, chunkOrder=number, progress=number * 100 // len(parts))
            done.conversations.extend(part)
            yield done

    def _parts(self) -> Iterator[list[Any]]:
        part: list[Any] = [self._group(jid, said) for jid, said in self.groups.items()]
        room = CHUNK
        for who, said in self.chats.values():
            newest = said[::-1]
            while newest:
                part.append(self._chat(who, newest[:room]))
                taken = min(room, len(newest))
                newest, room = newest[taken:], room - taken
                if not room:
                    yield part
                    part, room = [], CHUNK
        yield part

    def _named(self, who: Account) -> JID:
        return who.lid if self.addressing == LID else who.pn

    def _chat(self, who: Account, said: Sequence[Old]) -> Any:
        jid = self._named(who)
        other = {"pnJID": str(who.pn)} if self.addressing == LID else {"lidJID": str(who.lid)}
        chat = history.Conversation(ID=str(jid), name=who.name, **(other if self.mappings else {}))
        chat.messages.extend(_filed(jid, one, "" if one.own else who.name) for one in said)
        return chat

    def _group(self, jid: JID, said: Sequence[Old]) -> Any:
        return history.Conversation(ID=str(jid), messages=[_filed(jid, one) for one in said])


def _filed(chat: JID, said: Old, name: str = "") -> Any:
    key = common.MessageKey(remoteJID=str(chat), fromMe=said.own, ID=said.id)
    info = web.WebMessageInfo(key=key, message=said.content, messageTimestamp=said.at, pushName=name)
    for number, (emoji, own) in enumerate(said.reactions):
        by = common.MessageKey(remoteJID=str(chat), fromMe=own, ID=f"{said.id}R{number}")
        info.reactions.append(web.Reaction(key=by, text=emoji, senderTimestampMS=said.at * 1000 + 1))
    return history.HistorySyncMsg(message=info)
