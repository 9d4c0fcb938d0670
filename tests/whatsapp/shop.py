"""One tenant whose daemon runs."""

from dataclasses import dataclass

from tests.whatsapp.live import Live
from tests.whatsapp.people.phone import Phone
from tests.whatsapp.whatsapp import WhatsApp


@dataclass(frozen=True)
class Shop:
    """`daemon` is its `wabot run`, `phone` the owner's handset."""

    daemon: Live
    phone: Phone

    @property
    def whatsapp(self) -> WhatsApp:
        return self.daemon.whatsapp
