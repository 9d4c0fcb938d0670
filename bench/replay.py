"""A replay of stored messages, beside the bare decisions about the same messages.

`make bench`. A store of a shop's half year is written (what was answered is what the shop's rules answer), and replayed
twice: by the same rules, which must change nothing, and by rules of which a third are gone. Seconds are those of the
processor, so that others on the machine count little; reading the store is among them. In the same run, the floor:
`decide` alone, about the same messages, with one context for all.
"""

import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from wabot.analytics.replaying.chat import Chat, Customer
from wabot.analytics.replaying.compare import Comparing, Tally
from wabot.analytics.replaying.saying import Saying
from wabot.analytics.replaying.stored import staffed, stored
from wabot.engine.decide import decide
from wabot.engine.index import Index
from wabot.engine.load import load_tenant
from wabot.language.rule_set import RuleSet
from wabot.model.context import Context, Conversation
from wabot.model.message import Message
from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.reading import asking

AIM: Final = 20_000
"""Messages a second on one core."""
MESSAGES: Final = 60_000
ROUNDS: Final = 3
TENANT: Final = Path(__file__).parent.parent / "rules" / "warung-sari"
BEGIN: Final = 1_769_569_200_000
DAY: Final = 86_400_000
SAID: Final = (
    "jam buka?", "ongkir ke dago brp kak", "menu dong", "pesan nasi rames 2 ya", "makasih kak", "bisa qris?",
    "lokasinya di mana?", "cara order gimana", "halo kak", "masih ada es jeruk?", "ini bukti transfernya", "oke siap",
    "1", "2", "0", "ditunggu ya kak", "boleh minta rekeningnya", "kak 🙏", "berapa harga ayam geprek", "sudah sampai",
)  # fmt: skip

Row = tuple[Any, ...]


def rules() -> RuleSet:
    """The example tenant's."""
    loaded = load_tenant(TENANT)
    assert loaded.rule_set is not None
    return loaded.rule_set


def lived(rule_set: RuleSet, folder: Path) -> int:
    """Write the store; how many messages of customers are in it."""
    chance, say = random.Random(1), Saying(rule_set)
    open_file(folder).close()
    written = 0
    with closing(sqlite3.connect(folder / "wabot.db", isolation_level=None)) as connection:
        connection.execute("BEGIN")
        customer = 0
        while written < MESSAGES:
            rows: dict[str, list[Row]] = {"messages": [], "logs": []}
            contact, phone = f"c{customer:09}", f"62812{customer:08}"
            many = min(MESSAGES - written, 2 + int(chance.expovariate(1 / 12)))
            last = _chat(rule_set, chance, contact, phone, many, rows, say)
            _write(connection, contact, phone, many, last, rows)
            written += many
            customer += 1
        connection.execute("COMMIT")
    return written


def _chat(
    rule_set: RuleSet,
    chance: random.Random,
    contact: str,
    phone: str,
    many: int,
    rows: dict[str, list[Row]],
    say: Saying,
) -> int:
    """One customer's; when they wrote last."""
    chat = Chat(rule_set, Customer(phone), say=say)
    name = f"Budi {contact}"
    at = BEGIN + chance.randrange(150 * DAY)
    for number in range(many):
        at += chance.choice((4_000, 40_000, 90_000, 300_000, 7_200_000, DAY, 3 * DAY))
        message_id = f"{contact}-{number:05}"
        text = chance.choice(SAID)
        if chance.random() < 0.04:
            chat.person_wrote(at)
            rows["messages"].append((f"{message_id}p", contact, "cs", "", "Siap kak", at, at))
            at += 1
        message = Message(message_id, phone, text, phone=phone, name=name, sent_at=at)
        heard = chat.hears(message, at)
        rows["messages"].append((message_id, contact, "customer", name, text, at, at))
        reason = heard.decision.reason
        for rank, said in enumerate(heard.said):
            rows["messages"].append((f"{message_id}r{rank}", contact, "auto_reply", "", said.text or "", at, at + 1))
            rows["logs"].append((f"{message_id}l{rank}", contact, message_id, said.rule, reason, text, said.text, at))
        if not heard.said:
            rows["logs"].append((f"{message_id}l", contact, message_id, None, reason, text, None, at))
    return at


