"""`wabot operator`, `say`, `resolve` and `assign`: what people order over what a session has left."""

import re
import sqlite3
import time
from pathlib import Path

import pytest

from tests.cli.typed import Orders, Typed
from tests.session.people import DEDI, SARI
from tests.session.stage import ANI, BUDI
from wabot.store.sqlite import reading


def test_operators_are_added_listed_changed_and_removed(order: Orders) -> None:
    assert "no operator" not in order("operator", "add", "Sari@Warung.id", "--name", "Sari").err
    listed = order("operator")
    assert "warung  1 operator" in listed.out
    changed = order.told(
        "operator", "set", SARI, "--status", "away", "--max", "3", "--teams", "teknis", "--role", "supervisor",
        "--hours", "mon-fri 09:00-12:00, 13:00-17:00", "--hours", "sat 09:00-12:00",
    )  # fmt: skip
    assert {key: changed[key] for key in ("role", "status", "max_concurrent_chats", "teams", "working_hours")} == {
        "role": "supervisor",
        "status": "away",
        "max_concurrent_chats": 3,
        "teams": ["teknis"],
        "working_hours": {"mon-fri": ["09:00-12:00", "13:00-17:00"], "sat": ["09:00-12:00"]},
    }
    always = order.told("operator", "set", SARI, "--hours", "always", "--teams", "")
    assert (always["working_hours"], always["teams"], always["role"]) == (None, [], "supervisor")
    assert order.told("operator", "remove", SARI)["removed"] == SARI
    assert order.told("operator")["operators"] == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["add", "sari"], "no e-mail address"),
        (["add"], "needs an e-mail address"),
        (["add", SARI, "--teams", "cs"], "no team `cs`; there are: teknis"),
        (["add", SARI, "--name", "s" * 101], "at most 100 characters"),
        (["add", SARI, "--name", "sa\x1bri"], "control characters"),
        (["add", SARI, "--name", "sa\nri"], "control characters"),
        (["add", "sa\x1bri@warung.id"], "no e-mail address"),
        (["add", "\u202esari@warung.id"], "no e-mail address"),
        (["add", f"sari@{'s' * 300}.id"], "no e-mail address"),
        (["add", SARI, "--hours", "senin 9-5"], "days and times"),
        (["add", SARI, "--hours", "mon 09:00-09:00"], "is empty"),
        (["add", SARI, "--hours", "mon-tue 09:00-10:00", "--hours", "tue 11:00-12:00"], "tue are written twice"),
        (["add", SARI, "--hours", "mon 09:00-25:00"], "no time of day"),
        (["set", SARI], "no operator"),
        (["remove", SARI], "no operator"),
    ],
)
def test_what_makes_no_sense_exits_2_and_says_why(order: Orders, words: list[str], why: str) -> None:
    said = order("operator", *words)
    assert said.code == 2
    assert why in said.err
    assert order.told("operator")["operators"] == []


def test_a_name_of_any_length_that_is_stored_already_is_listed_at_once(order: Orders, data: Path) -> None:
    order("operator", "add", SARI)
    with sqlite3.connect(data / "warung" / "wabot.db") as store:
        store.execute("UPDATE operators SET name = ?", ("s" * 100_000,))
    listed = order("operator")
    assert listed.code == 0 and max(map(len, listed.out.splitlines())) < 300
    assert order("operator", "set", SARI, "--name", "s" * 100_000).code == 2


def test_an_operator_who_is_there_twice_is_refused_and_an_empty_change_too(order: Orders) -> None:
    order("operator", "add", SARI)
    again = order("operator", "add", SARI)
    assert again.code == 1
    assert "`wabot operator set`" in again.err
    assert order("operator", "set", SARI).code == 2


def test_a_rule_that_calls_a_team_without_anybody_in_it_is_named(order: Orders) -> None:
    assert order.told("operator")["nobody"] == []  # nobody answers in wabot: the phone does
    order("operator", "add", SARI)
    assert "the rule komplain calls team:teknis" in order("operator").out
    order("operator", "set", SARI, "--teams", "teknis")
    assert order.told("operator")["nobody"] == []


