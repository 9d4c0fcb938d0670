"""One tenant whose daemon runs."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.whatsapp.live import Live
from tests.whatsapp.people.phone import Phone
from tests.whatsapp.whatsapp import WhatsApp
from wabot.store.sqlite import reading
from wabot.store.sqlite.reading import Reader


@dataclass(frozen=True)
class Shop:
    """`daemon` is its `wabot run`, `phone` the owner's handset."""

    daemon: Live
    phone: Phone

    @property
    def whatsapp(self) -> WhatsApp:
        return self.daemon.whatsapp

    def stored(self, tenant: str = "warung") -> AbstractContextManager[Reader]:
        """What the daemon has written down until now."""
        return reading(self.daemon.data / tenant, tenant)
