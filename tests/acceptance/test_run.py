"""`wabot run` with real processes: what is promised whatever dies."""

import os
import signal
import sqlite3

import pytest

from tests.acceptance.daemon import JAM, Daemon, eventually
from tests.tenants import rules


def outbox(daemon: Daemon, tenant: str = "warung") -> dict[str, int]:
    """Status → rows, straight from the file."""
    path = daemon.data / tenant / "wabot.db"
    if not path.exists():
        return {}
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return dict(connection.execute("SELECT status, COUNT(*) FROM outbox GROUP BY status").fetchall())
    except sqlite3.OperationalError:  # not made yet
        return {}
    finally:
        connection.close()


def test_a_recorded_hour_is_answered_and_the_daemon_ends(daemon: Daemon) -> None:
    daemon.tenant(text=JAM.replace("kak.\n", "kak.\n    cooldown: 10m\n"))
    daemon.say("jam buka?", at="2026-01-28T10:00:00+07:00")
    daemon.say("jam buka?", at="2026-01-28T10:05:00+07:00")
    daemon.say("jam buka?", at="2026-01-28 10:10:00")
    daemon.say("apa kabar", at="2026-01-28T10:11:00+07:00")
    process = daemon.start("--fast", "--until-idle")
    assert process.wait(60) == 0, daemon.told()
    assert daemon.replies() == ["Kami buka tiap hari kak."] * 2
    sent = [line for line in daemon.lines() if "text" in line]
    assert [line["at"] for line in sent] == ["2026-01-28T10:00:00+07:00", "2026-01-28T10:10:00+07:00"]
    assert {(line["to"], line["rule"]) for line in sent} == {("6281200000001", "jam-buka")}
    status = daemon.status()
    assert status["by_rule"] == {"jam-buka": 2}
    assert status["by_reason"] == {"cooldown": 1, "no_match": 1}


def test_running_again_over_the_same_lines_answers_nobody_twice(daemon: Daemon) -> None:
    daemon.tenant()
    daemon.say("jam buka?", at="2026-01-28T10:00:00+07:00")
    for _ in range(2):
        assert daemon.start("--fast", "--until-idle").wait(60) == 0, daemon.told()
    assert len(daemon.replies()) == 1


def test_kill_9_of_a_session_during_the_delay_and_the_reply_goes_out_once_after_the_restart(daemon: Daemon) -> None:
    daemon.tenant(delay="3s")
    daemon.start()
    daemon.connected()
    daemon.say("jam buka?")
    eventually(lambda: outbox(daemon).get("queued"), "a reply waits")
    daemon.kill()
    daemon.connected(times=2)
    eventually(lambda: outbox(daemon).get("sent") == 1, f"the reply is sent: {daemon.told()}")
    daemon.say("jam buka?", sender="6281200000002")
    eventually(lambda: len(daemon.replies()) >= 2, "the next customer is answered")
    assert [line["to"] for line in daemon.lines() if "text" in line] == ["6281200000001", "6281200000002"]
    assert daemon.stop() == 0


def test_kill_9_again_and_again_answers_every_message_at_most_once_and_loses_none(daemon: Daemon) -> None:
    daemon.tenant(delay="0s", max_per_minute="600")
    daemon.start()
    daemon.connected()
    customers = [f"62812000{number:05}" for number in range(40)]
    for number, customer in enumerate(customers):
        daemon.say("jam buka?", sender=customer)
        if number in (10, 25):
            daemon.kill()
            daemon.connected(times=2 + (number > 10))
    eventually(
        lambda: sum(outbox(daemon).get(status, 0) for status in ("sent", "unknown")) == len(customers),
        f"all are dealt with: {outbox(daemon)} {daemon.told()[-2000:]}",
    )
    answered = [line["to"] for line in daemon.lines() if "text" in line]
    assert len(answered) == len(set(answered)), "somebody was answered twice"
    assert set(customers) - set(answered) == set() or outbox(daemon).get("unknown")
    assert daemon.stop() == 0


def test_kill_9_of_the_supervisor_ends_its_sessions_and_the_next_start_goes_on(daemon: Daemon) -> None:
    daemon.tenant(delay="2s")
    process = daemon.start()
    daemon.connected()
    daemon.say("jam buka?")
    eventually(lambda: outbox(daemon).get("queued"), "a reply waits")
    child = daemon.children()["warung"]
    process.kill()
    process.wait()

    def gone() -> bool:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return True
        return False

    eventually(gone, "the session ends by itself")
    daemon.start()
    eventually(lambda: daemon.replies() == ["Kami buka tiap hari kak."], f"the reply: {daemon.told()}")
    assert daemon.stop() == 0