def test_whoever_comes_online_gets_the_chat_that_waits(order: Orders) -> None:
    order("operator", "add", SARI, "--status", "online")
    chat = order.told("conversations", BUDI)
    assert (chat["operator"], chat["status"], chat["assigned_to"]) == (SARI, "pending", "role:operator")
    assert chat["waiting_since"] is not None
    assert SARI in order("conversations").out
    assert order.told("operator", "set", SARI, "--status", "offline")["open_chats"] == 0


def test_a_quick_reply_is_said_with_the_customers_name_and_counted(order: Orders, data: Path) -> None:
    order("operator", "add", SARI, "--name", "Sari")
    said = order.told("say", f"+{BUDI}", "/salam", "--as", SARI)
    assert said["text"] == "Halo kak Budi, ada yang bisa dibantu?"
    chat = order.told("conversations", BUDI)
    assert (chat["status"], chat["operator"], chat["paused"], chat["unread"]) == ("active", SARI, True, 0)
    (waiting,) = (row for row in order.told("outbox")["outbox"] if row["status"] == "queued")
    assert (waiting["kind"], waiting["operator"], waiting["text"]) == ("person", SARI, said["text"])
    assert f"person {SARI}" in order("outbox").out
    with reading(data / "warung", "warung") as store:
        assert {key: used for key, (used, _) in store.quick_replies_used().items()} == {"/salam": 1}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([BUDI, "/salm"], "did you mean `/salam`?"),
        ([BUDI, "/garansi"], "only for dedi@warung.id"),
        ([BUDI, "/garansi", "--as", SARI], "only for dedi@warung.id"),
        ([BUDI, " "], "the text is empty"),
        ([BUDI, "Halo", "--as", "siapa@warung.id"], "no operator `siapa@warung.id`"),
        ([BUDI, "Halo", "--as", DEDI], "is a viewer"),
        (["6281299999999", "Halo"], "no chat"),
    ],
)
def test_what_cannot_be_said_exits_2_and_says_why(order: Orders, words: list[str], why: str) -> None:
    order("operator", "add", SARI)
    order("operator", "add", DEDI, "--role", "viewer")
    said = order("say", *words)
    assert said.code == 2
    assert why in said.err
    assert order.told("conversations", BUDI)["status"] == "pending"


@pytest.mark.parametrize(
    "words",
    [
        ["say", BUDI, "hal\udcff"],
        ["remind", BUDI, "hal\udcff", "--in", "1h"],
        ["operator", "set", SARI, "--name", "\udcff"],
        ["operator", "add", "\udcff@warung.id"],
        ["conversations", "--search", "\udcff"],
        ["conversations", "\udcff"],
        ["why", "\udcff"],
        ["forget", "\udcff", "--yes"],
    ],
)
def test_bytes_that_are_no_text_exit_2_and_leave_all_as_it_was(order: Orders, words: list[str]) -> None:
    order("operator", "add", SARI)
    before = order.told("conversations"), order.told("operator"), order.told("reminders")
    said = order(*words)
    assert said.code == 2 and "bug" not in said.err and "\\udcff" in said.err
    assert (order.told("conversations"), order.told("operator"), order.told("reminders")) == before


@pytest.mark.parametrize("empty", ["", " "])
@pytest.mark.parametrize(
    "words",
    [
        ["say", "CHAT", "Halo"],
        ["remind", "CHAT", "Halo", "--in", "1h"],
        ["assign", "CHAT", "--nobody"],
        ["resolve", "CHAT"],
        ["pause", "CHAT"],
        ["resume", "CHAT"],
    ],
)
def test_an_empty_word_is_no_chat(order: Orders, words: list[str], empty: str) -> None:
    before = order.told("conversations")
    said = order(*(empty if word == "CHAT" else word for word in words))
    assert said.code == 2 and "this one is empty" in said.err
    assert order.told("conversations") == before


