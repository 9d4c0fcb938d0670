"""Who has WhatsApp: accounts and their devices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.whatsapp.crypto.app_state import AppState
from tests.whatsapp.crypto.identity import Bundle, Identity
from tests.whatsapp.wire.jid import JID, LID
from tests.whatsapp.wire.node import Node

if TYPE_CHECKING:
    from tests.whatsapp.server.connection import Connection


@dataclass(eq=False)
class Device:
    """One device of an account. `played` is the identity of a device that we play; a real client has none, but a
    `bundle` and one-time keys (`once`) that it has published."""

    account: Account
    number: int
    played: Identity | None = None
    bundle: Bundle | None = None
    once: dict[int, bytes] = field(default_factory=dict)
    connection: Connection | None = None
    waiting: dict[tuple[str, str], Node] = field(default_factory=dict)
    """What a real client has not confirmed, by (tag, id): it comes again with the next login."""
    receives: Callable[[Device, Node, Node], None] | None = None
    """Played devices: takes (sender, stanza, its enc)."""
    hears: Callable[[Device, Node], None] | None = None
    """Played devices: takes a receipt or chat state that a real client sent."""
    presences: list[str] = field(default_factory=list)
    """What a real client said of itself, in order: "available", "unavailable"."""
    removed: bool = False

    def jid(self, server: str = LID) -> JID:
        return (self.account.lid if server == LID else self.account.pn).of_device(self.number)

    @property
    def presence(self) -> str:
        """What it said last; "" when it has said nothing."""
        return self.presences[-1] if self.presences else ""

    @property
    def identity(self) -> bytes:
        if self.played:
            return self.played.pair.public
        assert self.bundle is not None
        return self.bundle.identity

    def take_bundle(self) -> Bundle:
        """A bundle for one who wants to write; its one-time key is used up."""
        if self.played:
            return self.played.bundle()
        assert self.bundle is not None
        if not self.once:
            return self.bundle
        once = min(self.once)
        return replace(self.bundle, once_id=once, once=self.once.pop(once))


@dataclass(eq=False)
class Account:
    pn: JID
    lid: JID
    name: str = ""
    devices: dict[int, Device] = field(default_factory=dict)
    app_state: AppState | None = None
    next_device: int = 1

    def linked(self) -> list[Device]:
        """Its real clients."""
        return [device for device in self.devices.values() if device.played is None and not device.removed]


class Accounts:
    """All accounts, by phone number and by LID: a LID is no phone number."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[str, str], Account] = {}

    def add(self, account: Account) -> None:
        for jid in (account.pn, account.lid):
            if self.of(jid):
                raise ValueError(f"{jid.user} has an account already")
            self._by_name[jid.user, jid.server] = account

    def of(self, jid: JID) -> Account | None:
        return self._by_name.get((jid.user, jid.server))

    def device(self, jid: JID) -> Device | None:
        account = self.of(jid)
        device = account.devices.get(jid.device) if account else None
        return None if device is None or device.removed else device
