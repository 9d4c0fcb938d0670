"""What happens when a customer writes: questions, orders, complaints, a menu, somebody answers, and the end of it."""

from collections.abc import Callable
from typing import Final

from bench.history import words
from bench.history.chat import Chat, Promise
from bench.history.people import by_phone, by_wabot, is_spam, remind, settle
from bench.history.sending import keep_promises, promise
from bench.history.shop import Shop
from bench.history.turns import heard
from wabot.engine.hours import local
from wabot.engine.render import first_name
from wabot.model.context import ConversationStatus

_MINUTE: Final = 60_000
_HOUR: Final = 3_600_000
_TOPICS: Final = tuple(words.KNOWN)
_ASKED: Final = (14, 22, 20, 9, 12, 8)
_GREETINGS: Final = ("halo kak", "P", "assalamualaikum", "pagi kak", "permisi", "halo, ini warung sari?")
_SCORES: Final = ((5, 46), (4, 28), (3, 13), (2, 6), (1, 7))


def visit(shop: Shop, chat: Chat, at: int) -> None:
    """A customer writes at `at`, and whatever comes of it."""
    chance = shop.chance
    if chat.heard == 0 and chance.random() < 0.75:
        _first(shop, chat, at)
        at = 0 if not chat.ended else at
    if not chat.ended and (at or chance.random() < 0.75):
        kind = chance.choices(_KINDS, _OFTEN)[0]
        kind(shop, chat, at or _soon(shop, chat))


def _say(shop: Shop, chat: Chat, at: int, text: str) -> bool:
    return not chat.ended and heard(shop, chat, at, words.typed(text, shop.chance)) is not None


def _soon(shop: Shop, chat: Chat) -> int:
    """When the customer has read what was said, and goes on."""
    return chat.at + 4_000 + int(shop.chance.expovariate(1 / 45_000))


def _first(shop: Shop, chat: Chat, at: int) -> None:
    """Somebody new is greeted with a menu."""
    chance = shop.chance
    if chance.random() < 0.02:
        for _ in range(1 + int(chance.random() * 3)):
            _say(shop, chat, at, words.one_of(words.SPAM, chance))
            at = _soon(shop, chat)
        is_spam(shop, chat, chat.at + 30 * _MINUTE, block=chance.random() < 0.5)
        return
    _say(shop, chat, at, words.one_of(_GREETINGS, chance))
    while not chat.ended and chance.random() < 0.7:
        if chance.random() < 0.2:
            _say(shop, chat, _soon(shop, chat), words.one_of(words.MISSES, chance))
            continue
        choice = chance.choices(("1", "2", "3", "0", "no 1", "satu kak"), (40, 15, 15, 12, 5, 3))[0]
        _say(shop, chat, _soon(shop, chat), choice)
        break
    if chat.status == "pending":
        _helped(shop, chat, 0.95)


def _asks(shop: Shop, chat: Chat, at: int) -> None:
    chance = shop.chance
    for topic in dict.fromkeys(chance.choices(_TOPICS, _ASKED, k=1 + int(chance.expovariate(1.0)))):
        _say(shop, chat, at, words.one_of(words.KNOWN[topic], chance))
        at = _soon(shop, chat)
    if chance.random() < 0.35:
        _say(shop, chat, at, words.one_of(words.THANKS, chance))


def _orders(shop: Shop, chat: Chat, at: int) -> None:
    chance = shop.chance
    if chance.random() < 0.5:
        _say(shop, chat, at, words.one_of(words.KNOWN["daftar-menu"], chance))
        at = _soon(shop, chat)
    order = words.one_of(words.ORDERS, chance).format(count=1 + int(chance.expovariate(0.5)))
    if not _say(shop, chat, at, order):
        return
    if chance.random() < 0.2:
        text = words.LATER.format(name=first_name(chat.name or "Kak"))
        promise(shop, chat, Promise(shop.ids(chat.at), "pesan", text, chat.at, chat.at + 2 * _HOUR))
    if chance.random() < 0.6:
        _say(shop, chat, _soon(shop, chat), f"jl cikutra no {1 + int(chance.random() * 90)} ya")
    if chat.phone:
        chat.orders += 1
        total = 100 * 1_000 * (13 + int(chance.expovariate(1 / 40)))
        order_row = (f"P{shop.ids(chat.at)[-8:]}", chat.phone, total, chat.at, "completed", chat.at, chat.at)
        shop.rows.of["orders"].append(order_row)
    if chance.random() < 0.35 and not chat.ended:
        heard(shop, chat, _soon(shop, chat), words.one_of(words.PROOF, chance), "image")
    _helped(shop, chat, 0.6)