def test_a_path_may_hold_bytes_that_are_no_text(wabot: Typed, data: Path) -> None:
    elsewhere = data.rename(data.with_name("st\udcff"))
    assert "Budi" in wabot("conversations", "--data", elsewhere).out
    assert wabot("say", BUDI, "halo", "--data", elsewhere).code == 0


def test_nobody_is_written_to_who_has_not_written_first(order: Orders) -> None:
    said = order("say", "6281200000003", "Ada promo kak")
    assert said.code == 1
    assert "has not written first" in said.err
    assert order("outbox").out.startswith("warung  0 replies")


def test_a_chat_is_given_and_settled(order: Orders) -> None:
    order("operator", "add", SARI, "--max", "0")
    order("operator", "add", DEDI, "--teams", "teknis", "--status", "online", "--max", "1")
    assert order.told("assign", ANI, SARI)["operator"] == SARI
    assert order.told("assign", BUDI, "--team", "teknis")["operator"] == DEDI
    assert order.told("assign", ANI, "--team", "teknis")["operator"] is None  # Dedi has one
    assert order.told("resolve", BUDI)["status"] == "resolved"
    assert order.told("conversations", ANI)["operator"] == DEDI
    again = order("resolve", BUDI)
    assert again.code == 1
    assert "is resolved" in again.err
    nobody = order.told("assign", ANI, "--nobody")
    assert (nobody["status"], nobody["operator"], nobody["assigned_to"]) == ("active", None, None)
    assert order("assign", ANI).code == 2
    assert "did you mean `teknis`?" in order("assign", ANI, "--team", "teknik").err


def test_a_settled_chat_waits_for_nobody(order: Orders) -> None:
    order("operator", "add", SARI)
    order("assign", BUDI, SARI)
    assert "operator:" in order("conversations").out and "waits for" in order("conversations", BUDI).out
    order("resolve", BUDI)
    listed, alone = order("conversations").out, order("conversations", BUDI).out
    assert "operator:" not in listed and "waits for" not in alone and "resolved" in alone


def test_an_endless_search_is_refused(order: Orders) -> None:
    said = order("conversations", "--search", "x" * 60_000)
    assert said.code == 2 and "at most 1,000 characters" in said.err and len(said.err) < 200
    assert order("conversations", "--search", "x" * 1_000).code == 0


def test_each_clock_names_its_zone(order: Orders, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Makassar")
    time.tzset()
    try:
        order("operator", "add", SARI)
        said = [
            order("say", BUDI, "Halo"),
            order("remind", ANI, "Halo", "--in", "1h"),
            order("reminders"),
            order("conversations"),
            order("conversations", BUDI),
            order("why", "--last"),
            order("status"),
            order("operator"),
            order("outbox"),
            order("pause", "warung", "--for", "1h"),
        ]
    finally:
        monkeypatch.undo()
        time.tzset()
    lines = [line for one in said for line in one.out.splitlines() if re.search(r"\d\d:\d\d", line)]
    assert len(lines) >= len(said) - 1
    assert [line for line in lines if not re.search(r"\d\d:\d\d(:\d\d)? (WITA|\(Asia/Jakarta\))", line)] == []


def test_reading_a_chat_counts_as_a_look_only_when_one_says_so(order: Orders) -> None:
    order("conversations", BUDI)
    assert order.told("conversations", BUDI)["unread"] == 1
    assert order.told("conversations", BUDI, "--read")["unread"] == 0
    assert order.told("conversations", ANI)["unread"] == 1
    assert order("conversations", "--read").code == 2


def test_a_chat_tells_who_had_it_before_and_how_often_it_was_handed_on(order: Orders) -> None:
    order("operator", "add", SARI, "--status", "online")
    order("assign", BUDI, SARI)
    order("operator", "add", DEDI, "--status", "online")
    order("assign", BUDI, DEDI)
    assert f"before     {SARI}\n" in order("conversations", BUDI).out
    order("operator", "set", DEDI, "--status", "offline")  # meant for Dedi alone: it stays
    told = order.told("conversations", BUDI)
    assert (told["operator"], told["had_by"], told["handed_on"]) == (DEDI, SARI, 0)
