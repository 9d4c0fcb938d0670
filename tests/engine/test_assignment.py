"""Who gets a chat."""

import json
from dataclasses import replace
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wabot.engine.assignment import choose
from wabot.model.people import ROLES, Choice, Operator

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = 1_769_569_200_000  # Wednesday 2026-01-28 10:00 in Jakarta
MORNING = json.dumps({"mon-fri": ["08:00-12:00"]})
EVENING = json.dumps({"mon-fri": ["17:00-02:00"]})


def person(name: str, **more: Any) -> Operator:
    return replace(Operator(f"{name}@warung.id", name, status="online", teams=frozenset({"cs"})), **more)


SARI, DEDI = person("sari"), person("dedi")


@pytest.mark.parametrize(
    ("mode", "wanted", "people", "expected"),
    [
        ("round_robin", "", [SARI, DEDI], "dedi"),  # neither ever had one: by name, the same each time
        ("round_robin", "", [replace(SARI, last_assigned=5), replace(DEDI, last_assigned=9)], "sari"),
        ("round_robin", "", [replace(SARI, last_assigned=5), DEDI], "dedi"),
        ("round_robin", "", [replace(SARI, open_chats=9), replace(DEDI, last_assigned=1)], "sari"),
        ("least_busy", "", [replace(SARI, open_chats=1), replace(DEDI, open_chats=2)], "sari"),
        ("least_busy", "", [replace(SARI, open_chats=2, capacity=3), replace(DEDI, open_chats=4)], "dedi"),
        ("least_busy", "", [replace(SARI, last_assigned=5), replace(DEDI, last_assigned=9)], "sari"),
        ("round_robin", "team:cs", [replace(SARI, teams=frozenset({"teknis"})), DEDI], "dedi"),
        ("round_robin", "team:cs", [replace(SARI, teams=frozenset())], "no_such_team"),
        ("round_robin", "operator:Sari@warung.id", [SARI, DEDI], "sari"),
        ("round_robin", "operator:budi@warung.id", [SARI, DEDI], "no_such_operator"),
        ("round_robin", "role:supervisor", [SARI, replace(DEDI, role="supervisor")], "dedi"),
        ("round_robin", "role:supervisor", [SARI, replace(DEDI, role="owner")], "dedi"),
        ("round_robin", "role:supervisor", [SARI, DEDI], "no_such_role"),
        ("round_robin", "role:operator", [replace(SARI, role="owner")], "sari"),
        ("round_robin", "role:operator", [replace(SARI, role="owner"), replace(DEDI, status="away")], "nobody_online"),
        ("round_robin", "", [replace(SARI, status="busy"), replace(DEDI, status="offline")], "nobody_online"),
        ("round_robin", "", [replace(SARI, hours=MORNING), replace(DEDI, hours=EVENING)], "sari"),
        ("round_robin", "", [replace(SARI, hours=EVENING)], "outside_hours"),
        ("round_robin", "", [replace(SARI, hours='{"senin": "pagi"}')], "outside_hours"),
        ("round_robin", "", [replace(SARI, hours="[]"), replace(DEDI, hours="kapan saja")], "outside_hours"),
        ("round_robin", "", [replace(SARI, open_chats=10), replace(DEDI, open_chats=2, capacity=2)], "all_full"),
        ("least_busy", "", [replace(SARI, capacity=0)], "all_full"),
        ("manual", "", [SARI], "manual"),
        ("manual", "", [replace(SARI, status="offline")], "nobody_online"),
        ("round_robin", "", [replace(SARI, role="viewer")], "no_operators"),
        ("round_robin", "team:cs", [], "no_operators"),
    ],
)
def test_a_chat_goes_to_whose_turn_it_is(mode: str, wanted: str, people: list[Operator], expected: str) -> None:
    chosen = choose(mode, wanted, people, NOW, JAKARTA)
    assert chosen in (Choice(f"{expected}@warung.id"), Choice("", expected))


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({}, True),
        ({"open_chats": 10}, True),  # this chat is one of them
        ({"status": "busy"}, True),
        ({"status": "away"}, False),
        ({"status": "offline"}, False),
        ({"hours": EVENING}, False),
        ({"hours": EVENING, "present": True}, True),
        ({"status": "offline", "present": True}, False),
    ],
)
def test_whoever_has_a_chat_keeps_it_while_they_are_there(change: dict[str, Any], kept: bool) -> None:
    people = [replace(SARI, **change), replace(DEDI, last_assigned=None)]
    assert choose("round_robin", "team:cs", people, NOW, JAKARTA, SARI.email).operator == (
        SARI.email if kept else DEDI.email
    )


