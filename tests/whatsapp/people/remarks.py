"""What people say about messages: edits, revocations, reactions, answers, polls and votes; and messages that pass."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from tests.whatsapp.people import content, events
from tests.whatsapp.people.events import About
from tests.whatsapp.wire.jid import JID
from tests.whatsapp.wire.protobufs import e2e

Peer = TypeVar("Peer")


class Remarks(Generic[Peer]):
    """A customer's, in the chat with the shop; or those of the shop's phone, in the chat with the customer `to`. Each
    returns the id of the event, or of the message."""

    def __init__(self) -> None:
        self._secrets: dict[str, bytes] = {}
        """Of own polls, and of own messages that are edited in the newer way."""

    @abstractmethod
    async def remark(self, message: Any, to: Peer | None, id: str = "") -> str:
        """Send it."""

    @abstractmethod
    def names(self, to: Peer | None) -> tuple[JID, JID]:
        """Who speaks and with whom, as this chat names them."""

    @abstractmethod
    def wrote(self, id: str, to: Peer | None) -> bool:
        """Whether the speaker wrote that message."""

    async def edits(self, id: str, text: str, *, to: Peer | None = None, wrapped: bool = True) -> str:
        return await self.remark(events.edit(self._about(id, to), text, wrapped=wrapped), to)

    async def takes_back(self, id: str, *, to: Peer | None = None) -> str:
        return await self.remark(events.revocation(self._about(id, to)), to)

    async def reacts(self, id: str, emoji: str, *, to: Peer | None = None) -> str:
        """An empty `emoji` takes the reaction back."""
        return await self.remark(events.reaction(self._about(id, to), emoji), to)

    async def replies(self, id: str, text: str, *, to: Peer | None = None) -> str:
        """Answer that message in particular."""
        about, names = self._about(id, to), self.names(to)
        author = names[0] if about.own else names[1]
        return await self.remark(content.text(text, quoted=id, of=str(author)), to)

    async def forwards(self, text: str, times: int = 1, *, to: Peer | None = None) -> str:
        return await self.remark(content.text(text, forwarded=times), to)

    async def asks_poll(self, question: str, options: Sequence[str], *, to: Peer | None = None) -> str:
        secret = os.urandom(32)
        id = await self.remark(events.poll(question, options, secret), to)
        self._secrets[id] = secret
        return id

    async def votes(self, id: str, *options: str, to: Peer | None = None) -> str:
        """In an own poll."""
        me = self.names(to)[0]
        return await self.remark(events.vote(self._about(id, to), options, self._secrets[id], me, me), to)

    async def writes_editably(self, text: str, *, to: Peer | None = None) -> str:
        """A text that can be edited in the newer way."""
        secret, message = os.urandom(32), e2e.Message(conversation=text)
        message.messageContextInfo.messageSecret = secret
        id = await self.remark(message, to)
        self._secrets[id] = secret
        return id

    async def edits_sealed(self, id: str, text: str, *, to: Peer | None = None) -> str:
        about = self._about(id, to)
        return await self.remark(events.sealed_edit(about, text, self._secrets[id], self.names(to)[0]), to)

    async def shows_once(self, message: Any, *, to: Peer | None = None) -> str:
        return await self.remark(content.view_once(message), to)

    async def says_for_a_day(self, text: str, *, to: Peer | None = None) -> str:
        """In a chat whose messages disappear."""
        return await self.remark(content.disappearing(e2e.Message(conversation=text)), to)

    def _about(self, id: str, to: Peer | None) -> About:
        return About(id, self.names(to)[1], self.wrote(id, to))
