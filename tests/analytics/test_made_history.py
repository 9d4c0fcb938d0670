"""The made-up year of a shop: what the bench fills a store with is what the real pipeline leaves."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from bench.history import words
from bench.make_history import RULES, fill

from tests.blank import lay
from tests.session.people import SARI
from tests.session.stage import ANI, BUDI, UNKNOWN, stage
from tests.session.test_csat import ASKS, Rated
from wabot.engine.decide import decide
from wabot.engine.load import load_tenant
from wabot.engine.trace import in_text
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.model.context import Contact, Context, Conversation
from wabot.model.errors import SendRefused
from wabot.model.history import History
from wabot.model.ids import made_at
from wabot.model.message import Attachment, Message
from wabot.model.turn import Receipt
from wabot.store.sqlite.opening import open_for_reading

MESSAGES: Final = 2_000
LAST: Final = date(2026, 6, 30)
Row = dict[str, Any]
HAS_RULES = """\
  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}
  - {id: cs, trigger: {type: keyword, keywords: [admin]}, response: {type: forward_to_cs}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "warung"
    fill(folder, MESSAGES, 120, 1, LAST)
    return folder


def rows_of(folder: Path, table: str) -> list[Row]:
    with closing(open_for_reading(folder)) as connection:
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]


def test_the_file_is_sound_and_its_rows_refer_to_rows(made: Path) -> None:
    with closing(open_for_reading(made)) as connection:
        assert [row[0] for row in connection.execute("PRAGMA integrity_check")] == ["ok"]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_its_tables_indexes_and_triggers_are_those_of_a_new_store(made: Path, tmp_path: Path) -> None:
    def schema(folder: Path) -> list[tuple[Any, ...]]:
        with closing(open_for_reading(folder)) as connection:
            asked = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
            return [tuple(row) for row in connection.execute(asked)]

    assert schema(made) == schema(lay(tmp_path))


def test_it_holds_as_many_messages_as_were_asked_for_within_a_hundredth(made: Path) -> None:
    assert abs(len(rows_of(made, "messages")) - MESSAGES) <= MESSAGES / 100


@pytest.mark.parametrize(("messages", "days"), [(300, 3), (500, 700), (3_000, 30)])
def test_other_sizes_and_spans_are_met_as_well(tmp_path: Path, messages: int, days: int) -> None:
    fill(tmp_path / "toko", messages, days, 3, LAST)
    found = rows_of(tmp_path / "toko", "messages")
    assert abs(len(found) - messages) <= max(messages / 100, 12)
    live = [row["created_at"] for row in found if not row["is_imported"]]
    assert max(live) - min(live) <= days * 86_400_000 + 60_000


def test_the_same_seed_makes_the_same_rows_and_another_one_others(made: Path, tmp_path: Path) -> None:
    for name, seed in (("again", 1), ("other", 2)):
        fill(tmp_path / name, MESSAGES, 120, seed, LAST)
    for table in ("messages", "auto_reply_logs", "outbox", "conversations", "operator_statuses"):
        first, again, other = (
            [{**row, "tenant_id": ""} for row in rows_of(folder, table)]
            for folder in (made, tmp_path / "again", tmp_path / "other")
        )
        assert first == again
        assert first != other


def test_a_tenant_that_has_data_is_left_alone(made: Path) -> None:
    with pytest.raises(FileExistsError, match="is there already"):
        fill(made, 10, 10, 1, LAST)


