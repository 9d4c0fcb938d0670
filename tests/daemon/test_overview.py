"""What the supervisor knows of its tenants, from what it is told."""

import json

import pytest

from wabot.daemon.api_standing import ApiStanding, Status
from wabot.daemon.listening import readiness
from wabot.daemon.metrics import Metrics
from wabot.daemon.overview import Overview
from wabot.daemon.restart import BUSY, NO_RULES
from wabot.model.alert import Alert
from wabot.session.clock import ScriptClock
from wabot.session.counting import BOUNDS

NOW = 1_769_569_200_000


class Watched(Overview):
    def __init__(self, *tenants: str) -> None:
        self.clock = ScriptClock()
        self.clock.set(NOW)
        self.alerts: list[tuple[str, str, str]] = []
        super().__init__(tenants, self.clock, self.alerted)

    def alerted(self, alert: Alert, about: str) -> None:
        self.alerts.append((about, alert.kind, alert.text))

    def runs(self, tenant: str = "warung") -> None:
        self.heard(tenant, "started", {"pid": 7})
        self.heard(tenant, "state", {"status": "connected", "detail": "", "action": ""})


def test_totals_of_one_session_after_the_other_are_added_up_and_lost_news_made_good() -> None:
    seen = Watched("warung")
    seen.runs()
    seen.heard("warung", "counts", {"counters": [["replies", "jam-buka", "sent", 2], ["messages", 3]]})
    seen.heard("warung", "counts", {"counters": [["replies", "jam-buka", "sent", 5]]})
    seen.heard("warung", "standing", {"status": "restarting", "detail": "killed"})
    seen.runs()
    seen.heard("warung", "counts", {"counters": [["replies", "jam-buka", "sent", 1], ["messages", 0]]})
    view = seen.tenants["warung"]
    counts = {series: number for series, number in view.counts.items() if number}
    assert counts == {("replies", "jam-buka", "sent"): 6, ("messages",): 3}
    assert view.restarts == 1


def test_latencies_are_added_up_in_the_same_way() -> None:
    seen = Watched("warung")
    none = [0] * (len(BOUNDS) + 2)
    for _ in range(2):
        seen.runs()
        seen.heard("warung", "counts", {"latencies": {"due_to_sent": [1, *none[2:], 0.5]}})
        seen.heard("warung", "counts", {"latencies": {"due_to_sent": [2, *none[2:], 0.75]}})
    told = seen.tenants["warung"].latencies["due_to_sent"]
    assert (told[0], told[-1], sum(told[1:-1])) == (4, 1.5, 0)


@pytest.mark.parametrize(
    "news",
    [
        {"counters": [["replies", "only-a-rule", 1], ["else", 1], [], ["messages", "x"], ["messages", None]]},
        {"counters": 7},
        {"latencies": {"due_to_sent": [1, 2], "what": [1]}},
        {"latencies": {"due_to_sent": ["x"] * (len(BOUNDS) + 2)}},
    ],
)
def test_news_that_make_no_sense_change_nothing_and_raise_nothing(news: dict[str, object]) -> None:
    seen = Watched("warung")
    seen.runs()
    seen.heard("warung", "counts", news)
    seen.heard("warung", "state", {})
    seen.heard("warung", "whatever", {})
    view = seen.tenants["warung"]
    assert (any(view.counts.values()), view.latencies, view.state) == (False, {}, "connected")


def test_a_restriction_says_until_when_and_a_new_session_knows_of_none() -> None:
    seen = Watched("warung")
    seen.heard("warung", "state", {"status": "restricted", "detail": "", "action": "Wait.", "until": 1_795_427_156_000})
    assert seen.tenants["warung"].until == 1_795_427_156_000
    seen.runs("warung")
    assert seen.tenants["warung"].until == 0


@pytest.mark.parametrize(
    ("kind", "news"),
    [
        ("ended", {"code": NO_RULES, "why": "its rules have errors"}),
        ("standing", {"status": "parked", "detail": "five crashes"}),
        ("standing", {"status": "restarting", "detail": "killed"}),
    ],
)
def test_a_tenant_without_a_session_tells_of_no_restriction(kind: str, news: dict[str, object]) -> None:
    seen = Watched("warung")
    seen.heard("warung", "state", {"status": "restricted", "detail": "", "action": "", "until": 1_795_427_156_000})
    seen.heard("warung", kind, news)
    assert seen.tenants["warung"].until == 0


def test_a_number_that_answers_nobody_new_is_ready_and_says_until_when() -> None:
    seen = Watched("warung")
    seen.runs("warung")
    seen.heard("warung", "counts", {"backlog": {"first_contacts_until": 1_795_427_156_000}})
    page = readiness(seen)
    (shown,) = json.loads(page.body)["tenants"]
    assert (page.status, shown["first_contacts_stopped_until"], shown["until"]) == (200, 1_795_427_156_000, None)
    told = Metrics(seen, seen.clock, dict).text().decode()
    assert 'wabot_session_first_contacts_stopped_until_timestamp_seconds{tenant="warung"} 1.795427156e+09' in told


def test_series_are_bounded_whatever_a_session_tells() -> None:
    seen = Watched("warung")
    for number in range(5_000):
        seen.heard("warung", "counts", {"counters": [["silences", f"reason-{number}", 1]]})
    assert len(seen.tenants["warung"].counts) == 3_000


