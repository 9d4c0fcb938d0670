"""The list of conversations: whichever index leads there, the page is the one that a look at every row gives."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.examples import examples
from wabot.store.sqlite import listing
from wabot.store.sqlite.listing import NOBODY, Page, Sort, Wanted, page, words_of
from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.queries import asker

NOW: Final = 1_000_000
PEOPLE: Final = ("o1", "o2")
STATUSES: Final = ("active", "pending", "resolved", "closed", "spam")
TAGS: Final = ("vip", "vip grosir", 'ta"g', "é")
NAMES: Final = ("Budi Santoso", "Budi", "Ani budiman", 'Pak "Joyo" É', "", "Siti  Rahma")

CHATS = st.lists(
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(STATUSES),
            "operator": st.sampled_from((None, *PEOPLE)),
            "unread": st.integers(0, 3),
            "last": st.one_of(st.none(), st.integers(1, 500)),
            "created": st.integers(1, 500),
            "snoozed": st.sampled_from((None, NOW - 1, NOW + 1)),
            "tags": st.lists(st.sampled_from(TAGS), unique=True, max_size=3),
            "name": st.sampled_from(NAMES),
        }
    ),
    min_size=3,
    max_size=14,
)
WANTED = st.builds(
    Wanted,
    st.just(NOW),
    st.sampled_from((None, *STATUSES)),
    st.sampled_from((None, NOBODY, *PEOPLE)),
    st.booleans(),
    st.sampled_from((None, None, True, False)),
    st.sampled_from(((), (), (), *((tag,) for tag in TAGS), TAGS[:2])),
    st.sampled_from((*[""] * 9, "budi", "BUDI sant", "628", "0812", '"joyo', "É", "rahma siti")).map(words_of),
)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(open_file(tmp_path_factory.mktemp("warung"))) as opened:
        for id in PEOPLE:
            opened.execute(
                "INSERT INTO operators (id, tenant_id, email, name, created_at, updated_at)"
                " VALUES (?, 't', ?, ?, 1, 1)",
                (id, f"{id}@x", id),
            )
        yield opened


@contextmanager
def stored(connection: sqlite3.Connection, chats: list[dict[str, Any]]) -> Iterator[sqlite3.Connection]:
    """The chats are there within the block."""
    connection.execute("BEGIN")
    try:
        for number, chat in enumerate(chats):
            connection.execute(
                "INSERT INTO contacts (id, tenant_id, phone, name, first_contact_at, last_contact_at)"
                " VALUES (?, 't', ?, ?, 1, 1)",
                (f"c{number}", f"628120000{number:02}", chat["name"]),
            )
            connection.execute(
                "INSERT INTO conversations (id, tenant_id, chat, contact_id, created_at, updated_at)"
                " VALUES (?, 't', ?, ?, ?, 1)",
                (f"{number:02}", str(number), f"c{number}", chat["created"]),
            )
            connection.execute(
                "UPDATE conversations SET status = ?, operator_id = ?, unread_count = ?, last_message_at = ?,"
                " snoozed_until = ?, tags = ? WHERE id = ?",
                (
                    chat["status"], chat["operator"], chat["unread"], chat["last"], chat["snoozed"],
                    json.dumps(sorted(chat["tags"]), ensure_ascii=False), f"{number:02}",
                ),
            )  # fmt: skip
        yield connection
    finally:
        connection.execute("ROLLBACK")


def is_wanted(chat: dict[str, Any], number: int, wanted: Wanted) -> bool:
    small = "".join(sign.lower() if sign.isascii() else sign for sign in chat["name"])
    words = [*small.split(" "), f"628120000{number:02}"]
    return (
        (chat["status"] != "spam" if wanted.status is None else chat["status"] == wanted.status)
        and (wanted.operator is None or (chat["operator"] or NOBODY) == wanted.operator)
        and (not wanted.unread or chat["unread"] > 0)
        and (wanted.snoozed is None or ((chat["snoozed"] or 0) > NOW) == wanted.snoozed)
        and set(wanted.tags) <= set(chat["tags"])
        and all(any(word.startswith(asked) for word in words) for asked in wanted.words)
    )


def key(chat: Any, sort: Sort) -> tuple[int, ...]:
    """What the order goes by; the unread ones among themselves by their last message, and so do the others."""
    last = -1 if chat["last"] is None else chat["last"]
    return {"last": (last,), "created": (chat["created"],), "unread": (chat["unread"], last)}[sort]


@pytest.mark.parametrize("few", [2, 1_000], ids=["much is walked", "all is sorted"])
@examples(120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHATS, WANTED, st.sampled_from(("last", "created", "unread")), st.booleans(), st.integers(1, 4))
def test_every_page_is_that_of_a_look_at_every_row(
    monkeypatch: pytest.MonkeyPatch,
    connection: sqlite3.Connection,
    few: int,
    chats: list[dict[str, Any]],
    wanted: Wanted,
    sort: Sort,
    descending: bool,
    limit: int,
) -> None:
    monkeypatch.setattr(listing, "FEW", few)
    expected = [number for number, chat in enumerate(chats) if is_wanted(chat, number, wanted)]
    with stored(connection, chats):
        pages: list[Page] = []
        while not pages or pages[-1].rows:
            offset = len(pages) * limit
            pages.append(page(asker(connection, "t"), wanted, sort, descending=descending, limit=limit, offset=offset))
    found = [int(row["id"]) for one in pages for row in one.rows]
    assert sorted(found) == expected
    keys = [key(chats[number], sort) for number in found]
    assert keys == sorted(keys, reverse=descending)
    for one in pages:
        assert one.total == len(expected) if one.exact else one.total <= max(len(expected), len(found) + limit)


def test_counts_stay_right_whatever_happens_to_a_conversation(connection: sqlite3.Connection) -> None:
    chats = [{"status": "active", "operator": None, "unread": 1, "last": 1, "created": 1, "snoozed": None,
              "tags": ["vip"], "name": "Budi"}]  # fmt: skip
    with stored(connection, chats):
        ask = asker(connection, "t")
        connection.execute("UPDATE conversations SET status = 'pending', operator_id = 'o1', unread_count = 0")
        assert tuple(ask("conversations_counted", status="pending", operator="o1").fetchone()) == (1, 0, 0)
        assert tuple(ask("conversations_counted", status="active", operator=None).fetchone()) == (0, 0, 0)
        connection.execute("UPDATE contacts SET name = 'Dewi'")
        assert page(ask, Wanted(NOW, words=("budi",)), "last", descending=True, limit=9, offset=0).total == 0
        assert ask("contacts_counted").fetchone()["number"] == 1
        connection.execute("DELETE FROM conversations")
        connection.execute("DELETE FROM contacts")
        assert ask("contacts_counted").fetchone()["number"] == 0
        for table in ("conversation_counts", "conversation_tags", "contact_counts", "contact_words"):
            assert connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] == 0, table


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Budi SANTOSO", ("budi", "santoso")),
        ("0812 3456", ("628123456",)),
        ("+62 812-3456", ("628123456",)),
        ("toko 12", ("toko", "12")),
        ("   ", ()),
    ],
)
def test_what_is_searched_for_is_a_number_or_words(said: str, meant: tuple[str, ...]) -> None:
    assert words_of(said) == meant
