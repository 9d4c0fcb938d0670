"""The last check before every send: rules' replies, people's messages, notes to the shop itself."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wabot.language.rule_set import AutoReply
from wabot.model.turn import Outbound, SendFacts
from wabot.session.permission import permission

NOW = 1_769_569_200_000
OWN, BUDI = "6281100000000", "6281200000001"
ROW = Outbound("1", BUDI, "Halo kak", "", NOW, NOW)
NEVER = "customer_did_not_write_first"
WROTE = SendFacts(customer_wrote=True, blocked=False, paused_until=None, sent_last_minute=0)
HELD = SendFacts(True, False, NOW * 2, 600, NOW, tenant_paused=True)
TRIAL = AutoReply(dry_run=True)


@pytest.mark.parametrize(
    ("row", "facts", "settings", "refusal"),
    [
        ({"kind": "person"}, HELD, TRIAL, None),
        ({"kind": "person", "due": 0}, HELD, TRIAL, None),
        ({"kind": "person"}, replace(WROTE, customer_wrote=False), AutoReply(), NEVER),
        ({"kind": "person"}, replace(WROTE, blocked=True), AutoReply(), "contact_blocked"),
        ({"kind": "person", "chat": OWN}, replace(WROTE, customer_wrote=False), AutoReply(), NEVER),
        ({"kind": "note", "chat": OWN}, replace(HELD, customer_wrote=False), AutoReply(), None),
        ({"kind": "note", "chat": OWN}, WROTE, TRIAL, "dry_run"),
        ({"kind": "note", "chat": BUDI}, WROTE, AutoReply(), "not_the_own_number"),
        ({"kind": "reply", "chat": OWN}, replace(WROTE, customer_wrote=False), AutoReply(), NEVER),
        ({"kind": "reply"}, HELD, AutoReply(), "handled_by_person"),
    ],
)  # fmt: skip
def test_who_is_written_to_and_who_is_not(
    row: dict[str, Any], facts: SendFacts, settings: AutoReply, refusal: str | None
) -> None:
    assert permission(replace(ROW, **row), facts, settings, NOW, OWN) == refusal


ROWS = st.builds(
    Outbound,
    id=st.just("1"),
    chat=st.sampled_from([OWN, BUDI, ""]),
    text=st.just("Halo"),
    rule=st.just("x"),
    due=st.integers(0, NOW),
    created=st.just(NOW),
    kind=st.sampled_from(["reply", "person", "note"]),
)
FACTS = st.builds(
    SendFacts,
    customer_wrote=st.booleans(),
    blocked=st.booleans(),
    paused_until=st.none() | st.integers(0, NOW * 2),
    sent_last_minute=st.integers(0, 20),
    tenant_paused=st.booleans(),
)


@given(ROWS, FACTS, st.sampled_from([OWN, ""]))
def test_nobody_but_the_shop_itself_is_ever_written_to_without_having_written(
    row: Outbound, facts: SendFacts, own: str
) -> None:
    if permission(row, facts, AutoReply(), NOW, own) is None:
        assert (facts.customer_wrote and not facts.blocked) or (row.kind == "note" and row.chat == own != "")
