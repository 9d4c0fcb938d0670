"""`wabot conversations` and `wabot outbox` over what a session has left."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.session.stage import ANI, BUDI, JAM, REFUSED, UNKNOWN, stage
from wabot.store.sqlite import open_store


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """Budi's reply was refused, Ani's is unknown, Citra's waits."""
    async with stage(tmp_path, JAM) as shop:
        shop.channel.next_error = [REFUSED]
        await shop.say("jam buka?")
        shop.later(1_000)
        shop.channel.next_error = [UNKNOWN]
        await shop.say("jam buka 100%?", ANI, name="Ani")
        shop.later(1_000)
        shop.session._connected.clear()  # the line is down: replies wait
        await shop.say("jam buka?", "6281200000003", name="Citra", settle=False)
        while not await shop.store.queued():
            await shop.store.summary()
    (tmp_path / "stored").mkdir()
    return (tmp_path / "data").rename(tmp_path / "stored" / "warung").parent


def listed(wabot: Typed, data: Path, *flags: object) -> list[str]:
    told = wabot("conversations", "--data", data, "--format", "json", *flags)
    assert told.code == 0
    return [row["name"] for row in told.data["conversations"]]


def test_conversations_come_newest_first_and_can_be_filtered(wabot: Typed, data: Path) -> None:
    assert listed(wabot, data) == ["Citra", "Ani", "Budi"]
    assert listed(wabot, data, "--limit", "1") == ["Citra"]
    assert listed(wabot, data, "--status", "active") == ["Citra", "Ani"]
    assert listed(wabot, data, "--status", "pending") == ["Budi"]
    assert listed(wabot, data, "--search", "citr") == ["Citra"]
    assert listed(wabot, data, "--search", ANI) == ["Ani"]
    assert listed(wabot, data, "--search", "100%") == ["Ani"]
    assert listed(wabot, data, "--search", "_") == []
    assert "Ani" in wabot("conversations", "--data", data).out
    assert "  pending    1 chat waits for a person: `wabot conversations --status pending`" in wabot(
        "status", "--data", data
    ).out.split("\n")
    assert wabot("status", "--data", data, "--format", "json").data["tenants"][0]["pending"] == 1


def test_one_conversation_is_shown_with_its_last_messages(wabot: Typed, data: Path) -> None:
    told = wabot("conversations", BUDI, "--data", data, "--format", "json").data
    assert [(said["sender"], said["status"]) for said in told["last_messages"]] == [
        ("customer", "received"),
        ("auto_reply", "failed"),
    ]
    text = wabot("conversations", f"+{BUDI}", "--data", data).out
    assert "│ Kami buka kak." in text
    assert "[failed]" in text


def test_an_unknown_chat_exits_2_with_the_nearest(wabot: Typed, data: Path) -> None:
    said = wabot("conversations", "62812000000011", "--data", data)
    assert said.code == 2
    assert f"did you mean `{BUDI}`?" in said.err


def by_status(wabot: Typed, data: Path) -> dict[str, str]:
    """Status → the reply's id, straight from the store."""
    from wabot.store.sqlite import reading

    with reading(data / "warung", "warung") as store:
        return {reply.status: reply.id for reply in store.outbox(0)}


def test_the_outbox_lists_what_waits_and_what_nobody_knows(wabot: Typed, data: Path) -> None:
    rows = by_status(wabot, data)
    assert rows.keys() == {"failed", "unknown", "queued"}
    told = wabot("outbox", "--data", data)
    assert told.code == 0
    assert rows["unknown"] in told.out
    assert rows["queued"] in told.out
    assert rows["failed"] not in told.out  # of long ago


def test_what_waits_can_be_cancelled_once(wabot: Typed, data: Path) -> None:
    queued = by_status(wabot, data)["queued"]
    assert "cancelled" in wabot("outbox", "cancel", queued, "--data", data).out
    again = wabot("outbox", "cancel", queued, "--data", data)
    assert again.code == 1
    assert "this one is failed" in again.err
    chat = wabot("conversations", "6281200000003", "--data", data, "--format", "json").data
    assert [said["error"] for said in chat["last_messages"]] == [None, "cancelled_by_person"]


async def test_what_failed_is_queued_again_and_due_now(wabot: Typed, data: Path) -> None:
    failed = by_status(wabot, data)["failed"]
    assert wabot("outbox", "retry", failed, "--data", data).code == 0
    store = open_store(data / "warung", "warung")
    again = {reply.id: reply for reply in await store.queued()}[failed]
    assert again.due > again.created
    await store.close()


def test_what_is_unknown_is_sent_again_only_when_a_person_knows(wabot: Typed, data: Path) -> None:
    unknown = by_status(wabot, data)["unknown"]
    said = wabot("outbox", "retry", unknown, "--data", data)
    assert said.code == 1
    assert "--i-know-it-did-not-arrive" in said.err
    assert "twice" in said.err
    assert by_status(wabot, data)["unknown"] == unknown
    assert wabot("outbox", "retry", unknown, "--i-know-it-did-not-arrive", "--data", data).code == 0
    assert "unknown" not in by_status(wabot, data)


def test_an_id_that_is_not_there_exits_2(wabot: Typed, data: Path) -> None:
    assert wabot("outbox", "cancel", "--data", data).code == 2
    said = wabot("outbox", "retry", "019c", "--data", data)
    assert said.code == 2
    assert "there is no reply `019c`" in said.err