def test_counters_agree_with_the_rows_that_they_count(made: Path) -> None:
    messages, logs = rows_of(made, "messages"), rows_of(made, "auto_reply_logs")
    went = {"sent", "delivered", "read"}
    said, heard = defaultdict[str, int](int), defaultdict[str, int](int)
    for row in messages:
        heard[row["conversation_id"]] += row["sender_type"] == "customer"
        said[row["conversation_id"]] += row["sender_type"] != "customer" and row["status"] in went
    contacts = {row["id"]: row for row in rows_of(made, "contacts")}
    for chat in rows_of(made, "conversations"):
        contact = contacts[chat["contact_id"]]
        assert chat["customer_messages"] == contact["total_messages_received"] == heard[chat["id"]]
        assert chat["total_messages"] == heard[chat["id"]] + said[chat["id"]]
        assert contact["total_messages_sent"] == said[chat["id"]]
        assert contact["total_conversations"] >= 1
    fired = defaultdict[str, int](int)
    for row in logs:
        fired[row["rule_id"] or ""] += row["success"]
    fired.pop("", None)
    assert {row["rule_id"]: row["total_triggered"] for row in rows_of(made, "rule_stats")} == fired
    for one in rows_of(made, "operators"):
        own = [row for row in messages if row["sender_id"] == one["email"]]
        reminders = {row["id"] for row in rows_of(made, "outbox") if row["rule_id"] == "(reminder)"}
        assert one["total_messages_sent"] == len([row for row in own if row["id"] not in reminders])
        marks = [row for row in rows_of(made, "csat_surveys") if row["operator_id"] == one["id"] and row["score"]]
        assert (one["csat_answers"], one["csat_total"]) == (len(marks), sum(row["score"] for row in marks))


def test_what_became_of_a_chat_is_what_its_last_status_says(made: Path) -> None:
    last = {row["conversation_id"]: row["status"] for row in sorted(rows_of(made, "conversation_statuses"), key=_at)}
    for chat in rows_of(made, "conversations"):
        assert chat["status"] == last.get(chat["id"], "active")
    now = {row["operator"]: row["status"] for row in sorted(rows_of(made, "operator_statuses"), key=_at)}
    assert now == {row["email"]: row["status"] for row in rows_of(made, "operators")}
    dirty = {row["conversation_id"] for row in rows_of(made, "analytics_dirty")}
    assert dirty == {row["id"] for row in rows_of(made, "conversations")}


def _at(row: Row) -> int:
    return int(row["at"])


def test_what_customers_ask_is_known_to_the_rules_or_not_as_it_says() -> None:
    rules = load_tenant(RULES).rule_set
    assert rules is not None
    for rule, texts in words.KNOWN.items():
        for text in texts:
            assert _answering(text) == rule, text
    for text in (text for texts in words.UNKNOWN.values() for text in texts):
        assert _answering(text) == "tidak-paham", text
        written = [rule.trigger for rule in rules.rules if isinstance(rule.trigger, Keyword | Pattern)]
        assert not [trigger for trigger in written if in_text(trigger, text) is not None]


def _answering(text: str) -> str:
    rules = load_tenant(RULES).rule_set
    assert rules is not None
    at = 1_769_569_200_000  # Wednesday 2026-01-28 10:00 in Jakarta: open
    chat = Conversation(earlier_messages=3, last_contact=at - 1)
    decision = decide(rules, Message("A", BUDI, text, sent_at=at), Context(at, Contact(BUDI), chat))
    return decision.answers[0].rule.id


_KINDS: Final[dict[str, Callable[[Row], tuple[Any, ...]]]] = {
    "messages": lambda row: (
        row["sender_type"],
        row["sender_id"] == "",
        row["message_type"] == "text",
        row["status"] in ("sent", "delivered", "read"),
        row["is_imported"],
    ),
    "outbox": lambda row: (row["kind"], row["rule_id"][:1] == "(", row["status"] in ("sent", "delivered", "read")),
    "auto_reply_logs": lambda row: (row["rule_id"] is None, row["reason"] == "from_me"),
    "csat_surveys": lambda row: (row["score"] is None,),
    "follow_ups": lambda row: (row["rule_id"], row["status"]),
    "conversation_statuses": lambda row: (row["status"],),
    "operator_statuses": lambda row: (),
    "contacts": lambda row: (),
    "conversations": lambda row: (row["status"],),
    "inbound_journal": lambda row: (),
    "rule_usage": lambda row: (),
    "rule_stats": lambda row: (),
    "operators": lambda row: (),
}
"""Rows that should be alike: of one kind, the same columns are filled."""


