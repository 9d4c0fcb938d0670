"""The feed: each change that listeners are told of, once, in the transaction that made it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.analytics.counted import JAKARTA
from tests.session.stage import BUDI, Stage, stage
from wabot.model.people import Choice
from wabot.model.stored import PersonSays
from wabot.store.keeping.rebuilding import rebuild
from wabot.store.sqlite import look_at, resolve, say
from wabot.store.sqlite.desk import Desk
from wabot.store.sqlite.feeding import KEPT, UNREAD, Extent, extent, forget, listen, was_read
from wabot.store.sqlite.opening import NAME, open_file
from wabot.store.sqlite.queries import Ask

HOME = "data/warung"


def told(desk: Desk) -> list[tuple[str, str]]:
    def work(ask: Ask) -> list[tuple[str, str]]:
        return [(row["kind"], row["data"]) for row in ask("feed_after", after=0, most=100)]

    return desk.read(work)


async def four_told(shop: Stage, desk: Desk) -> int:
    """Somebody listens while a customer writes four times; the number of the last change."""
    await desk.write(lambda ask: listen(ask, "api", shop.clock.now()))
    for number in range(4):
        await shop.say(f"pesan {number}")
    return desk.read(extent).last


async def test_nothing_is_written_while_nobody_listens(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop:
        desk = Desk(tmp_path / HOME, "warung")
        await shop.say("jam buka?")
        assert told(desk) == []
        await desk.close()


async def test_a_question_and_its_answer_are_told_in_their_order(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop:
        desk = Desk(tmp_path / HOME, "warung")
        await desk.write(lambda ask: listen(ask, "api", shop.clock.now()))
        await shop.say("jam buka?")
        kinds = [kind for kind, _ in told(desk)]
        assert kinds == ["conversation_new", "message", "message"]
        await desk.close()


async def test_what_a_person_does_is_told_with_what_changed(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop:
        desk = Desk(tmp_path / HOME, "warung")
        await shop.say("jam buka?")
        await desk.write(lambda ask: listen(ask, "api", shop.clock.now()))
        say(tmp_path / HOME, "warung", PersonSays(BUDI, "sebentar ya", pause=1000), shop.clock.now())
        await shop.look()
        await shop.settle()
        resolve(tmp_path / HOME, "warung", BUDI, lambda *_: Choice(""), shop.clock.now())
        assert [kind for kind, _ in told(desk)] == [
            "message",
            "conversation",
            "conversation",
            "message_status",
            "conversation",
        ]
        assert '"status":"resolved"' in told(desk)[-1][1]
        await desk.close()


def test_a_file_that_is_written_anew_gives_no_number_of_the_feed_twice(tmp_path: Path) -> None:
    with closing(open_file(tmp_path / HOME)) as file:
        for _ in range(3):
            file.execute("INSERT INTO feed (tenant_id, kind, at) VALUES ('warung', 'session', 1)")
        file.execute("DELETE FROM feed")
    assert rebuild(tmp_path / HOME / NAME, tmp_path / "anew.db")
    with closing(sqlite3.connect(tmp_path / "anew.db")) as anew:
        anew.execute("INSERT INTO feed (tenant_id, kind, at) VALUES ('warung', 'session', 1)")
        assert anew.execute("SELECT sequence FROM feed").fetchall() == [(4,)]


async def test_a_person_who_has_looked_is_told_and_a_change_of_a_text_is_told_apart_from_one_of_status(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, home=HOME) as shop:
        desk = Desk(tmp_path / HOME, "warung")
        await shop.say("halo")
        await desk.write(lambda ask: listen(ask, "api", shop.clock.now()))
        look_at(tmp_path / HOME, "warung", BUDI)
        look_at(tmp_path / HOME, "warung", BUDI)
        await shop.say("halo kak", type="edit", about="A1")
        assert told(desk)[0] == ("conversation", '{"unread":0}')
        edits = [json.loads(data) for kind, data in told(desk) if kind == "message_status"]
        assert [(data["status"] == data["was"], data["other"]) for data in edits] == [(True, True)]
        await desk.close()


async def test_old_changes_go_once_they_were_read_and_the_last_one_stays(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop:
        desk = Desk(tmp_path / HOME, "warung")
        last = await four_told(shop, desk)
        later = shop.clock.now() + KEPT + 1
        assert await desk.write(lambda ask: forget(ask, later, 100)) == 0, "nobody has read it"
        await desk.write(lambda ask: was_read(ask, "api", last - 1))
        assert await desk.write(lambda ask: forget(ask, later, 2)) == 2
        assert await desk.write(lambda ask: forget(ask, later, 100)) == last - 3
        left = desk.read(extent)
        assert left == Extent(last, last)
        assert [left.follows(position) for position in (last - 2, last - 1, last, last + 1)] == [
            False,
            True,
            True,
            False,
        ]
        await desk.close()


async def test_what_nobody_reads_any_more_is_cleaned_up_by_the_session(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop:
        desk = Desk(tmp_path / HOME, "warung")
        last = await four_told(shop, desk)
        deleted = await shop.store.upkeep.clean_up(0, shop.clock.now() + UNREAD + 1, JAKARTA)
        assert deleted["feed"] == last - 1
        assert desk.read(extent) == Extent(last, last)
        await desk.close()
