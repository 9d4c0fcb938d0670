"""`wabot pause` and `wabot resume`: what they write is what the session asks."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.session.stage import ANI, BUDI, stage
from wabot.store.sqlite import pause_chat, pause_tenant

HOUR = 3_600_000


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    async with stage(tmp_path) as shop:
        await shop.say("jam buka?")
        await shop.say("jam buka?", ANI)
    (tmp_path / "stored").mkdir()
    return (tmp_path / "data").rename(tmp_path / "stored" / "warung").parent


def test_a_tenant_is_paused_until_it_is_resumed(wabot: Typed, data: Path) -> None:
    assert "the bot is silent until resumed" in wabot("pause", "warung", "--data", data).out
    assert "paused until resumed" in wabot("status", "--data", data).out
    assert wabot("resume", "warung", "--data", data).out == "warung: the bot answers\n"
    assert "paused" not in wabot("status", "--data", data).out


def test_a_chat_is_paused_for_a_while(wabot: Typed, data: Path) -> None:
    told = wabot("pause", f"+{BUDI}", "--for", "1h30m", "--data", data, "--format", "json").data
    assert (told["tenant"], told["chat"], told["paused"]) == ("warung", BUDI, True)
    rows = wabot("conversations", "--data", data, "--format", "json").data["conversations"]
    assert {row["chat"]: row["paused_until"] for row in rows} == {BUDI: told["paused_until"], ANI: None}
    assert not wabot("resume", BUDI, "--tenant", "warung", "--data", data, "--format", "json").data["paused"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["warung", "--for", "soon"], "such as 30m"),
        (["warung", "--for", "0h"], "longer than nothing"),
        (["warun"], "there is no tenant or chat `warun`"),
        (["warun"], "did you mean `warung`?"),
        (["6281200000011", "--tenant", "warung"], f"did you mean `{BUDI}`?"),
        ([BUDI, "--tenant", "toko"], "there is no tenant `toko`"),
    ],
)
def test_wrong_usage_exits_2_and_pauses_nothing(wabot: Typed, data: Path, words: list[str], why: str) -> None:
    said = wabot("pause", *words, "--data", data)
    assert said.code == 2
    assert why in said.err
    assert "paused" not in wabot("status", "--data", data).out


async def test_a_pause_that_runs_out_ends_by_itself(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        pause_tenant(tmp_path / "data", "warung", shop.clock.now() + HOUR)
        await shop.say("jam buka?")
        assert shop.told.reasons == ["paused"]
        shop.later(HOUR)
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."]


async def test_a_reply_that_a_pause_holds_back_too_long_fails(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        shop.session._connected.clear()  # the line is down: replies wait
        await shop.say("jam buka?", settle=False)
        while not await shop.store.queued():
            await shop.store.summary()
        pause_tenant(tmp_path / "data", "warung", shop.clock.now() + 24 * HOUR)
        shop.session._connected.set()
        await shop.settle()
        assert shop.replies == []
        assert any("paused_until_stale" in note for note in shop.told.notes)


async def test_a_person_who_writes_does_not_shorten_the_pause_of_a_chat(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        await shop.say("halo")
        assert pause_chat(tmp_path / "data", "warung", BUDI, shop.clock.now() + 48 * HOUR, shop.clock.now())
        await shop.say("saya sendiri", from_me=True)
        shop.later(24 * HOUR)
        await shop.say("jam buka?")
        assert shop.told.reasons[-1] == "handled_by_person"
        shop.later(24 * HOUR)
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."]
