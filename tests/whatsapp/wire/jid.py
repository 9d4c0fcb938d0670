"""WhatsApp's addresses."""

from __future__ import annotations

from typing import Final, NamedTuple

PN: Final = "s.whatsapp.net"
LID: Final = "lid"
GROUP: Final = "g.us"


class JID(NamedTuple):
    """`user` is a phone number's digits, a LID's digits, or a group's id; `device` is 0 for the handset."""

    user: str
    server: str = PN
    device: int = 0

    @classmethod
    def parse(cls, text: str) -> JID:
        user, _, server = text.rpartition("@")
        user, _, device = user.partition(":")
        return cls(user, server, int(device or 0))

    def bare(self) -> JID:
        return JID(self.user, self.server)

    def of_device(self, device: int) -> JID:
        return JID(self.user, self.server, device)

    def __str__(self) -> str:
        device = f":{self.device}" if self.device else ""
        return f"{self.user}{device}@{self.server}" if self.user else self.server


SERVER: Final = JID("", PN)
