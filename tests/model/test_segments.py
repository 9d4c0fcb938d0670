"""Which segment a customer is in."""

import pytest

from wabot.model.context import Contact, Context, Conversation
from wabot.model.segments import Segments, in_segment, segment

NOW, DAY = 1_769_569_200_000, 86_400_000
USUAL = Segments()
BY_ORDERS = Segments(regular_messages=None, regular_orders=1, vip_messages=None, vip_orders=3)


@pytest.mark.parametrize(
    ("by", "messages", "orders", "days", "expected"),
    [
        (USUAL, 1, 0, None, "new"),
        (USUAL, 9, 0, 1, "new"),
        (USUAL, 10, 0, 1, "regular"),
        (USUAL, 99, 4, 59, "regular"),
        (USUAL, 100, 0, 1, "vip"),
        (USUAL, 2, 5, 1, "vip"),
        (USUAL, 1, 5, None, "vip"),
        (USUAL, 2, 0, 59.99, "new"),
        (USUAL, 2, 0, 60, "inactive"),
        (USUAL, 500, 9, 60, "inactive"),
        (BY_ORDERS, 1_000, 0, 1, "new"),
        (BY_ORDERS, 1, 1, 1, "regular"),
        (BY_ORDERS, 1, 3, 1, "vip"),
        (Segments(inactive_after=DAY), 2, 0, 1, "inactive"),
    ],
)
def test_a_customer_is_in_a_segment_by_messages_orders_and_absence(
    by: Segments, messages: int, orders: int, days: float | None, expected: str
) -> None:
    last = None if days is None else NOW - int(days * DAY)
    assert segment(by, messages, orders, last, NOW) == expected


def test_the_message_that_is_being_decided_counts() -> None:
    context = Context(NOW, conversation=Conversation(earlier_messages=9, last_contact=NOW - DAY))
    assert in_segment(context, USUAL).contact.segment == "regular"


def test_a_segment_that_a_person_set_stays() -> None:
    context = Context(NOW, Contact(segment="vip"), Conversation(earlier_messages=1, last_contact=NOW - 90 * DAY))
    assert in_segment(context, USUAL) is context
