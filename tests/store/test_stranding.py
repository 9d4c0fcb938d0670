"""Nobody strands: a chat whose operator is silent, away or gone is offered again."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.store.turns import CHAT, NOW, message, silent
from wabot.engine.assignment import chooser
from wabot.language.rule_set import Handoff, Tenant
from wabot.model.people import Called, Limits, Operator
from wabot.model.stored import PersonSays, StoredConversation
from wabot.model.turn import Turn
from wabot.store.sqlite import SqliteStore, add_operator, assign, reading, remove_operator, resolve, say
from wabot.store.sqlite.operating import writing

TENANT = Tenant("warung", "Warung", "6281100000000", ZoneInfo("Asia/Jakarta"))
CHOOSE = chooser(TENANT, NOW)
SARI, DEDI = "sari@warung.id", "dedi@warung.id"
MINUTE = 60_000
LIMITS = Limits(10 * MINUTE, 5 * MINUTE)
OTHER = "6281100000002"


def hire(folder: Path, email: str, **more: Any) -> None:
    assert add_operator(folder, "warung", Operator(email, email[:4], **{"status": "online", **more}), CHOOSE, NOW)


def stands(folder: Path, email: str, status: str) -> None:
    with writing(folder, "warung") as ask:
        unchanged = dict.fromkeys(("name", "role", "capacity", "hours", "teams"))
        ask("operator_set", email=email, status=status, at=NOW, **unchanged)


def shows(folder: Path, email: str, at: int) -> None:
    with writing(folder, "warung") as ask:
        ask("operator_present", email=email, at=at)


def called(number: int, chat: str = CHAT, to: str = "role:operator") -> Turn:
    return silent(message(number, chat=chat, phone=chat), assigned_to=to, called=Called(CHOOSE))


def later(number: int, at: int, chat: str = CHAT) -> Turn:
    """The customer writes in a chat in which the bot is silent."""
    return Turn(message(number, chat=chat, phone=chat), at, "handled_by_person")


def chat(folder: Path, name: str = CHAT) -> StoredConversation:
    with reading(folder, "warung") as store:
        (found,) = store.conversations(chat=name)
    return found


def answers(folder: Path, email: str, at: int, name: str = CHAT) -> None:
    assert say(folder, "warung", PersonSays(name, "Halo kak", email, pause=3_600_000), at)


async def test_a_chat_that_its_operator_leaves_unanswered_beyond_the_limit_goes_to_somebody_else(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI)
    await store.record(called(1))
    hire(folder, DEDI)
    assert await store.people.distribute(CHOOSE, NOW + 10 * MINUTE - 1, LIMITS) == 0
    assert await store.people.distribute(CHOOSE, NOW + 10 * MINUTE, LIMITS) == 1
    found = chat(folder)
    assert (found.operator, found.had_by, found.handed_on, found.waiting_since) == (DEDI, SARI, 1, NOW)
    # Whoever gets it has as long as the first one had, and it does not wander in between.
    assert await store.people.distribute(CHOOSE, NOW + 20 * MINUTE - 1, LIMITS) == 0
    assert await store.people.distribute(CHOOSE, NOW + 20 * MINUTE, LIMITS) == 1
    assert chat(folder).operator == SARI


async def test_whoever_listens_is_told_who_has_a_chat_that_was_handed_on_and_who_had_it(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI)
    await store.record(called(1))
    hire(folder, DEDI)
    with writing(folder, "warung") as ask:
        ask("feed_listen", reader="test", at=NOW)
        ids = {email: ask("operator_by_email", email=email).fetchone()["id"] for email in (SARI, DEDI)}
    await store.people.distribute(CHOOSE, NOW + 10 * MINUTE, LIMITS)
    with writing(folder, "warung") as ask:
        (row,) = ask("feed_after", after=0, most=10).fetchall()
    told = json.loads(row["data"])
    assert row["kind"] == "conversation"
    assert (told["operator_id"], told["operator_before"]) == (ids[DEDI], ids[SARI])


async def test_a_chat_stays_with_whoever_is_alone_however_long_it_waits(store: SqliteStore, folder: Path) -> None:
    hire(folder, SARI)
    hire(folder, DEDI, capacity=0)
    await store.record(called(1))
    assert await store.people.distribute(CHOOSE, NOW + 60 * MINUTE, LIMITS) == 0
    assert (chat(folder).operator, chat(folder).handed_on) == (SARI, 0)


async def test_without_a_limit_nothing_is_taken_from_who_is_there(store: SqliteStore, folder: Path) -> None:
    hire(folder, SARI)
    await store.record(called(1))
    hire(folder, DEDI)
    assert await store.people.distribute(CHOOSE, NOW + 60 * MINUTE, Limits(None, 5 * MINUTE)) == 0


@pytest.mark.parametrize("status", ["away", "offline"])
async def test_a_customer_who_writes_again_to_somebody_who_has_gone_is_offered_to_others(
    store: SqliteStore, folder: Path, status: str
) -> None:
    hire(folder, SARI)
    await store.record(called(1))
    answers(folder, SARI, NOW)
    hire(folder, DEDI)
    stands(folder, SARI, status)
    assert await store.people.distribute(CHOOSE, NOW, LIMITS) == 0  # the customer has their answer
    await store.record(later(2, NOW + MINUTE))
    assert chat(folder).unanswered_since == NOW + MINUTE
    assert await store.people.distribute(CHOOSE, NOW + MINUTE, LIMITS) == 1
    found = chat(folder)
    assert (found.operator, found.status, found.waiting_since) == (DEDI, "pending", NOW + MINUTE)


async def test_a_customer_who_writes_again_waits_no_longer_than_one_who_writes_first(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI)
    await store.record(called(1))
    answers(folder, SARI, NOW)
    hire(folder, DEDI)
    await store.record(later(2, NOW + MINUTE))
    await store.record(later(3, NOW + 9 * MINUTE))
    assert await store.people.distribute(CHOOSE, NOW + 11 * MINUTE - 1, LIMITS) == 0
    assert await store.people.distribute(CHOOSE, NOW + 11 * MINUTE, LIMITS) == 1
    assert chat(folder).operator == DEDI
    answers(folder, DEDI, NOW + 12 * MINUTE)
    assert (chat(folder).unanswered_since, chat(folder).handed_on) == (None, 0)
    assert await store.people.distribute(CHOOSE, NOW + 60 * MINUTE, LIMITS) == 0


async def test_a_chat_that_was_put_aside_waits_for_that_while_its_operator_is_there(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI)
    await store.record(called(1))
    hire(folder, DEDI)
    with writing(folder, "warung") as ask:
        (row,) = ask("conversations_waiting").fetchall()
        ask("conversation_snooze", id=row["id"], until=NOW + 60 * MINUTE, at=NOW)
    assert await store.people.distribute(CHOOSE, NOW + 59 * MINUTE, LIMITS) == 0
    assert await store.people.distribute(CHOOSE, NOW + 60 * MINUTE, LIMITS) == 1


async def test_whoever_takes_a_chat_over_and_says_nothing_leaves_nobody_waiting(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI)
    hire(folder, DEDI)
    await store.record(silent(message(1)))
    with writing(folder, "warung") as ask:
        id = ask("conversation_of_chat", chat=CHAT).fetchone()["id"]
        sari = ask("operator_by_email", email=SARI).fetchone()["id"]
        ask("conversation_take", id=id, operator=sari, force=0, at=NOW)
        ask("conversation_silenced", id=id, until=NOW + 720 * MINUTE, at=NOW)
    assert await store.people.distribute(CHOOSE, NOW + 9 * MINUTE, LIMITS) == 0
    assert await store.people.distribute(CHOOSE, NOW + 10 * MINUTE, LIMITS) == 1
    assert (chat(folder).operator, chat(folder).had_by) == (DEDI, SARI)


async def test_what_the_bot_may_answer_waits_for_no_person(store: SqliteStore, folder: Path) -> None:
    hire(folder, SARI)
    await store.record(called(1))
    answers(folder, SARI, NOW)
    stands(folder, SARI, "offline")
    await store.record(later(2, NOW + 2 * 3_600_000))  # the pause has ended
    assert chat(folder).unanswered_since is None


async def test_a_chat_that_a_person_gave_to_one_alone_waits_for_them_and_then_for_anybody(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI, status="offline")
    hire(folder, DEDI)
    await store.record(called(1))
    assert assign(folder, "warung", CHAT, f"operator:{SARI}", CHOOSE, NOW)
    assert await store.people.distribute(CHOOSE, NOW + 9 * MINUTE, LIMITS) == 0
    assert chat(folder).operator == SARI
    assert await store.people.distribute(CHOOSE, NOW + 10 * MINUTE, LIMITS) == 1
    assert (chat(folder).operator, chat(folder).assigned_to) == (DEDI, "role:operator")


async def test_a_chat_that_a_rule_gave_to_one_who_is_not_there_goes_to_anybody_in_the_end(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI, status="offline")
    hire(folder, DEDI)
    await store.record(called(1, to=f"operator:{SARI}"))
    assert chat(folder).operator == ""
    assert await store.people.distribute(CHOOSE, NOW + 10 * MINUTE, LIMITS) == 1
    assert chat(folder).operator == DEDI


async def test_a_chat_for_a_team_is_never_given_to_others(store: SqliteStore, folder: Path) -> None:
    team = frozenset({"teknis"})
    hire(folder, SARI, teams=team)
    hire(folder, DEDI)
    await store.record(called(1, to="team:teknis"))
    assert await store.people.distribute(CHOOSE, NOW + 60 * MINUTE, LIMITS) == 0
    assert chat(folder).operator == SARI


async def test_where_people_give_chats_out_by_hand_one_that_strands_is_nobodys(
    store: SqliteStore, folder: Path
) -> None:
    by_hand = chooser(
        Tenant("w", "W", "6281100000000", ZoneInfo("Asia/Jakarta"), handoff=Handoff(assign="manual")), NOW
    )
    hire(folder, SARI)
    hire(folder, DEDI)
    await store.record(called(1))
    assert assign(folder, "warung", CHAT, f"operator:{SARI}", by_hand, NOW)
    answers(folder, SARI, NOW)
    stands(folder, SARI, "offline")
    await store.record(later(2, NOW + MINUTE))
    assert await store.people.distribute(by_hand, NOW + 11 * MINUTE, LIMITS) == 0  # a person's order stands
    assert remove_operator(folder, "warung", SARI, by_hand, NOW + 12 * MINUTE)
    found = chat(folder)
    assert (found.operator, found.status, found.waiting_since) == ("", "pending", NOW + MINUTE)


async def test_an_operator_whose_front_end_is_silent_counts_as_away_and_is_back_with_its_next_sign(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI)
    shows(folder, SARI, NOW)
    await store.record(called(1))
    assert chat(folder).operator == SARI
    assert await store.people.distribute(CHOOSE, NOW + 5 * MINUTE, LIMITS) == 0
    assert await store.people.distribute(CHOOSE, NOW + 5 * MINUTE + 1, LIMITS) == 1
    with reading(folder, "warung") as reader:
        (sari,) = reader.operators()
    assert (sari.operator.status, chat(folder).operator, chat(folder).had_by) == ("away", "", SARI)
    shows(folder, SARI, NOW + 6 * MINUTE)
    assert await store.people.distribute(CHOOSE, NOW + 6 * MINUTE, LIMITS) == 1
    assert chat(folder).operator == SARI


async def test_who_never_worked_in_a_front_end_or_says_by_command_that_they_are_there_is_there(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI)
    hire(folder, DEDI)
    shows(folder, DEDI, NOW)
    stands(folder, DEDI, "online")
    await store.people.distribute(CHOOSE, NOW + 600 * MINUTE, LIMITS)
    with reading(folder, "warung") as reader:
        assert [one.operator.status for one in reader.operators()] == ["online", "online"]


async def test_who_went_offline_themselves_is_not_made_online_by_a_sign_of_life(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI, status="offline")
    shows(folder, SARI, NOW)
    await store.people.distribute(CHOOSE, NOW + 600 * MINUTE, LIMITS)
    shows(folder, SARI, NOW + 601 * MINUTE)
    with reading(folder, "warung") as reader:
        assert [one.operator.status for one in reader.operators()] == ["offline"]


async def test_a_chat_that_was_settled_goes_back_to_who_had_it_if_they_are_free(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI)
    await store.record(called(1))
    answers(folder, SARI, NOW)
    hire(folder, DEDI)  # whose turn it would be
    assert resolve(folder, "warung", CHAT, CHOOSE, NOW)
    await store.record(called(2))
    assert (chat(folder).operator, chat(folder).reopened) == (SARI, 1)
    assert resolve(folder, "warung", CHAT, CHOOSE, NOW)
    stands(folder, SARI, "away")
    await store.record(called(3))
    assert chat(folder).operator == DEDI


async def test_a_chat_that_was_taken_from_somebody_goes_to_them_again_only_when_nobody_else_is_free(
    store: SqliteStore, folder: Path
) -> None:
    hire(folder, SARI)
    await store.record(called(1))
    stands(folder, SARI, "away")
    assert await store.people.distribute(CHOOSE, NOW, LIMITS) == 1
    with writing(folder, "warung") as ask:  # both are free from the same moment on, and it is Sari's turn
        unchanged = dict.fromkeys(("name", "role", "capacity", "hours", "teams"))
        ask("operator_set", email=SARI, status="online", at=NOW, **unchanged)
        ask("operator_add", id="dedi", email=DEDI, name="Dedi", role="operator", status="online", capacity=1, hours="",
            teams="[]", at=NOW)  # fmt: skip
        ask("operator_got", email=DEDI, at=NOW + 1)
    assert await store.people.distribute(CHOOSE, NOW + 2, LIMITS) == 1
    assert chat(folder).operator == DEDI


CLAIMER = """
import sys, time
from pathlib import Path
from wabot.store.sqlite.operating import writing
from wabot.store.sqlite.assigning import distribute
from wabot.engine.assignment import chooser
from wabot.language.rule_set import Tenant
from zoneinfo import ZoneInfo
folder, email = Path(sys.argv[1]), sys.argv[2]
choose = chooser(Tenant("warung", "Warung", "6281100000000", ZoneInfo("Asia/Jakarta")), int(sys.argv[3]))
print("ready", flush=True)
sys.stdin.readline()
won = 0
with writing(folder, "warung") as ask:
    rows = [row["id"] for row in ask("conversations_waiting").fetchall()]
for id in rows:
    with writing(folder, "warung") as ask:
        won += ask("conversation_claim", id=id, email=email, before=None, at=int(sys.argv[3])).rowcount
    with writing(folder, "warung") as ask:
        distribute(ask, choose, int(sys.argv[3]))
print(won, flush=True)
"""


async def test_of_many_processes_that_claim_the_same_chats_at_once_each_chat_has_one_winner(
    store: SqliteStore, folder: Path
) -> None:
    people = [f"p{number}@warung.id" for number in range(3)]
    for number in range(12):
        await store.record(called(number, f"62812000000{number:02}"))
    for email in people:
        hire(folder, email, capacity=0, status="busy")
    running = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", CLAIMER, str(folder), email, str(NOW)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for email in people
    ]
    for one in running:
        assert one.stdout is not None and await one.stdout.readline() == b"ready\n"
    told = await asyncio.gather(*(one.communicate(b"go\n") for one in running))
    won = [int(out) for out, _ in told]
    with reading(folder, "warung") as reader:
        whose = [found.operator for found in reader.conversations()]
    assert sum(won) == 12
    assert [whose.count(email) for email in people] == won