def _write(
    connection: sqlite3.Connection, contact: str, phone: str, many: int, last: int, rows: dict[str, list[Row]]
) -> None:
    connection.execute(
        "INSERT INTO contacts (id, tenant_id, phone, first_contact_at, last_contact_at) VALUES (?, 't', ?, ?, ?)",
        (contact, phone, last, last),
    )
    connection.execute(
        "INSERT INTO conversations (id, tenant_id, chat, contact_id, customer_messages, last_message_at, created_at,"
        " updated_at) VALUES (?, 't', ?, ?, ?, ?, ?, ?)",
        (contact, phone, contact, many, last, last, last),
    )
    connection.executemany(
        "INSERT INTO messages (id, tenant_id, conversation_id, sender_type, sender_name, content, status, created_at,"
        " sent_at) VALUES (?1, 't', ?2, ?3, ?4, ?5, 'sent', ?6, ?7)",
        rows["messages"],
    )
    trace = '[{"rule":"sambutan","outcome":"not_first_message"},{"rule":"menu","outcome":"no_match"}]'
    connection.executemany(
        "INSERT INTO auto_reply_logs (id, tenant_id, conversation_id, message_id, rule_id, reason,"
        f" triggered_by_message, response_sent, triggered_at, trace) VALUES (?, 't', ?, ?, ?, ?, ?, ?, ?, '{trace}')",
        rows["logs"],
    )


def fewer(rule_set: RuleSet) -> RuleSet:
    """Every third rule is gone."""
    left = tuple(rule for number, rule in enumerate(rule_set.rules) if number % 3)
    return replace(rule_set, rules=left, matcher=Index(left))


def replayed(folder: Path, rule_set: RuleSet) -> tuple[float, Tally]:
    """Seconds of the processor for one replay, as `wabot replay` makes it, and its sums."""
    tally = Tally()
    began = time.process_time()
    with asking(folder, "t") as ask:
        comparing = Comparing(rule_set, staffed=staffed(ask))
        for asked in stored(ask, rule_set, BEGIN, BEGIN + 10_000 * DAY):
            tally.count(asked, comparing.change(asked))
    return time.process_time() - began, tally


def decided(rule_set: RuleSet, messages: list[Message]) -> float:
    """Seconds of the processor for the bare decisions."""
    context = Context(BEGIN, conversation=Conversation(earlier_messages=3))
    began = time.process_time()
    for message in messages:
        decide(rule_set, message, context)
    return time.process_time() - began


def _messages(folder: Path) -> Iterator[Message]:
    with closing(sqlite3.connect(folder / "wabot.db")) as connection:
        for (text,) in connection.execute("SELECT content FROM messages WHERE sender_type = 'customer'"):
            yield Message("M", "6281200000001", text, phone="6281200000001")


def main() -> int:
    rule_set = rules()
    with tempfile.TemporaryDirectory(prefix="wabot-replay-") as place:
        folder = Path(place) / "t"
        many = lived(rule_set, folder)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        best: dict[str, float] = {}
        sums: dict[str, Tally] = {}
        for _ in range(ROUNDS):
            for name, chosen in (("the same rules", rule_set), ("a third gone", fewer(rule_set))):
                seconds, sums[name] = replayed(folder, chosen)
                best[name] = min(seconds, best.get(name, seconds))
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        messages = list(_messages(folder))
        floor = min(decided(rule_set, messages) for _ in range(ROUNDS))
    print(f"{many:,} messages of {sums['the same rules'].chats:,} chats")
    print(f"{'decide alone':15} {many / floor:9,.0f} messages/s")
    for name, seconds in best.items():
        rate = many / seconds
        print(f"{name:15} {rate:9,.0f} messages/s   {seconds / floor:4.1f}× decide   {sums[name].changed:,} change")
    print(f"memory grew by {grown:.1f} MB")
    same = sums["the same rules"]
    sound = same.changed == 0 and same.reasons == same.reasons_now and same.messages == many
    if not sound:
        print(f"MISSED   the same rules change {same.changed:,} of {same.messages:,} messages")
    slowest = many / max(best.values())
    print(f"{'reached' if slowest >= AIM else 'MISSED '}  at least {AIM:,} messages a second on one core")
    return 0 if sound and slowest >= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
