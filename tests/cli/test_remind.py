"""`wabot remind` and `wabot reminders` over what a session has left."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.typed import Typed
from tests.session.stage import ANI, BUDI, JAM, stage
from wabot.session.clock import RealClock

NOBODY = "6281200000099"
ASKS = JAM.replace("}\n", ", follow_up: {after: 2h, message: Jadi kak?}}\n")
HOUR = 3_600_000


async def left(place: Path, rules: str = JAM, **settings: Any) -> Path:
    """Budi wrote just now, Ani eight days ago."""
    async with stage(place, rules, tenant={"timezone": "Europe/Berlin"}, **settings) as shop:
        now = RealClock().now()
        shop.clock.set(now - 8 * 24 * HOUR)
        await shop.say("jam buka?", ANI, name="Ani")
        shop.clock.set(now)
        await shop.say("jam buka?")
    (place / "stored").mkdir()
    return (place / "data").rename(place / "stored" / "warung").parent


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    return await left(tmp_path)


def reminders(wabot: Typed, data: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = wabot("reminders", "--data", data, "--format", "json").data["reminders"]
    return listed


def test_a_reminder_is_kept_and_listed(wabot: Typed, data: Path) -> None:
    told = wabot("remind", f"+{BUDI}", "Pesanannya sudah jadi kak.", "--in", "2h", "--data", data, "--format", "json")
    assert (told.code, told.data["done"], told.data["note"]) == (0, True, None)
    [kept] = reminders(wabot, data)
    assert (kept["id"], kept["status"], kept["rule"]) == (told.data["id"], "pending", None)
    assert kept["due"] - kept["created"] == 2 * HOUR
    assert "1 pending" in wabot("reminders", "--data", data).out


def test_a_second_one_is_refused_by_naming_the_first_unless_it_replaces_it(wabot: Typed, data: Path) -> None:
    assert wabot("remind", BUDI, "satu", "--in", "2h", "--data", data).code == 0
    [first] = reminders(wabot, data)
    again = wabot("remind", BUDI, "dua", "--in", "1h", "--data", data)
    assert again.code == 1
    assert f"the reminder {first['id']} is pending there for" in again.err
    assert wabot("remind", BUDI, "dua", "--in", "1h", "--replace", "--data", data).code == 0
    assert [(item["text"], item["status"], item["why"]) for item in reminders(wabot, data)] == [
        ("dua", "pending", None),
        ("satu", "cancelled", "replaced"),
    ]


async def test_it_takes_the_place_of_what_a_rule_was_about_to_say(wabot: Typed, tmp_path: Path) -> None:
    data = await left(tmp_path, ASKS)
    assert wabot("remind", BUDI, "Kami tunggu kak", "--in", "1h", "--data", data).code == 0
    budi = [(item["rule"], item["status"], item["why"]) for item in reminders(wabot, data) if item["chat"] == BUDI]
    assert budi == [(None, "pending", None), ("jam-buka", "cancelled", "replaced")]


def test_one_is_cancelled_once(wabot: Typed, data: Path) -> None:
    wabot("remind", BUDI, "satu", "--in", "2h", "--data", data)
    [kept] = reminders(wabot, data)
    assert "cancelled" in wabot("reminders", "cancel", kept["id"], "--data", data).out
    again = wabot("reminders", "cancel", kept["id"], "--data", data)
    assert (again.code, "this one is cancelled" in again.err) == (1, True)
    assert [item["why"] for item in reminders(wabot, data)] == ["cancelled_by_person"]
    assert wabot("reminders", "cancel", "019c", "--data", data).code == 2


def test_nobody_is_written_to_who_did_not_write_first(wabot: Typed, data: Path) -> None:
    said = wabot("remind", NOBODY, "Promo!", "--in", "2h", "--data", data)
    assert (said.code, reminders(wabot, data)) == (2, [])


async def test_a_customer_that_is_left_out_of_auto_replies_is_refused(wabot: Typed, tmp_path: Path) -> None:
    data = await left(tmp_path, **{"except": f'["{BUDI}"]'})
    said = wabot("remind", BUDI, "Halo", "--in", "2h", "--data", data)
    assert (said.code, "leaves this customer out" in said.err) == (1, True)
    assert reminders(wabot, data) == []


def test_a_customer_who_is_silent_for_long_gets_it_only_if_they_write_again(wabot: Typed, data: Path) -> None:
    said = wabot("remind", ANI, "Halo", "--in", "2h", "--data", data)
    assert (said.code, "only if they write again" in said.err) == (0, True)


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        ([], "say when"),
        (["--in", "2h", "--at", "09:00"], "say when"),
        (["--in", "besok"], "--in needs a time"),
        (["--in", "0s"], "--in needs a time"),
        (["--in", "400d"], "--in needs a time"),
        (["--at", "2026-01-28 10:00"], "is past"),
        (["--at", "besok"], "is no time"),
        (["--at", "2027-03-28 02:30"], "there is no 02:30 on that day in Europe/Berlin"),
        (["--at", "2099-01-01 10:00"], "more than a year away"),
    ],
)
def test_a_time_that_cannot_be_meant_exits_2_and_says_why(wabot: Typed, data: Path, flags: list[str], why: str) -> None:
    said = wabot("remind", BUDI, "Halo", *flags, "--data", data)
    assert (said.code, why in said.err) == (2, True), said.err


def test_a_quick_reply_is_said_as_it_reads_for_that_customer(wabot: Typed, data: Path) -> None:
    assert "has no quick replies" in wabot("remind", BUDI, "/siap", "--in", "2h", "--data", data).err
    copy = data / "warung" / "rules.good" / "warung"
    (copy / "quick-replies.yaml").write_text(
        "version: 1\nquick_replies:\n  - {shortcut: /siap, title: Siap, message: 'Siap kak {{ first_name }}.'}\n"
    )
    told = wabot("remind", BUDI, "/siap", "--in", "2h", "--data", data, "--format", "json")
    assert told.data["text"] == "Siap kak Budi."
    assert "did you mean `/siap`" in wabot("remind", BUDI, "/siapp", "--in", "2h", "--data", data).err