def test_a_night_shift_belongs_to_the_day_on_which_it_began() -> None:
    saturday_one = NOW + (2 * 24 + 15) * 3_600_000  # Saturday 01:00
    assert choose("round_robin", "", [replace(SARI, hours=EVENING)], saturday_one, JAKARTA).operator == SARI.email
    sunday_one = saturday_one + 24 * 3_600_000
    assert choose("round_robin", "", [replace(SARI, hours=EVENING)], sunday_one, JAKARTA).reason == "outside_hours"


@pytest.mark.parametrize(
    ("choice", "nobody"),
    [
        (Choice("sari@warung.id"), False),
        (Choice("", "no_operators"), False),  # the shop answers on its phone
        (Choice("", "manual"), False),
        (Choice("", "all_full"), True),
        (Choice("", "no_such_team"), True),
    ],
)
def test_a_customer_is_told_to_wait_only_when_nobody_could_take_the_chat(choice: Choice, nobody: bool) -> None:
    assert choice.nobody is nobody


OPERATORS = st.lists(
    st.builds(
        Operator,
        email=st.sampled_from("abcdef"),
        role=st.sampled_from(ROLES),
        status=st.sampled_from(["online", "away", "busy", "offline"]),
        capacity=st.integers(0, 3),
        hours=st.sampled_from(["", MORNING, EVENING]),
        teams=st.frozensets(st.sampled_from(["cs", "teknis"])),
        last_assigned=st.none() | st.integers(0, 3),
        open_chats=st.integers(0, 4),
    ),
    max_size=6,
    unique_by=lambda one: one.email,
)
WANTED = st.sampled_from(["", "team:cs", "team:lain", "role:operator", "role:supervisor", "operator:a", "operator:z"])


@given(st.sampled_from(["round_robin", "least_busy"]), WANTED, OPERATORS, st.randoms())
def test_whoever_is_chosen_may_take_it_and_nobody_is_left_out_for_the_order_in_which_they_stand(
    mode: str, wanted: str, people: list[Operator], chance: Random
) -> None:
    chosen = choose(mode, wanted, people, NOW, JAKARTA)
    assert bool(chosen.operator) != bool(chosen.reason)
    if chosen.operator:
        (one,) = [one for one in people if one.email == chosen.operator]
        assert one.status == "online"
        assert one.open_chats < one.capacity
        assert one.role != "viewer"
        assert one.hours != EVENING
    shuffled = list(people)
    chance.shuffle(shuffled)
    assert choose(mode, wanted, shuffled, NOW, JAKARTA) == chosen


@given(OPERATORS, st.sampled_from(["round_robin", "least_busy"]))
def test_chats_given_one_after_the_other_fill_everybody_and_nobody_beyond_what_they_can(
    people: list[Operator], mode: str
) -> None:
    people = [replace(one, status="online", hours="", role="operator", open_chats=0) for one in people]
    room = sum(one.capacity for one in people)
    for number in range(room):
        chosen = choose(mode, "", people, NOW, JAKARTA).operator
        people = [
            replace(one, open_chats=one.open_chats + 1, last_assigned=NOW + number) if one.email == chosen else one
            for one in people
        ]
    assert [one.open_chats for one in people] == [one.capacity for one in people]
    assert choose(mode, "", people, NOW, JAKARTA).reason in ("all_full", "no_operators")
