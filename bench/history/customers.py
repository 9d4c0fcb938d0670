"""Who writes to the shop: how many come anew, who comes again, and under which names WhatsApp knows them."""

from typing import Final

from bench.history import words
from bench.history.chat import Chat
from bench.history.shop import Shop

_NEW: Final = 0.22
"""How many visits are those of somebody new."""
_MOBILE: Final = (12, 13, 15, 21, 52, 57, 77, 95)
_DAY: Final = 86_400_000
_BEFORE: Final = ("Kak, besok buka?", "Pesan rames 3 ya", "Makasih kak", "Ongkir ke dago?")


class Customers:
    """All of them so far, in the order in which they came."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.all: list[Chat] = []
        self._regulars: list[Chat] = []

    def somebody(self, at: int) -> Chat:
        """Who writes at `at`: nobody of whom something later is told already."""
        chance = self._shop.chance
        if self.all and chance.random() > _NEW:
            for _ in range(8):
                if self._regulars and chance.random() < 0.55:
                    chat = self._regulars[int(len(self._regulars) * chance.random())]
                else:  # whoever came lately
                    chat = self.all[int(len(self.all) * (1 - chance.random() ** 2.2 * 0.999)) - 1]
                if chat.at < at - 600_000 and not (chat.status == "spam" and chance.random() < 0.7):
                    return self._again(chat)
        return self._somebody_new(at)

    def imported(self, messages: int) -> None:
        """A few whose chats were on the phone before it was linked."""
        shop, chance = self._shop, self._shop.chance
        for _ in range(min(3 + messages // 20_000, 200)):
            at = shop.begin - int(chance.uniform(2, 90) * _DAY)
            chat = self._somebody_new(at)
            first = at
            for number in range(2 + int(chance.random() * 6)):
                self._import(chat, at, number)
                at += int(chance.expovariate(1 / (3 * _DAY / 10)))
                at = min(at // 1_000 * 1_000, shop.begin - 1_000)
            chat.first_contact, chat.at = first // 1_000 * 1_000, shop.begin

    def _import(self, chat: Chat, at: int, number: int) -> None:
        shop = self._shop
        at = at // 1_000 * 1_000
        customer, text = number % 2 == 0, words.one_of(_BEFORE if number % 2 == 0 else words.BY_PEOPLE, shop.chance)
        sender, name, status = ("customer", chat.name, "received") if customer else ("cs", "", "sent")
        began = customer and (chat.last_at is None or at - chat.last_at > _DAY)
        shop.rows.of["messages"].append(
            (
                *(shop.ids(at), chat.id, shop.ids.of_whatsapp(False), sender, "", name, "text", text, status, ""),
                *(at, None, None, at, "", 0, "", 1),
            )
        )
        shop.messages += 1
        chat.said(at, sender, text)
        if customer:
            chat.heard, chat.received, chat.heard_at, chat.last_contact = chat.heard + 1, chat.received + 1, at, at
            chat.visits += began
        else:
            chat.sent += 1

    def _again(self, chat: Chat) -> Chat:
        """Some turn out to have a LID: from then on their messages come under that name."""
        chance = self._shop.chance
        if not chat.lid and chance.random() < 0.01:
            chat.lid = _lid(self._shop)
            chat.chat = chat.lid
            chat.known_as.append(chat.lid)
        if len(chat.tags) < 2 and chance.random() < 0.01:
            chat.tags = tuple(sorted({*chat.tags, words.one_of(words.TAGS, chance)}))
        return chat

    def _somebody_new(self, at: int) -> Chat:
        shop, chance = self._shop, self._shop.chance
        number, roll = len(self.all) + 1, chance.random()
        phone = (
            ""
            if roll < 0.06
            else f"628{chance.choice((12, 13, 15, 21, 52, 57, 77, 95))}{10_000_000 + number * 37 % 89_999_999:08}"
        )
        lid = _lid(shop) if roll < 0.4 else ""
        name = "" if chance.random() < 0.04 else words.a_name(chance)
        chat = Chat(shop.ids(at), shop.ids(at), lid or phone, name, phone, lid, at, 0, [lid or phone])
        chat.first_contact = at
        self.all.append(chat)
        if chance.random() < 0.25:
            self._regulars.append(chat)
        return chat


def _lid(shop: Shop) -> str:
    return str(shop.chance.randrange(10**14, 10**15))
