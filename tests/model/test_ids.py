"""Identifiers sort in the order in which they were made."""

import uuid

from wabot.model.ids import uuid7

NOW = 1_789_000_000_000


def test_those_of_one_millisecond_sort_in_the_order_in_which_they_were_made() -> None:
    made = [uuid7(NOW) for _ in range(10_000)]
    assert sorted(made) == made
    assert len(set(made)) == len(made)


def test_a_later_millisecond_sorts_later_and_the_form_is_that_of_version_7() -> None:
    later, earlier = uuid7(NOW + 1), uuid7(NOW)
    assert earlier < later
    assert (uuid.UUID(later).version, uuid.UUID(later).variant) == (7, uuid.RFC_4122)
    assert uuid.UUID(later).int >> 80 == NOW + 1
