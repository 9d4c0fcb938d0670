"""A session on a restored backup: what was on its way when the backup was made may be answered by people long since."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.session.stage import ANI, BUDI, stage
from tests.store.turns import allowed
from wabot.store.keeping.backup import back_up
from wabot.store.keeping.restore import restore, sound

HOUR = 3_600_000


async def test_old_replies_fail_as_stale_what_was_being_sent_is_unknown_and_what_comes_now_is_answered(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path / "then") as shop:
        await shop.say("jam buka?", "6281200000003")
        shop.session._connected.clear()  # the line is down: replies wait
        await shop.say("jam buka?", BUDI, settle=False)
        await shop.say("jam buka?", ANI, settle=False)
        await shop.session_decided(3)
        (waits, sends) = await shop.store.queued()
        assert (await shop.store.claim(sends, shop.clock.now(), allowed)).claimed
        file, _ = back_up(tmp_path / "then" / "data", tmp_path / "safe", 1)
    folder = tmp_path / "now" / "data"
    folder.mkdir(parents=True)
    restore(file, sound(file), folder, 2)
    with closing(sqlite3.connect(folder / "wabot.db")) as later:  # the stage's clock begins where it did before
        later.execute("UPDATE outbox SET due_at = due_at - ?, created_at = created_at - ?", (2 * HOUR, 2 * HOUR))
        later.commit()
    async with stage(tmp_path / "now") as shop:
        await shop.settle()
        assert shop.replies == []
        assert (await shop.store.summary()).outbox == {"sent": 1, "failed": 1, "unknown": 1}
        assert "a reply was not sent stale" in shop.told.notes
        assert waits.chat == BUDI
        shop.count = 10
        await shop.say("jam buka?", ANI)
        assert shop.channel.heard == [(ANI, "Kami buka kak.")]