def test_sigterm_stops_cleanly_and_what_waits_goes_out_after_the_next_start(daemon: Daemon) -> None:
    daemon.tenant(delay="2s")
    daemon.start()
    daemon.connected()
    for number in range(20):
        daemon.say("jam buka?", sender=f"62812000000{number:02}")
    eventually(lambda: outbox(daemon).get("queued"), "replies wait")
    assert daemon.stop() == 0
    assert "unknown" not in outbox(daemon)
    daemon.start()
    eventually(lambda: outbox(daemon).get("sent", 0) + outbox(daemon).get("failed", 0) >= 10, f"{outbox(daemon)}")
    answered = [line["to"] for line in daemon.lines() if "text" in line]
    assert len(answered) == len(set(answered))
    assert daemon.stop() == 0


def test_one_tenant_that_dies_leaves_the_others_alone(daemon: Daemon) -> None:
    daemon.tenant("warung", delay="0s")
    daemon.tenant("toko", delay="0s")
    daemon.start()
    daemon.connected("warung")
    daemon.connected("toko")
    toko = daemon.children()["toko"]
    daemon.kill("warung")
    daemon.say("jam buka?", tenant="toko")
    eventually(lambda: daemon.replies("toko"), "the other tenant answers")
    assert daemon.children()["toko"] == toko
    daemon.connected("warung", times=2)
    assert daemon.stop() == 0


def test_a_tenant_whose_rules_are_broken_waits_for_them_and_the_others_run(daemon: Daemon) -> None:
    broken = daemon.tenant("warung", text="  - id: x\n", delay="0s")
    daemon.tenant("toko", delay="0s")
    daemon.start()
    daemon.connected("toko")
    eventually(
        lambda: "rules.yaml:3:9: `response` is missing" in daemon.told(), f"the finding is told: {daemon.told()}"
    )
    assert daemon.status()["status"] == "rules_invalid"
    (broken / "rules.yaml").write_text(rules(JAM)["rules.yaml"])
    daemon.connected("warung")
    daemon.say("jam buka?")
    eventually(daemon.replies, "it answers once it is mended")
    assert daemon.stop() == 0


def test_a_change_of_the_rules_goes_live_and_a_broken_one_keeps_the_last_good_rules(daemon: Daemon) -> None:
    folder = daemon.tenant(delay="0s")
    daemon.start()
    daemon.connected()
    (folder / "rules.yaml").write_text(rules(JAM.replace("tiap hari", "Senin saja"))["rules.yaml"])
    eventually(lambda: daemon.told().count("rules are live") == 2, f"reloaded: {daemon.told()}")
    daemon.say("jam buka?")
    eventually(lambda: daemon.replies() == ["Kami buka Senin saja kak."], "the new text")
    (folder / "rules.yaml").write_text("version: 1\nrules:\n\t- id: x\n")
    eventually(lambda: "the rules before them stay live" in daemon.told(), f"the error is told: {daemon.told()}")
    status = daemon.status()
    assert not status["rules"]["ok"]
    assert "rules.yaml:3:1: a tab stands" in status["rules"]["detail"]
    daemon.say("jam buka?", sender="6281200000002")
    eventually(lambda: len(daemon.replies()) == 2, "still answered by the last good rules")
    assert set(daemon.replies()) == {"Kami buka Senin saja kak."}
    daemon.kill()
    daemon.connected(times=2)
    daemon.say("jam buka?", sender="6281200000003")
    eventually(lambda: len(daemon.replies()) == 3, f"and after a restart, too: {daemon.told()}")
    assert daemon.stop() == 0


def test_a_second_daemon_on_the_same_data_says_that_the_tenant_is_busy(daemon: Daemon) -> None:
    daemon.tenant()
    first = daemon.start()
    daemon.connected()
    second = daemon.start()
    assert second.wait(60) == 1
    assert "another process runs warung" in daemon.told()
    assert first.poll() is None
    daemon.process = first
    assert daemon.stop() == 0


def test_the_log_holds_no_words_and_no_whole_number_of_a_customer(daemon: Daemon) -> None:
    daemon.tenant(delay="0s")
    daemon.say("jam buka? rahasia")
    daemon.start("--log-format", "json")
    eventually(daemon.replies, "answered")
    assert daemon.stop() == 0
    assert "rahasia" not in daemon.told()
    assert "6281200000001" not in daemon.told()
    assert '"event": "replied"' in daemon.told()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_start_is_obeyed(daemon: Daemon, number: signal.Signals) -> None:
    daemon.tenant()
    process = daemon.start()
    eventually(lambda: "session started" in daemon.told(), "the child is being born")
    process.send_signal(number)
    assert process.wait(30) == 0, daemon.told()