def _wonders(shop: Shop, chat: Chat, at: int) -> None:
    """A question that no rule knows, perhaps once more in other words."""
    chance = shop.chance
    cluster = chance.choices(tuple(words.UNKNOWN.values()), words.UNKNOWN_WEIGHTS)[0]
    _say(shop, chat, at, words.one_of(cluster, chance))
    if chance.random() < 0.3:
        _say(shop, chat, _soon(shop, chat) + _MINUTE, words.one_of(cluster, chance))
    _helped(shop, chat, 0.5)


def _complains(shop: Shop, chat: Chat, at: int) -> None:
    chance = shop.chance
    _say(shop, chat, at, words.one_of(words.COMPLAINTS, chance))
    if chance.random() < 0.5:
        _say(shop, chat, _soon(shop, chat), words.one_of(("halo?", "kak??", "gimana ini"), chance))
    if "komplain" not in chat.tags and chance.random() < 0.3:
        chat.tags = tuple(sorted((*chat.tags, "komplain")))
    _helped(shop, chat, 0.9)


def _sends(shop: Shop, chat: Chat, at: int) -> None:
    """A picture or a voice without a word: no rule knows those."""
    chance = shop.chance
    if not chat.ended:
        heard(shop, chat, at, "", "audio" if chance.random() < 0.6 else "image")
    _helped(shop, chat, 0.6)


def _hurries(shop: Shop, chat: Chat, at: int) -> None:
    """Pieces of one thought, one right after the other."""
    chance = shop.chance
    first = int(chance.random() * 3_000)
    if chat.ended or heard(shop, chat, at, "kak", newest=False) is None:
        return
    topic = chance.choices(_TOPICS, _ASKED)[0]
    _say(shop, chat, at + 4_000 + first, words.one_of(words.KNOWN[topic], chance))
    _say(shop, chat, _soon(shop, chat), words.one_of(words.PLEASANT, chance))


def _helped(shop: Shop, chat: Chat, often: float) -> None:
    """Perhaps somebody answers, the customer says a word, and it is settled."""
    chance = shop.chance
    if chat.ended or chance.random() > often:
        return
    _answered(shop, chat)
    for _ in range(int(chance.expovariate(0.9))):
        _say(shop, chat, _soon(shop, chat), words.one_of((*words.PLEASANT, *words.COMPLAINTS[:2]), chance))
        if chance.random() < 0.6:
            _answered(shop, chat, 2)
    if chance.random() < 0.02 and (here := shop.staff.there(chat.at)):
        remind(shop, chat, chat.at, here[0])
    if chance.random() < 0.62:
        _settled(shop, chat)


def _answered(shop: Shop, chat: Chat, minutes: float = 5) -> None:
    """By whoever is there, or on the phone, or the next morning."""
    chance, at = shop.chance, chat.at
    if chat.ended:
        return
    text, here = words.one_of(words.BY_PEOPLE, chance), shop.staff.there(at)
    if here and chance.random() < 0.8:
        own = [one for one in here if one.id == chat.operator] or here
        text = text if chance.random() < 0.75 else words.one_of(tuple(words.QUICK), chance)
        wait = int(chance.lognormvariate(0, 1.0) * minutes * _MINUTE)
        by_wabot(shop, chat, at + wait, text, None if chance.random() < 0.03 else words.one_of(own, chance))
        return
    hour = local(at, shop.rule_set.tenant.timezone).hour
    if 7 <= hour < 23 and chance.random() < 0.75:
        by_phone(shop, chat, at + int(chance.lognormvariate(0, 1.0) * 3 * minutes * _MINUTE), text)
    elif chance.random() < 0.7:
        by_phone(shop, chat, at + ((8 - hour) % 24) * _HOUR + int(chance.random() * _HOUR), text)


def _settled(shop: Shop, chat: Chat) -> None:
    chance = shop.chance
    status: ConversationStatus = "closed" if chance.random() < 0.07 else "resolved"
    if not settle(shop, chat, chat.at + int(chance.expovariate(1 / 20) * _MINUTE), status):
        return
    keep_promises(shop, chat, chat.at + 10 * _MINUTE)
    survey = chat.survey
    if survey is not None and survey.asked is not None and survey.answered is None and chance.random() < 0.42:
        scores, often = zip(*_SCORES, strict=True)
        heard(shop, chat, _soon(shop, chat) + 2 * _MINUTE, str(chance.choices(scores, often)[0]))
    elif chance.random() < 0.12:
        _say(shop, chat, _soon(shop, chat) + 5 * _MINUTE, words.one_of(words.THANKS, chance))
    elif chance.random() < 0.02 and (here := shop.staff.there(chat.at + _HOUR)):
        by_wabot(shop, chat, chat.at + _HOUR, "/antar", here[0])


_KINDS: Final[tuple[Callable[[Shop, Chat, int], None], ...]] = (_asks, _orders, _wonders, _complains, _sends, _hurries)
_OFTEN: Final = (42, 26, 17, 5, 6, 4)
