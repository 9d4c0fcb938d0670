"""What each connection event means for the tenant: the state, and whether the session goes on."""

from typing import Any

import pytest
from neonize.proto import Neonize_pb2 as wire

from wabot.channel.neonize.outcomes import LONGEST_BAN, PAIR_COMMAND, broken_off, expired, judge, wrong_number

PHONE, NOW = "628111000111", 1_795_423_556_000
LOGOUT = wire.ConnectFailureReason.Value


def failure(reason: str) -> Any:
    return wire.ConnectFailure(Reason=LOGOUT(reason), Message="")


OUTCOMES = [
    ("Disconnected", wire.Disconnected(status=True), "disconnected", "go_on"),
    ("KeepAliveTimeout", wire.KeepAliveTimeout(ErrorCount=1, LastSuccess=0), "degraded", "go_on"),
    ("KeepAliveTimeout", wire.KeepAliveTimeout(ErrorCount=3, LastSuccess=0), "disconnected", "restart"),
    ("KeepAliveRestored", wire.KeepAliveRestored(), "connected", "go_on"),
    ("Stuck", "", "degraded", "go_on"),
    ("Unstuck", "", "connected", "go_on"),
    ("Deaf", None, "disconnected", "restart"),
    ("ServerFault", "503", "disconnected", "go_on"),
    ("Unreachable", "dial tcp: connection refused", "disconnected", "go_on"),
    ("StreamReplaced", wire.StreamReplaced(), "replaced", "stop"),
    ("LoggedOut", wire.LoggedOut(OnConnect=False, Reason=LOGOUT("LOGGED_OUT")), "logout", "stop"),
    ("LoggedOut", wire.LoggedOut(OnConnect=True, Reason=LOGOUT("MAIN_DEVICE_GONE")), "logout", "stop"),
    ("LoggedOut", wire.LoggedOut(OnConnect=True, Reason=LOGOUT("UNKNOWN_LOGOUT")), "banned", "stop"),
    ("TemporaryBan", wire.TemporaryBan(Code=1, Expire=3600), "banned", "wait"),
    ("ClientOutdated", wire.ClientOutdated(), "outdated", "stop"),
    ("ConnectFailure", failure("GENERIC"), "stopped", "stop"),
    ("ConnectFailure", failure("BAD_USER_AGENT"), "stopped", "stop"),
    ("ConnectFailure", failure("SERVICE_UNAVAILABLE"), "disconnected", "go_on"),
    ("ConnectFailure", failure("INTERNAL_SERVER_ERROR"), "disconnected", "go_on"),
    ("ConnectFailure", failure("TEMP_BANNED"), "restricted", "wait"),
    ("PairError", wire.PairStatus(Error="signature mismatch"), "logout", "stop"),
]


@pytest.mark.parametrize(("kind", "body", "status", "then"), OUTCOMES)
def test_an_outcome_has_a_state_and_a_consequence(kind: str, body: Any, status: str, then: str) -> None:
    verdict = judge(kind, body, PHONE, NOW)

    assert verdict.state is not None
    assert (verdict.state.status, verdict.then) == (status, then)
    if status != "connected":
        assert verdict.state.detail.endswith(".")
    if then in ("stop", "wait"):
        assert verdict.state.action.endswith(".")


def test_an_event_that_means_nothing_changes_nothing() -> None:
    verdict = judge("StreamError", wire.StreamError(Code="516"), PHONE, NOW)

    assert (verdict.state, verdict.then) == (None, "go_on")


def test_a_temporary_ban_is_waited_out_and_says_until_when() -> None:
    verdict = judge("TemporaryBan", wire.TemporaryBan(Code=4, Expire=3600), PHONE, NOW)

    assert verdict.state is not None
    assert verdict.until == verdict.state.until == NOW + 3_600_000
    assert verdict.state.detail == (
        "WhatsApp banned this number (sent too many same message) until 2026-11-23 09:45 UTC."
    )


def test_a_ban_without_an_end_is_not_tried_against_for_a_day() -> None:
    assert judge("TemporaryBan", wire.TemporaryBan(Code=1, Expire=0), PHONE, NOW).until == NOW + 86_400_000


@pytest.mark.parametrize(
    "verdict",
    [
        expired(PHONE),
        wrong_number(PHONE, unlinked=True),
        wrong_number(PHONE, unlinked=False),
        judge("LoggedOut", wire.LoggedOut(OnConnect=False, Reason=LOGOUT("LOGGED_OUT")), PHONE, NOW),
        judge("PairError", wire.PairStatus(Error="signature mismatch"), PHONE, NOW),
        *(judge("Unpaired", word, PHONE, NOW) for word in ("error", "err-scanned-without-multidevice", "err-new")),
    ],
)
def test_whoever_must_pair_again_is_told_the_command_and_the_phone(verdict: Any) -> None:
    assert (verdict.state.status, verdict.then) == ("logout", "stop")
    assert PAIR_COMMAND in verdict.state.action
    assert PHONE in verdict.state.action


def test_codes_that_are_used_up_are_no_verdict_and_a_library_that_is_too_old_for_pairing_is() -> None:
    assert judge("Unpaired", "timeout", PHONE, NOW).then == "go_on"
    assert judge("Unpaired", "err-client-outdated", PHONE, NOW).state == judge("ClientOutdated", None, PHONE, NOW).state


def test_a_number_that_was_not_unlinked_is_not_said_to_be() -> None:
    verdict = wrong_number(PHONE, unlinked=False)

    assert verdict.state is not None
    assert "Unlinking it failed." in verdict.state.detail
    assert "Remove this bot on that phone" in verdict.state.action


def test_a_refusal_that_the_library_cannot_name_is_waited_out() -> None:
    verdict = broken_off("goneonize: required field neonize.ConnectFailure.Reason not set", NOW)

    assert verdict is not None
    assert verdict.state is not None
    assert (verdict.state.status, verdict.then) == ("restricted", "wait")
    assert verdict.until == verdict.state.until == NOW + 3_600_000


def test_a_ban_that_the_library_cannot_name_is_not_tried_against_for_a_day() -> None:
    verdict = broken_off("goneonize: required field neonize.TemporaryBan.Code not set", NOW)

    assert verdict is not None
    assert verdict.state is not None
    assert (verdict.state.status, verdict.then, verdict.until) == ("banned", "wait", NOW + 86_400_000)


def test_a_word_that_the_library_cannot_name_ends_a_connection_that_is_made_again_at_once() -> None:
    verdict = broken_off("goneonize: required field neonize.Receipt.Type not set", NOW)

    assert verdict is not None
    assert verdict.state is not None
    assert (verdict.state.status, verdict.then) == ("disconnected", "at_once")


def test_a_ban_has_an_end_that_can_be_told_as_a_date() -> None:
    assert judge("TemporaryBan", wire.TemporaryBan(Code=1, Expire=10**15), PHONE, NOW).until == NOW + LONGEST_BAN


def test_an_ordinary_failure_to_connect_is_no_verdict() -> None:
    assert broken_off("failed to dial whatsapp web websocket", NOW) is None