async def test_the_same_columns_are_filled_as_by_the_real_pipeline(made: Path, tmp_path: Path) -> None:
    real = await _lived(tmp_path)
    for table, kind in _KINDS.items():
        filled, ours = _filled(rows_of(real, table), kind), _filled(rows_of(made, table), kind)
        for what, (always, ever) in filled.items():
            assert what in ours, f"{table}: no row of the kind {what} was made up"
            ours_always, ours_ever = ours[what]
            assert always & ours_ever == always, f"{table} {what}: never filled: {always - ours_ever}"
            extra = ours_always - ever
            assert not extra, f"{table} {what}: the pipeline never fills {extra}"


def _filled(rows: list[Row], kind: Callable[[Row], tuple[Any, ...]]) -> dict[Any, tuple[set[str], set[str]]]:
    """Of each kind of rows: the columns that are always filled, and those that ever are."""
    found: dict[Any, tuple[set[str], set[str]]] = {}
    for row in rows:
        names = {name for name, value in row.items() if value not in (None, "", 0, "[]")}
        always, ever = found.get(kind(row), (names, names))
        found[kind(row)] = always & names, ever | names
    return found


async def test_ids_and_words_have_the_forms_of_the_real_pipeline(made: Path, tmp_path: Path) -> None:
    real = await _lived(tmp_path)
    for table, at in (("messages", "created_at"), ("outbox", "created_at"), ("auto_reply_logs", "triggered_at")):
        for folder in (real, made):
            for row in rows_of(folder, table):
                later = table != "auto_reply_logs"  # a follow-up is made before it goes out
                assert made_at(row["id"]) == row[at] or (later and made_at(row["id"]) < row[at])
                assert (len(row["id"]), row["id"][14]) == (36, "7")
    for table, column in (("messages", "status"), ("messages", "sender_type"), ("outbox", "kind")):
        known = {row[column] for row in rows_of(made, table)}
        assert {row[column] for row in rows_of(real, table)} <= known | {"queued"}
    both = {row["id"] for row in rows_of(made, "outbox")} & {row["id"] for row in rows_of(made, "messages")}
    notes = [row for row in rows_of(made, "outbox") if row["kind"] == "note"]
    assert len(both) == len(rows_of(made, "outbox")) - len(notes)


async def _lived(place: Path) -> Path:
    """A day of a real session in which all happened that the made-up shop knows."""
    settings = {"csat": ASKS, "handoff": "{notify: self}"}
    async with stage(place, HAS_RULES, tenant=settings, hurry=False) as shop:
        people, channel = Rated(shop, place), shop.channel
        people.hire()
        assert channel.inbox is not None
        before = shop.clock.now() - 86_400_000
        old = (
            Message("H1", ANI, "Besok buka?", phone=ANI, name="Ani", sent_at=before),
            Message("H2", ANI, "Buka kak", phone=ANI, from_me=True, sent_at=before + 1_000),
        )
        await channel.inbox.history(History(old, state="done"))
        await shop.say("jam buka?", lid="199", chat="199", phone=BUDI)
        await _read(shop, channel.sent[-1], "199")
        await shop.say("", ANI, type="image", media=Attachment("image/jpeg", 84_211))
        shop.later(60_000)
        channel.next_error = [UNKNOWN]
        await shop.say("jam buka?", ANI)
        shop.later(60_000)
        channel.next_error = [SendRefused("bukan nomor WhatsApp")]
        await shop.say("jam buka?", ANI)
        shop.later(60_000)
        people.change(status="busy")
        people.change(status="online")
        await people.helped(SARI, chat=ANI)
        await _read(shop, channel.sent[-1], ANI)
        await shop.pass_time(60_000)
        await shop.say("5", ANI)
        await shop.say("makasih", ANI, from_me=True, name="")
        await shop.say("oke", ANI)
    return place / "data"


async def _read(shop: Any, outbound: str, chat: str) -> None:
    for status in ("sent", "delivered", "read"):
        shop.later(1_000)
        await shop.channel.inbox.receipt(Receipt(outbound, status, shop.clock.now(), chat, f"3EB0{outbound[-6:]}"))
