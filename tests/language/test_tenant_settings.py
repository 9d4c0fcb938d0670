"""Settings of tenant.yaml whose defaults depend on what else is written."""

import pytest

from wabot.language.rule_set import MediaSettings
from wabot.language.tenant_settings import read_tenant
from wabot.model.segments import Segments

DAY = 86_400_000
NEEDED = {"version": 1, "name": "Warung", "phone": "6281100000000", "timezone": "Asia/Jakarta"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({}, Segments(10, None, 100, 5, 60 * DAY)),
        ({"vip": {"orders": 2}}, Segments(10, None, None, 2, 60 * DAY)),
        ({"regular": {"orders": 1}, "inactive": {"after": "30d"}}, Segments(None, 1, 100, 5, 30 * DAY)),
    ],
)
def test_what_is_written_for_a_segment_takes_the_place_of_its_defaults(
    written: dict[str, object], expected: Segments
) -> None:
    assert read_tenant("warung", {**NEEDED, "segments": written}).segments == expected


def test_files_are_not_downloaded_unless_asked_for() -> None:
    assert read_tenant("warung", NEEDED).media == MediaSettings(False, 10_000_000, frozenset({"image", "document"}))
    written = {"download": True, "max_size": "500kB", "types": ["audio"]}
    assert read_tenant("warung", {**NEEDED, "media": written}).media == MediaSettings(
        True, 500_000, frozenset({"audio"})
    )


def test_a_customer_waits_ten_minutes_for_one_operator_unless_the_tenant_says_otherwise() -> None:
    assert read_tenant("warung", NEEDED).handoff.answer_within == 600_000
    assert read_tenant("warung", {**NEEDED, "handoff": {"answer_within": "never"}}).handoff.answer_within is None
    written = read_tenant("warung", {**NEEDED, "handoff": {"answer_within": "1h", "absent_after": "3m"}}).handoff
    assert (written.answer_within, written.absent_after) == (3_600_000, 180_000)