def test_ready_when_every_tenant_answers_or_is_done() -> None:
    seen = Watched("warung", "toko")
    assert readiness(seen).status == 503
    seen.runs("warung")
    seen.runs("toko")
    assert readiness(seen).status == 200
    seen.heard("toko", "state", {"status": "disconnected", "detail": "cut", "action": ""})
    page = readiness(seen)
    assert page.status == 503
    assert [tenant["ready"] for tenant in json.loads(page.body)["tenants"]] == [False, True]
    seen.heard("toko", "ended", {"code": 0, "why": "done"})
    assert readiness(seen).status == 200
    seen.heard("toko", "removed", {})
    assert [tenant["tenant"] for tenant in json.loads(readiness(seen).body)["tenants"]] == ["warung"]


def test_a_session_that_tells_nothing_any_more_is_not_ready() -> None:
    seen = Watched("warung")
    seen.runs()
    seen.clock.set(NOW + 29_000)
    seen.heard("warung", "beat", {})
    seen.clock.set(NOW + 58_000)
    assert readiness(seen).status == 200
    seen.clock.set(NOW + 60_000)
    page = readiness(seen)
    assert page.status == 503
    assert json.loads(page.body)["tenants"][0]["detail"] == "its process tells nothing any more"


def test_a_state_that_needs_a_person_is_an_alert_once_until_it_changes() -> None:
    seen = Watched("warung")
    seen.runs()
    out = {"status": "logout", "detail": "This bot was unlinked.", "action": "Scan the QR code."}
    for _ in range(3):
        seen.heard("warung", "state", out)
    seen.heard("warung", "standing", {"status": "needs_a_person", "detail": "it ended", "action": "See."})
    assert seen.alerts == [("warung", "session", "logout: This bot was unlinked. Scan the QR code.")]
    assert seen.tenants["warung"].state == "logout"
    seen.runs()
    seen.heard("warung", "state", out)
    assert len(seen.alerts) == 2


def test_broken_rules_are_left_to_the_sessions_own_alert() -> None:
    seen = Watched("warung")
    seen.heard("warung", "state", {"status": "rules_invalid", "detail": "", "action": "mend the files"})
    assert seen.alerts == []


@pytest.mark.parametrize("status", ["parked", "refused"])
def test_a_tenant_that_the_supervisor_holds_back_is_an_alert(status: str) -> None:
    seen = Watched("warung")
    seen.runs()
    seen.heard("warung", "standing", {"status": "restarting", "detail": "killed; starting it again"})
    assert (seen.tenants["warung"].state, seen.alerts) == ("restarting", [])
    seen.heard("warung", "standing", {"status": status, "detail": "it crashed 5 times.", "action": "Mend it."})
    assert seen.alerts == [("warung", "parked", f"{status}: it crashed 5 times. Mend it.")]
    assert (seen.tenants["warung"].state, seen.tenants["warung"].pid) == (status, None)
    seen.runs()
    assert readiness(seen).status == 200


def test_a_session_that_ends_with_an_error_for_good_is_an_alert() -> None:
    seen = Watched("warung")
    seen.runs()
    seen.heard("warung", "ended", {"code": NO_RULES, "why": "its rules have errors"})
    (alert,) = seen.alerts
    assert alert[:2] == ("warung", "parked")
    assert readiness(seen).status == 503


def test_a_tenant_that_another_daemon_serves_is_no_alert() -> None:
    seen = Watched("warung")
    seen.runs()
    seen.heard("warung", "ended", {"code": BUSY, "why": "another process runs this tenant already"})
    assert seen.alerts == []
    assert readiness(seen).status == 503


def test_a_session_whose_last_words_were_lost_is_an_alert_all_the_same() -> None:
    seen = Watched("warung")
    seen.runs()
    seen.heard("warung", "standing", {"status": "needs_a_person", "detail": "it ended.", "action": "See."})
    assert seen.alerts == [("warung", "session", "needs_a_person: it ended. See.")]


def test_reloads_are_counted_and_the_last_sound_one_remembered() -> None:
    seen = Watched("warung")
    seen.runs()
    seen.heard("warung", "reload", {"ok": True, "revision": "a", "detail": ""})
    seen.clock.set(NOW + 1_000)
    seen.heard("warung", "reload", {"ok": False, "revision": "a", "detail": "broken"})
    view = seen.tenants["warung"]
    assert (view.reloads, view.reload_ok, view.reloaded) == ({"ok": 1, "failed": 1}, False, NOW)


def api(status: Status, since: int) -> ApiStanding:
    return ApiStanding("127.0.0.1:8080", status, since, detail="it was killed by signal 9")


def test_an_api_that_dies_again_and_again_is_one_alert_and_one_that_served_for_a_while_in_between_is_none() -> None:
    seen, now = Watched("warung"), NOW
    seen.runs()
    for served in (1_000, 1_000, 61_000, 1_000):
        seen.api_stands(api("serving", now))
        now += served
        seen.api_stands(api("restarting", now))
    assert seen.alerts == []
    assert readiness(seen).status == 503
    seen.api_stands(api("serving", now))
    assert readiness(seen).status == 200
    for _ in range(3):
        seen.api_stands(api("restarting", now))
    assert seen.alerts == [("", "api", "The API's process does not stay alive: it was killed by signal 9.")]


def test_where_there_is_to_be_no_api_nothing_is_told_of_one() -> None:
    seen = Watched("warung")
    seen.runs()
    assert json.loads(readiness(seen).body)["api"] is None
    assert b"wabot_api" not in Metrics(seen, seen.clock, dict).text()
