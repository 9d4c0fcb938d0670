"""`wabot run` with real processes: what is promised whatever dies."""

import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable

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


def wait_for_reloads(daemon: Daemon, count: int) -> None:
    eventually(lambda: daemon.told().count("rules are live") == count, f"reloaded {count} times: {daemon.told()}")


def test_rules_are_followed_when_their_folder_is_replaced_by_another(daemon: Daemon) -> None:
    folder = daemon.tenant(delay="0s")
    daemon.start()
    daemon.connected()
    replaced: list[Callable[[], object]] = [
        lambda: shutil.rmtree(folder),
        lambda: folder.parent.rename(folder.parent.with_name("old")),
    ]
    for number, replace in enumerate((*replaced, replaced[0]), 2):
        replace()
        daemon.tenant(text=JAM.replace("tiap hari", f"jam {number}"), delay="0s")
        wait_for_reloads(daemon, number)
        daemon.say("jam buka?", sender=f"628120000001{number}")
    eventually(lambda: daemon.replies()[-1:] == ["Kami buka jam 4 kak."], "the newest text")
    (folder / "rules.yaml").write_text(rules(JAM.replace("tiap hari", "lagi"))["rules.yaml"])
    wait_for_reloads(daemon, 5)
    assert daemon.stop() == 0


def test_rules_that_vanish_stay_live_until_there_are_others(daemon: Daemon) -> None:
    folder = daemon.tenant(delay="0s")
    daemon.start()
    daemon.connected()
    (folder / "rules.yaml").unlink()
    eventually(lambda: "the rules before them stay live" in daemon.told(), f"the loss is told: {daemon.told()}")
    daemon.say("jam buka?")
    eventually(lambda: daemon.replies() == ["Kami buka tiap hari kak."], "answered by the rules from before")
    assert not daemon.status()["rules"]["ok"]
    assert daemon.stop() == 0


def test_status_tells_that_nothing_runs_after_everything_was_killed(daemon: Daemon) -> None:
    daemon.tenant()
    process = daemon.start()
    daemon.connected()
    assert daemon.status()["status"] == "connected"
    session = daemon.children()["warung"]
    process.send_signal(signal.SIGSTOP)  # or it might still begin another, or the session say goodbye when it has gone
    os.kill(session, signal.SIGKILL)
    process.kill()
    process.wait()
    eventually(lambda: daemon.status()["status"] == "stopped", "the lock died with the session")
    assert "was connected" in daemon.status()["detail"]
    assert "wabot run" in daemon.status()["action"]


def test_two_signals_to_stop_at_once_are_one_wish(daemon: Daemon) -> None:
    daemon.tenant()
    process = daemon.start()
    daemon.connected()
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert "asked twice" not in daemon.told()


def test_until_idle_hears_a_last_line_without_its_end_and_waits_for_no_file_that_is_not_there(daemon: Daemon) -> None:
    daemon.tenant(delay="0s")
    daemon.tenant("toko", delay="0s")
    (daemon.sim / "toko.in.jsonl").unlink()
    line = {"id": "A1", "from": "6281200000001", "text": "jam buka?", "at": "2026-01-28T10:00:00"}
    bad = {**line, "id": "A0", "at": "9999-12-31T23:59:59+00:00"}
    (daemon.sim / "warung.in.jsonl").write_text(json.dumps(bad) + "\n" + json.dumps(line))
    assert daemon.start("--until-idle", "--fast").wait(60) == 0
    assert daemon.replies() == ["Kami buka tiap hari kak."]
    assert "`at` is not in this century" in daemon.told()


def test_a_second_daemon_on_the_same_data_says_that_the_tenants_run_already_and_nothing_else(daemon: Daemon) -> None:
    daemon.tenant()
    first = daemon.start()
    daemon.connected()
    before = daemon.told()
    second = daemon.start()
    assert second.wait(60) == 3
    (said,) = daemon.told().removeprefix(before).splitlines()
    assert said == (
        f"wabot: another `wabot run` (process {first.pid}) works on {daemon.data} and runs warung already; stop that "
        "one first. Changed rules it takes by itself, or at once by `wabot reload`"
    )
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
